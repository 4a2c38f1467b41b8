"""A list page for the tests of the framework: the units of a project, with one of each filter."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import include, path

from console.lists import (
    BuiltInView,
    BulkAction,
    ChoiceFilter,
    Column,
    DayFilter,
    FlagFilter,
    ListView,
    NumberFilter,
    TextFilter,
)
from kernel import access
from kernel.access import Action
from services.properties.models import Building, Unit, UnitKind, UnitState


class Units(ListView):
    action = Action.REGISTRY_VIEW
    page_key = "sample.units"
    title = "Units"
    columns = (
        Column(key="code", label="Room", kind="code", sort="sort_key", is_link=True, is_fixed=True),
        Column(key="note", label="Note", sort="note"),
        Column(key="kind", label="Kind", kind="state"),
        Column(
            key="built_area",
            label="Area",
            kind="number",
            places=2,
            sort="built_area",
            total="built_area",
        ),
        Column(key="handed_over_on", label="Handed over", kind="day"),
        Column(key="building.name", label="Building", is_shown=False),
    )
    filters = (
        ChoiceFilter(key="kind", label="Kind", field="kind", choices=UnitKind.choices),
        ChoiceFilter(
            key="state", label="State", field="state", choices=UnitState.choices, is_multiple=False
        ),
        ChoiceFilter(
            key="building",
            label="Building",
            field="building_id",
            choices=lambda view: (
                Building.objects.filter(project_id=view.project_id)
                .order_by("sort_key")
                .values_list("pk", "name")
            ),
        ),
        NumberFilter(key="area", label="Area", field="built_area"),
        DayFilter(key="handover", label="Handed over", field="handed_over_on"),
        FlagFilter(key="active", label="Active", field="is_active"),
        TextFilter(key="remark", label="Note", field="note"),
        ChoiceFilter(key="wing", label="Wing", choices=[("N", "North")]),  # applied by the view
    )
    search_fields = ("code", "note")
    default_sort = "code"
    built_in_views = (BuiltInView(key="shops", label="Shops", query="kind=SHOP"),)
    bulk_actions = (
        BulkAction(key="count", label="Count", action=Action.REGISTRY_VIEW),
        BulkAction(key="change", label="Change", action=Action.REGISTRY_CHANGE),
    )

    def get_queryset(self) -> QuerySet[Unit]:
        rows = access.scoped(
            Unit.objects.select_related("building"), self.actor, Action.REGISTRY_VIEW
        ).filter(project_id=self.project_id)
        return rows.filter(code__startswith="9") if self.filter_value("wing") else rows

    def row_url(self, row: Any) -> str:
        return f"/units/{row.pk}/"

    def bulk_count(self, rows: QuerySet[Unit]) -> HttpResponse:
        codes = ",".join(rows.order_by("sort_key").values_list("code", flat=True))
        return HttpResponse(codes, content_type="text/plain")

    def bulk_change(self, rows: QuerySet[Unit]) -> HttpResponse:
        raise AssertionError("refused before it is reached")


class Log(Units):
    page_key = "sample.log"
    is_log = True


urlpatterns = [
    path("p/<int:project_id>/log/", Log.as_view(), name="sample-log"),
    path("p/<int:project_id>/units/", Units.as_view(), name="sample-units"),
    path("", include("config.urls_tenant")),
]
