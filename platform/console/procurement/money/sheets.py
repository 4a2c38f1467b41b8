"""Forms on vendors' invoices."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.procurement.money import forms
from console.procurement.records import named
from console.sheets import EditSheet
from kernel.access import Action
from services.procurement.payments import operations, queries
from services.procurement.payments.operations import BilledLine, Figures
from services.procurement.receiving.models import GoodsReturn

ZERO = Decimal(0)


def figures_of(values: dict[str, Any]) -> Figures:
    return Figures(
        number=values["number"],
        invoiced_on=values["invoiced_on"],
        net_amount=values["net_amount"],
        tax_amount=values["tax_amount"],
        freight=values.get("freight") or ZERO,
    )


class _OfInvoice(EditSheet):
    action = Action.INVOICE_MATCH

    def back(self) -> str:
        return reverse("vendor-invoices-invoice", args=[named(self)])

    def words(self) -> dict[str, Any]:
        invoice = queries.get_invoice(actor=self.actor, invoice_id=named(self))
        return {"lead": f"{invoice.number} {invoice.vendor.name}"}


class EnterInvoice(EditSheet):
    """The invoice of an order, at what was accepted and not billed unless it says otherwise."""

    action = Action.INVOICE_MATCH
    form_class = forms.Invoice
    title = _("Enter a vendor's invoice")
    button = _("Enter and match")
    made_id = 0

    def form_options(self) -> dict[str, Any]:
        order = queries.order_to_bill(actor=self.actor, order_id=named(self))
        return {
            "lines": list(order.lines.order_by("position")),
            "initial": {"invoiced_on": self.today},
        }

    def words(self) -> dict[str, Any]:
        order = queries.order_to_bill(actor=self.actor, order_id=named(self))
        return {"lead": f"{order.number} {order.vendor.name}"}

    def save(self, values: dict[str, Any]) -> None:
        ids = [int(name.removeprefix("quantity_")) for name in values if "quantity_" in name]
        self.made_id = operations.enter_invoice(
            actor=self.actor,
            order_id=named(self),
            figures=figures_of(values),
            lines=[
                BilledLine(
                    order_line_id=pk,
                    quantity=values[f"quantity_{pk}"],
                    unit_price=values[f"price_{pk}"] or ZERO,
                )
                for pk in ids
                if values[f"quantity_{pk}"]
            ],
            now=self.now,
            today=self.today,
        ).pk

    def back(self) -> str:
        return reverse("vendor-invoices")

    def done(self) -> str:
        return reverse("vendor-invoices-invoice", args=[self.made_id])


class EnterServiceInvoice(EditSheet):
    action = Action.INVOICE_MATCH
    form_class = forms.ServiceInvoice
    title = _("Enter the invoice of the month")
    button = _("Enter")
    made_id = 0

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"invoiced_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        self.made_id = operations.enter_service_invoice(
            actor=self.actor,
            assessment_id=named(self),
            figures=figures_of(values),
            now=self.now,
            today=self.today,
        ).pk

    def back(self) -> str:
        return reverse("service-assessments-assessment", args=[named(self)])

    def done(self) -> str:
        return reverse("vendor-invoices-invoice", args=[self.made_id])


class MatchInvoice(_OfInvoice):
    form_class = forms.Nothing
    title, button = _("Match the invoice anew"), _("Match anew")

    def save(self, values: dict[str, Any]) -> None:
        operations.match_invoice(actor=self.actor, invoice_id=named(self), now=self.now)


class BookInvoice(_OfInvoice):
    form_class = forms.Nothing
    title, button = _("Book the invoice: it is owed from then on"), _("Book")

    def save(self, values: dict[str, Any]) -> None:
        operations.book_invoice(
            actor=self.actor, invoice_id=named(self), now=self.now, today=self.today
        )


class RefuseInvoice(_OfInvoice):
    form_class = forms.Reason
    title, button = _("Refuse the invoice"), _("Refuse")

    def save(self, values: dict[str, Any]) -> None:
        operations.refuse_invoice(actor=self.actor, invoice_id=named(self), now=self.now, **values)


class ReverseInvoice(_OfInvoice):
    form_class = forms.Reason
    title, button = _("Take the booked invoice back"), _("Take back")

    def save(self, values: dict[str, Any]) -> None:
        operations.reverse_invoice(
            actor=self.actor,
            invoice_id=named(self),
            now=self.now,
            today=self.today,
            **values,
        )


class EnterCredit(_OfInvoice):
    form_class = forms.Credit
    title, button = _("Enter a credit note"), _("Book")

    def form_options(self) -> dict[str, Any]:
        invoice = queries.get_invoice(actor=self.actor, invoice_id=named(self))
        backs = GoodsReturn.objects.filter(
            objection__order_line__order_id=invoice.order_id or 0, credit_note__isnull=True
        ).select_related("objection__order_line")
        return {
            "returns": [
                (back.pk, f"{back.number} {back.objection.order_line.name}") for back in backs
            ],
            "initial": {"invoiced_on": self.today},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.enter_credit(
            actor=self.actor,
            invoice_id=named(self),
            figures=figures_of(values),
            return_id=values["goods_return"],
            reason=values["reason"],
            now=self.now,
            today=self.today,
        )


class EnterRefund(_OfInvoice):
    action = Action.VENDOR_PAYMENT_PAY
    form_class = forms.Refund
    title, button = _("Book the vendor's refund"), _("Book")

    def form_options(self) -> dict[str, Any]:
        invoice = queries.get_invoice(actor=self.actor, invoice_id=named(self))
        return {"initial": {"amount": max(-invoice.left, ZERO), "refunded_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.enter_refund(actor=self.actor, invoice_id=named(self), now=self.now, **values)
