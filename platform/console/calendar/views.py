"""The calendar of working days: a year at a glance, and the company's own exceptions."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.calendar import forms
from console.inputs import read_day
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.calendar import operations, queries
from kernel.calendar.models import CalendarException
from kernel.calendar.public_days import FIRST_YEAR, LAST_YEAR, is_announced
from kernel.calendar.rules import Day, DayOrigin
from kernel.errors import NotFound

WEEKDAYS = (
    pgettext_lazy("weekday, one letter", "M"),
    pgettext_lazy("weekday, second, one letter", "T"),
    pgettext_lazy("weekday, one letter", "W"),
    pgettext_lazy("weekday, fourth, one letter", "T"),
    pgettext_lazy("weekday, one letter", "F"),
    pgettext_lazy("weekday, sixth, one letter", "S"),
    pgettext_lazy("weekday, seventh, one letter", "S"),
)


class Cell(NamedTuple):
    """A day as the year view draws it."""

    day: Day
    look: str
    is_today: bool
    says: str  # what a screen reader and a tooltip tell


class Month(NamedTuple):
    first: date
    blanks: range  # cells before the first
    cells: list[Cell]
    working: int


class Calendar(ConsoleView):
    """The page 工作日历."""

    action = Action.REGISTRY_VIEW

    def get(self, request: HttpRequest, year: int | None = None) -> HttpResponseBase:
        year = year or self.today.year
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise NotFound
        days = queries.days_of_year(actor=self.actor, year=year)
        context: dict[str, Any] = {
            "title": _("Working calendar"),
            "year": year,
            "before": year - 1 if year > FIRST_YEAR else None,
            "after": year + 1 if year < LAST_YEAR else None,
            "months": list(self._months(days)),
            "weekdays": WEEKDAYS,
            "working": sum(day.is_working for day in days),
            "exceptions": queries.exceptions(actor=self.actor).filter(day__year=year),
            "is_announced": is_announced(year),
            "may_change": self.actor.may_everywhere(Action.COMPANY_CONFIGURE),
        }
        return render(request, "console/calendar/year.html", context)

    def _months(self, days: list[Day]) -> Iterator[Month]:
        for _month, group in groupby(days, key=lambda day: day.day.month):
            found = list(group)
            yield Month(
                first=found[0].day,
                blanks=range(found[0].day.weekday()),
                cells=[self._cell(day) for day in found],
                working=sum(day.is_working for day in found),
            )

    def _cell(self, day: Day) -> Cell:
        kind = (
            pgettext_lazy("a day", "Working day")
            if day.is_working
            else pgettext_lazy("a day", "Rest day")
        )
        says = f"{day.day.isoformat()} {kind}" + (f" · {day.name}" if day.name else "")
        return Cell(day, look_of(day), day.day == self.today, says)


class SetDays(EditSheet):
    """The sheet that adds an exception, or changes the one of the day asked for."""

    action = Action.COMPANY_CONFIGURE
    title = _("Exception in the calendar")
    button = _("Save the exception")
    lead = _("It overrules public holidays and weekends. Deadlines that are running follow it.")
    form_class = forms.Days

    def form_options(self) -> dict[str, Any]:
        day = read_day(self.request.GET.get("day", ""))
        if day is None:
            return {}
        known = queries.calendar().describe(day)
        own = known.origin == DayOrigin.COMPANY
        # Whoever opens a day usually wants the other thing of it.
        works = known.is_working if own else not known.is_working
        return {
            "initial": {
                "first_day": day,
                "counts_as": forms.WORKING if works else forms.RESTING,
                "name": known.name if own else "",
            }
        }

    def records(self) -> dict[Any, list[int]]:
        day = read_day(self.request.GET.get("day", ""))
        found = queries.exceptions(actor=self.actor).filter(day=day) if day else []
        return {CalendarException: [each.pk for each in found]} if found else {}

    def save(self, values: dict[str, Any]) -> None:
        operations.set_days(
            actor=self.actor,
            first_day=values["first_day"],
            last_day=values["last_day"],
            is_working=values["counts_as"] == forms.WORKING,
            name=values["name"],
            now=self.now,
        )
        self._year = values["first_day"].year

    def done(self) -> str:
        return reverse("calendar-year", args=[self._year])

    def back(self) -> str:
        return reverse("calendar")


class RemoveException(ConsoleView):
    """Take an exception back."""

    action = Action.COMPANY_CONFIGURE

    def post(self, request: HttpRequest, exception_id: int) -> HttpResponse:
        removed = operations.remove_exception(
            actor=self.actor, exception_id=exception_id, now=self.now
        )
        return HttpResponseRedirect(reverse("calendar-year", args=[removed.day.year]))


def look_of(day: Day) -> str:
    """Return the class that draws the day."""
    if day.origin == DayOrigin.COMPANY:
        return "is-own-work" if day.is_working else "is-own-rest"
    if day.origin == DayOrigin.PUBLIC:
        return "is-shifted" if day.is_working else "is-holiday"
    return "is-work" if day.is_working else "is-weekend"
