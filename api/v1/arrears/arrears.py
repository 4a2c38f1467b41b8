"""The list of arrears, its sums by age, and the collection rate."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.arrears import filters
from api.v1.arrears import serializers as shapes
from api.views import ApiView, ListView
from kernel import policies
from kernel.access import Action
from services.billing.arrears import queries
from services.billing.arrears.queries import LineFilter
from services.properties import queries as registry
from services.properties.models import Household


class Arrears(ListView):
    """Households with open bills. What one of them owes is under its ``open-bills``."""

    actions = {"GET": Action.ARREARS_VIEW}
    model = Household
    serializer_class = shapes.ArrearsOut
    query_class = shapes.LinesQuery
    filterset_class = filters.ArrearsFilter

    def rows(self) -> QuerySet[Household]:
        return queries.households(
            actor=self.actor,
            project_id=project_in_sight(self),
            today=self.today,
            lines=_lines(self.asked),
        )


class Summary(ApiView):
    actions = {"GET": Action.ARREARS_VIEW}
    query_class = shapes.ProjectLinesQuery

    @extend_schema(responses=shapes.SummaryOut)
    def get(self, request: Request) -> Response:
        """Answer what is open in a project by age, youngest first."""
        project_in_sight(self)
        ageing = queries.ageing(
            actor=self.actor,
            project_id=self.asked["project_id"],
            today=self.today,
            lines=_lines(self.asked),
        )
        found = {
            "on": self.today,
            "households": ageing.households,
            "overdue_amount": ageing.overdue_amount,
            "not_due_amount": ageing.not_due_amount,
            "ages": ageing.by_age,
        }
        return Response(shapes.SummaryOut(found).data)


class CollectionRates(ApiView):
    actions = {"GET": Action.ARREARS_VIEW}
    query_class = shapes.MonthsQuery

    @extend_schema(responses=shapes.RatesOut)
    def get(self, request: Request) -> Response:
        """Answer how much of what was billed for some months came in, by month and by item."""
        project_id = project_in_sight(self)
        first = self.asked.get("first_month", date(self.today.year, 1, 1))
        last = self.asked.get("last_month", date(self.today.year, 12, 1))
        span: dict[str, Any] = {
            "actor": self.actor,
            "project_id": project_id,
            "first": first,
            "last": last,
        }
        found = {
            "first_month": first,
            "last_month": last,
            "total": queries.rate(**span),
            "months": queries.rates_by_month(**span),
            "items": queries.rates_by_item(**span),
            "old_arrears": queries.old_arrears_rate(
                actor=self.actor, project_id=project_id, today=self.today
            ),
            "target": policies.get("kpi.collection_rate", Decimal, project_id=project_id),
        }
        return Response(shapes.RatesOut(found).data)


def project_in_sight(view: ApiView) -> int | None:
    """Return the project that is asked for, if one is. :raises NotFound: if it is out of sight."""
    if "project_id" not in view.asked:
        return None
    project = registry.get_project(
        actor=view.actor, project_id=view.asked["project_id"], action=Action.ARREARS_VIEW
    )
    return project.pk


def _lines(asked: dict[str, Any]) -> LineFilter:
    return LineFilter(
        item_ids=asked.get("item_id", ()),
        building_ids=asked.get("building_id", ()),
        unit_kinds=asked.get("unit_kind", ()),
        unit_states=asked.get("unit_state", ()),
    )
