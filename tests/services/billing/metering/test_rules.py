from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.metering import rules
from services.billing.metering.models import ReadingFault
from services.billing.metering.rules import Fault, History, Limits, Taken

OCTOBER = date(2026, 10, 1)
LIMITS = Limits(window_from=25, window_to=30, jump_pct=200, jump_min_units=20)

values = st.decimals("0", "9999999999.99", places=2)


def judged(
    previous: str = "100",
    current: str | None = "110",
    read_on: date | None = date(2026, 10, 27),
    *,
    usage_month: date = OCTOBER,
    multiplier: str = "1",
    closings: tuple[str, ...] = (),
    recent: tuple[str, ...] = (),
    median: str | None = "11",
) -> rules.Verdict:
    return rules.judge(
        Taken(
            Decimal(previous),
            None if current is None else Decimal(current),
            read_on,
            Decimal(multiplier),
        ),
        usage_month=usage_month,
        history=History(
            tuple(Decimal(value) for value in closings), tuple(Decimal(value) for value in recent)
        ),
        month_median=None if median is None else Decimal(median),
        limits=LIMITS,
    )


def test_faults_are_those_of_the_table_in_order_of_weight() -> None:
    assert sorted(Fault) == sorted(ReadingFault.values)


@pytest.mark.parametrize(
    ("reading", "faults", "consumption"),
    [
        pytest.param({}, [], "10.00", id="plain"),
        pytest.param({"current": "100"}, [], "0.00", id="nothing used"),
        # S-01: 12 450 → 12 618 is 168 kWh.
        pytest.param(
            {"previous": "12450", "current": "12618", "median": "150"}, [], "168.00", id="S-01"
        ),
        pytest.param({"current": "99.99"}, [Fault.LOWER], None, id="lower"),
        pytest.param({"current": None}, [Fault.MISSING], None, id="missing"),
        pytest.param({"current": None, "read_on": None}, [Fault.MISSING], None, id="not read"),
        pytest.param({"read_on": None}, [Fault.NO_DATE], None, id="no date"),
        pytest.param({"current": "133"}, [], "33.00", id="three times the usual is no jump"),
        pytest.param({"current": "133.01"}, [Fault.JUMP], None, id="more than that is"),
        pytest.param({"current": "119.99", "median": "1"}, [], "19.99", id="under the floor"),
        pytest.param({"current": "120", "median": "1"}, [Fault.JUMP], None, id="at the floor"),
        pytest.param({"current": "120", "median": "0"}, [Fault.JUMP], None, id="usual of zero"),
        pytest.param({"current": "740", "median": None}, [], "640.00", id="nothing to measure by"),
        pytest.param(
            {"current": "740", "recent": ("600", "650", "640")}, [], "640.00", id="usual for it"
        ),
        pytest.param(
            {"current": "133", "recent": ("2", "3", "4")}, [Fault.JUMP], None, id="unusual for it"
        ),
        pytest.param(
            {"current": "110", "multiplier": "40"}, [Fault.JUMP], None, id="multiplied jump"
        ),
        pytest.param(
            {"current": "110.01", "multiplier": "1.25", "median": "15"},
            [],
            "12.51",
            id="rounded half up",
        ),
        pytest.param(
            {"current": "9999999999", "multiplier": "2", "median": None},
            [Fault.JUMP],
            None,
            id="more than can be billed",
        ),
        pytest.param({"closings": ("100.00",)}, [], "10.00", id="goes on"),
        pytest.param({"closings": ("99",)}, [Fault.NOT_CONTINUOUS], None, id="does not go on"),
        pytest.param({"closings": ("110", "100")}, [], "10.00", id="goes on from a skipped month"),
        pytest.param(
            {"read_on": date(2026, 10, 19), "current": "90", "closings": ("1",)},
            [Fault.LOWER, Fault.OUTSIDE_WINDOW, Fault.NOT_CONTINUOUS],
            None,
            id="lower, on a wrong day, and not going on",
        ),
        pytest.param(
            {"read_on": None, "current": "740"}, [Fault.JUMP, Fault.NO_DATE], None, id="two faults"
        ),
        pytest.param(
            {"current": None, "read_on": date(2026, 10, 1), "closings": ("1",)},
            [Fault.MISSING, Fault.NOT_CONTINUOUS],
            None,
            id="missing has no day",
        ),
    ],
)
def test_reading_is_judged(
    reading: dict[str, Any], faults: list[Fault], consumption: str | None
) -> None:
    verdict = judged(**reading)

    assert list(verdict.faults) == faults
    assert verdict.consumption == (None if consumption is None else Decimal(consumption))
    assert verdict.is_accepted == (not faults)


@pytest.mark.parametrize(
    ("usage_month", "day", "is_inside"),
    [
        (OCTOBER, date(2026, 10, 24), False),
        (OCTOBER, date(2026, 10, 25), True),
        (OCTOBER, date(2026, 10, 30), True),
        (OCTOBER, date(2026, 10, 31), False),
        (OCTOBER, date(2026, 9, 27), False),
        (OCTOBER, date(2025, 10, 27), False),
        (date(2027, 2, 1), date(2027, 2, 28), True),  # C-16
        (date(2028, 2, 1), date(2028, 2, 29), True),
        (date(2027, 2, 1), date(2027, 3, 1), False),
        (date(2026, 11, 1), date(2026, 11, 30), True),
    ],
)
def test_reading_window(usage_month: date, day: date, *, is_inside: bool) -> None:
    verdict = judged(read_on=day, usage_month=usage_month)

    assert (Fault.OUTSIDE_WINDOW not in verdict.faults) == is_inside


def test_window_of_a_short_month_ends_with_it() -> None:
    assert rules.window_of(OCTOBER, LIMITS) == (date(2026, 10, 25), date(2026, 10, 30))
    assert rules.window_of(date(2027, 2, 1), LIMITS) == (date(2027, 2, 25), date(2027, 2, 28))


@pytest.mark.parametrize(
    ("usage_month", "last_day"),
    [(date(2027, 2, 1), date(2027, 2, 28)), (date(2026, 11, 1), date(2026, 11, 30))],
)
def test_a_window_beyond_the_months_end_is_its_last_day(usage_month: date, last_day: date) -> None:
    late = replace(LIMITS, window_from=31, window_to=31)

    assert rules.window_of(usage_month, late) == (last_day, last_day)
    assert rules.is_in_window(last_day, usage_month, late)
    assert not rules.is_in_window(last_day - timedelta(days=1), usage_month, late)
    assert not rules.is_in_window(last_day + timedelta(days=1), usage_month, late)


def test_usual_is_the_mean_of_the_past_or_the_months_median() -> None:
    def usual(*recent: str, median: str | None) -> Decimal | None:
        return rules.usual_consumption(
            [Decimal(value) for value in recent], None if median is None else Decimal(median)
        )

    assert usual("10", "11", "13", median="99") == Decimal("11.33")
    assert usual("10", median="99") == Decimal("10.00")
    assert usual(median="11") == Decimal(11)
    assert usual(median=None) is None
    assert rules.median_of_month([]) is None
    assert rules.median_of_month([None, Decimal(3), Decimal(1), Decimal(640)]) == Decimal(3)
    assert rules.median_of_month([Decimal("1.01"), Decimal("1.02")]) == Decimal("1.02")


@pytest.mark.parametrize(
    ("previous", "current", "expected"),
    [
        ("99998", "3", rules.Rollover(Decimal(100000), Decimal(0))),
        ("9990.5", "12", rules.Rollover(Decimal(10000), Decimal(0))),
        ("998", "3", None),  # three digits: too short to tell
        ("50000", "3", None),
        ("99998", "60000", None),
        ("587", "583", None),
        ("3", "99998", None),
        ("99998", None, None),
    ],
)
def test_counter_that_ran_over_is_suspected(
    previous: str, current: str | None, expected: rules.Rollover | None
) -> None:
    assert (
        rules.rollover(Decimal(previous), None if current is None else Decimal(current)) == expected
    )


def test_two_meters_of_a_month_add_up() -> None:
    assert rules.consumed_by_two(
        previous=Decimal(632),
        old_end=Decimal(640),
        new_start=Decimal(0),
        current=Decimal("4.5"),
        multiplier=Decimal(2),
    ) == Decimal("25.00")
    with pytest.raises(rules.ConsumptionNegative) as refused:
        rules.consumed_by_two(
            previous=Decimal(632), old_end=Decimal(631), new_start=Decimal(0), current=Decimal(1)
        )
    assert refused.value.field == "old_end"
    with pytest.raises(rules.ConsumptionNegative) as refused:
        rules.consumed_by_two(
            previous=Decimal(632), old_end=Decimal(640), new_start=Decimal(2), current=Decimal(1)
        )
    assert refused.value.field == "new_start"


@pytest.mark.parametrize("value", ["-0.01", "10000000000", "NaN", "Infinity", "1.001"])
def test_values_no_meter_shows(value: str) -> None:
    with pytest.raises(rules.ValueInvalid):
        rules.check_value(Decimal(value), field="current")


@given(previous=values, current=values)
def test_verdict_has_a_consumption_exactly_when_it_has_no_fault(
    previous: Decimal, current: Decimal
) -> None:
    verdict = judged(str(previous), str(current))

    assert (verdict.consumption is not None) == (not verdict.faults)
    if verdict.consumption is not None:
        assert verdict.consumption == current - previous >= 0


@given(previous=values, used=values)
def test_rolled_over_counter_bills_what_ran_through_it(previous: Decimal, used: Decimal) -> None:
    """A meter replaced at full scale by one at zero is the same as counting on."""
    full = Decimal(10) ** 10
    after = (previous + used) % full
    if after >= previous:
        return

    assert (
        rules.consumed_by_two(previous=previous, old_end=full, new_start=Decimal(0), current=after)
        == used
    )
