"""OLE2 compound files: the container of the old xls, of encrypted xlsx and of Word.

Only the directory is walked, with every chain bounded, so that a file that bites its own tail
is refused here and never reaches the parser.
"""

import struct

from kernel.tabular.problems import FileRefused

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END_OF_CHAIN = 0xFFFFFFFE
_LAST_SECTOR = 0xFFFFFFF9
_HEADER_SIZE = 512
_ENTRY_SIZE = 128
_WORKBOOK_STREAMS = frozenset({"workbook", "book"})


def check_workbook(content: bytes) -> None:
    """Refuse a compound file that is not a plain, readable xls.

    :raises FileRefused: ``file.encrypted``, ``file.macros``, ``file.not-a-table``, ``file.broken``.
    """
    try:
        names = {name.lower() for name in _stream_names(content)}
    except (struct.error, IndexError, ValueError) as error:
        raise FileRefused("file.broken") from error
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise FileRefused("file.encrypted")
    if not names & _WORKBOOK_STREAMS:
        raise FileRefused("file.not-a-table", format="doc" if "worddocument" in names else "ole")
    if "_vba_project_cur" in names:
        raise FileRefused("file.macros")


def _stream_names(content: bytes) -> list[str]:
    (shift,) = struct.unpack_from("<H", content, 30)
    if shift not in {9, 12}:
        raise ValueError("sector size")
    sector_size = 1 << shift
    sectors = len(content) // sector_size  # more than there are: the header takes one
    fat = _allocation_table(content, sector_size, sectors)
    (first,) = struct.unpack_from("<I", content, 48)
    directory = b"".join(
        _sector(content, sector_size, number) for number in _chain(fat, first, sectors)
    )
    return [_entry_name(directory, at) for at in range(0, len(directory), _ENTRY_SIZE)]


def _allocation_table(content: bytes, sector_size: int, sectors: int) -> list[int]:
    """Read the FAT; the further list of its sectors (DIFAT) is a chain of its own."""
    per_sector = sector_size // 4
    located = list(struct.unpack_from("<109I", content, 76))
    (following,) = struct.unpack_from("<I", content, 68)
    seen: set[int] = set()
    while following <= _LAST_SECTOR:
        if following in seen or len(seen) > sectors:
            raise ValueError("the list of the allocation table repeats itself")
        seen.add(following)
        part = struct.unpack(f"<{per_sector}I", _sector(content, sector_size, following))
        located.extend(part[:-1])
        following = part[-1]
    fat: list[int] = []
    for number in located:
        if number <= _LAST_SECTOR:
            fat.extend(struct.unpack(f"<{per_sector}I", _sector(content, sector_size, number)))
    _refuse_loops(fat)
    return fat


def _refuse_loops(fat: list[int]) -> None:
    """Refuse a table in which two sectors name the same next one: only a forgery has that."""
    following = [number for number in fat if number <= _LAST_SECTOR]
    if len(following) != len(set(following)):
        raise ValueError("two chains meet")


def _chain(fat: list[int], first: int, sectors: int) -> list[int]:
    chain: list[int] = []
    number = first
    while number <= _LAST_SECTOR:
        chain.append(number)
        if len(chain) > sectors:
            raise ValueError("the chain repeats itself")
        number = fat[number]
    if number != _END_OF_CHAIN or not chain:
        raise ValueError("the chain has no end")
    return chain


def _sector(content: bytes, sector_size: int, number: int) -> bytes:
    start = (number + 1) * sector_size
    sector = content[start : start + sector_size]
    if len(sector) < sector_size:
        raise ValueError("a sector lies past the end")
    return sector


def _entry_name(directory: bytes, at: int) -> str:
    (size,) = struct.unpack_from("<H", directory, at + 64)
    return directory[at : at + max(0, min(size, 64) - 2)].decode("utf-16-le", "replace")
