"""Find the header row of a table, which column is which, and the rows that are no data."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kernel.tabular.cells import Cell, Row
from kernel.tabular.text import squeeze

# Titles, dates of issue and instructions stand above a header; no ledger has more of them.
_LOOK_AT_ROWS = 40

_EXACT = 1.0
_WITHOUT_UNIT = 0.95
_CONTAINED = 0.6
_LONGEST_NAME = 40

_BRACKETS = re.compile(r"[(\[【〔{<《][^)\]】〕}>》]*[)\]】〕}>》]")
_SIGNS = re.compile(r"[\s*:：,，、。.·_/\\\-—'\"“”＊#]+")


@dataclass(frozen=True, slots=True)
class Field:
    """A value an importer wants.

    :param names: header texts it is known by, in any language, best first.
    :param unlike: parts of a header that rule the field out, e.g. 公摊 (shared) for the built area.
    """

    key: str
    names: tuple[str, ...]
    is_required: bool = False
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table begins and what its columns are.

    ``rows`` are the 1-based numbers of the header's own row or two rows; ``mapping`` is from field
    key to 0-based column, ``confidence`` from field key to a figure above 0 and at most 1.
    """

    rows: tuple[int, ...]
    columns: tuple[str, ...]
    mapping: Mapping[str, int]
    confidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def first_data_row(self) -> int:
        return self.rows[-1] + 1

    @property
    def signature(self) -> str:
        """Return the header as one text: equal for files made by the same form."""
        return "|".join(normalise(column) for column in self.columns).rstrip("|")


class RowKind(StrEnum):
    DATA = "data"
    BLANK = "blank"
    FOOTER = "footer"
    REPEATED_HEADER = "repeated-header"


def normalise(name: str) -> str:
    """Return a header text without spaces, signs and case.

    >>> normalise("建筑 面积 *")
    '建筑面积'
    """
    return _SIGNS.sub("", squeeze(name)).casefold()


def find_header(rows: Sequence[Row], fields: Sequence[Field]) -> Header | None:
    """Return the header that explains most fields, the upper of equals; None if there is none.

    A header needs half of the required fields and at least two in all, so that a title that happens
    to name a field is none. Where a header spans two rows, the lower one names the column and the
    upper one stands in where the lower is empty.
    """
    names = _Names(fields)
    required = [item.key for item in fields if item.is_required]
    best: Header | None = None
    best_rank: tuple[float, int, int] | None = None
    for numbers, columns in _candidates(rows):
        mapping, confidence = names.match(columns)
        found = sum(key in mapping for key in required)
        if len(mapping) < min(2, len(fields)) or found * 2 < len(required):
            continue
        rank = (round(sum(confidence.values()) + found, 2), -len(numbers), -numbers[0])
        if best_rank is None or rank > best_rank:
            best_rank = rank
            best = Header(numbers, tuple(columns), mapping, confidence)
    return best


def _candidates(rows: Sequence[Row]) -> Iterator[tuple[tuple[int, ...], list[str]]]:
    for index, row in enumerate(rows[:_LOOK_AT_ROWS]):
        yield (index + 1,), _texts(row)
        if index + 1 < len(rows):
            yield (index + 1, index + 2), _merged(row, rows[index + 1])


def header_at(rows: Sequence[Row], number: int, fields: Sequence[Field]) -> Header:
    """Take the row at 1-based ``number`` as the header because a person said so."""
    columns = _texts(rows[number - 1]) if 0 < number <= len(rows) else []
    mapping, confidence = _Names(fields).match(columns)
    return Header((number,), tuple(columns), mapping, confidence)


def _texts(row: Row) -> list[str]:
    return [squeeze(value) if isinstance(value, str) else "" for value in row]


def _merged(upper: Row, lower: Row) -> list[str]:
    above, below = _texts(upper), _texts(lower)
    width = max(len(above), len(below))
    above += [""] * (width - len(above))
    below += [""] * (width - len(below))
    return [low or high for high, low in zip(above, below, strict=True)]


class _Names:
    """Every name of every field, and how well a column's text answers to them."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = [
            (
                item.key,
                [normalise(name) for name in (*item.names, item.key)],
                [normalise(part) for part in item.unlike],
            )
            for item in fields
        ]

    def match(self, columns: Sequence[str]) -> tuple[dict[str, int], dict[str, float]]:
        """Give each column to the field it answers best to, the surest pairs first."""
        pairs: list[tuple[float, int, int, str]] = []
        for index, column in enumerate(columns):
            if not column or len(column) > _LONGEST_NAME:
                continue
            whole, bare = normalise(column), normalise(_BRACKETS.sub("", column))
            for key, names, unlike in self._fields:
                score, rank = _score(whole, bare, names, unlike)
                if score:
                    pairs.append((-score, rank, index, key))
        mapping: dict[str, int] = {}
        confidence: dict[str, float] = {}
        taken: set[int] = set()
        for negative, _rank, index, key in sorted(pairs):
            if key not in mapping and index not in taken:
                mapping[key] = index
                confidence[key] = round(-negative, 2)
                taken.add(index)
        return mapping, confidence


def _score(whole: str, bare: str, names: list[str], unlike: list[str]) -> tuple[float, int]:
    """Return how surely a column is the field, and the rank of the name it answers to."""
    if whole in names:
        return _EXACT, names.index(whole)
    if bare in names:
        return _WITHOUT_UNIT, names.index(bare)
    if any(part in whole for part in unlike):
        return 0.0, 0
    # Long texts are sentences that mention a field, short names are part of everything.
    for rank, name in enumerate(names):
        if len(name) >= 2 and name in bare and len(bare) <= len(name) + 6:
            return _CONTAINED * len(name) / len(bare), rank
    return 0.0, 0


_TOTAL = re.compile(
    r"^.{0,16}?(合计|总计|小计|累计|共计|总和|汇总|平均)(\(.*\)|[:：]?.{0,4})$|^(grand|sub)?total:?$|^(σ|∑|average):?$"
)
_SIGNATURE = re.compile(
    r"^(制表|编制|填表|填报|审核|复核|核对|审批|经办|打印|导出|制单|负责|单位盖章|盖章|备注|说明|注意|注|"
    r"preparedby|checkedby|printed)[^:：]{0,6}[:：]"
)
_CLOSING = re.compile(
    r"^(以下空白|以下无正文|第\d+页.*|共\d+(页|户|条|套|间|行).*|end|-+end-+|\*+)$"
)


# A row that shows how to fill in the form.
_EXAMPLE = re.compile(r"^(填写|填报)?(示例|样例|范例|举例|例|例子|example)[:：]?\d?$")
# Rows of column numbers under a header: 1, 2, 3 … or 甲, 乙, 丙 …
_STEMS = "甲乙丙丁戊己庚辛壬癸"


class RowSorter:
    """Tells data from sums, signatures, page heads and blank lines.

    :param essential: the columns without which a row names no object, e.g. the room number.
    """

    def __init__(self, header: Header, essential: Iterable[int]) -> None:
        self._essential = tuple(essential)
        self._names = {
            index: normalise(header.columns[index])
            for index in header.mapping.values()
            if index < len(header.columns) and header.columns[index]
        }
        # A building's name stands in every row of it: each text is looked at once.
        self._normalised: dict[str, str] = {}
        self._footers: dict[tuple[bool | str, ...], bool] = {}

    def kind_of(self, row: Row) -> RowKind:
        leading = _leading_cells(row)
        if not leading:
            return RowKind.BLANK
        has_essential = any(_text_at(row, column) for column in self._essential)
        if not has_essential and len(leading) == 1:
            return RowKind.FOOTER  # a remark, a lonely sum or a serial number: no object
        if _numbers_columns(row):
            return RowKind.REPEATED_HEADER
        # Most rows begin with their number: neither a footer nor a header does.
        if isinstance(leading[0], str) or not has_essential:
            if self._is_footer(leading, has_essential=has_essential):
                return RowKind.FOOTER
            if self._repeats_header(row):
                return RowKind.REPEATED_HEADER
        return RowKind.DATA

    def _repeats_header(self, row: Row) -> bool:
        """Whether the row is the header again, as printed at the top of every page."""
        if len(self._names) < 2:
            return False
        allowed = (len(self._names) - 1) // 2  # cells that may differ
        for index, name in self._names.items():
            cell = row[index] if index < len(row) else None
            if not isinstance(cell, str) or cell[:1].isdigit() or self._name(cell) != name:
                allowed -= 1
                if allowed < 0:
                    return False
        return True

    def _name(self, cell: str) -> str:
        known = self._normalised.get(cell)
        if known is None:
            known = self._normalised[cell] = normalise(cell)
        return known

    def _is_footer(self, leading: list[Cell], *, has_essential: bool) -> bool:
        texts: tuple[bool | str, ...] = (has_essential, *(str(cell) for cell in leading))
        known = self._footers.get(texts)
        if known is None:
            known = _is_footer(leading, has_essential=has_essential)
            self._footers[texts] = known
        return known


def _is_footer(leading: list[Cell], *, has_essential: bool) -> bool:
    texts = [squeeze(str(cell)).casefold() for cell in leading]
    if _TOTAL.search(texts[0]) or _EXAMPLE.search(texts[0]):
        return True
    if has_essential and len(texts) > 1:
        return False
    return bool(
        _SIGNATURE.search(texts[0])
        or _CLOSING.search(texts[0])
        or (len(texts) > 1 and _TOTAL.search(texts[1]))
    )


def _numbers_columns(row: Row) -> bool:
    """Whether the row only counts the columns: each cell is the one before and one more."""
    first = next((cell for cell in row if cell is not None), None)
    if str(first).strip() not in {"1", "甲"}:
        return False
    cells = [squeeze(str(cell)) for cell in row if _text_at([cell], 0)]
    stems = sum(cell in _STEMS for cell in cells)
    counted = [*_STEMS[:stems], *(str(number) for number in range(1, len(cells) - stems + 1))]
    return len(cells) >= 4 and cells == counted


def _leading_cells(row: Row) -> list[Cell]:
    """Return the first two cells that hold anything."""
    leading: list[Cell] = []
    for cell in row:
        if cell is None:
            continue
        if isinstance(cell, str) and not (cell.isalnum() or squeeze(cell)):
            continue
        leading.append(cell)
        if len(leading) == 2:
            break
    return leading


def _text_at(row: Row, column: int) -> str:
    cell: Cell = row[column] if column < len(row) else None
    return "" if cell is None else squeeze(str(cell))
