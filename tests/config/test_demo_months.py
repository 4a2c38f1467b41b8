from datetime import date

import pytest

from config.demo import months


@pytest.mark.parametrize(
    ("today", "billed"),
    [
        (date(2026, 11, 10), date(2026, 11, 1)),
        (date(2026, 11, 9), date(2026, 10, 1)),
        (date(2027, 1, 1), date(2026, 12, 1)),
        (date(2028, 2, 29), date(2028, 2, 1)),
    ],
)
def test_the_demo_bills_the_latest_month_that_may_be_issued(today: date, billed: date) -> None:
    assert months.month_to_bill(today, open_day=10) == billed


@pytest.mark.parametrize(
    ("usage_month", "days"),
    [
        (date(2026, 10, 1), b"2026-10-19,2026-10-30"),
        (date(2027, 2, 1), b"2027-02-19,2027-02-28"),
        (date(2028, 2, 1), b"2028-02-19,2028-02-29"),
    ],
)
def test_the_days_of_the_readings_move_into_the_month(usage_month: date, days: bytes) -> None:
    assert months.readings_of(usage_month, b"2026-10-19,2026-10-30") == days
