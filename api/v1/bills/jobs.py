"""Long work and how far it is."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.bills import serializers as shapes
from api.views import ApiView
from kernel.access import Action
from kernel.jobs import queries


class JobDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}

    @extend_schema(responses=shapes.JobOut)
    def get(self, request: Request, job_id: int) -> Response:
        """Answer a job of one's own or of a project that one sees."""
        return Response(shapes.JobOut(queries.get_job(actor=self.actor, job_id=job_id)).data)
