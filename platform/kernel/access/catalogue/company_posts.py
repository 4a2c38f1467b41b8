"""The company's posts: the first rows of the handbook's role catalogue (02, section 2.2)."""

from kernel.access.actions import Action
from kernel.access.catalogue.bundles import (
    BUSINESS,
    BUYING,
    COLLECTING,
    CONFIRMING,
    GIVING_BACK,
    KEEPING,
    OPENING,
    PAYING_VENDORS,
    PURCHASES,
    READ,
    RECEIVABLES,
    SIGHT,
    STAFF,
    WATCHING,
)
from kernel.access.catalogue.kinds import Place, Post

ADMINISTRATOR = "company_admin"

_CO, _PR, _BOTH, _EXT = Place.COMPANY, Place.PROJECT, Place.EITHER, Place.OUTSIDE

COMPANY_POSTS: dict[str, Post] = {
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
    "chairman": Post(
        "董事长",
        "Chairman",
        _CO,
        None,
        "000/7 Art.15, 000/16 §6.1",
        actions=SIGHT | PURCHASES | {Action.CONTRACT_SIGN},
    ),
    "board_leader": Post(
        "董事领导", "Board leader", _CO, "chairman", "001/2 §7, §10", actions=SIGHT
    ),
    "company_gm": Post(
        "公司总经理",
        "Company general manager",
        _CO,
        "chairman",
        "000/16 §4.1, 002/5.1 §3.5",
        actions=SIGHT
        | WATCHING
        | PURCHASES
        | OPENING
        | {Action.QUOTE_EVALUATE, Action.CONTRACT_SIGN},
    ),
    "real_estate_gm": Post(
        "地产总经理",
        "Real-estate general manager",
        _CO,
        "chairman",
        "000/16 §4.6",
        actions=STAFF | PURCHASES,
    ),
    # The handbook's row has two keys, deputy_gm and supervising_leader: one post.
    "deputy_gm": Post(
        "主管副总",
        "Deputy general manager in charge",
        _CO,
        "company_gm",
        "000/7 Art.15, 001/2, 002/5.1 §3.5c",
        actions=SIGHT | WATCHING | PURCHASES | OPENING | {Action.CONTRACT_SIGN},
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
        | PURCHASES
        | OPENING
        | {
            Action.PURCHASE_REQUEST,
            Action.QUOTE_EVALUATE,
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
        actions=READ | WATCHING | PURCHASES | {Action.PURCHASE_REQUEST},
    ),
    "general_office": Post(
        "综合办专员",
        "General office",
        _CO,
        "deputy_gm",
        "000/7 Art.11, Art.15",
        "OFF",
        actions=SIGHT
        | PURCHASES
        | OPENING
        | {
            Action.MANUAL_PREPARE,
            Action.MANUAL_KEEP,
            Action.ITEM_MANAGE,
            Action.PURCHASE_REQUEST,
            Action.VENDOR_CHECK,
            Action.CONTRACT_ARCHIVE,
            Action.ASSET_KEEP,
        },
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
            Action.BUDGET_SET,
            Action.VENDOR_CHECK,
            Action.INVOICE_MATCH,
            Action.VENDOR_PAYMENT_ASK,
        }
        | PURCHASES
        | OPENING,
        never=COLLECTING | BUYING | KEEPING | {Action.VENDOR_PAYMENT_PAY},
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
        actions=STAFF
        | {
            Action.PAYMENT_VIEW,
            Action.PURCHASE_VIEW,
            Action.VENDOR_VIEW,
            Action.VENDOR_PAYMENT_PAY,
        },
        # Who pays a vendor neither buys, matches nor asks for the payment (SoD-22).
        never=CONFIRMING
        | RECEIVABLES
        | BUYING
        | {Action.BILL_RUN_PREPARE, Action.INVOICE_MATCH, Action.VENDOR_PAYMENT_ASK},
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
    # SoD-18, SoD-22: who buys does not take in, open the quotes, or pay.
    "buyer": Post(
        "采购员",
        "Buyer",
        _CO,
        "property_manager",
        "000/16",
        actions=STAFF | PURCHASES | BUYING | {Action.QUOTE_EVALUATE, Action.EXPORT},
        never=KEEPING
        | OPENING
        | PAYING_VENDORS
        | {Action.VENDOR_CHECK, Action.CONTRACT_SIGN, Action.BUDGET_SET},
    ),
    "materials_keeper": Post(
        "物资管理员",
        "Materials keeper",
        _BOTH,
        "property_manager",
        "000/16 §4.4",
        actions=STAFF
        | KEEPING
        | {
            Action.PURCHASE_VIEW,
            Action.STOCK_VIEW,
            Action.ASSET_KEEP,
            Action.REGISTRY_VIEW,
            Action.EXPORT,
        },
        never=BUYING | OPENING | PAYING_VENDORS,
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
}
