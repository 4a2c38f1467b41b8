from datetime import date

import pytest

from services.billing.runs import rules

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("period", [date(2026, 12, 1), date(2026, 11, 1), date(2020, 1, 1)])
def test_a_month_up_to_the_next_can_be_prepared(period: date) -> None:
    rules.check_period(period, TODAY)


@pytest.mark.parametrize(
    "period",
    [
        pytest.param(date(2026, 11, 2), id="no first of a month"),
        pytest.param(date(2027, 1, 1), id="the month after next"),
        pytest.param(date(1999, 12, 1), id="another century"),
    ],
)
def test_other_days_are_refused(period: date) -> None:
    with pytest.raises(rules.PeriodInvalid):
        rules.check_period(period, TODAY)


@pytest.mark.parametrize(
    ("month", "day_number", "expected"),
    [
        (date(2026, 11, 1), 10, date(2026, 11, 10)),
        (date(2026, 2, 1), 30, date(2026, 2, 28)),
        (date(2028, 2, 1), 30, date(2028, 2, 29)),
        (date(2026, 12, 1), 31, date(2026, 12, 31)),
    ],
)
def test_a_day_of_a_short_month_is_its_last(month: date, day_number: int, expected: date) -> None:
    assert rules.day_in(month, day_number) == expected
    assert rules.opens_on(month, day_number) == expected


@pytest.mark.parametrize(
    ("issued_on", "expected"),
    [
        pytest.param(date(2026, 11, 10), date(2026, 11, 10), id="issued when collection opens"),
        pytest.param(date(2026, 11, 22), date(2026, 11, 22), id="issued late, due at once"),
        pytest.param(date(2027, 1, 5), date(2027, 1, 5), id="billed months later"),
    ],
)
def test_nobody_is_late_with_a_bill_that_did_not_exist(issued_on: date, expected: date) -> None:
    assert rules.due_on(date(2026, 11, 1), 10, issued_on) == expected
