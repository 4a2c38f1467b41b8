"""The company's audit record."""

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import DayFilter, FilterSet, IdFilter
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit import queries
from kernel.audit.models import AuditEntry
from kernel.audit.registry import event_words, object_words


class AuditEntryOut(serializers.ModelSerializer[AuditEntry]):
    """Who did what to what, by which post and for whom. ``data`` depends on the event."""

    event_words = serializers.SerializerMethodField(help_text="The event, in words.")
    object_words = serializers.SerializerMethodField(help_text="What kind of record it is.")
    data = serializers.DictField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = AuditEntry
        fields = [
            "id",
            "at",
            "actor_id",
            "actor",
            "post",
            "on_behalf_of_id",
            "on_behalf_of",
            "event",
            "event_words",
            "object_type",
            "object_words",
            "object_id",
            "project_id",
            "request_id",
            "data",
        ]
        read_only_fields = fields

    def get_event_words(self, entry: AuditEntry) -> str:
        return event_words(entry.event)

    def get_object_words(self, entry: AuditEntry) -> str:
        return object_words(entry.object_type)


class AuditEntryFilter(FilterSet):
    actor = filters.CharFilter(lookup_expr="icontains")
    actor_id = IdFilter()
    post = filters.CharFilter()
    event = filters.CharFilter()
    object_type = filters.CharFilter()
    object_id = IdFilter()
    project = IdFilter(field_name="project_id")
    request_id = filters.CharFilter()
    from_day = DayFilter(field_name="at", lookup_expr="date__gte")
    to_day = DayFilter(field_name="at", lookup_expr="date__lte")


class AuditEntries(ListView):
    """The record as far as one may read it, newest first."""

    actions = {"GET": Action.AUDIT_VIEW}
    model = AuditEntry
    serializer_class = AuditEntryOut
    filterset_class = AuditEntryFilter
    ordering = "-id"

    def rows(self) -> QuerySet[AuditEntry]:
        return queries.entries(actor=self.actor)


class OneAuditEntry(ApiView):
    actions = {"GET": Action.AUDIT_VIEW}

    @extend_schema(responses=AuditEntryOut)
    def get(self, request: Request, entry_id: int) -> Response:
        """Answer one entry of the record."""
        entry = queries.get_entry(actor=self.actor, entry_id=entry_id)
        return Response(AuditEntryOut(entry).data)


urlpatterns = [
    path("audit-entries/", AuditEntries.as_view(), name="api-audit-entries"),
    path("audit-entries/<int:entry_id>/", OneAuditEntry.as_view(), name="api-audit-entry"),
]
