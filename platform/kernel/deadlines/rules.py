"""How a clock runs: what is used, what is left, when it warns and when it is due. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kernel.calendar.rules import WorkingCalendar

# 3.6.2: every clock warns when four fifths of its limit are used (†).
WARN_AT: Final = 0.8
NOTHING: Final = timedelta()


class Measure(StrEnum):
    """What time counts."""

    ALWAYS = "ALWAYS"  # round the clock, every day
    WORKING_DAYS = "WORKING_DAYS"  # working days, each from 00:00 to 24:00
    WORKING_HOURS = "WORKING_HOURS"  # the hours of working days


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock may run."""

    amount: timedelta
    measure: Measure = Measure.ALWAYS

    def counts_from(self, started_at: datetime, calendar: WorkingCalendar) -> datetime:
        """Return from when time counts: "within 2 working days" leaves out the first day (C-18)."""
        if self.measure == Measure.WORKING_DAYS:
            return calendar.end_of_day(started_at)
        return started_at

    def between(self, start: datetime, end: datetime, calendar: WorkingCalendar) -> timedelta:
        """Return how much of the time from ``start`` to ``end`` counts, never less than nothing."""
        if self.measure == Measure.ALWAYS:
            return max(end - start, NOTHING)
        whole_days = self.measure == Measure.WORKING_DAYS
        return calendar.working_time_between(start, end, whole_days=whole_days)

    def after(self, moment: datetime, amount: timedelta, calendar: WorkingCalendar) -> datetime:
        """Return the first moment by which ``amount`` has counted since ``moment``."""
        if self.measure == Measure.ALWAYS:
            return moment + max(amount, NOTHING)
        whole_days = self.measure == Measure.WORKING_DAYS
        return calendar.add_working_time(moment, amount, whole_days=whole_days)


@dataclass(frozen=True, slots=True)
class Run:
    """A clock at work: ``used`` until it was last set going, which was at ``since``.

    ``since`` is ``None`` while it stands still. Time before ``counts_from`` never counts.
    """

    limit: Limit
    counts_from: datetime
    used: timedelta
    since: datetime | None

    def used_at(self, now: datetime, calendar: WorkingCalendar) -> timedelta:
        """Return all that has counted until ``now``."""
        if self.since is None:
            return self.used
        start = max(self.since, self.counts_from)
        return self.used + self.limit.between(start, now, calendar)

    def remaining_at(self, now: datetime, calendar: WorkingCalendar) -> timedelta:
        """Return what is left of the limit, never less than nothing."""
        return max(self.limit.amount - self.used_at(now, calendar), NOTHING)

    def overrun_at(self, now: datetime, calendar: WorkingCalendar) -> timedelta:
        """Return by how much the limit is exceeded."""
        return max(self.used_at(now, calendar) - self.limit.amount, NOTHING)

    def due_at(self, calendar: WorkingCalendar) -> datetime | None:
        """Return when the limit is used up if it runs on; ``None`` while it stands still."""
        return self._reached(self.limit.amount, calendar)

    def warn_at(self, calendar: WorkingCalendar) -> datetime | None:
        """Return when four fifths of it are used."""
        return self._reached(self.limit.amount * WARN_AT, calendar)

    def _reached(self, amount: timedelta, calendar: WorkingCalendar) -> datetime | None:
        if self.since is None:
            return None
        start = max(self.since, self.counts_from)
        return self.limit.after(start, max(amount - self.used, NOTHING), calendar)
