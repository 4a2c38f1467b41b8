"""Parts of a line are together worth what the whole of it is."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.procurement.receiving import rules

PRICES = st.decimals("0.0001", "99999", places=4)
PARTS = st.lists(st.decimals("0.001", "999", places=3), min_size=1, max_size=8)
TAXES = st.sampled_from([Decimal(0), Decimal(1), Decimal(3), Decimal(6), Decimal(9), Decimal(13)])


@given(PRICES, PARTS, TAXES)
def test_the_values_of_parts_add_up(price: Decimal, parts: list[Decimal], tax: Decimal) -> None:
    before, total, spent = Decimal(0), Decimal(0), Decimal(0)
    for part in parts:
        total += rules.value_of(unit_price=price, tax_percent=tax, before=before, quantity=part)
        spent += rules.spent_on(unit_price=price, before=before, quantity=part)
        before += part

    assert total == rules.net(price * before, tax_percent=tax)
    assert abs(spent - price * before) <= Decimal("0.005")
    assert 0 <= total <= spent + Decimal("0.01")


def test_the_handbooks_tax_is_taken_off() -> None:
    assert rules.net(Decimal("1695.00"), tax_percent=Decimal(13)) == Decimal("1500.00")
