"""Vendors' invoices are booked: owed from then on. Or refused, or taken back."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kernel.access import Actor
from kernel.outbox import operations as outbox
from kernel.text import _
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.orders.models import OrderLine
from services.procurement.payments import queries, rules
from services.procurement.payments.models import (
    EntryKind,
    InvoiceLine,
    InvoiceState,
    ServiceAssessment,
    VendorInvoice,
)
from services.procurement.payments.operations import accounts
from services.procurement.payments.operations.errors import InvoiceStateWrong, InvoiceUsed
from services.procurement.payments.operations.matching import (
    find,
    lock_invoice,
    record_invoice,
    require_matched,
    require_open,
    wrong_state,
)
from services.procurement.texts import line as one_line

ZERO = Decimal(0)


@transaction.atomic
def book_invoice(*, actor: Actor, invoice_id: int, now: datetime, today: date) -> VendorInvoice:
    """Book an invoice that agrees with order and goods: from now on it is owed.

    :raises NotFound: if there is no such invoice within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises InvoiceStateWrong: if it is booked or refused, or belongs to a claim.
    :raises InvoiceMismatch: if it does not match; ``details`` name the lines.
    """
    invoice = lock_invoice(actor=actor, invoice_id=invoice_id)
    if hasattr(invoice, "claim"):
        raise InvoiceStateWrong(_("It is booked with the claim that it came with."))
    return book(actor=actor, invoice=invoice, now=now, today=today)


def book(*, actor: Actor, invoice: VendorInvoice, now: datetime, today: date) -> VendorInvoice:
    """Book a locked invoice; its callers have asked."""
    require_open(invoice)
    amounts: dict[AccountRole, Decimal] = defaultdict(Decimal)
    if invoice.order_id is not None:
        lines = find(invoice)
        require_matched(invoice, lines)
        amounts[AccountRole.ACCRUED] = _bill(invoice, lines)
        amounts[AccountRole.MATERIAL_COST] = invoice.net_amount - amounts[AccountRole.ACCRUED]
    else:
        amounts[AccountRole.SERVICE_COST] = invoice.net_amount
    amounts[AccountRole.INPUT_TAX] = invoice.tax_amount
    amounts[AccountRole.PAYABLE] = -invoice.amount
    invoice.journal = accounts.book(
        vendor_id=invoice.vendor_id,
        kind=EntryKind.INVOICE,
        journal_kind=JournalKind.VENDOR_INVOICE,
        amounts=amounts,
        source=invoice,
        project_id=invoice.project_id,
        effective_on=today,
        text=invoice.number,
        now=now,
        actor=actor,
    )
    invoice.state = InvoiceState.BOOKED
    invoice.booked_by, invoice.booked_by_label = actor.user_id, actor.label[:140]
    invoice.booked_at = now
    invoice.save(
        update_fields=["journal", "state", "booked_by", "booked_by_label", "booked_at", "findings"]
    )
    record_invoice(actor, "booked", invoice, now, {})
    outbox.publish(
        event="procurement.invoice.booked",
        subject=invoice,
        project_id=invoice.project_id,
        now=now,
        data={"number": invoice.number, "amount": str(invoice.amount)},
    )
    return invoice


@transaction.atomic
def refuse_invoice(*, actor: Actor, invoice_id: int, reason: str, now: datetime) -> VendorInvoice:
    """Send an invoice back to its vendor; its number may come again.

    :raises NotFound: if there is no such invoice within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises InvoiceStateWrong: if it is booked or refused, or belongs to a claim.
    """
    invoice = lock_invoice(actor=actor, invoice_id=invoice_id)
    if hasattr(invoice, "claim"):
        raise InvoiceStateWrong(_("It is decided on with the claim that it came with."))
    return refuse(actor=actor, invoice=invoice, reason=reason, now=now)


def refuse(*, actor: Actor, invoice: VendorInvoice, reason: str, now: datetime) -> VendorInvoice:
    """Refuse a locked invoice; its callers have asked."""
    require_open(invoice)
    invoice.state = InvoiceState.REFUSED
    invoice.refusal_reason = one_line(reason, field="reason", longest=300, is_required=True)
    invoice.save(update_fields=["state", "refusal_reason"])
    ServiceAssessment.objects.filter(invoice=invoice).update(invoice=None)
    record_invoice(actor, "refused", invoice, now, {"reason": invoice.refusal_reason})
    return invoice


@transaction.atomic
def reverse_invoice(
    *, actor: Actor, invoice_id: int, reason: str, now: datetime, today: date
) -> VendorInvoice:
    """Take back a booked invoice of which nothing is paid, asked for or credited.

    :raises NotFound: if there is no such invoice within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises InvoiceStateWrong: if it is not booked.
    :raises InvoiceUsed: if a payment, a claim or a credit note stands on it.
    """
    invoice = lock_invoice(actor=actor, invoice_id=invoice_id)
    if invoice.state != InvoiceState.BOOKED or invoice.journal is None:
        raise wrong_state(invoice)
    if (
        invoice.paid_amount
        or invoice.credited_amount
        or hasattr(invoice, "claim")
        or queries.asked_for([invoice.pk])
    ):
        raise InvoiceUsed(_("Payments, claims or credit notes stand on it: undo those first."))
    billed = dict(invoice.lines.order_by().values_list("order_line_id", "quantity"))
    lines = OrderLine.objects.select_for_update().filter(pk__in=billed).order_by("pk")
    for ordered in lines:
        ordered.billed_quantity -= billed[ordered.pk]
    OrderLine.objects.bulk_update(lines, ["billed_quantity"])
    accounts.unbook(
        vendor_id=invoice.vendor_id,
        journal=invoice.journal,
        journal_kind=JournalKind.INVOICE_REVERSAL,
        source=invoice,
        effective_on=today,
        text=invoice.number,
        now=now,
        actor=actor,
    )
    invoice.state = InvoiceState.REVERSED
    invoice.refusal_reason = one_line(reason, field="reason", longest=300, is_required=True)
    invoice.save(update_fields=["state", "refusal_reason"])
    ServiceAssessment.objects.filter(invoice=invoice).update(invoice=None)
    record_invoice(actor, "reversed", invoice, now, {"reason": invoice.refusal_reason})
    return invoice


def _bill(invoice: VendorInvoice, lines: dict[int, OrderLine]) -> Decimal:
    """Count the lines of an invoice as billed; return what they take out of the accrued goods."""
    total = ZERO
    accrued = queries.accrued_of(lines)
    billed = list(invoice.lines.order_by("order_line_id"))
    for line in billed:
        ordered = lines[line.order_line_id]
        open_quantity = (
            ordered.received_quantity - ordered.returned_quantity - ordered.billed_quantity
        )
        line.accrued = rules.released(
            accrued=accrued[ordered.pk], open_quantity=open_quantity, quantity=line.quantity
        )
        ordered.billed_quantity += line.quantity
        total += line.accrued
    InvoiceLine.objects.bulk_update(billed, ["accrued"])
    OrderLine.objects.bulk_update(
        [lines[line.order_line_id] for line in billed], ["billed_quantity"]
    )
    return total
