"""The uploaded table with its problems beside its rows: an xlsx to correct and to return."""

import io
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import xlsxwriter

from kernel.imports import messages, queries
from kernel.imports.models import ImportBatch, ImportProblem, Severity
from kernel.tabular.cells import Cell
from kernel.tabular.read import Sheet

# One language below the other: the file goes to people who have not chosen one.
HEADING = "问题 / Problems"
_LONGEST_CELL = 32_000
_EXACT_BELOW = 10**15
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def annotate(batch: ImportBatch) -> bytes:
    """Return the batch's sheet as xlsx with a column of reasons and the rejected rows in red.

    Text is written as text, so that a cell that begins with ``=`` stays what it was.

    :raises FileRefused: if the stored file cannot be read.
    """
    workbook = queries.workbook_of(batch=batch)
    sheet = next((item for item in workbook.sheets if item.name == batch.sheet), workbook.sheets[0])
    problems: dict[int, list[ImportProblem]] = defaultdict(list)
    for problem in queries.problems(batch=batch).iterator():
        problems[problem.row_number].append(problem)
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(buffer, options) as target:
        _write(target, batch, sheet, problems)
    return buffer.getvalue()


def _write(
    target: Any, batch: ImportBatch, sheet: Sheet, problems: dict[int, list[ImportProblem]]
) -> None:
    worksheet = target.add_worksheet()
    styles = _Styles(target)
    width = max((len(row) for row in sheet.rows), default=0)
    worksheet.set_column(width, width, 70)
    last_header = batch.header_rows[-1] if batch.header_rows else 0
    worksheet.freeze_panes(last_header, 0)
    for number, row in enumerate(sheet.rows, start=1):
        found = problems.get(number, [])
        severity = _worst(found)
        for column, cell in enumerate(row):
            _write_cell(worksheet, number - 1, column, cell, styles.of(severity, cell))
        if number == last_header:
            worksheet.write_string(number - 1, width, HEADING, styles.heading)
        elif found:
            text = "\n".join(_both(batch.kind, problem) for problem in found)
            worksheet.write_string(
                number - 1, width, text[:_LONGEST_CELL], styles.reasons[severity]
            )


class _Styles:
    def __init__(self, target: Any) -> None:
        colours = {"": None, Severity.WARNING: "#FFF4D6", Severity.ERROR: "#FDE2E0"}
        self.heading = target.add_format({"bold": True})
        self.reasons = {
            severity: target.add_format({"text_wrap": True, **_fill(colour)})
            for severity, colour in colours.items()
        }
        self._plain = {
            severity: target.add_format(_fill(colour)) for severity, colour in colours.items()
        }
        self._days = {
            severity: target.add_format({"num_format": "yyyy-mm-dd", **_fill(colour)})
            for severity, colour in colours.items()
        }

    def of(self, severity: str, cell: Cell) -> Any:
        return (self._days if isinstance(cell, date) else self._plain)[severity]


def _fill(colour: str | None) -> dict[str, str]:
    return {"bg_color": colour} if colour else {}


def _worst(found: Sequence[ImportProblem]) -> str:
    if any(problem.severity == Severity.ERROR for problem in found):
        return Severity.ERROR
    return Severity.WARNING if found else ""


def _both(kind: str, problem: ImportProblem) -> str:
    return " / ".join(dict.fromkeys(messages.reasons(kind, problem).values()))


def _write_cell(worksheet: Any, row: int, column: int, cell: Cell, style: Any) -> None:
    if cell is None:
        worksheet.write_blank(row, column, None, style)
    elif isinstance(cell, bool):
        worksheet.write_boolean(row, column, cell, style)
    elif isinstance(cell, int | Decimal) and abs(Decimal(cell)) < _EXACT_BELOW:
        worksheet.write_number(row, column, cell, style)
    elif isinstance(cell, date) and cell.year >= 1900:
        worksheet.write_datetime(row, column, cell, style)
    elif isinstance(cell, datetime | time | timedelta | date):
        worksheet.write_string(row, column, str(cell), style)
    else:
        worksheet.write_string(row, column, _printable(str(cell)), style)


def _printable(text: str) -> str:
    """Drop what XML cannot carry, and what a cell cannot hold."""
    return _CONTROL.sub("", text)[:_LONGEST_CELL]
