from django.db import models

from kernel.models import CompanyModel


class AuditEntry(CompanyModel):
    """One fact: who did what to which object, when. A trigger refuses to change or remove it."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=140)
    event = models.CharField(max_length=80)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)  # e.g. {"before": {"price": "2.80"}, "after": …}

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="auditentry_of_object"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.event}"
