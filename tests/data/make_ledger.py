# ruff: noqa: E501 - the rows of a table read best in one line each
"""Makes the ledgers of 青岚苑, a small invented community, with faults that real files have.

Run ``python -m tests.data.make_ledger`` after a change; ``tests/data/qinglan-court/answers.json``
says by hand what must come out of each. Identity numbers are of no region there is (999999).
"""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter

from kernel.tabular.clean import _ID_CHECK_DIGITS, _ID_WEIGHTS
from tests.data.xls_writer import Value, write_xls

FOLDER = Path(__file__).parent / "qinglan-court"
BOOK = "青岚苑业主信息登记表.xlsx"
OLD_BOOK = "青岚苑_旧系统导出.xls"
TEXT = "青岚苑_收费系统.csv"


def identity(birthday: str, serial: int) -> str:
    """Return an identity number with a right check digit."""
    body = f"999999{birthday}{serial:03d}"
    total = sum(int(sign) * weight for sign, weight in zip(body, _ID_WEIGHTS, strict=False))
    return body + _ID_CHECK_DIGITS[total % 11]


LI = identity("19700312", 101)
WANG = identity("19820705", 202)
ZHAO = identity("19911130", 303)
FORTUNE = identity("19650101", 404)

# 幢号 is merged over its rooms; 房间 is in the second column. Row 8 is the first of them.
# 房间, 状态, 用途, 姓名, 证件号码, 手机, 建面, 套内, 接房时间, 车位, 车牌
ROOMS: dict[str, list[list[Value]]] = {
    "１号楼": [
        ["１０１", "自住", "住宅", "李长青", LI, "138 0000 1101", "９０.５", 75.2, "2021-03-05", "A-01", "浙A·12345"],
        [102, "已入住", "住宅", "王  岚", WANG.lower(), 13800001102, "90.5㎡", "75.2", "2021/3/5", "A-02", "浙AD12345"],
        ["201", "出租", "普通住宅", "李长青", LI, "+86 138-0000-1101", "90.5平方米", 75.2, "2021.3.5", "A-03、A-04", "浙B23456/浙B34567"],
        ["202", "空置", "住宅", "赵敏、孙浩", f"{ZHAO}、{FORTUNE}", "13800002202、13800002203", 90.5, 75.2, "2021年3月5日", None, None],
        ["301", "装修中", "住宅", "阿依古丽•买买提", "E12345678", "0571-88001301", "1,090.5", 75.2, 44260, None, "无"],
        ["302", "自住", "住宅", "陈·默", LI[:17], "1380000", 90.5, 75.2, "20210305", "/", "-"],
    ],
    "2幢": [
        ["101", "自住", "住宅", "周舟", None, "13800002101", "约100", 80, date(2021, 4, 1), None, None],
        ["102", "群租", "住宅", "吴用", None, "13800002102", 100, 80, date(2021, 4, 1), None, None],
        ["103", "自住", "动物园", "郑和", None, "13800002103", 100, 80, date(2021, 4, 1), None, None],
        ["104", "自住", "住宅", "冯唐", None, "13800002104", 100, 80, "2021-02-29", None, None],
        ["105", "自住", "住宅", "褚英", None, "13800002105", 0, 80, date(2021, 4, 1), None, None],
        [None, "自住", "住宅", "卫青", None, "13800002106", 100, 80, date(2021, 4, 1), None, None],
        ["107", "自住", "住宅", "蒋琬", None, "13800002107", 100, 120, date(2021, 4, 1), "A-01", "浙A12345"],
        ["108", None, "住宅", "沈括", None, "13800002108", 100, 80, date(2021, 4, 1), None, None],
        ["109", None, None, None, None, None, 100, 80, None, None, None],
        ["101 ", "自住", "住宅", "周舟", None, "13800002101", 100, 80, date(2021, 4, 1), None, None],
        ["107", "自住", "住宅", "蒋琬", None, "13800002107", 100, 120, date(2021, 4, 1), "A-01", "浙A12345"],
        ["０１０８", "出租", "住宅", "沈括", None, "13800002108", 120, 80, date(2021, 4, 1), None, None],
    ],
    "商铺": [
        ["S1", "自用", "商铺", "杭州青岚餐饮有限公司", "91330106MA27XYT123", "400-820-8820", 65.3, 60, "2021-6-1", None, None],
        ["S2", "出租", "底商", "杭州青岚餐饮有限公司", None, None, 64, 60, "2021-6-1", None, None],
        ["S3", "未售", "商业", "青岚置业有限公司", None, "0571-88009999", 64, 60, None, None, None],
    ],
}  # fmt: skip


def book() -> bytes:
    """Return the workbook: a sheet of instructions, a summary above the table, merged cells."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": datetime(2026, 10, 31, tzinfo=UTC).replace(tzinfo=None)})
    help_sheet = workbook.add_worksheet("填表说明")
    help_sheet.write_column(0, 0, ["房间、建面必填", "状态: 自住、出租、空置"])
    sheet = workbook.add_worksheet("业主信息")
    day = workbook.add_format({"num_format": "yyyy/m/d"})
    sheet.merge_range("A1:L1", "青岚苑业主信息登记表")
    sheet.write_row(1, 0, ["幢号", "户数", "建面"])  # a summary that looks like a header
    sheet.write_row(2, 0, ["全部", 21, 1900])
    sheet.write_row(3, 0, ["填表:物业服务中心", None, None, "2026年10月31日"])
    upper = ["幢号", "房间", "状态", "用途", "业主信息", None, None, "房屋信息", None, "接房时间", "车辆信息"]  # fmt: skip
    sheet.write_row(5, 0, upper)
    lower = [None, None, None, None, "姓名", "证件号码", "手机", "建面(㎡)", "套内面积(㎡)", None, "车位", "车牌"]  # fmt: skip
    sheet.write_row(6, 0, lower)
    sheet.merge_range("E6:G6", "业主信息")
    row = 7
    for building, rooms in ROOMS.items():
        first = row
        for values in rooms:
            for column, value in enumerate(values, start=1):
                sheet.write(row, column, value, day if isinstance(value, date) else None)
            row += 1
        sheet.merge_range(first, 0, row - 1, 0, building)
        sheet.write_row(row, 0, [f"{building}小计", f"{len(rooms)}户"])
        row += 2  # and a blank line
    sheet.write_row(row, 0, ["合 计", "21户"])
    sheet.write_row(row + 1, 0, ["审核人：", None, None, "制表：陈"])
    workbook.close()
    return buffer.getvalue()


def old_book() -> bytes:
    """Return what an old program exports: numbers everywhere, a header in other words."""
    rows: list[list[Value]] = [
        ["打印日期:2026-10-31"],
        ["户主", "联系电话", "幢", "梯号", "室", "产权面积", "房屋性质", "交房日期", "身份证号码"],
        ["李长青", 13800001101, 1, 1, 101, 90.5, "住宅", date(2021, 3, 5), LI],
        ["王岚", 13800001102, 1, 1, 102, 90.5, "住宅", date(2021, 3, 5), WANG],
        ["赵敏", "13800002202", 1, 2, 101, 88, "住宅", None, 999999199111303033],
        ["孙浩", "无", 1, 2, 102, "88", "住宅", None, "无"],
        ["李常青", 13800001199, 2, 1, 101, 88, "住宅", date(2021, 3, 5), LI],
        ["钱塘", 13800001103, 2, 1, 102, "-88", "住宅", None, None],
        ["周舟", 13800001104, 2, 1, 103, None, "住宅", None, None],
        [None, None, None, None, "B1-001", None, "车位", None, None],
        ["周舟", 13800001104, None, None, "B1-002", 12.5, "车位", None, None],
        ["合计", None, None, None, 9, 530.5],
    ]
    return write_xls(rows, sheet="房产")


def text() -> bytes:
    """Return what a billing program exports: one column for the room, its header on every page."""
    return "\r\n".join(_lines()).encode("gb18030")


def _lines() -> Iterator[str]:
    header = "房屋名称;建筑面积(平方米);业主名称;移动电话;车牌号码;备注"
    yield "青岚苑收费系统 房屋清单"
    yield header
    yield "1栋1单元101室;90.50;李长青;13800001101;浙A12345;"
    yield "1-1-102;90.50㎡;王岚;13800001102;;含露台"
    yield "１＃２０１;９０．５０;赵敏 ;138-0000-2202;;"
    yield '商业街S01;"1,065.30";杭州青岚餐饮有限公司;;;"两层;\n含地下室"'
    yield "本页小计;1336.80;;;;"
    yield header
    yield "2号楼2单元301;88;㐂𠮷;13800003301;浙A12345;"
    yield "2号楼2单元302;八十八;孙浩;13800003302;;"
    yield ";88;钱塘;13800003303;;"
    yield "三栋一单元101;88;周舟;13800003304;浙A99999挂号;"
    yield "2-2-301;88;㐂𠮷;13800003301;浙A12345;"
    yield "2-2-0302;88;孙浩;13800003302;;"
    yield "共 8 户;;;;;"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, content in ((BOOK, book()), (OLD_BOOK, old_book()), (TEXT, text())):
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
