"""What a round asks for, before vendors see it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from kernel.errors import Invalid
from kernel.text import _

# The rates of value-added tax that a vendor can write on an invoice.
TAX_PERCENTS: Final = tuple(Decimal(rate) for rate in (0, 1, 3, 5, 6, 9, 13))
MAX_LINES: Final = 500
MAX_VENDORS: Final = 20
_QUANTITY_PLACES: Final = Decimal("0.001")
_MAX_QUANTITY: Final = Decimal("9999999.999")
_LINE_TEXTS: Final = {"name": 100, "spec": 300, "unit": 10}
_TEXTS: Final = {"title": 100, "place": 200, "terms": 5000}


class DraftInvalid(Invalid):
    """``field`` names the input; of a line, ``details["position"]`` says which, from 1 on."""

    code = "procurement.round-invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A thing that is asked for.

    :ivar sources: how much of it is for which line of a request; then together they are the
        quantity. Without any the line is free.
    """

    name: str
    unit: str
    quantity: Decimal
    spec: str = ""
    item_id: int | None = None
    sources: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A round as its buyer writes it down; what is missing is asked for when it is published."""

    title: str
    project_id: int | None = None
    lines: Sequence[Line] = ()
    vendor_ids: Sequence[int] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    paper_kind_ids: Sequence[int] = ()
    tax_percent: Decimal = Decimal(13)
    place: str = ""
    needed_on: date | None = None
    terms: str = ""
    closes_at: datetime | None = None


def check(draft: Draft, *, criteria: Collection[str]) -> None:
    """Return if a draft can be kept. :raises DraftInvalid: naming what is wrong in it."""
    if not draft.title.strip():
        raise DraftInvalid(_("Enter a title."), field="title")
    for name, longest in _TEXTS.items():
        if len(getattr(draft, name)) > longest:
            raise DraftInvalid(
                _("Enter up to %(count)d characters.") % {"count": longest}, field=name
            )
    if len(draft.lines) > MAX_LINES:
        raise DraftInvalid(
            _("A round has at most %(count)d lines.") % {"count": MAX_LINES}, field="lines"
        )
    if len(set(draft.vendor_ids)) > MAX_VENDORS:
        raise DraftInvalid(
            _("A round asks at most %(count)d vendors.") % {"count": MAX_VENDORS}, field="vendors"
        )
    if draft.tax_percent not in TAX_PERCENTS:
        raise DraftInvalid(_("Choose a tax rate."), field="tax_percent")
    if not set(draft.weights) <= set(criteria) or any(
        not 0 <= weight <= 100 for weight in draft.weights.values()
    ):
        raise DraftInvalid(_("Give every criterion a weight of at least 1."), field="weights")
    for position, line in enumerate(draft.lines, 1):
        _check_line(line, position)


def bound(lines: Sequence[Line]) -> dict[int, Decimal]:
    """Return how much is wanted of each line of a request, over all lines of the round."""
    total: dict[int, Decimal] = {}
    for line in lines:
        for source_id, quantity in line.sources.items():
            total[source_id] = total.get(source_id, Decimal(0)) + quantity
    return total


def _check_line(line: Line, position: int) -> None:
    details = {"position": position}
    for name, longest in _LINE_TEXTS.items():
        if len(getattr(line, name)) > longest:
            raise DraftInvalid(
                _("Enter up to %(count)d characters.") % {"count": longest},
                field=name,
                details=details,
            )
    if not line.name.strip() or not line.unit.strip():
        raise DraftInvalid(_("Enter a name and a unit."), field="name", details=details)
    quantities = [line.quantity, *line.sources.values()]
    if any(not _is_quantity(quantity) for quantity in quantities) or (
        line.sources and sum(line.sources.values(), Decimal(0)) != line.quantity
    ):
        raise DraftInvalid(
            _("Enter a quantity above zero with at most three decimals."),
            field="quantity",
            details=details,
        )


def _is_quantity(quantity: Decimal) -> bool:
    return (
        quantity.is_finite() and 0 < quantity <= _MAX_QUANTITY and not quantity % _QUANTITY_PLACES
    )
