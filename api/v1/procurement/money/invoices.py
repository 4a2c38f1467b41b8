"""Vendors' invoices: entered, matched with order and goods, booked or refused, credited."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.procurement.money import filters
from api.v1.procurement.money import serializers as shapes
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.procurement.payments import operations, queries
from services.procurement.payments.models import CreditNote, VendorInvoice
from services.procurement.payments.operations import BilledLine, Figures


class Invoices(ListView):
    """Vendors' invoices, of orders and of services."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = VendorInvoice
    serializer_class = shapes.VendorInvoiceOut
    filterset_class = filters.InvoiceFilter

    def rows(self) -> QuerySet[VendorInvoice]:
        return queries.invoices(actor=self.actor)


class OrderInvoices(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(
        request=shapes.VendorInvoiceIn,
        responses={201: shapes.VendorInvoiceDetailOut},
        examples=[
            OpenApiExample(
                "Thirty at 56.50",
                value={
                    "number": "04218877",
                    "invoiced_on": "2026-11-05",
                    "net_amount": "1500.00",
                    "tax_amount": "195.00",
                    "lines": [{"order_line_id": 1, "quantity": "30", "unit_price": "56.50"}],
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, order_id: int) -> Response:
        """Enter a vendor's invoice for an order and match it at once with what was accepted.

        One that does not agree is an EXCEPTION, with `findings`; it is matched anew later.
        """
        values = read(shapes.VendorInvoiceIn, request)
        invoice = operations.enter_invoice(
            actor=self.actor,
            order_id=order_id,
            figures=shapes.figures_of(values),
            lines=[BilledLine(**line) for line in values["lines"]],
            now=self.now,
            today=self.today,
        )
        return Response(shapes.VendorInvoiceDetailOut(invoice).data, status=201)


class AssessmentInvoice(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=shapes.ServiceInvoiceIn, responses={201: shapes.VendorInvoiceDetailOut})
    def post(self, request: Request, assessment_id: int) -> Response:
        """Enter the invoice of a service for a month whose assessment is approved."""
        invoice = operations.enter_service_invoice(
            actor=self.actor,
            assessment_id=assessment_id,
            figures=shapes.figures_of(read(shapes.ServiceInvoiceIn, request)),
            now=self.now,
            today=self.today,
        )
        return Response(shapes.VendorInvoiceDetailOut(invoice).data, status=201)


class InvoiceDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.VendorInvoiceDetailOut)
    def get(self, request: Request, vendor_invoice_id: int) -> Response:
        """Give one invoice beside its order and the goods."""
        invoice = queries.get_invoice(actor=self.actor, invoice_id=vendor_invoice_id)
        return Response(shapes.VendorInvoiceDetailOut(invoice).data)


class InvoiceHistory(HistoryView):
    """What was done to an invoice, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        invoice_id = self.kwargs["vendor_invoice_id"]
        return history_of(queries.get_invoice(actor=self.actor, invoice_id=invoice_id))


class InvoiceMatch(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=None, responses=shapes.VendorInvoiceDetailOut)
    def post(self, request: Request, vendor_invoice_id: int) -> Response:
        """Match an invoice anew, with what was received since."""
        invoice = operations.match_invoice(
            actor=self.actor, invoice_id=vendor_invoice_id, now=self.now
        )
        return Response(shapes.VendorInvoiceDetailOut(invoice).data)


class InvoiceBooking(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=None, responses=shapes.VendorInvoiceDetailOut)
    def post(self, request: Request, vendor_invoice_id: int) -> Response:
        """Book an invoice that agrees with order and goods: from now on it is owed."""
        invoice = operations.book_invoice(
            actor=self.actor, invoice_id=vendor_invoice_id, now=self.now, today=self.today
        )
        return Response(shapes.VendorInvoiceDetailOut(invoice).data)


class InvoiceRefusal(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=shapes.MoneyReasonIn, responses=shapes.VendorInvoiceDetailOut)
    def post(self, request: Request, vendor_invoice_id: int) -> Response:
        """Send an invoice back to its vendor; its number may come again."""
        invoice = operations.refuse_invoice(
            actor=self.actor,
            invoice_id=vendor_invoice_id,
            now=self.now,
            **read(shapes.MoneyReasonIn, request),
        )
        return Response(shapes.VendorInvoiceDetailOut(invoice).data)


class InvoiceReversal(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=shapes.MoneyReasonIn, responses=shapes.VendorInvoiceDetailOut)
    def post(self, request: Request, vendor_invoice_id: int) -> Response:
        """Take back a booked invoice of which nothing is paid, asked for or credited."""
        invoice = operations.reverse_invoice(
            actor=self.actor,
            invoice_id=vendor_invoice_id,
            now=self.now,
            today=self.today,
            **read(shapes.MoneyReasonIn, request),
        )
        return Response(shapes.VendorInvoiceDetailOut(invoice).data)


class InvoiceCredits(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=shapes.CreditNoteIn, responses={201: shapes.VendorCreditNoteOut})
    def post(self, request: Request, vendor_invoice_id: int) -> Response:
        """Enter and book a credit note on a booked invoice."""
        values = read(shapes.CreditNoteIn, request)
        note = operations.enter_credit(
            actor=self.actor,
            invoice_id=vendor_invoice_id,
            figures=Figures(
                number=values["number"],
                invoiced_on=values["credited_on"],
                net_amount=values["net_amount"],
                tax_amount=values["tax_amount"],
            ),
            reason=values["reason"],
            return_id=values["return_id"],
            now=self.now,
            today=self.today,
        )
        return Response(shapes.VendorCreditNoteOut(note).data, status=201)


class InvoiceRefunds(ApiView):
    actions = {"POST": Action.VENDOR_PAYMENT_PAY}
    by_person = frozenset({"POST"})

    @extend_schema(request=shapes.RefundIn, responses={201: shapes.VendorInvoiceDetailOut})
    def post(self, request: Request, vendor_invoice_id: int) -> Response:
        """Book that the vendor gave back what he owes of an invoice credited after its payment."""
        refund = operations.enter_refund(
            actor=self.actor,
            invoice_id=vendor_invoice_id,
            now=self.now,
            **read(shapes.RefundIn, request),
        )
        return Response(shapes.VendorInvoiceDetailOut(refund.invoice).data, status=201)


class CreditNotes(ListView):
    """Vendors' credit notes."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = CreditNote
    serializer_class = shapes.VendorCreditNoteOut
    filterset_class = filters.CreditNoteFilter

    def rows(self) -> QuerySet[CreditNote]:
        return queries.credit_notes(actor=self.actor)
