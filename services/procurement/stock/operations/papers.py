"""What papers of goods have in common: lines, keys, and how a refusal names the article."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet

from kernel.errors import Conflict, DomainError, Invalid
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.stock import rules
from services.procurement.stock.operations.moving import LotInvalid, StockExpired
from services.procurement.texts import line as one_line

MOST_LINES: Final = 200
LONGEST_KEY: Final = 80
_Paper = TypeVar("_Paper", bound=Model)


class KeyReused(Conflict):
    code = "procurement.paper-key-reused"


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


def entered_before(papers: QuerySet[_Paper], key: str, **same: Any) -> _Paper | None:
    """Return the paper that a form has entered already: sent twice, it is one paper.

    Called under the lock that the papers come one after the other by.

    :param key: the form's; empty: whoever calls cannot send twice.
    :param same: what the earlier paper must say.
    :raises KeyReused: if another paper was entered with this key.
    """
    wanted = one_line(key, field="key", longest=LONGEST_KEY)
    earlier = papers.filter(key=wanted).first() if wanted else None
    if earlier is not None and any(getattr(earlier, name) != same[name] for name in same):
        raise key_reused()
    return earlier


def key_reused() -> KeyReused:
    return KeyReused(_("Another paper was entered with this key."))


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
