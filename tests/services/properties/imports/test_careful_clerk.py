"""Tables as clerks really keep them, read as a careful one would; no database."""

import io
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import pytest
import xlsxwriter

from kernel.imports import tables
from kernel.imports.importer import Findings
from kernel.tabular.problems import CellProblem, FileRefused
from kernel.tabular.read import Workbook, read
from services.properties.imports import fields, people, rooms, rows
from services.properties.imports.importer import UnitLedgerImporter
from services.properties.imports.rows import LedgerRow
from services.properties.models import UnitKind, UnitState
from tests.data.bad_files import workbook, xlsx

HEADER = ["楼栋", "单元", "房号", "建筑面积", "业主姓名", "联系电话", "房屋状态", "车位号"]
IMPORTER = UnitLedgerImporter()
Table = Sequence[Sequence[object]]


def room(
    number: object = "101",
    *,
    building: object = "1栋",
    entrance: object = "1单元",
    area: object = 90.5,
    **other: object,
) -> list[object]:
    owner = other.get("owner", "张三")
    return [building, entrance, number, area, owner, None, other.get("state", "自住"), None]


def chosen_of(book: Workbook) -> tables.Chosen:
    return tables.choose(book, IMPORTER, tables.Choice())


def read_ledger(content: bytes) -> tuple[list[LedgerRow], Findings, list[int]]:
    """Return the accepted rows, what was found, and the numbers of rows that are no data."""
    chosen = chosen_of(read(content))
    assert chosen.header is not None
    table, ignored = tables.table_of(chosen, chosen.header.mapping, IMPORTER)
    findings = Findings(table)
    return rows.read_rows(findings, {}), findings, ignored


def codes(content: bytes) -> list[str]:
    return [row.room.code for row in read_ledger(content)[0]]


def rejected(findings: Findings) -> list[tuple[int, str, str]]:
    return [
        (item.row_number, item.field, item.code)
        for item in findings.problems
        if item.severity == "ERROR"
    ]


# ---- rooms -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("3栋2单元16层1602室", ("3栋", "2单元", "1602室")),
        ("第3栋第2单元第1602室", ("第3栋", "第2单元", "1602室")),
        ("3栋/2单元/1602", ("3栋", "2单元", "1602")),
        ("一期3栋2单元1602", ("一期3栋", "2单元", "1602")),
        ("东区3栋1602", ("东区3栋", "", "1602")),
        ("3区2栋1602", ("3区2栋", "", "1602")),
        ("1栋商铺3", ("1栋", "", "商铺3")),
        ("1栋1单元101、102", ("1栋", "1单元", "101、102")),
        ("1-1-101-1", ("1", "1", "101-1")),
        ("3/2/1602", ("3", "2", "1602")),
        ("3.2.1602", ("3", "2", "1602")),
        ("商业街1-2号", ("商业街", "", "1-2号")),
    ],
)
def test_a_room_in_one_cell_keeps_its_building(text: str, parts: tuple[str, str, str]) -> None:
    assert rooms.split(text) == parts


@pytest.mark.parametrize(
    ("building", "entrance", "number", "code"),
    [
        ("3-1", None, "101", "3-1-101"),
        ("3栋1单元", None, "101", "3-1-101"),
        ("3栋1单元", "1单元", "101", "3-1-101"),
        ("1栋", "1单元", "1栋1单元102室", "1-1-102"),
        ("1栋", "1单元", "1-1-102", "1-1-102"),
        ("1栋", None, "1栋2单元102", "1-2-102"),
        ("1栋", "1单元", "101-102", "1-1-101-102"),
    ],
)
def test_columns_that_repeat_each_other_name_one_room(
    building: object, entrance: object, number: object, code: str
) -> None:
    table: Table = [HEADER, room(number, building=building, entrance=entrance)]

    assert codes(xlsx(table)) == [code]


@pytest.mark.parametrize("number", ["2栋1单元118", "2-1-118", "1栋2单元118"])
def test_a_room_that_contradicts_its_columns_is_rejected(number: str) -> None:
    accepted, findings, _ignored = read_ledger(xlsx([HEADER, room("101"), room(number)]))

    assert [row.room.code for row in accepted] == ["1-1-101"]
    assert rejected(findings) == [(3, "room", "another-place")]


def test_a_building_named_once_for_its_rooms_holds_for_them() -> None:
    table: Table = [
        HEADER,
        room("101"),
        room("102", building=None, entrance=None),
        room("201", building=None, entrance="2单元"),
        room("202", building=None, entrance=None),
        room("101", building="2栋"),
        room("102", building=None, entrance=None),
    ]

    accepted, findings, _ignored = read_ledger(xlsx(table))

    assert [row.room.code for row in accepted] == [
        "1-1-101", "1-1-102", "1-2-201", "1-2-202", "2-1-101", "2-1-102"
    ]  # fmt: skip
    assert [
        item.row_number for item in findings.problems if item.code == "carried-down"
    ] == [3, 4, 5, 7]  # fmt: skip


def test_a_building_left_out_of_a_few_rows_is_missing_there() -> None:
    table: Table = [HEADER, room("101"), room("102"), room("103", building=None)]

    accepted, findings, _ignored = read_ledger(xlsx(table))

    assert len(accepted) == 2
    assert rejected(findings) == [(4, "building", "missing")]


def test_ditto_marks_repeat_the_cell_above() -> None:
    table: Table = [HEADER, room("101"), room("102", building="同上", entrance="″", owner="〃")]

    accepted, _findings, _ignored = read_ledger(xlsx(table))

    assert [(row.room.code, row.owners[0].name) for row in accepted] == [
        ("1-1-101", "张三"), ("1-1-102", "张三")
    ]  # fmt: skip


# ---- rows that are no rooms --------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        ["云麓物业有限公司"],
        ["2. 面积以产证为准"],
        [None, None, None, None, None, "物业服务中心"],
        ["2026年11月1日"],
        [17],
        [None, None, None, 272.5],
        ["平均", None, None, 90.5],
        ["示例", "1单元", "101", 90.5, "张三", "13800000000"],
        ["例：", "1单元", "101", 90.5, "张三", "13800000000"],
        [1, 2, 3, 4, 5, 6, 7, 8],
        ["甲", "乙", "丙", "丁", 1, 2, 3, 4],
    ],
)
def test_a_row_that_is_no_room_is_neither_imported_nor_rejected(cells: list[object]) -> None:
    accepted, findings, ignored = read_ledger(xlsx([HEADER, cells, room("102")]))

    assert [row.room.code for row in accepted] == ["1-1-102"]
    assert (ignored, rejected(findings)) == ([2], [])


def test_a_room_without_its_number_is_still_rejected() -> None:
    accepted, findings, ignored = read_ledger(xlsx([HEADER, room(None), room("102")]))

    assert len(accepted) == 1
    assert (ignored, rejected(findings)) == ([], [(2, "room", "missing")])


# ---- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("联排别墅", UnitKind.RESIDENCE),
        ("叠墅", UnitKind.RESIDENCE),
        ("住宅-高层", UnitKind.RESIDENCE),
        ("酒店式公寓", UnitKind.RESIDENCE),
        ("机械车位", UnitKind.PARKING),
        ("临街商铺", UnitKind.SHOP),
        ("地下储物间", UnitKind.STORAGE),
    ],
)
def test_a_use_is_known_by_its_part(word: str, kind: str) -> None:
    assert fields.kind(word) == kind


@pytest.mark.parametrize("word", ["非住宅", "商住", "住宅/商铺", "1", "阁楼"])
def test_a_use_that_denies_or_mixes_is_not_guessed(word: str) -> None:
    with pytest.raises(CellProblem, match="unknown-word"):
        fields.kind(word)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("长期空置", UnitState.VACANT),
        ("待租", UnitState.VACANT),
        ("租户", UnitState.LEASED),
        ("入伙", UnitState.OWNER_OCCUPIED),
        ("已交付", None),  # delivered, not more
    ],
)
def test_more_words_of_state(word: str, state: str | None) -> None:
    assert fields.state(word) == state


@pytest.mark.parametrize(
    ("header", "state", "notes"),
    [
        (HEADER, UnitState.OWNER_OCCUPIED, []),
        ([*HEADER[:4], "备注"], UnitState.OWNER_OCCUPIED, []),
    ],
    ids=["owner-named", "no-owner-column"],
)
def test_a_ledger_without_states_is_charged_in_full(
    header: list[str], state: str, notes: list[str]
) -> None:
    table: Table = [[name for name in header if name != "房屋状态"], room("101", state=None)[:5]]

    accepted, findings, _ignored = read_ledger(xlsx(table))

    assert accepted[0].state == state
    assert [item.code for item in findings.problems if item.field == "state"] == notes


def test_a_unit_without_an_owner_among_owned_ones_is_unsold_and_said_so() -> None:
    header = [name for name in HEADER if name != "房屋状态"]
    table: Table = [header, room("101")[:5], room("102", owner=None)[:5]]

    accepted, findings, _ignored = read_ledger(xlsx(table))

    assert [row.state for row in accepted] == [UnitState.OWNER_OCCUPIED, UnitState.UNSOLD]
    assert [(item.row_number, item.code) for item in findings.problems] == [(3, "state-assumed")]


@pytest.mark.parametrize("cell", ["未售", "空置", "未交房"])
def test_a_word_of_state_is_no_owner(cell: str) -> None:
    assert people.names(cell) is None


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("张三 李四", ("张三", "李四")),
        ("张 三", ("张三",)),
        ("欧阳 修文", ("欧阳修文",)),
        ("张三、李四（夫妻）", ("张三", "李四")),
        ("张三(已故)", ("张三(已故)",)),
    ],
)
def test_names_with_blanks_and_remarks(cell: str, names: tuple[str, ...]) -> None:
    assert people.names(cell) == names


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13800000001 13900000002", ("13800000001", "13900000002")),
        ("13800000001或13900000002", ("13800000001", "13900000002")),
        ("13800000001(父亲)", ("13800000001",)),
        ("手机:13800000001", ("13800000001",)),
        ("138 0000 0001", ("13800000001",)),
        ("138-0000-0001；0571-88001234", ("13800000001", "0571-88001234")),
    ],
)
def test_phones_with_words_around_them(cell: str, phones: tuple[str, ...]) -> None:
    assert people.phones(cell) == phones


@pytest.mark.parametrize("cell", ["138000000011390000002", "无电话", "1380000001", "张三"])
def test_what_is_no_phone_is_not_made_one(cell: str) -> None:
    with pytest.raises(CellProblem, match="phone-invalid"):
        people.phones(cell)


@pytest.mark.parametrize(
    ("cell", "spaces"),
    [
        ("B1-023", ("B1-023",)),
        ("B1-024、B1-025", ("B1-024", "B1-025")),
        ("B1-026 B1-027", ("B1-026", "B1-027")),
        ("B1-028/029", ("B1-028", "B1-029")),
        ("B1 039", ("B1-039",)),
        ("B1-038（租）", ("B1-038",)),
        ("车位B1-032", ("B1-032",)),
        ("38", ("38",)),
        ("无", None),
        ("否", None),
    ],
)
def test_parking_spaces(cell: str, spaces: tuple[str, ...] | None) -> None:
    assert rows.spaces(cell) == spaces


@pytest.mark.parametrize("cell", ["有", "是", "租赁", "1个", "2位"])
def test_a_word_is_no_parking_space(cell: str) -> None:
    with pytest.raises(CellProblem, match="space-unnamed"):
        rows.spaces(cell)


@pytest.mark.parametrize("cell", ["未交付", "未收房", "未售"])
def test_a_day_of_handover_that_is_still_to_come_is_none(cell: str) -> None:
    assert fields.handover_day(cell) is None


# ---- sheets, merged cells, text files ----------------------------------------------------------


def test_the_sheet_with_more_rows_is_taken_and_its_likes_are_named() -> None:
    sheets: Mapping[str, Sequence[Sequence[object]]] = {
        "说明": [["填表说明"]],
        "1栋": [HEADER, room("101")],
        "2栋": [HEADER, room("101", building="2栋"), room("102", building="2栋")],
        "汇总": [["楼栋", "户数", "建筑面积"], ["1栋", 1, 90]],
    }
    book = read(workbook(sheets))

    chosen = chosen_of(book)

    assert chosen.sheet.name == "2栋"
    assert tables.sheets_alike(book, IMPORTER, chosen) == ["1栋"]


def test_an_area_merged_over_two_rooms_is_not_charged_twice() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, room("101", area=None))
    sheet.write_row(2, 0, room("102", area=None))
    sheet.merge_range(1, 0, 2, 0, "1栋")
    sheet.merge_range(1, 3, 2, 3, 181.5)
    book.close()

    accepted, findings, _ignored = read_ledger(buffer.getvalue())

    assert [(row.room.code, row.built_area) for row in accepted] == [("1-1-101", Decimal("181.50"))]
    assert rejected(findings) == [(3, "built_area", "missing")]


def line(*cells: str) -> str:
    return ",".join(cells) + "\r\n"


TEXT = line("楼栋", "单元", "房号", "建筑面积", "业主姓名", "备注")


def test_text_kept_from_becoming_a_number_is_read_as_text() -> None:
    content = TEXT + line("1栋", "1单元", '="0101"', "90.5", '="张三"', "")
    content += line("1栋", "1单元", "'0102", "90.5", "李四", "")

    assert codes(content.encode("gb18030")) == ["1-1-0101", "1-1-0102"]


@pytest.mark.parametrize(
    "encode", [lambda text: text.encode(), lambda text: text.encode("gb18030")]
)
def test_a_quotation_mark_left_open_does_not_swallow_rows(encode: Callable[[str], bytes]) -> None:
    content = TEXT + line("1栋", "1单元", "101", "90.5", "张三", '"带露台')
    content += line("1栋", "1单元", "102", "90.5", "李四", "")
    content += line("1栋", "1单元", "103", "90.5", "王五", '带"露台"')

    with pytest.raises(FileRefused, match=r"file\.quote-open") as refusal:
        read(encode(content))

    assert refusal.value.params["row"] == 2


def test_a_line_break_inside_quotation_marks_is_no_swallowed_row() -> None:
    content = TEXT + line("1栋", "1单元", "101", "90.5", "张三", '"两层,\n含地下室,带露台"')

    assert codes(content.encode()) == ["1-1-101"]
