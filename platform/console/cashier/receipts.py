"""Receipts: the list, one receipt with what it paid, its print and its voiding."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from console.cashier import forms
from console.cashier.desk import may_void
from console.downloads.batches import print_batch
from console.lists import (
    BuiltInView,
    BulkAction,
    ChoiceFilter,
    Column,
    DayFilter,
    FlagFilter,
    ListView,
    NumberFilter,
    title_column,
)
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.queries import history_of_all
from kernel.errors import Conflict, Denied, DomainError, Invalid, NotFound
from kernel.money import in_capitals
from services.billing.cashier import operations, queries
from services.billing.cashier.models import Payment, PaymentMethod, Receipt
from services.billing.papers import batched
from services.billing.papers.bills import paid_bills

# Rows of bills that fit on a sheet of each size under the receipt's head and above its foot.
PAPERS = {"receipt": 7, "a5": 12, "a4": 28}


def collectors(view: ListView) -> Iterable[tuple[str, str]]:
    """Return those who have taken money in the project, as choices of a filter."""
    return [
        (str(person_id), label)
        for person_id, label in queries.collectors(actor=view.actor, project_id=view.project_id)
    ]


class Receipts(ListView):
    action = Action.PAYMENT_VIEW
    template_name = "console/cashier/receipts.html"
    page_key = "cashier.receipts"
    title = _("Receipts")
    columns = (
        title_column("code", _("Receipt"), kind="code", sort="pk"),
        Column(
            key="payment.received_at",
            label=_("Taken at"),
            kind="time",
            sort="payment__received_at",
            phone="sub",
        ),
        Column(
            key="payment.household.label",
            label=_("Household"),
            kind="code",
            sort="payment__household__sort_key",
        ),
        Column(key="payment.payer_name", label=_("Payer"), sort="payment__payer_name"),
        Column(
            key="method",
            label=_("Way to pay"),
            value=lambda row: row.payment.get_method_display(),
            sort="payment__method",
        ),
        Column(
            key="payment.reference",
            label=_("Reference number"),
            kind="code",
            is_shown=False,
        ),
        Column(
            key="payment.amount",
            label=_("Amount (CNY)"),
            kind="money",
            sort="payment__amount",
            total="valid_amount",
            tone=lambda row: "bad" if row.is_void else "",
            phone="end",
        ),
        Column(key="payment.received_by_label", label=_("Collector"), sort="payment__received_by"),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            value=lambda row: row.payment.state,
            template="console/cashier/_state.html",
            phone="end2",
        ),
        Column(key="printed_count", label=_("Prints"), kind="number", is_shown=False),
        Column(
            key="payment.void_reason",
            label=_("Reason for voiding"),
            wraps=True,
            is_shown=False,
        ),
        Column(key="payment.note", label=_("Note"), wraps=True, is_shown=False),
    )
    filters = (
        DayFilter(key="day", label=_("Day"), field="payment__received_on"),
        ChoiceFilter(
            key="method",
            label=_("Way to pay"),
            field="payment__method",
            choices=PaymentMethod.choices,
        ),
        ChoiceFilter(
            key="collector",
            label=_("Collector"),
            field="payment__received_by",
            choices=collectors,
        ),
        FlagFilter(key="void", label=_("Void"), field="is_void"),
        NumberFilter(key="amount", label=_("Amount"), field="payment__amount"),
    )
    search_fields = (
        "code",
        "payment__household__label",
        "payment__household__code",
        "payment__payer_name",
        "payment__reference",
    )
    search_label = _("Receipt, room, payer or reference")
    default_sort = "-code"
    built_in_views = (BuiltInView(key="void", label=_("Void"), query="void=1"),)
    bulk_actions = (
        BulkAction(
            key="print", label=_("Print as PDF"), action=Action.RECEIPT_PRINT, icon="printer"
        ),
    )
    empty_icon = "receipt"
    empty_title = _("No receipts yet")
    empty_text = _("Receipts are numbered when money is taken at the cashier desk.")

    def get_queryset(self) -> QuerySet[Any]:
        return (
            queries.receipts(actor=self.actor)
            .filter(payment__project_id=self.project_id)
            .annotate(
                valid_amount=Case(
                    When(is_void=False, then=F("payment__amount")),
                    default=Value(Decimal("0.00")),
                    output_field=DecimalField(max_digits=14, decimal_places=2),
                )
            )
        )

    def bulk_print(self, rows: QuerySet[Receipt]) -> HttpResponse:
        return print_batch(self, batched.RECEIPTS, rows.order_by("code"))

    def page_context(self) -> dict[str, Any]:
        return {"may_take": self.actor.may(Action.PAYMENT_TAKE, self.project_id)}

    def row_url(self, row: Receipt) -> str:
        return reverse("receipts-receipt", args=[self.project_id, row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s receipt", "%(count)s receipts", count) % {"count": f"{count:,}"}


class ReceiptView(ConsoleView):
    def receipt(self, project_id: int, receipt_id: int) -> Receipt:
        """Return the receipt. :raises NotFound: if there is none of that id in the project."""
        receipt = queries.get_receipt(actor=self.actor, receipt_id=receipt_id)
        if receipt.payment.project_id != project_id:
            raise NotFound
        return receipt


class ReceiptPage(ReceiptView):
    """One receipt: what it paid, who took it, how often it was printed, whether it is void."""

    action = Action.PAYMENT_VIEW

    def get(self, request: HttpRequest, project_id: int, receipt_id: int) -> HttpResponseBase:
        receipt = self.receipt(project_id, receipt_id)
        context = {
            "title": receipt.code,
            "crumbs": [(_("Receipts"), reverse("receipts", args=[project_id]))],
            "receipt": receipt,
            "rows": paid_bills(receipt),
            "capitals": in_capitals(receipt.payment.amount),
            "history": history_of_all({Payment: [receipt.payment_id], Receipt: [receipt.pk]}),
            "may_void": may_void(self, receipt, self.today),
            "may_print": self.actor.may(Action.RECEIPT_PRINT, project_id),
            "project_id": project_id,
        }
        return render(request, "console/cashier/receipt.html", context)


class PrintReceipt(ReceiptView):
    """The paper. ``POST`` counts a print and leads to it; ``GET`` alone is for looking."""

    action = Action.PAYMENT_VIEW

    def get(self, request: HttpRequest, project_id: int, receipt_id: int) -> HttpResponseBase:
        receipt = self.receipt(project_id, receipt_id)
        paper = request.GET.get("paper", "receipt")
        if paper not in PAPERS:
            raise NotFound
        rows = paid_bills(receipt)
        most = PAPERS[paper]
        sheets = [rows[start : start + most] for start in range(0, len(rows), most)]
        is_counted = request.GET.get("print") == str(receipt.printed_count) != "0"
        context = {
            "title": receipt.code,
            "back_url": reverse("receipts-receipt", args=[project_id, receipt_id]),
            "receipt": receipt,
            "payment": receipt.payment,
            "collector": receipt.payment.received_by_label.rpartition(" (")[0],
            "sheets": sheets,
            "capitals": in_capitals(receipt.payment.amount),
            "paper": paper,
            "papers": PAPERS,
            "is_counted": is_counted,
            "auto_print": is_counted,
            "may_print": self.actor.may(Action.RECEIPT_PRINT, project_id),
            "project_id": project_id,
        }
        return render(request, "console/cashier/print.html", context)

    def post(self, request: HttpRequest, project_id: int, receipt_id: int) -> HttpResponseBase:
        self.receipt(project_id, receipt_id)
        receipt = operations.note_printed(actor=self.actor, receipt_id=receipt_id, now=self.now)
        paper = request.POST.get("paper", "receipt")
        address = reverse("receipts-print", args=[project_id, receipt_id])
        paper = paper if paper in PAPERS else "receipt"
        return HttpResponseRedirect(f"{address}?paper={paper}&print={receipt.printed_count}")


class VoidReceipt(ReceiptView):
    """Void a receipt: a side sheet over the desk or the receipt, or a page of its own."""

    action = Action.RECEIPT_VOID

    def get(self, request: HttpRequest, project_id: int, receipt_id: int) -> HttpResponseBase:
        return self._show(self.receipt(project_id, receipt_id), forms.VoidReceipt())

    def post(self, request: HttpRequest, project_id: int, receipt_id: int) -> HttpResponseBase:
        receipt = self.receipt(project_id, receipt_id)
        form = forms.VoidReceipt(request.POST)
        refusal: DomainError | None = None
        if form.is_valid():
            try:
                receipt = operations.void_payment(
                    actor=self.actor,
                    payment_id=receipt.payment_id,
                    reason=form.cleaned_data["reason"],
                    now=self.now,
                    today=self.today,
                )
            except (Conflict, Invalid, Denied) as error:
                self.note_refusal(error)
                refusal = error
                form.add_error("reason" if error.field == "reason" else None, str(error))
            else:
                return self._done(receipt)
        return self._show(receipt, form, status=409 if isinstance(refusal, Conflict) else 422)

    def _show(
        self, receipt: Receipt, form: forms.VoidReceipt, *, status: int = 200
    ) -> HttpResponse:
        is_partial = self.request.headers.get("HX-Request") == "true"
        context = {
            "title": gettext("Void %(receipt)s") % {"receipt": receipt.code},
            "receipt": receipt,
            "form": form,
            "is_sheet": is_partial,
            "project_id": receipt.payment.project_id,
        }
        template = "console/cashier/_void.html" if is_partial else "console/cashier/void.html"
        return render(self.request, template, context, status=status)

    def _done(self, receipt: Receipt) -> HttpResponseBase:
        if self.request.headers.get("HX-Request") != "true":
            address = reverse("receipts-receipt", args=[receipt.payment.project_id, receipt.pk])
            return HttpResponseRedirect(address)
        response = HttpResponse(status=204)
        words = gettext("%(receipt)s is void. Its bills are open again.") % {
            "receipt": receipt.code
        }
        trigger_client_event(response, "sheet:close", {})
        trigger_client_event(response, "toast", {"text": words})
        trigger_client_event(
            response,
            "receipts:changed",
            {"receipt": receipt.pk, "household": receipt.payment.household_id},
        )
        return response
