"""The receipt and the payment notice as PDF, by the company's templates."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.formats import date_format

from console import formats
from console.cashier import bills
from console.cashier.receipts import ReceiptView, paid_rows
from console.manuals.papers import language, pdf_response
from console.views import ConsoleView
from kernel.access import Action
from kernel.documents import printing
from kernel.money import in_capitals
from kernel.tenancy import current_company
from services.billing.arrears.operations import issue_notice
from services.billing.cashier import operations
from services.properties import queries as properties
from services.properties.models import Household


class ReceiptPdf(ReceiptView):
    """The receipt as PDF; counted as a print."""

    action = Action.RECEIPT_PRINT

    def post(self, request: HttpRequest, project_id: int, receipt_id: int) -> HttpResponseBase:
        self.receipt(project_id, receipt_id)
        receipt = operations.note_printed(actor=self.actor, receipt_id=receipt_id, now=self.now)
        payment = receipt.payment
        pdf = printing.render(
            kind="receipt",
            context={
                "company": current_company().name,
                "project": payment.project.name,
                "number": receipt.code,
                "household": payment.household.label,
                "payer": payment.payer_name,
                "day": date_format(payment.received_on, "DATE_FORMAT"),
                "total": formats.spell_money(payment.amount),
                "capitals": in_capitals(payment.amount),
                "method": str(payment.get_method_display()),
                "collector": payment.received_by_label.rpartition(" (")[0],
                "note": payment.note,
                "print_number": str(receipt.printed_count),
                "lines": [
                    {**_row(bill), "amount": formats.spell_money(amount)}
                    for bill, amount in paid_rows(receipt)
                ],
            },
            language=language(),
            project_id=project_id,
            watermark=("VOID" if language() == "en" else "作废") if receipt.is_void else "",
        )
        return pdf_response(pdf, f"{receipt.code}.pdf")


class PaymentNotice(ConsoleView):
    """A numbered notice of what a household owes; the paper is kept on the household."""

    action = Action.NOTICE_PRINT

    def post(self, request: HttpRequest, project_id: int, household_id: int) -> HttpResponseBase:
        properties.get_household(
            actor=self.actor, household_id=household_id, action=Action.NOTICE_PRINT
        )
        number, pdf = issue_notice(
            actor=self.actor,
            household_id=household_id,
            render=self._render,
            now=self.now,
            today=self.today,
        )
        return pdf_response(pdf, f"{number}.pdf")

    def _render(self, household: Household, number: str) -> bytes:
        overdue = [b for b in bills.open_bills(household, self.today) if b.overdue_days > 0]
        return printing.render(
            kind="payment-notice",
            context={
                "company": current_company().name,
                "project": household.project.name,
                "number": number,
                "household": household.label,
                "payer": household.payer.name if household.payer is not None else "",
                "day": date_format(self.today, "DATE_FORMAT"),
                "total": formats.spell_money(sum(bill.left for bill in overdue)),
                "hotline": household.project.hotline,
                "lines": [
                    {
                        **_row(bill),
                        "amount": formats.spell_money(bill.left),
                        "due": bill.line.due_on.isoformat(),
                        "days": str(bill.overdue_days),
                    }
                    for bill in overdue
                ],
            },
            language=language(),
            project_id=household.project_id,
        )


def _row(bill: bills.Bill) -> dict[str, str]:
    return {
        "item": bill.line.item.name,
        "period": f"{bill.period} {bill.detail}".strip(),
        "basis": bill.basis,
        "billed": formats.spell_money(bill.line.amount),
    }
