"""What was done to a record, from the audit: the list that several endpoints give of theirs."""

from django.db.models import QuerySet
from rest_framework import serializers

from api.views import ListView
from kernel.audit.models import AuditEntry


class HistoryEntryOut(serializers.ModelSerializer[AuditEntry]):
    """Who did what and when. ``data`` depends on the event."""

    data = serializers.DictField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "event", "data"]
        read_only_fields = fields


class HistoryView(ListView):
    """Answers what was done to a record, newest first. ``rows`` checks that it is in sight."""

    model = AuditEntry
    serializer_class = HistoryEntryOut
    filter_backends = ()
    ordering = "-id"

    def rows(self) -> QuerySet[AuditEntry]:
        raise NotImplementedError
