"""How old a debt is, and how a collection rate is reckoned. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from kernel.text import _

# A share of one with four places: 91.40 % is 0.9140.
_PLACES = Decimal("0.0001")


class Age(StrEnum):
    """How long an amount is overdue, in days. Not yet due stands apart."""

    NOT_DUE = "not_due"
    TO_30 = "to_30"
    TO_90 = "to_90"
    TO_180 = "to_180"
    TO_365 = "to_365"
    OVER_365 = "over_365"


AGE_LABELS = {
    Age.NOT_DUE: _("Not due"),
    Age.TO_30: _("0–30 days"),
    Age.TO_90: _("31–90 days"),
    Age.TO_180: _("91–180 days"),
    Age.TO_365: _("181–365 days"),
    Age.OVER_365: _("Over 1 year"),
}
# The most days of each age, inclusive.
_MOST_DAYS = {Age.NOT_DUE: 0, Age.TO_30: 30, Age.TO_90: 90, Age.TO_180: 180, Age.TO_365: 365}


@dataclass(frozen=True, slots=True)
class Rate:
    """What was billed, and how much of it came in. ``share`` is ``None`` for nothing billed."""

    receivable: Decimal
    received: Decimal

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.receivable + other.receivable, self.received + other.received)

    @property
    def open(self) -> Decimal:
        return self.receivable - self.received

    @property
    def share(self) -> Decimal | None:
        """Return received ÷ receivable with four places, half up (handbook 3.6.4, rule 17)."""
        if not self.receivable:
            return None
        return (self.received / self.receivable).quantize(_PLACES, ROUND_HALF_UP)


def overdue_days(due_on: date, today: date) -> int:
    """Return the days since the due day; zero on it and before."""
    return max((today - due_on).days, 0)


def age_of(due_on: date, today: date) -> Age:
    """Return how old a debt due on ``due_on`` is. On the due day itself it is not overdue."""
    days = overdue_days(due_on, today)
    return next((age for age, most in _MOST_DAYS.items() if days <= most), Age.OVER_365)


def due_between(age: Age, today: date) -> tuple[date | None, date | None]:
    """Return the first and the last due day of an age, both inclusive; ``None``: without end."""
    ages = list(Age)
    index = ages.index(age)
    oldest = None if age == Age.OVER_365 else today - timedelta(days=_MOST_DAYS[age])
    newest = None if index == 0 else today - timedelta(days=_MOST_DAYS[ages[index - 1]] + 1)
    return oldest, newest
