"""Double entry: accounts, journals, postings. Journals and postings are only ever added."""

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel
from kernel.text import in_language
from services.properties.models import Household, Project


class AccountKind(models.TextChoices):
    ASSET = "ASSET", _("Asset")
    LIABILITY = "LIABILITY", _("Liability")
    INCOME = "INCOME", _("Income")
    EXPENSE = "EXPENSE", _("Expense")


class AccountRole(models.TextChoices):
    """What the system itself uses an account for; ``""`` for the rest."""

    RECEIVABLE = "RECEIVABLE", _("Receivables from households")  # 应收账款
    CASH = "CASH", _("Cash")  # 库存现金
    BANK = "BANK", _("Bank")  # 银行存款
    CHANNEL = "CHANNEL", _("Payment channels")  # 其他货币资金: QR and card until settled
    PAYABLE = "PAYABLE", _("Payables to vendors")  # 应付账款
    ACCRUED = "ACCRUED", _("Goods received, not invoiced")  # 暂估应付
    STOCK = "STOCK", _("Goods in stock")  # 库存商品
    FIXED_ASSET = "ASSET", _("Fixed assets")  # 固定资产
    ADVANCE = "ADVANCE", _("Advances to buyers")  # 采购备用金
    INPUT_TAX = "INPUT_TAX", _("Input tax")  # 进项税额
    MATERIAL_COST = "MATERIAL", _("Cost of materials")
    SERVICE_COST = "SERVICE", _("Cost of outsourced services")
    COUNT_LOSS = "COUNT_LOSS", _("Differences of stock counts")
    DISPOSAL_LOSS = "DISPOSAL", _("Losses from scrapped assets")


class LedgerAccount(CompanyModel):
    """An account (会计科目) of the company."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=10, choices=AccountKind)
    role = models.CharField(max_length=12, choices=AccountRole, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role"], condition=~Q(role=""), name="ledgeraccount_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def label(self) -> str:
        """The name in the reader's language where there is one."""
        return in_language(self.name, self.name_en)


class JournalKind(models.TextChoices):
    BILLS = "BILLS", _("Bills posted")
    PAYMENT = "PAYMENT", _("Payment received")
    PAYMENT_REVERSAL = "PAYMENT_REVERSAL", _("Payment voided")
    BILL_REVERSAL = "BILL_REVERSAL", _("Bill reversed")
    GOODS = "GOODS", _("Goods taken in")
    GOODS_RETURN = "GOODS_RETURN", _("Goods returned to the vendor")
    STOCK_OPENING = "STOCK_OPENING", _("Opening stock")
    ISSUE = "ISSUE", _("Goods issued")
    ISSUE_RETURN = "ISSUE_RETURN", _("Issued goods given back")
    STOCK_COUNT = "STOCK_COUNT", _("Difference of a stock count")
    ASSET_SCRAP = "ASSET_SCRAP", _("Fixed asset written off")
    VENDOR_INVOICE = "VENDOR_INVOICE", _("Vendor's invoice matched")
    INVOICE_REVERSAL = "INVOICE_REVERSAL", _("Vendor's invoice taken back")
    VENDOR_CREDIT = "VENDOR_CREDIT", _("Vendor's credit note")
    VENDOR_REFUND = "VENDOR_REFUND", _("Refund of a vendor")
    VENDOR_PAYMENT = "VENDOR_PAYMENT", _("Vendor paid")
    VENDOR_REVERSAL = "VENDOR_REVERSAL", _("Payment to a vendor undone")
    ADVANCE = "ADVANCE", _("Advance paid to a buyer")
    ADVANCE_RETURN = "ADVANCE_RETURN", _("Advance given back unused")
    CLAIM = "CLAIM", _("Claim for what was bought settled")


class Journal(CompanyModel):
    """One balanced entry (凭证) and the document it came from.

    A deferred trigger checks at commit that its postings sum to zero and are two or more; a
    second trigger lets postings in only in the transaction that made the journal.
    """

    # Empty: the company's own, which only its purchases may be.
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=JournalKind)
    source_type = models.CharField(max_length=30)  # e.g. "billrunchunk", "payment", "billline"
    source_id = models.BigIntegerField()
    effective_on = models.DateField()  # the day it belongs to, in the company's zone
    posted_at = models.DateTimeField()
    posted_by = models.BigIntegerField(null=True)
    # The transaction that made it: a posting of any other is refused.
    transaction_id = models.BigIntegerField(
        db_default=Cast(
            Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
        ),
        editable=False,
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source_type", "source_id"], name="journal_source_once"
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True)
                | Q(
                    kind__in=[
                        "PAYMENT_REVERSAL",
                        "BILL_REVERSAL",
                        "INVOICE_REVERSAL",
                        "VENDOR_REVERSAL",
                    ]
                ),
                name="journal_reversal_says_so",
            ),
            models.CheckConstraint(
                condition=Q(project__isnull=False)
                | ~Q(kind__in=["BILLS", "PAYMENT", "PAYMENT_REVERSAL", "BILL_REVERSAL"]),
                name="journal_of_households_has_project",
            ),
        ]
        indexes = [models.Index(fields=["project", "effective_on"], name="journal_by_day")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"


class Posting(CompanyModel):
    """An amount on an account: debit positive, credit negative. Receivables name the household."""

    plural = _("Ledger entries")

    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, related_name="postings", db_constraint=False
    )  # the insert trigger is the foreign key, and stricter
    account = models.ForeignKey(
        LedgerAccount,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )  # a trigger keeps every account; the one writer checks that it exists
    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )  # set for receivables; a household with bills is not deleted
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0)
                & Q(amount__gte=-999999999999, amount__lte=999999999999),  # NaN sorts above all
                name="posting_amount_ne_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"
