"""Money taken at the counter, what it paid, and the numbered receipts for it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.models import CompanyModel
from services.billing.runs.models import BillLine
from services.properties.models import Household, Project


class PaymentMethod(models.TextChoices):
    CASH = "CASH", _("Cash")  # 现金
    TRANSFER = "TRANSFER", _("Bank transfer")  # 银行转账
    QR = "QR", _("QR code")  # 扫码收款
    CARD = "CARD", _("Card (POS)")  # POS 刷卡


class PaymentState(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    VOIDED = "VOIDED", _("Voided")


class Payment(CompanyModel):
    """Money received from a household; a trigger lets only the voiding change it, and only once.

    There are no advance accounts: its allocations sum to its amount.
    """

    plural = _("Payments")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="payments")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=10, choices=PaymentMethod)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    tendered = models.DecimalField(max_digits=14, decimal_places=2)  # cash handed over
    change = models.DecimalField(max_digits=14, decimal_places=2)  # cash given back
    reference = models.CharField(max_length=60, blank=True)  # the bank's or the channel's number
    payer_name = models.CharField(max_length=100)
    note = models.CharField(max_length=200, blank=True)
    received_on = models.DateField()  # the day in the company's zone
    received_at = models.DateTimeField()
    received_by = models.BigIntegerField()  # the collector; the payer is ``payer_name`` (C-19)
    received_by_label = models.CharField(max_length=140)
    idempotency_key = models.CharField(max_length=80)
    request_digest = models.CharField(max_length=64)  # the same key with another request is refused
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.RECEIVED)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.BigIntegerField(null=True)
    voided_by_label = models.CharField(max_length=140, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=999999999999), name="payment_amount_gt_0"
            ),
            models.CheckConstraint(
                condition=Q(tendered=F("amount") + F("change"))
                & Q(change__gte=0, change__lte=999999999999)
                & (Q(method="CASH") | Q(change=0)),
                name="payment_change_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state="RECEIVED", voided_at__isnull=True)
                | (Q(state="VOIDED", voided_at__isnull=False) & ~Q(void_reason="")),
                name="payment_voided_with_reason",
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"], name="payment_idempotency_key_once"
            ),
            models.UniqueConstraint(
                fields=["method", "reference"],
                condition=~Q(reference="") & Q(state="RECEIVED") & Q(method__in=["QR", "TRANSFER"]),
                name="payment_reference_once",
                violation_error_message=_("This payment reference is booked already."),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "received_on"], name="payment_by_day"),
            models.Index(fields=["household", "-id"], name="payment_of_household"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class Allocation(CompanyModel):
    """The part of a payment that paid a bill line. Only ever added; void with its payment."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    line = models.ForeignKey(BillLine, on_delete=models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=999999999999), name="allocation_amount_gt_0"
            ),
            models.UniqueConstraint(fields=["payment", "line"], name="allocation_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class ReceiptSeries(CompanyModel):
    """The counter of a project's receipts; its row lock makes the numbers gapless (SH-80)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    prefix = models.CharField(max_length=40, unique=True)  # SJ-YL-202611-
    next_number = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.prefix


class Receipt(CompanyModel):
    """The numbered paper for one payment. A wrong one is voided and keeps its number (BL-84)."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt")
    series = models.ForeignKey(ReceiptSeries, on_delete=models.PROTECT, related_name="receipts")
    number = models.IntegerField()
    code = models.CharField(max_length=50, unique=True)  # SJ-YL-202611-00001
    printed_count = models.IntegerField(default=0)
    is_void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="receipt_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="receipt_number_gte_1"),
        ]

    def __str__(self) -> str:
        return self.code
