"""What the writers of receiving share."""

from decimal import Decimal

from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.billing.ledger import queries as ledger
from services.billing.ledger.models import AccountRole
from services.billing.ledger.operations import Leg
from services.procurement import scope
from services.procurement.orders.models import OrderLine, OrderState, PurchaseOrder
from services.procurement.receiving import queries
from services.procurement.receiving.models import Destination

SERIES_RECEIPT = "goods-receipt"
SERIES_OBJECTION = "goods-objection"
SERIES_RETURN = "goods-return"
SERIES_SAMPLE = "sealed-sample"

ACCOUNTS = {
    Destination.STOCK: AccountRole.STOCK,
    Destination.ASSET: AccountRole.FIXED_ASSET,
    Destination.SPOT: AccountRole.MATERIAL_COST,
}


def lock_order(*, actor: Actor, order_id: int, action: Action) -> PurchaseOrder:
    """Return an order, locked, if the actor holds ``action`` where it lies.

    :raises NotFound: if there is no such order within his sight.
    :raises access.ActionDenied: if he lacks the action there.
    """
    order = (
        PurchaseOrder.objects.select_for_update(of=("self",))
        .select_related("vendor", "project", "warehouse")
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        raise NotFound
    scope.require_of(actor, action, order.project_id)
    return order


def lock_lines(order: PurchaseOrder) -> dict[int, OrderLine]:
    """Return the lines of a locked order, locked, by their ids."""
    lines = order.lines.select_for_update(of=("self",)).select_related("item").order_by("pk")
    return {line.pk: line for line in lines}


def legs(amounts: dict[AccountRole, Decimal]) -> list[Leg]:
    """Return the postings of a journal; what comes to nothing is left out."""
    return [
        (ledger.account_of_role(role).pk, None, amount)
        for role, amount in sorted(amounts.items())
        if amount
    ]


def follow(order: PurchaseOrder) -> None:
    """Write down whether all of a locked order is here."""
    state = OrderState.RECEIVED if queries.is_all_here(order.pk) else OrderState.DELIVERING
    if order.state in (*queries.COMING, OrderState.RECEIVED) and order.state != state:
        order.state = state
        order.save(update_fields=["state"])
