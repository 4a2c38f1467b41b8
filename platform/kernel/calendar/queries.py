"""Reads of the company's calendar."""

from datetime import date, time
from typing import Final

from django.db.models import QuerySet

from kernel import access, policies
from kernel.access.actions import Action
from kernel.access.actors import Actor
from kernel.calendar.models import CalendarException
from kernel.calendar.public_days import public_day
from kernel.calendar.rules import Day, SpecialDay, WorkingCalendar
from kernel.tenancy import company_time_zone

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def calendar() -> WorkingCalendar:
    """Return the calendar of the company in force, read once: keep it for a series of questions.

    The system's own: whoever computes a day when something falls due needs no permission.
    """
    return WorkingCalendar(
        week=_week(policies.get("calendar.week", str)),
        hours=_hours(policies.get("calendar.hours", str)),
        zone=company_time_zone(),
        public=public_day,
        exceptions={
            day: SpecialDay(is_working, name)
            for day, is_working, name in CalendarException.objects.values_list(
                "day", "is_working", "name"
            )
        },
    )


def days_of_year(*, actor: Actor, year: int) -> list[Day]:
    """Return every day of a year as it counts."""
    access.require(actor, Action.REGISTRY_VIEW)
    company = calendar()
    first = date(year, 1, 1).toordinal()
    last = date(year, 12, 31).toordinal()
    return [company.describe(date.fromordinal(number)) for number in range(first, last + 1)]


def exceptions(*, actor: Actor) -> QuerySet[CalendarException]:
    """Return the company's own days."""
    access.require(actor, Action.REGISTRY_VIEW)
    return CalendarException.objects.order_by("day")


def _week(text: str) -> frozenset[int]:
    first, _to, last = text.partition("-")
    return frozenset(range(_WEEKDAYS.index(first), _WEEKDAYS.index(last or first) + 1))


def _hours(text: str) -> tuple[tuple[time, time], ...]:
    spans = (part.split("-") for part in text.split(","))
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans)
