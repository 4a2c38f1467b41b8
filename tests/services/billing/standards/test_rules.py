from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.standards import rules
from services.billing.standards.rules import Figures, Pricing, Tier

NOVEMBER = date(2026, 11, 1)
WATER = Pricing(
    "TIERED_METER",
    tiers=(
        Tier(Decimal(14), Decimal("2.90")),
        Tier(Decimal(24), Decimal("3.85")),
        Tier(None, Decimal("6.70")),
    ),
)

areas = st.decimals("0.01", "999999.99", places=2)
prices = st.decimals("0.0001", "99999.9999", places=4)
rates = st.decimals("0.0001", "1", places=4)
consumptions = st.decimals("0", "9999999999.99", places=2)


@st.composite
def tier_tables(draw: st.DrawFn) -> tuple[Tier, ...]:
    limits = draw(
        st.lists(st.decimals("0.01", "5000", places=2), min_size=0, max_size=5, unique=True)
    )
    return tuple(Tier(limit, draw(prices)) for limit in [*sorted(limits), None])


@pytest.mark.parametrize(
    ("quantity", "price", "rate", "expected"),
    [
        pytest.param("102.35", "1.80", "1", "184.23", id="S-01 management fee"),
        pytest.param("102.35", "1.80", "0.70", "128.96", id="S-02 custody"),
        pytest.param("102.35", "22.00", "1", "2251.70", id="S-03 season in full"),
        pytest.param("102.35", "22.00", "0.50", "1125.85", id="S-03 half"),
        pytest.param("60.00", "11.00", "1", "660.00", id="S-04 benefit store"),
        pytest.param("0.50", "0.01", "1", "0.01", id="half a cent goes up"),
        pytest.param("0.49", "0.01", "1", "0.00", id="less than half goes down"),
        # The full fee is 0.105 → 0.11 and half of it 0.055 → 0.06; in one go it would be 0.05.
        pytest.param("0.05", "2.10", "0.50", "0.06", id="a share of the rounded fee"),
        # A flat of the real ledger: 331.408 → 331.41, × 0.70 = 231.987 → 231.99.
        pytest.param("118.36", "2.80", "0.70", "231.99", id="vacant dwelling"),
        pytest.param("999999.99", "99999.9999", "1", "99999998900.00", id="largest"),
    ],
)
def test_fee_per_area(quantity: str, price: str, rate: str, expected: str) -> None:
    pricing = Pricing("PER_AREA", Decimal(price))

    assert rules.amount(pricing, Decimal(quantity), Decimal(rate)) == Decimal(expected)


def test_fixed_fee_is_its_price_times_the_rate() -> None:
    pricing = Pricing("FIXED", Decimal("60.00"))

    assert rules.amount(pricing, Decimal(1)) == Decimal("60.00")
    assert rules.amount(pricing, Decimal(1), Decimal("0.70")) == Decimal("42.00")


@pytest.mark.parametrize(
    ("consumption", "expected"),
    [
        ("0", "0.00"),
        ("0.01", "0.03"),
        ("2", "5.80"),
        ("13.99", "40.57"),
        ("14", "40.60"),
        ("14.01", "40.64"),
        ("23.99", "79.06"),
        ("24", "79.10"),
        ("24.01", "79.17"),
        ("33", "139.40"),
        ("640", "4206.30"),
    ],
)
def test_tiers_are_inclusive_and_cumulative(consumption: str, expected: str) -> None:
    assert rules.amount(WATER, Decimal(consumption)) == Decimal(expected)


def test_metered_item_without_tiers_has_one_price() -> None:
    electricity = Pricing("TIERED_METER", Decimal("0.56"))

    assert rules.amount(electricity, Decimal(168)) == Decimal("94.08")  # S-01


def test_line_explains_itself() -> None:
    explanation = rules.explain(WATER, Decimal("24.01"))

    assert [(slab.quantity, slab.price, slab.above, slab.up_to) for slab in explanation.slabs] == [
        (Decimal(14), Decimal("2.90"), Decimal(0), Decimal(14)),
        (Decimal(10), Decimal("3.85"), Decimal(14), Decimal(24)),
        (Decimal("0.01"), Decimal("6.70"), Decimal(24), None),
    ]
    assert [slab.exact for slab in explanation.slabs] == [
        Decimal("40.60"),
        Decimal("38.50"),
        Decimal("0.067"),
    ]
    assert explanation.gross == Decimal("79.167")
    assert explanation.amount == Decimal("79.17")
    assert explanation.price is None


def test_explanation_within_the_first_tier_has_one_price() -> None:
    assert rules.explain(WATER, Decimal(0)).price == Decimal("2.90")
    assert rules.explain(WATER, Decimal(14)).slabs == (
        (Decimal(14), Decimal("2.90"), Decimal(0), Decimal(14)),
    )


def test_version_without_a_price_bills_nothing_and_says_so() -> None:
    with pytest.raises(rules.PriceMissing):
        rules.amount(Pricing("PER_AREA"), Decimal("102.35"))


@given(area=areas, price=prices, rate=rates)
def test_amount_is_within_half_a_cent_of_the_exact_product(
    area: Decimal, price: Decimal, rate: Decimal
) -> None:
    explanation = rules.explain(Pricing("PER_AREA", price), area, rate)

    assert abs(explanation.amount - explanation.exact) <= Decimal("0.005")
    assert explanation.amount == explanation.amount.quantize(Decimal("0.01"))


@given(tiers=tier_tables(), consumption=consumptions)
def test_slabs_split_the_consumption_without_loss(
    tiers: tuple[Tier, ...], consumption: Decimal
) -> None:
    slabs = rules.explain(Pricing("TIERED_METER", tiers=tiers), consumption).slabs

    assert sum(slab.quantity for slab in slabs) == consumption
    assert all(slab.up_to is None or slab.above + slab.quantity <= slab.up_to for slab in slabs)


@given(tiers=tier_tables(), consumptions=st.tuples(consumptions, consumptions))
def test_more_consumption_never_costs_less(
    tiers: tuple[Tier, ...], consumptions: tuple[Decimal, Decimal]
) -> None:
    pricing = Pricing("TIERED_METER", tiers=tiers)
    less, more = sorted(consumptions)

    assert rules.amount(pricing, less) <= rules.amount(pricing, more)


@given(tiers=tier_tables())
def test_tiers_survive_being_stored(tiers: tuple[Tier, ...]) -> None:
    assert rules.read_tiers(rules.write_tiers(tiers)) == tiers


def tiers_of(*rows: tuple[str | None, str]) -> tuple[Tier, ...]:
    return tuple(
        Tier(None if up_to is None else Decimal(up_to), Decimal(price)) for up_to, price in rows
    )


@pytest.mark.parametrize(
    ("tiers", "error", "tier"),
    [
        pytest.param(
            tiers_of(("14", "1"), ("14", "2"), (None, "3")), rules.TiersInvalid, 2, id="same limit"
        ),
        pytest.param(
            tiers_of(("24", "1"), ("14", "2"), (None, "3")), rules.TiersInvalid, 2, id="descending"
        ),
        pytest.param(tiers_of(("0", "1"), (None, "3")), rules.TiersInvalid, 1, id="limit of zero"),
        pytest.param(tiers_of(("NaN", "1"), (None, "3")), rules.TiersInvalid, 1, id="no number"),
        pytest.param(
            tiers_of(("14.001", "1"), (None, "3")), rules.TiersInvalid, 1, id="fine limit"
        ),
        pytest.param(tiers_of(("14", "1"), ("24", "2")), rules.TiersInvalid, 2, id="closed end"),
        pytest.param(
            tiers_of((None, "1"), ("24", "2")), rules.TiersInvalid, 1, id="open in the middle"
        ),
        pytest.param(tiers_of(("14", "0"), (None, "2")), rules.PriceInvalid, 1, id="free tier"),
        pytest.param(tiers_of(("14", "1"), (None, "-2")), rules.PriceInvalid, 2, id="negative"),
        pytest.param(tiers_of((None, "1.00001")), rules.PriceInvalid, 1, id="five decimals"),
        pytest.param(
            tiers_of(*((str(limit), "1") for limit in range(1, 11)), (None, "1")),
            rules.TiersInvalid,
            None,
            id="eleven tiers",
        ),
    ],
)
def test_tiers_that_are_refused(
    tiers: tuple[Tier, ...], error: type[rules.TiersInvalid], tier: int | None
) -> None:
    with pytest.raises(error) as refused:
        rules.check_tiers(tiers)

    assert refused.value.field == "tiers"
    assert refused.value.details.get("tier") == tier


@pytest.mark.parametrize("price", ["0", "-1", "NaN", "Infinity", "100000", "1.00001"])
def test_prices_that_are_refused(price: str) -> None:
    with pytest.raises(rules.PriceInvalid):
        rules.check_pricing(Pricing("FIXED", Decimal(price)))


def test_price_and_tiers_exclude_each_other() -> None:
    with pytest.raises(rules.TiersInvalid):
        rules.check_pricing(Pricing("TIERED_METER", Decimal(1), WATER.tiers))
    with pytest.raises(rules.TiersInvalid):
        rules.check_pricing(Pricing("PER_AREA", None, WATER.tiers))


def test_version_is_complete_with_a_price_and_a_kind_of_meter() -> None:
    rules.check_complete(Figures(pricing=WATER, valid_from=NOVEMBER, meter_kind="COLD_WATER"))
    rules.check_complete(Figures(pricing=Pricing("FIXED", Decimal(60)), valid_from=NOVEMBER))

    with pytest.raises(rules.PriceMissing) as refused:
        rules.check_complete(Figures(pricing=Pricing("PER_AREA"), valid_from=NOVEMBER))
    assert refused.value.field == "price"


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        pytest.param({"pricing": WATER}, "meter_kind", id="metered without meters"),
        pytest.param({"meter_kind": "GAS"}, "meter_kind", id="area with meters"),
        pytest.param({"usage_lag_months": 1}, "meter_kind", id="area with usage"),
        pytest.param({"usage_lag_months": 13}, "usage_lag_months", id="too far back"),
        pytest.param({"usage_lag_months": -1}, "usage_lag_months", id="future usage"),
        pytest.param({"valid_from": date(2026, 11, 2)}, "valid_from", id="second of a month"),
        pytest.param({"valid_to": date(2026, 12, 31)}, "valid_to", id="ends within a month"),
        pytest.param({"valid_to": NOVEMBER}, "valid_to", id="ends when it begins"),
        pytest.param({"reduced_rate": Decimal("0.7")}, "reduced_states", id="rate for nobody"),
    ],
)
def test_figures_that_cannot_be_drafted(figures: dict[str, Any], field: str) -> None:
    complete = {"pricing": Pricing("PER_AREA", Decimal("2.80")), "valid_from": NOVEMBER, **figures}

    with pytest.raises((rules.FiguresInvalid, rules.MonthInvalid)) as refused:
        rules.check_figures(Figures(**complete))

    assert refused.value.field == field


def test_figures_know_their_months_and_rates() -> None:
    figures = Figures(
        pricing=Pricing("PER_AREA", Decimal("2.80")),
        valid_from=NOVEMBER,
        valid_to=date(2027, 1, 1),
        reduced_rate=Decimal("0.70"),
        reduced_states=("VACANT", "UNSOLD"),
    )

    assert [figures.is_in_force(date(2026, month, 1)) for month in (10, 11, 12)] == [
        False,
        True,
        True,
    ]
    assert not figures.is_in_force(date(2027, 1, 1))
    assert figures.rate_of("VACANT") == Decimal("0.70")
    assert figures.rate_of("LEASED") == 1


@pytest.mark.parametrize(
    ("rate", "states", "is_right"),
    [
        ("0.70", ["VACANT"], True),
        ("1", [], True),
        ("0.70", [], False),
        ("1", ["VACANT"], False),
        ("0", ["VACANT"], False),
        ("1.01", ["VACANT"], False),
        ("0.70001", ["VACANT"], False),
        ("NaN", ["VACANT"], False),
    ],
)
def test_reduction_needs_a_rate_and_states(rate: str, states: list[str], *, is_right: bool) -> None:
    if is_right:
        rules.check_reduction(Decimal(rate), states)
    else:
        with pytest.raises(rules.FiguresInvalid):
            rules.check_reduction(Decimal(rate), states)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Pricing("PER_AREA", Decimal("2.80")), Pricing("PER_AREA", Decimal("3.36")), "0.2"),
        (Pricing("PER_AREA", Decimal("2.80")), Pricing("PER_AREA", Decimal("1.40")), "-0.5"),
        (Pricing("FIXED", Decimal(6)), Pricing("FIXED", Decimal(60)), "9"),
        (WATER, WATER, "0"),
        (WATER, Pricing("TIERED_METER", tiers=(*WATER.tiers[:2], Tier(None, Decimal(67)))), None),
    ],
)
def test_largest_change(old: Pricing, new: Pricing, expected: str | None) -> None:
    change = rules.largest_change(old, new)

    assert change is not None
    if expected is None:  # only the open tier changed: seen at twice the highest limit
        assert change > Decimal("0.2")
    else:
        assert change == Decimal(expected)


def test_change_of_method_cannot_be_compared() -> None:
    assert rules.largest_change(WATER, Pricing("FIXED", Decimal(1))) is None
    assert rules.largest_change(Pricing("FIXED"), Pricing("FIXED", Decimal(1))) is None


@pytest.mark.parametrize(
    ("month", "months", "expected"),
    [
        (date(2026, 11, 1), 1, date(2026, 12, 1)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 11, 1), -12, date(2025, 11, 1)),
        (date(2026, 11, 1), 0, date(2026, 11, 1)),
    ],
)
def test_months_are_shifted_over_the_year(month: date, months: int, expected: date) -> None:
    assert rules.shift_month(month, months) == expected


def test_only_firsts_of_months_are_months() -> None:
    rules.check_month(date(2026, 11, 1), field="valid_from")
    with pytest.raises(rules.MonthInvalid) as refused:
        rules.check_month(date(2026, 11, 2), field="valid_from")
    assert refused.value.field == "valid_from"
