"""What issues and transfers have in common: their lines, and how a refusal names the article."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.errors import DomainError, Invalid
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.stock import rules
from services.procurement.stock.operations.moving import LotInvalid, StockExpired

MOST_LINES: Final = 200


class LinesInvalid(Invalid):
    code = "procurement.lines-invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An article of a paper, and how much of it; ``lot_id`` if one lot is meant."""

    item_id: int
    quantity: Decimal
    lot_id: int | None = None


def require_lines(lines: Sequence[Line]) -> None:
    """Return if a paper has lines, and not too many. :raises LinesInvalid: otherwise."""
    if not 0 < len(lines) <= MOST_LINES:
        raise LinesInvalid(
            _("Enter between 1 and %(most)d articles.") % {"most": MOST_LINES}, field="lines"
        )


@contextmanager
def naming(item: Item) -> Iterator[None]:
    """Let a refusal say which article of the paper it is about."""
    try:
        yield
    except (rules.QuantityInvalid, rules.StockTooSmall, StockExpired, LotInvalid) as error:
        refused: DomainError = type(error)(
            _("%(item)s: %(problem)s") % {"item": item.name, "problem": error},
            field="lines",
            details={**error.details, "item_id": item.pk},
        )
        raise refused from error
