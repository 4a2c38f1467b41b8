"""Working days and working time, computed. Pure: the caller brings week, hours and exceptions.

Spans are measured on the wall clock where the company is: two working days are two working days
even when a clock is put forward in between.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

ONE_DAY: Final = timedelta(days=1)
# Longer without a working day is a mistake in the settings, not a holiday.
_LONGEST_REST: Final = 400


class NoWorkingDay(ValueError):
    """More than a year without a working day: nothing can fall due."""


class DayOrigin(StrEnum):
    """Why a day is worked or not; the later overrules the earlier."""

    WEEK = "week"
    PUBLIC = "public"
    COMPANY = "company"


class SpecialDay(NamedTuple):
    """A day that is not like its weekday."""

    is_working: bool
    name: str


class Day(NamedTuple):
    """One day of the calendar as it counts."""

    day: date
    is_working: bool
    origin: DayOrigin
    name: str


class Span(NamedTuple):
    """A stretch of working time on the wall clock; ``end`` is exclusive."""

    start: datetime
    end: datetime


def no_public_days(_day: date) -> SpecialDay | None:
    return None


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days a company works, and from when to when.

    ``week`` holds Python's weekday numbers (Monday is 0), ``hours`` the spans of a working day in
    their order.
    """

    week: frozenset[int]
    hours: tuple[tuple[time, time], ...]
    zone: ZoneInfo
    public: Callable[[date], SpecialDay | None] = no_public_days
    exceptions: Mapping[date, SpecialDay] = field(default_factory=dict)

    # ---- days ----------------------------------------------------------------------------------

    def describe(self, day: date) -> Day:
        """Return how ``day`` counts and why: company before public holiday before the week."""
        own = self.exceptions.get(day)
        if own is not None:
            return Day(day, own.is_working, DayOrigin.COMPANY, own.name)
        public = self.public(day)
        if public is not None:
            return Day(day, public.is_working, DayOrigin.PUBLIC, public.name)
        return Day(day, day.weekday() in self.week, DayOrigin.WEEK, "")

    def is_working_day(self, day: date) -> bool:
        """Tell whether ``day`` is worked."""
        return self.describe(day).is_working

    def add_working_days(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``, before it if ``count`` is negative.

        The day itself does not count. With 0 it is ``day``, or the next working day after it.

        :raises NoWorkingDay: if there is none within a year.
        """
        if count == 0:
            return day if self.is_working_day(day) else self._next_working_day(day, ONE_DAY)
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day = self._next_working_day(day, step)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days lie after ``first``, up to and with ``last``."""
        return sum(
            self.is_working_day(first + timedelta(days=number + 1))
            for number in range((last - first).days)
        )

    def _next_working_day(self, day: date, step: timedelta) -> date:
        for _ in range(_LONGEST_REST):
            day += step
            if self.is_working_day(day):
                return day
        raise NoWorkingDay(f"no working day within {_LONGEST_REST} days of {day}")

    # ---- time ----------------------------------------------------------------------------------

    def working_time_between(
        self, start: datetime, end: datetime, *, whole_days: bool = False
    ) -> timedelta:
        """Return the working time from ``start`` to ``end``; nothing if ``end`` is not later.

        :param whole_days: count a working day from 00:00 to 24:00, not its hours only.
        """
        first, last = self._local(start), self._local(end)
        total = timedelta()
        day = first.date()
        while day <= last.date():
            for span in self._spans(day, whole_days=whole_days):
                total += max(min(span.end, last) - max(span.start, first), timedelta())
            day += ONE_DAY
        return total

    def add_working_time(
        self, moment: datetime, amount: timedelta, *, whole_days: bool = False
    ) -> datetime:
        """Return the first moment by which ``amount`` of working time has passed.

        :raises NoWorkingDay: if there is too little of it within a year.
        """
        if amount <= timedelta():
            return moment
        first = self._local(moment)
        for span in self._spans_from(first.date(), whole_days=whole_days):
            start = max(span.start, first)
            available = span.end - start
            if available >= amount:
                return self._aware(start + amount)
            amount -= max(available, timedelta())
        raise AssertionError("spans do not end")  # pragma: no cover

    def add_working_hours(self, moment: datetime, hours: float) -> datetime:
        """Return the first moment by which so many hours of working time have passed."""
        return self.add_working_time(moment, timedelta(hours=hours))

    def end_of_day(self, moment: datetime) -> datetime:
        """Return 24:00 of the day of ``moment`` where the company is."""
        return self.start_of(self._local(moment).date() + ONE_DAY)

    def start_of(self, day: date) -> datetime:
        """Return 00:00 of ``day`` where the company is."""
        return self._aware(datetime.combine(day, time()))

    def _spans_from(self, day: date, *, whole_days: bool) -> Iterator[Span]:
        resting = 0
        while resting < _LONGEST_REST:
            spans = self._spans(day, whole_days=whole_days)
            resting = 0 if spans else resting + 1
            yield from spans
            day += ONE_DAY
        raise NoWorkingDay(f"no working day within {_LONGEST_REST} days before {day}")

    def _spans(self, day: date, *, whole_days: bool) -> list[Span]:
        if not self.is_working_day(day):
            return []
        if whole_days:
            return [Span(datetime.combine(day, time()), datetime.combine(day + ONE_DAY, time()))]
        return [
            Span(datetime.combine(day, start), datetime.combine(day, end))
            for start, end in self.hours
        ]

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _aware(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)
