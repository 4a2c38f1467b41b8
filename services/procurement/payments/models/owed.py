"""Vendors' invoices, what is owed to them and paid, reconciliations, monthly assessments."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Replace, Upper

from kernel.models import CompanyModel
from kernel.text import _, _p
from services.billing.ledger.models import Journal
from services.procurement.contracts.models import Contract, PaymentPlanLine
from services.procurement.orders.models import OrderLine, PurchaseOrder
from services.procurement.receiving.models import GoodsReturn
from services.procurement.vendors.models import BankAccount, Vendor
from services.properties.models import Project

_GT_0 = Q(amount__gt=0, amount__lte=999999999999)


def _spelled(field: str) -> Upper:
    """Return a number without regard to blanks and to capital or small letters."""
    return Upper(Replace(F(field), Value(" "), Value("")))


class InvoiceState(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("To be matched")
    MATCHED = "MATCHED", _("Matched")
    EXCEPTION = "EXCEPTION", _("Does not match")
    BOOKED = "BOOKED", _("Booked")
    REFUSED = "REFUSED", _("Refused")
    REVERSED = "REVERSED", _("Taken back")


class VendorInvoice(CompanyModel):
    """A vendor's invoice, matched with order and goods before it is owed."""

    plural = _("Vendors' invoices")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="invoices")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, related_name="vendor_invoices"
    )  # of the order, or where the service is done; empty: the company's
    order = models.ForeignKey(
        PurchaseOrder, on_delete=models.PROTECT, null=True, related_name="invoices"
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, related_name="invoices"
    )  # of a service, paid on assessment
    number = models.CharField(max_length=60)  # the vendor's
    invoiced_on = models.DateField()
    due_on = models.DateField()
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    freight = models.DecimalField(max_digits=14, decimal_places=2, default=0)  # of it, with tax
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    credited_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    refunded_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    state = models.CharField(max_length=9, choices=InvoiceState, default=InvoiceState.SUBMITTED)
    # [{"line": 3, "mismatch": "PRICE", "amount": "67.48"}]: what the match found.
    findings = models.JSONField(default=list)
    submitted_by = models.BigIntegerField(null=True)  # empty: the vendor, in the portal
    submitted_by_label = models.CharField(max_length=140)
    submitted_at = models.DateTimeField()
    booked_by = models.BigIntegerField(null=True)
    booked_by_label = models.CharField(max_length=140, blank=True)
    booked_at = models.DateTimeField(null=True)
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="+")
    refusal_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_GT_0
                & Q(amount=F("net_amount") + F("tax_amount"))
                & Q(net_amount__gte=0, tax_amount__gte=0),
                name="vendorinvoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0, paid_amount__lte=F("amount"))
                & Q(credited_amount__gte=0, credited_amount__lte=F("amount")),
                name="vendorinvoice_paid_and_credited_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount=0)
                | Q(
                    refunded_amount__gt=0,
                    refunded_amount__lte=F("paid_amount") + F("credited_amount") - F("amount"),
                ),
                name="vendorinvoice_refunded_at_most_debt",
            ),
            models.CheckConstraint(
                condition=Q(freight__gte=0, freight__lte=F("amount")),
                name="vendorinvoice_freight_of_it",
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=True) | Q(contract__isnull=True),
                name="vendorinvoice_of_goods_or_service",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("invoiced_on")), name="vendorinvoice_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="BOOKED") | Q(journal__isnull=False, booked_by__isnull=False),
                name="vendorinvoice_booked_with_journal",
            ),
            models.UniqueConstraint(
                F("vendor"),
                _spelled("number"),
                condition=~Q(state__in=["REFUSED", "REVERSED"]),
                name="vendorinvoice_number_once",
                violation_error_message=_("This invoice is here already."),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="vendorinvoice_by_day"),
            models.Index(fields=["vendor", "-id"], name="vendorinvoice_of_vendor"),
            models.Index(fields=["project", "-id"], name="vendorinvoice_of_project"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def left(self) -> Decimal:
        """What we owe of it; below zero it is what the vendor owes: credited after it was paid."""
        return self.amount - self.paid_amount - self.credited_amount + self.refunded_amount


class InvoiceLine(CompanyModel):
    """A line of a vendor's invoice, for a line of the order."""

    invoice = models.ForeignKey(VendorInvoice, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="invoiced")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    # What it takes out of the goods received and not invoiced, when it is booked.
    accrued = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "order_line"], name="invoiceline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999)
                & Q(unit_price__gt=0, unit_price__lt=100000000)
                & Q(amount__gte=0, amount__lte=999999999999),
                name="invoiceline_figures_gt_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class CreditNote(CompanyModel):
    """A vendor's credit note (红字发票): for goods that went back, or a price that was reduced.

    Append-only. It is taken off one invoice; what of that is paid already, the vendor owes.
    """

    plural = _("Vendors' credit notes")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="credit_notes")
    invoice = models.ForeignKey(
        VendorInvoice, on_delete=models.PROTECT, related_name="credit_notes"
    )
    goods_return = models.OneToOneField(
        GoodsReturn, on_delete=models.PROTECT, null=True, related_name="credit_note"
    )
    number = models.CharField(max_length=60)  # the vendor's
    credited_on = models.DateField()
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=300)
    entered_by = models.BigIntegerField()
    entered_by_label = models.CharField(max_length=140)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=_GT_0
                & Q(amount=F("net_amount") + F("tax_amount"))
                & Q(net_amount__gte=0, tax_amount__gte=0),
                name="creditnote_adds_up",
            ),
            models.UniqueConstraint(F("vendor"), _spelled("number"), name="creditnote_number_once"),
        ]
        indexes = [models.Index(fields=["vendor", "-id"], name="creditnote_of_vendor")]

    def __str__(self) -> str:
        return self.number


class PaymentState(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("In approval")
    APPROVED = "APPROVED", _("Approved, to be paid")
    PAID = "PAID", _p("payable", "Paid")
    REFUSED = "REFUSED", _("Refused")
    REVERSED = "REVERSED", _("Undone")


class VendorPayment(CompanyModel):
    """A payment to a vendor (付款单): who asks, who approves and who pays are not the same."""

    plural = _("Payments to vendors")

    number = models.CharField(max_length=40, unique=True)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="payments")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, related_name="vendor_payments"
    )  # of the invoices that it pays
    # To which account it goes, as it was when the payment was asked for.
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=9, choices=PaymentState, default=PaymentState.SUBMITTED)
    asked_by = models.BigIntegerField()
    asked_by_label = models.CharField(max_length=140)
    asked_at = models.DateTimeField()
    paid_by = models.BigIntegerField(null=True)
    paid_by_label = models.CharField(max_length=140, blank=True)
    paid_on = models.DateField(null=True)
    paid_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=60, blank=True)  # the bank's
    idempotency_key = models.CharField(max_length=80, unique=True)
    reversal_reason = models.CharField(max_length=300, blank=True)
    reversed_by_label = models.CharField(max_length=140, blank=True)
    reversed_at = models.DateTimeField(null=True)
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_GT_0, name="vendorpayment_amount_gt_0"),
            models.CheckConstraint(
                condition=~Q(state__in=["PAID", "REVERSED"])
                | Q(journal__isnull=False, paid_on__isnull=False) & ~Q(reference=""),
                name="vendorpayment_paid_with_journal",
            ),
            models.CheckConstraint(
                condition=Q(paid_by__isnull=True) | ~Q(paid_by=F("asked_by")),
                name="vendorpayment_paid_by_another",
            ),
            models.UniqueConstraint(
                _spelled("reference"),
                condition=~Q(reference=""),
                name="vendorpayment_reference_once",
                violation_error_message=_("This payment reference is booked already."),
            ),
        ]
        indexes = [models.Index(fields=["vendor", "-id"], name="vendorpayment_of_vendor")]

    def __str__(self) -> str:
        return self.number


class VendorPaymentShare(CompanyModel):
    """The part of a payment that pays an invoice."""

    payment = models.ForeignKey(VendorPayment, on_delete=models.PROTECT, related_name="shares")
    invoice = models.ForeignKey(VendorInvoice, on_delete=models.PROTECT, related_name="shares")
    plan_line = models.ForeignKey(
        PaymentPlanLine, on_delete=models.PROTECT, null=True, related_name="shares"
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="vendorpaymentshare_once"),
            models.CheckConstraint(condition=_GT_0, name="vendorpaymentshare_gt_0"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class EntryKind(models.TextChoices):
    INVOICE = "INVOICE", _("Invoice")
    PAYMENT = "PAYMENT", _p("payable", "Payment")
    CREDIT = "CREDIT", _("Credit note")
    REFUND = "REFUND", _p("payable", "Refund")
    REVERSAL = "REVERSAL", _("Undone")


class VendorEntry(CompanyModel):
    """A vendor's account, entry by entry; together it is what the books say is owed to him.

    Append-only. We owe: positive.
    """

    plural = _("Vendors' accounts")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=EntryKind)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    effective_on = models.DateField()
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="+")
    source_type = models.CharField(max_length=30)
    source_id = models.BigIntegerField()
    text = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0) & Q(amount__gte=-999999999999, amount__lte=999999999999),
                name="vendorentry_amount_ne_0",
            ),
            models.UniqueConstraint(
                fields=["kind", "source_type", "source_id"], name="vendorentry_source_once"
            ),
        ]
        indexes = [models.Index(fields=["vendor", "id"], name="vendorentry_of_vendor")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class StatementState(models.TextChoices):
    SENT = "SENT", _("Sent to the vendor")
    AGREED = "AGREED", _("Agreed")
    DISPUTED = "DISPUTED", _("Disputed")


class VendorStatement(CompanyModel):
    """A reconciliation of a vendor's account up to a day (对账单, PR-63)."""

    plural = _("Reconciliations with vendors")

    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="statements")
    number = models.CharField(max_length=40, unique=True)
    to_day = models.DateField()
    balance = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=8, choices=StatementState, default=StatementState.SENT)
    sent_by_label = models.CharField(max_length=140)
    sent_by = models.BigIntegerField()
    sent_at = models.DateTimeField()
    vendor_balance = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_by_label = models.CharField(max_length=140, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vendor", "to_day"], name="vendorstatement_once"),
            models.CheckConstraint(
                condition=~Q(state="AGREED") | Q(vendor_balance=F("balance")),
                name="vendorstatement_agreed_on_one_balance",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AssessmentState(models.TextChoices):
    SCORED = "SCORED", _("Scored")
    SUBMITTED = "SUBMITTED", _("In approval")
    APPROVED = "APPROVED", _("Approved")
    REFUSED = "REFUSED", _("Refused")


class ServiceAssessment(CompanyModel):
    """A month's score of an outsourced service, which its payment takes (S-67, PR-75)."""

    plural = _("Assessments of outsourced services")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="assessments")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    # The payment that the contract foresees for the month: what is paid if nothing is deducted.
    plan_line = models.ForeignKey(
        PaymentPlanLine, on_delete=models.PROTECT, related_name="assessments"
    )
    score = models.IntegerField()
    deduction = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # to be paid
    text = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=AssessmentState, default=AssessmentState.SCORED)
    scored_by = models.BigIntegerField()
    scored_by_label = models.CharField(max_length=140)
    scored_at = models.DateTimeField()
    invoice = models.OneToOneField(
        VendorInvoice, on_delete=models.PROTECT, null=True, related_name="assessment"
    )  # emptied when the invoice is refused or taken back

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "project", "month"],
                condition=~Q(state="REFUSED"),
                name="serviceassessment_once",
                violation_error_message=_("This month is assessed already."),
            ),
            models.UniqueConstraint(
                fields=["plan_line"],
                condition=~Q(state="REFUSED"),
                name="serviceassessment_of_plan_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="serviceassessment_month"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100), name="serviceassessment_score_in_range"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=999999999999)
                & Q(deduction__gte=0, deduction__lte=999999999999),
                name="serviceassessment_amounts_gte_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.month:%Y-%m}"
