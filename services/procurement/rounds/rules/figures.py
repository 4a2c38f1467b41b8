"""What a quote comes to, by the quantities that were asked for. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kernel.text import _
from services.procurement.rounds.rules.awards import amount_of, net_of
from services.procurement.rounds.rules.sheets import Sheet, SheetInvalid

MAX_TOTAL: Final = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The amounts of a quote's lines, with tax, and its total with freight."""

    amounts: Mapping[int, Decimal]
    total: Decimal
    net: Decimal
    is_complete: bool


def figures_of(sheet: Sheet, quantities: Mapping[int, Decimal]) -> Figures:
    """Return what a checked quote comes to.

    :param quantities: by the number of the round's line.
    :raises SheetInvalid: if it comes to more than can be written down.
    """
    amounts = {
        line.line_id: amount_of(line.unit_price, quantities[line.line_id]) for line in sheet.lines
    }
    total = sheet.freight + sum(amounts.values(), Decimal(0))
    if total > MAX_TOTAL:
        raise SheetInvalid(_("The total is too large. Is a decimal point missing?"), field="lines")
    return Figures(
        amounts=amounts,
        total=total,
        net=net_of(total, tax_percent=sheet.tax_percent),
        is_complete=amounts.keys() == quantities.keys(),
    )
