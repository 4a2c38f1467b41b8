"""Facts of a case in words."""

import pytest

from console.approvals.words import fact_words
from kernel.approvals.rules.facts import Fact, FactType
from tests.console.approvals.test_phrases import NAMES


@pytest.mark.parametrize(
    ("stored", "places", "words"),
    [
        ("4.615384615384615384600", (1, 1), "4.6 %"),  # a quotient: 6.80 over 6.50
        ("-0.005", (0, 4), "−0.005 %"),
        ("6.8000", (0, 4), "6.8 %"),
        ("6.8000", (2, 4), "6.80 %"),
        ("6.5", (2, 4), "6.50 %"),
        ("6.12345", (2, 4), "6.1234 %"),
        ("1E+3", (0, 4), "1,000 %"),
        ("12", (0, 4), "12 %"),
        ("-5", (1, 1), "−5.0 %"),
    ],
)
def test_a_number_has_the_places_of_its_fact(
    stored: str, places: tuple[int, int], words: str
) -> None:
    fact = Fact("change_percent", "Change", FactType.NUMBER, "%", places=places)

    assert fact_words(fact, stored, NAMES) == words


def test_a_value_is_called_what_its_fact_calls_it() -> None:
    fact = Fact("item", "Fee item", FactType.TEXT, words={"WYF": "Property fee"}.__getitem__)

    assert fact_words(fact, "WYF", NAMES) == "Property fee"
