"""Advances to buyers and their claims."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _, _p
from services.billing.ledger.models import Journal
from services.procurement.payments.models.owed import VendorInvoice
from services.procurement.receiving.models import GoodsReceipt
from services.procurement.requests.models import PurchaseRequest

_GT_0 = Q(amount__gt=0, amount__lte=999999999999)


class AdvanceState(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("In approval")
    APPROVED = "APPROVED", _("Approved, to be paid out")
    OPEN = "OPEN", _("Paid out")
    SETTLED = "SETTLED", _p("advance", "Settled")
    REFUSED = "REFUSED", _("Refused")
    DROPPED = "DROPPED", _("Given up")  # before it was paid out
    RETURNED = "RETURNED", _("Given back unused")


class Advance(CompanyModel):
    """Money that a buyer takes along (借款单, PR-70); settled by a claim, or given back (PR-74)."""

    plural = _p("purchase", "Advances")

    number = models.CharField(max_length=40, unique=True)
    person_id = models.BigIntegerField()
    person_label = models.CharField(max_length=140)
    request = models.ForeignKey(PurchaseRequest, on_delete=models.PROTECT, related_name="advances")
    purpose = models.CharField(max_length=200)
    estimate = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=9, choices=AdvanceState, default=AdvanceState.SUBMITTED)
    asked_at = models.DateTimeField()
    paid_by = models.BigIntegerField(null=True)
    paid_by_label = models.CharField(max_length=140, blank=True)
    paid_at = models.DateTimeField(null=True)
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="+")
    # Given up before it was paid out, or given back as it was: by whom, why.
    ended_by = models.BigIntegerField(null=True)
    ended_by_label = models.CharField(max_length=140, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    return_journal = models.OneToOneField(
        Journal, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_GT_0, name="advance_amount_gt_0"),
            models.CheckConstraint(
                condition=~Q(state__in=["DROPPED", "RETURNED"])
                | Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(end_reason=""),
                name="advance_ended_with_reason",
            ),
            # SoD-22: the money is taken back by somebody else than whoever had it.
            models.CheckConstraint(
                condition=~Q(state="RETURNED")
                | Q(return_journal__isnull=False) & ~Q(ended_by=F("person_id")),
                name="advance_returned_to_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["OPEN", "SETTLED"])
                | Q(paid_by__isnull=False) & ~Q(paid_by=F("person_id")),
                name="advance_paid_by_another",
            ),
        ]
        indexes = [models.Index(fields=["person_id", "state"], name="advance_of_person")]

    def __str__(self) -> str:
        return self.number


class ClaimState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("In approval")
    APPROVED = "APPROVED", _("Approved, to be paid out")
    PAID = "PAID", _p("advance", "Settled")
    REFUSED = "REFUSED", _("Refused")


class Claim(CompanyModel):
    """A buyer's claim with sales slip, stock-in slip and invoice (报销单, PR-71)."""

    plural = _("Claims")

    number = models.CharField(max_length=40, unique=True)
    person_id = models.BigIntegerField()
    person_label = models.CharField(max_length=140)
    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, null=True, related_name="claims")
    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.PROTECT, related_name="claims")
    # What the claim pays: owed to the vendor when the claim is approved, paid when it is settled.
    invoice = models.OneToOneField(VendorInvoice, on_delete=models.PROTECT, related_name="claim")
    sales_slip = models.CharField(max_length=60)
    invoice_number = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=9, choices=ClaimState, default=ClaimState.DRAFT)
    claimed_at = models.DateTimeField()
    settled_by = models.BigIntegerField(null=True)
    settled_by_label = models.CharField(max_length=140, blank=True)
    settled_at = models.DateTimeField(null=True)
    paid_out = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    given_back = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    journal = models.OneToOneField(Journal, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_GT_0, name="claim_amount_gt_0"),
            models.CheckConstraint(
                condition=~Q(sales_slip="") & ~Q(invoice_number=""), name="claim_has_its_papers"
            ),
            # SoD-22
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("person_id")),
                name="claim_settled_by_another",
            ),
            models.CheckConstraint(
                condition=Q(paid_out=0) | Q(given_back=0), name="claim_one_difference"
            ),
            models.UniqueConstraint(
                fields=["receipt"], condition=~Q(state="REFUSED"), name="claim_of_receipt_once"
            ),
            models.UniqueConstraint(
                fields=["advance"], condition=~Q(state="REFUSED"), name="claim_of_advance_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number
