"""Reconciliations with vendors (对账单, PR-63): sent by finance, agreed on or disputed."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.errors import NotFound
from kernel.text import _
from services.procurement.payments import queries, telling
from services.procurement.payments.models import StatementState, VendorStatement
from services.procurement.payments.operations.errors import (
    StatementAnswered,
    StatementExists,
    StatementInvalid,
)
from services.procurement.texts import line as one_line
from services.procurement.vendors import queries as vendors
from services.procurement.vendors.models import Vendor

SERIES = "vendor-statement"


@transaction.atomic
def send_statement(
    *, actor: Actor, vendor_id: int, to_day: date, now: datetime, today: date
) -> VendorStatement:
    """Send a vendor what his account comes to at the end of a day.

    :raises access.ActionDenied: without ``invoice.match`` company-wide.
    :raises NotFound: if there is no such vendor.
    :raises StatementInvalid: if the day is not over.
    :raises StatementExists: if he was sent one up to this day.
    """
    access.require_everywhere(actor, Action.INVOICE_MATCH)
    vendor = Vendor.objects.select_for_update(no_key=True).filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound
    if to_day >= today:
        raise StatementInvalid(
            _("An account is reconciled up to a day that is over."), field="to_day"
        )
    statement = VendorStatement(
        vendor=vendor,
        number=numbers.next_number(series=SERIES, project_id=None, on=today),
        to_day=to_day,
        balance=queries.balance_of(vendor_id, to_day=to_day),
        sent_by=actor.require_person(),
        sent_by_label=actor.label[:140],
        sent_at=now,
    )
    exists = StatementExists(_("This vendor was sent one up to this day."), field="to_day")
    with refusing(vendorstatement_once=exists):
        statement.save(force_insert=True)
    _record(actor, "sent", statement, now)
    telling.tell_vendor(statement, now=now)
    return statement


@transaction.atomic
def answer_statement(
    *, actor: Actor, statement_id: int, balance: Decimal, text: str = "", now: datetime
) -> VendorStatement:
    """Answer a reconciliation: the vendor in the portal, or finance with what he wrote.

    The same balance agrees; another one disputes it, with the reason. A disputed one may be
    answered again.

    :param balance: what the vendor's own books say.
    :raises NotFound: if there is no such statement of the vendor.
    :raises access.ActionDenied: if the actor is no vendor and lacks ``invoice.match`` company-wide.
    :raises StatementInvalid: if the balance is none.
    :raises StatementAnswered: if it is agreed on already.
    :raises texts.TextInvalid: if it is disputed without a reason.
    """
    found = VendorStatement.objects.filter(pk=statement_id).first()
    if actor.vendor_id is None:
        access.require_everywhere(actor, Action.INVOICE_MATCH)
    if found is None:
        raise NotFound
    if actor.vendor_id is not None:
        vendors.require_vendor(actor, found.vendor_id)
    vendor = Vendor.objects.select_for_update(no_key=True).get(pk=found.vendor_id)
    statement = VendorStatement.objects.select_for_update().get(pk=statement_id)
    if statement.state == StatementState.AGREED:
        raise StatementAnswered(_("Both sides have agreed on it already."))
    if not balance.is_finite() or abs(balance) >= 10**12 or balance != round(balance, 2):
        raise StatementInvalid(_("Enter an amount with at most two decimals."), field="balance")
    is_agreed = balance == statement.balance
    statement.vendor_balance = balance
    statement.answer = one_line(text, field="text", longest=500, is_required=not is_agreed)
    statement.state = StatementState.AGREED if is_agreed else StatementState.DISPUTED
    statement.answered_by_label, statement.answered_at = actor.label[:140], now
    statement.save(
        update_fields=["vendor_balance", "answer", "state", "answered_by_label", "answered_at"]
    )
    if is_agreed:
        vendor.reconciled_to = max(vendor.reconciled_to or statement.to_day, statement.to_day)
        vendor.save(update_fields=["reconciled_to"])
    _record(actor, "agreed" if is_agreed else "disputed", statement, now)
    return statement


def _record(actor: Actor, what: str, statement: VendorStatement, now: datetime) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.statement.{what}",
        subject=statement,
        now=now,
        data={
            "number": statement.number,
            "to_day": statement.to_day.isoformat(),
            "balance": str(statement.balance),
            **(
                {"vendor_balance": str(statement.vendor_balance), "answer": statement.answer}
                if statement.vendor_balance is not None
                else {}
            ),
        },
    )
