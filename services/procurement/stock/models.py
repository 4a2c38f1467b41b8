"""Warehouses and what lies in them. Moves are only ever added."""

from django.db import models
from django.db.models import F, Q

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


class AssetState(models.TextChoices):
    IN_USE = "IN_USE", _("In use")
    IDLE = "IDLE", _("Idle")  # what a class B request is checked against (PR-06)
    REPAIR = "REPAIR", _("In repair")
    SCRAPPED = "SCRAPPED", _("Scrapped")


class Asset(CompanyModel):
    """A fixed asset in the register, with its place and keeper."""

    plural = _("Fixed assets")

    code = models.CharField(max_length=40, unique=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="assets")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    place = models.CharField(max_length=100, blank=True)
    holder_id = models.BigIntegerField(null=True)
    holder_label = models.CharField(max_length=140, blank=True)
    serial_number = models.CharField(max_length=80, blank=True)
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    received_on = models.DateField()
    warranty_to = models.DateField(null=True, blank=True)
    receipt_line_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=8, choices=AssetState, default=AssetState.IN_USE)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__gte=0, cost__lte=999999999999), name="asset_cost_gte_0"
            ),
            models.CheckConstraint(
                condition=Q(warranty_to__isnull=True) | Q(warranty_to__gte=F("received_on")),
                name="asset_warranty_after_receipt",
            ),
        ]
        indexes = [models.Index(fields=["item", "state"], name="asset_by_state")]

    def __str__(self) -> str:
        return self.code


class SlipState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    DONE = "DONE", _("Done")
    CANCELLED = "CANCELLED", _("Cancelled")


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

    class Meta:
        constraints = [
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


class Transfer(CompanyModel):
    """Goods moved from one warehouse to another: sent, and taken in by the other's keeper."""

    plural = _("Transfers")

    number = models.CharField(max_length=40, unique=True)
    source = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    moved_by = models.BigIntegerField()
    moved_by_label = models.CharField(max_length=140)
    moved_on = models.DateField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
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


class CountState(models.TextChoices):
    COUNTING = "COUNTING", _("Being counted")
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
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse"],
                condition=Q(state__in=["COUNTING", "SUBMITTED"]),
                name="stockcount_one_open",
                violation_error_message=_("This warehouse is being counted already."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CountLine(CompanyModel):
    """An article of a count. What the books said is written down when the count is submitted."""

    plural = _("Lines of stock counts")

    count = models.ForeignKey(StockCount, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    counted = models.DecimalField(max_digits=12, decimal_places=3, null=True)
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
