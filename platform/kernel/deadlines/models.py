from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel.deadlines.rules import Limit, Measure, Run
from kernel.models import CompanyModel
from kernel.text import _, _p


class DeadlineState(models.TextChoices):
    RUNNING = "RUNNING", _p("a clock", "Running")
    PAUSED = "PAUSED", _("Paused")
    STOPPED = "STOPPED", _("Stopped")
    CANCELLED = "CANCELLED", _("Cancelled")


OPEN_STATES = (DeadlineState.RUNNING, DeadlineState.PAUSED)


class Deadline(CompanyModel):
    """One clock on one subject.

    Limit and measure are those in force when it started: a setting changed later moves no clock
    that runs. ``due_at`` and ``warn_at`` are there while it runs.
    """

    plural: ClassVar = _("Time limits")

    clock = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=200, blank=True)
    person_ids = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(
        max_length=10, choices=DeadlineState.choices, default=DeadlineState.RUNNING
    )
    measure = models.CharField(max_length=15, choices=[(one, one) for one in Measure])
    limit = models.DurationField()
    started_at = models.DateTimeField()
    counts_from = models.DateTimeField()
    used = models.DurationField()
    running_since = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    escalated_to = ArrayField(models.BigIntegerField(), default=list)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["clock", "subject_type", "subject_id"],
                condition=models.Q(state__in=["RUNNING", "PAUSED"]),
                name="deadline_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state="RUNNING", running_since__isnull=False, due_at__isnull=False
                )
                | (~models.Q(state="RUNNING") & models.Q(running_since__isnull=True)),
                name="deadline_runs_or_not",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["RUNNING", "PAUSED"], ended_at__isnull=True)
                | models.Q(state__in=["STOPPED", "CANCELLED"], ended_at__isnull=False),
                name="deadline_ended_or_not",
            ),
            models.CheckConstraint(
                condition=models.Q(limit__gt="00:00:00", used__gte="00:00:00"),
                name="deadline_never_negative",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_type", "subject_id"], name="deadline_of_subject"),
            models.Index(
                fields=["warn_at"],
                condition=models.Q(state="RUNNING", warned_at__isnull=True),
                name="deadline_to_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(state="RUNNING", breached_at__isnull=True),
                name="deadline_to_breach",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} {self.title}"

    @property
    def run(self) -> Run:
        """The clock as the rules know it."""
        limit = Limit(self.limit, Measure(self.measure))
        return Run(limit, self.counts_from, self.used, self.running_since)


class DeadlinePause(CompanyModel):
    """A stretch in which a clock stood still, why, and who let it."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=200)
    paused_at = models.DateTimeField()
    paused_by_id = models.BigIntegerField(null=True)
    paused_by_label = models.CharField(max_length=140)
    resumed_at = models.DateTimeField(null=True)
    resumed_by_label = models.CharField(max_length=140, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["deadline"],
                condition=models.Q(resumed_at__isnull=True),
                name="deadlinepause_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(resumed_at__isnull=True)
                | models.Q(resumed_at__gte=models.F("paused_at")),
                name="deadlinepause_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
