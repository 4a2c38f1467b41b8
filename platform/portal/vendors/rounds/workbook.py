"""The sheet of a round to fill in with a spreadsheet, and reading it back into the grid."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from django.views.decorators.debug import sensitive_variables

from console.lists.export import XLSX, clean
from kernel.errors import Invalid
from kernel.imports.messages import LANGUAGES, file_reason
from kernel.tabular.limits import MIB, Limits
from kernel.tabular.problems import FileRefused
from kernel.tabular.read import read as read_table
from portal.vendors.rounds.forms import CELLS
from services.procurement.rounds.models import Round, RoundLine
from services.procurement.rounds.rules import sheets
from services.procurement.rounds.rules.sheets import SheetInvalid

# Before these the round's own columns stand; these are filled in.
_POSITION: Final = "position"
_OWN: Final = 5
_LIMITS: Final = Limits(file_bytes=5 * MIB, unpacked_bytes=50 * MIB, rows=2_000, cells=200_000)
_MOST_TOLD: Final = 20


class SheetRefused(Invalid):
    code = "procurement.quote-sheet-refused"


@dataclass(slots=True)
class Imported:
    """What a filled sheet says: texts by line and cell, what is wrong by line, and stray rows."""

    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    stray: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.errors and not self.stray


def template(quote_round: Round, lines: Sequence[RoundLine]) -> FileResponse:
    """Return the sheet: what is asked for, and empty columns for what is offered."""
    # The response closes the file, and closing removes it.
    file = tempfile.TemporaryFile(prefix="quote-")  # noqa: SIM115
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    page = book.add_worksheet(clean(quote_round.number)[:31])
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1})
    to_fill = book.add_format({"bold": True, "bottom": 1, "bg_color": "#e8edfb"})
    # As text: a spreadsheet rounds and rewrites numbers of its own accord.
    typed = book.add_format({"num_format": "@", "bg_color": "#f4f6fd"})
    page.set_column(0, 0, 6)
    page.set_column(1, 2, 28)
    page.set_column(3, 4, 9)
    page.set_column(_OWN, _OWN + len(CELLS) - 1, 20)
    page.write_string(0, 0, clean(f"{quote_round.number} {quote_round.title}"), bold)
    page.write_string(
        1, 0, _("Prices with tax, at most four decimals. Leave out what you do not offer.")
    )
    labels = _labels()
    for column, label in enumerate(labels.values()):
        page.write_string(3, column, clean(label), to_fill if column >= _OWN else head)
    for row, line in enumerate(lines, start=4):
        page.write_number(row, 0, line.position)
        page.write_string(row, 1, clean(line.name))
        page.write_string(row, 2, clean(line.spec))
        page.write_string(row, 3, clean(line.unit))
        page.write_number(row, 4, float(line.quantity))
        for column in range(_OWN, _OWN + len(CELLS)):
            page.write_blank(row, column, None, typed)
    book.close()
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{quote_round.number}.xlsx", content_type=XLSX
    )


@sensitive_variables()
def read(content: bytes, lines: Sequence[RoundLine]) -> Imported:
    """Return what a filled sheet says, row by row, whichever language it was made in.

    :raises SheetRefused: if it is no table, or none with our columns.
    """
    try:
        book = read_table(content, _LIMITS)
    except FileRefused as error:
        raise SheetRefused(file_reason(error.code, error.params), field="sheet") from error
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows):
            columns = _columns_of(row)
            if columns is not None:
                return _rows(sheet.rows[number + 1 :], number + 2, columns, lines)
    raise SheetRefused(
        _("This is not the sheet of this inquiry: it has no columns %(number)s and %(price)s.")
        % {"number": _labels()[_POSITION], "price": _labels()["price"]},
        field="sheet",
    )


def _labels() -> dict[str, str]:
    """Return the heads of the columns in the language in force, in their order."""
    return {
        _POSITION: _("No."),
        "name": _("Article"),
        "spec": _("Specification"),
        "unit": pgettext("of measure", "Unit"),
        "quantity": _("Quantity"),
        "price": _("Price with tax"),
        "brand": _("Brand and model"),
        "days": _("Days to deliver"),
        "note": _("Note"),
    }


def _columns_of(row: Sequence[Any]) -> dict[str, int] | None:
    """Return where the columns stand if a row is their head, ``None`` if it is none."""
    texts = {_text(cell): place for place, cell in reversed(list(enumerate(row)))}
    for language in LANGUAGES:
        with override(language):
            labels = _labels()
        found = {name: texts[label] for name, label in labels.items() if label in texts}
        if {_POSITION, "price"} <= found.keys():
            return found
    return None


@sensitive_variables()
def _rows(
    rows: Sequence[Sequence[Any]],
    first: int,
    columns: dict[str, int],
    lines: Sequence[RoundLine],
) -> Imported:
    by_position = {str(line.position): line for line in lines}
    imported = Imported()
    for number, row in enumerate(rows, start=first):
        cells = {
            name: _text(row[place]) if place < len(row) else "" for name, place in columns.items()
        }
        offered = {name: cells.get(name, "")[:300] for name in CELLS}
        if not any(offered.values()):
            continue
        line = by_position.get(cells[_POSITION])
        if line is None or line.pk in imported.cells or _is_other(cells, line):
            if len(imported.stray) < _MOST_TOLD:
                imported.stray.append(_stray(number, cells, line, imported))
            continue
        imported.cells[line.pk] = offered
        wrong = _wrong(offered)
        if wrong:
            imported.errors[line.pk] = _("Row %(row)d: %(what)s") % {"row": number, "what": wrong}
    return imported


def _is_other(cells: dict[str, str], line: RoundLine) -> bool:
    """Tell whether a row of this number is about another article: rows were moved about."""
    return "name" in cells and cells["name"] != _text(clean(line.name))


def _stray(number: int, cells: dict[str, str], line: RoundLine | None, imported: Imported) -> str:
    words = {"row": number, "number": cells[_POSITION] or "—"}
    if line is None:
        return _("Row %(row)d: the inquiry has no line %(number)s.") % words
    if line.pk in imported.cells:
        return _("Row %(row)d: line %(number)s is here twice.") % words
    return _("Row %(row)d: line %(number)s of the inquiry is another article.") % words


@sensitive_variables()
def _wrong(offered: dict[str, str]) -> str:
    """Return what is wrong with a row; what it comes to the check says."""
    try:
        price = sheets.read_number(offered["price"])
        days = sheets.read_number(offered["days"])
    except SheetInvalid as error:
        return str(error)
    if price is None:
        return _("Enter a price, or leave the row out.")
    if price <= 0 or price % Decimal("0.0001"):
        return _("Enter a price above zero with at most four decimals.")
    if days is not None and (days < 0 or days % 1):
        return _("Enter a number of days.")
    return ""


def _text(cell: Any) -> str:
    """Return a cell as one types it: ``28.9``, not ``2.89E+1``."""
    if cell is None or isinstance(cell, bool):
        return ""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}" if cell.is_finite() else ""
    return " ".join(str(cell).split())
