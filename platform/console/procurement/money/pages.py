"""Pages of vendors' money: invoices with their match, payments, advances, claims, accounts."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from console.procurement.records import (
    Button,
    Cell,
    RecordPage,
    Table,
    day,
    holds,
    money,
    named,
    number,
    person,
    place,
    text,
)
from console.views import ConsoleView
from kernel.access import Action
from kernel.money import in_capitals
from kernel.tenancy import current_company
from services.procurement.payments import queries
from services.procurement.payments.models import (
    InvoiceState,
    PaymentState,
    VendorInvoice,
    VendorPayment,
)
from services.procurement.payments.operations import payments

OPEN_INVOICE = (InvoiceState.SUBMITTED, InvoiceState.MATCHED, InvoiceState.EXCEPTION)


class InvoicePage(RecordPage):
    crumb, route = _("Vendors' invoices"), "vendor-invoices"
    carrier = "procurement.vendorinvoice"

    def find(self, pk: int) -> Model:
        return queries.get_invoice(actor=self.actor, invoice_id=pk)

    def meta(self, record: VendorInvoice) -> list[Any]:
        return [record.vendor.name]

    def note(self, record: VendorInvoice) -> tuple[str, Any] | None:
        if record.state == InvoiceState.EXCEPTION:
            words = "; ".join(queries.finding_words(one, {}) for one in record.findings)
            return "warn", _("Order, goods and invoice do not agree: %(findings)s") % {
                "findings": words
            }
        if record.refusal_reason:
            return "info", record.refusal_reason
        return None

    def tables(self, record: VendorInvoice) -> Iterable[Table]:
        if record.order_id is not None:
            yield self._match(record)
        yield Table(
            title=_("Paid, credited and refunded"),
            headings=(_("Paper"), _("Day"), _("Amount"), _("State")),
            rows=[*self._payments(record), *self._credits(record), *self._refunds(record)],
            empty=_("Nothing was paid or credited yet."),
        )

    def _match(self, record: VendorInvoice) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for line in queries.match_view(record):
            billed = line.billed
            words = ", ".join(line.findings)
            rows.append(
                (
                    text(line.line.name, note=line.line.spec),
                    number(line.line.quantity, note=line.line.unit),
                    number(line.line.unit_price),
                    number(line.accepted),
                    number(line.billed_before),
                    number(billed.quantity) if billed is not None else text(""),
                    number(billed.unit_price) if billed is not None else text(""),
                    money(billed.amount) if billed is not None else text(""),
                    text(words or _("agrees"), tone="bad" if words else "ok")
                    if billed is not None
                    else text(""),
                )
            )
        return Table(
            title=_("Order, goods and invoice"),
            headings=(
                _("Article"),
                _("Ordered"),
                _("Agreed price"),
                _p("goods", "Accepted"),
                _("Billed before"),
                _("Billed here"),
                _("Price here"),
                _("Amount"),
                _("Match"),
            ),
            rows=rows,
        )

    def _payments(self, record: VendorInvoice) -> Iterable[tuple[Cell, ...]]:
        for share in record.shares.select_related("payment").order_by("pk"):
            payment = share.payment
            yield (
                text(payment.number, url=reverse("vendor-payments-payment", args=[payment.pk])),
                day(payment.paid_on),
                money(share.amount),
                text(payment.get_state_display()),
            )
        if hasattr(record, "claim"):
            claim = record.claim
            yield (
                text(claim.number, url=reverse("claims-claim", args=[claim.pk])),
                Cell(value=claim.settled_at, kind="time"),
                money(claim.amount),
                text(claim.get_state_display()),
            )

    def _credits(self, record: VendorInvoice) -> Iterable[tuple[Cell, ...]]:
        for note in record.credit_notes.order_by("pk"):
            yield text(note.number), day(note.credited_on), money(note.amount), text(note.reason)

    def _refunds(self, record: VendorInvoice) -> Iterable[tuple[Cell, ...]]:
        for refund in record.refunds.order_by("pk"):
            yield (
                text(refund.reference),
                day(refund.refunded_on),
                money(refund.amount),
                text(_("Refund of the vendor")),
            )

    def facts(self, record: VendorInvoice) -> Iterable[tuple[Any, Cell]]:
        yield _("Vendor"), text(record.vendor.name)
        paper = record.order or record.contract
        yield _("Order or contract"), text(paper.number if paper is not None else "")
        yield _("Project"), text(place(record.project))
        yield _("Dated"), day(record.invoiced_on)
        yield _p("payable", "Due"), day(record.due_on)
        yield _("Amount without tax"), money(record.net_amount)
        yield _("Tax"), money(record.tax_amount)
        if record.freight:
            yield _("Freight in it, with tax"), money(record.freight)
        yield _("Amount"), money(record.amount)
        yield _p("payable", "Paid"), money(record.paid_amount)
        yield _("Credited"), money(record.credited_amount)
        if record.refunded_amount:
            yield _("Given back by the vendor"), money(record.refunded_amount)
        if record.state == InvoiceState.BOOKED and record.left < 0:
            yield _("Owed by the vendor"), money(-record.left)
        else:
            yield _p("payable", "Open"), money(record.left)
        yield _("Entered by"), person(record.submitted_by_label)
        yield _("Booked by"), person(record.booked_by_label)

    def buttons(self, record: VendorInvoice) -> Iterable[Button]:
        may_pay = holds(self.actor, Action.VENDOR_PAYMENT_PAY, record.project_id)
        if may_pay and record.state == InvoiceState.BOOKED and record.left < 0:
            yield self._button(_("Book the refund"), "refund", record)
        if not holds(self.actor, Action.INVOICE_MATCH, record.project_id):
            return
        is_of_claim = hasattr(record, "claim")
        if record.state in OPEN_INVOICE and not is_of_claim:
            yield self._button(_("Refuse"), "refuse", record)
            yield self._button(_("Match anew"), "match", record)
            if record.state == InvoiceState.MATCHED:
                yield self._button(_("Book"), "book", record, is_primary=True)
        if record.state == InvoiceState.BOOKED:
            if not (record.paid_amount or record.credited_amount or is_of_claim):
                yield self._button(_("Take back"), "reverse", record)
            yield self._button(_("Enter a credit note"), "credit", record)

    def _button(self, label: Any, what: str, record: VendorInvoice, **more: Any) -> Button:
        return Button(label=label, url=reverse(f"vendor-invoices-{what}", args=[record.pk]), **more)


class PaymentPage(RecordPage):
    crumb, route = _("Payments to vendors"), "vendor-payments"
    kind = payments.KIND

    def find(self, pk: int) -> Model:
        return queries.get_payment(actor=self.actor, payment_id=pk)

    def meta(self, record: VendorPayment) -> list[Any]:
        return [record.vendor.name]

    def note(self, record: VendorPayment) -> tuple[str, Any] | None:
        return ("warn", record.reversal_reason) if record.reversal_reason else None

    def tables(self, record: VendorPayment) -> Iterable[Table]:
        yield Table(
            title=_("What it pays"),
            headings=(_("Invoice"), _("Project"), _p("payable", "Due"), _("Plan"), _("Amount")),
            rows=[
                (
                    text(
                        share.invoice.number,
                        url=reverse("vendor-invoices-invoice", args=[share.invoice_id]),
                    ),
                    text(place(share.invoice.project)),
                    day(share.invoice.due_on),
                    text(share.plan_line.condition if share.plan_line is not None else ""),
                    money(share.amount),
                )
                for share in queries.shares_of(record)
            ],
        )

    def facts(self, record: VendorPayment) -> Iterable[tuple[Any, Cell]]:
        yield _("Vendor"), text(record.vendor.name)
        yield _("Account"), text(f"{record.account.bank} *{record.account.number_tail}")
        yield _("Holder"), text(record.account.holder)
        yield _("Amount"), money(record.amount)
        yield _("Asked by"), person(record.asked_by_label)
        yield _("Paid by"), person(record.paid_by_label)
        yield _("Paid on"), day(record.paid_on)
        yield _("Reference"), text(record.reference)
        yield _("Undone by"), person(record.reversed_by_label)

    def buttons(self, record: VendorPayment) -> Iterable[Button]:
        yield Button(
            label=_("Print"),
            url=reverse("vendor-payments-print", args=[record.pk]),
            icon="printer",
            is_sheet=False,
        )
        if record.state == PaymentState.PAID and holds(
            self.actor, Action.VENDOR_PAYMENT_ASK, record.project_id
        ):
            yield Button(
                label=_("It came back"), url=reverse("vendor-payments-undo", args=[record.pk])
            )
        if record.state == PaymentState.APPROVED and holds(
            self.actor, Action.VENDOR_PAYMENT_PAY, record.project_id
        ):
            yield Button(
                label=_("Book the payment"),
                url=reverse("vendor-payments-pay", args=[record.pk]),
                is_primary=True,
            )


class PrintPayment(ConsoleView):
    """付款单."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponseBase:
        pk = named(self)
        payment = queries.get_payment(actor=self.actor, payment_id=pk)
        context = {
            "title": payment.number,
            "back_url": reverse("vendor-payments-payment", args=[pk]),
            "payment": payment,
            "shares": queries.shares_of(payment),
            "place": place(payment.project),
            "capitals": in_capitals(payment.amount),
            "company": current_company(),
        }
        return render(request, "console/procurement/money/payment_print.html", context)
