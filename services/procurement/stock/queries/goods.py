"""Reads of warehouses and of what lies in them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DecimalField,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from kernel import access
from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.errors import NotFound
from services.procurement.catalogue.models import Item
from services.procurement.scope import require_of
from services.procurement.stock.models import (
    Lot,
    StockBalance,
    StockMove,
    Warehouse,
    WarehouseKind,
)

_MONEY = DecimalField(max_digits=14, decimal_places=2)


def warehouses(*, actor: Actor, action: Action = Action.STOCK_VIEW) -> QuerySet[Warehouse]:
    """Return the warehouses in which ``actor`` holds ``action``, with ``worth`` and ``articles``.

    The company's own are for whoever holds it company-wide.
    """
    held = Q(balances__quantity__gt=0)
    return (
        access.scoped(Warehouse.objects.select_related("project"), actor, action)
        .annotate(
            worth=Coalesce(Sum("balances__value"), Value(Decimal(0)), output_field=_MONEY),
            articles=Count("balances", filter=held),
        )
        .order_by("code")
    )


def get_warehouse(
    *, actor: Actor, warehouse_id: int, action: Action = Action.STOCK_VIEW
) -> Warehouse:
    """Return a warehouse.

    :raises NotFound: if there is none, or none in the actor's sight.
    :raises access.ActionDenied: if he lacks ``action`` there.
    """
    warehouse = require_warehouse(warehouse_id)
    require_of(actor, action, warehouse.project_id)
    return warehouse


def require_warehouse(warehouse_id: int) -> Warehouse:
    """Return a warehouse for whoever asks for the action next. :raises NotFound: without one."""
    found = Warehouse.objects.select_related("project").filter(pk=warehouse_id).first()
    if found is None:
        raise NotFound
    return found


def balances(*, actor: Actor) -> QuerySet[StockBalance]:
    """Return what lies in the warehouses, with ``is_low`` and the next day of expiry.

    What was used up stays on the list as long as it has a minimum.
    """
    soonest = (
        Lot.objects.filter(
            warehouse_id=OuterRef("warehouse_id"), item_id=OuterRef("item_id"), quantity__gt=0
        )
        .order_by()
        .values("item_id")
        .annotate(day=Min("expires_on"))
        .values("day")
    )
    return (
        access.scoped(
            StockBalance.objects.select_related("warehouse__project", "item__category"),
            actor,
            Action.STOCK_VIEW,
            field="warehouse__project_id",
        )
        .filter(Q(quantity__gt=0) | Q(minimum__isnull=False))
        .annotate(
            is_low=Case(
                When(quantity__lt=F("minimum"), then=True),
                default=False,
                output_field=BooleanField(),
            ),
            next_expiry=Subquery(soonest),
        )
        .order_by("warehouse__code", "item__code", "pk")
    )


def own_stock(*, actor: Actor) -> QuerySet[StockBalance]:
    """Return what lies in the stocks that are the actor's own, as a technician has them."""
    found = StockBalance.objects.select_related("warehouse__project", "item__category").filter(
        warehouse__holder_id=actor.require_person(), warehouse__is_active=True, quantity__gt=0
    )
    return found.order_by("warehouse__code", "item__code", "pk")


def get_balance(*, actor: Actor, balance_id: int) -> StockBalance:
    """Return what lies of an article in a warehouse, also if nothing does any more.

    :raises NotFound: if there is no such balance, or none in the actor's sight.
    :raises access.ActionDenied: without ``stock.view`` there.
    """
    found = StockBalance.objects.select_related("warehouse__project", "item__category")
    balance = found.filter(pk=balance_id).first()
    if balance is None:
        raise NotFound
    require_of(actor, Action.STOCK_VIEW, balance.warehouse.project_id)
    return balance


def moves_of(*, actor: Actor, balance_id: int) -> QuerySet[StockMove]:
    """Return the moves of an article in a warehouse; each says what it left.

    :raises NotFound: as :func:`get_balance`.
    """
    balance = get_balance(actor=actor, balance_id=balance_id)
    return StockMove.objects.select_related("lot").filter(
        warehouse_id=balance.warehouse_id, item_id=balance.item_id
    )


def lots_of(*, actor: Actor, balance_id: int) -> QuerySet[Lot]:
    """Return the lots that are left of an article in a warehouse, as they are used.

    :raises NotFound: as :func:`get_balance`.
    """
    balance = get_balance(actor=actor, balance_id=balance_id)
    return lots(actor=actor).filter(warehouse_id=balance.warehouse_id, item_id=balance.item_id)


def lots(*, actor: Actor, expiring_until: date | None = None) -> QuerySet[Lot]:
    """Return the lots that are in stock, what expires first before the rest.

    :param expiring_until: only those whose day comes until then, or has come.
    """
    found = access.scoped(
        Lot.objects.select_related("warehouse__project", "item").filter(quantity__gt=0),
        actor,
        Action.STOCK_VIEW,
        field="warehouse__project_id",
    )
    if expiring_until is not None:
        found = found.filter(expires_on__lte=expiring_until)
    return found.order_by(F("expires_on").asc(nulls_last=True), "received_on", "pk")


@dataclass(frozen=True, slots=True)
class FreeStock:
    """What lies of an article in one warehouse and could be used elsewhere."""

    warehouse_id: int
    warehouse: str
    project_id: int | None
    quantity: Decimal


def free_stock(*, item_ids: Collection[int]) -> dict[int, list[FreeStock]]:
    """Return what lies of articles in all warehouses, the most first (PR-06).

    Whoever asks for a purchase is told what the company has already, wherever it is: quantities
    only, and no action is asked. A technician's stock and what is set aside are not free.
    """
    found: dict[int, list[FreeStock]] = {item_id: [] for item_id in item_ids}
    rows = StockBalance.objects.filter(
        item_id__in=found,
        quantity__gt=0,
        warehouse__kind=WarehouseKind.STORE,
        warehouse__is_active=True,
    ).select_related("warehouse")
    for row in rows.order_by("item_id", "-quantity", "pk"):
        warehouse = row.warehouse
        found[row.item_id].append(
            FreeStock(warehouse.pk, warehouse.name, warehouse.project_id, row.quantity)
        )
    return found


def find_item(text: str) -> Item | None:
    """Return the article in use that a scanned or typed text names: its barcode or its code.

    A word that begins the name of one article only names it as well.
    """
    text = text.strip()
    if not text or "\x00" in text:
        return None
    active = Item.objects.filter(is_active=True)
    exact = active.filter(Q(barcode=text) | Q(code__iexact=text)).order_by("pk").first()
    if exact is not None:
        return exact
    named = list(
        active.filter(Q(name__istartswith=text) | Q(initials__istartswith=text)).order_by("pk")[:2]
    )
    return named[0] if len(named) == 1 else None


def on_hand(*, warehouse_id: int, item_ids: Collection[int]) -> dict[int, Decimal]:
    """Return how much of articles lies in a warehouse that was asked for."""
    rows = StockBalance.objects.filter(warehouse_id=warehouse_id, item_id__in=item_ids)
    return dict(rows.values_list("item_id", "quantity"))


def items_of(item_ids: Collection[int]) -> dict[int, Item]:
    """Return articles by id, for the lines of a paper that is being written."""
    return Item.objects.in_bulk(list(item_ids))


def staff() -> QuerySet[User]:
    """Return the people to whom goods and assets may be given; the caller has asked who may."""
    return User.objects.filter(is_active=True).order_by("name", "username")
