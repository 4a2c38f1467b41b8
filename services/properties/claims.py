"""What others hold against an account. Billing registers here; the registry may not know it.

The registry asks before an account changes hands, with the household locked: whoever posts a bill
locks the household's row first, and waits.
"""

from collections.abc import Callable, Collection
from decimal import Decimal

OpenAmount = Callable[[int, Collection[int] | None], Decimal]

_SOURCES: dict[str, OpenAmount] = {}


def register(name: str, open_amount: OpenAmount) -> None:
    """Add a source under a unique name; called in ``AppConfig.ready``.

    :param open_amount: returns what a household owes, in major units, for some of its units
        (``None``: for all that it ever had).
    """
    _SOURCES[name] = open_amount


def open_amount(household_id: int, unit_ids: Collection[int] | None = None) -> Decimal:
    """Return what a household owes by all sources, for some of its units or for all."""
    return sum((source(household_id, unit_ids) for source in _SOURCES.values()), Decimal("0.00"))
