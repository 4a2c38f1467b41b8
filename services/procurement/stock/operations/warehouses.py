"""Warehouses, what they should hold at least, and what lay in them at the beginning."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from kernel.tenancy import company_day
from kernel.text import _
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.scope import require_for, require_of
from services.procurement.stock import queries, rules
from services.procurement.stock.models import (
    CountState,
    MoveKind,
    StockBalance,
    StockMove,
    Warehouse,
    WarehouseKind,
)
from services.procurement.stock.operations.alerts import tell_if_low
from services.procurement.stock.operations.moving import lock_balances, take_in
from services.procurement.stock.operations.posting import post
from services.procurement.texts import line


class WarehouseCodeTaken(Conflict):
    code = "procurement.warehouse-code-taken"


class HolderHasStock(Conflict):
    code = "procurement.holder-has-stock"


class HolderInvalid(Invalid):
    code = "procurement.holder-invalid"


class WarehouseNotEmpty(Conflict):
    code = "procurement.warehouse-not-empty"


@transaction.atomic
def create_warehouse(
    *,
    actor: Actor,
    project_id: int | None,
    code: str,
    name: str,
    kind: str = WarehouseKind.STORE,
    holder_id: int | None = None,
    now: datetime,
) -> Warehouse:
    """Open a warehouse of a project, or of the company without one.

    :param holder_id: whose stock it is, for a technician's own.
    :raises NotFound: if the project is out of sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises HolderInvalid: if a technician's stock names nobody, or another kind somebody.
    :raises HolderHasStock: if the technician has a stock of his own there already.
    :raises WarehouseCodeTaken: if another one bears the code.
    """
    require_for(actor, Action.STOCK_KEEP, project_id)
    if (kind == WarehouseKind.TECHNICIAN) != (holder_id is not None):
        raise HolderInvalid(
            _("A technician's own stock, and only that, names its technician."), field="holder_id"
        )
    if holder_id is not None and not User.objects.filter(pk=holder_id, is_active=True).exists():
        raise HolderInvalid(_("There is no such person."), field="holder_id")
    warehouse = Warehouse(
        project_id=project_id,
        code=line(code, field="code", longest=20, is_required=True).upper(),
        name=line(name, field="name", longest=60, is_required=True),
        kind=WarehouseKind(kind),
        holder_id=holder_id,
    )
    with refusing(**_refusals()):
        warehouse.save(force_insert=True)
    _record(actor, "created", warehouse, now, {"code": warehouse.code, "name": warehouse.name})
    return warehouse


@transaction.atomic
def change_warehouse(
    *, actor: Actor, warehouse_id: int, name: str, is_active: bool, now: datetime
) -> Warehouse:
    """Rename a warehouse, close it, or use it again.

    :raises NotFound: if there is none in sight.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises WarehouseNotEmpty: if one that is closed still holds goods, or is being counted.
    :raises HolderHasStock: if its technician has got another stock meanwhile.
    """
    warehouse = Warehouse.objects.select_for_update(of=("self",)).filter(pk=warehouse_id).first()
    if warehouse is None:
        raise NotFound
    require_of(actor, Action.STOCK_KEEP, warehouse.project_id)
    if warehouse.is_active and not is_active:
        _require_empty(warehouse)
    before = {"name": warehouse.name, "is_active": warehouse.is_active}
    warehouse.name = line(name, field="name", longest=60, is_required=True)
    warehouse.is_active = is_active
    with refusing(**_refusals()):
        warehouse.save(update_fields=["name", "is_active"])
    after = {"name": warehouse.name, "is_active": warehouse.is_active}
    if before != after:
        _record(actor, "changed", warehouse, now, {"before": before, "after": after})
    return warehouse


@transaction.atomic
def set_minimum(
    *, actor: Actor, warehouse_id: int, item_id: int, minimum: Decimal | None, now: datetime
) -> StockBalance:
    """Say how much of an article a warehouse should hold at least; ``None``: nothing is asked.

    :raises NotFound: if there is no such warehouse in sight, or no such article.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises rules.QuantityInvalid: if it is below zero or has more than three decimals.
    """
    warehouse = queries.require_warehouse(warehouse_id)
    require_of(actor, Action.STOCK_KEEP, warehouse.project_id)
    if minimum:
        rules.require_quantity(minimum, field="minimum")
    balance = lock_balances([(warehouse_id, item_id)])[warehouse_id, item_id]
    before, balance.minimum = balance.minimum, minimum
    balance.save(update_fields=["minimum"])
    audit.record(
        actor=actor,
        event="procurement.minimum.set",
        subject=balance,
        now=now,
        project_id=warehouse.project_id,
        data={
            "item": balance.item.code,
            "before": {"minimum": _text(before)},
            "after": {"minimum": _text(minimum)},
        },
    )
    if minimum is not None and (before is None or balance.quantity >= before):
        tell_if_low(balance, before=minimum, today=company_day(now), now=now)
    return balance


@transaction.atomic
def enter_opening(
    *,
    actor: Actor,
    warehouse_id: int,
    item_id: int,
    quantity: Decimal,
    value: Decimal,
    lot_number: str = "",
    expires_on: date | None = None,
    today: date,
    now: datetime,
) -> StockMove:
    """Enter what lay in a warehouse before its books began; once for each article and lot.

    When it was bought it was charged to cost: cost is what the ledger takes it back from.

    :raises NotFound: if there is no such warehouse in sight, or no such article.
    :raises access.ActionDenied: without ``stock.keep`` there.
    :raises MovedAlready: if the opening stock of this article and lot is entered.
    """
    warehouse = queries.require_warehouse(warehouse_id)
    require_of(actor, Action.STOCK_KEEP, warehouse.project_id)
    balance = lock_balances([(warehouse_id, item_id)])[warehouse_id, item_id]
    move = take_in(
        warehouse_id=warehouse_id,
        item_id=item_id,
        quantity=quantity,
        value=value,
        source_type="stockbalance",
        source_id=balance.pk,
        moved_on=today,
        now=now,
        actor=actor,
        lot_number=line(lot_number, field="lot_number", longest=60),
        expires_on=expires_on,
        kind=MoveKind.OPENING,
    )
    post(
        kind=JournalKind.STOCK_OPENING,
        source=move,
        project_id=warehouse.project_id,
        debit=AccountRole.STOCK,
        credit=AccountRole.MATERIAL_COST,
        amount=value,
        effective_on=today,
        now=now,
        actor=actor,
    )
    audit.record(
        actor=actor,
        event="procurement.opening.entered",
        subject=balance,
        now=now,
        project_id=warehouse.project_id,
        data={"item": balance.item.code, "quantity": f"{quantity:f}", "value": f"{value:f}"},
    )
    return move


def _require_empty(warehouse: Warehouse) -> None:
    if warehouse.balances.filter(quantity__gt=0).exists():
        raise WarehouseNotEmpty(_("Goods lie here still. Transfer or issue them first."))
    is_counted = warehouse.counts.exclude(state__in=[CountState.BOOKED, CountState.CANCELLED])
    if is_counted.exists():
        raise WarehouseNotEmpty(_("This warehouse is being counted already."))


def _refusals() -> dict[str, DomainError]:
    return {
        "procurement_warehouse_code_key": WarehouseCodeTaken(
            _("Another warehouse has this code."), field="code"
        ),
        "warehouse_one_of_holder": HolderHasStock(
            _("This person has a stock of his own there already."), field="holder_id"
        ),
    }


def _record(
    actor: Actor, what: str, warehouse: Warehouse, now: datetime, data: dict[str, object]
) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.warehouse.{what}",
        subject=warehouse,
        now=now,
        project_id=warehouse.project_id,
        data=data,
    )


def _text(quantity: Decimal | None) -> str:
    return "" if quantity is None else f"{quantity.normalize():f}"
