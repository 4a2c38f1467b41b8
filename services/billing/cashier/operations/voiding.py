"""Void a payment and its receipt: what was booked is booked back, nothing is erased."""

from datetime import date, datetime

from django.db import transaction

from kernel import access
from kernel.audit import operations as audit
from kernel.duties import operations as duties
from kernel.errors import Conflict, Denied, Invalid
from kernel.outbox import operations as outbox
from kernel.text import _
from services.billing.cashier import queries
from services.billing.cashier.models import Payment, PaymentState, Receipt
from services.billing.cashier.operations import common
from services.billing.ledger import operations as ledger
from services.billing.ledger import queries as ledger_queries
from services.billing.ledger.models import JournalKind
from services.properties import queries as registry


class ReasonMissing(Invalid):
    code = "cashier.reason-missing"


class VoidedAlready(Conflict):
    code = "cashier.voided-already"


class VoidNeedsDirector(Denied):
    code = "cashier.void-needs-director"


@transaction.atomic
def void_payment(
    *, actor: access.Actor, payment_id: int, reason: str, now: datetime, today: date
) -> Receipt:
    """Void a payment with its receipt: reverse the journal, open the lines again.

    The receipt keeps its number (BL-84, SH-80). A collector voids what he took himself today;
    anything else is the charging director's, who does not collect (SoD-03).

    :raises NotFound: if there is no such payment within the actor's reach.
    :raises access.ActionDenied: without ``receipt.void`` in its project.
    :raises VoidNeedsDirector: if it is another's or an earlier day's and the actor lacks
        ``receipt.void-any``.
    :raises duties.DutiesMeet: if the actor took it himself on an earlier day.
    :raises ReasonMissing: if no reason is given.
    :raises common.TextInvalid: if the reason is too long or holds control characters.
    :raises VoidedAlready: if it is void.
    """
    payment = queries.get_payment(actor=actor, payment_id=payment_id)
    access.require(actor, access.Action.RECEIPT_VOID, payment.project_id)
    person_id = common.require_person(actor)
    reason = common.one_line(reason, field="reason", most=300)
    if not reason:
        raise ReasonMissing(_("Say why the receipt is voided."), field="reason")
    registry.lock_household(payment.household_id)
    payment = queries.lock_payment(payment_id=payment_id)
    if payment.state == PaymentState.VOIDED:
        raise VoidedAlready(
            _("%(person)s voided this receipt at %(time)s.")
            % {
                "person": payment.voided_by_label,
                "time": common.local_time(payment.voided_at or now),
            }
        )
    _require_may_void(actor, payment, now, today)

    queries.lock_lines_of_payment(payment_id=payment.pk)
    common.move_paid_amounts(payment, sign=-1)
    journal = ledger_queries.journal_of_source(
        kind=JournalKind.PAYMENT, source_type="payment", source_id=payment.pk
    )
    assert journal is not None  # take_payment posts it in the same transaction
    ledger.post_journal(
        project_id=payment.project_id,
        kind=JournalKind.PAYMENT_REVERSAL,
        source_type="payment",
        source_id=payment.pk,
        effective_on=today,
        now=now,
        posted_by=person_id,
        postings=ledger_queries.mirrored_postings(journal.pk),
        reverses_id=journal.pk,
    )
    payment.state = PaymentState.VOIDED
    payment.voided_at = now
    payment.voided_by = person_id
    payment.voided_by_label = actor.label[:140]
    payment.void_reason = reason
    payment.save(
        update_fields=["state", "voided_at", "voided_by", "voided_by_label", "void_reason"]
    )
    Receipt.objects.filter(payment_id=payment.pk).update(is_void=True)
    receipt = queries.get_receipt(actor=actor, receipt_id=payment.receipt.pk)
    audit.record(
        actor=actor,
        event="cashier.payment.voided",
        subject=payment,
        project_id=payment.project_id,
        now=now,
        data={"receipt": receipt.code, "amount": str(payment.amount), "reason": reason},
    )
    outbox.publish(
        event="cashier.payment.voided",
        subject=payment,
        project_id=payment.project_id,
        now=now,
        data={"receipt": receipt.code, "amount": str(payment.amount)},
    )
    return receipt


def _require_may_void(actor: access.Actor, payment: Payment, now: datetime, today: date) -> None:
    if payment.received_by == actor.user_id and payment.received_on == today:
        return
    if not actor.may(access.Action.RECEIPT_VOID_ANY, payment.project_id):
        raise VoidNeedsDirector(
            _(
                "A collector voids his own receipts on the same day. For this one ask the "
                "charging director."
            )
        )
    duties.require_apart(
        "SoD-03",
        actor=actor,
        earlier=[payment.received_by],
        subject=payment,
        project_id=payment.project_id,
        now=now,
        because=_("You took this payment yourself on an earlier day."),
    )
