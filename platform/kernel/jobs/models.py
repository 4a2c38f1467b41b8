from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel


class JobState(models.TextChoices):
    QUEUED = "QUEUED", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    STOPPED = "STOPPED", _("Stopped")


ACTIVE_STATES = (JobState.QUEUED, JobState.RUNNING)


class Job(CompanyModel):
    """One piece of background work of a company."""

    kind = models.CharField(max_length=60)  # the name it was registered under
    key = models.CharField(max_length=100, blank=True)  # one active job per key; "" for no limit
    params = models.JSONField(default=dict)  # ids and plain values, e.g. {"run_id": 7}
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    project_id = models.BigIntegerField(null=True)
    created_by = models.BigIntegerField(null=True)
    created_by_label = models.CharField(max_length=140)
    request_id = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=120, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    result = models.JSONField(default=dict)  # what the handler returned, for the page that waits
    error_code = models.CharField(max_length=80, blank=True)
    error = models.TextField(blank=True)
    attempt = models.IntegerField(default=0)
    stop_requested = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=["QUEUED", "RUNNING"]) & ~Q(key=""),
                name="job_active_key_once",
            ),
            models.CheckConstraint(
                condition=Q(done__gte=0) & Q(total__gte=0), name="job_progress_gte_0"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["QUEUED", "RUNNING"]),
                name="job_active",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind} {self.state}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES

    @property
    def percent(self) -> int:
        """Whole percent done, 0 while the total is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else 0
