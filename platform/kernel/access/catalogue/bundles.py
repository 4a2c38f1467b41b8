"""Sets of actions that several posts of the catalogue share."""

from kernel.access.actions import Action

# What everybody of the staff may: SH-42, all must be able to see the manuals in force.
STAFF = frozenset({Action.FILE_VIEW, Action.FILE_ADD, Action.MANUAL_VIEW})

SIGHT = STAFF | frozenset(
    {
        Action.STAFF_VIEW,
        Action.REGISTRY_VIEW,
        Action.FEE_STANDARD_VIEW,
        Action.BILL_VIEW,
        Action.PAYMENT_VIEW,
        Action.ARREARS_VIEW,
    }
)
READ = SIGHT | {Action.READING_VIEW}
ADDRESSES = STAFF | {Action.REGISTRY_VIEW}
# To answer a customer and to remind him of what he owes.
DOOR = SIGHT - {Action.PAYMENT_VIEW, Action.STAFF_VIEW} | {Action.NOTICE_PRINT}
# Whoever answers for others sees where they run out of time.
WATCHING = frozenset({Action.DEADLINE_VIEW})
COLLECTING = frozenset({Action.PAYMENT_TAKE})
GIVING_BACK = frozenset({Action.RECEIPT_VOID, Action.RECEIPT_VOID_ANY})
CONFIRMING = frozenset(
    {
        Action.FEE_STANDARD_CONFIRM,
        Action.READING_RESOLVE,
        Action.BILL_RUN_CHECK,
        Action.BILL_RUN_POST,
    }
)
RECEIVABLES = frozenset({Action.BILL_RUN_POST, Action.BILL_REVERSE})

# Whoever answers for a project or the company follows what is bought for it.
PURCHASES = frozenset(
    {Action.PURCHASE_VIEW, Action.VENDOR_VIEW, Action.CONTRACT_VIEW, Action.STOCK_VIEW}
)
# 000/16 section 4.4: who buys neither takes in nor opens, matches or pays (SoD-18).
BUYING = frozenset({Action.PURCHASE_BUY, Action.VENDOR_MANAGE, Action.CONTRACT_DRAFT})
KEEPING = frozenset({Action.GOODS_RECEIVE, Action.STOCK_KEEP})
OPENING = frozenset({Action.QUOTE_OPEN})
PAYING_VENDORS = frozenset(
    {Action.INVOICE_MATCH, Action.VENDOR_PAYMENT_ASK, Action.VENDOR_PAYMENT_PAY}
)
ALL_BUYING = (
    BUYING
    | KEEPING
    | OPENING
    | PAYING_VENDORS
    | {Action.VENDOR_CHECK, Action.CONTRACT_SIGN, Action.BUDGET_SET}
)

# What whoever sets up the company keeps out of: approvals, and money.
BUSINESS = (
    COLLECTING
    | GIVING_BACK
    | CONFIRMING
    | RECEIVABLES
    | ALL_BUYING
    | {
        Action.DUTIES_EXEMPT,
        Action.POLICY_CHANGE_MONEY,
    }
)

SETTING_UP = frozenset({Action.USER_MANAGE, Action.COMPANY_CONFIGURE})
