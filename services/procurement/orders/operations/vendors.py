"""What a vendor does with his orders in the portal: confirm, promise a day, announce a delivery."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Actor
from kernel.documents import numbers
from kernel.errors import NotFound
from kernel.text import _
from services.procurement.orders import queries, telling
from services.procurement.orders.models import (
    Delivery,
    DeliveryLine,
    OrderState,
    PurchaseOrder,
)
from services.procurement.orders.operations.common import (
    DELIVERY_SERIES,
    lock_lines,
    lock_own,
    record_order,
    require_state,
)
from services.procurement.orders.operations.errors import OrderStateWrong
from services.procurement.orders.operations.sending import publish
from services.procurement.orders.rules import (
    DeliveryInvalid,
    check_announced,
    check_promise,
)

ACKNOWLEDGED_EVENT = "procurement.order.acknowledged"
ANNOUNCED_EVENT = "procurement.order.delivery-announced"


@transaction.atomic
def acknowledge(
    *, actor: Actor, order_id: int, promised_on: date, now: datetime, today: date
) -> PurchaseOrder:
    """Confirm an order and promise a day; until all is here another day may be promised.

    :raises NotFound: if it is no order of the actor's vendor.
    :raises OrderStateWrong: if it is done.
    :raises OrderInvalid: if the day is over.
    """
    order = lock_own(actor=actor, order_id=order_id)
    require_state(order, *queries.RUNNING)
    check_promise(promised_on, today=today)
    before, is_first = order.promised_on, order.acknowledged_at is None
    if is_first:
        order.acknowledged_at, order.acknowledged_by_label = now, actor.label[:140]
    if order.state == OrderState.SENT:
        order.state = OrderState.ACKNOWLEDGED
    order.promised_on = promised_on
    order.save(update_fields=["state", "promised_on", "acknowledged_at", "acknowledged_by_label"])
    record_order(
        actor,
        "acknowledged" if is_first else "promised",
        order,
        now,
        {
            "before": before.isoformat() if before else None,
            "promised_on": promised_on.isoformat(),
        },
    )
    publish(ACKNOWLEDGED_EVENT, order, now)
    telling.tell_buyer(order, telling.ACKNOWLEDGED, now=now, day=promised_on.isoformat())
    return order


@transaction.atomic
def announce(
    *,
    actor: Actor,
    order_id: int,
    quantities: Mapping[int, Decimal],
    expected_on: date,
    carrier: str = "",
    tracking_number: str = "",
    note: str = "",
    now: datetime,
    today: date,
) -> Delivery:
    """Announce what is delivered on a day; the keeper receives against it.

    :param quantities: by the order's lines.
    :raises NotFound: if it is no order of the actor's vendor.
    :raises OrderStateWrong: if he has not confirmed it, or it is done.
    :raises DeliveryInvalid: if it is nothing, or more than is still to come.
    """
    order = lock_own(actor=actor, order_id=order_id)
    require_state(order, OrderState.ACKNOWLEDGED, OrderState.DELIVERING)
    check_promise(expected_on, today=today)
    for name, text, most in (
        ("carrier", carrier, 100),
        ("tracking_number", tracking_number, 60),
        ("note", note, 200),
    ):
        if len(text.strip()) > most:
            raise DeliveryInvalid(_("This text is too long."), field=name)
    lines = lock_lines(order)
    check_announced(queries.ordered(lines), quantities, on_the_way=queries.on_the_way(order))
    delivery = Delivery.objects.create(
        order=order,
        number=numbers.next_number(series=DELIVERY_SERIES, project_id=order.project_id, on=today),
        expected_on=expected_on,
        carrier=carrier.strip(),
        tracking_number=tracking_number.strip(),
        note=note.strip(),
        announced_by_label=actor.label[:140],
        announced_at=now,
    )
    DeliveryLine.objects.bulk_create(
        DeliveryLine(delivery=delivery, order_line_id=line.pk, quantity=quantities[line.pk])
        for line in lines
        if line.pk in quantities
    )
    record_order(
        actor,
        "delivery-announced",
        order,
        now,
        {
            "delivery": delivery.number,
            "expected_on": expected_on.isoformat(),
            "lines": {
                line.name: f"{quantities[line.pk]:f}" for line in lines if line.pk in quantities
            },
        },
    )
    publish(ANNOUNCED_EVENT, order, now)
    telling.tell_keepers(order, delivery, now=now, today=today)
    return delivery


@transaction.atomic
def cancel_delivery(*, actor: Actor, delivery_id: int, now: datetime) -> Delivery:
    """Take back an announced delivery that has not arrived.

    :raises NotFound: if it is none of the actor's vendor.
    :raises OrderStateWrong: if it has arrived, or was taken back.
    """
    found = Delivery.objects.filter(pk=delivery_id).first()
    if found is None:
        raise NotFound
    order = lock_own(actor=actor, order_id=found.order_id)
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.cancelled_at is not None or delivery.receipts.exists():
        raise OrderStateWrong(_("This delivery has arrived or was taken back already."))
    delivery.cancelled_at = now
    delivery.save(update_fields=["cancelled_at"])
    record_order(actor, "delivery-cancelled", order, now, {"delivery": delivery.number})
    return delivery
