"""Meter readings and what is wrong with some of them (BL-10 to BL-19)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel
from services.properties.models import Meter, Project


class ReadingState(models.TextChoices):
    ACCEPTED = "ACCEPTED", _("Accepted")
    EXCEPTION = "EXCEPTION", _("To be resolved")
    RESOLVED = "RESOLVED", _("Resolved")  # accepted or corrected by somebody, with a reason
    REJECTED = "REJECTED", _("Not billed")  # resolved as: read again, do not bill


class ReadingFault(models.TextChoices):
    """Why a reading is on the exception list (BL-16)."""

    LOWER = "LOWER", _("Lower than the last reading")
    JUMP = "JUMP", _("Jump over the threshold")
    MISSING = "MISSING", _("Reading missing")
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW", _("Outside the reading window")
    NO_DATE = "NO_DATE", _("Day of reading missing")
    NOT_CONTINUOUS = "NOT_CONTINUOUS", _("Does not follow from the last month's reading")


class Resolution(models.TextChoices):
    ACCEPT_AS_READ = "ACCEPT_AS_READ", _("Accept as read")
    CORRECT = "CORRECT", _("Correct the reading")
    METER_REPLACED = "METER_REPLACED", _("Meter replaced")  # old end and new start values
    ESTIMATE = "ESTIMATE", _("Estimate the consumption")
    DO_NOT_BILL = "DO_NOT_BILL", _("Do not bill this month")


class Reading(CompanyModel):
    """One meter in one month of usage.

    ``previous`` and ``current`` stay what was read; ``consumption`` is what will be billed: it is
    null while an exception is open, and follows the resolution afterwards. What a resolution puts
    in their place is beside them, so that the same file read again is seen to bring nothing new.
    """

    plural = _("Meter readings")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="readings")
    usage_month = models.DateField(help_text="First day of the month of usage.")
    previous = models.DecimalField(max_digits=12, decimal_places=2)
    current = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    read_on = models.DateField(null=True, blank=True)
    reader_name = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=200, blank=True)
    consumption = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=10, choices=ReadingState)
    faults = ArrayField(
        models.CharField(max_length=16, choices=ReadingFault), default=list, blank=True
    )
    usual = models.DecimalField(  # what a jump was measured against
        max_digits=12, decimal_places=2, null=True, blank=True
    )
    resolution = models.CharField(max_length=16, choices=Resolution, blank=True)
    # By the resolution: the right values, or where an estimate leaves the meter standing.
    corrected_previous = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    corrected_current = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # Of a meter replaced within the month: the old one's last value, the new one's first.
    old_end = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    new_start = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    resolved_by = models.BigIntegerField(null=True)
    resolved_by_label = models.CharField(max_length=140, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.BigIntegerField(null=True)
    recorded_by_label = models.CharField(max_length=140)
    recorded_at = models.DateTimeField()
    import_batch_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "usage_month"], name="reading_month_once"),
            models.CheckConstraint(condition=Q(usage_month__day=1), name="reading_month_is_first"),
            models.CheckConstraint(
                condition=Q(previous__gte=0, previous__lt=10000000000)
                & (Q(current__isnull=True) | Q(current__gte=0, current__lt=10000000000)),
                name="reading_values_gte_0",
            ),
            models.CheckConstraint(
                condition=Q(consumption__isnull=True)
                | Q(consumption__gte=0, consumption__lt=10000000000),
                name="reading_consumption_gte_0",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["EXCEPTION", "REJECTED"], consumption__isnull=True)
                | Q(state__in=["ACCEPTED", "RESOLVED"], consumption__isnull=False),
                name="reading_billable_has_consumption",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ACCEPTED", "EXCEPTION"])
                | (~Q(reason="") & ~Q(resolution="")),
                name="reading_resolved_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["RESOLVED", "REJECTED"])
                | Q(
                    resolution="",
                    corrected_previous__isnull=True,
                    corrected_current__isnull=True,
                    old_end__isnull=True,
                    new_start__isnull=True,
                ),
                name="reading_unresolved_is_as_read",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "usage_month", "state"], name="reading_of_month"),
        ]

    def __str__(self) -> str:
        return f"{self.meter_id} {self.usage_month:%Y-%m}"
