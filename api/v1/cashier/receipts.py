"""Receipts: the list, what the paper says, and its prints."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.pdf import PDF, pdf_answer
from api.v1.cashier import filters
from api.v1.cashier import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.documents.printing import language_in_force
from services.billing.cashier import operations, queries
from services.billing.cashier.models import Receipt
from services.billing.papers import operations as papers
from services.billing.standards import queries as standards
from services.billing.standards import rules as pricing


class Receipts(ListView):
    """Receipts, void ones among them."""

    actions = {"GET": Action.PAYMENT_VIEW}
    model = Receipt
    serializer_class = shapes.ReceiptOut
    filterset_class = filters.ReceiptFilter

    def rows(self) -> QuerySet[Receipt]:
        return queries.receipts(actor=self.actor)


class ReceiptDetail(ApiView):
    actions = {"GET": Action.PAYMENT_VIEW}

    @extend_schema(responses=shapes.ReceiptDetailOut)
    def get(self, request: Request, receipt_id: int) -> Response:
        """Give everything that the paper says; looking is not printing."""
        receipt = queries.get_receipt(actor=self.actor, receipt_id=receipt_id)
        return Response(_paper(request, receipt))


class ReceiptPrint(ApiView):
    actions = {"POST": Action.RECEIPT_PRINT}

    @extend_schema(request=None, responses=shapes.ReceiptDetailOut)
    def post(self, request: Request, receipt_id: int) -> Response:
        """Note one more print and give what to print; the paper says which print it is."""
        receipt = operations.note_printed(actor=self.actor, receipt_id=receipt_id, now=self.now)
        return Response(_paper(request, receipt))


class ReceiptPdf(ApiView):
    actions = {"POST": Action.RECEIPT_PRINT}

    @extend_schema(request=None, responses=PDF)
    def post(self, request: Request, receipt_id: int) -> HttpResponse:
        """Print a receipt as PDF by the template in force; counted as a print."""
        receipt, pdf = papers.print_receipt(
            actor=self.actor, receipt_id=receipt_id, language=language_in_force(), now=self.now
        )
        return pdf_answer(pdf, f"{receipt.code}.pdf")


class PaymentNotice(ApiView):
    actions = {"POST": Action.NOTICE_PRINT}

    @extend_schema(request=None, responses=PDF)
    def post(self, request: Request, household_id: int) -> HttpResponse:
        """Write a household a payment notice of what is overdue; each has a number of its own.

        The paper is kept among the household's files.
        """
        number, pdf = papers.issue_notice(
            actor=self.actor,
            household_id=household_id,
            language=language_in_force(),
            now=self.now,
            today=self.today,
        )
        return pdf_answer(pdf, f"{number}.pdf")


def _paper(request: Request, receipt: Receipt) -> Any:
    """Return a receipt as it is printed. Three queries, however many bills it paid."""
    allocations: list[Any] = list(queries.allocations_of([receipt.payment_id]))
    versions = queries.versions_of(allocation.line for allocation in allocations)
    for allocation in allocations:
        line = allocation.line
        figures = standards.pricing_of(versions[line.version_id])
        allocation.slabs = pricing.explain(figures, line.quantity).slabs
    paper: Any = receipt
    paper.payee = request.tenant.name
    paper.lines = allocations
    return shapes.ReceiptDetailOut(paper).data
