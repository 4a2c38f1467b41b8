import io
import random
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from kernel.tabular.cells import Row
from kernel.tabular.problems import FileRefused
from kernel.tabular.read import read
from kernel.tabular.sniff import FileKind
from tests.data import bad_files
from tests.data.xls_writer import write_xls

REAL = Path(__file__).parents[2] / "data" / "yunlu-garden"

MORNING = datetime(2023, 1, 5, 8, 30)  # noqa: DTZ001 - a sheet knows no time zone


def rows_of(content: bytes) -> list[Row]:
    return read(content).sheets[0].rows


def test_the_real_ledger_keeps_its_row_numbers_and_its_types() -> None:
    workbook = read((REAL / "房屋业主台账.xlsx").read_bytes())

    (sheet,) = workbook.sheets
    assert (workbook.kind, sheet.name, len(sheet.rows)) == (FileKind.XLSX, "房屋台账", 967)
    assert sheet.rows[0][0] == "云麓花园 房屋业主台账"
    assert sheet.rows[3][:6] == [1, "1栋", "1单元", "0101", Decimal("128.9"), Decimal("103.55")]
    assert sheet.rows[3][10] == date(2022, 1, 7)
    assert sheet.rows[262][4] is None
    assert sheet.rows[477][4] == Decimal("-88.5")
    assert sheet.rows[966][0] == "合计"


def test_the_real_readings_are_gb18030_with_commas() -> None:
    workbook = read((REAL / "抄表记录_2026-10.csv").read_bytes())

    assert (workbook.encoding, workbook.delimiter) == ("gb18030", ",")
    assert len(workbook.sheets[0].rows) == 928
    assert workbook.sheets[0].rows[1] == [
        *("1-1-0101-W", "1-1-0101", "626", "628", "2026-10-25", "李建国", None)
    ]


def test_values_of_an_xlsx_come_as_people_typed_them() -> None:
    typed = [
        "0101",
        90.5,
        16396401757,
        0.1 + 0.2,
        True,
        date(2023, 1, 5),
        MORNING,
    ]

    (row,) = rows_of(bad_files.xlsx([typed]))

    assert row[:5] == ["0101", Decimal("90.5"), 16396401757, Decimal("0.3"), True]
    assert type(row[2]) is int
    assert row[5:] == [date(2023, 1, 5), MORNING]


def test_values_of_an_xls_come_as_people_typed_them() -> None:
    rows = rows_of(write_xls([["标题"], [], ["0101", 90.5, 16396401757, date(2023, 1, 5), "𠮷"]]))

    assert rows[2] == ["0101", Decimal("90.5"), 16396401757, date(2023, 1, 5), "𠮷"]


def test_empty_rows_and_columns_before_the_table_keep_their_place() -> None:
    rows = rows_of(bad_files.xlsx([[], [], [None, None, "房号"], [None, None, "0101"]]))

    assert rows[:2] == [[None] * 3] * 2
    assert rows[3] == [None, None, "0101"]


def test_cells_merged_downwards_hold_for_every_row_they_cover() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.merge_range("B1:D1", "台账")
        sheet.write_row("B2", ["楼栋", "房号"])
        sheet.merge_range("B3:B5", "1栋")
        sheet.write_column("C3", ["0101", "0102", "0103"])
        sheet.write_row("B6", ["", "0201"])

    rows = rows_of(buffer.getvalue())

    assert rows[0] == [None, "台账", None]
    assert [row[1:] for row in rows[2:]] == [
        ["1栋", "0101"],
        ["1栋", "0102"],
        ["1栋", "0103"],
        [None, "0201"],
    ]


def test_sheets_come_in_order_and_hidden_ones_say_so() -> None:
    content = bad_files.workbook(
        {"说明": [["填表说明"]], "台账": [["房号"]], "旧": [["x"]]}, hidden="旧"
    )

    sheets = read(content).sheets

    assert [(sheet.name, sheet.is_hidden) for sheet in sheets] == [
        ("说明", False),
        ("台账", False),
        ("旧", True),
    ]
    assert sheets[1].rows == [["房号"]]


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        ("房号,姓名\n0101,㐂𠮷\n".encode(), "utf-8"),
        ("房号,姓名\n0101,㐂𠮷\n".encode("utf-8-sig"), "utf-8-sig"),
        ("房号,姓名\n0101,㐂𠮷\n".encode("gb18030"), "gb18030"),
        ("房号,姓名\n0101,㐂𠮷\n".encode("utf-16"), "utf-16"),
        ("\ufeff房号,姓名\n0101,㐂𠮷\n".encode("utf-16-be"), "utf-16"),
    ],
    ids=["utf-8", "utf-8 with mark", "gb18030", "utf-16 le", "utf-16 be"],
)
def test_encodings_are_told_apart_and_rare_names_survive(encoded: bytes, encoding: str) -> None:
    workbook = read(encoded)

    assert workbook.encoding == encoding
    assert workbook.sheets[0].rows == [["房号", "姓名"], ["0101", "㐂𠮷"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a;b\n1,5;2\n3,5;4\n", [["a", "b"], ["1,5", "2"], ["3,5", "4"]]),
        ("a\tb\r\n1\t2\r\n", [["a", "b"], ["1", "2"]]),
        ("a|b\n1|2\n", [["a", "b"], ["1", "2"]]),
        ('a,b\n"x\ny","say ""hi"", then; go"\n', [["a", "b"], ["x\ny", 'say "hi", then; go']]),
        ("title\n\na,b\n1,\n", [["title"], [], ["a", "b"], ["1", None]]),
        ("only\n1\n", [["only"], ["1"]]),
    ],
    ids=["comma", "semicolon", "tab", "bar", "quoted", "title and blank line", "one column"],
)
def test_delimiters_quotes_and_blank_lines(text: str, expected: list[Row]) -> None:
    assert rows_of(text.encode()) == expected


def test_a_broken_file_is_read_or_refused_but_never_raises_anything_else() -> None:
    rows: list[list[str | float]] = [["房号", "面积"]]
    rows += [[f"{number:04d}", number + 0.5] for number in range(40)]
    good = [
        bad_files.xlsx(rows),
        write_xls(rows),
        "房号,面积\n0101,90.5\n".encode("gb18030") * 20,
    ]
    chance = random.Random(20261122)
    refused = 0
    for attempt in range(120):
        content = bytearray(good[attempt % 3])
        for _ in range(chance.randint(1, 12)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.3:
            del content[chance.randrange(len(content)) :]

        try:
            read(bytes(content))
        except FileRefused:
            refused += 1

    # Some must get through and some not, or the mutations test nothing.
    assert 20 < refused < 118
