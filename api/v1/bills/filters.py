"""How the lists of bills are narrowed."""

from django_filters import rest_framework as filters

from api.filters import DayFilter, FilterSet, FlagFilter, IdFilter
from services.billing.runs.models import (
    BillLine,
    BillRun,
    DraftLine,
    LineState,
    RunSkip,
    RunState,
    SkipReason,
)


class RunFilter(FilterSet):
    project_id = IdFilter()
    period = DayFilter()
    state = filters.ChoiceFilter(choices=RunState.choices)

    class Meta:
        model = BillRun
        fields = ["project_id", "period", "state"]


class DraftLineFilter(FilterSet):
    household_id = IdFilter()
    unit_id = IdFilter()
    item_id = IdFilter()

    class Meta:
        model = DraftLine
        fields = ["household_id", "unit_id", "item_id"]


class SkipFilter(FilterSet):
    item_id = IdFilter()
    reason = filters.ChoiceFilter(choices=SkipReason.choices)

    class Meta:
        model = RunSkip
        fields = ["item_id", "reason"]


class BillFilter(FilterSet):
    project_id = IdFilter()
    household_id = IdFilter()
    unit_id = IdFilter()
    run_id = IdFilter()
    item_id = IdFilter()
    item = filters.CharFilter(field_name="item__code", max_length=20)
    period = DayFilter()
    state = filters.ChoiceFilter(choices=LineState.choices)
    is_reversed = FlagFilter()

    class Meta:
        model = BillLine
        fields = [
            "project_id",
            "household_id",
            "unit_id",
            "run_id",
            "item_id",
            "item",
            "period",
            "state",
            "is_reversed",
        ]
