"""Months and days of a bill run. Pure: no database, no clock."""

from calendar import monthrange
from datetime import date
from typing import Final

from kernel.errors import Invalid
from kernel.text import _
from services.billing.standards.rules import month_after

EARLIEST: Final = date(2000, 1, 1)


class PeriodInvalid(Invalid):
    code = "billing.period-invalid"


def month_of(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def day_in(month: date, day_number: int) -> date:
    """Return a day of the month, the last one where the month is shorter."""
    return month.replace(day=min(day_number, monthrange(month.year, month.month)[1]))


def check_period(period: date, today: date) -> None:
    """Return if the month can be prepared: whole, and at the latest the next one.

    The data of a month are entered from its first day (BL-13); a month earlier is time enough to
    prepare, and further ahead neither prices nor readings are settled.

    :raises PeriodInvalid: otherwise.
    """
    if period.day != 1 or period < EARLIEST:
        raise PeriodInvalid(_("Choose the first day of a month."), field="period")
    if period > month_after(month_of(today)):
        raise PeriodInvalid(_("Bills are prepared for the next month at most."), field="period")


def opens_on(period: date, open_day: int) -> date:
    """Return the day from which the bills of a month may be issued (BL-14)."""
    return day_in(period, open_day)


def due_on(period: date, due_day: int, issued_on: date) -> date:
    """Return the day until which a bill is paid in time.

    The due day of the month that is billed (BL-22). Collection opens on the same day (BL-14), so
    that a bill issued on time is due when it is issued; one issued later is due on the day of its
    issue, because nobody can be late with a bill that did not exist.
    """
    return max(day_in(period, due_day), issued_on)
