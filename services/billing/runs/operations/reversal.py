"""Take a posted bill back."""

from datetime import date, datetime

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.duties import operations as duties
from kernel.errors import Conflict, Invalid
from kernel.text import _
from services.billing.ledger import operations as ledger
from services.billing.ledger import queries as ledger_queries
from services.billing.ledger.models import AccountRole, JournalKind
from services.billing.runs import queries
from services.billing.runs.models import (
    BillLine,
)


class LinePaid(Conflict):
    code = "billing.line-paid"


class LineReversed(Conflict):
    code = "billing.line-reversed"


class ReasonMissing(Invalid):
    code = "billing.reason-missing"


@transaction.atomic
def reverse_line(
    *, actor: Actor, line_id: int, reason: str, now: datetime, today: date
) -> BillLine:
    """Take back a bill that nothing has been paid on; the ledger keeps both entries (BL-108).

    The next run of the month may bill the unit again.

    :raises NotFound: if there is no such line within reach.
    :raises access.ActionDenied: without ``bill.reverse``.
    :raises ReasonMissing: without a reason.
    :raises LineReversed: if it is reversed already.
    :raises LinePaid: if something is paid on it: its receipt is voided first.
    :raises duties.DutiesMeet: if the actor took money on it, though voided since (SoD-08).
    """
    line = queries.get_line(actor=actor, line_id=line_id, today=today)
    duties.require_action(actor, Action.BILL_REVERSE, line.project_id)
    if not reason.strip():
        raise ReasonMissing(_("Say why the bill is reversed."), field="reason")
    (line,) = queries.lock_lines([line_id])
    if line.is_reversed:
        raise LineReversed(_("This bill is reversed already."))
    if line.paid_amount:
        raise LinePaid(_("Something is paid on this bill: void the receipt first."))
    collected_by = BillLine.objects.filter(pk=line.pk).order_by()
    duties.require_apart(
        "SoD-08",
        actor=actor,
        earlier=collected_by.values_list("allocations__payment__received_by", flat=True),
        subject=line,
        project_id=line.project_id,
        now=now,
        because=_("You took money for this bill yourself."),
    )
    line.is_reversed, line.reversed_at, line.reversed_by = True, now, actor.user_id
    line.reverse_reason = reason.strip()
    line.save(update_fields=["is_reversed", "reversed_at", "reversed_by", "reverse_reason"])
    if line.amount:
        ledger.post_journal(
            project_id=line.project_id,
            kind=JournalKind.BILL_REVERSAL,
            source_type="billline",
            source_id=line.pk,
            effective_on=today,
            now=now,
            posted_by=actor.user_id,
            postings=[
                (
                    ledger_queries.account_of_role(AccountRole.RECEIVABLE).pk,
                    line.household_id,
                    -line.amount,
                ),
                (line.account_id, None, line.amount),
            ],
        )
    audit.record(
        actor=actor,
        event="billing.line.reversed",
        subject=line,
        project_id=line.project_id,
        now=now,
        data={"amount": str(line.amount), "reason": line.reverse_reason},
    )
    return line
