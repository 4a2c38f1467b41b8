"""How the list of readings is narrowed."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from api.filters import DayFilter, FilterSet, IdFilter
from services.billing.metering.models import Reading, ReadingFault, ReadingState
from services.properties.models import Meter, MeterKind


class ReadingFilter(FilterSet):
    project_id = IdFilter()
    usage_month = DayFilter()
    state = filters.ChoiceFilter(choices=ReadingState.choices)
    fault = filters.ChoiceFilter(choices=ReadingFault.choices, method="with_fault")
    kind = filters.ChoiceFilter(field_name="meter__kind", choices=MeterKind.choices)
    meter_id = IdFilter()
    unit_id = IdFilter(field_name="meter__unit_id")
    building_id = IdFilter(field_name="meter__unit__building_id")

    class Meta:
        model = Reading
        fields = [
            "project_id",
            "usage_month",
            "state",
            "fault",
            "kind",
            "meter_id",
            "unit_id",
            "building_id",
        ]

    def with_fault(self, queryset: QuerySet[Reading], _name: str, fault: str) -> QuerySet[Reading]:
        return queryset.filter(faults__contains=[fault])


class MissingFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=MeterKind.choices)
    building_id = IdFilter(field_name="unit__building_id")

    class Meta:
        model = Meter
        fields = ["kind", "building_id"]
