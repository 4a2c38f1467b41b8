"""The handbook's role catalogue (02, section 2.2), row by row."""

from kernel.access.actions import Action
from kernel.access.catalogue.bundles import (
    ADDRESSES,
    BUSINESS,
    COLLECTING,
    CONFIRMING,
    DOOR,
    GIVING_BACK,
    READ,
    RECEIVABLES,
    SIGHT,
    STAFF,
    WATCHING,
)
from kernel.access.catalogue.kinds import Place, Post

ADMINISTRATOR = "company_admin"

_CO, _PR, _BOTH, _EXT = Place.COMPANY, Place.PROJECT, Place.EITHER, Place.OUTSIDE

POSTS: dict[str, Post] = {
    # Configures; takes no part in business approvals and takes no money with the same account.
    ADMINISTRATOR: Post(
        "公司管理员",
        "Company administrator",
        _CO,
        None,
        "2.2",
        actions=READ
        | WATCHING
        | {
            Action.COMPANY_CONFIGURE,
            Action.USER_MANAGE,
            Action.STAFF_VIEW,
            Action.AUDIT_VIEW,
            Action.SECURITY_VIEW,
            Action.DUTIES_VIEW,
            Action.TOKEN_MANAGE,
            Action.POLICY_VIEW,
            Action.POLICY_CHANGE,
            Action.ITEM_MANAGE,
            Action.REGISTRY_CHANGE,
            Action.REGISTRY_IMPORT,
            Action.FEE_STANDARD_DRAFT,
            Action.APPROVAL_CONFIGURE,
            Action.APPROVAL_VIEW,
            Action.EXPORT,
            Action.LEDGER_VIEW,
        },
        never=BUSINESS,
        always=frozenset({Action.COMPANY_CONFIGURE, Action.USER_MANAGE, Action.TOKEN_MANAGE}),
    ),
    "chairman": Post("董事长", "Chairman", _CO, None, "000/7 Art.15, 000/16 §6.1", actions=SIGHT),
    "board_leader": Post(
        "董事领导", "Board leader", _CO, "chairman", "001/2 §7, §10", actions=SIGHT
    ),
    "company_gm": Post(
        "公司总经理",
        "Company general manager",
        _CO,
        "chairman",
        "000/16 §4.1, 002/5.1 §3.5",
        actions=SIGHT | WATCHING,
    ),
    "real_estate_gm": Post(
        "地产总经理", "Real-estate general manager", _CO, "chairman", "000/16 §4.6"
    ),
    # The handbook's row has two keys, deputy_gm and supervising_leader: one post.
    "deputy_gm": Post(
        "主管副总",
        "Deputy general manager in charge",
        _CO,
        "company_gm",
        "000/7 Art.15, 001/2, 002/5.1 §3.5c",
        actions=SIGHT | WATCHING,
    ),
    # BL-01: confirms standards, start and end of every charge. Never collects. The handbook's row
    # has two keys, property_gm and property_manager: one post.
    "property_manager": Post(
        "物业公司经理",
        "Property manager",
        _CO,
        "company_gm",
        "000/7 Art.8, Art.12, 000/16 §4.1",
        actions=READ
        | WATCHING
        | {
            Action.FEE_STANDARD_CONFIRM,
            # BL-01: what owners pay, and from when, this post confirms.
            Action.POLICY_VIEW,
            Action.POLICY_CHANGE_MONEY,
            Action.BILL_RUN_CHECK,
            Action.EXPORT,
            Action.LEDGER_VIEW,
            Action.AUDIT_VIEW,
            Action.APPROVAL_VIEW,
            # 2.4: an exemption from the separation of duties is approved by this post.
            Action.DUTIES_VIEW,
            Action.DUTIES_EXEMPT,
        },
        never=COLLECTING | GIVING_BACK,
    ),
    "property_dept_manager": Post(
        "物业部经理",
        "Property department manager",
        _CO,
        "deputy_gm",
        "002/1, 002/5.1 §3.5c",
        actions=READ | WATCHING,
    ),
    "general_office": Post(
        "综合办专员",
        "General office",
        _CO,
        "deputy_gm",
        "000/7 Art.11, Art.15",
        "OFF",
        actions=SIGHT | {Action.MANUAL_PREPARE, Action.MANUAL_KEEP, Action.ITEM_MANAGE},
        never=CONFIRMING,
    ),
    "finance_head": Post(
        "财务科长",
        "Head of finance",
        _CO,
        "deputy_gm",
        "000/7 Art.6, Art.15-17",
        "FIN",
        actions=READ
        | {
            Action.EXPORT,
            Action.LEDGER_VIEW,
            Action.AUDIT_VIEW,
            Action.SECURITY_VIEW,
            Action.DUTIES_VIEW,
            Action.ITEM_MANAGE,
        },
        never=COLLECTING,
    ),
    "sales_accountant": Post(
        "销售会计",
        "Sales accountant",
        _CO,
        "finance_head",
        "000/7",
        "FIN",
        actions=SIGHT | {Action.EXPORT, Action.LEDGER_VIEW},
        never=COLLECTING,
    ),
    "cashier": Post(
        "出纳",
        "Treasury cashier",
        _CO,
        "finance_head",
        "000/7 Art.12-13",
        "FIN",
        actions=STAFF | {Action.PAYMENT_VIEW},
        never=CONFIRMING | RECEIVABLES | {Action.BILL_RUN_PREPARE},
    ),
    # BL-08, BL-14: compiles the month, audits what others entered, opens the collection. Preparing
    # and checking meet in one post, never in one run: the run keeps both names apart.
    "charging_director": Post(
        "收费室主任",
        "Charging director",
        _CO,
        "property_manager",
        "000/7 Art.8-18",
        "CHG",
        actions=READ
        | {
            Action.POLICY_VIEW,
            Action.REGISTRY_CHANGE,
            Action.REGISTRY_IMPORT,
            Action.PERSONAL_DATA_REVEAL,
            Action.ITEM_MANAGE,
            Action.READING_RECORD,
            Action.READING_RESOLVE,
            Action.BILL_RUN_PREPARE,
            Action.BILL_RUN_CHECK,
            Action.BILL_RUN_POST,
            Action.BILL_REVERSE,
            Action.RECEIPT_PRINT,
            Action.RECEIPT_VOID,
            Action.RECEIPT_VOID_ANY,
            Action.EXPORT,
            Action.MANUAL_PREPARE,
            Action.MANUAL_KEEP,
            Action.NOTICE_PRINT,
            Action.LEDGER_VIEW,
        },
        never=COLLECTING,
    ),
    "buyer": Post("采购员", "Buyer", _CO, "property_manager", "000/16"),
    "materials_keeper": Post(
        "物资管理员", "Materials keeper", _BOTH, "property_manager", "000/16 §4.4"
    ),
    "hr_officer": Post(
        "人事专员",
        "HR officer",
        _CO,
        "company_gm",
        "003/D5 A8",
        "OFF",
        actions=STAFF | {Action.STAFF_VIEW, Action.ITEM_MANAGE},
    ),
    "mo_manager": Post(
        "管理处经理",
        "Management-office manager",
        _PR,
        "property_dept_manager",
        "002/1 §2a, 002/4.1",
        actions=READ
        | WATCHING
        | {
            Action.EXPORT,
            Action.POLICY_VIEW,
            Action.MANUAL_PREPARE,
            Action.NOTICE_PRINT,
            Action.ARCHIVE_REQUEST,
            Action.ARCHIVE_VIEW,
            Action.RETENTION_VIEW,
            Action.RECORD_HOLD,
        },
    ),
    "mo_director": Post(
        "管理处主任",
        "Management-office director",
        _PR,
        "mo_manager",
        "000/10, 000/17",
        actions=READ | WATCHING,
    ),
    "mo_deputy": Post(
        "经理助理", "Assistant manager", _PR, "mo_manager", "002/1, 000/10i", actions=READ
    ),
    "community_head": Post(
        "小区负责人", "Community head", _PR, "property_manager", "000/7 Art.12", actions=SIGHT
    ),
    "cs_supervisor": Post(
        "客服主管",
        "Customer service supervisor",
        _PR,
        "mo_manager",
        "002/4.2, 003/D5",
        "CS",
        actions=SIGHT
        | WATCHING
        | {
            Action.EXPORT,
            Action.MANUAL_PREPARE,
            Action.NOTICE_PRINT,
            Action.ARCHIVE_REQUEST,
            Action.ARCHIVE_VIEW,
        },
    ),
    "front_desk": Post(
        "前台客服",
        "Front desk",
        _PR,
        "cs_supervisor",
        "002/4.3, 000/6",
        "CS",
        actions=DOOR
        | {
            Action.REGISTRY_CHANGE,
            Action.ITEM_MANAGE,
            Action.ARCHIVE_REQUEST,
            Action.ARCHIVE_KEEP,
            Action.ARCHIVE_VIEW,
            Action.RETENTION_VIEW,
            Action.RECORD_DISPOSE,
        },
        never=frozenset({Action.EXPORT, Action.PERSONAL_DATA_REVEAL}),
    ),
    "steward": Post(
        "楼管员",
        "Steward",
        _PR,
        "cs_supervisor",
        "002/4.4, 003/D8.1 (C-03)",
        "CS",
        actions=DOOR | {Action.ARCHIVE_REQUEST},
    ),
    "property_supervisor": Post(
        "物业主管",
        "Property supervisor",
        _PR,
        "cs_supervisor",
        "002/1, 002/4.5",
        "CS",
        actions=SIGHT | {Action.EXPORT},
    ),
    # C-07: may enter raw readings and postings of payments; amounts are computed by the system
    # and confirmed by somebody else.
    "collector": Post(
        "收费员",
        "Collector",
        _BOTH,
        "cs_supervisor",
        "002/4.5, 000/7 Art.6-8 (C-07)",
        "CHG",
        actions=READ - {Action.STAFF_VIEW}
        | {
            Action.PERSONAL_DATA_REVEAL,
            Action.READING_RECORD,
            Action.BILL_RUN_PREPARE,
            Action.PAYMENT_TAKE,
            Action.RECEIPT_PRINT,
            Action.RECEIPT_VOID,
            Action.EXPORT,
            Action.NOTICE_PRINT,
        },
        never=CONFIRMING | RECEIVABLES | {Action.FEE_STANDARD_DRAFT, Action.RECEIPT_VOID_ANY},
    ),
    # SoD-05: reads meters, cannot collect.
    "meter_reader": Post(
        "抄表员",
        "Meter reader",
        _BOTH,
        "charging_director",
        "000/7 Art.7",
        "CHG",
        actions=ADDRESSES | {Action.READING_VIEW, Action.READING_RECORD},
        never=COLLECTING,
    ),
    "internal_clerk": Post(
        "内勤",
        "Internal clerk",
        _PR,
        "cs_supervisor",
        "002/1",
        "CS",
        actions=STAFF | {Action.MANUAL_KEEP},
    ),
    "night_duty_officer": Post(
        "夜间值班员",
        "Night duty officer",
        _PR,
        "mo_manager",
        "002/4.6",
        "CS",
        actions=ADDRESSES,
    ),
    "maintenance_supervisor": Post(
        "维修主管",
        "Maintenance supervisor",
        _PR,
        "mo_manager",
        "001/1, 002/1",
        "ENG",
        actions=ADDRESSES,
    ),
    "maintenance_team_leader": Post(
        "维修领班",
        "Maintenance team leader",
        _PR,
        "maintenance_supervisor",
        "002/1",
        "ENG",
        actions=ADDRESSES,
    ),
    "technician": Post(
        "维修工",
        "Technician",
        _PR,
        "maintenance_team_leader",
        "001/1",
        "ENG",
        actions=ADDRESSES,
    ),
    "security_supervisor": Post(
        "秩序维护主管",
        "Order maintenance supervisor",
        _PR,
        "mo_manager",
        "000/7 Art.10, 002/1",
        "SEC",
        actions=ADDRESSES,
    ),
    "security_team_leader": Post(
        "秩序维护领班",
        "Order maintenance team leader",
        _PR,
        "security_supervisor",
        "002/1",
        "SEC",
        actions=ADDRESSES,
    ),
    "gate_guard": Post(
        "门卫", "Gate guard", _PR, "security_team_leader", "000/7 Art.10", "SEC", never=GIVING_BACK
    ),
    "monitor_operator": Post(
        "监控员",
        "Monitor operator",
        _PR,
        "security_supervisor",
        "000/8",
        "SEC",
        actions=ADDRESSES,
    ),
    "environment_supervisor": Post(
        "环境主管", "Environment supervisor", _PR, "mo_manager", "002/1", "ENV"
    ),
    "environment_team_leader": Post(
        "环境领班", "Environment team leader", _PR, "environment_supervisor", "002/1", "ENV"
    ),
    "cleaner": Post("保洁员", "Cleaner", _PR, "environment_team_leader", "002/1", "ENV"),
    "gardener": Post("绿化员", "Gardener", _PR, "environment_team_leader", "002/1", "ENV"),
    "duty_manager": Post(
        "值班管理人员", "Duty manager", _PR, "mo_director", "000/17 §4", actions=ADDRESSES
    ),
    "finance_duty": Post(
        "财务值班员",
        "Finance duty officer",
        _PR,
        "mo_director",
        "000/17 §5",
        "CHG",
        actions=SIGHT | {Action.PAYMENT_TAKE, Action.RECEIPT_PRINT},
        never=GIVING_BACK | CONFIRMING | RECEIVABLES,
    ),
    # The show-site guide names 16 posts in a part that the sources do not contain; these are the
    # manager and those whose work CS-216 describes.
    "show_site_manager": Post("驻场经理", "Show-site manager", _PR, "mo_manager", "003/D6"),
    "show_site_reception": Post(
        "案场接待", "Show-site reception", _PR, "show_site_manager", "003/D6, CS-216"
    ),
    "show_site_drinks": Post(
        "案场水吧", "Show-site drinks bar", _PR, "show_site_manager", "003/D6, CS-216"
    ),
    "show_site_keeper": Post(
        "样板房管理员", "Show-flat keeper", _PR, "show_site_manager", "003/D6, CS-216"
    ),
    "show_site_guard": Post(
        "案场车场岗", "Show-site parking guard", _PR, "show_site_manager", "003/D6, CS-216"
    ),
    "show_site_cleaner": Post(
        "案场保洁", "Show-site cleaner", _PR, "show_site_manager", "003/D6, CS-216"
    ),
    "owner": Post("业主", "Owner", _EXT, None, "2.2", actions=frozenset()),
    "lessee": Post("租户", "Lessee", _EXT, None, "2.2", actions=frozenset()),
    "proxy": Post("代办人", "Proxy", _EXT, None, "2.2", actions=frozenset()),
    "vendor_user": Post("供应商", "Vendor", _EXT, None, "2.2", actions=frozenset()),
    "committee_member": Post(
        "业委会成员", "Committee member", _EXT, None, "SH-08", actions=frozenset()
    ),
}
