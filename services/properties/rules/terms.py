"""Days, shares and states that go together, and those that do not."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from kernel.errors import Conflict, Invalid
from kernel.text import _

_NOT_HANDED_OVER = frozenset({"UNSOLD", "SOLD"})


class PeriodReversed(Invalid):
    code = "properties.period-reversed"


class SharesOverWhole(Conflict):
    code = "properties.shares-over-whole"


class StateUnchanged(Conflict):
    code = "properties.state-unchanged"


class StateChangeUnexplained(Invalid):
    code = "properties.state-change-unexplained"


def check_period(valid_from: date | None, valid_to: date | None) -> None:
    """Return if the half-open period ``[valid_from, valid_to)`` has at least one day.

    :raises PeriodReversed: otherwise.
    """
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise PeriodReversed(_("The end must lie after the beginning."), field="valid_to")


def check_shares(shares: Iterable[Decimal | None]) -> None:
    """Return if the known shares of a unit's owners, in percent, are at most the whole.

    :raises SharesOverWhole: otherwise.
    """
    total = sum((share for share in shares if share is not None), Decimal(0))
    if total > 100:
        raise SharesOverWhole(
            _("The shares of the owners come to %(total)s %%.") % {"total": total},
            field="share_percent",
            details={"total_percent": str(total)},
        )


def is_handed_over(state: str) -> bool:
    """Tell whether a unit in this state has been delivered to its owner (SH-12)."""
    return state not in _NOT_HANDED_OVER


def check_state_change(before: str, after: str, note: str) -> None:
    """Return if a unit may go from one state to another (SH-12).

    Life runs forward: unsold, sold, handed over and what follows in any order. A step back
    across the sale or the handover only corrects a mistake and says so.

    :raises StateUnchanged: if it is in that state already.
    :raises StateChangeUnexplained: if a step back has no note.
    """
    if before == after:
        raise StateUnchanged(_("The unit is in this state already."), field="state")
    order = ("UNSOLD", "SOLD")
    step = [order.index(state) if state in order else len(order) for state in (before, after)]
    if step[1] < step[0] and not note.strip():
        raise StateChangeUnexplained(
            _("Say why the sale or the handover is taken back."), field="note"
        )
