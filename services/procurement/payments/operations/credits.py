"""Vendors' credit notes: taken off the invoice, and out of what goods sent back had cost.

What is credited of an invoice that is paid already, the vendor owes.
"""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import NotFound
from kernel.text import _
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement.orders.models import OrderLine
from services.procurement.payments import queries, rules
from services.procurement.payments.models import (
    ClaimState,
    CreditNote,
    EntryKind,
    InvoiceState,
    VendorInvoice,
)
from services.procurement.payments.operations import accounts
from services.procurement.payments.operations.entering import Figures
from services.procurement.payments.operations.errors import CreditExists, CreditInvalid
from services.procurement.payments.operations.matching import lock_invoice, wrong_state
from services.procurement.receiving.models import GoodsReturn
from services.procurement.texts import line as one_line


@transaction.atomic
def enter_credit(
    *,
    actor: Actor,
    invoice_id: int,
    figures: Figures,
    reason: str,
    return_id: int | None = None,
    now: datetime,
    today: date,
) -> CreditNote:
    """Enter and book a credit note on a booked invoice; the vendor owes what of it is paid.

    :param return_id: the goods that went back, if it is for those; else a price was reduced.
    :raises NotFound: if there is no such invoice within the actor's sight, or no such return of
        its order.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises InvoiceStateWrong: if the invoice is not booked.
    :raises CreditInvalid: if it is more than was invoiced and not credited yet, or reaches into
        a payment or a claim that is on its way; if more of it is tax than of the invoice, or it
        has no figures.
    :raises CreditExists: if it is here already, or the return has its credit.
    """
    invoice = lock_invoice(actor=actor, invoice_id=invoice_id)
    person_id = actor.require_person()
    if invoice.state != InvoiceState.BOOKED:
        raise wrong_state(invoice)
    _check(invoice, figures, today)
    goods_return = _return_of(invoice, return_id)
    note = CreditNote(
        vendor_id=invoice.vendor_id,
        invoice=invoice,
        goods_return=goods_return,
        number=one_line(figures.number, field="number", longest=60, is_required=True),
        credited_on=figures.invoiced_on,
        net_amount=figures.net_amount,
        tax_amount=figures.tax_amount,
        amount=figures.amount,
        reason=one_line(reason, field="reason", longest=300, is_required=True),
        entered_by=person_id,
        entered_by_label=actor.label[:140],
        entered_at=now,
    )
    exists = CreditExists(_("This credit note is here already."), field="number")
    with refusing(creditnote_number_once=exists, procurement_creditnote_goods_return_id_key=exists):
        note.save(force_insert=True)
    amounts: dict[AccountRole, Decimal] = defaultdict(Decimal)
    amounts[AccountRole.PAYABLE] = note.amount
    amounts[AccountRole.INPUT_TAX] = -note.tax_amount
    if goods_return is not None:
        amounts[AccountRole.ACCRUED] = -goods_return.value
    cost = AccountRole.MATERIAL_COST if invoice.order_id else AccountRole.SERVICE_COST
    amounts[cost] = -note.net_amount - amounts[AccountRole.ACCRUED]
    accounts.book(
        vendor_id=invoice.vendor_id,
        kind=EntryKind.CREDIT,
        journal_kind=JournalKind.VENDOR_CREDIT,
        amounts=amounts,
        source=note,
        project_id=invoice.project_id,
        effective_on=today,
        text=note.number,
        now=now,
        actor=actor,
    )
    invoice.credited_amount += note.amount
    invoice.save(update_fields=["credited_amount"])
    audit.record(
        actor=actor,
        event="procurement.credit.entered",
        subject=note,
        project_id=invoice.project_id,
        now=now,
        data={
            "number": note.number,
            "invoice": invoice.number,
            "amount": str(note.amount),
            "reason": note.reason,
        },
    )
    return note


def _check(invoice: VendorInvoice, figures: Figures, today: date) -> None:
    rules.require_amount(figures.net_amount, field="net_amount")
    if figures.tax_amount:
        rules.require_amount(figures.tax_amount, field="tax_amount")
    if figures.invoiced_on > today:
        raise CreditInvalid(_("A credit note is not of a day to come."), field="invoiced_on")
    if hasattr(invoice, "claim") and invoice.claim.state != ClaimState.PAID:
        raise CreditInvalid(
            _("%(claim)s is to pay this invoice: it is settled or refused first.")
            % {"claim": invoice.claim.number},
            field="net_amount",
        )
    credited = invoice.credit_notes.aggregate(tax=Sum("tax_amount"))["tax"] or Decimal(0)
    if figures.tax_amount > invoice.tax_amount - credited:
        raise CreditInvalid(
            _("Only %(left)s of this invoice's tax are left.")
            % {"left": f"{invoice.tax_amount - credited:,.2f}"},
            field="tax_amount",
            details={"left": f"{invoice.tax_amount - credited:.2f}"},
        )
    on_its_way = queries.asked_for([invoice.pk]).get(invoice.pk, Decimal(0))
    if on_its_way and figures.amount > invoice.left - on_its_way:
        raise CreditInvalid(
            _("%(amount)s of this invoice are on their way to be paid: that is decided first.")
            % {"amount": f"{on_its_way:,.2f}"},
            field="net_amount",
            details={"left": f"{max(invoice.left - on_its_way, Decimal(0)):.2f}"},
        )
    left = invoice.amount - invoice.credited_amount
    if figures.amount > left:
        raise CreditInvalid(
            _("Only %(left)s of this invoice are not credited yet.") % {"left": f"{left:,.2f}"},
            field="net_amount",
            details={"left": f"{left:.2f}"},
        )


def _return_of(invoice: VendorInvoice, return_id: int | None) -> GoodsReturn | None:
    """Return the goods that a credit is for; they are billed no longer."""
    if return_id is None:
        return None
    back = (
        GoodsReturn.objects.select_related("objection")
        .filter(pk=return_id, objection__order_line__order_id=invoice.order_id)
        .first()
    )
    if back is None or invoice.order_id is None:
        raise NotFound(_("There is no such return of this order."), field="return")
    line = OrderLine.objects.select_for_update().get(pk=back.objection.order_line_id)
    if line.billed_quantity < back.quantity:
        raise CreditInvalid(_("These goods were not billed."), field="return")
    line.billed_quantity -= back.quantity
    line.save(update_fields=["billed_quantity"])
    return back
