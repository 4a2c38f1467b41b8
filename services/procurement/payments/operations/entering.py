"""Vendors' invoices come in: from finance, from a claim, or from the vendor himself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from kernel.access import Action, Actor
from kernel.db import refusing
from kernel.errors import NotFound
from kernel.money import round_money
from kernel.text import _
from services.procurement import scope
from services.procurement.orders.models import OrderState, PurchaseOrder
from services.procurement.payments import rules
from services.procurement.payments.models import (
    AssessmentState,
    InvoiceLine,
    InvoiceState,
    ServiceAssessment,
    VendorInvoice,
)
from services.procurement.payments.operations.errors import (
    AssessmentMissing,
    InvoiceExists,
    InvoiceInvalid,
    InvoiceMismatch,
)
from services.procurement.payments.operations.matching import find, lock_order, record_invoice
from services.procurement.texts import line as one_line
from services.procurement.vendors import queries as vendors

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """A line of an invoice, as it is typed; the price is with tax."""

    order_line_id: int
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What stands on an invoice."""

    number: str
    invoiced_on: date
    net_amount: Decimal
    tax_amount: Decimal
    freight: Decimal = ZERO

    @property
    def amount(self) -> Decimal:
        return self.net_amount + self.tax_amount


@transaction.atomic
def enter_invoice(
    *,
    actor: Actor,
    order_id: int,
    figures: Figures,
    lines: Sequence[BilledLine],
    now: datetime,
    today: date,
) -> VendorInvoice:
    """Enter an invoice for an order and match it at once: the vendor himself, or finance.

    :raises NotFound: if there is no such order within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises InvoiceInvalid: if its figures are none or do not add up, or it names another's lines.
    :raises InvoiceExists: if the vendor's invoice of this number is here (it may be refused).
    """
    order = lock_order(order_id)
    if actor.vendor_id is not None:
        vendors.require_vendor(actor, order.vendor_id)
    else:
        scope.require_of(actor, Action.INVOICE_MATCH, order.project_id)
    return write_invoice(
        actor=actor, order=order, figures=figures, lines=lines, now=now, today=today
    )


@transaction.atomic
def enter_service_invoice(
    *, actor: Actor, assessment_id: int, figures: Figures, now: datetime, today: date
) -> VendorInvoice:
    """Enter the invoice of an outsourced service for a month that was assessed (S-67).

    :raises NotFound: if there is no such assessment within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises AssessmentMissing: if the month's assessment is not approved, or has its invoice.
    :raises InvoiceMismatch: if it is not the assessed amount.
    :raises InvoiceInvalid, InvoiceExists: as for an order's.
    """
    assessment = (
        ServiceAssessment.objects.select_for_update(of=("self",))
        .select_related("contract__vendor")
        .filter(pk=assessment_id)
        .first()
    )
    if assessment is None:
        raise NotFound
    vendor = assessment.contract.vendor
    if actor.vendor_id is not None:
        vendors.require_vendor(actor, vendor.pk)
    else:
        scope.require_of(actor, Action.INVOICE_MATCH, assessment.project_id)
    if assessment.state != AssessmentState.APPROVED or assessment.invoice_id is not None:
        raise AssessmentMissing(
            _("A month is paid once, after its assessment is approved: %(state)s.")
            % {"state": assessment.get_state_display()}
        )
    _check_figures(figures, today)
    if figures.freight:
        raise InvoiceInvalid(_("A service has no freight."), field="freight")
    if figures.amount != assessment.amount:
        raise InvoiceMismatch(
            _("The month was assessed at %(assessed)s; the invoice says %(amount)s.")
            % {"assessed": f"{assessment.amount:,.2f}", "amount": f"{figures.amount:,.2f}"},
            field="net_amount",
            details={"assessed": f"{assessment.amount:.2f}"},
        )
    highest = rules.most_tax(
        amount=figures.amount, freight=ZERO, tax_percent=rules.HIGHEST_TAX_PERCENT, lines=1
    )
    if figures.tax_amount > highest:
        raise InvoiceMismatch(
            _("At most %(most)s of it can be tax.") % {"most": f"{highest:,.2f}"},
            field="tax_amount",
            details={"most": f"{highest:.2f}"},
        )
    invoice = _new(
        actor,
        figures,
        now,
        vendor_id=vendor.pk,
        project_id=assessment.project_id,
        contract=assessment.contract,
        payment_days=vendor.payment_days if vendor.is_on_account else 0,
        state=InvoiceState.MATCHED,
    )
    assessment.invoice = invoice
    assessment.save(update_fields=["invoice"])
    record_invoice(actor, "entered", invoice, now, {"assessment": assessment.pk})
    return invoice


def write_invoice(
    *,
    actor: Actor,
    order: PurchaseOrder,
    figures: Figures,
    lines: Sequence[BilledLine],
    now: datetime,
    today: date,
) -> VendorInvoice:
    """Write the invoice of a locked order, matched; its callers have asked."""
    if order.state in (OrderState.DRAFT, OrderState.CANCELLED):
        raise InvoiceInvalid(_("This order is not in force."), field="order")
    _check_figures(figures, today)
    known = set(order.lines.values_list("pk", flat=True))
    ids = [line.order_line_id for line in lines]
    if not lines or len(set(ids)) < len(ids) or not set(ids) <= known:
        raise InvoiceInvalid(_("Each line of this order is billed once."), field="lines")
    amounts = {line.order_line_id: _amount_of(line) for line in lines}
    total = sum(amounts.values(), figures.freight)
    if total != figures.amount:
        raise InvoiceInvalid(
            _("Its lines and freight come to %(total)s, the invoice to %(amount)s.")
            % {"total": f"{total:,.2f}", "amount": f"{figures.amount:,.2f}"},
            field="net_amount",
            details={"total": f"{total:.2f}"},
        )
    invoice = _new(
        actor,
        figures,
        now,
        vendor_id=order.vendor_id,
        project_id=order.project_id,
        order=order,
        payment_days=order.vendor.payment_days if order.vendor.is_on_account else 0,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            order_line_id=line.order_line_id,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=amounts[line.order_line_id],
        )
        for line in lines
    )
    find(invoice)
    record_invoice(actor, "entered", invoice, now, {"findings": invoice.findings})
    return invoice


def _new(
    actor: Actor, figures: Figures, now: datetime, *, payment_days: int, **values: object
) -> VendorInvoice:
    invoice = VendorInvoice(
        number=one_line(figures.number, field="number", longest=60, is_required=True),
        invoiced_on=figures.invoiced_on,
        due_on=figures.invoiced_on + timedelta(days=payment_days),
        net_amount=figures.net_amount,
        tax_amount=figures.tax_amount,
        amount=figures.amount,
        freight=figures.freight,
        submitted_by=actor.user_id,
        submitted_by_label=actor.label[:140],
        submitted_at=now,
        **values,
    )
    exists = InvoiceExists(_("This invoice is here already."), field="number")
    with refusing(vendorinvoice_number_once=exists):
        invoice.save(force_insert=True)
    return invoice


def _check_figures(figures: Figures, today: date) -> None:
    if figures.invoiced_on > today:
        raise InvoiceInvalid(_("An invoice is not of a day to come."), field="invoiced_on")
    rules.require_amount(figures.net_amount, field="net_amount")
    for name, amount in (("tax_amount", figures.tax_amount), ("freight", figures.freight)):
        if amount:
            rules.require_amount(amount, field=name)
    rules.require_amount(figures.amount, field="net_amount")


def _amount_of(line: BilledLine) -> Decimal:
    figures = (line.quantity, line.unit_price)
    is_fine = all(figure.is_finite() and 0 < figure < 10**7 for figure in figures)
    if (
        not is_fine
        or line.quantity != round(line.quantity, 3)
        or (line.unit_price != round(line.unit_price, 4))
    ):
        raise InvoiceInvalid(_("Enter quantities and prices above zero."), field="lines")
    return round_money(line.quantity * line.unit_price)
