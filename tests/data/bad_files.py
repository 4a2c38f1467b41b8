"""Files that are not what they say, built when a test asks: a wrong zip compresses badly in git."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import xlsxwriter

from tests.data.xls_writer import compound_file, write_xls

MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CREATED = datetime(2026, 11, 9, tzinfo=UTC)  # a workbook made again is the same to the byte
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(rows: Sequence[Sequence[object]], *, sheet: str = "Sheet1") -> bytes:
    """Return an honest workbook of one sheet."""
    return workbook({sheet: rows})


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]], *, hidden: str = "") -> bytes:
    """Return an honest workbook."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": CREATED})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in sheets.items():
            worksheet = book.add_worksheet(name)
            if name == hidden:
                worksheet.hide()
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    form = moment if isinstance(value, datetime) else None
                    worksheet.write(number, column, value, form)
    return buffer.getvalue()


GOOD = xlsx([["房号", "建筑面积"], ["0101", 90.5]])


def with_part(name: str, data: bytes, *, content: bytes = GOOD) -> bytes:
    """Return a copy of a workbook in which one part is replaced or added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            if entry.filename != name:
                target.writestr(entry.filename, source.read(entry))
        target.writestr(name, data)
    return buffer.getvalue()


def sheet_xml(cells: str, *, before: str = "", tag: str = "worksheet") -> bytes:
    prefix = tag.removesuffix("worksheet")
    declaration = f'xmlns:{prefix[:-1]}="{NAMESPACE}"' if prefix else f'xmlns="{NAMESPACE}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<{tag} {declaration}>'
        f"<{prefix}sheetData>{cells}</{prefix}sheetData></{tag}>"
    ).encode()


def with_sheet(cells: str, **options: str) -> bytes:
    return with_part("xl/worksheets/sheet1.xml", sheet_xml(cells, **options))


def zip_of(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in entries.items():
            target.writestr(name, data)
    return buffer.getvalue()


def content_types(main: str) -> bytes:
    return f'<Types><Override PartName="/x.xml" ContentType="{main}"/></Types>'.encode()


def far_cell() -> bytes:
    return with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )


def far_cell_without_a_reference() -> bytes:
    return with_sheet('<row r="1048575"></row><row><c><v>1</v></c></row>')


def far_cell_in_single_quotes() -> bytes:
    return with_sheet("<row r='1'><c r='XFD1048576'><v>1</v></c></row>")


def far_cell_behind_a_prefix() -> bytes:
    return with_sheet(
        '<x:row r="1"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>', tag="x:worksheet"
    )


def far_cell_by_entity() -> bytes:
    return with_sheet('<row r="1"><c r="&#88;FD1048576"><v>1</v></c></row>')


def wide_cell() -> bytes:
    return with_sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>')


def large_box() -> bytes:
    """Return a sheet within the bounds of rows and of columns whose box is 40 million cells."""
    return with_sheet(
        '<row r="1"><c r="GR1"><v>1</v></c></row><row r="200000"><c r="A200000"><v>1</v></c></row>'
    )


def far_format_only() -> bytes:
    """Return what programs leave behind a formatted row: cells to the last column, all empty."""
    return with_sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFC1" s="0"/><c r="XFD1" s="0"></c></row>'
    )


def many_rows() -> bytes:
    return with_sheet(
        "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 200_003))
    )


def declared_bomb() -> bytes:
    return with_part("xl/media/zeros.bin", bytes(210 * 1024 * 1024))


def ratio_bomb() -> bytes:
    return with_part("xl/media/zeros.bin", bytes(8 * 1024 * 1024))


def many_entries() -> bytes:
    return zip_of({f"xl/part{number}.xml": b"<x/>" for number in range(250)})


def lying_size() -> bytes:
    """Return a bomb whose directory claims that a part of 8 MiB unpacks to 1,000 bytes."""
    content = bytearray(ratio_bomb())
    position = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, position + 24, 1000)
    return bytes(content)


def overlapping_entries() -> bytes:
    """Return a zip in which two directory entries unpack the same bytes."""
    content = bytearray(with_part("xl/media/zeros.bin", bytes(900_000)))
    first = content.find(b"PK\x01\x02")
    last = content.rfind(b"PK\x01\x02")
    content[first + 42 : first + 46] = content[last + 42 : last + 46]
    return bytes(content)


def count_of_strings() -> bytes:
    """Return a workbook that asks its reader for room for 10¹⁵ strings."""
    strings = f'<sst xmlns="{NAMESPACE}" uniqueCount="{10**15}"><si><t>x</t></si></sst>'
    return with_part("xl/sharedStrings.xml", strings.encode())


def entities() -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return with_sheet(
        '<row r="1"><c r="A1" t="str"><v>&l9;</v></c></row>',
        before=f'<!DOCTYPE w [<!ENTITY l0 "aaaaaaaaaa">{laughs}]>',
    )


def external_entity() -> bytes:
    return with_sheet(
        '<row r="1"><c r="A1" t="str"><v>&x;</v></c></row>',
        before='<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    )


def utf16_part() -> bytes:
    return with_part("xl/worksheets/sheet1.xml", sheet_xml("").decode().encode("utf-16"))


def wrong_checksum() -> bytes:
    content = bytearray(GOOD)
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
    content[entry.header_offset + 30 + len(entry.filename) + 20] ^= 0xFF
    return bytes(content)


def encrypted() -> bytes:
    return compound_file({"EncryptionInfo": b"\x04", "EncryptedPackage": bytes(5000)})


def looping_directory() -> bytes:
    """Return an xls whose directory's last sector names the first one as the next."""
    content = bytearray(write_xls([["房号"], ["0101"]]))
    (start,) = struct.unpack_from("<I", content, 48)
    struct.pack_into("<I", content, 512 + start * 4, start)
    return bytes(content)


def looping_table() -> bytes:
    """Return an xls whose list of allocation sectors never ends."""
    content = bytearray(write_xls([["房号"], ["0101"]]))
    struct.pack_into("<II", content, 68, 1, 1)
    struct.pack_into("<I", content, 512 + 512 + 127 * 4, 1)
    return bytes(content)


def far_cell_xls() -> bytes:
    return write_xls([[1], *([] for _ in range(65_534)), [*[None] * 255, 1]])


def macros() -> bytes:
    return with_part(
        "[Content_Types].xml", content_types("application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    )


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x00\x00" * 2)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


Build = Callable[[], bytes]

# name, what builds it, the code it is refused with
REFUSED: tuple[tuple[str, Build, str], ...] = (
    ("empty", lambda: b"", "file.empty"),
    ("21 MiB of text", lambda: b"a,b\n" * (21 * 1024 * 256), "file.too-large"),
    ("picture", png, "file.not-a-table"),
    ("jpeg", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF", "file.not-a-table"),
    ("pdf", lambda: b"%PDF-1.7\n%\xe2\xe3", "file.not-a-table"),
    ("program", lambda: b"MZ\x90\x00\x03\x00", "file.not-a-table"),
    ("web page named xls", lambda: b"\r\n<html><table><tr><td>1", "file.not-a-table"),
    ("xml spreadsheet", lambda: b'<?xml version="1.0"?><Workbook/>', "file.not-a-table"),
    ("any zip", lambda: zip_of({"a.txt": b"hello"}), "file.not-a-table"),
    (
        "opendocument",
        lambda: zip_of({"mimetype": b"x", "content.xml": b"<x/>"}),
        "file.not-a-table",
    ),
    (
        "word",
        lambda: zip_of(
            {"[Content_Types].xml": content_types("x.wordprocessingml.document.main+xml")}
        ),
        "file.not-a-table",
    ),
    (
        "binary workbook",
        lambda: zip_of(
            {
                "[Content_Types].xml": content_types(
                    "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
                )
            }
        ),
        "file.not-a-table",
    ),
    ("old word", lambda: compound_file({"WordDocument": bytes(5000)}), "file.not-a-table"),
    ("empty zip", lambda: zip_of({}), "file.broken"),
    ("truncated", lambda: GOOD[: len(GOOD) // 2], "file.broken"),
    ("zip signature only", lambda: b"PK\x03\x04", "file.broken"),
    ("wrong checksum", wrong_checksum, "file.broken"),
    ("two parts of one name", lambda: with_part("XL/workbook.xml", b"<x/>"), "file.broken"),
    ("encrypted", encrypted, "file.encrypted"),
    ("macros", macros, "file.macros"),
    ("macro part", lambda: with_part("xl/vbaProject.bin", b"x"), "file.macros"),
    ("declared 210 MiB", declared_bomb, "file.zip-bomb"),
    ("ratio of 1,000", ratio_bomb, "file.zip-bomb"),
    ("250 entries", many_entries, "file.zip-bomb"),
    ("lying size", lying_size, "file.broken"),
    ("overlapping entries", overlapping_entries, "file.zip-bomb"),
    ("entities", entities, "file.unsafe-xml"),
    ("external entity", external_entity, "file.unsafe-xml"),
    ("part in utf-16", utf16_part, "file.unsafe-xml"),
    ("far cell", far_cell, "file.too-many-rows"),
    ("far cell without a reference", far_cell_without_a_reference, "file.too-many-rows"),
    ("far cell in single quotes", far_cell_in_single_quotes, "file.too-many-rows"),
    ("far cell behind a prefix", far_cell_behind_a_prefix, "file.too-many-rows"),
    ("far cell by entity", far_cell_by_entity, "file.too-many-rows"),
    ("wide cell", wide_cell, "file.too-many-columns"),
    ("large box", large_box, "file.too-many-cells"),
    ("200,002 rows", many_rows, "file.too-many-rows"),
    ("xls signature only", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "file.broken"),
    ("xls with a looping directory", looping_directory, "file.broken"),
    ("xls with a looping table", looping_table, "file.broken"),
    ("binary", lambda: b"a,b\n1,\x00\n", "file.binary"),
    ("control signs", lambda: b"a,b\n1,\x01\n", "file.binary"),
    ("no known encoding", lambda: b"\xff\xff\x80,\x80\n", "file.unknown-encoding"),
    ("broken after a byte order mark", lambda: b"\xef\xbb\xbfa,\xff\n", "file.unknown-encoding"),
    ("quotation never closed", lambda: b'a,b\n"' + b"x,y\n" * 50_000, "file.cell-too-long"),
    ("300 columns", lambda: b",".join([b"1"] * 300), "file.too-many-columns"),
)

# Refused only by the process that parses: found by falling over it under its limits.
REFUSED_BY_PARSER: tuple[tuple[str, Build, str], ...] = (
    ("10¹⁵ strings announced", count_of_strings, "file.too-complex"),
    ("xls with a far cell", far_cell_xls, "file.too-complex"),
    ("workbook without sheets", lambda: with_part("xl/workbook.xml", b"<workbook"), "file.broken"),
)
