"""What vendors give back of invoices that were credited after they were paid (供应商退款)."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.tenancy import company_day
from kernel.text import _
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement import scope
from services.procurement.orders.queries import buyers_of
from services.procurement.payments import rules
from services.procurement.payments.models import (
    EntryKind,
    InvoiceState,
    VendorInvoice,
    VendorRefund,
)
from services.procurement.payments.operations import accounts
from services.procurement.payments.operations.errors import ReferenceTaken, RefundInvalid
from services.procurement.texts import line as one_line


@transaction.atomic
def enter_refund(
    *,
    actor: Actor,
    invoice_id: int,
    amount: Decimal,
    reference: str,
    refunded_on: date,
    now: datetime,
) -> VendorRefund:
    """Book that a vendor gave back what he owes of an invoice, or a part of it, by bank.

    :param reference: the bank's; each is booked once.
    :raises NotFound: if there is no such invoice within the actor's sight.
    :raises access.ActionDenied: without ``vendor-payment.pay`` there.
    :raises duties.DutiesMeet: if the actor entered a credit note on it, or bought it (SoD-22).
    :raises rules.AmountInvalid: if it is no amount.
    :raises RefundInvalid: if it is more than the vendor owes of it, or the day lies before its
        first credit note, or in the future.
    :raises ReferenceTaken: if the reference is booked already.
    """
    found = VendorInvoice.objects.filter(pk=invoice_id).first()
    if found is None:
        raise NotFound
    scope.require_of(actor, Action.VENDOR_PAYMENT_PAY, found.project_id)
    person_id = actor.require_person()
    invoice = VendorInvoice.objects.select_for_update(of=("self",)).get(pk=invoice_id)
    _require_another(actor, invoice, now)
    amount = rules.require_amount(amount)
    debt = -invoice.left if invoice.state == InvoiceState.BOOKED else Decimal(0)
    if amount > debt:
        raise RefundInvalid(
            _("The vendor owes only %(debt)s of this invoice.")
            % {"debt": f"{max(debt, Decimal(0)):,.2f}"},
            field="amount",
            details={"debt": f"{max(debt, Decimal(0)):.2f}"},
        )
    if not min(_credit_days(invoice)) <= refunded_on <= company_day(now):
        raise RefundInvalid(
            _("The day lies between the credit note and today."), field="refunded_on"
        )
    refund = VendorRefund(
        vendor_id=invoice.vendor_id,
        invoice=invoice,
        amount=amount,
        reference=one_line(reference, field="reference", longest=60, is_required=True),
        refunded_on=refunded_on,
        entered_by=person_id,
        entered_by_label=actor.label[:140],
        entered_at=now,
    )
    taken = ReferenceTaken(_("This payment reference is booked already."), field="reference")
    with refusing(vendorrefund_reference_once=taken):
        refund.save(force_insert=True)
    accounts.book(
        vendor_id=invoice.vendor_id,
        kind=EntryKind.REFUND,
        journal_kind=JournalKind.VENDOR_REFUND,
        amounts={AccountRole.BANK: amount, AccountRole.PAYABLE: -amount},
        source=refund,
        project_id=invoice.project_id,
        effective_on=refunded_on,
        text=refund.reference,
        now=now,
        actor=actor,
    )
    invoice.refunded_amount += amount
    invoice.save(update_fields=["refunded_amount"])
    audit.record(
        actor=actor,
        event="procurement.invoice.refunded",
        subject=invoice,
        project_id=invoice.project_id,
        now=now,
        data={
            "number": invoice.number,
            "amount": str(amount),
            "reference": refund.reference,
            "refunded_on": refunded_on.isoformat(),
        },
    )
    return refund


def _credit_days(invoice: VendorInvoice) -> list[date]:
    return list(invoice.credit_notes.values_list("credited_on", flat=True))


def _require_another(actor: Actor, invoice: VendorInvoice, now: datetime) -> None:
    """Return if the actor neither credited nor bought: he could let the money vanish (SoD-22)."""
    credited_by = invoice.credit_notes.order_by().values_list("entered_by", flat=True)
    duties.require_apart(
        "SoD-22",
        actor=actor,
        earlier=[*credited_by, *(buyers_of(invoice.order) if invoice.order else ())],
        subject=invoice,
        project_id=invoice.project_id,
        now=now,
        is_fixed=True,
    )
