"""Kinds of settings that are times: of a day, of a week, from when to when."""

import re
from dataclasses import dataclass
from datetime import time
from itertools import pairwise
from typing import ClassVar, Final, NamedTuple

from kernel.policies.kinds import DASHES, Kind, ValueRefused, listed, parts_of, plain
from kernel.text import _, _p

_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAY_NAMES: Final = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"),
    _("Sunday"),
)  # fmt: skip
_CHINESE_WEEKDAYS: Final = "一二三四五六日"
_LONG: Final = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip


class TimeSpan(NamedTuple):
    """From when to when; it ends on the next day where ``end`` is not later than ``start``."""

    start: time
    end: time


class Schedule(NamedTuple):
    """Some weekdays (Monday is 0), each from when to when."""

    days: frozenset[int]
    spans: tuple[TimeSpan, ...]


class WeekMoment(NamedTuple):
    """A weekday (Monday is 0) and a time."""

    day: int
    time: time


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock(Kind):
    code: ClassVar = "time"
    python: ClassVar = time

    def parse(self, text: str) -> time:
        return _time(self, plain(text))

    def text(self, value: time) -> str:
        return f"{value:%H:%M}"

    def bounds(self) -> str:
        return _("A time such as 16:00.") % {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Clocks(Kind):
    """Times of the day; a round may begin before midnight and end after."""

    code: ClassVar = "times"
    python: ClassVar = tuple

    def parse(self, text: str) -> tuple[time, ...]:
        found = tuple(_time(self, part) for part in parts_of(text))
        if not found or len(set(found)) != len(found):
            raise self.refuse()
        return found

    def text(self, value: tuple[time, ...]) -> str:
        return ",".join(f"{one:%H:%M}" for one in value)

    def bounds(self) -> str:
        return _("Times such as 22:00,01:00,04:00.") % {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Spans(Kind):
    """Stretches of a day. Only where ``overnight`` may one end on the next day."""

    code: ClassVar = "time-ranges"
    python: ClassVar = tuple
    overnight: bool = False

    def parse(self, text: str) -> tuple[TimeSpan, ...]:
        found = tuple(self._span(part) for part in parts_of(text))
        if not found or (not self.overnight and not _in_order(found)):
            raise self.refuse()
        return found

    def text(self, value: tuple[TimeSpan, ...]) -> str:
        return ",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in value)

    def bounds(self) -> str:
        if self.overnight:
            return _("Times such as 20:00-09:00; an end before the start is on the next day.") % {}
        return _("Times in their order, such as 08:00-12:00,14:00-17:00.") % {}

    def _span(self, text: str) -> TimeSpan:
        parts = DASHES.split(text)
        if len(parts) != 2:
            raise self.refuse()
        start, end = _time(self, parts[0]), _time(self, parts[1])
        if start == end:
            raise self.refuse()
        return TimeSpan(start, end)


@dataclass(frozen=True, kw_only=True, slots=True)
class Week(Kind):
    """Weekdays, never none; Monday is 0."""

    code: ClassVar = "weekdays"
    python: ClassVar = frozenset

    def parse(self, text: str) -> frozenset[int]:
        found: set[int] = set()
        for part in parts_of(text):
            days = [_weekday(self, day) for day in DASHES.split(part)]
            if len(days) > 2 or days[-1] < days[0]:
                raise self.refuse()
            found |= set(range(days[0], days[-1] + 1))
        if not found:
            raise self.refuse()
        return frozenset(found)

    def text(self, value: frozenset[int]) -> str:
        return ",".join(
            WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}"
            for first, last in _runs(value)
        )

    def words(self, value: frozenset[int]) -> str:
        return listed(
            WEEKDAY_NAMES[first]
            if first == last
            else _p("weekdays", "%(first)s to %(last)s")
            % {"first": WEEKDAY_NAMES[first], "last": WEEKDAY_NAMES[last]}
            for first, last in _runs(value)
        )

    def bounds(self) -> str:
        return _("Weekdays such as Mon-Fri or Mon,Wed.") % {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Weekly(Kind):
    """Weekdays with times: ``Mon-Sat 17:30-20:00``."""

    code: ClassVar = "schedule"
    python: ClassVar = Schedule

    def parse(self, text: str) -> Schedule:
        days, _space, spans = plain(text).rpartition(" ")
        try:
            return Schedule(Week().parse(days), Spans(overnight=True).parse(spans))
        except ValueRefused:
            raise self.refuse() from None

    def text(self, value: Schedule) -> str:
        return f"{Week().text(value.days)} {Spans().text(value.spans)}"

    def words(self, value: Schedule) -> str:
        return f"{Week().words(value.days)} {Spans().text(value.spans)}"

    def bounds(self) -> str:
        return _("Weekdays and times such as Mon-Sat 17:30-20:00.") % {}


@dataclass(frozen=True, kw_only=True, slots=True)
class MomentOfWeek(Kind):
    code: ClassVar = "weekday-time"
    python: ClassVar = WeekMoment

    def parse(self, text: str) -> WeekMoment:
        day, _space, moment = plain(text).rpartition(" ")
        return WeekMoment(_weekday(self, day), _time(self, moment))

    def text(self, value: WeekMoment) -> str:
        return f"{WEEKDAYS[value.day]} {value.time:%H:%M}"

    def words(self, value: WeekMoment) -> str:
        return f"{WEEKDAY_NAMES[value.day]} {value.time:%H:%M}"

    def bounds(self) -> str:
        return _("A weekday and a time such as Mon 16:00.") % {}


def _time(kind: Kind, text: str) -> time:
    match = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(part) for part in match.groups()) if match else (99, 99)
    if hour > 23 or minute > 59:
        raise kind.refuse()
    return time(hour, minute)


def _weekday(kind: Kind, text: str) -> int:
    found = text.strip()
    for number, name in enumerate(WEEKDAYS):
        if found.lower() in {name.lower(), _LONG[number]}:
            return number
    short = re.fullmatch(r"(?:周|星期)([一二三四五六日天])", found)
    if short is None:
        raise kind.refuse()
    return _CHINESE_WEEKDAYS.index(short[1].replace("天", "日"))


def _in_order(spans: tuple[TimeSpan, ...]) -> bool:
    return all(span.start < span.end for span in spans) and all(
        one.end <= two.start for one, two in pairwise(spans)
    )


def _runs(days: frozenset[int]) -> list[tuple[int, int]]:
    """Return the stretches of successive weekdays; two in a row stand alone."""
    runs: list[tuple[int, int]] = []
    for day in sorted(days):
        if runs and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return [
        part
        for first, last in runs
        for part in ([(first, last)] if last - first != 1 else [(first, first), (last, last)])
    ]
