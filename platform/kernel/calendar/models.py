from typing import ClassVar

from django.db import models

from kernel.models import CompanyModel
from kernel.text import _


class CalendarException(CompanyModel):
    """A day that the company works or rests, whatever weekday and public holidays say."""

    plural: ClassVar = _("Calendar exceptions")

    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=60)
    set_by_id = models.BigIntegerField(null=True)
    set_by_label = models.CharField(max_length=140)
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(day__gte="2001-01-01", day__lt="2101-01-01"),
                name="calendarexception_day_in_reach",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="calendarexception_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
