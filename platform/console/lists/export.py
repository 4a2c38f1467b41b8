"""Sheets for other programs: xlsx and CSV, of exactly the rows and columns that are shown.

Texts are never formulas. In xlsx they are written as strings, whatever they begin with. In CSV,
where a spreadsheet guesses, a text that could start a formula gets an apostrophe before it.
"""

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.http import FileResponse
from django.utils import timezone

from console.lists.columns import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# A full request must not hold a web process for longer than about ten seconds.
MOST_ROWS = 50_000
# Spreadsheets look past spaces, and Excel, WPS and LibreOffice accept full-width signs.
_STARTS_FORMULA = re.compile(r"^[\s\u3000\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")
# XML 1.0 cannot hold these; a file with one of them does not open.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST_CELL = 32_767
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def neutral(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula when it reads a CSV file."""
    return f"'{text}" if _STARTS_FORMULA.match(text) else text


def xlsx(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> FileResponse:
    """Return an xlsx file. Rows are written as they come; memory does not grow with them."""
    # The response closes the file, and closing removes it.
    file = tempfile.TemporaryFile(prefix="export-")  # noqa: SIM115
    write_xlsx(file, name, columns, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def write_xlsx(file: IO[bytes], name: str, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write one sheet with a bold, frozen head. Numbers and days are typed, all else is text."""
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    sheet = book.add_worksheet(_SHEET_NAME.sub(" ", name)[:31].strip() or "1")
    head = book.add_format({"bold": True, "bottom": 1})
    formats = {
        "money": book.add_format({"num_format": "#,##0.00"}),
        "percent": book.add_format({"num_format": "0.0%"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        "text": book.add_format({"num_format": "@"}),
    }
    for index, column in enumerate(columns):
        sheet.set_column(index, index, 18 if column.kind in {"text", "time"} else 13)
        sheet.write_string(0, index, clean(str(column.label)), head)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            value = column.for_sheet(row)
            if value is None:
                continue
            if isinstance(value, Decimal):
                sheet.write_number(number, index, float(value), formats.get(column.kind))
            elif isinstance(value, datetime):
                local = timezone.localtime(value).replace(tzinfo=None)
                sheet.write_datetime(number, index, local, formats["time"])
            elif isinstance(value, date):
                sheet.write_datetime(number, index, value, formats["day"])
            else:
                sheet.write_string(number, index, clean(str(value)), formats["text"])
    book.close()


def as_csv(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> FileResponse:
    """Return a CSV file in UTF-8 with the mark that Excel and WPS need to see it.

    It is written before the view returns: a streamed answer would read its rows when the company
    is no longer in force.
    """
    file = tempfile.TemporaryFile(prefix="export-")  # noqa: SIM115
    write_csv(file, columns, rows)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.csv", content_type=CSV)


def write_csv(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write a CSV file as the rows come."""
    for line in csv_lines(columns, rows):
        file.write(line.encode())


def csv_lines(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    """Yield the lines of a CSV file, head first."""
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([neutral(str(column.label)) for column in columns])
    for row in rows:
        yield writer.writerow([_csv_cell(column.for_sheet(row)) for column in columns])


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return neutral(_CONTROL.sub(" ", str(value)))


def clean(text: str) -> str:
    """Return ``text`` as a cell of xlsx can hold it."""
    return _CONTROL.sub(" ", text)[:_LONGEST_CELL]


class _Echo:
    """A file that gives back what is written to it, for ``csv.writer``."""

    def write(self, line: str) -> str:
        return line
