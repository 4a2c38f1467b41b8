"""Contracts: joint review, signing and sealing, payment plan, register, who holds a copy."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.rounds.models import Award
from services.procurement.vendors.models import Vendor
from services.properties.models import Project


class ContractState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    REVIEW = "REVIEW", _("In joint review")  # 会审中
    PERMITTED = "PERMITTED", _("Permitted, to be signed")
    SIGNED = "SIGNED", _("Signed and sealed")
    ARCHIVED = "ARCHIVED", _("Archived")
    ENDED = "ENDED", _("Ended")
    CANCELLED = "CANCELLED", _("Cancelled")


class ContractKind(models.TextChoices):
    PURCHASE = "PURCHASE", _("Purchase")
    FRAMEWORK = "FRAMEWORK", _("Framework agreement")
    SERVICE = "SERVICE", _("Outsourced service")


class SealKind(models.TextChoices):
    CONTRACT = "CONTRACT", _("Contract seal")  # 合同专用章: the only one that will do (PR-52)


class Contract(CompanyModel):
    """A contract with a vendor (合同). Its review is a case of ``contract.joint_review``."""

    plural = _("Contracts")

    number = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=9, choices=ContractKind)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="contracts")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="contracts")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField()  # inclusive
    using_unit = models.CharField(max_length=100)
    # Whose paper the joint review is: somebody of the using unit. The buyer is one of its parties.
    asked_by = models.BigIntegerField()
    asked_by_label = models.CharField(max_length=140)
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=ContractState, default=ContractState.DRAFT)
    drafted_by = models.BigIntegerField()
    drafted_by_label = models.CharField(max_length=140)
    drafted_at = models.DateTimeField()
    permitted_at = models.DateTimeField(null=True)
    signed_on = models.DateField(null=True)
    signed_by = models.BigIntegerField(null=True)  # the chairman's delegate (PR-51)
    signed_by_label = models.CharField(max_length=140, blank=True)
    seal = models.CharField(max_length=10, choices=SealKind, blank=True)
    archived_at = models.DateTimeField(null=True)
    archive_place = models.CharField(max_length=100, blank=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    remind_days = models.IntegerField(default=30)  # before its end
    remind_on = models.DateField()  # so many days before it
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="contract_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=999999999999), name="contract_amount_gte_0"
            ),
            models.CheckConstraint(
                condition=Q(remind_days__gte=0, remind_days__lte=365),
                name="contract_remind_days_in_range",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["SIGNED", "ARCHIVED", "ENDED"])
                | Q(
                    permitted_at__isnull=False,
                    signed_on__isnull=False,
                    signed_by__isnull=False,
                    seal="CONTRACT",
                ),
                name="contract_signed_after_permission",
            ),
            models.CheckConstraint(
                condition=~Q(state="ARCHIVED") | ~Q(archive_place=""),
                name="contract_archived_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "remind_on"], name="contract_by_end"),
            models.Index(fields=["vendor", "-id"], name="contract_of_vendor"),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentPlanLine(CompanyModel):
    """A payment that a contract foresees, and what has been paid of it (PR-54, PR-72)."""

    plural = _("Payment plans")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="plan")
    position = models.IntegerField()
    condition = models.CharField(max_length=200)  # 验收合格后, 按月考核
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    paid_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "position"], name="planline_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=999999999999)
                & Q(paid_amount__gte=0, paid_amount__lte=F("amount")),
                name="planline_paid_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class ContractCopy(CompanyModel):
    """A copy that a department received (合同分发, PR-52). Append-only."""

    plural = _("Copies of contracts")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="copies")
    department = models.CharField(max_length=100)
    copies = models.IntegerField(default=1)
    received_by_label = models.CharField(max_length=140)
    given_by_label = models.CharField(max_length=140)
    given_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(copies__gte=1), name="contractcopy_gte_1"),
        ]

    def __str__(self) -> str:
        return self.department
