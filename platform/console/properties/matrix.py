"""Fee items × months: at a glance what is paid and what is not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext

from services.billing.runs.models import LineState

# The state that a cell of several lines shows: the one that asks for most attention.
_URGENCY = (LineState.OVERDUE, LineState.PARTLY_PAID, LineState.OPEN, LineState.PAID)


@dataclass
class Cell:
    """What is billed of an item in a month, of all units together."""

    month: int
    amount: Decimal = Decimal("0.00")
    open_amount: Decimal = Decimal("0.00")
    states: set[str] = field(default_factory=set)

    @property
    def state(self) -> str:
        return next(str(state) for state in _URGENCY if state in self.states)

    @property
    def css(self) -> str:
        return {"PAID": "p", "OVERDUE": "o", "PARTLY_PAID": "h"}.get(self.state, "n")

    @property
    def words(self) -> str:
        """The cell for those who do not see its colour."""
        texts = {
            LineState.PAID: gettext("%(month)s: %(amount)s, paid"),
            LineState.OVERDUE: gettext("%(month)s: %(amount)s, %(open)s overdue"),
            LineState.PARTLY_PAID: gettext("%(month)s: %(amount)s, %(open)s still open"),
            LineState.OPEN: gettext("%(month)s: %(amount)s, not due yet"),
        }
        values = {
            "month": MONTHS[self.month],
            "amount": f"{self.amount:,.2f}",
            "open": f"{self.open_amount:,.2f}",
        }
        return texts[LineState(self.state)] % values


@dataclass(frozen=True)
class Row:
    item: str
    cells: Sequence[Cell | None]  # January to December


def matrix(lines: Iterable[Any]) -> list[Row]:
    """Return the rows of one year's lines, as ``runs.lines`` gives them, in the items' order."""
    rows: dict[tuple[int, int, str], dict[int, Cell]] = {}
    for line in lines:
        item = line.item
        cells = rows.setdefault((item.sort_order, item.pk, item.name), {})
        cell = cells.setdefault(line.period.month, Cell(line.period.month))
        cell.amount += line.amount
        cell.open_amount += line.open_amount
        cell.states.add(line.state)
    return [
        Row(name, [cells.get(month) for month in range(1, 13)])
        for (_order, _pk, name), cells in sorted(rows.items())
    ]
