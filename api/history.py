"""What was done to a record, from the audit: the list that several endpoints give of theirs."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from api.views import ListView
from kernel.approvals.models import Case
from kernel.audit.models import AuditEntry


class HistoryEntryOut(serializers.ModelSerializer[AuditEntry]):
    """Who did what and when. ``data`` depends on the event.

    Of what was written in an approval of the record nothing is told: that is the case's.
    """

    data = serializers.DictField(read_only=True)  # type: ignore[assignment]

    class Meta:
        model = AuditEntry
        fields = ["id", "at", "actor", "event", "data"]
        read_only_fields = fields

    def to_representation(self, instance: AuditEntry) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if instance.object_type == Case._meta.label_lower:
            shown["data"] = {name: value for name, value in shown["data"].items() if name != "text"}
        return shown


class HistoryView(ListView):
    """Answers what was done to a record, newest first. ``rows`` checks that it is in sight."""

    model = AuditEntry
    serializer_class = HistoryEntryOut
    filter_backends = ()
    ordering = "-id"

    def rows(self) -> QuerySet[AuditEntry]:
        raise NotImplementedError
