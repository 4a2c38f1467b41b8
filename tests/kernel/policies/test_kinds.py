"""Every kind of value: one spelling, bounds, what people type."""

import contextlib
import time as clock
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.policies import REGISTRY, kinds
from kernel.policies import kinds_of_time as times
from kernel.policies.kinds import Kind, ValueRefused

OPTIONS = {"a": "Apple", "b": "Pear", "c": "Plum"}


@pytest.mark.parametrize(
    ("kind", "typed", "value", "text"),
    [
        (kinds.Whole(least=1, most=31), " ２５ ", 25, "25"),
        (kinds.Whole(least=0, most=99999), "10,000", 10000, "10000"),
        (kinds.Figure(places=2), "0.50", Decimal("0.5"), "0.5"),
        (kinds.Money(), "¥ 1,200.5", Decimal("1200.50"), "1200.50"),
        (kinds.Money(), "500元", Decimal("500.00"), "500.00"),
        (kinds.Share(), "70%", Decimal("0.7"), "70%"),
        (kinds.Share(), "70", Decimal("0.7"), "70%"),
        (kinds.Share(), "100％", Decimal(1), "100%"),
        (kinds.Share(most=Decimal(1), places=4), "0.05%", Decimal("0.0005"), "0.05%"),
        (kinds.Flag(), "ON", True, "on"),
        (kinds.Flag(), "off", False, "off"),
        (kinds.Choice(options=OPTIONS), "b", "b", "b"),
        (kinds.Choices(options=OPTIONS), "c, a", ("c", "a"), "c,a"),
        (kinds.Choices(options=OPTIONS), "a、b", ("a", "b"), "a,b"),
        (times.Clock(), "9:05", time(9, 5), "09:05"),
        (times.Clock(), "16：00", time(16), "16:00"),
        (times.Clocks(), "22:00,1:00", (time(22), time(1)), "22:00,01:00"),
        (
            times.Spans(),
            "08:00-12:00，14:00—17:00",
            ((time(8), time(12)), (time(14), time(17))),
            "08:00-12:00,14:00-17:00",
        ),
        (times.Spans(overnight=True), "20:00-09:00", ((time(20), time(9)),), "20:00-09:00"),
        (times.Week(), "Mon-Fri", frozenset(range(5)), "Mon-Fri"),
        (times.Week(), "wed,mon", frozenset({0, 2}), "Mon,Wed"),
        (times.Week(), "周一至周六", frozenset(range(6)), "Mon-Sat"),
        (times.Week(), "Sat,Sun", frozenset({5, 6}), "Sat,Sun"),
        (
            times.Weekly(),
            "Mon-Sat 17:30-20:00",
            (frozenset(range(6)), ((time(17, 30), time(20)),)),
            "Mon-Sat 17:30-20:00",
        ),
        (times.MomentOfWeek(), "Monday 16:00", (0, time(16)), "Mon 16:00"),
        (times.MomentOfWeek(), "星期天 8:00", (6, time(8)), "Sun 08:00"),
        (kinds.Between(least=0, most=24), "1-2", (1, 2), "1-2"),
        (kinds.Between(least=0, most=24), "3", (3, 3), "3-3"),
        (kinds.Lines(), " one \n\n two", ("one", "two"), "one\ntwo"),
        (kinds.Pattern(), " {CO}〔{NN}〕", "{CO}〔{NN}〕", "{CO}〔{NN}〕"),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_in_one_spelling(
    kind: Kind, typed: str, value: Any, text: str
) -> None:
    assert kind.parse(typed) == value
    assert kind.text(kind.parse(typed)) == text
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (kinds.Whole(least=1, most=31), "0"),
        (kinds.Whole(least=1, most=31), "32"),
        (kinds.Whole(least=1, most=31), "2.5"),
        (kinds.Whole(least=1, most=31), "1,2"),  # not 12
        (kinds.Figure(places=2), "2,80"),  # not 280
        (kinds.Figure(places=2), "1,2345"),
        (kinds.Money(), "¥2，80"),
        (kinds.Money(), "1,200,50"),
        (kinds.Between(least=0, most=24), "1,2"),
        (kinds.Whole(least=1, most=31), ""),
        (kinds.Whole(least=1, most=31), "1e1"),
        (kinds.Whole(least=1, most=31), "١"),
        (kinds.Figure(most=Decimal(31)), "31.01"),
        (kinds.Figure(places=2), "0.005"),
        (kinds.Figure(), "NaN"),
        (kinds.Figure(), "-1"),
        (kinds.Money(), "1.005"),
        (kinds.Money(), "-0.01"),
        (kinds.Money(), "10000000"),
        (kinds.Money(), "Infinity"),
        (kinds.Share(), "100.01%"),
        (kinds.Share(), "-1%"),
        (kinds.Share(most=Decimal(1), places=4), "1.1%"),
        (kinds.Flag(), "yes"),
        (kinds.Choice(options=OPTIONS), "d"),
        (kinds.Choices(options=OPTIONS), ""),
        (kinds.Choices(options=OPTIONS), "a,a"),
        (kinds.Choices(options=OPTIONS), "a,d"),
        (times.Clock(), "24:00"),
        (times.Clock(), "16"),
        (times.Clocks(), "22:00,22:00"),
        (times.Spans(), "12:00-08:00"),
        (times.Spans(), "08:00-12:00,11:00-17:00"),
        (times.Spans(), "08:00-08:00"),
        (times.Spans(overnight=True), "08:00"),
        (times.Week(), ""),
        (times.Week(), "Fri-Mon"),
        (times.Week(), "Someday"),
        (times.Weekly(), "Mon-Sat"),
        (times.MomentOfWeek(), "16:00"),
        (kinds.Between(least=0, most=24), "3-2"),
        (kinds.Between(least=0, most=24), "1-25"),
        (kinds.Between(least=0, most=24), "1-2-3"),
        (kinds.Lines(), "same\nsame"),
        (kinds.Lines(), "x" * 201),
        (kinds.Pattern(), "  "),
        (kinds.Pattern(), "{NN}" * 16),
        (kinds.Pattern(), "{NN}<script>"),
    ],
)
def test_what_is_no_value_is_refused_with_the_bounds(kind: Kind, typed: str) -> None:
    with pytest.raises(ValueRefused) as refusal:
        kind.parse(typed)

    assert str(refusal.value) == kind.bounds()
    assert refusal.value.field == "value"


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_value_or_refused(text: str) -> None:
    for setting in REGISTRY.values():
        try:
            value = setting.kind.parse(text)
        except ValueRefused:
            continue
        assert isinstance(value, setting.kind.python)
        assert setting.kind.parse(setting.kind.text(value)) == value
        assert setting.kind.words(value) is not None


@given(st.integers(-(10**6), 10**6))
def test_no_number_gets_past_its_bounds(number: int) -> None:
    kind = kinds.Whole(least=1, most=28)
    if 1 <= number <= 28:
        assert kind.parse(str(number)) == number
    else:
        with pytest.raises(ValueRefused):
            kind.parse(str(number))


@pytest.mark.parametrize(
    "kind", {setting.kind.code: setting.kind for setting in REGISTRY.values()}.values()
)
@pytest.mark.parametrize("typed", ["1" + " " * 200_000 + "x", "1-" * 50_000, "9" * 100_000 + "x"])
def test_no_text_keeps_a_worker_busy(kind: Kind, typed: str) -> None:
    began = clock.process_time()

    with contextlib.suppress(ValueRefused):
        kind.parse(typed)

    assert clock.process_time() - began < 1
