"""Exemptions from the separation of duties, and what became of each."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.access.models import User
from kernel.duties.catalogue import PAIRS
from kernel.duties.pair import Pair
from kernel.models import CompanyModel


class ExemptionState(models.TextChoices):
    REQUESTED = "REQUESTED", _("Waiting for approval")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Turned down")
    ENDED = "ENDED", _("Ended early")


class Exemption(CompanyModel):
    """One person may carry both duties of one pair in one place for some days.

    Asked for by an administrator, approved by somebody else, who is not the person either.
    ``project_id`` has no Django relation because the kernel knows no service; ``None`` is the
    whole company.
    """

    rule = models.CharField(max_length=6)  # a key of PAIRS
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_exemptions")
    project_id = models.BigIntegerField(null=True, blank=True, db_index=True)
    reason = models.CharField(max_length=500)
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="Exclusive.")
    state = models.CharField(
        max_length=10, choices=ExemptionState, default=ExemptionState.REQUESTED
    )
    requested_by = models.BigIntegerField()
    requested_by_label = models.CharField(max_length=140)
    requested_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_by_label = models.CharField(max_length=140, blank=True)
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=500, blank=True)
    ended_by = models.BigIntegerField(null=True)
    ended_by_label = models.CharField(max_length=140, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True, help_text="The first day without it.")
    end_reason = models.CharField(max_length=500, blank=True)

    plural: ClassVar[Any] = _("Exemptions")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")), name="exemption_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="exemption_has_reason"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("requested_by")) & ~Q(decided_by=F("user_id"))),
                name="exemption_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state="REQUESTED", decided_by__isnull=True)
                | (~Q(state="REQUESTED") & Q(decided_by__isnull=False)),
                name="exemption_decided_unless_requested",
            ),
            models.CheckConstraint(
                condition=Q(state="ENDED", ended_by__isnull=False, ended_on__isnull=False)
                | (~Q(state="ENDED") & Q(ended_by__isnull=True, ended_on__isnull=True)),
                name="exemption_ended_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["rule", "user", "project_id"],
                condition=Q(state="REQUESTED"),
                nulls_distinct=False,
                name="exemption_requested_once",
            ),
        ]
        indexes = [models.Index(fields=["user", "rule"], name="exemption_of_person")]

    def __str__(self) -> str:
        return f"{self.rule} {self.user_id} {self.project_id or '*'} {self.state}"

    @property
    def pair(self) -> Pair:
        return PAIRS[self.rule]

    @property
    def last_day(self) -> date:
        """The last day on which it counts, as approved."""
        return self.valid_to - timedelta(days=1)
