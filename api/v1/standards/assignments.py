"""Who is charged by a standard: rules, single units in and out, their confirmation and end."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.standards import filters
from api.v1.standards import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.billing.standards import operations, queries
from services.billing.standards.models import FeeAssignment


class Assignments(ListView):
    """Whom a standard charges: rules, and single units in and out."""

    actions = {"GET": Action.FEE_STANDARD_VIEW, "POST": Action.FEE_STANDARD_DRAFT}
    model = FeeAssignment
    serializer_class = shapes.AssignmentOut
    filterset_class = filters.AssignmentFilter

    def rows(self) -> QuerySet[FeeAssignment]:
        standard_id = self.kwargs["standard_id"]
        queries.get_standard(actor=self.actor, standard_id=standard_id)
        return queries.assignments(actor=self.actor, standard_id=standard_id)

    @extend_schema(
        request=shapes.RuleIn,
        responses={201: shapes.AssignmentOut},
        examples=[
            OpenApiExample(
                "Every dwelling",
                value={"kinds": ["RESIDENCE"], "valid_from": "2026-11-01"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, standard_id: int) -> Response:
        """Draft that the standard applies to every unit that meets the conditions."""
        body = shapes.RuleIn(data=request.data)
        body.is_valid(raise_exception=True)
        assignment = operations.assign_by_rule(
            actor=self.actor, standard_id=standard_id, now=self.now, **body.validated_data
        )
        return Response(shapes.AssignmentOut(assignment).data, status=201)


class UnitAssignments(ApiView):
    actions = {"POST": Action.FEE_STANDARD_DRAFT}

    @extend_schema(request=shapes.UnitAssignmentIn, responses={201: shapes.AssignmentOut})
    def post(self, request: Request, standard_id: int) -> Response:
        """Draft that one unit is charged by the standard, or left out of its rules."""
        body = shapes.UnitAssignmentIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        if values.pop("is_excluded"):
            assignment = operations.exclude_unit(
                actor=self.actor,
                standard_id=standard_id,
                now=self.now,
                **{"reason": "", **values},
            )
        else:
            assignment = operations.assign_unit(
                actor=self.actor, standard_id=standard_id, now=self.now, **values
            )
        return Response(shapes.AssignmentOut(assignment).data, status=201)


class AssignmentsConfirmation(ApiView):
    actions = {"POST": Action.FEE_STANDARD_CONFIRM}

    @extend_schema(request=None, responses=shapes.AssignmentOut(many=True))
    def post(self, request: Request, standard_id: int) -> Response:
        """Confirm the standard's assignments that wait, but for those one drafted oneself."""
        confirmed = operations.confirm_assignments(
            actor=self.actor, standard_id=standard_id, now=self.now
        )
        found = queries.assignments(actor=self.actor, standard_id=standard_id).filter(
            pk__in=[assignment.pk for assignment in confirmed]
        )
        return Response(shapes.AssignmentOut(found, many=True).data)


class AssignmentEnd(ApiView):
    actions = {"POST": Action.FEE_STANDARD_CONFIRM}

    @extend_schema(request=shapes.EndIn, responses=shapes.AssignmentOut)
    def post(self, request: Request, assignment_id: int) -> Response:
        """End a confirmed assignment: its units are not charged by it from a month on."""
        body = shapes.EndIn(data=request.data)
        body.is_valid(raise_exception=True)
        assignment = operations.end_assignment(
            actor=self.actor, assignment_id=assignment_id, now=self.now, **body.validated_data
        )
        return Response(shapes.AssignmentOut(assignment).data)


class AssignmentDetail(ApiView):
    actions = {"DELETE": Action.FEE_STANDARD_DRAFT}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, assignment_id: int) -> Response:
        """Take back an assignment that nobody has confirmed."""
        operations.remove_draft_assignment(
            actor=self.actor, assignment_id=assignment_id, now=self.now
        )
        return Response(status=204)
