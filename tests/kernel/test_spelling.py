from decimal import Decimal

import pytest

from kernel.spelling import spell_price


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (None, "—"),
        ("NaN", "—"),
        ("0", "0.00"),
        ("28.9", "28.90"),
        ("28.9000", "28.90"),
        ("0.3350", "0.335"),
        ("0.3351", "0.3351"),
        ("1E+3", "1,000.00"),
        ("-1200.5", "−1,200.50"),
    ],
)
def test_a_price_has_the_decimals_it_has_and_two_at_least(price: str | None, words: str) -> None:
    assert spell_price(None if price is None else Decimal(price)) == words
