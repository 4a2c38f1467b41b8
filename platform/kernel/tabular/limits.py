"""How large an uploaded table may be."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on a file and on what it unpacks to.

    A ledger of 50,000 rooms is 3 MiB packed, 25 MiB unpacked and 0.7 million cells.
    """

    file_bytes: int = 20 * MIB
    unpacked_bytes: int = 200 * MIB
    zip_entries: int = 200
    # Deflate reaches 1,032; sheets written by spreadsheet programs stay below 40.
    zip_ratio: int = 100
    rows: int = 200_000
    columns: int = 200
    # The reader allocates the whole box from A1 to the last used cell, 32 bytes a cell.
    cells: int = 4_000_000
    cell_characters: int = 32_767
    # Of the process that parses a workbook: its address space and its processor seconds.
    parser_bytes: int = 768 * MIB
    parser_seconds: int = 30


DEFAULT_LIMITS = Limits()
