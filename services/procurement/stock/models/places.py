"""Warehouses and what lies in them. Moves are only ever added."""

from django.db import models
from django.db.models import Q

from kernel.models import CompanyModel
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.properties.models import Project


class WarehouseKind(models.TextChoices):
    STORE = "STORE", _("Warehouse")
    TECHNICIAN = "TECHNICIAN", _("Technician's own stock")  # for paid repairs
    QUARANTINE = "QUARANTINE", _("Quarantine")  # set aside, never issued


class Warehouse(CompanyModel):
    """A place of the company or of one project where goods lie."""

    plural = _("Warehouses")

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # empty: the company's
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=WarehouseKind, default=WarehouseKind.STORE)
    holder_id = models.BigIntegerField(null=True)  # the technician whose stock it is
    is_active = models.BooleanField(default=True)
    # That it is to be counted in this period was told then.
    count_reminded_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="TECHNICIAN", holder_id__isnull=False)
                | ~Q(kind="TECHNICIAN") & Q(holder_id__isnull=True),
                name="warehouse_holder_of_own_stock",
            ),
            models.UniqueConstraint(
                fields=["holder_id", "project"],
                condition=Q(holder_id__isnull=False, is_active=True),
                name="warehouse_one_of_holder",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StockBalance(CompanyModel):
    """What lies of an item in a warehouse; written by moves alone, under its row lock."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="balances")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="balances")
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    value = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    minimum = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    counted_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "item"], name="stockbalance_once"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, quantity__lte=9999999.999)
                & Q(value__gte=0, value__lte=999999999999),
                name="stockbalance_gte_0",
            ),
            models.CheckConstraint(
                condition=~Q(quantity=0) | Q(value=0), name="stockbalance_nothing_is_worth_nothing"
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(minimum__gte=0), name="stockbalance_minimum"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity}"


class Lot(CompanyModel):
    """The part of a stock that came in one delivery, for what expires or is traced."""

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="lots")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="lots")
    number = models.CharField(max_length=60, blank=True)
    received_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    # How many days before its end was told last; -1: that it has run out.
    reminded_days = models.SmallIntegerField(null=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gte=0, quantity__lte=9999999.999), name="lot_gte_0"
            ),
        ]
        indexes = [
            models.Index(
                fields=["warehouse", "item", "expires_on"],
                condition=Q(quantity__gt=0),
                name="lot_in_stock",
            ),
            models.Index(fields=["expires_on"], condition=Q(quantity__gt=0), name="lot_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"


class MoveKind(models.TextChoices):
    RECEIPT = "RECEIPT", _("Received")
    RETURN = "RETURN", _("Returned to the vendor")
    ISSUE = "ISSUE", _("Issued")
    GIVE_BACK = "GIVE_BACK", _("Given back")
    TRANSFER = "TRANSFER", _("Transferred")
    COUNT = "COUNT", _("Difference of a count")
    OPENING = "OPENING", _("Opening stock")


class StockMove(CompanyModel):
    """Goods that came or went, with their value. Append-only; a mistake is moved back.

    A transfer is two rows of one paper: what one warehouse loses the other gains, to the cent.
    """

    plural = _("Stock moves")

    kind = models.CharField(max_length=9, choices=MoveKind)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="moves")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="moves")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="moves")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)  # in positive, out negative
    value = models.DecimalField(max_digits=14, decimal_places=2)  # of the same sign, or zero
    # The balance after it: the chain of an item's moves in a warehouse can be followed.
    quantity_after = models.DecimalField(max_digits=12, decimal_places=3)
    value_after = models.DecimalField(max_digits=14, decimal_places=2)
    source_type = models.CharField(max_length=30)  # "goodsreceiptline", "issueline", …
    source_id = models.BigIntegerField()
    moved_on = models.DateField()  # the company's day
    moved_at = models.DateTimeField()
    moved_by = models.BigIntegerField(null=True)
    moved_by_label = models.CharField(max_length=140)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(quantity=0)
                & Q(quantity__gte=-9999999.999, quantity__lte=9999999.999)
                & (
                    Q(quantity__gt=0, value__gte=0, value__lte=999999999999)
                    | Q(quantity__lt=0, value__lte=0, value__gte=-999999999999)
                ),
                name="stockmove_signs_agree",
            ),
            models.CheckConstraint(
                condition=Q(quantity_after__gte=0, value_after__gte=0),
                name="stockmove_leaves_gte_0",
            ),
            models.UniqueConstraint(
                fields=["kind", "source_type", "source_id", "warehouse", "lot"],
                name="stockmove_source_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["warehouse", "item", "id"], name="stockmove_of_stock"),
            models.Index(fields=["item", "id"], name="stockmove_of_item"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity}"
