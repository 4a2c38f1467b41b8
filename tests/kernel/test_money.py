"""Rounding and splitting."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import round_money, split, to_cents

CENTS = st.integers(min_value=0, max_value=10**12).map(lambda cents: Decimal(cents) / 100)
WEIGHTS = st.lists(
    st.decimals(min_value=0, max_value=10**6, places=2), min_size=1, max_size=50
).filter(lambda weights: sum(weights) > 0)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),  # Python's own default would say 0.00
        ("0.015", "0.02"),
        ("-0.005", "-0.01"),
        ("128.961", "128.96"),  # S-02: 184.23 × 70 %
        ("2.675", "2.68"),  # as a float it is less than a half
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, rounded: str) -> None:
    assert round_money(Decimal(amount)) == Decimal(rounded)


@given(total=CENTS, weights=WEIGHTS)
def test_the_parts_sum_to_the_whole(total: Decimal, weights: list[Decimal]) -> None:
    parts = split(total, weights)

    assert sum(parts) == total
    assert all(part >= 0 and to_cents(part) >= 0 for part in parts)


@given(total=CENTS, weights=WEIGHTS)
def test_no_part_is_a_cent_or_more_off_its_share(total: Decimal, weights: list[Decimal]) -> None:
    whole = sum(weights)

    for part, weight in zip(split(total, weights), weights, strict=True):
        assert abs(part - total * weight / whole) < Decimal("0.01")


def test_the_spare_cent_goes_to_the_largest_remainder_the_earlier_first() -> None:
    third = [Decimal(1)] * 3

    assert split(Decimal("100.00"), third) == [Decimal(x) for x in ("33.34", "33.33", "33.33")]
    assert split(Decimal("0.02"), third) == [Decimal(x) for x in ("0.01", "0.01", "0.00")]


@pytest.mark.parametrize("weights", [[], [Decimal(0)], [Decimal(-1), Decimal(3)]])
def test_senseless_weights_are_refused(weights: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(Decimal("1.00"), weights)


def test_a_fraction_of_a_cent_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number of cents"):
        to_cents(Decimal("0.001"))
