"""Clocks against their own arithmetic: whatever is paused and resumed, the limit is the limit."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.calendar.public_days import public_day
from kernel.calendar.rules import SpecialDay, WorkingCalendar
from kernel.deadlines.rules import NOTHING, Limit, Measure, Run

SHANGHAI = ZoneInfo("Asia/Shanghai")
COMPANY = WorkingCalendar(
    week=frozenset(range(5)),
    hours=((time(8), time(12)), (time(13), time(17))),
    zone=SHANGHAI,
    public=public_day,
    exceptions={date(2026, 11, 20): SpecialDay(is_working=False, name="司庆")},
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def started(limit: Limit, moment: datetime) -> Run:
    return Run(limit, limit.counts_from(moment, COMPANY), NOTHING, moment)


DAYS = Measure.WORKING_DAYS
HOURS = Measure.WORKING_HOURS


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2026-11-09T10:00", Limit(timedelta(hours=24)), "2026-11-10T10:00"),
        ("2026-11-13T23:59", Limit(timedelta(minutes=3)), "2026-11-14T00:02"),
        # "within 2 working days": not counting the first day, until 24:00 of the last (C-18)
        ("2026-11-09T10:00", Limit(timedelta(days=2), DAYS), "2026-11-12T00:00"),
        ("2026-11-12T10:00", Limit(timedelta(days=2), DAYS), "2026-11-17T00:00"),  # a weekend
        ("2026-11-14T10:00", Limit(timedelta(days=2), DAYS), "2026-11-18T00:00"),  # a Saturday
        ("2026-02-12T10:00", Limit(timedelta(days=2), DAYS), "2026-02-15T00:00"),  # 13th, 14th
        ("2026-02-13T10:00", Limit(timedelta(days=2), DAYS), "2026-02-25T00:00"),  # the festival
        ("2026-09-30T18:00", Limit(timedelta(days=2), DAYS), "2026-10-10T00:00"),  # 8th and 9th
        ("2026-10-08T18:00", Limit(timedelta(days=2), DAYS), "2026-10-11T00:00"),  # a Saturday
        ("2026-11-19T10:00", Limit(timedelta(days=2), DAYS), "2026-11-25T00:00"),  # company's day
        ("2026-11-13T16:00", Limit(timedelta(hours=2), HOURS), "2026-11-16T09:00"),
        ("2026-02-13T16:00", Limit(timedelta(hours=2), HOURS), "2026-02-14T09:00"),
    ],
)
def test_due(start: str, limit: Limit, due: str) -> None:
    assert started(limit, at(start)).due_at(COMPANY) == at(due)


@pytest.mark.parametrize(
    ("start", "limit", "warned"),
    [
        ("2026-11-09T10:00", Limit(timedelta(hours=10)), "2026-11-09T18:00"),
        ("2026-11-09T10:00", Limit(timedelta(minutes=5)), "2026-11-09T10:04"),
        ("2026-11-09T08:00", Limit(timedelta(hours=10), HOURS), "2026-11-09T17:00"),
    ],
)
def test_it_warns_when_four_fifths_are_used(start: str, limit: Limit, warned: str) -> None:
    assert started(limit, at(start)).warn_at(COMPANY) == at(warned)


def test_on_a_holiday_a_working_clock_stands_still() -> None:
    run = started(Limit(timedelta(days=2), DAYS), at("2026-09-30T10:00"))

    assert run.used_at(at("2026-10-01T00:00"), COMPANY) == NOTHING
    assert run.used_at(at("2026-10-07T23:59"), COMPANY) == NOTHING
    assert run.used_at(at("2026-10-08T12:00"), COMPANY) == timedelta(hours=12)


def test_on_a_worked_weekend_it_runs() -> None:
    run = started(Limit(timedelta(hours=8), HOURS), at("2026-10-10T08:00"))  # a Saturday

    assert run.used_at(at("2026-10-10T17:00"), COMPANY) == timedelta(hours=8)
    assert run.remaining_at(at("2026-10-10T17:00"), COMPANY) == NOTHING


def test_while_it_stands_still_it_is_due_never() -> None:
    run = replace(started(Limit(timedelta(hours=8)), at("2026-11-09T08:00")), since=None)

    assert run.due_at(COMPANY) is None
    assert run.warn_at(COMPANY) is None
    assert run.used_at(at("2027-01-01T00:00"), COMPANY) == NOTHING


MEASURES = st.sampled_from(list(Measure))
START = st.timedeltas(NOTHING, timedelta(days=330)).map(
    lambda passed: datetime(2025, 12, 20, tzinfo=UTC) + passed
)
# Stretches: how long it runs, then how long it stands still.
STRETCHES = st.lists(
    st.tuples(st.timedeltas(NOTHING, timedelta(days=6)), st.timedeltas(NOTHING, timedelta(days=6))),
    max_size=6,
)


@given(
    measure=MEASURES,
    amount=st.timedeltas(timedelta(minutes=1), timedelta(days=10)),
    start=START,
    stretches=STRETCHES,
)
def test_used_and_remaining_are_the_limit_however_it_is_paused(
    *,
    measure: Measure,
    amount: timedelta,
    start: datetime,
    stretches: list[tuple[timedelta, timedelta]],
) -> None:
    limit = Limit(amount, measure)
    run, now, counted = started(limit, start), start, NOTHING
    for running, standing in stretches:
        since = max(now, run.counts_from)
        now += running
        counted += limit.between(since, now, COMPANY)
        run = replace(run, used=run.used_at(now, COMPANY), since=None)
        assert run.due_at(COMPANY) is None
        still = run.used
        now += standing
        assert run.used_at(now, COMPANY) == still
        run = replace(run, since=now)

        used, remaining = run.used_at(now, COMPANY), run.remaining_at(now, COMPANY)
        assert used == counted
        assert NOTHING <= remaining <= amount
        assert min(used, amount) + remaining == amount
        assert used - amount == run.overrun_at(now, COMPANY) or used <= amount
        due, warned = run.due_at(COMPANY), run.warn_at(COMPANY)
        assert due is not None
        assert warned is not None
        assert now <= due or run.counts_from > now
        assert warned <= due
        # Left alone it has used up exactly its limit when it is due.
        assert run.remaining_at(due, COMPANY) == NOTHING
        assert run.overrun_at(due, COMPANY) == run.overrun_at(now, COMPANY)
        if remaining > NOTHING:
            assert run.remaining_at(due - timedelta(microseconds=1), COMPANY) > NOTHING


@given(start=START, hours=st.integers(1, 200))
def test_time_outside_of_working_time_never_counts(start: datetime, hours: int) -> None:
    run = started(Limit(timedelta(hours=400), HOURS), start)
    for step in range(hours):
        one, other = start + timedelta(hours=step), start + timedelta(hours=step + 1)
        local = one.astimezone(SHANGHAI)
        counted = run.used_at(other, COMPANY) - run.used_at(one, COMPANY)
        if not COMPANY.is_working_day(local.date()) and not COMPANY.is_working_day(
            other.astimezone(SHANGHAI).date()
        ):
            assert counted == NOTHING
        assert NOTHING <= counted <= timedelta(hours=1)
