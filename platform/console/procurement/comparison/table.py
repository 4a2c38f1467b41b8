"""The rows of the comparison sheet as HTML.

Written in Python and not in a template: a round of 500 lines and 20 vendors has ten thousand
cells, and a template tag for each of them is what makes such a page slow.
"""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from console.templatetags.ui import icon
from kernel.spelling import MINUS, spell_money, spell_number, spell_price
from services.procurement.rounds.rules.comparison import Cell, Column, Comparison, Row


def spell_change(percent: Decimal | None) -> str:
    """Return a change in per cent with its sign: ``+2.2%``, ``−11.1%``; empty for none known."""
    if percent is None:
        return ""
    sign = "+" if percent > 0 else MINUS if percent < 0 else ""
    return f"{sign}{abs(percent)}%"


def score_bar(points: Decimal, weight: int) -> SafeString:
    """Return a bar of points out of ``weight``, and the points to a tenth beside it."""
    share = points * 100 / weight if weight else Decimal(0)
    return mark_safe(  # noqa: S308 - figures only
        '<div class="cmp-score"><svg viewBox="0 0 100 5" preserveAspectRatio="none"'
        ' aria-hidden="true"><rect class="fill-1" width="100" height="5"/>'
        f'<rect class="fill-2" width="{share:.1f}" height="5"/></svg><b>{points:.1f}</b></div>'
    )


def rows_of(sheet: Comparison, *, best: Column | None) -> SafeString:
    """Return a ``<tr>`` for each line: name, quantity, last price, a cell for each vendor."""
    classes = ["v best" if column is best else "v" for column in sheet.columns]
    return mark_safe("".join(_rows(sheet, classes)))  # noqa: S308 - escaped below


def _rows(sheet: Comparison, classes: list[str]) -> Iterator[str]:
    arrow, alarm = icon("arrow-d", "i-s"), icon("alert", "i-s")
    lowest, unquoted = gettext("lowest"), gettext("Not quoted")
    for row in sheet.rows:
        yield "<tr>"
        yield _head(row)
        for name, cell in zip(classes, row.cells, strict=True):
            if cell.price is None:
                yield f'<td class="{name} t3">{unquoted}</td>'
            else:
                yield (
                    f'<td class="{name}"><div class="cmp-price">{_price(cell, arrow, lowest)}'
                    f"{_remark(cell, alarm)}</div></td>"
                )
        yield "</tr>"


def _head(row: Row) -> str:
    line = row.line
    spec = f' <span class="t3">{conditional_escape(line.spec)}</span>' if line.spec else ""
    agreed = ""
    if line.agreed_price is not None:
        words = gettext("contract %(price)s") % {"price": spell_price(line.agreed_price)}
        agreed = f"<br><small>{words}</small>"
    return (
        f'<th scope="row"><span class="ell">{conditional_escape(line.name)}{spec}</span></th>'
        f'<td class="amt t2">{spell_number(line.quantity.normalize())} '
        f"{conditional_escape(line.unit)}</td>"
        f'<td class="amt t3">{spell_price(line.last_price)}{agreed}</td>'
    )


def _price(cell: Cell, arrow: SafeString, lowest: str) -> str:
    if not cell.is_lowest:
        return f"<span>{spell_price(cell.price)}</span><span></span>"
    return (
        f'<span class="lo">{spell_price(cell.price)}</span>'
        f'<span class="lo">{arrow}<span class="visually-hidden">{lowest}</span></span>'
    )


def _remark(cell: Cell, alarm: SafeString) -> str:
    if cell.deviation is None:
        return f"<small>{spell_change(cell.change)}</small>"
    words = gettext("%(percent)s from the others' median") % {
        "percent": spell_change(cell.deviation)
    }
    return f'<small class="odd">{alarm}{words}</small>'


__all__ = ["rows_of", "score_bar", "spell_change", "spell_money", "spell_price"]
