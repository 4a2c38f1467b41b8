"""How the registry's lists are narrowed."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from api.auth import get_actor
from api.filters import FilterSet, FlagFilter, IdFilter
from services.properties import queries
from services.properties.models import (
    Building,
    Household,
    Meter,
    MeterKind,
    Occupancy,
    OccupancyRole,
    Party,
    Project,
    Unit,
    UnitKind,
    UnitState,
    Vehicle,
)


class ProjectFilter(FilterSet):
    is_active = FlagFilter()
    code = filters.CharFilter(lookup_expr="iexact", max_length=20)

    class Meta:
        model = Project
        fields = ["code", "is_active"]


class BuildingFilter(FilterSet):
    project_id = IdFilter()

    class Meta:
        model = Building
        fields = ["project_id"]


class UnitFilter(FilterSet):
    is_active = FlagFilter()
    project_id = IdFilter()
    building_id = IdFilter()
    household_id = IdFilter()
    code = filters.CharFilter(max_length=40)
    kind = filters.ChoiceFilter(choices=UnitKind.choices)
    state = filters.ChoiceFilter(choices=UnitState.choices)

    class Meta:
        model = Unit
        fields = [
            "project_id",
            "building_id",
            "household_id",
            "code",
            "kind",
            "state",
            "is_active",
        ]


class HouseholdFilter(FilterSet):
    project_id = IdFilter()
    code = filters.CharFilter(max_length=40)

    class Meta:
        model = Household
        fields = ["project_id", "code"]


class PartyFilter(FilterSet):
    project_id = IdFilter(method="of_project", label="Owns, rents, lives or pays in this project.")
    name = filters.CharFilter(lookup_expr="startswith", max_length=100)

    class Meta:
        model = Party
        fields = ["project_id", "name"]

    def of_project(self, queryset: QuerySet[Party], _name: str, project_id: int) -> QuerySet[Party]:
        # Whoever does not see the project must not learn of anybody that he is there.
        seen = queries.parties(actor=get_actor(self.request), project_id=int(project_id))
        return queryset.filter(pk__in=seen.order_by().values("pk"))


class OccupancyFilter(FilterSet):
    project_id = IdFilter(field_name="unit__project_id")
    unit_id = IdFilter()
    party_id = IdFilter()
    role = filters.ChoiceFilter(choices=OccupancyRole.choices)

    class Meta:
        model = Occupancy
        fields = ["project_id", "unit_id", "party_id", "role"]


class VehicleFilter(FilterSet):
    is_active = FlagFilter()
    project_id = IdFilter()
    household_id = IdFilter()
    plate = filters.CharFilter(max_length=12)

    class Meta:
        model = Vehicle
        fields = ["project_id", "household_id", "plate", "is_active"]


class MeterFilter(FilterSet):
    is_active = FlagFilter()
    project_id = IdFilter()
    unit_id = IdFilter()
    code = filters.CharFilter(max_length=40)
    kind = filters.ChoiceFilter(choices=MeterKind.choices)

    class Meta:
        model = Meter
        fields = ["project_id", "unit_id", "code", "kind", "is_active"]
