"""The handbook's role catalogue (2.2), row by row: where, to whom, may, must not."""

import pytest

from kernel.access.actions import Action
from kernel.access.catalogue import BUSINESS, DEPARTMENTS, POSTS, SETTING_UP, Place
from kernel.access.catalogue.bundles import ALL_BUYING

CO, PR, BOTH, EXT = Place.COMPANY, Place.PROJECT, Place.EITHER, Place.OUTSIDE
A = Action
READS = {A.REGISTRY_VIEW, A.FEE_STANDARD_VIEW, A.BILL_VIEW, A.PAYMENT_VIEW, A.ARREARS_VIEW}
MONEY = {A.PAYMENT_TAKE, A.RECEIPT_VOID, A.RECEIPT_VOID_ANY}
CONFIRMS = {A.FEE_STANDARD_CONFIRM, A.READING_RESOLVE, A.BILL_RUN_CHECK, A.BILL_RUN_POST}
WRITES = BUSINESS - ALL_BUYING | {
    A.REGISTRY_CHANGE,
    A.REGISTRY_IMPORT,
    A.FEE_STANDARD_DRAFT,
    A.BILL_RUN_PREPARE,
    A.READING_RECORD,
}

# post: Chinese name, scope, reports to, may (at least), must not (at least)
HANDBOOK: dict[str, tuple[str, Place, str | None, set[Action], set[Action]]] = {
    "company_admin": ("公司管理员", CO, None, set(SETTING_UP), MONEY | CONFIRMS),
    "chairman": ("董事长", CO, None, READS, MONEY),
    "board_leader": ("董事领导", CO, "chairman", READS, MONEY),
    "company_gm": ("公司总经理", CO, "chairman", READS, MONEY),
    "real_estate_gm": ("地产总经理", CO, "chairman", set(), MONEY),
    "deputy_gm": ("主管副总", CO, "company_gm", READS, MONEY),
    "property_manager": ("物业公司经理", CO, "company_gm", {A.FEE_STANDARD_CONFIRM}, MONEY),
    "property_dept_manager": ("物业部经理", CO, "deputy_gm", READS, MONEY),
    "general_office": ("综合办专员", CO, "deputy_gm", READS, CONFIRMS),
    "finance_head": ("财务科长", CO, "deputy_gm", {A.LEDGER_VIEW, A.AUDIT_VIEW}, {A.PAYMENT_TAKE}),
    "sales_accountant": ("销售会计", CO, "finance_head", {A.LEDGER_VIEW}, {A.PAYMENT_TAKE}),
    "cashier": (
        "出纳",
        CO,
        "finance_head",
        {A.PAYMENT_VIEW},
        CONFIRMS | {A.BILL_REVERSE, A.BILL_RUN_PREPARE},
    ),
    "charging_director": (
        "收费室主任",
        CO,
        "property_manager",
        {A.BILL_RUN_CHECK, A.BILL_RUN_POST},
        {A.PAYMENT_TAKE},
    ),
    "buyer": ("采购员", CO, "property_manager", set(), MONEY),
    "materials_keeper": ("物资管理员", BOTH, "property_manager", set(), MONEY),
    "hr_officer": ("人事专员", CO, "company_gm", set(), MONEY),
    "mo_manager": ("管理处经理", PR, "property_dept_manager", READS, MONEY),
    "mo_director": ("管理处主任", PR, "mo_manager", READS, MONEY),
    "mo_deputy": ("经理助理", PR, "mo_manager", READS, MONEY),
    "community_head": ("小区负责人", PR, "property_manager", READS, MONEY),
    "cs_supervisor": ("客服主管", PR, "mo_manager", READS, MONEY),
    "front_desk": (
        "前台客服",
        PR,
        "cs_supervisor",
        {A.REGISTRY_CHANGE},
        {A.EXPORT, A.PERSONAL_DATA_REVEAL},
    ),
    "steward": ("楼管员", PR, "cs_supervisor", {A.ARREARS_VIEW}, MONEY),
    "property_supervisor": ("物业主管", PR, "cs_supervisor", {A.ARREARS_VIEW}, MONEY),
    "collector": (
        "收费员",
        BOTH,
        "cs_supervisor",
        {A.PAYMENT_TAKE, A.RECEIPT_PRINT},
        CONFIRMS | {A.BILL_REVERSE, A.RECEIPT_VOID_ANY},
    ),
    "meter_reader": ("抄表员", BOTH, "charging_director", {A.READING_RECORD}, MONEY),
    "internal_clerk": ("内勤", PR, "cs_supervisor", set(), MONEY),
    "night_duty_officer": ("夜间值班员", PR, "mo_manager", {A.REGISTRY_VIEW}, MONEY),
    "maintenance_supervisor": ("维修主管", PR, "mo_manager", {A.REGISTRY_VIEW}, MONEY),
    "maintenance_team_leader": (
        "维修领班",
        PR,
        "maintenance_supervisor",
        {A.REGISTRY_VIEW},
        MONEY,
    ),
    "technician": ("维修工", PR, "maintenance_team_leader", {A.REGISTRY_VIEW}, MONEY),
    "security_supervisor": ("秩序维护主管", PR, "mo_manager", {A.REGISTRY_VIEW}, MONEY),
    "security_team_leader": ("秩序维护领班", PR, "security_supervisor", set(), MONEY),
    "gate_guard": ("门卫", PR, "security_team_leader", set(), {A.RECEIPT_VOID_ANY}),
    "monitor_operator": ("监控员", PR, "security_supervisor", {A.REGISTRY_VIEW}, MONEY),
    "environment_supervisor": ("环境主管", PR, "mo_manager", set(), MONEY),
    "environment_team_leader": ("环境领班", PR, "environment_supervisor", set(), MONEY),
    "cleaner": ("保洁员", PR, "environment_team_leader", set(), MONEY),
    "gardener": ("绿化员", PR, "environment_team_leader", set(), MONEY),
    "duty_manager": ("值班管理人员", PR, "mo_director", {A.REGISTRY_VIEW}, MONEY),
    "finance_duty": (
        "财务值班员",
        PR,
        "mo_director",
        {A.PAYMENT_TAKE},
        {A.RECEIPT_VOID, A.RECEIPT_VOID_ANY},
    ),
    "show_site_manager": ("驻场经理", PR, "mo_manager", set(), MONEY),
    "show_site_reception": ("案场接待", PR, "show_site_manager", set(), MONEY),
    "show_site_drinks": ("案场水吧", PR, "show_site_manager", set(), MONEY),
    "show_site_keeper": ("样板房管理员", PR, "show_site_manager", set(), MONEY),
    "show_site_guard": ("案场车场岗", PR, "show_site_manager", set(), MONEY),
    "show_site_cleaner": ("案场保洁", PR, "show_site_manager", set(), MONEY),
    "owner": ("业主", EXT, None, set(), set(A)),
    "lessee": ("租户", EXT, None, set(), set(A)),
    "proxy": ("代办人", EXT, None, set(), set(A)),
    "vendor_user": ("供应商", EXT, None, set(), set(A)),
    "committee_member": ("业委会成员", EXT, None, set(), set(A)),
}


def test_the_catalogue_is_the_handbooks() -> None:
    assert list(POSTS) == list(HANDBOOK)


@pytest.mark.parametrize("key", HANDBOOK)
def test_a_post_may_what_the_handbook_says_and_not_what_it_must_not(key: str) -> None:
    name, place, reports_to, may, must_not = HANDBOOK[key]
    post = POSTS[key]

    assert (post.name, post.place, post.reports_to) == (name, place, reports_to)
    assert post.name_en
    assert post.source
    assert may <= post.actions
    assert not must_not & post.actions
    assert not post.never & post.actions
    assert post.always <= post.actions
    assert post.department is None or post.department in DEPARTMENTS


@pytest.mark.parametrize(
    ("key", "must_not"),
    [
        ("company_admin", BUSINESS),
        ("property_manager", MONEY),
        ("finance_head", {A.PAYMENT_TAKE, A.PURCHASE_BUY, A.VENDOR_PAYMENT_PAY}),
        ("sales_accountant", {A.PAYMENT_TAKE}),
        ("charging_director", {A.PAYMENT_TAKE}),
        ("cashier", CONFIRMS | {A.BILL_REVERSE, A.BILL_RUN_PREPARE, A.INVOICE_MATCH}),
        # "Inspect or receive goods" (SoD-18); SoD-22; quotes are opened by others.
        ("buyer", {A.GOODS_RECEIVE, A.STOCK_KEEP, A.VENDOR_PAYMENT_PAY, A.QUOTE_OPEN}),
        ("materials_keeper", {A.PURCHASE_BUY}),
        ("collector", CONFIRMS | {A.BILL_REVERSE}),
        ("meter_reader", {A.PAYMENT_TAKE}),
        ("finance_duty", {A.RECEIPT_VOID, A.RECEIPT_VOID_ANY}),
        ("front_desk", {A.PERSONAL_DATA_REVEAL}),
    ],
)
def test_what_a_post_must_not_do_is_fixed(key: str, must_not: set[Action]) -> None:
    assert must_not <= POSTS[key].never


def test_who_does_not_handle_money_and_bills_writes_none_of_them() -> None:
    handling = {
        "company_admin",
        "property_manager",
        "charging_director",
        "collector",
        "meter_reader",
        "front_desk",
        "finance_duty",
    }

    assert {key for key, post in POSTS.items() if post.actions & WRITES} == handling


@pytest.mark.parametrize(
    ("action", "posts"),
    [
        (A.PURCHASE_BUY, {"buyer"}),
        (A.GOODS_RECEIVE, {"materials_keeper"}),
        (A.INVOICE_MATCH, {"finance_head"}),
        (A.VENDOR_PAYMENT_ASK, {"finance_head"}),
        (A.VENDOR_PAYMENT_PAY, {"cashier"}),
        (A.BUDGET_SET, {"finance_head"}),
        (A.VENDOR_CHECK, {"finance_head", "general_office"}),
        (A.CONTRACT_SIGN, {"chairman", "company_gm", "deputy_gm"}),
        (
            A.QUOTE_OPEN,
            {
                "company_gm",
                "deputy_gm",
                "property_manager",
                "general_office",
                "finance_head",
                "mo_manager",
            },
        ),
    ],
)
def test_each_duty_of_buying_lies_with_its_own_posts(action: Action, posts: set[str]) -> None:
    assert {key for key, post in POSTS.items() if action in post.actions} == posts


def test_the_ladder_ends_above() -> None:
    for key in POSTS:
        seen, above = {key}, POSTS[key].reports_to
        while above is not None:
            assert above not in seen
            seen.add(above)
            above = POSTS[above].reports_to
