from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.arrears.rules import Age, Rate, age_of, due_between, overdue_days

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (-30, Age.NOT_DUE),
        (0, Age.NOT_DUE),
        (1, Age.TO_30),
        (30, Age.TO_30),
        (31, Age.TO_90),
        (90, Age.TO_90),
        (91, Age.TO_180),
        (180, Age.TO_180),
        (181, Age.TO_365),
        (365, Age.TO_365),
        (366, Age.OVER_365),
        (5000, Age.OVER_365),
    ],
)
def test_age_goes_by_days_overdue(days: int, age: Age) -> None:
    assert age_of(TODAY - timedelta(days=days), TODAY) == age


def test_overdue_days_begin_after_the_due_day() -> None:
    assert overdue_days(date(2026, 9, 30), TODAY) == 51
    assert overdue_days(TODAY, TODAY) == 0
    assert overdue_days(TODAY + timedelta(days=9), TODAY) == 0


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.dates(date(2010, 1, 1), date(2040, 1, 1)))
def test_every_due_day_lies_in_the_span_of_its_age_and_in_no_other(
    due_on: date, today: date
) -> None:
    def lies_in(age: Age) -> bool:
        oldest, newest = due_between(age, today)
        return (oldest is None or oldest <= due_on) and (newest is None or due_on <= newest)

    assert [age for age in Age if lies_in(age)] == [age_of(due_on, today)]


@pytest.mark.parametrize(
    ("receivable", "received", "share"),
    [
        ("1000000.00", "940000.00", "0.9400"),  # S-63
        ("980000.00", "940000.00", "0.9592"),  # S-63 with 20,000.00 waived
        ("4812360.00", "4398497.04", "0.9140"),
        ("3.00", "2.00", "0.6667"),
        ("0.01", "0.01", "1.0000"),
        ("10.00", "0.00", "0.0000"),
    ],
)
def test_rate_is_received_over_receivable(receivable: str, received: str, share: str) -> None:
    assert str(Rate(Decimal(receivable), Decimal(received)).share) == share


def test_nothing_billed_has_no_rate() -> None:
    assert Rate(Decimal(0), Decimal(0)).share is None
