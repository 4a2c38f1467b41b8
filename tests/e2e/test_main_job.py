"""The main job of a property company in a browser, in Chinese, by the people who do it.

From an invitation by mail to the list of who owes, with the real ledger of 云麓花园. Nobody types
an address but the first: whatever cannot be reached by a click is a fault of the product.
"""

import json
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person
from tests.e2e.site import Site

pytestmark = pytest.mark.browser

DATA: Final = Path(__file__).parent.parent / "data" / "yunlu-garden"
ANSWERS: Final = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))
PROJECT: Final = "云麓花园"
SHEET: Final = "#sheet"


# ---- the administrator --------------------------------------------------------------------------


def open_the_company(admin: Person) -> None:
    """Take up the account that the operator made, and open the first project."""
    admin.accept_invitation()
    admin.menu("设置", "项目")
    admin.open_sheet("新建项目")
    admin.fill("项目编码", "YL", within=SHEET)
    admin.fill("名称", PROJECT, within=SHEET)
    admin.fill("城市", "杭州", within=SHEET)
    admin.finish_sheet("创建项目")
    admin.sees(PROJECT)


def invite(admin: Person, person: Person, post: str, place: str = "全公司") -> None:
    admin.menu("设置", "员工与岗位")
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
    admin.menu("导入")
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
    admin.sees("车位 572", "楼栋 14", "967", within="aside")

    admin.press("导入 951 行")
    admin.sees("已导入", within="h1 + .chip")


# ---- prices: one drafts, another confirms -------------------------------------------------------


def draft_standard(admin: Person, item: str, name: str, kind: str, price: str = "") -> None:
    """Open a standard with its rule, and leave it on the screen before it is submitted."""
    admin.menu("收费配置", "收费标准")
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
    admin.sees("V1 待确认", within=".chip")


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
    admin.fill("单价", "60")
    submit(admin)
    draft_standard(admin, "代收水费", "居民阶梯水价", "住宅")
    admin.choose("计算方式", "按表计量")
    admin.choose("表计类别", "冷水表")
    for row, (limit, tier_price) in enumerate((("14", "2.90"), ("24", "3.85"), ("", "6.70")), 1):
        if row > 1 or not admin.has_field(f"第 {row} 档上限"):
            admin.press("按档计价" if row == 1 else "添加一档")
        admin.fill(f"第 {row} 档上限", limit)
        admin.fill(f"第 {row} 档单价", tier_price)
    admin.choose("计费用量所属月份", "上一个月")
    submit(admin)
