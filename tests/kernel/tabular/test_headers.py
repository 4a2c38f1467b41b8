from pathlib import Path

import pytest

from kernel.tabular.cells import Row
from kernel.tabular.headers import Field, RowKind, RowSorter, find_header, header_at
from kernel.tabular.read import read

REAL = Path(__file__).parents[2] / "data" / "yunlu-garden"

BUILDING = Field("building", ("楼栋", "楼号", "幢号"))
ROOM = Field("room", ("房号", "室号", "门牌号"), is_required=True)
AREA = Field("area", ("建筑面积", "面积"), is_required=True, unlike=("套内", "公摊"))
INNER_AREA = Field("inner_area", ("套内面积",))
OWNER = Field("owner", ("业主姓名", "业主", "户主", "姓名"))
PHONE = Field("phone", ("联系电话", "手机号", "电话"))
FIELDS = (BUILDING, ROOM, AREA, INNER_AREA, OWNER, PHONE)


def test_the_real_ledger_s_header_is_its_third_row() -> None:
    rows = read((REAL / "房屋业主台账.xlsx").read_bytes()).sheets[0].rows

    header = find_header(rows, FIELDS)

    assert header is not None
    assert (header.rows, header.first_data_row) == ((3,), 4)
    assert header.mapping == {
        "building": 1, "room": 3, "area": 4, "inner_area": 5, "owner": 7, "phone": 9
    }  # fmt: skip
    assert header.confidence["room"] == 1.0
    assert header.confidence["area"] == 0.95


@pytest.mark.parametrize(
    ("rows", "expected_rows", "expected"),
    [
        (
            [["电话", "面积(m²)", "户主", "室号"]],
            (1,),
            {"phone": 0, "area": 1, "owner": 2, "room": 3},
        ),
        ([["房 号*", "建筑\n面积"]], (1,), {"room": 0, "area": 1}),
        ([["ROOM", "Area"]], (1,), {"room": 0, "area": 1}),
        (
            [
                ["填表说明:房号、面积、业主姓名必填"],
                ["楼栋", "面积"],
                ["楼栋", "房号", "面积", "姓名"],
            ],
            (3,),
            {"building": 0, "room": 1, "area": 2, "owner": 3},
        ),
        (
            [
                ["房号", "面积", "业主信息", None],
                [None, None, "姓名", "电话"],
                ["0101", 90, "李四", "139"],
            ],
            (1, 2),
            {"room": 0, "area": 1, "owner": 2, "phone": 3},
        ),
        ([["房号", "公摊面积", "姓名"]], (1,), {"room": 0, "owner": 2}),
        ([["房号", "房屋建筑面积", "业主姓名1"]], (1,), {"room": 0, "area": 1, "owner": 2}),
    ],
    ids=[
        "other order and names", "spaces and stars", "keys", "two candidates", "two header rows",
        "shared area is not the area", "names within longer names",
    ],
)  # fmt: skip
def test_headers_are_found_by_name(
    rows: list[Row], expected_rows: tuple[int, ...], expected: dict[str, int]
) -> None:
    header = find_header(rows, FIELDS)

    assert header is not None
    assert header.rows == expected_rows
    assert header.mapping == expected


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [["云麓花园 房屋业主台账"]],
        [["0101", 90.5, "李四"], ["0102", 90.5, "王五"]],
        [["姓名", "电话"], ["李四", "139"]],
    ],
    ids=["nothing", "title", "no header", "another table"],
)
def test_a_table_without_the_required_columns_has_no_header(rows: list[Row]) -> None:
    assert find_header(rows, FIELDS) is None


def test_a_person_may_name_the_header_row() -> None:
    rows: list[Row] = [["x", "房号"], ["0101", "面积"]]

    assert header_at(rows, 1, FIELDS).mapping == {"room": 1}
    assert header_at(rows, 2, FIELDS).mapping == {"area": 1}
    assert header_at(rows, 9, FIELDS).columns == ()


def test_a_form_is_recognised_by_its_signature() -> None:
    first = find_header([["房号", "建筑面积 (㎡)"]], FIELDS)
    again = find_header([["标题"], ["房 号", "建筑面积(㎡)", None]], FIELDS)
    other = find_header([["建筑面积(㎡)", "房号"]], FIELDS)

    assert first is not None
    assert again is not None
    assert other is not None
    assert first.signature == again.signature
    assert first.signature != other.signature


HEADER = find_header([["序号", "楼栋", "房号", "面积", "姓名"]], FIELDS)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ([1, "1栋", "0101", 90.5, "李四"], RowKind.DATA),
        ([None, "1栋", None, 90.5, "李四"], RowKind.DATA),
        ([None, None, "0101"], RowKind.DATA),
        (["备注", "1栋", "0101", 90.5], RowKind.DATA),
        ([3, "1栋", "0101", 90.5, "合计"], RowKind.DATA),
        ([], RowKind.BLANK),
        ([None, "  ", "\u3000"], RowKind.BLANK),
        (["合计", None, None, 113485.56], RowKind.FOOTER),
        (["合 计：", None, "951户", 113485.56], RowKind.FOOTER),
        ([None, "1栋小计", "72户", 6500], RowKind.FOOTER),
        (["本页合计(元)", None, None, 3], RowKind.FOOTER),
        (["Total", None, None, 3], RowKind.FOOTER),
        ([9, "总计", None, 3], RowKind.FOOTER),
        (["制表:客服中心", None, None, "2026年10月31日"], RowKind.FOOTER),
        (["审核人：", None, None, "复核："], RowKind.FOOTER),
        (["备注：面积以房产证为准"], RowKind.FOOTER),
        (["第1页 共3页"], RowKind.FOOTER),
        (["以下空白"], RowKind.FOOTER),
        ([None, None, "共 8 户"], RowKind.FOOTER),
        (["序号", "楼栋", "房号", "面积", "姓名"], RowKind.REPEATED_HEADER),
        ([None, "楼栋", "房号", "建筑面积", "姓名"], RowKind.REPEATED_HEADER),
    ],
)
def test_rows_that_are_no_data_are_told_apart(row: Row, kind: RowKind) -> None:
    assert HEADER is not None
    assert RowSorter(HEADER, essential=(2,)).kind_of(row) == kind
