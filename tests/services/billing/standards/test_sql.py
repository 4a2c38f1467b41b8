"""The arithmetic in SQL is the arithmetic in Python, to the cent."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.billing.standards import rules, sql
from services.billing.standards.rules import Pricing, Tier
from tests.services.billing.standards.test_rules import (
    WATER,
    areas,
    consumptions,
    prices,
    rates,
    tier_tables,
)

pytestmark = pytest.mark.usefixtures("tenant")

on_one_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def in_sql(statement: str, parameters: dict[str, Decimal | str | None]) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        amount: Decimal = cursor.fetchone()[0]
    return amount


@on_one_database
@given(area=areas, price=prices, rate=rates)
@example(area=Decimal("102.35"), price=Decimal("1.80"), rate=Decimal("0.70"))
@example(area=Decimal("0.05"), price=Decimal("2.10"), rate=Decimal("0.50"))
@example(area=Decimal("999999.99"), price=Decimal("99999.9999"), rate=Decimal(1))
def test_flat_amounts_agree(area: Decimal, price: Decimal, rate: Decimal) -> None:
    expression = sql.flat_amount("%(area)s", "%(price)s", "%(rate)s")

    assert in_sql(
        f"SELECT {expression}", {"area": area, "price": price, "rate": rate}
    ) == rules.amount(Pricing("PER_AREA", price), area, rate)


def tiered_in_sql(pricing: Pricing, consumption: Decimal, rate: Decimal) -> Decimal:
    expression = sql.tiered_amount("%(consumption)s", "7", "%(rate)s")
    return in_sql(
        "WITH live_version (version_id, method, price, tiers) AS"
        f" (VALUES (7, 'TIERED_METER', %(price)s::numeric, %(tiers)s::jsonb)), {sql.TIERS}"
        f" SELECT {expression}",
        {
            "price": pricing.price,
            "tiers": json.dumps(rules.write_tiers(pricing.tiers)),
            "consumption": consumption,
            "rate": rate,
        },
    )


@on_one_database
@given(tiers=tier_tables(), consumption=consumptions, rate=rates)
@example(tiers=WATER.tiers, consumption=Decimal("14.01"), rate=Decimal(1))
@example(tiers=WATER.tiers, consumption=Decimal(0), rate=Decimal(1))
def test_tiered_amounts_agree(tiers: tuple[Tier, ...], consumption: Decimal, rate: Decimal) -> None:
    pricing = Pricing("TIERED_METER", tiers=tiers)

    assert tiered_in_sql(pricing, consumption, rate) == rules.amount(pricing, consumption, rate)


@on_one_database
@given(tiers=tier_tables(), data=st.data())
def test_tiered_amounts_agree_at_the_limits(tiers: tuple[Tier, ...], data: st.DataObject) -> None:
    pricing = Pricing("TIERED_METER", tiers=tiers)
    limit = data.draw(st.sampled_from([tier.up_to or Decimal(9999) for tier in tiers]))

    for consumption in (limit - Decimal("0.01"), limit, limit + Decimal("0.01")):
        assert tiered_in_sql(pricing, consumption, Decimal(1)) == rules.amount(pricing, consumption)


@on_one_database
@given(price=prices, consumption=consumptions)
def test_metered_amounts_without_tiers_agree(price: Decimal, consumption: Decimal) -> None:
    pricing = Pricing("TIERED_METER", price)

    assert tiered_in_sql(pricing, consumption, Decimal(1)) == rules.amount(pricing, consumption)
