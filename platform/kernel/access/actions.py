"""Every action there is. Which posts carry it at first says the catalogue, then each company."""

from django.db.models import TextChoices

from kernel.text import _


class Action(TextChoices):
    """One thing a person may do. Checked by operations, named by views and endpoints.

    The label completes the sentence "who holds this post may …"; the word before the dot is the
    part of the product it belongs to.
    """

    COMPANY_CONFIGURE = "company.configure", _("Set up the company and its projects")
    USER_MANAGE = "user.manage", _("Manage people, posts and departments")
    STAFF_VIEW = "staff.view", _("See who holds which post")
    AUDIT_VIEW = "audit.view", _("See who did what")
    SECURITY_VIEW = "security.view", _("See the security log")
    DUTIES_VIEW = "duties.view", _("See where duties meet")
    DUTIES_EXEMPT = "duties.exempt", _("Exempt somebody from the separation of duties")
    TOKEN_MANAGE = "token.manage", _("Manage keys of programs")
    POLICY_VIEW = "policy.view", _("See the settings")
    POLICY_CHANGE = "policy.change", _("Change settings")
    POLICY_CHANGE_MONEY = "policy.change-money", _("Change settings that prices depend on")
    ITEM_MANAGE = "item.manage", _("Issue and take back keys, cards, books and cash floats")

    DEADLINE_VIEW = "deadline.view", _("See time limits and what is overdue")

    REGISTRY_VIEW = "registry.view", _("See buildings, units and customers")
    REGISTRY_CHANGE = "registry.change", _("Change buildings, units and customers")
    REGISTRY_IMPORT = "registry.import", _("Import ledgers")
    PERSONAL_DATA_REVEAL = "personal-data.reveal", _("Reveal phone and ID numbers, with a reason")

    FEE_STANDARD_VIEW = "fee-standard.view", _("See fee standards")
    FEE_STANDARD_DRAFT = "fee-standard.draft", _("Draft fee standards")
    FEE_STANDARD_CONFIRM = "fee-standard.confirm", _("Confirm fee standards and their dates")

    READING_VIEW = "reading.view", _("See meter readings")
    READING_RECORD = "reading.record", _("Record meter readings")
    READING_RESOLVE = "reading.resolve", _("Decide on doubtful readings")

    BILL_VIEW = "bill.view", _("See bills")
    BILL_RUN_PREPARE = "bill-run.prepare", _("Prepare the month's bills")
    BILL_RUN_CHECK = "bill-run.check", _("Check the month's bills")
    BILL_RUN_POST = "bill-run.post", _("Post bills and open the collection")
    BILL_REVERSE = "bill.reverse", _("Reverse a bill")

    PAYMENT_TAKE = "payment.take", _("Take money")
    PAYMENT_VIEW = "payment.view", _("See payments and receipts")
    RECEIPT_PRINT = "receipt.print", _("Print receipts")
    # One's own, on the same day.
    RECEIPT_VOID = "receipt.void", _("Void one's own receipt on the same day")
    RECEIPT_VOID_ANY = "receipt.void-any", _("Void any receipt")

    ARREARS_VIEW = "arrears.view", _("See arrears")
    EXPORT = "export", _("Take lists out as files")
    LEDGER_VIEW = "ledger.view", _("See the books")

    # Beside what the record itself takes: files hang on records.
    FILE_VIEW = "file.view", _("See files on what one sees")
    FILE_ADD = "file.add", _("Add files to what one sees")

    MANUAL_VIEW = "manual.view", _("Read controlled manuals")
    MANUAL_PREPARE = "manual.prepare", _("Prepare a manual's edition")
    MANUAL_KEEP = "manual.keep", _("Keep the register of manuals' copies")
    NOTICE_PRINT = "notice.print", _("Print notices")

    ARCHIVE_REQUEST = "archive.request", _("Ask to look at owners' files")
    ARCHIVE_KEEP = "archive.keep", _("Keep owners' files and register looks at them")
    ARCHIVE_VIEW = "archive.view", _("See the register of looks at owners' files")
    RETENTION_VIEW = "retention.view", _("See how long records are kept and what is due")
    RECORD_DISPOSE = "record.dispose", _("List records for disposal")
    RECORD_HOLD = "record.hold", _("Exempt records from disposal")

    APPROVAL_CONFIGURE = "approval.configure", _("Design approval chains")
    APPROVAL_VIEW = "approval.view", _("See all approvals")

    PURCHASE_VIEW = "purchase.view", _("See purchase requests, rounds of quotes and orders")
    PURCHASE_REQUEST = "purchase.request", _("Ask for purchases")
    PURCHASE_BUY = "purchase.buy", _("Ask vendors for quotes, order and claim what was bought")
    BUDGET_SET = "budget.set", _("Set purchasing budgets")
    QUOTE_OPEN = "quote.open", _("Open sealed quotes together with another post")
    QUOTE_EVALUATE = "quote.evaluate", _("Score opened quotes")
    VENDOR_VIEW = "vendor.view", _("See vendors")
    VENDOR_MANAGE = "vendor.manage", _("Keep the register of vendors")
    VENDOR_CHECK = "vendor.check", _("Check vendors' papers and decide on applications")
    CONTRACT_VIEW = "contract.view", _("See contracts with vendors")
    CONTRACT_DRAFT = "contract.draft", _("Draft contracts with vendors")
    CONTRACT_SIGN = "contract.sign", _("Sign contracts on behalf of the legal person")
    CONTRACT_ARCHIVE = "contract.archive", _("Archive and distribute contracts")
    GOODS_RECEIVE = "goods.receive", _("Check and take in goods")
    STOCK_VIEW = "stock.view", _("See what lies in the warehouses")
    STOCK_KEEP = "stock.keep", _("Issue, transfer and count goods")
    ASSET_KEEP = "asset.keep", _("Keep the register of fixed assets")
    INVOICE_MATCH = "invoice.match", _("Match vendors' invoices with orders and receipts")
    VENDOR_PAYMENT_ASK = "vendor-payment.ask", _("Ask for payments to vendors")
    VENDOR_PAYMENT_PAY = "vendor-payment.pay", _("Pay vendors, advances and claims")
    SERVICE_ASSESS = "service.assess", _("Assess outsourced services month by month")
