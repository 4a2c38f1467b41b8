"""Goods at the door: inspection, objections, quarantine, returns, sealed samples."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.text import _, _p
from services.procurement.catalogue.models import Item
from services.procurement.orders.models import Delivery, OrderLine, PurchaseOrder
from services.procurement.stock.models import Warehouse
from services.procurement.vendors.models import Vendor


class SealedSample(CompanyModel):
    """A sample that was sealed with its date; deliveries are compared with it (封样记录, PR-30)."""

    plural = _("Sealed samples")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="samples")
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="samples")
    number = models.CharField(max_length=40, unique=True)
    description = models.CharField(max_length=300)
    place = models.CharField(max_length=100)
    sealed_on = models.DateField()
    sealed_by = models.BigIntegerField()
    sealed_by_label = models.CharField(max_length=140)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaces"
    )
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item", "vendor"],
                condition=Q(ended_on__isnull=True),
                name="sealedsample_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class GoodsReceipt(CompanyModel):
    """The keeper's inspection of a delivery; what is accepted is the stock-in slip (入库单).

    Never by whoever bought (PR-31, SoD-18).
    """

    plural = _("Goods receipts")

    number = models.CharField(max_length=40, unique=True)  # the stock-in slip's
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="receipts")
    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, null=True, related_name="receipts"
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, related_name="+"
    )  # empty: used on the spot
    sales_slip = models.CharField(max_length=60, blank=True)  # the vendor's number (销货单)
    received_by = models.BigIntegerField()
    received_by_label = models.CharField(max_length=140)
    received_on = models.DateField()
    received_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2)  # of what was accepted
    key = models.CharField(max_length=80, blank=True, default="")  # of the form, sent once

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="goodsreceipt_key_once"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0, value__lte=999999999999), name="goodsreceipt_value_gte_0"
            ),
        ]
        indexes = [models.Index(fields=["order", "-id"], name="goodsreceipt_of_order")]

    def __str__(self) -> str:
        return self.number


class Destination(models.TextChoices):
    STOCK = "STOCK", _("Into stock")
    ASSET = "ASSET", _("Register of fixed assets")
    SPOT = "SPOT", _("Used on the spot")


class GoodsReceiptLine(CompanyModel):
    """What arrived of a line, what was accepted and what was not. Append-only."""

    plural = _("Lines of goods receipts")

    receipt = models.ForeignKey(GoodsReceipt, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="received")
    arrived = models.DecimalField(max_digits=12, decimal_places=3)
    accepted = models.DecimalField(max_digits=12, decimal_places=3)
    refused = models.DecimalField(max_digits=12, decimal_places=3)
    refusal_reason = models.CharField(max_length=200, blank=True)
    value = models.DecimalField(max_digits=14, decimal_places=2)  # at the order's price, untaxed
    goes_to = models.CharField(max_length=5, choices=Destination)
    sample = models.ForeignKey(
        SealedSample, on_delete=models.PROTECT, null=True, related_name="compared"
    )
    agrees_with_sample = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "order_line"], name="goodsreceiptline_once"),
            models.CheckConstraint(
                condition=Q(arrived=F("accepted") + F("refused"))
                & Q(accepted__gte=0, refused__gte=0, arrived__lte=9999999.999),
                name="goodsreceiptline_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(refused=0) | ~Q(refusal_reason=""),
                name="goodsreceiptline_refused_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(sample__isnull=True) | Q(agrees_with_sample__isnull=False),
                name="goodsreceiptline_compared_with_sample",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.accepted}"


class ObjectionKind(models.TextChoices):
    SHORT = "SHORT", _("Too little arrived")
    DAMAGED = "DAMAGED", _("Damaged")
    UNLIKE_SAMPLE = "UNLIKE_SAMPLE", _("Unlike the sealed sample")
    WRONG = "WRONG", _("Wrong goods")
    IN_USE = "IN_USE", _("Found in use")  # PR-33


class ObjectionState(models.TextChoices):
    OPEN = "OPEN", _p("objection", "Open")
    TALKING = "TALKING", _("Buyer talks with the vendor")
    SETTLED = "SETTLED", _p("objection", "Settled")


class Settlement(models.TextChoices):
    REPLACED = "REPLACED", _("Delivered again")
    REFUNDED = "REFUNDED", _("Credited")
    REDUCED = "REDUCED", _("Price reduced")
    KEPT = "KEPT", _("Kept as it is")


class Objection(CompanyModel):
    """A complaint about goods, raised on the spot or in use; the buyer settles it (PR-32)."""

    plural = _("Objections to goods")

    number = models.CharField(max_length=40, unique=True)
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="objections")
    receipt_line = models.ForeignKey(
        GoodsReceiptLine, on_delete=models.PROTECT, null=True, related_name="objections"
    )
    kind = models.CharField(max_length=13, choices=ObjectionKind)
    state = models.CharField(max_length=8, choices=ObjectionState, default=ObjectionState.OPEN)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    # Where goods that were found bad in use are set aside (PR-33).
    quarantine = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.CharField(max_length=500)
    raised_by = models.BigIntegerField()
    raised_by_label = models.CharField(max_length=140)
    raised_at = models.DateTimeField()
    settlement = models.CharField(max_length=8, choices=Settlement, blank=True)
    settlement_text = models.CharField(max_length=500, blank=True)
    credit = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    settled_by = models.BigIntegerField(null=True)
    settled_by_label = models.CharField(max_length=140, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999)
                & Q(credit__gte=0, credit__lte=999999999999),
                name="objection_figures",
            ),
            models.CheckConstraint(
                condition=~Q(state="SETTLED") | (Q(settled_at__isnull=False) & ~Q(settlement="")),
                name="objection_settled_somehow",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="objection_by_state")]

    def __str__(self) -> str:
        return self.number


class GoodsReturn(CompanyModel):
    """Goods sent back to the vendor, out of stock or out of quarantine. Append-only."""

    plural = _("Returns to vendors")

    number = models.CharField(max_length=40, unique=True)
    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="returns")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    value = models.DecimalField(max_digits=14, decimal_places=2)  # at the order's price, untaxed
    returned_by = models.BigIntegerField()
    returned_by_label = models.CharField(max_length=140)
    returned_on = models.DateField()
    returned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999)
                & Q(value__gte=0, value__lte=999999999999),
                name="goodsreturn_gt_0",
            ),
        ]

    def __str__(self) -> str:
        return self.number
