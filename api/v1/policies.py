"""Settings: what counts in the company or a project, changed and given back."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Query
from api.views import ApiView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.policies import GROUPS, Setting, operations, queries
from kernel.policies.queries import Line
from kernel.policies.reading import Found, Origin

_ORIGINS = [(one.value, one.value) for one in Origin]


class PolicyQuery(Query):
    group = serializers.ChoiceField(choices=[(one.key, one.key) for one in GROUPS], required=False)
    origin = serializers.ChoiceField(choices=_ORIGINS, required=False)


class PlannedOut(serializers.Serializer[Any]):
    valid_from = serializers.DateField()
    value = serializers.CharField(allow_null=True)


class PolicyOut(serializers.Serializer[Any]):
    """A setting as it counts today. Values are text in the one spelling of ``kind``.

    ``"70%"``, ``"Mon-Fri"``, ``"08:00-12:00,14:00-17:00"``; ``bounds`` says what is taken. A value
    is null where none is set and no default may be shipped: what needs it is refused.
    """

    key = serializers.CharField()
    group = serializers.CharField()
    name = serializers.CharField()
    help = serializers.CharField()
    kind = serializers.CharField()
    bounds = serializers.CharField()
    unit = serializers.CharField()
    rules = serializers.CharField()
    is_dated = serializers.BooleanField()
    per_project = serializers.BooleanField()
    is_awaited = serializers.BooleanField(
        help_text="It is kept, and nothing works by it yet: its function is still to come."
    )
    value = serializers.CharField(allow_null=True)
    origin = serializers.ChoiceField(choices=_ORIGINS)
    since = serializers.DateField(allow_null=True)
    inherited = serializers.CharField(allow_null=True)
    default = serializers.CharField(allow_null=True)
    planned = PlannedOut(many=True)


class ValueIn(Body):
    """``valid_from`` is for dated settings: the first day, today if it is left out."""

    value = serializers.CharField(max_length=13_000, allow_blank=True, trim_whitespace=False)
    valid_from = serializers.DateField(required=False)


class ChangeOut(serializers.Serializer[Any]):
    """Who changed a setting, from what to what. Null is: as inherited."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    event = serializers.CharField()
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)


def policy_out(line: Line) -> dict[str, Any]:
    setting = line.setting
    return {
        "key": setting.key,
        "group": line.group.key,
        "name": str(setting.name),
        "help": str(setting.help),
        "kind": setting.kind.code,
        "bounds": setting.kind.bounds(),
        "unit": str(setting.unit),
        "rules": setting.rules,
        "is_dated": setting.is_dated,
        "per_project": setting.per_project,
        "is_awaited": line.is_awaited,
        "value": _text(setting, line.found),
        "origin": line.found.origin.value,
        "since": line.found.since,
        "inherited": _text(setting, line.inherited),
        "default": None if setting.default is None else setting.kind.text(setting.default),
        "planned": [{"valid_from": said.since, "value": said.text} for said in line.planned],
    }


def change_out(entry: AuditEntry) -> dict[str, Any]:
    before, after = entry.data.get("before") or {}, entry.data.get("after") or {}
    return {
        "at": entry.at,
        "by": entry.actor,
        "event": entry.event,
        "before": before.get("value"),
        "after": after.get("value"),
        "valid_from": after.get("valid_from") or before.get("valid_from"),
    }


def _text(setting: Setting, found: Found) -> str | None:
    return None if found.value is None else setting.kind.text(found.value)


class Policies(ApiView):
    actions = {"GET": Action.POLICY_VIEW}
    query_class = PolicyQuery

    @extend_schema(responses=PolicyOut(many=True))
    def get(self, request: Request, project_id: int | None = None) -> Response:
        """Answer every setting as it counts today, in the company or in the project."""
        lines = queries.settings(actor=self.actor, project_id=project_id, today=self.today)
        found = [
            policy_out(line)
            for line in lines
            if self.asked.get("group") in {None, line.group.key}
            and self.asked.get("origin") in {None, line.found.origin.value}
        ]
        return Response(PolicyOut(found, many=True).data)


class Policy(ApiView):
    actions = {
        "GET": Action.POLICY_VIEW,
        "PUT": Action.POLICY_VIEW,  # what it takes to change it, the setting says
        "DELETE": Action.POLICY_VIEW,
    }

    @extend_schema(responses=PolicyOut)
    def get(self, request: Request, policy_key: str, project_id: int | None = None) -> Response:
        """Give one setting as it counts today."""
        return self._answer(policy_key, project_id)

    @extend_schema(request=ValueIn, responses=PolicyOut)
    def put(self, request: Request, policy_key: str, project_id: int | None = None) -> Response:
        """Set the value, for the company or for the project."""
        body = ValueIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.set_value(
            actor=self.actor,
            key=policy_key,
            text=body.validated_data["value"],
            project_id=project_id,
            valid_from=body.validated_data.get("valid_from"),
            now=self.now,
            today=self.today,
        )
        return self._answer(policy_key, project_id)

    @extend_schema(responses=PolicyOut)
    def delete(self, request: Request, policy_key: str, project_id: int | None = None) -> Response:
        """Give way to what is inherited, a dated setting from today on; answer what counts then."""
        operations.clear_value(
            actor=self.actor,
            key=policy_key,
            project_id=project_id,
            now=self.now,
            today=self.today,
        )
        return self._answer(policy_key, project_id)

    def _answer(self, policy_key: str, project_id: int | None) -> Response:
        line = queries.get_line(
            actor=self.actor, key=policy_key, project_id=project_id, today=self.today
        )
        return Response(PolicyOut(policy_out(line)).data)


class PolicyHistory(ApiView):
    actions = {"GET": Action.POLICY_VIEW}

    @extend_schema(responses=ChangeOut(many=True))
    def get(self, request: Request, policy_key: str, project_id: int | None = None) -> Response:
        """Answer who changed the setting in this place, the latest first, at most 200 times."""
        entries = queries.history(actor=self.actor, key=policy_key, project_id=project_id)
        return Response(ChangeOut([change_out(one) for one in entries[:200]], many=True).data)


_KEY = "<str:policy_key>/"
urlpatterns = [
    path("policies/", Policies.as_view()),
    path(f"policies/{_KEY}", Policy.as_view()),
    path(f"policies/{_KEY}history/", PolicyHistory.as_view()),
    path("projects/<int:project_id>/policies/", Policies.as_view()),
    path(f"projects/<int:project_id>/policies/{_KEY}", Policy.as_view()),
    path(f"projects/<int:project_id>/policies/{_KEY}history/", PolicyHistory.as_view()),
]
