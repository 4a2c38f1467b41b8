"""Facts of a case in words."""

import pytest

from console.approvals.words import fact_words
from kernel.approvals.rules.facts import Fact, FactType
from tests.console.approvals.test_phrases import NAMES


@pytest.mark.parametrize(
    ("stored", "words"),
    [
        ("4.615384615384615384600", "4.62 %"),  # a quotient: 6.80 over 6.50
        ("-0.005", "−0.005 %"),
        ("6.8000", "6.8000 %"),  # a price keeps its places
        ("12", "12 %"),
    ],
)
def test_a_number_has_no_more_places_than_a_price(stored: str, words: str) -> None:
    fact = Fact("change_percent", "Change", FactType.NUMBER, "%")

    assert fact_words(fact, stored, NAMES) == words
