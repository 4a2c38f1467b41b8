"""Close an order short, or cancel it: what it binds is free again."""

from datetime import datetime

from django.db import transaction

from kernel.access import Actor
from kernel.text import _
from services.procurement.orders import queries, telling
from services.procurement.orders.models import Delivery, LetterKind, OrderState, PurchaseOrder
from services.procurement.orders.operations.common import (
    lock_lines,
    lock_to_buy,
    record_order,
    release,
    require_state,
)
from services.procurement.orders.operations.errors import ChangeOpen, OrderStateWrong
from services.procurement.orders.operations.sending import publish
from services.procurement.orders.rules import check_reason

CLOSED_EVENT = "procurement.order.closed"
CANCELLED_EVENT = "procurement.order.cancelled"


@transaction.atomic
def close_short(*, actor: Actor, order_id: int, reason: str, now: datetime) -> PurchaseOrder:
    """Close an order of which part has arrived: the rest does not come any more.

    The rest of the requests may be bought elsewhere.

    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises OrderStateWrong: if nothing or everything has arrived.
    :raises ChangeOpen: if a change of it is open.
    :raises OrderInvalid: without a reason.
    """
    order = lock_to_buy(actor=actor, order_id=order_id, now=now)
    require_state(order, OrderState.DELIVERING)
    return _end(actor, order, OrderState.CLOSED, reason, now)


@transaction.atomic
def cancel_order(*, actor: Actor, order_id: int, reason: str, now: datetime) -> PurchaseOrder:
    """Cancel an order of which nothing has arrived.

    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises OrderStateWrong: if something has arrived, or it is done.
    :raises ChangeOpen: if a change of it is open.
    :raises OrderInvalid: without a reason.
    """
    order = lock_to_buy(actor=actor, order_id=order_id, now=now)
    require_state(order, OrderState.DRAFT, OrderState.SENT, OrderState.ACKNOWLEDGED)
    return _end(actor, order, OrderState.CANCELLED, reason, now)


def _end(
    actor: Actor, order: PurchaseOrder, state: OrderState, reason: str, now: datetime
) -> PurchaseOrder:
    text, was_sent = check_reason(reason), order.sent_at is not None
    if queries.open_change_of(order) is not None:
        raise ChangeOpen(_("A change of this order is open. Decide on it first."))
    rows = lock_lines(order)
    if state == OrderState.CANCELLED and any(row.received_quantity for row in rows):
        raise OrderStateWrong(_("Something of this order has arrived: close it short."))
    left = {row.line_id: row.to_come for row in queries.ordered(rows)}
    release(order, {row: left[row.pk] for row in rows if left[row.pk]})
    Delivery.objects.filter(order=order, cancelled_at__isnull=True, receipts=None).update(
        cancelled_at=now
    )
    before = order.state
    order.state, order.ended_at, order.end_reason = state, now, text
    order.save(update_fields=["state", "ended_at", "end_reason"])
    is_closed = state == OrderState.CLOSED
    record_order(
        actor,
        "closed" if is_closed else "cancelled",
        order,
        now,
        {"before": {"state": before}, "reason": text},
    )
    publish(CLOSED_EVENT if is_closed else CANCELLED_EVENT, order, now)
    if was_sent:
        kind = LetterKind.CLOSED if is_closed else LetterKind.CANCELLED
        telling.tell_vendor(order, kind, now=now)
    return order
