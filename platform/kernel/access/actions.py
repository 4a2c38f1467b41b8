"""Every action there is, and which posts carry it.

Posts are the handbook's (02, section 2.2). A company will be able to change the table; until then
it is code, and nothing else in the product names a post.
"""

from enum import StrEnum
from typing import NamedTuple

from django.utils.functional import Promise

from kernel.text import _


class Action(StrEnum):
    """One thing a person may do. Checked by operations, named by views and endpoints."""

    COMPANY_CONFIGURE = "company.configure"
    USER_MANAGE = "user.manage"
    AUDIT_VIEW = "audit.view"
    SECURITY_VIEW = "security.view"
    DUTIES_VIEW = "duties.view"
    DUTIES_EXEMPT = "duties.exempt"
    TOKEN_MANAGE = "token.manage"  # noqa: S105 - the name of an action

    REGISTRY_VIEW = "registry.view"
    REGISTRY_CHANGE = "registry.change"
    REGISTRY_IMPORT = "registry.import"
    PERSONAL_DATA_REVEAL = "personal-data.reveal"

    FEE_STANDARD_VIEW = "fee-standard.view"
    FEE_STANDARD_DRAFT = "fee-standard.draft"
    FEE_STANDARD_CONFIRM = "fee-standard.confirm"

    READING_VIEW = "reading.view"
    READING_RECORD = "reading.record"
    READING_RESOLVE = "reading.resolve"

    BILL_VIEW = "bill.view"
    BILL_RUN_PREPARE = "bill-run.prepare"
    BILL_RUN_CHECK = "bill-run.check"
    BILL_RUN_POST = "bill-run.post"
    BILL_REVERSE = "bill.reverse"

    PAYMENT_TAKE = "payment.take"
    PAYMENT_VIEW = "payment.view"
    RECEIPT_PRINT = "receipt.print"
    RECEIPT_VOID = "receipt.void"  # one's own, on the same day
    RECEIPT_VOID_ANY = "receipt.void-any"

    ARREARS_VIEW = "arrears.view"
    EXPORT = "export"
    LEDGER_VIEW = "ledger.view"

    # Beside what the record itself takes: files hang on records.
    FILE_VIEW = "file.view"
    FILE_ADD = "file.add"

    MANUAL_VIEW = "manual.view"
    MANUAL_PREPARE = "manual.prepare"
    MANUAL_REVIEW = "manual.review"
    MANUAL_APPROVE = "manual.approve"
    MANUAL_KEEP = "manual.keep"  # the register of who holds which copy
    NOTICE_PRINT = "notice.print"


class Post(NamedTuple):
    """A post of the role catalogue: its name for people, its actions, where it can be held."""

    name: Promise
    actions: frozenset[Action]
    company_wide: bool


_READ = frozenset(
    {
        Action.REGISTRY_VIEW,
        Action.FEE_STANDARD_VIEW,
        Action.READING_VIEW,
        Action.BILL_VIEW,
        Action.PAYMENT_VIEW,
        Action.ARREARS_VIEW,
        Action.FILE_VIEW,
        Action.FILE_ADD,
        Action.MANUAL_VIEW,
    }
)

POSTS: dict[str, Post] = {
    # "Configure fee standards, chains, posts, calendars, users", and must not take part in
    # business approvals or collect money with the same account (2.2).
    "company_admin": Post(
        _("Company administrator"),
        _READ
        | {
            Action.COMPANY_CONFIGURE,
            Action.USER_MANAGE,
            Action.AUDIT_VIEW,
            Action.SECURITY_VIEW,
            Action.DUTIES_VIEW,
            Action.TOKEN_MANAGE,
            Action.REGISTRY_CHANGE,
            Action.REGISTRY_IMPORT,
            Action.FEE_STANDARD_DRAFT,
            Action.EXPORT,
            Action.LEDGER_VIEW,
        },
        company_wide=True,
    ),
    # BL-01: confirms standards, start and end of every charge. Never collects.
    "property_manager": Post(
        _("Property manager"),
        _READ
        | {
            Action.FEE_STANDARD_CONFIRM,
            Action.BILL_RUN_CHECK,
            Action.EXPORT,
            Action.LEDGER_VIEW,
            Action.AUDIT_VIEW,
            # 2.4: an exemption from the separation of duties is approved by this post.
            Action.DUTIES_VIEW,
            Action.DUTIES_EXEMPT,
            Action.MANUAL_REVIEW,
            Action.MANUAL_APPROVE,
        },
        company_wide=True,
    ),
    # BL-08, BL-14: compiles the month, audits what others entered, opens the collection. Preparing
    # and checking meet in one post, never in one run: the run keeps both names apart.
    "charging_director": Post(
        _("Charging director"),
        _READ
        | {
            Action.REGISTRY_CHANGE,
            Action.REGISTRY_IMPORT,
            Action.PERSONAL_DATA_REVEAL,
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
            Action.MANUAL_REVIEW,
            Action.MANUAL_KEEP,
            Action.NOTICE_PRINT,
            Action.LEDGER_VIEW,
        },
        company_wide=True,
    ),
    # C-07: may enter raw readings and postings of payments; amounts are computed by the system
    # and confirmed by somebody else.
    "collector": Post(
        _("Collector"),
        _READ
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
        company_wide=False,
    ),
    # SoD-05: reads meters, cannot collect.
    "meter_reader": Post(
        _("Meter reader"),
        frozenset(
            {
                Action.REGISTRY_VIEW,
                Action.READING_VIEW,
                Action.READING_RECORD,
                Action.FILE_VIEW,
                Action.FILE_ADD,
                Action.MANUAL_VIEW,
            }
        ),
        company_wide=False,
    ),
}
