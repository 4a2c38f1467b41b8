"""The main job of a property company in a browser, in Chinese, by the people who do it.

From an invitation by mail to the list of who owes, with the real ledger of 云麓花园. Nobody types
an address but the first: whatever cannot be reached by a click is a fault of the product.
"""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from python_calamine import CalamineWorkbook

from config.demo import months
from services.billing.standards.rules import shift_month
from tests.e2e.person import Person
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

DATA: Final = Path(__file__).parent.parent / "data" / "yunlu-garden"
ANSWERS: Final = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))
PROJECT: Final = "云麓花园"
STANDARDS: Final = ("高层住宅物业服务费", "商铺物业服务费", "产权车位管理费", "居民阶梯水价")
SHEET: Final = "#sheet"


def company_today() -> date:
    """Return today where the company is: the site goes by the real clock."""
    return timezone.localdate(timezone=ZoneInfo("Asia/Shanghai"))


# ---- the administrator --------------------------------------------------------------------------


def open_the_company(admin: Person) -> None:
    """Take up the account that the operator made, and open the first project."""
    admin.accept_invitation()
    admin.menu("系统设置", "项目")
    admin.open_sheet("新建项目")
    admin.fill("项目编码", "YL", within=SHEET)
    admin.fill("名称", PROJECT, within=SHEET)
    admin.fill("城市", "杭州", within=SHEET)
    admin.finish_sheet("创建项目")
    admin.sees(PROJECT)


def invite(admin: Person, person: Person, post: str, place: str = "全公司") -> None:
    admin.menu("组织与人员", "员工与岗位")
    admin.press("添加员工")
    admin.fill("姓名", person.name)
    admin.fill("用户名", person.username)
    admin.fill("电子邮箱", person.address)
    admin.press("添加并发送链接")
    admin.sees("尚未设置密码")
    admin.choose("岗位", post)
    admin.choose("范围", place)
    admin.press("授予岗位")
    admin.sees("岗位已授予")


def import_the_ledger(admin: Person) -> None:
    """Rehearse, see the twelve rows and their reasons, and import the rest."""
    admin.menu("房屋与住户", "导入")
    admin.press("导入房屋与业主")
    admin.upload("文件", DATA / "房屋业主台账.xlsx")
    admin.press("上传并校验")

    admin.sees("尚未写入任何数据", within=".note")
    assert admin.figures() == {"可导入行": "951", "新增": "951", "已存在": "0", "拒绝行": "12"}
    rejected = [cells[0] for cells in admin.table("逐行原因")]
    assert rejected == [str(each["row"]) for each in ANSWERS["rejected"]]
    reasons = " ".join(cells[3] for cells in admin.table("逐行原因"))
    for words in ("缺少建筑面积", "约90", "为负数", "日期不存在", "缺少房号", "重复"):
        assert words in reasons
    facts = admin.facts()
    assert (facts["楼栋"], facts["房屋"], facts["车位"]) == ("14", "951", "572")
    assert facts["忽略的行"].startswith(str(ANSWERS["footer_row_to_ignore"]))

    admin.press("导入 951 行")
    admin.sees("已导入", within="h1")


# ---- prices: one drafts, another confirms -------------------------------------------------------


def draft_standard(admin: Person, item: str, name: str, kind: str, price: str = "") -> None:
    """Open a standard with its rule, and leave it on the screen before it is submitted."""
    admin.menu("收费", "收费标准")
    admin.open_sheet("新建收费标准")
    admin.choose("费项", item, within=SHEET)
    admin.fill("标准名称", name, within=SHEET)
    admin.finish_sheet("新建并设置单价")
    admin.open_sheet("规则")
    admin.tick(kind, within=SHEET)
    admin.fill("生效月份", "2026-01", within=SHEET)
    admin.finish_sheet("添加条件")
    admin.fill("生效月份", "2026-01")
    admin.fill("调价依据", "前期物业服务合同")
    if price:
        admin.fill("单价", price)


def submit(admin: Person) -> None:
    admin.press("提交确认")
    admin.sees("V1 待确认", within="h1")


def draft_the_tariff(admin: Person) -> None:
    draft_standard(admin, "物业服务费", "高层住宅物业服务费", "住宅", "2.80")
    admin.fill("计收比例", "70")
    admin.tick("空置")
    admin.tick("未售")
    submit(admin)
    admin.misses("确认执行")
    draft_standard(admin, "物业服务费", "商铺物业服务费", "商铺", "6.50")
    submit(admin)
    draft_standard(admin, "车位管理费", "产权车位管理费", "车位")
    admin.choose("计算方式", "定额，每月")
    admin.sees("元/月", within="#figures-body")
    admin.fill("单价", "60")
    submit(admin)
    draft_standard(admin, "代收水费", "居民阶梯水价", "住宅")
    admin.choose("计算方式", "按表计量（可分阶梯）")
    admin.sees("用量 ×", within="#figures-body")
    admin.choose("表计类别", "冷水表")
    admin.press("改为阶梯价")
    expect(admin.field("第 2 档上限")).to_be_visible()
    admin.press("增加一档")
    expect(admin.field("第 3 档上限")).to_be_visible()
    for row, (limit, tier_price) in enumerate((("14", "2.90"), ("24", "3.85"), ("", "6.70")), 1):
        admin.fill(f"第 {row} 档上限", limit)
        admin.fill(f"第 {row} 档单价", tier_price)
    admin.choose("计费用量所属月份", "上月")
    submit(admin)


def confirm_the_tariff(manager: Person, names: tuple[str, ...] = STANDARDS) -> None:
    """Come from what waits for him to each standard; confirm its price and who is charged."""
    for name in names:
        manager.menu("工作台")
        manager.press("待签批的单据")
        manager.page.locator(".inbox-item", has_text=name).locator(".ti").click()
        manager.press(f"{name} V", within=".case")
        manager.press("确认执行")
        manager.sees("执行中", within="h1")
        manager.misses("确认执行")
        manager.misses("确认适用范围")  # confirmed with it
    manager.menu("工作台")
    expect(manager.page.locator("a.todo", has_text="待签批的单据")).to_have_count(0)


# ---- readings and the month's bills -------------------------------------------------------------


def import_the_readings(reader: Person, usage_month: date, folder: Path) -> None:
    file = folder / f"抄表记录_{usage_month:%Y-%m}.csv"
    taken_in_october = (DATA / "抄表记录_2026-10.csv").read_bytes()
    file.write_bytes(months.readings_of(usage_month, taken_in_october))
    reader.accept_invitation()
    reader.menu("抄表")
    reader.press("导入抄表")
    reader.fill("用量月份", f"{usage_month:%Y-%m}")
    reader.upload("文件", file)
    reader.press("上传并校验")
    assert reader.figures()["可导入行"] == str(ANSWERS["meter_rows"])
    noted = [cells[0] for cells in reader.table("逐行原因")]
    assert noted == [str(each["row"]) for each in ANSWERS["meter_exceptions"]]
    reader.press("导入 927 行")
    reader.sees("已导入", within="h1")


def look_at_the_exceptions(director: Person) -> None:
    """Put one exception off with a reason; the others stay and are not billed."""
    director.accept_invitation()
    director.press("抄表异常待处理")
    director.sees("17", within=".facts")
    assert len(director.table("抄表")) == 17
    director.open_sheet("1栋1单元0701")
    director.sees("用量突增", "640", within=SHEET)
    director.press("本月不计费", within=SHEET)
    director.sees("本月不计费", within="#sheet .seg [aria-current]")
    director.fill("原因", "表后漏水，维修后下月一并计量", within=SHEET)
    director.press("保存处理结果", within=SHEET)
    director.sees("16", within=".facts")


def prepare_the_bills(director: Person, month: str) -> None:
    """Compute the month with the progress in view, and read the preview."""
    director.menu("收费", "出账批次")
    director.press("试算出账")
    director.choose("出账月份", month)
    with director.site.worker_paused():
        director.press("开始试算")
        director.sees("等待执行", within="#work")
        expect(director.page.get_by_role("progressbar")).to_be_visible()
    expect(director.page.locator("#work")).to_have_count(0)
    director.sees("待复核", within="h1")
    assert director.table("按费项") == [
        ["物业服务费", "951", "315,255.53", "0.00", "315,255.53"],
        ["车位管理费", "572", "34,320.00", "0.00", "34,320.00"],
        ["代收水费 代收", "910", "29,559.50", "0.00", "29,559.50"],
    ]
    assert director.table("未出账房屋") == [
        ["读数异常待处理", "代收水费", "16"],
        ["读数已搁置，本月不计费", "代收水费", "1"],
    ]
    director.sees("您是试算人，须由他人复核")
    director.misses("复核通过")


def check_the_bills(manager: Person, month: str) -> None:
    manager.menu("工作台")
    manager.press(f"{month}账单待复核")
    manager.sees("379,135.03")
    manager.fill("备注", "已与合同面积及水表异常清单核对")
    manager.press("复核通过")
    manager.sees("已复核", within="h1")
    manager.misses("发布账单")


def post_the_bills(director: Person, month: str) -> None:
    director.menu("工作台")
    director.press(f"{month}账单待发布")
    director.press("发布账单")
    director.press("发布账单", within="#confirm")
    director.sees("已发布", within="h1")
    director.press("本月全部账单")
    director.sees("2,433 笔", within="#list-count")


# ---- the counter --------------------------------------------------------------------------------


def look_up(collector: Person, said: str) -> None:
    """Type what people say of a household into the one box and see it found by that."""
    with collector.page.expect_response(lambda answer: asked(answer.url) == said):
        collector.page.get_by_role("combobox", name="查找住户").fill(said)
    found = collector.page.get_by_role("listbox", name="找到的住户").get_by_role("option")
    expect(found.first).to_be_visible()


def asked(address: str) -> str:
    """Return what an address searches for."""
    return "".join(parse_qs(urlsplit(address).query).get("q", []))


def find_the_household(collector: Person) -> None:
    """Find one household by its room in two spellings, name, initials, phone and plate."""
    collector.accept_invitation()
    collector.menu("收银台")
    for said in ("1-1-0101", "110101", "史秀子", "sxz", "1757", "浙AV1SMJ"):
        look_up(collector, said)
        collector.sees("1栋1单元0101", within="#desk-found")


def receipt_number(number: int) -> str:
    return f"SJ-YL-{company_today():%Y%m}-{number:05d}"


def take_cash_and_give_change(collector: Person) -> None:
    collector.page.keyboard.press("Enter")
    collector.sees("1栋1单元0101", "163 **** 1757", within=".who")
    collector.sees("426.72", "肆佰贰拾陆元柒角贰分", within="#desk-sums")
    collector.fill("实收现金", "500")
    collector.sees("73.28", within="#desk-change")
    with collector.page.expect_popup() as opened:
        collector.press("收款并打印")
    collector.sees("已收款", receipt_number(1), "¥ 73.28", within=".done")

    paper = opened.value.locator(".paper")
    for words in ("收款收据", "史秀子", "肆佰贰拾陆元柒角贰分", "¥426.72", "找零 73.28", "周婷"):
        expect(paper).to_contain_text(words)
    opened.value.close()


def take_a_part_and_void_it(collector: Person) -> None:
    look_up(collector, "1-1-0102")
    collector.page.keyboard.press("Enter")
    collector.sees("443.16", within="#desk-sums")
    collector.fill("只收部分金额", "100")
    collector.sees("343.16", within="#desk-sums")
    collector.fill("实收现金", "100")
    with collector.page.expect_popup() as opened:
        collector.press("收款并打印")
    collector.sees(receipt_number(2), "100.00", within=".done")
    expect(opened.value.locator(".paper")).to_contain_text("壹佰元整")
    opened.value.close()

    collector.press("继续此住户")
    collector.sees("302.56", within="#desk-bills")  # the oldest bill is paid first
    collector.press("作废", within="#desk-today tbody tr:first-child")
    collector.fill("原因", "金额录入错误，住户要求全额缴纳", within=SHEET)
    collector.press("作废收据", within=SHEET)
    collector.sees("作废", within="#desk-today tbody tr:first-child")
    collector.sees("443.16", within="#desk-sums")


def look_at_the_arrears(collector: Person, folder: Path) -> None:
    """Narrow the list to the shops, take it away as a sheet, and find the same figures in it."""
    collector.menu("收费", "欠费清单")
    collector.sees("950 户", within="#list-count")  # 951 less the one that has paid
    collector.press_summary("楼栋")
    collector.tick("商业街")
    collector.sees("24 户", within="#list-count")
    expect(collector.page.locator("#list-body tr[data-row]")).to_have_count(24)
    collector.page.keyboard.press("Escape")
    heads, *on_page = (row[1:] for row in collector.rows())  # without the boxes to pick by
    collector.press_summary("导出")
    with collector.page.expect_download() as download:
        collector.press("Excel")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)

    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert [str(head) for head in rows[0]] == heads
    assert [shown(row) for row in rows[1:25]] == [shown(row) for row in on_page[:24]]
    assert sum(Decimal(str(row[-1])) for row in rows[1:25]) == Decimal(amount(on_page[24][-1]))

    collector.press("商业街S24")
    collector.press("收款")
    collector.sees("商业街S24", within=".who")


def shown(row: Sequence[object]) -> list[str]:
    """Return the cells of a row, of the page or of the sheet, in one way of writing."""
    return [amount(cell) for cell in row]


def amount(cell: object) -> str:
    text = str(cell).replace(",", "").strip()
    if text in {"", "—"}:
        return ""
    try:
        return f"{Decimal(text):.2f}"
    except InvalidOperation:
        return text


# ---- the other company --------------------------------------------------------------------------


def see_nothing_of_it(stranger: Person, addresses: Sequence[str]) -> None:
    """Come to the own company, which is empty, and find the first one's pages nowhere."""
    stranger.accept_invitation()
    stranger.menu("系统设置", "项目")
    stranger.sees("还没有项目")
    stranger.page.keyboard.press("Control+k")
    stranger.page.get_by_role("combobox", name="全局搜索").fill("史秀子")
    stranger.sees("没有找到", within="#palette-results")
    for address in addresses:
        path = urlsplit(address).path
        answer = stranger.page.goto(stranger.site.address(stranger.company, path))
        assert answer is not None
        assert answer.status == 404, path
        assert PROJECT not in stranger.page.content()


def test_a_company_bills_its_first_month(site: Site, browser: Browser, tmp_path: Path) -> None:
    """Every figure is the one of ``answers.json``; nobody does what is not his to do."""
    for slug, name, username, admin_name in (
        ("qinglan", "青岚物业", "xujing", "许静"),
        ("binjiang", "滨江物业", "gusheng", "顾盛"),
    ):
        site.command(
            *("company", "create", slug, "--name", name, "--wait"),
            *("--admin-username", username, "--admin-name", admin_name),
            *("--admin-email", f"{username}@{slug}.example"),
        )

    def person(username: str, name: str, company: str = "qinglan") -> Person:
        return Person(browser, site, company, username, name)

    admin, manager = person("xujing", "许静"), person("fangqiming", "方启明")
    director, collector = person("zhaomin", "赵敏"), person("zhouting", "周婷")
    reader, stranger = person("lijianguo", "李建国"), person("gusheng", "顾盛", "binjiang")
    everybody = (admin, manager, director, collector, reader, stranger)
    period = months.month_to_bill(company_today(), open_day=10)
    month = f"{period.year}年{period.month}月"

    open_the_company(admin)
    invite(admin, manager, "物业公司经理")
    invite(admin, director, "收费室主任")
    invite(admin, collector, "收费员", PROJECT)
    invite(admin, reader, "抄表员", PROJECT)
    import_the_ledger(admin)
    draft_the_tariff(admin)
    manager.accept_invitation()
    confirm_the_tariff(manager)
    import_the_readings(reader, shift_month(period, -1), tmp_path)
    look_at_the_exceptions(director)
    prepare_the_bills(director, month)
    check_the_bills(manager, month)
    post_the_bills(director, month)
    find_the_household(collector)
    take_cash_and_give_change(collector)
    take_a_part_and_void_it(collector)
    look_at_the_arrears(collector, tmp_path)
    see_nothing_of_it(stranger, [each.page.url for each in everybody[:-1]])

    missing = "status of 404"  # what the stranger asked for
    for each in everybody:
        assert [text for text in each.complaints if missing not in text] == [], each.name
        each.close_browser()
