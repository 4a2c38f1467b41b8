"""The comparison sheet as xlsx: one row a line, two columns a vendor."""

import tempfile
from collections.abc import Mapping
from typing import IO, Any, NamedTuple

import xlsxwriter
from django.http import FileResponse
from django.utils.translation import gettext, pgettext

from console.lists.export import XLSX, clean
from console.procurement.comparison.words import spell_cooperation
from services.procurement.rounds.models import Round
from services.procurement.rounds.rules import awards
from services.procurement.rounds.rules.comparison import Comparison, Row
from services.procurement.scorecards.queries import Cooperation

Records = Mapping[int, Cooperation]
_FIXED = 7  # columns before the vendors'


def xlsx(quote_round: Round, sheet: Comparison, records: Records) -> FileResponse:
    """Return the file. Its rows are written as they come.

    :param records: of the vendors, by their ids.
    """
    # The response closes the file, and closing removes it.
    file = tempfile.TemporaryFile(prefix="export-")  # noqa: SIM115
    write(file, quote_round, sheet, records)
    file.seek(0)
    return FileResponse(
        file, as_attachment=True, filename=f"{quote_round.number}.xlsx", content_type=XLSX
    )


def write(file: IO[bytes], quote_round: Round, sheet: Comparison, records: Records) -> None:
    """Write the workbook: what each vendor offers in all, then every line."""
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
    money = book.add_format({"num_format": "#,##0.00"})
    price = book.add_format({"num_format": "#,##0.00##"})
    low = book.add_format({"num_format": "#,##0.00##", "bold": True, "font_color": "#15803d"})
    page.set_column(0, 0, 6)
    page.set_column(1, 2, 24)
    page.set_column(3, _FIXED + 2 * len(sheet.columns), 13)
    page.write_string(0, 0, clean(f"{quote_round.number} {quote_round.title}"), bold)
    row = 2
    for label, values in _facts(sheet, records):
        page.write_string(row, 1, label, bold)
        for place, value in enumerate(values):
            column = _FIXED + 2 * place
            if isinstance(value, str):
                page.write_string(row, column, clean(value))
            elif value is not None:
                page.write_number(row, column, float(value), money)
        row += 1
    row += 1
    labels = [
        gettext("No."),
        gettext("Article"),
        gettext("Specification"),
        pgettext("of measure", "Unit"),
        gettext("Quantity"),
        gettext("Last price"),
        gettext("Contract price"),
    ]
    for offered in sheet.columns:
        labels += [offered.bid.vendor_name, gettext("Amount")]
    for place, label in enumerate(labels):
        page.write_string(row, place, clean(label), head)
    formats = _Formats(money, price, low)
    for line_row in sheet.rows:
        row += 1
        _write_line(page, row, line_row, formats)
    book.close()


class _Formats(NamedTuple):
    money: Any
    price: Any
    low: Any


def _write_line(page: Any, row: int, line_row: Row, formats: _Formats) -> None:
    line, cells = line_row
    page.write_number(row, 0, line.position)
    page.write_string(row, 1, clean(line.name))
    page.write_string(row, 2, clean(line.spec))
    page.write_string(row, 3, clean(line.unit))
    page.write_number(row, 4, float(line.quantity))
    if line.last_price is not None:
        page.write_number(row, 5, float(line.last_price), formats.price)
    if line.agreed_price is not None:
        page.write_number(row, 6, float(line.agreed_price), formats.price)
    for place, cell in enumerate(cells):
        if cell.price is None:
            continue
        column = _FIXED + 2 * place
        shown = formats.low if cell.is_lowest else formats.price
        page.write_number(row, column, float(cell.price), shown)
        amount = awards.amount_of(cell.price, line.quantity)
        page.write_number(row, column + 1, float(amount), formats.money)


def _facts(sheet: Comparison, records: Records) -> list[tuple[str, list[Any]]]:
    columns = sheet.columns
    return [
        (gettext("Vendor"), [column.bid.vendor_name for column in columns]),
        (gettext("Total with freight and tax"), [column.bid.total for column in columns]),
        (gettext("Freight"), [column.bid.freight for column in columns]),
        (gettext("Tax rate in per cent"), [column.bid.tax_percent for column in columns]),
        (gettext("Lines not quoted"), [column.missing for column in columns]),
        (gettext("Days to deliver"), [column.bid.delivery_days for column in columns]),
        (gettext("Months of warranty"), [column.bid.warranty_months for column in columns]),
        (gettext("Terms of payment"), [column.bid.payment_terms for column in columns]),
        (
            gettext("Record of co-operation"),
            [spell_cooperation(records[column.bid.vendor_id]) for column in columns],
        ),
        (
            gettext("Valid until"),
            [column.bid.valid_to.isoformat() if column.bid.valid_to else "" for column in columns],
        ),
        (gettext("Score"), [column.score for column in columns]),
        (gettext("Rank"), [column.rank for column in columns]),
    ]
