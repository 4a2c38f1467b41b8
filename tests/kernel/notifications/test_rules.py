"""Places in words, quiet hours over midnight, waits between attempts."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.notifications import rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("words", "filled"),
    [
        ("%(title)s waits", "Waiver waits"),
        ("%(missing)s!", "!"),
        ("100% of %(title)s", "100% of Waiver"),
        ("%(title)d %s %%", "%(title)d %s %%"),
        ("{title} {{title}}", "{title} {{title}}"),
    ],
)
def test_only_named_places_are_filled(words: str, filled: str) -> None:
    assert rules.fill(words, {"title": "Waiver"}) == filled


@given(st.text(max_size=80))
def test_a_value_is_never_read_as_words(value: str) -> None:
    assert rules.fill("<%(title)s>", {"title": value}) == f"<{value}>"


def test_unknown_places_are_named_once_in_their_order() -> None:
    found = rules.unknown_places("%(b)s %(title)s %(a)s %(b)s", {"title"})

    assert found == ["b", "a"]


@pytest.mark.parametrize(
    ("at", "starts_at", "ends_at", "due"),
    [
        ("2026-11-09 21:59", time(22), time(7), "2026-11-09 21:59"),
        ("2026-11-09 22:00", time(22), time(7), "2026-11-10 07:00"),
        ("2026-11-10 06:59", time(22), time(7), "2026-11-10 07:00"),
        ("2026-11-10 07:00", time(22), time(7), "2026-11-10 07:00"),
        ("2026-11-10 12:00", time(12), time(13), "2026-11-10 13:00"),
        ("2026-11-10 13:00", time(12), time(13), "2026-11-10 13:00"),
        ("2026-12-31 23:30", time(22), time(7), "2027-01-01 07:00"),
    ],
)
def test_quiet_hours_put_off_to_their_end(
    at: str, starts_at: time, ends_at: time, due: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)

    found = rules.after_quiet_hours(moment.astimezone(UTC), starts_at, ends_at, SHANGHAI)

    assert found == datetime.fromisoformat(due).replace(tzinfo=SHANGHAI)


@given(
    st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(year=2024)),
    st.times(),
    st.times(),
)
def test_what_is_put_off_is_later_by_less_than_a_day_and_out_of_the_hours(
    at: datetime, starts_at: time, ends_at: time
) -> None:
    if starts_at == ends_at:
        return
    due = rules.after_quiet_hours(at, starts_at, ends_at, SHANGHAI)

    assert timedelta(0) <= due - at < timedelta(days=1)
    assert rules.after_quiet_hours(due, starts_at, ends_at, SHANGHAI) == due
