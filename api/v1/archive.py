"""Looking at owners' files, and records whose time is over."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Query
from api.fields import IdField
from api.filters import FilterSet, FlagFilter, IdFilter
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.records import operations, queries
from kernel.records.models import (
    AccessLook,
    AccessRequest,
    AccessState,
    Disposal,
    DisposalItem,
    DisposalState,
    LegalHold,
    LookKind,
    Mode,
    Receiver,
)
from kernel.records.queries import retention


class AccessRequestIn(Body):
    """``subject_type`` is ``properties.household``. For anybody but ourselves name and paper."""

    subject_type = serializers.CharField(max_length=60)
    subject_id = IdField()
    purpose = serializers.CharField(max_length=200)
    wanted = serializers.CharField(max_length=200)
    mode = serializers.ChoiceField(choices=Mode.choices, default=Mode.VIEW)
    receiver = serializers.ChoiceField(choices=Receiver.choices, default=Receiver.STAFF)
    receiver_name = serializers.CharField(max_length=120, default="", allow_blank=True)
    paper = serializers.CharField(max_length=120, default="", allow_blank=True)


class AccessRequestOut(serializers.ModelSerializer[AccessRequest]):
    class Meta:
        model = AccessRequest
        fields: ClassVar = [
            "id", "project_id", "subject_type", "subject_id", "subject_label", "mode", "purpose",
            "wanted", "receiver", "receiver_name", "paper", "state", "asked_by_label", "asked_at",
            "case_id", "registered_by_label", "granted_at", "expires_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class AccessLookOut(serializers.ModelSerializer[AccessLook]):
    """``DATA`` is a look at one masked figure: it has a reason and no request."""

    request_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = AccessLook
        fields: ClassVar = [
            "id", "request_id", "project_id", "subject_type", "subject_id", "subject_label", "at",
            "user_label", "attachment_id", "what", "mode", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class AccessRequestFilter(FilterSet):
    project = IdFilter(field_name="project_id")
    state = filters.ChoiceFilter(choices=AccessState.choices)


class AccessLookFilter(FilterSet):
    project = IdFilter(field_name="project_id")
    request = IdFilter(field_name="request_id")
    subject_type = filters.CharFilter(max_length=60)
    subject_id = IdFilter()
    mode = filters.ChoiceFilter(choices=LookKind.choices)


class ModeIn(Body):
    mode = serializers.ChoiceField(choices=Mode.choices, default=Mode.VIEW)


class AccessRequests(ListView):
    """One's own requests for files; with the register, everybody's. Newest first."""

    actions = {"GET": Action.ARCHIVE_REQUEST, "POST": Action.ARCHIVE_REQUEST}
    model = AccessRequest
    serializer_class = AccessRequestOut
    filterset_class = AccessRequestFilter
    ordering = "-id"

    def rows(self) -> QuerySet[AccessRequest]:
        return queries.requests(actor=self.actor)

    @extend_schema(request=AccessRequestIn, responses={201: AccessRequestOut})
    def post(self, request: Request) -> Response:
        """Ask to look at an owner's file. The manager approves, the front desk registers."""
        body = AccessRequestIn(data=request.data)
        body.is_valid(raise_exception=True)
        made = operations.request_access(actor=self.actor, now=self.now, **body.validated_data)
        return Response(AccessRequestOut(made).data, status=201)


class OneAccessRequest(ApiView):
    actions = {"GET": Action.ARCHIVE_REQUEST}

    @extend_schema(responses=AccessRequestOut)
    def get(self, request: Request, access_id: int) -> Response:
        """Answer one request for a file."""
        found = queries.get_request(actor=self.actor, request_id=access_id)
        return Response(AccessRequestOut(found).data)


class EndAccess(ApiView):
    actions = {"POST": Action.ARCHIVE_REQUEST}

    @extend_schema(request=None, responses=AccessRequestOut)
    def post(self, request: Request, access_id: int) -> Response:
        """Give a file back before its time."""
        ended = operations.end_access(actor=self.actor, request_id=access_id, now=self.now)
        return Response(AccessRequestOut(ended).data)


class AccessPaper(ApiView):
    actions = {"POST": Action.ARCHIVE_REQUEST}

    @extend_schema(
        request=ModeIn, responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def post(self, request: Request, access_id: int, attachment_id: int) -> HttpResponse:
        """Hand out a paper of a granted file, one's name and the time across each page.

        Each look is written down.
        """
        body = ModeIn(data=request.data)
        body.is_valid(raise_exception=True)
        shown = operations.open_file(
            actor=self.actor,
            request_id=access_id,
            attachment_id=attachment_id,
            mode=body.validated_data["mode"],
            now=self.now,
        )
        response = HttpResponse(shown.content, content_type="application/octet-stream")
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=shown.name
        )
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; frame-ancestors 'none'; sandbox"
        )
        return response


class AccessLooks(ListView):
    """Every look at a file or a masked figure in projects whose register one may see."""

    actions = {"GET": Action.ARCHIVE_VIEW}
    model = AccessLook
    serializer_class = AccessLookOut
    filterset_class = AccessLookFilter
    ordering = "-id"

    def rows(self) -> QuerySet[AccessLook]:
        return queries.looks(actor=self.actor)


class DueQuery(Query):
    project_id = IdField()


class DueOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    record_class = serializers.CharField(source="record_class.key")
    label = serializers.CharField()  # type: ignore[assignment]
    ended_on = serializers.DateField()
    due_on = serializers.DateField()
    years = serializers.IntegerField()
    held_back_because = serializers.CharField(source="hold.reason", allow_null=True, default=None)


class DisposalIn(Body):
    """``keys`` are of what is due."""

    project_id = IdField()
    keys = serializers.ListField(child=serializers.CharField(max_length=80), max_length=500)
    note = serializers.CharField(max_length=200)


class DisposalItemOut(serializers.ModelSerializer[DisposalItem]):
    class Meta:
        model = DisposalItem
        fields: ClassVar = ["record_class", "object_id", "label", "ended_on", "due_on", "years"]
        read_only_fields = fields


class DisposalOut(serializers.ModelSerializer[Disposal]):
    items = DisposalItemOut(many=True, read_only=True)

    class Meta:
        model = Disposal
        fields: ClassVar = [
            "id", "project_id", "state", "note", "asked_by_label", "asked_at", "case_id",
            "done_at", "done_by_label", "items",
        ]  # fmt: skip
        read_only_fields = fields


class DisposalFilter(FilterSet):
    project = IdFilter(field_name="project_id")
    state = filters.ChoiceFilter(choices=DisposalState.choices)


class DueRecords(ApiView):
    actions = {"GET": Action.RETENTION_VIEW}
    query_class = DueQuery

    @extend_schema(responses=DueOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer the records of a project whose time is over, the longest due first."""
        rows = retention.due(
            actor=self.actor, project_id=self.asked["project_id"], today=self.today
        )
        return Response(DueOut(rows, many=True).data)


class Disposals(ListView):
    """Lists of disposal, newest first. They stay for ever."""

    actions = {"GET": Action.RETENTION_VIEW, "POST": Action.RECORD_DISPOSE}
    model = Disposal
    serializer_class = DisposalOut
    filterset_class = DisposalFilter
    ordering = "-id"

    def rows(self) -> QuerySet[Disposal]:
        return retention.disposals(actor=self.actor).prefetch_related("items")

    @extend_schema(request=DisposalIn, responses={201: DisposalOut})
    def post(self, request: Request) -> Response:
        """Put records that are due on a list; the management-office manager approves it."""
        body = DisposalIn(data=request.data)
        body.is_valid(raise_exception=True)
        made = operations.list_for_disposal(
            actor=self.actor, now=self.now, today=self.today, **body.validated_data
        )
        return Response(DisposalOut(made).data, status=201)


class HoldIn(Body):
    """``key`` is of what is due."""

    project_id = IdField()
    key = serializers.CharField(max_length=80)
    reason = serializers.CharField(max_length=200)


class LiftIn(Body):
    reason = serializers.CharField(max_length=200)


class HoldOut(serializers.ModelSerializer[LegalHold]):
    class Meta:
        model = LegalHold
        fields: ClassVar = [
            "id", "project_id", "record_class", "object_id", "label", "reason", "placed_by_label",
            "placed_at", "lifted_by_label", "lifted_at", "lift_reason",
        ]  # fmt: skip
        read_only_fields = fields


class HoldFilter(FilterSet):
    project = IdFilter(field_name="project_id")
    in_force = FlagFilter(field_name="lifted_at", lookup_expr="isnull")


class Holds(ListView):
    """What is held back from disposal, lifted holds too; newest first."""

    actions = {"GET": Action.RETENTION_VIEW, "POST": Action.RECORD_HOLD}
    model = LegalHold
    serializer_class = HoldOut
    filterset_class = HoldFilter
    ordering = "-id"

    def rows(self) -> QuerySet[LegalHold]:
        return retention.holds(actor=self.actor)

    @extend_schema(request=HoldIn, responses={201: HoldOut})
    def post(self, request: Request) -> Response:
        """Hold a record back that is due, while a dispute or an inspection needs it."""
        body = HoldIn(data=request.data)
        body.is_valid(raise_exception=True)
        hold = operations.place_hold(
            actor=self.actor, now=self.now, today=self.today, **body.validated_data
        )
        return Response(HoldOut(hold).data, status=201)


class LiftHold(ApiView):
    actions = {"POST": Action.RECORD_HOLD}

    @extend_schema(request=LiftIn, responses=HoldOut)
    def post(self, request: Request, hold_id: int) -> Response:
        """End a hold: the record is due as before."""
        body = LiftIn(data=request.data)
        body.is_valid(raise_exception=True)
        hold = operations.lift_hold(
            actor=self.actor, hold_id=hold_id, now=self.now, **body.validated_data
        )
        return Response(HoldOut(hold).data)


urlpatterns = [
    path("access-requests/", AccessRequests.as_view(), name="api-access-requests"),
    path("access-requests/<int:access_id>/", OneAccessRequest.as_view()),
    path("access-requests/<int:access_id>/end/", EndAccess.as_view()),
    path(
        "access-requests/<int:access_id>/files/<int:attachment_id>/content/", AccessPaper.as_view()
    ),
    path("access-looks/", AccessLooks.as_view(), name="api-access-looks"),
    path("retention/due/", DueRecords.as_view(), name="api-retention-due"),
    path("retention/holds/", Holds.as_view(), name="api-retention-holds"),
    path("retention/holds/<int:hold_id>/lift/", LiftHold.as_view()),
    path("retention/disposals/", Disposals.as_view(), name="api-retention-disposals"),
]
