"""Reads of the company's calendar."""

from datetime import date

from django.db.models import QuerySet

from kernel import access, policies
from kernel.access.actions import Action
from kernel.access.actors import Actor
from kernel.calendar.models import CalendarException
from kernel.calendar.public_days import public_day
from kernel.calendar.rules import Day, SpecialDay, WorkingCalendar
from kernel.tenancy import company_time_zone


def calendar() -> WorkingCalendar:
    """Return the calendar of the company in force, read once: keep it for a series of questions.

    The system's own: whoever computes a day when something falls due needs no permission.
    """
    with policies.reading_once():
        week = policies.get("calendar.week", frozenset)
        hours = policies.get("calendar.hours", tuple)
    return WorkingCalendar(
        week=week,
        hours=hours,
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
