"""From an uploaded file to the table an importer gets: which sheet, which header, which rows."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kernel.imports.importer import Importer, Table
from kernel.tabular import clean
from kernel.tabular.cells import Cell, Row
from kernel.tabular.headers import Header, RowKind, RowSorter, find_header, header_at
from kernel.tabular.problems import CellProblem, FileRefused
from kernel.tabular.read import Sheet, Workbook

_SAMPLE_ROWS = 5
_SAMPLE_LENGTH = 40
_DITTO = frozenset({"同上", "〃", "″", "”", "同前", "ditto"})


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose; everything left out is found by the program."""

    sheet: str | None = None
    header_row: int | None = None  # 1-based
    mapping: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A sheet with its header; ``header`` is None where no row looks like one."""

    sheet: Sheet
    header: Header | None

    @property
    def columns(self) -> list[str]:
        return list(self.header.columns) if self.header else []


def choose(workbook: Workbook, importer: Importer, choice: Choice) -> Chosen:
    """Pick the sheet and the header: those chosen, else those that explain most fields.

    :raises FileRefused: ``file.no-rows`` if there is nothing to choose from.
    """
    sheets = [sheet for sheet in workbook.sheets if sheet.rows]
    if not sheets:
        raise FileRefused("file.no-rows")
    if choice.sheet is not None:
        sheets = [sheet for sheet in sheets if sheet.name == choice.sheet] or sheets
    elif any(not sheet.is_hidden for sheet in sheets):
        sheets = [sheet for sheet in sheets if not sheet.is_hidden]
    if choice.header_row is not None:
        sheet = sheets[0]
        return Chosen(sheet, header_at(sheet.rows, choice.header_row, importer.header_fields))
    found = [Chosen(sheet, find_header(sheet.rows, importer.header_fields)) for sheet in sheets]
    return max(found, key=_worth)


def sheets_alike(workbook: Workbook, importer: Importer, chosen: Chosen) -> list[str]:
    """Return the names of other visible sheets with the same columns: one sheet for each building.

    They are imported one by one; whoever does not know would lose them.
    """
    if chosen.header is None:
        return []
    alike = []
    for sheet in workbook.sheets:
        if sheet is chosen.sheet or sheet.is_hidden:
            continue
        header = find_header(sheet.rows, importer.header_fields)
        if (
            header is not None
            and set(chosen.header.mapping) == set(header.mapping)
            and len(sheet.rows) > header.rows[-1]
        ):
            alike.append(sheet.name)
    return alike


def _worth(chosen: Chosen) -> tuple[int, int]:
    """Rank a sheet by the fields that its header explains, then by its rows."""
    return (len(chosen.header.mapping) if chosen.header else -1, len(chosen.sheet.rows))


def signature(columns: list[str]) -> str:
    """Return a digest that is equal for files made by one form."""
    header = Header((1,), tuple(columns), {})
    return hashlib.sha256(header.signature.encode()).hexdigest()


def table_of(
    chosen: Chosen, mapping: Mapping[str, int], importer: Importer
) -> tuple[Table, list[int]]:
    """Return the data rows below the header, and the numbers of rows that are none.

    Those are sums, signatures and repeated headers; blank lines are not even mentioned.
    """
    assert chosen.header is not None
    essential = [mapping[key] for key in importer.essential if key in mapping]
    header = Header(chosen.header.rows, chosen.header.columns, mapping)
    numbers: list[int] = []
    rows: list[Row] = []
    ignored: list[int] = []
    sorter = RowSorter(header, essential)
    start = header.first_data_row
    for number, row in enumerate(chosen.sheet.rows[start - 1 :], start=start):
        kind = sorter.kind_of(row)
        if kind is RowKind.DATA:
            numbers.append(number)
            rows.append(_without_ditto(row, rows[-1] if rows else []))
        elif kind is not RowKind.BLANK:
            ignored.append(number)
    return Table(numbers, rows, mapping), ignored


def _without_ditto(row: Row, above: Row) -> Row:
    """Put what the row above says in place of 同上 and ″."""
    if not any(isinstance(cell, str) and cell.strip() in _DITTO for cell in row):
        return row
    return [
        (above[index] if index < len(above) else None)
        if isinstance(cell, str) and cell.strip() in _DITTO
        else cell
        for index, cell in enumerate(row)
    ]


def describe(workbook: Workbook, alike: Collection[str] = ()) -> list[dict[str, str | int | bool]]:
    """Return what a person sees of each sheet before choosing one.

    :param alike: the names of sheets with the columns of the one that is chosen.
    """
    return [
        {
            "name": sheet.name,
            "rows": len(sheet.rows),
            "is_hidden": sheet.is_hidden,
            "is_alike": sheet.name in alike,
        }
        for sheet in workbook.sheets
    ]


def sample(chosen: Chosen) -> list[list[str]]:
    """Return the first rows below the header as short texts."""
    start = chosen.header.first_data_row - 1 if chosen.header else 0
    rows = [row for row in chosen.sheet.rows[start : start + 4 * _SAMPLE_ROWS] if any(row)]
    return [[_shown(cell) for cell in row] for row in rows[:_SAMPLE_ROWS]]


def _shown(cell: Cell) -> str:
    try:
        return (clean.text(cell, longest=_SAMPLE_LENGTH) or "")[:_SAMPLE_LENGTH]
    except CellProblem as problem:
        return problem.raw[: _SAMPLE_LENGTH - 1] + "…"
