"""The receipt and the payment notice as PDF, by the company's templates."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from console.cashier.receipts import ReceiptView
from console.manuals.papers import pdf_response
from console.views import ConsoleView
from kernel.access import Action
from kernel.documents.printing import language_in_force
from services.billing.papers import operations


class ReceiptPdf(ReceiptView):
    """The receipt as PDF; counted as a print."""

    action = Action.RECEIPT_PRINT

    def post(self, request: HttpRequest, project_id: int, receipt_id: int) -> HttpResponseBase:
        self.receipt(project_id, receipt_id)
        receipt, pdf = operations.print_receipt(
            actor=self.actor, receipt_id=receipt_id, language=language_in_force(), now=self.now
        )
        return pdf_response(pdf, f"{receipt.code}.pdf")


class PaymentNotice(ConsoleView):
    """A numbered notice of what a household owes; the paper is kept on the household."""

    action = Action.NOTICE_PRINT

    def post(self, request: HttpRequest, project_id: int, household_id: int) -> HttpResponseBase:
        number, pdf = operations.issue_notice(
            actor=self.actor,
            household_id=household_id,
            language=language_in_force(),
            now=self.now,
            today=self.today,
        )
        return pdf_response(pdf, f"{number}.pdf")
