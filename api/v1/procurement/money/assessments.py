"""Monthly assessments of outsourced services, without which nothing is paid."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.procurement.money import filters
from api.v1.procurement.money import serializers as shapes
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.approvals.queries import history_with_cases
from kernel.audit.models import AuditEntry
from services.procurement.payments import operations, queries
from services.procurement.payments.models import ServiceAssessment


class Assessments(ListView):
    """Monthly assessments of outsourced services."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.SERVICE_ASSESS}
    model = ServiceAssessment
    serializer_class = shapes.ServiceAssessmentOut
    filterset_class = filters.AssessmentFilter

    def rows(self) -> QuerySet[ServiceAssessment]:
        return queries.assessments(actor=self.actor)

    @extend_schema(request=shapes.ServiceAssessmentIn, responses={201: shapes.ServiceAssessmentOut})
    def post(self, request: Request) -> Response:
        """Score a month of an outsourced service and send the score to be approved."""
        assessment = operations.assess_service(
            actor=self.actor,
            now=self.now,
            today=self.today,
            **read(shapes.ServiceAssessmentIn, request),
        )
        return Response(shapes.ServiceAssessmentOut(assessment).data, status=201)


class AssessmentDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.ServiceAssessmentOut)
    def get(self, request: Request, assessment_id: int) -> Response:
        """Give one assessment."""
        assessment = queries.get_assessment(actor=self.actor, assessment_id=assessment_id)
        return Response(shapes.ServiceAssessmentOut(assessment).data)


class AssessmentHistory(HistoryView):
    """What was done to an assessment and in its approval, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        assessment_id = self.kwargs["assessment_id"]
        assessment = queries.get_assessment(actor=self.actor, assessment_id=assessment_id)
        return history_with_cases({ServiceAssessment: [assessment.pk]})
