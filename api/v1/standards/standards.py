"""Fee standards, and what figures of them would charge."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.standards import filters
from api.v1.standards import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from services.billing.metering import queries as metering
from services.billing.standards import operations, queries, rules
from services.billing.standards.models import FeeStandard, Method, VersionState
from services.properties import queries as registry


class Standards(ListView):
    """Fee standards with their versions."""

    actions = {"GET": Action.FEE_STANDARD_VIEW, "POST": Action.FEE_STANDARD_DRAFT}
    model = FeeStandard
    serializer_class = shapes.StandardOut
    filterset_class = filters.StandardFilter

    def rows(self) -> QuerySet[FeeStandard]:
        return queries.standards(actor=self.actor, on=self.today.replace(day=1))

    @extend_schema(request=shapes.StandardIn, responses={201: shapes.StandardOut})
    def post(self, request: Request) -> Response:
        """Add a standard of an item; it charges nothing before a version is confirmed."""
        body = shapes.StandardIn(data=request.data)
        body.is_valid(raise_exception=True)
        standard = operations.create_standard(actor=self.actor, now=self.now, **body.validated_data)
        return Response(standard_out(self, standard.pk), status=201)


class StandardDetail(ApiView):
    actions = {
        "GET": Action.FEE_STANDARD_VIEW,
        "PATCH": Action.FEE_STANDARD_DRAFT,
        "DELETE": Action.FEE_STANDARD_DRAFT,
    }

    @extend_schema(responses=shapes.StandardOut)
    def get(self, request: Request, standard_id: int) -> Response:
        """Give a standard with all its versions."""
        queries.get_standard(actor=self.actor, standard_id=standard_id)
        return Response(standard_out(self, standard_id))

    @extend_schema(request=shapes.StandardNameIn, responses=shapes.StandardOut)
    def patch(self, request: Request, standard_id: int) -> Response:
        """Rename a standard; no bill depends on its name."""
        body = shapes.StandardNameIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.rename_standard(
            actor=self.actor, standard_id=standard_id, now=self.now, **body.validated_data
        )
        return Response(standard_out(self, standard_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, standard_id: int) -> Response:
        """Remove a standard of which nothing was ever confirmed."""
        operations.delete_standard(actor=self.actor, standard_id=standard_id, now=self.now)
        return Response(status=204)


class HouseholdFees(ApiView):
    actions = {"GET": Action.FEE_STANDARD_VIEW}
    query_class = shapes.MonthQuery

    @extend_schema(responses=shapes.UnitFeeOut(many=True))
    def get(self, request: Request, household_id: int) -> Response:
        """Answer what each unit of a household is charged in a month, and by which version."""
        month = self.asked.get("month", self.today.replace(day=1))
        rules.check_month(month, field="month")
        household = registry.get_household(
            actor=self.actor, household_id=household_id, action=Action.FEE_STANDARD_VIEW
        )
        units = registry.units(actor=self.actor, project_id=household.project_id)
        fees = queries.fees_of_units(
            actor=self.actor,
            project_id=household.project_id,
            unit_ids=list(units.filter(household=household).values_list("pk", flat=True)),
            period=month,
        )
        return Response(shapes.UnitFeeOut(fees, many=True).data)


class StandardHistory(HistoryView):
    """What was done to a standard, its versions and its assignments, newest first."""

    actions = {"GET": Action.FEE_STANDARD_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        standard = queries.get_standard(actor=self.actor, standard_id=self.kwargs["standard_id"])
        return queries.history(actor=self.actor, standard=standard)


class StandardTrial(ApiView):
    actions = {"POST": Action.FEE_STANDARD_VIEW}

    @extend_schema(request=shapes.TrialIn, responses=shapes.TrialOut)
    def post(self, request: Request, standard_id: int) -> Response:
        """Reckon what a version, or figures that nobody has saved, would charge. Writes nothing."""
        body = shapes.TrialIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        standard = queries.get_standard(actor=self.actor, standard_id=standard_id)
        figures, is_confirmed = self._figures(standard, asked)
        found: dict[str, Any] = {
            "impact": queries.impact(standard=standard, figures=figures),
            "unit": None,
        }
        if "unit_id" in asked:
            found["unit"] = queries.preview(
                actor=self.actor,
                standard=standard,
                unit_id=asked["unit_id"],
                months=[month.replace(day=1) for month in asked.get("months", ())]
                or [figures.valid_from],
                # A confirmed version is one among the others as they stand.
                figures=None if is_confirmed else figures,
                consumption=self._consumption(figures, asked),
            )
        return Response(shapes.TrialOut(found).data)

    def _figures(self, standard: FeeStandard, asked: dict[str, Any]) -> tuple[rules.Figures, bool]:
        """Return the figures to try out, and whether they are of a confirmed version."""
        if ("version_id" in asked) == ("figures" in asked):
            raise serializers.ValidationError(
                {"figures": [_("Give either version_id or figures.")]}
            )
        if "version_id" in asked:
            version = queries.get_version(actor=self.actor, version_id=asked["version_id"])
            if version.standard_id != standard.pk:
                raise serializers.ValidationError(
                    {"version_id": [_("This version is of another standard.")]}
                )
            return queries.figures_of(version), version.state == VersionState.CONFIRMED
        values = shapes.figures_of(asked["figures"])
        pricing = rules.Pricing(
            method=values.pop("method"),
            price=values.pop("price", None),
            tiers=values.pop("tiers", ()),
        )
        values["reduced_states"] = tuple(values.get("reduced_states", ()))
        figures = rules.Figures(pricing=pricing, **values)
        rules.check_figures(figures)
        return figures, False

    def _consumption(self, figures: rules.Figures, asked: dict[str, Any]) -> Any:
        if "consumption" in asked or figures.pricing.method != Method.TIERED_METER:
            return asked.get("consumption")
        return metering.last_consumption(
            actor=self.actor, unit_id=asked["unit_id"], kind=figures.meter_kind
        )


def standard_out(view: ApiView, standard_id: int) -> Any:
    """Return a standard as the list shows it; the caller has seen that it is in sight."""
    standard = queries.standards(actor=view.actor, on=view.today.replace(day=1)).get(pk=standard_id)
    return shapes.StandardOut(standard).data
