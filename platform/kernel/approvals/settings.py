"""The company's settings that chains and the engine ask for."""

from decimal import Decimal

from kernel import policies

DUPLICATES = "approval.skip_duplicates"
URGE_HOURS = "approval.urge_hours"


def number_of(key: str, *, project_id: int | None) -> str:
    """Return a numeric setting as text, as conditions compare it.

    :raises KeyError: if there is no such setting.
    :raises TypeError: if it is no number.
    """
    try:
        return str(policies.get(key, int, project_id=project_id))
    except TypeError:
        return str(policies.get(key, Decimal, project_id=project_id))


def number_keys() -> frozenset[str]:
    """Return the settings that hold a number."""
    return frozenset(
        key
        for key, setting in policies.REGISTRY.items()
        # A dated one has a value for each day, and a chain knows of no day.
        if setting.kind.python in {int, Decimal} and not setting.is_dated
    )
