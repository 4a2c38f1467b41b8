"""What a person was told, and what of it comes by mail."""

from datetime import time
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField
from api.filters import FilterSet, FlagFilter
from api.views import ListView, PersonalView
from kernel.notifications import operations, queries
from kernel.notifications.models import Notification

CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"


class NoticeOut(serializers.ModelSerializer[Notification]):
    """``url`` is a path of the company's site, empty where a notice leads nowhere."""

    class Meta:
        model = Notification
        fields = ("id", "kind", "subject", "text", "url", "is_urgent", "created_at", "read_at")


class NoticeFilter(FilterSet):
    unread = FlagFilter(field_name="read_at", lookup_expr="isnull")


class ReadIn(Body):
    """Without ``ids`` all of them."""

    ids = serializers.ListField(child=IdField(), required=False, max_length=1000)


class ReadOut(serializers.Serializer[Any]):
    read = serializers.IntegerField(help_text="How many were unread.")


class ChoiceOut(serializers.Serializer[Any]):
    kind = serializers.CharField(source="notice.key")
    name = serializers.CharField(source="notice.name")
    is_urgent = serializers.BooleanField(source="notice.is_urgent")
    is_security = serializers.BooleanField(
        source="notice.is_security", help_text="Concerns one's own sign-in: always comes by mail."
    )
    by_mail = serializers.BooleanField()
    by_sms = serializers.BooleanField()


class ChoicesOut(serializers.Serializer[Any]):
    quiet_from = serializers.RegexField(CLOCK, allow_null=True)
    quiet_until = serializers.RegexField(CLOCK, allow_null=True)
    kinds = ChoiceOut(many=True)


class ChoicesIn(Body):
    """Kinds that are not named come in the console only; those of security come by mail anyway."""

    by_mail = serializers.ListField(child=serializers.CharField(max_length=60), max_length=200)
    by_sms = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=200, default=list
    )
    quiet_from = serializers.RegexField(CLOCK, required=False, allow_null=True, default=None)
    quiet_until = serializers.RegexField(CLOCK, required=False, allow_null=True, default=None)


class Notices(PersonalView, ListView):
    """One's own notices, newest first."""

    actions = {"GET": None}
    model = Notification
    serializer_class = NoticeOut
    filterset_class = NoticeFilter

    def rows(self) -> QuerySet[Notification]:
        return queries.own(actor=self.actor)


class Read(PersonalView):
    actions = {"POST": None}

    @extend_schema(request=ReadIn, responses=ReadOut)
    def post(self, request: Request) -> Response:
        """Mark one's own notices read."""
        body = ReadIn(data=request.data)
        body.is_valid(raise_exception=True)
        read = operations.mark_read(
            actor=self.actor, ids=body.validated_data.get("ids"), now=self.now
        )
        return Response(ReadOut({"read": read}).data)


class Choices(PersonalView):
    actions = {"GET": None, "PUT": None}

    @extend_schema(responses=ChoicesOut)
    def get(self, request: Request) -> Response:
        """Answer which kinds of notices come by mail, and when none do."""
        return self._answer()

    @extend_schema(request=ChoicesIn, responses=ChoicesOut)
    def put(self, request: Request) -> Response:
        """Choose which kinds come by mail, and from when until when none do."""
        body = ChoicesIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.set_choices(
            actor=self.actor,
            by_mail=body.validated_data["by_mail"],
            by_sms=body.validated_data["by_sms"],
            starts_at=_clock(body.validated_data["quiet_from"]),
            ends_at=_clock(body.validated_data["quiet_until"]),
            now=self.now,
        )
        return self._answer()

    def _answer(self) -> Response:
        hours = queries.quiet_hours(actor=self.actor)
        found = {
            "quiet_from": f"{hours.starts_at:%H:%M}" if hours else None,
            "quiet_until": f"{hours.ends_at:%H:%M}" if hours else None,
            "kinds": queries.choices(actor=self.actor),
        }
        return Response(ChoicesOut(found).data)


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


urlpatterns = [
    path("notices/", Notices.as_view(), name="api-notices"),
    path("notices/read/", Read.as_view(), name="api-notices-read"),
    path("notices/choices/", Choices.as_view(), name="api-notices-choices"),
]
