"""The handbook's ``P:`` rules as typed settings, read through one function.

Values are the handbook's defaults. Where a company's own value and a project's override will be
kept is hidden behind :func:`get`; callers already say for which project they ask.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import overload

PolicyValue = int | Decimal | str


@dataclass(frozen=True, slots=True)
class Policy:
    """One setting: its default, its unit and the rule it comes from."""

    default: PolicyValue
    unit: str
    source: str


REGISTRY: dict[str, Policy] = {
    "meter.window_from": Policy(25, "day of month", "BL-11"),
    "meter.window_to": Policy(
        30, "day of month; the last day where the month is shorter", "BL-11, C-16"
    ),
    "meter.jump_pct": Policy(200, "percent over the usual consumption", "BL-16"),
    # Below this many units a jump in percent says nothing: 1 m³ to 4 m³ is a weekend with guests.
    "meter.jump_min_units": Policy(20, "units of consumption", "BL-16, proposed"),
    "billing.open_day": Policy(10, "day of month", "BL-14"),
    "fee.due_day": Policy(10, "day of month", "BL-22"),
    "custody.fee_rate": Policy(Decimal("0.70"), "share of the full fee", "BL-21"),
    "cash.max_change": Policy(
        # No note is above 100: whoever gets more back did not hand over what was typed.
        Decimal("10000.00"),
        "major units of change",
        "BL-81, proposed",
    ),
    # Past it a confirmation asks whether the price is meant.
    "fee.price_jump_pct": Policy(20, "percent of the price in force", "BL-01, proposed"),
    "calendar.week": Policy("Mon-Fri", "weekdays that are worked", "SH-06"),
    # What one hour of a limit in working time is; the service centre's own hours are longer.
    "calendar.hours": Policy(
        "08:00-12:00,13:00-17:00", "hours of a working day", "SH-06, proposed"
    ),
    "pay.allocation": Policy("oldest_first", "order", "BL-109"),
    # block | warn | block_with_exemption, see kernel.duties
    "sod.mode": Policy("block", "mode", "2.4"),
    # any | adjacent | off: whether one who signed already signs again at a later step
    "approval.skip_duplicates": Policy("any", "mode", "C-01"),
    "approval.urge_hours": Policy(4, "hours between two urgings", "2.5, proposed"),
    "leave.director_over_days": Policy(1, "days", "ST-42, C-15"),
    "leave.manager_over_days": Policy(3, "days", "ST-42, C-15"),
    "purchase.c_backfill_wd": Policy(2, "working days", "PR-07"),
    "kpi.collection_rate": Policy(Decimal("0.95"), "share", "BL-110"),
}


@overload
def get(key: str, kind: type[int], *, project_id: int | None = None) -> int: ...
@overload
def get(key: str, kind: type[Decimal], *, project_id: int | None = None) -> Decimal: ...
@overload
def get(key: str, kind: type[str], *, project_id: int | None = None) -> str: ...
def get(key: str, kind: type[PolicyValue], *, project_id: int | None = None) -> PolicyValue:
    """Return the value in force for the project, or for the company when ``project_id`` is None.

    :raises KeyError: if there is no such setting: a typing error, not the user's.
    :raises TypeError: if the setting is of another type than ``kind``.
    """
    value = REGISTRY[key].default
    if not isinstance(value, kind):
        raise TypeError(f"{key} is no {kind.__name__}")
    return value
