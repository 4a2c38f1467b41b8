"""xlsx packages: what a zip declares and what its parts reach, without building anything.

A workbook of 5 KB can make its reader allocate gigabytes: by a value in the farthest cell, by parts
that unpack to thousands of times their size, by entities that expand. Each is found here by
streaming the parts once; nothing larger than one piece is held.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from kernel.tabular.limits import MIB, Limits
from kernel.tabular.problems import FileRefused

_CONTENT_TYPES = "[Content_Types].xml"
_PIECE = MIB
_CONTENT_TYPES_BYTES = MIB
_MAIN_TYPES = (b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml")
_MACRO_TYPES = (b"sheet.macroEnabled.main+xml", b"template.macroEnabled.main+xml", b"vbaProject")
_OTHER_TYPES = (
    (b"sheet.binary.macroEnabled", "xlsb"),
    (b"wordprocessingml", "docx"),
    (b"presentationml", "pptx"),
)
# A part below this size is not worth judging by its ratio: a theme may well be all zeros.
_RATIO_FROM_BYTES = MIB

_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_COLUMNS = re.compile(rb'<c r="([A-Z]+)\d')
_ROWS = re.compile(rb'<c r="[A-Z]+(\d+)"')
_VALUED = re.compile(rb'<c r="([A-Z]+)(\d+)"(?:[^>]*[^>/])?>(?!</c>)')
# Cells written in any other way than the usual one are left to a real XML parser.
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_UNUSUAL_CELL = re.compile(rb'<c(?=[\s/>])(?! r="[A-Z]{1,3}\d{1,7}")')


def check_package(content: bytes, limits: Limits) -> None:
    """Refuse a zip that is not a workbook, or one that is not safe to hand to the reader.

    :raises FileRefused: ``file.broken``, ``file.encrypted``, ``file.macros``, ``file.not-a-table``,
        ``file.zip-bomb``, ``file.unsafe-xml``, ``file.too-many-rows``, ``file.too-many-columns``
        or ``file.too-many-cells``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            _check_directory(entries, len(content), limits)
            _check_content_types(package, entries)
            for entry in entries:
                _check_part(package, entry, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileRefused("file.broken") from error
    except (OSError, ValueError, OverflowError) as error:
        # zipfile's answers to impossible offsets, years and name lengths.
        raise FileRefused("file.broken") from error


def _check_directory(entries: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    """Judge by the central directory alone: nothing is unpacked yet."""
    if len(entries) > limits.zip_entries:
        raise FileRefused("file.zip-bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRefused("file.encrypted")
    if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
        raise FileRefused("file.zip-bomb")
    for entry in entries:
        if entry.file_size > _RATIO_FROM_BYTES and (
            entry.file_size > entry.compress_size * limits.zip_ratio
        ):
            raise FileRefused("file.zip-bomb")
    names = {entry.filename.lower() for entry in entries}
    if len(names) != len(entries):
        raise FileRefused("file.broken")
    # Entries that share bytes unpack to more than the file could hold.
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise FileRefused("file.zip-bomb")
        end = entry.header_offset + entry.compress_size
    if end > size:
        raise FileRefused("file.broken")


def _check_content_types(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if _CONTENT_TYPES not in names:
        raise FileRefused("file.not-a-table", format="ods" if "mimetype" in names else "zip")
    with package.open(_CONTENT_TYPES) as part:
        types = part.read(_CONTENT_TYPES_BYTES)
    for mark, name in _OTHER_TYPES:
        if mark in types and not any(main in types for main in _MAIN_TYPES):
            raise FileRefused("file.not-a-table", format=name)
    if any(mark in types for mark in _MACRO_TYPES) or any(
        name.lower().endswith("vbaproject.bin") for name in names
    ):
        raise FileRefused("file.macros")
    if not any(main in types for main in _MAIN_TYPES):
        raise FileRefused("file.not-a-table", format="zip")


def _check_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.is_dir():
        return
    is_xml = entry.filename.lower().endswith((".xml", ".rels"))
    extent = _Extent(limits)
    unusual = False
    for piece in _pieces(package, entry, limits):
        if is_xml and (b"\x00" in piece or _DECLARATION.search(piece)):
            # A zero byte is UTF-16, which would hide everything from the expressions below.
            raise FileRefused("file.unsafe-xml")
        unusual = unusual or bool(_PREFIXED_CELL.search(piece) or _UNUSUAL_CELL.search(piece))
        if not unusual:
            extent.add_piece(piece)
    if unusual and is_xml:
        _measure_slowly(package, entry, limits)


def _pieces(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> Iterator[bytes]:
    """Unpack one part piece by piece, never cutting a cell in two.

    The central directory's sizes are claims: what really comes out is counted.
    """
    unpacked = 0
    rest = b""
    with package.open(entry) as part:
        while block := part.read(_PIECE):
            unpacked += len(block)
            if unpacked > entry.file_size or unpacked > limits.unpacked_bytes:
                raise FileRefused("file.zip-bomb")
            piece = rest + block
            cut = _end_of_whole_cells(piece)
            rest = piece[cut:]
            yield piece[:cut]
    if rest:
        yield rest


def _end_of_whole_cells(piece: bytes) -> int:
    for mark in (b"<c", b"<"):
        cut = piece.rfind(mark)
        if cut >= 0 and len(piece) - cut < _PIECE:
            return cut
    return len(piece)


class _Extent:
    """The box from A1 to the last cell that holds something, checked while it grows."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rows = 0
        self._columns = 0

    def add_piece(self, piece: bytes) -> None:
        columns = max(map(_column_number, set(_COLUMNS.findall(piece))), default=0)
        rows = max(map(int, set(_ROWS.findall(piece))), default=0)
        if self._fits(rows, columns):
            self._rows, self._columns = max(self._rows, rows), max(self._columns, columns)
            return
        # Cells that only carry a format reach far in honest files: now look at values alone.
        for match in _VALUED.finditer(piece):
            self.add(int(match[2]), _column_number(match[1]))

    def add(self, row: int, column: int) -> None:
        """Count one cell with a value.

        :raises FileRefused: if the box becomes larger than the limits.
        """
        if not self._fits(row, column):
            if row > self._limits.rows:
                raise FileRefused("file.too-many-rows", limit=self._limits.rows, row=row)
            if column > self._limits.columns:
                raise FileRefused("file.too-many-columns", limit=self._limits.columns)
            raise FileRefused("file.too-many-cells", limit=self._limits.cells)
        self._rows, self._columns = max(self._rows, row), max(self._columns, column)

    def _fits(self, row: int, column: int) -> bool:
        rows, columns = max(self._rows, row), max(self._columns, column)
        return (
            rows <= self._limits.rows
            and columns <= self._limits.columns
            and rows * columns <= self._limits.cells
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _measure_slowly(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Measure cells that are prefixed, unnumbered or quoted otherwise, with a real parser."""
    walker = _CellWalker(_Extent(limits))
    parser = expat.ParserCreate()
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    try:
        with package.open(entry) as part:
            while block := part.read(_PIECE):
                parser.Parse(block)
            parser.Parse(b"", True)  # noqa: FBT003 - the end, says expat
    except expat.ExpatError as error:
        raise FileRefused("file.broken") from error


class _CellWalker:
    """Numbers cells as the reader does: by their reference, else by their place."""

    def __init__(self, extent: _Extent) -> None:
        self._extent = extent
        self._row = 1
        self._column = 1
        self._in_cell = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._row = _positive(attributes.get("r"), self._row)
        elif local == "c":
            self._in_cell = True
            reference = re.fullmatch(r"([A-Za-z]{1,7})(\d{1,9})", attributes.get("r", ""))
            if reference:
                self._row = int(reference[2])
                self._column = _column_number(reference[1].upper().encode())
        elif self._in_cell:
            self._extent.add(self._row, self._column)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._in_cell = False
            self._column += 1
        elif local == "row":
            self._row += 1
            self._column = 1


def _positive(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise
