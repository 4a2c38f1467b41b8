"""How the lists of fee items and standards are narrowed."""

from django_filters import rest_framework as filters

from api.filters import FilterSet, FlagFilter, IdFilter
from services.billing.standards.models import (
    AssignmentState,
    FeeAssignment,
    FeeItem,
    FeeKind,
    FeeStandard,
    FeeVersion,
    VersionState,
)


class ItemFilter(FilterSet):
    code = filters.CharFilter(lookup_expr="iexact", max_length=20)
    kind = filters.ChoiceFilter(choices=FeeKind.choices)
    is_agency = FlagFilter()

    class Meta:
        model = FeeItem
        fields = ["code", "kind", "is_agency"]


class StandardFilter(FilterSet):
    project_id = IdFilter()
    item_id = IdFilter()
    kind = filters.ChoiceFilter(field_name="item__kind", choices=FeeKind.choices)
    is_in_force = FlagFilter(label="A version of it is in force this month.")
    is_submitted = FlagFilter(label="A version of it waits to be confirmed.")

    class Meta:
        model = FeeStandard
        fields = ["project_id", "item_id", "kind", "is_in_force", "is_submitted"]


class VersionFilter(FilterSet):
    state = filters.ChoiceFilter(choices=VersionState.choices)

    class Meta:
        model = FeeVersion
        fields = ["state"]


class AssignmentFilter(FilterSet):
    state = filters.ChoiceFilter(choices=AssignmentState.choices)
    unit_id = IdFilter()

    class Meta:
        model = FeeAssignment
        fields = ["state", "unit_id"]
