"""The papers by which goods move: issues, what comes back of them, and transfers."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.stock.models.places import Warehouse
from services.properties.models import Project


class Issue(CompanyModel):
    """Goods given out, with unit, person and purpose (领料单, PR-39)."""

    plural = _("Issues of goods")

    number = models.CharField(max_length=40, unique=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="issues")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # for which it is used; empty: the company's own offices
    unit = models.CharField(max_length=100)  # the department or post that uses it
    person_id = models.BigIntegerField(null=True)
    person_label = models.CharField(max_length=140)
    purpose = models.CharField(max_length=200)
    reference_type = models.CharField(max_length=40, blank=True)  # e.g. a work order
    reference_id = models.BigIntegerField(null=True)
    issued_by = models.BigIntegerField()
    issued_by_label = models.CharField(max_length=140)
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    key = models.CharField(max_length=80, blank=True, default="")  # of the form, sent once

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="issue_key_once"),
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(unit="") & ~Q(person_label=""),
                name="issue_says_to_whom_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class IssueLine(CompanyModel):
    """An article of an issue; what comes back unused is added up here."""

    plural = _("Lines of issues")

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    returned_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    returned_value = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999)
                & Q(value__gte=0, value__lte=999999999999),
                name="issueline_gt_0",
            ),
            models.CheckConstraint(
                condition=Q(returned_quantity__gte=0, returned_quantity__lte=F("quantity"))
                & Q(returned_value__gte=0, returned_value__lte=F("value")),
                name="issueline_returned_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity}"


class IssueReturn(CompanyModel):
    """What of an issued article came back unused."""

    plural = _("Issued goods given back")

    line = models.ForeignKey(IssueLine, on_delete=models.PROTECT, related_name="returns")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=200)
    returned_by = models.BigIntegerField()
    returned_by_label = models.CharField(max_length=140)
    returned_on = models.DateField()
    returned_at = models.DateTimeField()
    key = models.CharField(max_length=80, blank=True, default="")  # of the form, sent once

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="issuereturn_key_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999)
                & Q(value__gte=0, value__lte=999999999999),
                name="issuereturn_gt_0",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity}"


class Transfer(CompanyModel):
    """Goods moved from one warehouse to another, by somebody who keeps both (调拨单)."""

    plural = _("Transfers")

    number = models.CharField(max_length=40, unique=True)
    source = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    moved_by = models.BigIntegerField()
    moved_by_label = models.CharField(max_length=140)
    moved_on = models.DateField()
    moved_at = models.DateTimeField()
    key = models.CharField(max_length=80, blank=True, default="")  # of the form, sent once

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="transfer_key_once"),
            models.CheckConstraint(
                condition=~Q(source=F("target")), name="transfer_to_another_warehouse"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class TransferLine(CompanyModel):
    """An article of a transfer."""

    plural = _("Lines of transfers")

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    value = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999), name="transferline_gt_0"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity}"
