"""Counts of a warehouse."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.stock.models.places import Warehouse


class CountState(models.TextChoices):
    COUNTING = "COUNTING", _("Being counted")
    COUNTED = "COUNTED", _("Counted, to be explained")
    SUBMITTED = "SUBMITTED", _("In approval")
    BOOKED = "BOOKED", _("Booked")
    CANCELLED = "CANCELLED", _("Cancelled")


class StockCount(CompanyModel):
    """A count of a warehouse (盘存, PR-36): blind, and booked only when approved."""

    plural = _("Stock counts")

    number = models.CharField(max_length=40, unique=True)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="counts")
    state = models.CharField(max_length=9, choices=CountState, default=CountState.COUNTING)
    started_by = models.BigIntegerField()
    started_by_label = models.CharField(max_length=140)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    booked_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse"],
                condition=Q(state__in=["COUNTING", "COUNTED", "SUBMITTED"]),
                name="stockcount_one_open",
                violation_error_message=_("This warehouse is being counted already."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CountLine(CompanyModel):
    """An article of a count, and what the books said at the moment when it was counted.

    Goods go on moving while a warehouse is counted: only the figures of one moment tell a
    difference, and the difference, not the count, is booked later.
    """

    plural = _("Lines of stock counts")

    count = models.ForeignKey(StockCount, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    counted = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    counted_at = models.DateTimeField(null=True)
    counted_by = models.BigIntegerField(null=True)
    counted_by_label = models.CharField(max_length=140, blank=True)
    book_quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    difference = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    difference_value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["count", "item"], name="countline_once"),
            models.CheckConstraint(
                condition=Q(counted__isnull=True) | Q(counted__gte=0, counted__lte=9999999.999),
                name="countline_counted_gte_0",
            ),
            models.CheckConstraint(
                condition=Q(difference__isnull=True)
                | Q(difference=F("counted") - F("book_quantity")),
                name="countline_difference_is_one",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.counted}"
