"""The handbook's working days, with the official calendar of 2025 and 2026."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar.public_days import is_announced, of_year, public_day
from kernel.calendar.rules import DayOrigin, NoWorkingDay, SpecialDay, WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = frozenset(range(5))
HOURS = ((time(8), time(12)), (time(13), time(17)))


def calendar(**values: object) -> WorkingCalendar:
    facts = {"week": WEEK, "hours": HOURS, "zone": SHANGHAI, "public": public_day, **values}
    return WorkingCalendar(**facts)  # type: ignore[arg-type]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-13", True),  # the Friday before the Spring Festival
        ("2026-02-14", True),  # a Saturday, worked for the 20th
        ("2026-02-15", False),
        ("2026-02-16", False),  # New Year's Eve, a Monday
        ("2026-02-20", False),  # shifted to the 14th
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),  # a Saturday, worked for the 23rd
        ("2026-09-20", True),  # a Sunday
        ("2026-10-01", False),
        ("2026-10-10", True),
        ("2026-01-01", False),
        ("2026-01-04", True),  # a Sunday
        ("2025-01-26", True),  # a Sunday
        ("2025-10-08", False),
        ("2025-09-28", True),
    ],
)
def test_public_holidays_and_shifted_weekends(*, day: str, works: bool) -> None:
    assert calendar().is_working_day(date.fromisoformat(day)) is works


def test_the_company_overrules_both() -> None:
    company = calendar(
        exceptions={
            date(2026, 10, 1): SpecialDay(is_working=True, name="加班"),
            date(2026, 11, 20): SpecialDay(is_working=False, name="司庆"),
        }
    )

    assert company.describe(date(2026, 10, 1)) == (
        date(2026, 10, 1), True, DayOrigin.COMPANY, "加班",
    )  # fmt: skip
    assert not company.is_working_day(date(2026, 11, 20))
    assert company.describe(date(2026, 10, 2)).origin == DayOrigin.PUBLIC
    assert company.describe(date(2026, 11, 19)) == (
        date(2026, 11, 19), True, DayOrigin.WEEK, "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "count", "result"),
    [
        ("2026-11-09", 2, "2026-11-11"),
        ("2026-11-12", 2, "2026-11-16"),  # over a weekend
        ("2026-11-14", 2, "2026-11-17"),  # from a Saturday
        ("2026-02-12", 2, "2026-02-14"),  # the worked Saturday counts
        ("2026-02-13", 2, "2026-02-24"),  # the 14th, then the festival
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-10-08", 2, "2026-10-10"),
        ("2026-11-11", -2, "2026-11-09"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-11-14", 0, "2026-11-16"),
        ("2026-11-16", 0, "2026-11-16"),
    ],
)
def test_working_days_are_added(day: str, count: int, result: str) -> None:
    added = calendar().add_working_days(date.fromisoformat(day), count)

    assert added == date.fromisoformat(result)


def test_working_days_are_counted() -> None:
    assert calendar().working_days_between(date(2026, 2, 13), date(2026, 2, 24)) == 2
    assert calendar().working_days_between(date(2026, 2, 24), date(2026, 2, 13)) == 0


@pytest.mark.parametrize(
    ("moment", "hours", "result"),
    [
        ("2026-11-09T09:00", 2, "2026-11-09T11:00"),
        ("2026-11-09T11:00", 2, "2026-11-09T14:00"),  # lunch does not count
        ("2026-11-09T11:00", 1, "2026-11-09T12:00"),  # the earliest moment, not 13:00
        ("2026-11-09T16:00", 8, "2026-11-10T16:00"),
        ("2026-11-13T16:00", 2, "2026-11-16T09:00"),  # over a weekend
        ("2026-11-14T10:00", 1, "2026-11-16T09:00"),  # asked on a Saturday
        ("2026-02-13T16:00", 2, "2026-02-14T09:00"),  # the worked Saturday
        ("2026-09-30T16:30", 1, "2026-10-08T08:30"),
        ("2026-11-09T20:00", 0, "2026-11-09T20:00"),
    ],
)
def test_working_hours_are_added(moment: str, hours: int, result: str) -> None:
    assert calendar().add_working_hours(at(moment), hours) == at(result)


def test_without_a_working_day_nothing_falls_due() -> None:
    with pytest.raises(NoWorkingDay):
        calendar(week=frozenset()).add_working_days(date(2101, 1, 1), 1)
    with pytest.raises(NoWorkingDay):
        calendar(week=frozenset(), public=lambda _day: None).add_working_hours(
            at("2026-11-09T09:00"), 1
        )


def test_a_working_day_ends_at_midnight_whatever_the_clocks_do() -> None:
    berlin = calendar(zone=ZoneInfo("Europe/Berlin"), public=lambda _day: None)
    friday = datetime(2026, 3, 27, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # clocks go on the 29th

    due = berlin.add_working_time(friday, timedelta(hours=48), whole_days=True)

    assert due == datetime(2026, 3, 31, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))


# Holidays, shifted weekends and the turn of a year lie in between.
MOMENTS = st.timedeltas(timedelta(), timedelta(days=365)).map(
    lambda passed: datetime(2025, 12, 1, tzinfo=UTC) + passed
)
AMOUNTS = st.timedeltas(timedelta(), timedelta(hours=200))


@given(moment=MOMENTS, amount=AMOUNTS, whole_days=st.booleans())
def test_what_is_added_lies_between(
    *, moment: datetime, amount: timedelta, whole_days: bool
) -> None:
    company = calendar()

    due = company.add_working_time(moment, amount, whole_days=whole_days)

    assert company.working_time_between(moment, due, whole_days=whole_days) == amount


@given(start=MOMENTS, first=AMOUNTS, second=AMOUNTS, whole_days=st.booleans())
def test_time_adds_up_over_any_cut(
    *, start: datetime, first: timedelta, second: timedelta, whole_days: bool
) -> None:
    company = calendar()
    middle, end = start + first, start + first + second

    def between(one: datetime, other: datetime) -> timedelta:
        return company.working_time_between(one, other, whole_days=whole_days)

    assert between(start, middle) + between(middle, end) == between(start, end)
    assert timedelta() <= between(start, end) <= end - start
    assert between(end, start) == timedelta() or first + second == timedelta()


def test_a_year_of_which_nothing_is_announced_says_so() -> None:
    assert is_announced(2026)
    assert not is_announced(2090)
    assert of_year(2090)[date(2090, 10, 1)].is_working is False
    assert of_year(2101) == {}
