"""What is wrong with a reading, and what is billed of it. Pure: no database, no clock."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from statistics import median
from typing import Final, NamedTuple

from kernel.errors import Invalid
from kernel.text import _

_HUNDREDTH: Final = Decimal("0.01")
MAX_VALUE: Final = Decimal("9999999999.99")  # NUMERIC(12, 2)
HISTORY_MONTHS: Final = 3  # consumptions that make up what is usual for a meter


class Fault(StrEnum):
    """Why a reading is on the exception list (BL-16), the gravest first."""

    MISSING = "MISSING"
    LOWER = "LOWER"
    JUMP = "JUMP"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    NO_DATE = "NO_DATE"
    NOT_CONTINUOUS = "NOT_CONTINUOUS"


class ValueInvalid(Invalid):
    code = "metering.value-invalid"


class ConsumptionNegative(Invalid):
    code = "metering.consumption-negative"


class MonthInvalid(Invalid):
    code = "metering.month-invalid"


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of the exception list, see ``kernel.policies``."""

    window_from: int  # days of the month of usage, inclusive
    window_to: int
    jump_pct: int
    jump_min_units: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A reading as it was taken; ``None`` for what the sheet leaves empty."""

    previous: Decimal
    current: Decimal | None
    read_on: date | None
    multiplier: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a meter from before the month.

    ``closings`` are the values that the month may begin with: none for a meter without any past,
    two where the last month was set aside without a bill. ``recent`` are its last consumptions.
    """

    closings: tuple[Decimal, ...] = ()
    recent: tuple[Decimal, ...] = ()


class Verdict(NamedTuple):
    """``consumption`` is ``None`` where there are faults; ``usual`` what a jump is measured by."""

    faults: tuple[Fault, ...]
    consumption: Decimal | None
    usual: Decimal | None

    @property
    def is_accepted(self) -> bool:
        return not self.faults


class Rollover(NamedTuple):
    """A counter that ran over is a meter replaced at its full scale by one at zero."""

    old_end: Decimal
    new_start: Decimal


def judge(
    taken: Taken,
    *,
    usage_month: date,
    history: History,
    month_median: Decimal | None,
    limits: Limits,
) -> Verdict:
    """Return what is wrong with a reading and, if nothing is, what it consumed.

    Usual is the mean of the meter's last consumptions; a meter without any is measured by
    ``month_median``, the median of the month's readings of its kind in the project. A jump is
    more than ``jump_pct`` over it and at least ``jump_min_units``; with nothing to measure by
    there is no jump. Faults do not exclude each other, but for these: what is missing or lower
    consumed nothing that could jump, and was not read on any day.
    """
    consumption = consumed(taken.previous, taken.current, taken.multiplier)
    usual = usual_consumption(history.recent, month_median)
    faults = []
    if taken.current is None:
        faults.append(Fault.MISSING)
    elif consumption is None:
        faults.append(Fault.LOWER)
    elif _is_jump(consumption, usual, limits):
        faults.append(Fault.JUMP)
    if taken.current is not None:
        if taken.read_on is None:
            faults.append(Fault.NO_DATE)
        elif not is_in_window(taken.read_on, usage_month, limits):
            faults.append(Fault.OUTSIDE_WINDOW)
    if history.closings and taken.previous not in history.closings:
        faults.append(Fault.NOT_CONTINUOUS)
    return Verdict(tuple(faults), None if faults else consumption, usual)


def consumed(
    previous: Decimal, current: Decimal | None, multiplier: Decimal = Decimal(1)
) -> Decimal | None:
    """Return (current − previous) × multiplier to two places, half up (BL-19).

    ``None`` if there is no current reading or it is the lower one.
    """
    if current is None or current < previous:
        return None
    return _round((current - previous) * multiplier)


def consumed_by_two(
    *,
    previous: Decimal,
    old_end: Decimal,
    new_start: Decimal,
    current: Decimal,
    multiplier: Decimal = Decimal(1),
) -> Decimal:
    """Return what a meter and the one that replaced it within the month consumed together.

    :raises ConsumptionNegative: if either would have run backwards.
    """
    if old_end < previous:
        raise ConsumptionNegative(
            _("The old meter's last value is lower than its previous reading."), field="old_end"
        )
    if current < new_start:
        raise ConsumptionNegative(
            _("The new meter's reading is lower than its first value."), field="new_start"
        )
    return _round(((old_end - previous) + (current - new_start)) * multiplier)


def usual_consumption(recent: Sequence[Decimal], month_median: Decimal | None) -> Decimal | None:
    """Return what is usual for a meter: the mean of its history, or the month's median."""
    if recent:
        return _round(sum(recent, Decimal(0)) / len(recent))
    return None if month_median is None else min(month_median, MAX_VALUE)


def median_of_month(consumptions: Iterable[Decimal | None]) -> Decimal | None:
    """Return the median of those that are known, ``None`` if none is.

    A median bears the outliers that it is there to find, up to half of the readings.
    """
    known = [consumption for consumption in consumptions if consumption is not None]
    return _round(median(known)) if known else None


def is_in_window(read_on: date, usage_month: date, limits: Limits) -> bool:
    """Tell whether a day lies in the reading window of the month (BL-11)."""
    first_day, last_day = window_of(usage_month, limits)
    return first_day <= read_on <= last_day


def window_of(usage_month: date, limits: Limits) -> tuple[date, date]:
    """Return the first and the last day of the month's reading window, both inclusive.

    What lies beyond the end of a shorter month is its last day (C-16).
    """
    last_day = monthrange(usage_month.year, usage_month.month)[1]
    return (
        usage_month.replace(day=min(limits.window_from, last_day)),
        usage_month.replace(day=min(limits.window_to, last_day)),
    )


def rollover(previous: Decimal, current: Decimal | None) -> Rollover | None:
    """Return the resolution for a counter that seems to have run over its last digit.

    A suggestion for a person, never applied by itself: the last tenth of at least four digits
    before, the first tenth after.
    """
    if current is None or current >= previous:
        return None
    digits = len(str(int(previous)))
    full = Decimal(10) ** digits
    if digits < 4 or previous < full * 9 / 10 or current > full / 10:
        return None
    return Rollover(full, Decimal(0))


def estimated_reading(previous: Decimal, consumption: Decimal, multiplier: Decimal) -> Decimal:
    """Return where an estimated consumption leaves the meter, so that the next month goes on."""
    return _round(previous + consumption / multiplier)


def check_value(value: Decimal, *, field: str) -> None:
    """Return if ``value`` can be what a meter shows.

    :raises ValueInvalid: below zero, over ten digits, with over two decimals, or no number.
    """
    if not value.is_finite() or not 0 <= value <= MAX_VALUE:
        raise ValueInvalid(_("A reading lies between 0 and 9,999,999,999.99."), field=field)
    if value != value.quantize(_HUNDREDTH):
        raise ValueInvalid(_("A reading has at most two decimals."), field=field)


def check_month(usage_month: date) -> None:
    """Return if ``usage_month`` is the first of a month.

    :raises MonthInvalid: otherwise.
    """
    if usage_month.day != 1:
        raise MonthInvalid(_("Choose the first day of a month."), field="usage_month")


def _is_jump(consumption: Decimal, usual: Decimal | None, limits: Limits) -> bool:
    if consumption > MAX_VALUE:  # no meter does; and it could not be billed
        return True
    return (
        usual is not None
        and consumption >= limits.jump_min_units
        and consumption * 100 > usual * (100 + limits.jump_pct)
    )


def _round(value: Decimal) -> Decimal:
    return value.quantize(_HUNDREDTH, ROUND_HALF_UP)
