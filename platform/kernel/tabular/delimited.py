"""Text tables: which encoding, which delimiter, which rows."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from kernel.tabular.cells import Row
from kernel.tabular.limits import Limits
from kernel.tabular.problems import FileRefused

DELIMITERS = (",", "\t", ";", "|")

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# How exporting programs keep a spreadsheet from taking text for a number: ="0101" and '0101.
_KEPT_AS_TEXT = re.compile(r"=\"(.*)\"|'([0-9][^']*)", re.DOTALL)
_SAMPLE_ROWS = 60
_SAMPLE_CHARACTERS = 64 * 1024


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding, decoded strictly: no sign is ever guessed.

    Tried in this order: what a byte order mark says, UTF-8, GB18030 (which contains GBK and GB2312,
    and is what spreadsheet programs in China write).

    :raises FileRefused: ``file.unknown-encoding`` or ``file.binary``.
    """
    if content.startswith(codecs.BOM_UTF8):
        encodings = ["utf-8-sig"]
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROL.search(text):
            raise FileRefused("file.binary")
        return text, encoding
    raise FileRefused("file.unknown-encoding")


def find_delimiter(text: str) -> str:
    """Return the delimiter under which most rows have the same number of columns, above one."""

    def agreement(delimiter: str) -> tuple[int, int]:
        rows = islice(_records(text[:_SAMPLE_CHARACTERS], delimiter), _SAMPLE_ROWS)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            return (0, 0)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        return (count, width)

    return max(DELIMITERS, key=agreement)


def parse(text: str, delimiter: str, limits: Limits) -> list[Row]:
    """Split ``text`` into rows; a quoted line break stays inside its cell, a blank line is a row.

    :raises FileRefused: if there are more rows, columns or cells than ``limits`` allow, a cell is
        too long, or a quotation mark that is never closed has swallowed rows.
    """
    rows: list[Row] = []
    cells = 0
    for record in _records(text, delimiter):
        rows.append([_plain(value) for value in record])
        cells += len(record)
        if len(rows) > limits.rows:
            raise FileRefused("file.too-many-rows", limit=limits.rows)
        if len(record) > limits.columns:
            raise FileRefused("file.too-many-columns", limit=limits.columns)
        if cells > limits.cells:
            raise FileRefused("file.too-many-cells", limit=limits.cells)
        if any(len(value) > limits.cell_characters for value in record):
            raise FileRefused("file.cell-too-long", row=len(rows))
        if any("\n" in value or "\r" in value for value in record):
            _refuse_swallowed_rows(record, delimiter, len(rows))
    return rows


def _plain(value: str) -> str | None:
    match = _KEPT_AS_TEXT.fullmatch(value) if value[:1] in {"=", "'"} else None
    return (match[1] or match[2] if match else value) or None


def _refuse_swallowed_rows(record: list[str], delimiter: str, number: int) -> None:
    """Refuse a cell that holds a whole row: its quotation mark was closed by a later one's.

    :raises FileRefused: ``file.quote-open``.
    """
    for value in record:
        lines = value.splitlines()
        # The first line and the last are the ends of cells; a row lies between, or is the last.
        if any(line.count(delimiter) >= max(2, len(record) // 2) for line in lines[1:]):
            raise FileRefused("file.quote-open", row=number)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        # The module's own bound on one field, 131,072 characters.
        raise FileRefused("file.cell-too-long") from error
