"""Time limits: the clocks that run, stand still or have ended."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import IdField
from api.filters import FilterSet, FlagFilter, IdFilter
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.calendar.queries import calendar
from kernel.deadlines import queries
from kernel.deadlines.models import Deadline, DeadlinePause, DeadlineState
from kernel.deadlines.rules import Measure


class DeadlineFilter(FilterSet):
    project_id = IdFilter()
    clock = filters.CharFilter(max_length=40)
    state = filters.ChoiceFilter(choices=DeadlineState.choices)
    is_breached = FlagFilter(field_name="breached_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Deadline
        fields = ["project_id", "clock", "state", "is_breached"]


class DeadlineOut(serializers.ModelSerializer[Deadline]):
    """A clock. ``due_at`` is there while it runs; ``limit_seconds`` is of what ``measure`` counts.

    The clocks' keys are those of the handbook's table, e.g. ``complaint.first-reply``.
    """

    project_id = IdField(read_only=True, allow_null=True)
    subject_id = IdField(read_only=True)
    measure = serializers.ChoiceField(choices=[(one.value, one.value) for one in Measure])
    limit_seconds = serializers.SerializerMethodField()
    person_ids = serializers.ListField(child=IdField(), read_only=True)
    escalated_to = serializers.ListField(child=IdField(), read_only=True)

    class Meta:
        model = Deadline
        fields: ClassVar = [
            "id", "clock", "title", "subject_type", "subject_id", "project_id", "state",
            "measure", "limit_seconds", "started_at", "warn_at", "due_at", "warned_at",
            "breached_at", "ended_at", "person_ids", "escalated_to",
        ]  # fmt: skip
        read_only_fields = fields

    def get_limit_seconds(self, deadline: Deadline) -> int:
        return int(deadline.limit.total_seconds())


class PauseOut(serializers.ModelSerializer[DeadlinePause]):
    class Meta:
        model = DeadlinePause
        fields: ClassVar = [
            "reason", "paused_at", "paused_by_label", "resumed_at", "resumed_by_label",
        ]  # fmt: skip
        read_only_fields = fields


class DeadlineDetailOut(DeadlineOut):
    """The clock with what is used and left at this moment, or was when it ended."""

    used_seconds = serializers.IntegerField(min_value=0)
    remaining_seconds = serializers.IntegerField(min_value=0)
    overrun_seconds = serializers.IntegerField(min_value=0)
    pauses = PauseOut(many=True)

    class Meta(DeadlineOut.Meta):
        fields: ClassVar = [
            *DeadlineOut.Meta.fields,
            "used_seconds", "remaining_seconds", "overrun_seconds", "pauses",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Deadline) -> dict[str, Any]:
        now = self.context["now"]
        found = queries.standing(instance, now=instance.ended_at or now, calendar=calendar())
        for name in ("used", "remaining", "overrun"):
            seconds = int(getattr(found, name).total_seconds())
            setattr(instance, f"{name}_seconds", seconds)
        return super().to_representation(instance)


class Deadlines(ListView):
    """The time limits of the projects that one watches."""

    actions = {"GET": Action.DEADLINE_VIEW}
    model = Deadline
    serializer_class = DeadlineOut
    filterset_class = DeadlineFilter

    def rows(self) -> QuerySet[Deadline]:
        return queries.deadlines(actor=self.actor).order_by("pk")


class DeadlineOne(ApiView):
    actions = {"GET": Action.DEADLINE_VIEW}

    @extend_schema(responses=DeadlineDetailOut)
    def get(self, request: Request, deadline_id: int) -> Response:
        """Give one time limit with its pauses, and what of it is used and left."""
        found = queries.get_deadline(actor=self.actor, deadline_id=deadline_id)
        return Response(DeadlineDetailOut(found, context={"now": self.now}).data)


urlpatterns = [
    path("deadlines/", Deadlines.as_view()),
    path("deadlines/<int:deadline_id>/", DeadlineOne.as_view()),
]
