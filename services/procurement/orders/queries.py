"""Reads of orders, for the staff within reach and for the vendor whose they are."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum

from kernel import access
from kernel.access import Action, Actor
from kernel.approvals.queries import history_with_cases
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.money import round_money
from services.procurement.catalogue.models import Item
from services.procurement.contracts.models import Contract, ContractKind
from services.procurement.contracts.queries import IN_FORCE
from services.procurement.orders.models import (
    AgreedPrice,
    ChangeState,
    Delivery,
    DeliveryLine,
    Loss,
    OrderChange,
    OrderLetter,
    OrderLine,
    OrderState,
    PurchaseOrder,
)
from services.procurement.orders.rules import Ordered
from services.procurement.requests.models import ClassChoice, PurchaseRequest, RequestLine
from services.procurement.requests.queries import lines_to_buy
from services.procurement.rounds.models import Award, AwardState
from services.procurement.stock.models import Warehouse, WarehouseKind
from services.procurement.vendors.models import Contact, ContactState, Vendor, VendorState

KIND = "purchase.order_change"  # of documents in approval
# The vendor has it, and it is not done.
RUNNING = (OrderState.SENT, OrderState.ACKNOWLEDGED, OrderState.DELIVERING)
OPEN_CHANGES = (ChangeState.PROPOSED, ChangeState.APPROVED)


def orders(*, actor: Actor) -> QuerySet[PurchaseOrder]:
    """Return the orders within the actor's reach, the newest first, with vendor and project."""
    return access.scoped(
        PurchaseOrder.objects.select_related("vendor", "project"), actor, Action.PURCHASE_VIEW
    ).order_by("-pk")


def get_order(*, actor: Actor, order_id: int) -> PurchaseOrder:
    """Return one order. :raises NotFound: if there is none within the actor's reach."""
    found = (
        orders(actor=actor)
        .select_related("award__round", "contract", "request", "warehouse")
        .filter(pk=order_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def history(*, actor: Actor, order_id: int) -> QuerySet[AuditEntry]:
    """Return what was done to an order, its changes and in their approval, newest first.

    :raises NotFound: if there is no order within the actor's reach.
    """
    order = get_order(actor=actor, order_id=order_id)
    changes = order.changes.order_by().values_list("pk", flat=True)
    return history_with_cases({PurchaseOrder: [order.pk], OrderChange: list(changes)})


def buyers_of(order: PurchaseOrder) -> set[int]:
    """Return who bought it: they neither receive, nor approve, nor pay (SoD-18, 21, 22).

    Who made or declared it, proposed its award or a change, or bought of one of its requests.
    """
    people = {order.created_by, order.declared_by}
    if order.award_id is not None:
        people.add(Award.objects.values_list("proposed_by", flat=True).get(pk=order.award_id))
    people.update(order.changes.values_list("proposed_by", flat=True))
    requests = PurchaseRequest.objects.filter(
        Q(lines__in=order.lines.values("request_line")) | Q(pk=order.request_id)
    )
    for buyer_ids in requests.values_list("buyer_ids", flat=True):
        people.update(buyer_ids)
    return {person for person in people if person is not None}


def own_orders(*, actor: Actor) -> QuerySet[PurchaseOrder]:
    """Return what was sent to the vendor whose contact the actor is; nothing for anybody else."""
    if actor.vendor_id is None or not _is_contact(actor):
        return PurchaseOrder.objects.none()
    return (
        PurchaseOrder.objects.select_related("vendor", "project")
        .filter(vendor_id=actor.vendor_id, sent_at__isnull=False)
        .order_by("-pk")
    )


def get_own_order(*, actor: Actor, order_id: int) -> PurchaseOrder:
    """Return an order that was sent to the actor's vendor. :raises NotFound: otherwise."""
    found = own_orders(actor=actor).filter(pk=order_id).first()
    if found is None:
        raise NotFound
    return found


def waiting_for_vendor(*, actor: Actor) -> QuerySet[PurchaseOrder]:
    """Return the vendor's orders that he has to confirm, or with a change to answer."""
    to_answer = OrderChange.objects.filter(order=OuterRef("pk"), state=ChangeState.APPROVED)
    return own_orders(actor=actor).filter(
        Q(state=OrderState.SENT) | Q(Exists(to_answer), state__in=RUNNING)
    )


def own_letters(*, actor: Actor) -> QuerySet[OrderLetter]:
    """Return what the contact was written about orders, newest first; nothing for anybody else."""
    return (
        OrderLetter.objects.filter(order__in=own_orders(actor=actor).order_by().values("pk"))
        .filter(contact=actor.contact_id or 0)
        .select_related("order")
        .order_by("-pk")
    )


def own_deliveries(*, actor: Actor) -> QuerySet[Delivery]:
    """Return what the actor's vendor announced, newest first; nothing for anybody else."""
    return (
        Delivery.objects.filter(order__in=own_orders(actor=actor).order_by().values("pk"))
        .select_related("order")
        .prefetch_related("lines__order_line", "receipts")
        .order_by("-pk")
    )


def called_amount(contract_id: int, *, without: int | None = None) -> Decimal:
    """Return to what the call-offs of an agreement come, with what open changes add to them.

    Of what was closed short only what is here counts. Asks no action; the agreement is locked.

    :param without: an order that is left out.
    """
    total = Decimal(0)
    orders = PurchaseOrder.objects.filter(contract_id=contract_id, award=None)
    for order in orders.exclude(pk=without or 0).exclude(state=OrderState.CANCELLED):
        if order.state == OrderState.CLOSED:
            total += sum(
                (
                    round_money((line.received_quantity - line.returned_quantity) * line.unit_price)
                    for line in order.lines.all()
                ),
                Decimal(0),
            )
        else:
            changes = order.changes.filter(state__in=OPEN_CHANGES)
            total += max([order.amount, *changes.values_list("amount_after", flat=True)])
    return total


def lock_order(order_id: int) -> PurchaseOrder:
    """Return an order, locked until the transaction ends. :raises NotFound: if there is none."""
    found = (
        PurchaseOrder.objects.select_for_update(of=("self",))
        .select_related("vendor", "project", "award", "contract")
        .filter(pk=order_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def lines_of(order: PurchaseOrder) -> QuerySet[OrderLine]:
    """Return an order's lines in its order. The caller has checked access to it."""
    return order.lines.select_related("item", "request_line__request").order_by("position")


def changes_of(order: PurchaseOrder) -> QuerySet[OrderChange]:
    """Return an order's changes, the newest first. The caller has checked access to it."""
    return order.changes.order_by("-number")


def own_changes_of(order: PurchaseOrder) -> QuerySet[OrderChange]:
    """Return what its vendor sees of an order's changes: his own, and what was approved."""
    return changes_of(order).filter(
        Q(proposed_by__isnull=True) | Q(state__in=[ChangeState.APPROVED, ChangeState.AGREED])
    )


def deliveries_of(order: PurchaseOrder) -> QuerySet[Delivery]:
    """Return what the vendor announced, the newest first, with its lines."""
    return order.deliveries.prefetch_related("lines__order_line", "receipts").order_by("-pk")


def losses(*, actor: Actor) -> QuerySet[Loss]:
    """Return what was lost by buyers' errors within the actor's reach, newest first (PR-82).

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    return access.scoped(
        Loss.objects.select_related("order__vendor", "order__project"),
        actor,
        Action.PURCHASE_VIEW,
        "order__project_id",
    ).order_by("-pk")


def get_loss(*, actor: Actor, loss_id: int) -> Loss:
    """Return one of them. :raises NotFound: if there is none."""
    found = losses(actor=actor).filter(pk=loss_id).first()
    if found is None:
        raise NotFound
    return found


def open_change_of(order: PurchaseOrder) -> OrderChange | None:
    """Return the change that is not decided yet, ``None`` if there is none."""
    return order.changes.filter(state__in=OPEN_CHANGES).first()


def prices_of(contract: Contract) -> QuerySet[AgreedPrice]:
    """Return the prices of an agreement. The caller has checked access to it."""
    return contract.prices.select_related("item").order_by("item__code")


def ordered(lines: Iterable[OrderLine]) -> list[Ordered]:
    """Return lines as the rules read them."""
    return [
        Ordered(
            line_id=line.pk,
            quantity=line.quantity,
            unit_price=line.unit_price,
            received=line.received_quantity,
            returned=line.returned_quantity,
        )
        for line in lines
    ]


def on_the_way(order: PurchaseOrder) -> dict[int, Decimal]:
    """Return how much of each line was announced, not called off, and not received yet."""
    found = (
        DeliveryLine.objects.filter(
            delivery__order=order, delivery__cancelled_at__isnull=True, delivery__receipts=None
        )
        .order_by()
        .values_list("order_line_id")
        .annotate(total=Sum("quantity"))
    )
    return {line_id: total or Decimal(0) for line_id, total in found}


def award_amount(order: PurchaseOrder) -> Decimal:
    """Return to what the orders of an award with the same vendor come together."""
    total = (
        PurchaseOrder.objects.filter(award_id=order.award_id or 0, vendor_id=order.vendor_id)
        .exclude(state=OrderState.CANCELLED)
        .aggregate(total=Sum("amount"))["total"]
    )
    return total or Decimal(0)


def _is_contact(actor: Actor) -> bool:
    return Contact.objects.filter(
        pk=actor.contact_id or 0, vendor_id=actor.vendor_id or 0, state=ContactState.ACTIVE
    ).exists()


def awards_to_order(*, actor: Actor) -> QuerySet[Award]:
    """Return the approved awards whose orders are still to be made, where the actor buys."""
    return access.scoped(
        Award.objects.select_related("round").filter(
            state=AwardState.APPROVED, orders__isnull=True
        ),
        actor,
        Action.PURCHASE_BUY,
        field="round__project_id",
    ).order_by("pk")


def emergencies_to_order(*, actor: Actor) -> QuerySet[PurchaseRequest]:
    """Return the emergencies of which something is still to be ordered, where the actor buys."""
    return (
        PurchaseRequest.objects.select_related("project")
        .filter(
            purchase_class=ClassChoice.C,
            lines__in=lines_to_buy(actor=actor).order_by().values("pk"),
        )
        .distinct()
        .order_by("pk")
    )


def get_emergency(*, actor: Actor, request_id: int) -> PurchaseRequest:
    """Return one of them. :raises NotFound: if there is none."""
    found = emergencies_to_order(actor=actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def lines_left(*, actor: Actor, request: PurchaseRequest) -> QuerySet[RequestLine]:
    """Return the lines of a request of which something is left to be bought, as ``left``."""
    return lines_to_buy(actor=actor).filter(request=request).order_by("position")


def agreements(*, actor: Actor, today: date) -> QuerySet[Contract]:
    """Return the framework agreements in force from which the actor may call off."""
    return access.scoped(
        Contract.objects.select_related("vendor").filter(
            kind=ContractKind.FRAMEWORK,
            state__in=IN_FORCE,
            valid_from__lte=today,
            valid_to__gte=today,
        ),
        actor,
        Action.PURCHASE_BUY,
    ).order_by("valid_to", "pk")


def agreed_prices(
    item_ids: Collection[int], project_id: int | None, today: date
) -> dict[int, Decimal]:
    """Return the lowest price of articles in the framework agreements in force.

    Those of the company and of the project; of what an agreement has no more to call off, none.
    Asks no action: rounds ask, for what they compare.
    """
    prices = AgreedPrice.objects.filter(
        Q(contract__project_id__isnull=True) | Q(contract__project_id=project_id),
        Q(maximum_quantity__isnull=True) | Q(called_quantity__lt=F("maximum_quantity")),
        item__in=item_ids,
        contract__kind=ContractKind.FRAMEWORK,
        contract__state__in=IN_FORCE,
        contract__valid_from__lte=today,
        contract__valid_to__gte=today,
    )
    lowest = prices.order_by("item_id").values("item_id").annotate(price=Min("unit_price"))
    return dict(lowest.values_list("item_id", "price"))


def lines_to_call_off(*, actor: Actor, contract: Contract) -> QuerySet[RequestLine]:
    """Return the lines to buy for which an agreement has a price."""
    return lines_to_buy(actor=actor).filter(item__in=contract.prices.values("item"))


def vendors_to_order_from(*, actor: Actor) -> QuerySet[Vendor]:
    """Return the active vendors, by name.

    :raises access.ActionDenied: without ``purchase.buy``.
    """
    access.require(actor, Action.PURCHASE_BUY)
    return Vendor.objects.filter(state=VendorState.ACTIVE).order_by("name", "pk")


def warehouses_for(*, actor: Actor, order: PurchaseOrder) -> QuerySet[Warehouse]:
    """Return where the goods of an order may be delivered to.

    :raises access.ActionDenied: without ``purchase.buy``.
    """
    access.require(actor, Action.PURCHASE_BUY)
    return Warehouse.objects.filter(
        Q(project_id__isnull=True) | Q(project_id=order.project_id),
        is_active=True,
        kind=WarehouseKind.STORE,
    ).order_by("code")


def articles_by_code(codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of the active articles of these codes, by code."""
    return dict(Item.objects.filter(code__in=set(codes), is_active=True).values_list("code", "pk"))
