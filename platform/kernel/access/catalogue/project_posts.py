"""The posts of projects: the later rows of the handbook's role catalogue (02, section 2.2)."""

from kernel.access.actions import Action
from kernel.access.catalogue.bundles import (
    ADDRESSES,
    COLLECTING,
    CONFIRMING,
    DOOR,
    GIVING_BACK,
    OPENING,
    PURCHASES,
    READ,
    RECEIVABLES,
    SIGHT,
    STAFF,
    WATCHING,
)
from kernel.access.catalogue.kinds import Place, Post

_CO, _PR, _BOTH, _EXT = Place.COMPANY, Place.PROJECT, Place.EITHER, Place.OUTSIDE

PROJECT_POSTS: dict[str, Post] = {
    "mo_manager": Post(
        "管理处经理",
        "Management-office manager",
        _PR,
        "property_dept_manager",
        "002/1 §2a, 002/4.1",
        actions=READ
        | WATCHING
        | PURCHASES
        | OPENING
        | {
            Action.PURCHASE_REQUEST,
            Action.QUOTE_EVALUATE,
            Action.SERVICE_ASSESS,
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
            Action.PURCHASE_REQUEST,
            Action.PURCHASE_VIEW,
            Action.STOCK_VIEW,
            Action.SERVICE_ASSESS,
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
