"""Who signs for whom, and when."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.approvals import serializers as shapes
from api.views import ListView, PersonalView
from kernel.approvals import operations, queries
from kernel.approvals.models import Delegation
from services.properties import queries as registry


class Delegations(PersonalView, ListView):
    """One's own delegations; with ``approval.configure`` the company's."""

    actions = {"GET": None, "POST": None}
    by_person = frozenset({"POST"})
    model = Delegation
    serializer_class = shapes.DelegationOut

    def rows(self) -> QuerySet[Delegation]:
        return queries.delegations(actor=self.actor)

    @extend_schema(request=shapes.DelegationIn, responses={201: shapes.DelegationOut})
    def post(self, request: Request) -> Response:
        """Name a deputy for a period."""
        body = shapes.DelegationIn(data=request.data)
        body.is_valid(raise_exception=True)
        self._require_projects(body.validated_data.get("project_ids", []))
        made = operations.delegate(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.DelegationOut(made).data, status=201)

    def _require_projects(self, project_ids: list[int]) -> None:
        """Refuse a project that is not in the person's sight: the engine knows only ids."""
        wanted = set(project_ids)
        if wanted and registry.projects(actor=self.actor).filter(pk__in=wanted).count() < len(
            wanted
        ):
            raise operations.DelegationInvalid(_("There is no such project."), field="project_ids")


class DelegationEnd(PersonalView):
    actions = {"POST": None}

    @extend_schema(request=None, responses=shapes.DelegationOut)
    def post(self, request: Request, delegation_id: int) -> Response:
        """End a delegation today; what was signed stays."""
        ended = operations.end_delegation(
            actor=self.actor, delegation_id=delegation_id, now=self.now
        )
        return Response(shapes.DelegationOut(ended).data)
