"""Lists of vendors' money."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from django.utils.translation import pgettext_lazy as _p

from console.lists import BuiltInView, Column, DayFilter, ListView
from console.lists import title_column as titled
from console.procurement.columns import by_project, by_state, of_vendor, state, summed, whose
from kernel.access import Action
from services.procurement.payments import queries
from services.procurement.payments.models import (
    Advance,
    AdvanceState,
    AssessmentState,
    Claim,
    ClaimState,
    InvoiceState,
    PaymentState,
    ServiceAssessment,
    StatementState,
    VendorInvoice,
    VendorPayment,
    VendorStatement,
)


class Invoices(ListView):
    action = Action.PURCHASE_VIEW
    page_key = "procurement.invoices"
    title = _("Vendors' invoices")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        of_vendor(),
        Column(
            key="order",
            label=_("Order or contract"),
            kind="code",
            value=lambda row: (row.order or row.contract).number,
        ),
        whose(),
        Column(key="invoiced_on", label=_("Dated"), kind="day", sort="invoiced_on"),
        Column(key="due_on", label=_p("payable", "Due"), kind="day", sort="due_on"),
        summed("amount", _("Amount")),
        Column(
            key="paid_amount",
            label=pgettext_lazy("to a vendor", "Paid"),
            kind="money",
            total="paid_amount",
        ),
        Column(key="credited_amount", label=_("Credited"), kind="money", is_shown=False),
        state(),
    )
    filters = (
        by_state(InvoiceState.choices),
        by_project(),
        DayFilter(key="due_on", label=_p("payable", "Due"), field="due_on"),
        DayFilter(key="invoiced_on", label=_("Dated"), field="invoiced_on"),
    )
    built_in_views = (
        BuiltInView(key="exceptions", label=_("Do not match"), query="state=EXCEPTION"),
        BuiltInView(key="matched", label=_("To be booked"), query="state=MATCHED"),
    )
    search_fields = ("number", "vendor__name", "order__number")
    search_label = _("Number, vendor or order")
    default_sort = "-invoiced_on"
    empty_icon = "receipt"
    empty_title = _("No invoices yet")
    empty_text = _("An invoice is entered from its order and matched with what was accepted.")

    def get_queryset(self) -> QuerySet[VendorInvoice]:
        return queries.invoices(actor=self.actor)

    def row_url(self, row: VendorInvoice) -> str:
        return reverse("vendor-invoices-invoice", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s invoice", "%(count)s invoices", count) % {"count": count}


class Payments(ListView):
    action = Action.PURCHASE_VIEW
    page_key = "procurement.payments"
    title = _("Payments to vendors")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        of_vendor(),
        whose(),
        Column(key="asked_by_label", label=_("Asked by")),
        Column(key="asked_at", label=_("Asked for"), kind="time", sort="asked_at"),
        Column(key="paid_on", label=_("Paid on"), kind="day", sort="paid_on"),
        Column(key="reference", label=_("Reference"), kind="code"),
        summed("amount", _("Amount")),
        state(),
    )
    filters = (
        by_state(PaymentState.choices),
        by_project(),
        DayFilter(key="paid_on", label=_("Paid on"), field="paid_on"),
    )
    built_in_views = (
        BuiltInView(key="to-pay", label=_p("payable", "To be paid"), query="state=APPROVED"),
    )
    search_fields = ("number", "vendor__name", "reference")
    search_label = _("Number, vendor or reference")
    default_sort = "-number"
    empty_icon = "bank"
    empty_title = _("No payments yet")
    empty_text = _("A payment is asked for from the vendor's account, for booked invoices.")

    def get_queryset(self) -> QuerySet[VendorPayment]:
        return queries.payments(actor=self.actor)

    def row_url(self, row: VendorPayment) -> str:
        return reverse("vendor-payments-payment", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s payment", "%(count)s payments", count) % {"count": count}


class Advances(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/money/advances.html"
    page_key = "procurement.advances"
    title = _p("purchase", "Advances")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        Column(key="person_label", label=_("Person"), sort="person_label", phone="sub"),
        Column(key="request.number", label=_("Purchase request"), kind="code"),
        Column(key="purpose", label=_("Purpose"), wraps=True),
        Column(key="estimate", label=_("Estimate"), kind="money", sort="estimate"),
        summed("amount", _("Amount")),
        Column(key="asked_at", label=_("Asked for"), kind="time", sort="asked_at"),
        state(),
    )
    filters = (
        by_state(AdvanceState.choices),
        by_project("request__project_id"),
    )
    built_in_views = (
        BuiltInView(key="to-pay", label=_("To be paid out"), query="state=APPROVED"),
        BuiltInView(key="open", label=_("Paid out, not settled"), query="state=OPEN"),
    )
    search_fields = ("number", "person_label", "request__number", "purpose")
    search_label = _("Number, person or request")
    default_sort = "-number"
    empty_icon = "wallet"
    empty_title = _("No advances yet")
    empty_text = _("A buyer takes money along for what is approved, near to its estimate.")

    def get_queryset(self) -> QuerySet[Advance]:
        return queries.advances(actor=self.actor)

    def row_url(self, row: Advance) -> str:
        return reverse("advances-advance", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_ask": self.actor.may(Action.PURCHASE_BUY)}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s advance", "%(count)s advances", count) % {"count": count}


class Claims(ListView):
    action = Action.PURCHASE_VIEW
    page_key = "procurement.claims"
    title = _("Claims")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        Column(key="person_label", label=_("Person"), sort="person_label", phone="sub"),
        Column(key="receipt.number", label=_("Stock-in slip"), kind="code"),
        Column(key="invoice_number", label=_("Invoice"), kind="code"),
        Column(key="sales_slip", label=_("Sales slip"), kind="code", is_shown=False),
        summed("amount", _("Amount")),
        Column(key="claimed_at", label=_("Claimed"), kind="time", sort="claimed_at"),
        state(),
    )
    filters = (
        by_state(ClaimState.choices),
        by_project("receipt__order__project_id"),
    )
    built_in_views = (BuiltInView(key="to-pay", label=_("To be settled"), query="state=APPROVED"),)
    search_fields = ("number", "person_label", "receipt__number", "invoice_number")
    search_label = _("Number, person or slip")
    default_sort = "-number"
    empty_icon = "report"
    empty_title = _("No claims yet")
    empty_text = _("A claim begins at its stock-in slip and takes sales slip and invoice.")

    def get_queryset(self) -> QuerySet[Claim]:
        return queries.claims(actor=self.actor)

    def row_url(self, row: Claim) -> str:
        return reverse("claims-claim", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s claim", "%(count)s claims", count) % {"count": count}


class Statements(ListView):
    action = Action.VENDOR_VIEW
    template_name = "console/procurement/money/statements.html"
    page_key = "procurement.statements"
    title = _("Reconciliations with vendors")
    columns = (
        titled("number", _("Number"), kind="code", sort="number"),
        of_vendor(),
        Column(key="to_day", label=_("Up to"), kind="day", sort="to_day"),
        Column(key="balance", label=_("Our balance"), kind="money", sort="balance", phone="end"),
        Column(key="vendor_balance", label=_("Vendor's balance"), kind="money"),
        Column(key="sent_at", label=_("Sent"), kind="time", sort="sent_at"),
        Column(key="answered_at", label=_("Answered"), kind="time", sort="answered_at"),
        state(),
    )
    filters = (
        by_state(StatementState.choices),
        DayFilter(key="to_day", label=_("Up to"), field="to_day"),
    )
    search_fields = ("number", "vendor__name")
    search_label = _("Number or vendor")
    default_sort = "-number"
    empty_icon = "exchange"
    empty_title = _("No account was reconciled yet")
    empty_text = _("A vendor is sent what his account comes to, and agrees or says what differs.")

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.get_queryset()

    def get_queryset(self) -> QuerySet[VendorStatement]:
        return queries.statements(actor=self.actor)

    def row_url(self, row: VendorStatement) -> str:
        return reverse("vendor-statements-statement", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "may_send": self.actor.may_everywhere(Action.INVOICE_MATCH),
            "due": queries.reconciliations_due(actor=self.actor, today=self.today),
        }

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s reconciliation", "%(count)s reconciliations", count) % {
            "count": count
        }


class Assessments(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/money/assessments.html"
    page_key = "procurement.assessments"
    title = _("Assessments of services")
    columns = (
        titled("contract.number", _("Contract"), kind="code", sort="contract__number"),
        of_vendor("contract__vendor"),
        Column(key="project.name", label=_("Project"), sort="project__name"),
        Column(key="month", label=_("Month"), sort="month", value=lambda row: f"{row.month:%Y-%m}"),
        Column(key="score", label=_("Score"), kind="number", sort="score"),
        Column(key="deduction", label=_("Deduction"), kind="money", sort="deduction"),
        summed("amount", _("Amount")),
        state(),
        Column(
            key="invoice",
            label=_("Invoice"),
            kind="code",
            value=lambda row: row.invoice.number if row.invoice is not None else "",
        ),
    )
    filters = (
        by_state(AssessmentState.choices),
        by_project(),
    )
    search_fields = ("contract__number", "contract__title", "contract__vendor__name")
    search_label = _("Contract or vendor")
    default_sort = "-month"
    empty_icon = "award"
    empty_title = _("No service was assessed yet")
    empty_text = _("An outsourced service is paid what its month was assessed at.")

    def get_queryset(self) -> QuerySet[ServiceAssessment]:
        return queries.assessments(actor=self.actor)

    def row_url(self, row: ServiceAssessment) -> str:
        return reverse("service-assessments-assessment", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_assess": self.actor.may(Action.SERVICE_ASSESS)}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s assessment", "%(count)s assessments", count) % {"count": count}
