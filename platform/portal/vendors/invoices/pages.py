"""发票: what can be billed, the invoices that were entered and what became of them."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.errors import Conflict, Invalid
from portal.vendors.invoices import forms
from portal.vendors.views import VendorView
from services.procurement.orders.queries import lines_of
from services.procurement.payments import operations, queries
from services.procurement.payments.models import VendorInvoice
from services.procurement.payments.operations.own_invoices import SCAN

PER_PAGE = 50
MOST_TO_BILL = 50


class Invoices(VendorView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        pages = Paginator(queries.own_invoices(actor=self.actor), PER_PAGE)
        return self.page(
            "invoices/list",
            title=pgettext_lazy("of a vendor", "Invoices"),
            orders=queries.orders_to_bill(actor=self.actor)[:MOST_TO_BILL],
            months=queries.months_to_bill(actor=self.actor)[:MOST_TO_BILL],
            invoices=pages.get_page(request.GET.get("page")),
        )


class InvoicePage(VendorView):
    """One invoice, with what the company found of it and what was paid."""

    def get(self, request: HttpRequest, invoice_id: int) -> HttpResponseBase:
        invoice = queries.get_own_invoice(actor=self.actor, invoice_id=invoice_id)
        files = queries.files_of_invoices(actor=self.actor, invoices=[invoice], kind=SCAN)
        return self.page(
            "invoices/invoice",
            title=invoice.number,
            invoice=invoice,
            lines=[row for row in queries.match_view(invoice) if row.billed is not None],
            open_amount=invoice.left,
            debt=-invoice.left,
            files=files[invoice.pk],
        )


class _Enter(VendorView):
    """A form whose invoice is kept with its scan, or not at all."""

    def show(self, form: forms.Scanned, *, status: int = 200, **context: Any) -> HttpResponse:
        return self.page(
            "invoices/new",
            status=status,
            title=_("Enter an invoice"),
            form=form,
            limit_mb=settings.ATTACHMENT_MAX_BYTES >> 20,
            **context,
        )

    def enter(self, form: forms.Scanned, **context: Any) -> HttpResponseBase:
        """Save what was typed, or show what is wrong with it."""
        if form.is_valid():
            try:
                invoice = self.save(form, **context)
            except (Invalid, Conflict) as error:
                self._note_refusal(error)
                name = "scan" if error.field == "file" else error.field
                form.add_error(name if name in form.fields else None, str(error))
            else:
                return HttpResponseRedirect(
                    self.url("portal-invoices-invoice", invoice_id=invoice.pk)
                )
        return self.show(form, status=422, **context)

    def save(self, form: Any, **context: Any) -> VendorInvoice:
        """Call the operation."""
        raise NotImplementedError


class EnterForOrder(_Enter):
    """At what was accepted and is on no invoice yet, unless he says otherwise."""

    def get(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        return self._form(order_id)

    def post(self, request: HttpRequest, order_id: int) -> HttpResponseBase:
        return self._form(order_id, request.POST, request.FILES)

    def _form(self, order_id: int, *sent: Any) -> HttpResponseBase:
        order = queries.get_own_order_to_bill(actor=self.actor, order_id=order_id)
        form = forms.Order(
            *sent,
            lines=lines_of(order),
            entered=queries.entered_of(order),
            initial={"invoiced_on": self.today},
        )
        return self.enter(form, order=order) if sent else self.show(form, order=order)

    def save(self, form: forms.Order, **context: Any) -> VendorInvoice:
        scan = form.cleaned_data["scan"]
        return operations.put_in_invoice(
            actor=self.actor,
            order_id=context["order"].pk,
            figures=form.figures(),
            lines=form.billed_lines(),
            upload=scan.file,
            name=scan.name,
            now=self.now,
            today=self.today,
        )


class EnterForMonth(_Enter):
    """The invoice of a service for a month that was assessed: at that amount and no other."""

    def get(self, request: HttpRequest, assessment_id: int) -> HttpResponseBase:
        return self._form(assessment_id)

    def post(self, request: HttpRequest, assessment_id: int) -> HttpResponseBase:
        return self._form(assessment_id, request.POST, request.FILES)

    def _form(self, assessment_id: int, *sent: Any) -> HttpResponseBase:
        month = queries.get_own_month(actor=self.actor, assessment_id=assessment_id)
        form = forms.Month(*sent, initial={"invoiced_on": self.today})
        return self.enter(form, month=month) if sent else self.show(form, month=month)

    def save(self, form: forms.Month, **context: Any) -> VendorInvoice:
        scan = form.cleaned_data["scan"]
        return operations.put_in_month(
            actor=self.actor,
            assessment_id=context["month"].pk,
            figures=form.figures(),
            upload=scan.file,
            name=scan.name,
            now=self.now,
            today=self.today,
        )
