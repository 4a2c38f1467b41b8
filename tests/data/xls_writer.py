"""Write a minimal xls (BIFF8 in an OLE2 compound file), for which no maintained library is left."""

import struct
from collections.abc import Sequence
from datetime import date

SECTOR = 512
END_OF_CHAIN = 0xFFFFFFFE
FREE = 0xFFFFFFFF
FAT_SECTOR = 0xFFFFFFFD

Value = str | int | float | date | None


def write_xls(rows: Sequence[Sequence[Value]], *, sheet: str = "Sheet1") -> bytes:
    """Return the bytes of a workbook of one sheet."""
    return compound_file({"Workbook": workbook_stream(rows, sheet)})


def workbook_stream(rows: Sequence[Sequence[Value]], sheet: str) -> bytes:
    strings: dict[str, int] = {}
    cells = b"".join(
        cell(strings, row_number, column, value)
        for row_number, row in enumerate(rows)
        for column, value in enumerate(row)
        if value is not None
    )
    width = max((len(row) for row in rows), default=0)
    sheet_records = (
        record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 6))
        + record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
        + cells
        + record(0x000A, b"")
    )
    globals_start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 6)) + b"".join(
        # Extended formats: 0 is General, 1 shows dates (built-in format 14).
        record(0x00E0, struct.pack("<HHHBBBBIIH", 0, number_format, 0, 0, 0, 0, 0, 0, 0, 0))
        for number_format in (0, 14)
    )
    name = struct.pack("<BB", len(sheet), 1) + sheet.encode("utf-16-le")
    table = shared_strings(strings)
    sheet_position = len(globals_start) + len(record(0x0085, b"\x00" * 6 + name)) + len(table) + 4
    bound_sheet = record(0x0085, struct.pack("<IH", sheet_position, 0) + name)
    return globals_start + bound_sheet + table + record(0x000A, b"") + sheet_records


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def cell(strings: dict[str, int], row: int, column: int, value: Value) -> bytes:
    if isinstance(value, str):
        return record(
            0x00FD, struct.pack("<HHHI", row, column, 0, strings.setdefault(value, len(strings)))
        )
    if isinstance(value, date):
        serial = (value - date(1899, 12, 30)).days
        return record(0x0203, struct.pack("<HHHd", row, column, 1, serial))
    return record(0x0203, struct.pack("<HHHd", row, column, 0, float(value or 0)))


def shared_strings(strings: dict[str, int]) -> bytes:
    """Return the SST, continued in a new record before the 8,224 bytes of one are full."""
    chunks = [struct.pack("<II", len(strings), len(strings))]
    for text in strings:
        encoded = text.encode("utf-16-le")
        item = struct.pack("<HB", len(encoded) // 2, 1) + encoded
        if len(chunks[-1]) + len(item) > 8000:
            chunks.append(b"")
        chunks[-1] += item
    return record(0x00FC, chunks[0]) + b"".join(record(0x003C, chunk) for chunk in chunks[1:])


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return an OLE2 file of the streams, each padded so that none lies in the mini stream."""
    bodies = [body.ljust(4096, b"\x00") for body in streams.values()]
    lengths = [-(-len(body) // SECTOR) for body in bodies]
    directory_sectors = -(-(len(streams) + 1) * 128 // SECTOR)
    used = directory_sectors + sum(lengths)
    fat_sectors = 1
    while fat_sectors * 128 < used + fat_sectors:
        fat_sectors += 1
    fat = [FAT_SECTOR] * fat_sectors
    directory_start = len(fat)
    fat += chain(directory_start, directory_sectors)
    starts = []
    for length in lengths:
        starts.append(len(fat))
        fat += chain(len(fat), length)
    fat += [FREE] * (fat_sectors * 128 - len(fat))
    entries = directory_entry("Root Entry", 5, END_OF_CHAIN, 0, child=1)
    for number, (name, start, body) in enumerate(
        zip(streams, starts, bodies, strict=True), start=1
    ):
        sibling = number + 1 if number < len(streams) else FREE
        entries += directory_entry(name, 2, start, len(body), right=sibling)
    entries = entries.ljust(directory_sectors * SECTOR, b"\x00")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack(
        "<IIIIIIIII", 0, fat_sectors, directory_start, 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0
    )
    locations = list(range(fat_sectors)) + [FREE] * (109 - fat_sectors)
    header += struct.pack("<109I", *locations)
    body_bytes = b"".join(body.ljust(-(-len(body) // SECTOR) * SECTOR, b"\x00") for body in bodies)
    return header + struct.pack(f"<{len(fat)}I", *fat) + entries + body_bytes


def chain(start: int, length: int) -> list[int]:
    return [*range(start + 1, start + length), END_OF_CHAIN]


def directory_entry(
    name: str, kind: int, start: int, size: int, *, child: int = FREE, right: int = FREE
) -> bytes:
    encoded = name.encode("utf-16-le") + b"\x00\x00"
    return (
        encoded.ljust(64, b"\x00")
        + struct.pack("<HBBIII", len(encoded), kind, 1, FREE, right, child)
        + b"\x00" * 36
        + struct.pack("<IQ", start, size)
    )
