"""How figures, days and moments are spelled."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from console import formats
from console.inputs import read_day, read_number


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("2239.76"), "2,239.76"),
        (Decimal("-200"), "−200.00"),
        (Decimal("-0.00"), "0.00"),
        (Decimal("-0.004"), "0.00"),
        (0, "0.00"),
        (Decimal("315255.535"), "315,255.54"),
        (Decimal("999999999999.99"), "999,999,999,999.99"),
        (Decimal("NaN"), "—"),
        (None, "—"),
    ],
)
def test_money(amount: Decimal | int | None, text: str) -> None:
    assert formats.spell_money(amount) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (951, None, "951"),
        (Decimal("2.80"), None, "2.80"),
        (Decimal("12.00"), None, "12"),
        (Decimal("1E+3"), None, "1,000"),
        (0.5, 2, "0.50"),
        (-1286, None, "−1,286"),
    ],
)
def test_number(value: Any, places: int | None, text: str) -> None:
    assert formats.spell_number(value, places) == text


def test_percent_is_of_one() -> None:
    assert formats.spell_percent(Decimal("0.9137")) == "91.4%"


NOW = datetime(2026, 11, 20, 2, 24, tzinfo=UTC)  # 10:24 in Shanghai


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "Today 10:24"),
        (datetime(2026, 11, 19, 16, 0, tzinfo=UTC), "Today 00:00"),
        (datetime(2026, 11, 19, 15, 59, tzinfo=UTC), "Yesterday 23:59"),
        (datetime(2026, 1, 2, 1, 5, tzinfo=UTC), "2 Jan 09:05"),
        (datetime(2025, 12, 31, 15, 0, tzinfo=UTC), "2025-12-31 23:00"),
        (None, "—"),
    ],
)
def test_moment_is_told_in_the_company_s_time_zone(moment: datetime | None, text: str) -> None:
    with timezone.override(ZoneInfo("Asia/Shanghai")), translation.override("en"):
        assert formats.spell_moment(moment, NOW) == text


def test_table_time_and_day_follow_the_time_zone() -> None:
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        late = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
        assert formats.spell_time(late) == "2026-11-20 00:30"
        assert formats.spell_day(late) == "2026-11-20"
        assert formats.start_of_day(date(2026, 11, 20)) == datetime(2026, 11, 19, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=42, seconds=18), "42:18"),
        (timedelta(hours=2, minutes=30), "2 h 30 min"),
        (timedelta(hours=-1), "−1 h 00 min"),
        (timedelta(0), "00:00"),
    ],
)
def test_duration(span: timedelta, text: str) -> None:
    with translation.override("en"):
        assert formats.spell_duration(span) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2,300", "2300"),
        ("12，345,678.9", "12345678.9"),
        ("2,80", None),  # not 280
        ("123，45", None),
        ("1,2345", None),
        ("２３００．５", "2300.5"),
        ("￥2300", "2300"),
        ("¥ 2 300.50 元", "2300.50"),
        ("−20", "-20"),
        ("-20", "-20"),
        (".5", "0.5"),
        ("2300.", "2300"),
        ("0012", "12"),
        ("", None),
        ("12元5角", None),
        ("1e9", None),
        ("NaN", None),
        ("Infinity", None),
        ("1.2.3", None),
        ("=1", None),
        ("9" * 15, None),
        ("٣", None),
    ],
)
def test_number_is_read_as_people_type_it(text: str, number: str | None) -> None:
    assert read_number(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2026/1/2", date(2026, 1, 2)),
        ("2026.01.02", date(2026, 1, 2)),
        ("20261120", date(2026, 11, 20)),
        ("２０２６年１１月２０日", date(2026, 11, 20)),
        ("2026-02-30", None),
        ("26-11-20", None),
        ("0000-01-01", None),
        ("tomorrow", None),
    ],
)
def test_day_is_read_as_people_type_it(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_a_share_of_part_of_a_month_has_its_decimals() -> None:
    assert formats.spell_share(Decimal("0.7000")) == "70%"
    assert formats.spell_share(Decimal("0.9103")) == "91.03%"


def test_the_system_is_named_in_words() -> None:
    with translation.override("en"):
        assert formats.spell_who("system") == "The system"
        assert formats.spell_who("许静 (xujing)") == "许静 (xujing)"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("许静 (xujing)", "许静"),
        ("许 (静) (xujing)", "许 (静)"),
        ("邵东", "邵东"),
        ("system", "The system"),
    ],
)
def test_a_vendor_reads_names_and_not_what_people_sign_in_with(label: str, name: str) -> None:
    with translation.override("en"):
        assert formats.spell_name(label) == name
