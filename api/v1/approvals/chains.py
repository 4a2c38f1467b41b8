"""Chains, their versions, and who would sign."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.approvals import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.approvals import operations, queries
from kernel.approvals.models import Chain, ChainVersion
from kernel.errors import NotFound
from services.properties import queries as registry


class Chains(ListView):
    """The company's chains, and the projects' in their place."""

    actions = {"GET": Action.APPROVAL_CONFIGURE, "POST": Action.APPROVAL_CONFIGURE}
    model = Chain
    serializer_class = shapes.ChainOut

    def rows(self) -> QuerySet[Chain]:
        return queries.chain_list(actor=self.actor, since=self.now - timedelta(days=30))

    @extend_schema(request=shapes.ChainIn, responses={201: shapes.ChainVersionOut})
    def post(self, request: Request) -> Response:
        """Add a chain; its draft begins as a copy of what is in use under the key."""
        body = shapes.ChainIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = dict(body.validated_data)
        require_project(self, given["project_id"])
        chain = operations.create_chain(actor=self.actor, now=self.now, **given)
        return Response(shapes.ChainVersionOut(chain.versions.get()).data, status=201)


class Versions(ListView):
    """The versions of a chain."""

    actions = {"GET": Action.APPROVAL_CONFIGURE, "POST": Action.APPROVAL_CONFIGURE}
    model = ChainVersion
    serializer_class = shapes.ChainVersionOut

    def rows(self) -> QuerySet[ChainVersion]:
        chain = queries.get_chain(actor=self.actor, chain_id=self.kwargs["chain_id"])
        versions: QuerySet[ChainVersion] = ChainVersion.objects.filter(chain=chain)
        return versions

    @extend_schema(request=None, responses={201: shapes.ChainVersionOut})
    def post(self, request: Request, chain_id: int) -> Response:
        """Begin a draft: a copy of the latest version."""
        version = operations.draft_version(actor=self.actor, chain_id=chain_id, now=self.now)
        return Response(shapes.ChainVersionOut(version).data, status=201)


class Draft(ApiView):
    actions = {
        "GET": Action.APPROVAL_CONFIGURE,
        "PUT": Action.APPROVAL_CONFIGURE,
        "DELETE": Action.APPROVAL_CONFIGURE,
    }

    @extend_schema(responses=shapes.ChainVersionOut)
    def get(self, request: Request, draft_id: int) -> Response:
        """Give a version, a draft or not."""
        version = queries.get_version(actor=self.actor, version_id=draft_id)
        return Response(shapes.ChainVersionOut(version).data)

    @extend_schema(request=shapes.ChainDraftIn, responses=shapes.ChainVersionOut)
    def put(self, request: Request, draft_id: int) -> Response:
        """Keep a definition in a draft, finished or not."""
        body = shapes.ChainDraftIn(data=request.data)
        body.is_valid(raise_exception=True)
        version = operations.save_draft(
            actor=self.actor, version_id=draft_id, now=self.now, **body.validated_data
        )
        return Response(shapes.ChainVersionOut(version).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, draft_id: int) -> Response:
        """Throw a draft away."""
        operations.discard_draft(actor=self.actor, version_id=draft_id, now=self.now)
        return Response(status=204)


class Publication(ApiView):
    actions = {"POST": Action.APPROVAL_CONFIGURE}

    @extend_schema(request=shapes.PublishIn, responses=shapes.ChainVersionOut)
    def post(self, request: Request, draft_id: int) -> Response:
        """Put a draft in use, unless a finding blocks it; cases under way keep their version."""
        body = shapes.PublishIn(data=request.data)
        body.is_valid(raise_exception=True)
        version = queries.get_version(actor=self.actor, version_id=draft_id)
        own = version.chain.project_id
        projects = registry.projects(actor=self.actor).values_list("pk", flat=True)
        published = operations.publish_checked(
            actor=self.actor,
            version_id=draft_id,
            project_ids=[own] if own is not None else list(projects),
            now=self.now,
            **body.validated_data,
        )
        return Response(shapes.ChainVersionOut(published).data)


class Retirement(ApiView):
    actions = {"POST": Action.APPROVAL_CONFIGURE}

    @extend_schema(request=None, responses=shapes.ChainVersionOut)
    def post(self, request: Request, draft_id: int) -> Response:
        """Take a version out of use: a project goes by the company's chain again."""
        version = operations.retire(actor=self.actor, version_id=draft_id, now=self.now)
        return Response(shapes.ChainVersionOut(version).data)


class Simulation(ApiView):
    actions = {"POST": Action.APPROVAL_CONFIGURE}

    @extend_schema(request=shapes.SampleIn, responses=shapes.PathOut)
    def post(self, request: Request, draft_id: int) -> Response:
        """Tell who would sign a sample document. Writes nothing."""
        body = shapes.SampleIn(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        require_project(self, asked["project_id"])
        version = queries.get_version(actor=self.actor, version_id=draft_id)
        path = queries.simulate(version=version, today=self.today, **asked)
        return Response(shapes.PathOut(path).data)


def require_project(view: ApiView, project_id: int | None) -> None:
    """Return if the company has this project.

    :raises NotFound: otherwise.
    """
    if project_id is None:
        return
    if not registry.projects(actor=view.actor).filter(pk=project_id).exists():
        raise NotFound
