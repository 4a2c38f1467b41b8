from typing import ClassVar

from django_filters import rest_framework as filters

from api.filters import DayFilter, FilterSet, IdFilter
from services.procurement.payments.models import (
    Advance,
    AdvanceState,
    AssessmentState,
    Claim,
    ClaimState,
    CreditNote,
    InvoiceState,
    PaymentState,
    ServiceAssessment,
    StatementState,
    VendorInvoice,
    VendorPayment,
    VendorStatement,
)


class InvoiceFilter(FilterSet):
    state = filters.ChoiceFilter(choices=InvoiceState.choices)
    vendor_id = IdFilter()
    project_id = IdFilter()
    order_id = IdFilter()
    contract_id = IdFilter()
    due_by = DayFilter(field_name="due_on", lookup_expr="lte")
    invoiced_from = DayFilter(field_name="invoiced_on", lookup_expr="gte")
    invoiced_to = DayFilter(field_name="invoiced_on", lookup_expr="lte")

    class Meta:
        model = VendorInvoice
        fields: ClassVar = [
            "state", "vendor_id", "project_id", "order_id", "contract_id", "due_by",
            "invoiced_from", "invoiced_to",
        ]  # fmt: skip


class CreditNoteFilter(FilterSet):
    vendor_id = IdFilter()
    invoice_id = IdFilter()
    project_id = IdFilter(field_name="invoice__project_id")

    class Meta:
        model = CreditNote
        fields: ClassVar = ["vendor_id", "invoice_id", "project_id"]


class PaymentFilter(FilterSet):
    state = filters.ChoiceFilter(choices=PaymentState.choices)
    vendor_id = IdFilter()
    project_id = IdFilter()
    paid_from = DayFilter(field_name="paid_on", lookup_expr="gte")
    paid_to = DayFilter(field_name="paid_on", lookup_expr="lte")

    class Meta:
        model = VendorPayment
        fields: ClassVar = ["state", "vendor_id", "project_id", "paid_from", "paid_to"]


class AdvanceFilter(FilterSet):
    state = filters.ChoiceFilter(choices=AdvanceState.choices)
    person_id = IdFilter()
    request_id = IdFilter()
    project_id = IdFilter(field_name="request__project_id")

    class Meta:
        model = Advance
        fields: ClassVar = ["state", "person_id", "request_id", "project_id"]


class ClaimFilter(FilterSet):
    state = filters.ChoiceFilter(choices=ClaimState.choices)
    person_id = IdFilter()
    goods_receipt_id = IdFilter(field_name="receipt_id")
    project_id = IdFilter(field_name="receipt__order__project_id")

    class Meta:
        model = Claim
        fields: ClassVar = ["state", "person_id", "goods_receipt_id", "project_id"]


class StatementFilter(FilterSet):
    state = filters.ChoiceFilter(choices=StatementState.choices)
    vendor_id = IdFilter()

    class Meta:
        model = VendorStatement
        fields: ClassVar = ["state", "vendor_id"]


class AssessmentFilter(FilterSet):
    state = filters.ChoiceFilter(choices=AssessmentState.choices)
    contract_id = IdFilter()
    project_id = IdFilter()
    month_from = DayFilter(field_name="month", lookup_expr="gte")
    month_to = DayFilter(field_name="month", lookup_expr="lte")

    class Meta:
        model = ServiceAssessment
        fields: ClassVar = ["state", "contract_id", "project_id", "month_from", "month_to"]
