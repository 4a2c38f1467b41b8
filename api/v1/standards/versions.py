"""Versions of a standard: drafted by one person, confirmed by another."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.standards import filters
from api.v1.standards import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.billing.standards import operations, queries
from services.billing.standards.models import FeeVersion

EXAMPLES = [
    OpenApiExample(
        "Per m², reduced for vacant dwellings",
        value={
            "method": "PER_AREA",
            "valid_from": "2026-11-01",
            "price": "2.80",
            "reduced_rate": "0.7",
            "reduced_states": ["VACANT", "UNSOLD"],
        },
        request_only=True,
    ),
    OpenApiExample(
        "Water in three tiers, last month's usage",
        value={
            "method": "TIERED_METER",
            "valid_from": "2026-11-01",
            "meter_kind": "COLD_WATER",
            "usage_lag_months": 1,
            "tiers": [
                {"up_to": "14", "price": "2.90"},
                {"up_to": "24", "price": "3.85"},
                {"up_to": None, "price": "6.70"},
            ],
        },
        request_only=True,
    ),
]


class Versions(ListView):
    """The versions of a standard."""

    actions = {"GET": Action.FEE_STANDARD_VIEW, "POST": Action.FEE_STANDARD_DRAFT}
    model = FeeVersion
    serializer_class = shapes.VersionOut
    filterset_class = filters.VersionFilter

    def rows(self) -> QuerySet[FeeVersion]:
        standard_id = self.kwargs["standard_id"]
        standard = queries.get_standard(actor=self.actor, standard_id=standard_id)
        return queries.versions(actor=self.actor).filter(standard=standard)

    @extend_schema(request=shapes.VersionIn, responses={201: shapes.VersionOut}, examples=EXAMPLES)
    def post(self, request: Request, standard_id: int) -> Response:
        """Draft the figures of a new version; somebody else confirms them."""
        body = shapes.VersionIn(data=request.data)
        body.is_valid(raise_exception=True)
        version = operations.draft_version(
            actor=self.actor,
            standard_id=standard_id,
            now=self.now,
            **shapes.figures_of(body.validated_data),
        )
        return Response(shapes.VersionOut(version).data, status=201)


class VersionDetail(ApiView):
    actions = {"GET": Action.FEE_STANDARD_VIEW, "PATCH": Action.FEE_STANDARD_DRAFT}

    @extend_schema(responses=shapes.VersionOut)
    def get(self, request: Request, version_id: int) -> Response:
        """Give one version."""
        version = queries.get_version(actor=self.actor, version_id=version_id)
        return Response(shapes.VersionOut(version).data)

    @extend_schema(request=shapes.VersionIn, responses=shapes.VersionOut)
    def patch(self, request: Request, version_id: int) -> Response:
        """Change figures of one's own draft; it must be submitted again afterwards."""
        body = shapes.VersionIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        version = operations.update_draft(
            actor=self.actor,
            version_id=version_id,
            now=self.now,
            **shapes.figures_of(body.validated_data),
        )
        return Response(shapes.VersionOut(version).data)


class VersionSubmission(ApiView):
    actions = {"POST": Action.FEE_STANDARD_DRAFT}

    @extend_schema(request=None, responses=shapes.VersionOut)
    def post(self, request: Request, version_id: int) -> Response:
        """Say that one's own draft is complete and ready to be confirmed."""
        version = operations.submit_version(actor=self.actor, version_id=version_id, now=self.now)
        return Response(shapes.VersionOut(version).data)


class VersionConfirmation(ApiView):
    actions = {"POST": Action.FEE_STANDARD_CONFIRM}

    @extend_schema(request=shapes.ConfirmationIn, responses=shapes.VersionOut)
    def post(self, request: Request, version_id: int) -> Response:
        """Put a draft in force, with the assignments of the standard that wait.

        Not by whoever drafted it (``standards.confirmed-by-drafter``). Refused with
        ``standards.draft-changed`` if the figures are not those of ``seen_at`` any more.
        """
        body = shapes.ConfirmationIn(data=request.data)
        body.is_valid(raise_exception=True)
        version = operations.confirm_version(
            actor=self.actor, version_id=version_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VersionOut(version).data)


class VersionEnd(ApiView):
    actions = {"POST": Action.FEE_STANDARD_CONFIRM}

    @extend_schema(request=shapes.EndIn, responses=shapes.VersionOut)
    def post(self, request: Request, version_id: int) -> Response:
        """End a confirmed version; nothing takes its place unless another is confirmed."""
        body = shapes.EndIn(data=request.data)
        body.is_valid(raise_exception=True)
        version = operations.end_version(
            actor=self.actor, version_id=version_id, now=self.now, **body.validated_data
        )
        return Response(shapes.VersionOut(version).data)


class VersionWithdrawal(ApiView):
    actions = {"POST": Action.FEE_STANDARD_VIEW}

    @extend_schema(request=shapes.WithdrawalIn, responses=shapes.VersionOut)
    def post(self, request: Request, version_id: int) -> Response:
        """Take back a draft, or a confirmed version by which nothing has been billed."""
        body = shapes.WithdrawalIn(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        version = operations.withdraw_version(
            actor=self.actor, version_id=version_id, now=self.now, **values
        )
        return Response(shapes.VersionOut(version).data)
