"""Which month the demo bills. Pure: no database, no clock."""

import re
from calendar import monthrange
from datetime import date

from services.billing.runs.rules import month_of, opens_on
from services.billing.standards.rules import shift_month

_DAY_OF_THE_FILE = re.compile(rb"2026-10-(\d\d)")


def month_to_bill(today: date, open_day: int) -> date:
    """Return the latest month whose bills may be issued: this one, or the last before its day."""
    this_month = month_of(today)
    return this_month if today >= opens_on(this_month, open_day) else shift_month(this_month, -1)


def readings_of(usage_month: date, file: bytes) -> bytes:
    """Return the demo's file of readings as if they had been taken in ``usage_month``.

    A day that the month does not have becomes its last.
    """
    last_day = monthrange(usage_month.year, usage_month.month)[1]

    def moved(found: re.Match[bytes]) -> bytes:
        return usage_month.replace(day=min(int(found[1]), last_day)).isoformat().encode()

    return _DAY_OF_THE_FILE.sub(moved, file)
