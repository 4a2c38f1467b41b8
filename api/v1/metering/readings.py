"""Readings of a month: record, look at what is wrong, decide."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.metering import filters
from api.v1.metering import serializers as shapes
from api.v1.properties.serializers import MeterOut
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.billing.metering import operations, queries, rules
from services.billing.metering.models import Reading
from services.billing.metering.queries import Assessment, ReadingEntry
from services.properties import queries as registry
from services.properties.models import Meter

MONTH_EXAMPLE = OpenApiExample(
    "Two meters of a month",
    value={
        "project_id": 1,
        "usage_month": "2026-10-01",
        "readings": [
            {"meter_id": 11, "current": "1043.00", "read_on": "2026-10-28"},
            {"meter_id": 12, "current": None, "read_on": None, "note": "nobody at home"},
        ],
    },
    request_only=True,
)


class Readings(ListView):
    """Readings by id. The exception list of a month is ``state=EXCEPTION``."""

    actions = {"GET": Action.READING_VIEW, "POST": Action.READING_RECORD}
    model = Reading
    serializer_class = shapes.ReadingOut
    filterset_class = filters.ReadingFilter

    def rows(self) -> QuerySet[Reading]:
        return queries.all_readings(actor=self.actor)

    @extend_schema(
        request=shapes.MonthIn, responses={201: shapes.RecordedOut}, examples=[MONTH_EXAMPLE]
    )
    def post(self, request: Request) -> Response:
        """Record a month's readings and judge them; the same again changes nothing.

        All are recorded or none: ``metering.readings-refused`` names the faulty ones in
        ``details.rows``.
        """
        body = shapes.MonthIn(data=request.data)
        body.is_valid(raise_exception=True)
        month = body.validated_data
        recorded = operations.record_readings(
            actor=self.actor,
            project_id=month["project_id"],
            usage_month=month["usage_month"],
            rows=[ReadingEntry(**row) for row in month["readings"]],
            now=self.now,
            today=self.today,
        )
        found = {
            "created": len(recorded.created),
            "changed": len(recorded.changed),
            "unchanged": recorded.unchanged,
            "exceptions": recorded.exceptions,
        }
        return Response(shapes.RecordedOut(found).data, status=201)


class ReadingsAssessment(ApiView):
    actions = {"POST": Action.READING_RECORD}

    @extend_schema(
        request=shapes.MonthIn,
        responses=shapes.AssessmentOut(many=True),
        examples=[MONTH_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Say what recording these readings would do, reading by reading. Writes nothing."""
        body = shapes.MonthIn(data=request.data)
        body.is_valid(raise_exception=True)
        month = body.validated_data
        project = registry.get_project(
            actor=self.actor, project_id=month["project_id"], action=Action.READING_RECORD
        )
        assessments = queries.assess(
            project_id=project.pk,
            usage_month=month["usage_month"],
            entries=[ReadingEntry(**row) for row in month["readings"]],
        )
        found = [_assessed(index, each) for index, each in enumerate(assessments)]
        return Response(shapes.AssessmentOut(found, many=True).data)


class ReadingDetail(ApiView):
    actions = {"GET": Action.READING_VIEW}

    @extend_schema(responses=shapes.ReadingOut)
    def get(self, request: Request, reading_id: int) -> Response:
        """Give one reading."""
        reading = queries.get_reading(actor=self.actor, reading_id=reading_id)
        return Response(shapes.ReadingOut(reading).data)


class ReadingPast(ApiView):
    actions = {"GET": Action.READING_VIEW}

    @extend_schema(responses=shapes.ReadingOut(many=True))
    def get(self, request: Request, reading_id: int) -> Response:
        """Give the meter's last twelve readings up to this one, oldest first."""
        reading = queries.get_reading(actor=self.actor, reading_id=reading_id)
        past = queries.past_of(
            actor=self.actor, meter_id=reading.meter_id, up_to=reading.usage_month
        )
        return Response(shapes.ReadingOut(past, many=True).data)


class ReadingHistory(HistoryView):
    """What was decided about a reading, newest first."""

    actions = {"GET": Action.READING_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        reading_id = self.kwargs["reading_id"]
        return history_of(queries.get_reading(actor=self.actor, reading_id=reading_id))


class ReadingResolution(ApiView):
    actions = {"POST": Action.READING_RESOLVE}

    @extend_schema(
        request=shapes.DecisionIn,
        responses=shapes.ReadingOut,
        examples=[
            OpenApiExample(
                "Misread",
                value={"resolution": "CORRECT", "current": "1043.00", "reason": "misread"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, reading_id: int) -> Response:
        """Decide what is billed of a reading, with a reason.

        Nobody accepts as read what he recorded himself (``duties.meet``).
        """
        body = shapes.DecisionIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.resolve_reading(
            actor=self.actor, reading_id=reading_id, now=self.now, **body.validated_data
        )
        reading = queries.get_reading(actor=self.actor, reading_id=reading_id)
        return Response(shapes.ReadingOut(reading).data)


class ReadingReopening(ApiView):
    actions = {"POST": Action.READING_RESOLVE}

    @extend_schema(request=shapes.ReopeningIn, responses=shapes.ReadingOut)
    def post(self, request: Request, reading_id: int) -> Response:
        """Take a decision back: the reading is judged as it was read."""
        body = shapes.ReopeningIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.reopen_reading(
            actor=self.actor, reading_id=reading_id, now=self.now, **body.validated_data
        )
        reading = queries.get_reading(actor=self.actor, reading_id=reading_id)
        return Response(shapes.ReadingOut(reading).data)


class Missing(ListView):
    """Meters in use that have no reading of the month at all."""

    actions = {"GET": Action.READING_VIEW}
    model = Meter
    serializer_class = MeterOut
    query_class = shapes.MonthQuery
    filterset_class = filters.MissingFilter

    def rows(self) -> QuerySet[Meter]:
        return queries.missing_meters(actor=self.actor, **month_of(self))


class Progress(ApiView):
    actions = {"GET": Action.READING_VIEW}
    query_class = shapes.MonthQuery

    @extend_schema(responses=shapes.ProgressOut)
    def get(self, request: Request) -> Response:
        """Count how far a month's reading is."""
        counts = queries.counts(actor=self.actor, **month_of(self))
        return Response(shapes.ProgressOut(counts).data)


def month_of(view: ApiView) -> dict[str, Any]:
    """Return the project and the month that are asked for.

    :raises NotFound: if the project is not in sight.
    :raises rules.MonthInvalid: if the day is no first of a month.
    """
    month = view.asked
    rules.check_month(month["usage_month"])
    registry.get_project(
        actor=view.actor, project_id=month["project_id"], action=Action.READING_VIEW
    )
    return month


def _assessed(index: int, each: Assessment) -> dict[str, Any]:
    return {
        "index": index,
        "meter_id": each.entry.meter_id,
        "outcome": each.outcome.value,
        "refusal": each.refusal.value if each.refusal else None,
        "previous": each.previous,
        "consumption": each.verdict.consumption if each.verdict else None,
        "faults": [str(fault) for fault in each.verdict.faults] if each.verdict else [],
    }
