"""Prices of agreements in force: known to a part above, which registers where they come from."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal

# Of which articles, for which project (``None``: the company's own), on which day.
AgreedPrices = Callable[[Collection[int], int | None, date], Mapping[int, Decimal]]

_SOURCES: list[AgreedPrices] = []


def register(source: AgreedPrices) -> None:
    """Add a source of prices; one that is registered already is not asked twice."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def prices_in_force(
    item_ids: Collection[int], *, project_id: int | None, today: date
) -> dict[int, Decimal]:
    """Return at which price with tax each article could be called off today, the lowest."""
    found: dict[int, Decimal] = {}
    for source in _SOURCES:
        for item_id, price in source(item_ids, project_id, today).items():
            found[item_id] = min(price, found.get(item_id, price))
    return found
