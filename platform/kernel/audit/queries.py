"""Reads of the record."""

from django.db.models import Model, QuerySet

from kernel.audit.models import AuditEntry


def history_of(subject: Model) -> QuerySet[AuditEntry]:
    """Return what was done to ``subject``, newest first. The caller has checked access to it."""
    return AuditEntry.objects.filter(
        object_type=subject._meta.label_lower, object_id=subject.pk
    ).order_by("-pk")
