"""How the list of arrears is narrowed."""

from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from api.filters import AmountFilter, FilterSet, FlagFilter
from api.v1.arrears.serializers import AGES
from services.properties.models import Household


class ArrearsFilter(FilterSet):
    """The sums that are compared are those of the bills that count."""

    age = filters.ChoiceFilter(choices=AGES, method="of_age", label="Owes something of this age.")
    is_overdue = FlagFilter(method="owes_overdue")
    has_old_arrears = FlagFilter(method="owes_old", label="Owes something of earlier years.")
    overdue_min = AmountFilter(field_name="overdue", lookup_expr="gte")
    overdue_max = AmountFilter(field_name="overdue", lookup_expr="lte")
    search = filters.CharFilter(
        max_length=60, method="named", label="A part of the room or the name, or the phone's end."
    )

    class Meta:
        model = Household
        fields = [
            "age",
            "is_overdue",
            "has_old_arrears",
            "overdue_min",
            "overdue_max",
            "search",
        ]

    def of_age(self, queryset: QuerySet[Any], _name: str, age: str) -> QuerySet[Any]:
        return queryset.filter(**{f"{age}__gt": 0})

    def owes_overdue(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return _owing(queryset, "overdue", value)

    def owes_old(self, queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
        return _owing(queryset, "old_arrears", value)

    def named(self, queryset: QuerySet[Any], _name: str, text: str) -> QuerySet[Any]:
        return queryset.filter(
            Q(label__icontains=text)
            | Q(code__icontains=text)
            | Q(payer__name__icontains=text)
            | Q(payer__initials__icontains=text)
            | Q(payer__phone_tail=text)
        )


def _owing(queryset: QuerySet[Any], field: str, value: Any) -> QuerySet[Any]:
    return queryset.filter((f"{field}__gt", 0)) if value else queryset.filter((field, Decimal(0)))
