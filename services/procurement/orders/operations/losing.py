"""Losses by a buyer's error, written down by finance and never by the buyer himself (PR-82)."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.errors import NotFound
from kernel.money import MAX_AMOUNT, round_money
from kernel.text import _
from services.procurement import scope
from services.procurement.orders import queries
from services.procurement.orders.models import Loss, OrderState
from services.procurement.orders.operations.common import record_order
from services.procurement.orders.operations.errors import (
    LossInvalid,
    LossWithdrawn,
    OrderStateWrong,
)
from services.procurement.texts import line as one_line


@transaction.atomic
def record_loss(*, actor: Actor, order_id: int, amount: Decimal, cause: str, now: datetime) -> Loss:
    """Write down what an order cost the company by its buyer's error.

    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises LossInvalid: if it is no amount, or the actor bought it himself.
    :raises OrderStateWrong: if it is a draft: nothing came of it.
    :raises texts.TextInvalid: without a cause.
    """
    person_id = actor.require_person()
    order = queries.lock_order(order_id)
    scope.require_of(actor, Action.INVOICE_MATCH, order.project_id)
    buyer = (
        (order.declared_by, order.declared_by_label)
        if order.declared_by is not None
        else (order.created_by, order.created_by_label)
    )
    if person_id in {order.created_by, order.declared_by}:
        raise LossInvalid(_("Somebody else than the buyer writes this down."))
    if order.state == OrderState.DRAFT:
        raise OrderStateWrong(
            _("%(number)s is “%(state)s”: this is not possible now.")
            % {"number": order.number, "state": order.get_state_display()},
            details={"state": order.state},
        )
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT or amount != round_money(amount):
        raise LossInvalid(_("Enter an amount above zero, to the cent."), field="amount")
    loss = Loss.objects.create(
        order=order,
        amount=amount,
        cause=one_line(cause, field="cause", longest=300, is_required=True),
        buyer_id=buyer[0],
        buyer_label=buyer[1],
        recorded_by=person_id,
        recorded_by_label=actor.label[:140],
        recorded_at=now,
    )
    record_order(
        actor,
        "loss-recorded",
        order,
        now,
        {"amount": f"{amount:.2f}", "cause": loss.cause, "buyer": loss.buyer_label},
    )
    return loss


@transaction.atomic
def withdraw_loss(*, actor: Actor, loss_id: int, reason: str, now: datetime) -> Loss:
    """Withdraw what was written down by mistake; it stays to be read, and counts no more.

    :raises NotFound: if there is none within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises LossInvalid: if the actor is the buyer.
    :raises LossWithdrawn: if it is withdrawn already.
    :raises texts.TextInvalid: without a reason.
    """
    found = Loss.objects.filter(pk=loss_id).values_list("order_id", flat=True).first()
    if found is None:
        raise NotFound
    order = queries.lock_order(found)
    scope.require_of(actor, Action.INVOICE_MATCH, order.project_id)
    loss = Loss.objects.select_for_update().get(pk=loss_id)
    if actor.require_person() == loss.buyer_id:
        raise LossInvalid(_("Somebody else than the buyer writes this down."))
    if loss.withdrawn_at is not None:
        raise LossWithdrawn(_("This is withdrawn already."))
    loss.withdraw_reason = one_line(reason, field="reason", longest=300, is_required=True)
    loss.withdrawn_at, loss.withdrawn_by_label = now, actor.label[:140]
    loss.save(update_fields=["withdraw_reason", "withdrawn_at", "withdrawn_by_label"])
    record_order(
        actor,
        "loss-withdrawn",
        order,
        now,
        {"amount": f"{loss.amount:.2f}", "reason": loss.withdraw_reason},
    )
    return loss
