"""What a new company starts with. Services register here; provisioning calls it.

The direction is what matters: provisioning lies below the services and may not know them.
"""

from collections.abc import Callable
from datetime import datetime

Seed = Callable[[datetime], None]

_SEEDS: dict[str, Seed] = {}


def register(name: str, seed: Seed) -> None:
    """Add a seed under a unique name; called in ``AppConfig.ready``. Seeds are repeatable.

    They run in the company's schema in the order of their names (``10-ledger``, ``20-fees``).
    """
    _SEEDS[name] = seed


def run_all(now: datetime) -> list[str]:
    """Run every seed in the company in force; return their names in the order run."""
    names = sorted(_SEEDS)
    for name in names:
        _SEEDS[name](now)
    return names
