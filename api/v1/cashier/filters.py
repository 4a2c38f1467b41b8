"""How the lists of payments and receipts are narrowed."""

from django_filters import rest_framework as filters

from api.filters import DayFilter, FilterSet, FlagFilter, IdFilter
from services.billing.cashier.models import Payment, PaymentMethod, PaymentState, Receipt


class PaymentFilter(FilterSet):
    project_id = IdFilter()
    household_id = IdFilter()
    received_by = IdFilter()
    method = filters.ChoiceFilter(choices=PaymentMethod.choices)
    state = filters.ChoiceFilter(choices=PaymentState.choices)
    received_from = DayFilter(field_name="received_on", lookup_expr="gte")
    received_to = DayFilter(field_name="received_on", lookup_expr="lte")
    reference = filters.CharFilter(max_length=60)

    class Meta:
        model = Payment
        fields = [
            "project_id",
            "household_id",
            "received_by",
            "method",
            "state",
            "received_from",
            "received_to",
            "reference",
        ]


class ReceiptFilter(FilterSet):
    project_id = IdFilter(field_name="payment__project_id")
    household_id = IdFilter(field_name="payment__household_id")
    received_by = IdFilter(field_name="payment__received_by")
    method = filters.ChoiceFilter(field_name="payment__method", choices=PaymentMethod.choices)
    received_from = DayFilter(field_name="payment__received_on", lookup_expr="gte")
    received_to = DayFilter(field_name="payment__received_on", lookup_expr="lte")
    code = filters.CharFilter(lookup_expr="iexact", max_length=50)
    is_void = FlagFilter()

    class Meta:
        model = Receipt
        fields = [
            "project_id",
            "household_id",
            "received_by",
            "method",
            "received_from",
            "received_to",
            "code",
            "is_void",
        ]
