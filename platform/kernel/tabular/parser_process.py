"""The process that parses one workbook; started by ``read``, never imported.

The parser is native code and allocates what a file tells it to: a count of 10¹⁵ strings in 60 bytes
of XML aborts its process. So it works in one of its own, under limits that the operating system
keeps, and what it found comes back as lines of JSON: ``{"sheet": name, "hidden": bool}``, then
lists of rows; at the end ``{"end": true}``, or ``{"refused": code}``. Dates are one-key objects.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

Value = str | int | float | bool | date | datetime | time | timedelta
Cell = str | int | float | bool | dict[str, str | float] | None

# Whole numbers up to here are exact in a workbook: it keeps 15 digits.
EXACT = 10**15
ROWS_PER_LINE = 500
MERGED_CELLS = 1_000_000


def encode(value: Value) -> Cell:
    """Return a cell that is no plain text as JSON can carry it."""
    if isinstance(value, str):
        return value.replace("\0", "") or None  # a database takes no zero bytes
    if isinstance(value, float):
        # 15 digits are what spreadsheet programs show: 0.1+0.2 is 0.3 to the person who typed it.
        shortened = float(f"{value:.15g}")
        return int(shortened) if shortened.is_integer() and abs(shortened) < EXACT else shortened
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"seconds": value.total_seconds()}
    return value


def send(message: object) -> None:
    line = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    sys.stdout.write(line + "\n")


class Merged:
    """Cells merged downwards: the value of the first row holds for every row below it.

    Ledgers merge the building's name over all its rooms. A figure with a fraction is not a name
    but an amount of all rows together (the area of two rooms made into one) and holds for the
    first alone. Cells merged sideways are titles and stay as they are.
    """

    def __init__(self, sheet: calamine.CalamineSheet) -> None:
        self.left = sheet.start[1] if sheet.start else 0
        self.top: dict[tuple[int, int], Value] = {}
        self.rows: dict[int, list[tuple[int, int]]] = {}  # row: where its values come from
        budget = MERGED_CELLS
        for (first_row, first_column), (last_row, _last) in sheet.merged_cell_ranges or []:
            budget -= last_row - first_row + 1
            if last_row == first_row or budget < 0:
                continue
            for row in range(first_row, last_row + 1):
                self.rows.setdefault(row, []).append((first_row, first_column))

    def fill(self, number: int, row: list[Value]) -> None:
        for first_row, column in self.rows[number]:
            index = column - self.left
            if not 0 <= index < len(row):
                continue
            if number == first_row:
                value = row[index]
                if not isinstance(value, float) or value.is_integer():
                    self.top[first_row, column] = value
            elif row[index] == "":
                row[index] = self.top.get((first_row, column), "")


def send_sheet(sheet: calamine.CalamineSheet) -> None:
    if sheet.start is None:
        return
    # The rows above the first used one are given, the columns before it are not.
    before: list[Cell] = [None] * sheet.start[1]
    batch: list[list[Cell]] = []
    merged = Merged(sheet)
    for number, row in enumerate(sheet.iter_rows()):
        if number in merged.rows:
            merged.fill(number, row)
        # Text, which is most of a ledger, is passed on without a call.
        batch.append(
            before
            + [
                (value or None) if type(value) is str and "\0" not in value else encode(value)
                for value in row
            ]
        )
        if len(batch) >= ROWS_PER_LINE:
            send(batch)
            batch = []
    send(batch)


def excess(sheet: calamine.CalamineSheet, rows: int, columns: int, cells: int) -> str | None:
    if sheet.end is None:
        return None
    height, width = sheet.end[0] + 1, sheet.end[1] + 1
    if height > rows:
        return "file.too-many-rows"
    if width > columns:
        return "file.too-many-columns"
    return "file.too-many-cells" if height * width > cells else None


def send_workbook(bounds: tuple[int, int, int]) -> None:
    workbook = calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    for index, metadata in enumerate(workbook.sheets_metadata):
        if metadata.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        hidden = metadata.visible != calamine.SheetVisibleEnum.Visible
        send({"sheet": metadata.name, "hidden": hidden})
        if reason := excess(sheet, *bounds):
            send({"refused": reason})
            return
        send_sheet(sheet)
    send({"end": True})


def main() -> None:
    address_space, seconds, rows, columns, cells = map(int, sys.argv[1:6])
    resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    try:
        send_workbook((rows, columns, cells))
    except calamine.PasswordError:
        send({"refused": "file.encrypted"})
    except (calamine.CalamineError, OSError, ValueError):
        send({"refused": "file.broken"})
    except MemoryError:
        send({"refused": "file.too-complex"})
    sys.stdout.flush()


if __name__ == "__main__":
    main()
