"""Framework agreements and orders, their acknowledgement, changes and announced deliveries."""

from django.db import models
from django.db.models import F, Q

from kernel.models import CompanyModel
from kernel.outgoing import Outgoing
from kernel.text import _
from services.procurement.catalogue.models import Item
from services.procurement.contracts.models import Contract
from services.procurement.requests.models import PurchaseRequest, RequestLine
from services.procurement.rounds.models import Award, QuoteLine
from services.procurement.stock.models import Warehouse
from services.procurement.vendors.models import Contact, Vendor
from services.properties.models import Project


class AgreedPrice(CompanyModel):
    """A price of a framework agreement (框架协议) at which it is called off."""

    plural = _("Agreed prices")

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="prices")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="agreed_prices")
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)  # with tax
    minimum_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    maximum_quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    called_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "item"], name="agreedprice_once"),
            models.CheckConstraint(
                condition=Q(unit_price__gt=0, unit_price__lt=100000000), name="agreedprice_gt_0"
            ),
            models.CheckConstraint(
                condition=Q(called_quantity__gte=0)
                & (
                    Q(maximum_quantity__isnull=True) | Q(called_quantity__lte=F("maximum_quantity"))
                ),
                name="agreedprice_called_at_most_all",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.unit_price}"


class OrderState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    SENT = "SENT", _("Sent to the vendor")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Confirmed by the vendor")
    DELIVERING = "DELIVERING", _("Partly received")
    RECEIVED = "RECEIVED", _("Received")
    CLOSED = "CLOSED", _("Closed short")  # the rest does not come any more
    CANCELLED = "CANCELLED", _("Cancelled")


class PurchaseOrder(CompanyModel):
    """An order (采购订单): from an award, by call-off, or after an emergency's verbal consent."""

    plural = _("Purchase orders")

    number = models.CharField(max_length=40, unique=True)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="orders")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, null=True, blank=True, related_name="purchase_orders"
    )
    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # where it goes; empty: used on the spot or a service
    award = models.ForeignKey(Award, on_delete=models.PROTECT, null=True, related_name="orders")
    contract = models.ForeignKey(
        Contract, on_delete=models.PROTECT, null=True, related_name="orders"
    )
    request = models.ForeignKey(
        PurchaseRequest, on_delete=models.PROTECT, null=True, related_name="orders"
    )  # of class C
    state = models.CharField(max_length=12, choices=OrderState, default=OrderState.DRAFT)
    place = models.CharField(max_length=200, blank=True)
    deliver_by = models.DateField(null=True, blank=True)
    terms = models.TextField(blank=True)
    tax_percent = models.DecimalField(max_digits=5, decimal_places=2, default=13)
    freight = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2)  # with tax and freight
    # PR-80: the buyer's declaration, without which it is not sent.
    declared_by = models.BigIntegerField(null=True)
    declared_by_label = models.CharField(max_length=140, blank=True)
    declared_at = models.DateTimeField(null=True)
    created_by = models.BigIntegerField()
    created_by_label = models.CharField(max_length=140)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_label = models.CharField(max_length=140, blank=True)
    promised_on = models.DateField(null=True)  # the day that the vendor confirmed
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    version = models.IntegerField(default=1)  # rises with every change that is agreed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=999999999999)
                & Q(freight__gte=0, freight__lte=F("amount")),
                name="purchaseorder_amount_gt_0",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "CANCELLED"]) | Q(declared_by__isnull=False),
                name="purchaseorder_sent_with_declaration",
            ),
            # One way in only: an award, an agreement, or an emergency.
            models.CheckConstraint(
                condition=Q(award__isnull=False, request__isnull=True)
                | Q(award__isnull=True, contract__isnull=False, request__isnull=True)
                | Q(award__isnull=True, contract__isnull=True, request__isnull=False),
                name="purchaseorder_has_its_ground",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["CLOSED", "CANCELLED"]) | ~Q(end_reason=""),
                name="purchaseorder_ended_with_reason",
            ),
            models.UniqueConstraint(
                fields=["award", "vendor", "project"],
                condition=Q(award__isnull=False) & ~Q(state="CANCELLED"),
                name="purchaseorder_of_award_once",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["vendor", "-id"], name="purchaseorder_of_vendor"),
            models.Index(fields=["project", "-id"], name="purchaseorder_of_project"),
            models.Index(fields=["state", "deliver_by"], name="purchaseorder_by_day"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(CompanyModel):
    """A thing that is ordered; what was received and billed of it is added up here."""

    plural = _("Lines of orders")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    item = models.ForeignKey(
        Item, on_delete=models.PROTECT, null=True, blank=True, related_name="order_lines"
    )
    name = models.CharField(max_length=100)
    spec = models.CharField(max_length=300, blank=True)
    brand = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=10)
    is_fixed_asset = models.BooleanField(default=False)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)  # with tax
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    request_line = models.ForeignKey(
        RequestLine, on_delete=models.PROTECT, null=True, related_name="order_lines"
    )
    quote_line = models.ForeignKey(
        QuoteLine, on_delete=models.PROTECT, null=True, related_name="order_lines"
    )
    received_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    returned_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    billed_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orderline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999)
                & Q(unit_price__gt=0, unit_price__lt=100000000)
                & Q(amount__gte=0, amount__lte=999999999999),
                name="orderline_figures_gt_0",
            ),
            models.CheckConstraint(
                condition=Q(received_quantity__gte=0)
                & Q(received_quantity__lte=F("quantity") + F("returned_quantity"))
                & Q(returned_quantity__gte=0, returned_quantity__lte=F("received_quantity")),
                name="orderline_received_at_most_all",
            ),
            models.CheckConstraint(
                condition=Q(billed_quantity__gte=0, billed_quantity__lte=F("received_quantity")),
                name="orderline_billed_at_most_received",
            ),
        ]
        indexes = [models.Index(fields=["item", "-id"], name="orderline_of_item")]

    def __str__(self) -> str:
        return self.name


class ChangeState(models.TextChoices):
    PROPOSED = "PROPOSED", _("Proposed")
    APPROVED = "APPROVED", _("Approved, waits for the vendor")
    AGREED = "AGREED", _("Agreed")
    REFUSED = "REFUSED", _("Refused")


class OrderChange(CompanyModel):
    """A change of a sent order: what it was and is to be. In force when the vendor agrees."""

    plural = _("Changes of orders")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="changes")
    number = models.IntegerField()
    state = models.CharField(max_length=8, choices=ChangeState, default=ChangeState.PROPOSED)
    # {"deliver_by": ["2026-11-30", "2026-12-04"], "lines": {"12": {"quantity": ["30", "28"]}}}
    changes = models.JSONField()
    amount_before = models.DecimalField(max_digits=14, decimal_places=2)
    amount_after = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=300)
    proposed_by_label = models.CharField(max_length=140)
    proposed_by = models.BigIntegerField(null=True)  # empty: the vendor
    proposed_at = models.DateTimeField()
    decided_by_label = models.CharField(max_length=140, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="orderchange_once"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(state__in=["PROPOSED", "APPROVED"]),
                name="orderchange_one_open",
                violation_error_message=_("A change of this order is open already."),
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="orderchange_has_reason"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.number}"


class Delivery(CompanyModel):
    """What a vendor announced that he sends (送货): the keeper receives against it."""

    plural = _("Announced deliveries")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="deliveries")
    number = models.CharField(max_length=40, unique=True)
    expected_on = models.DateField()
    carrier = models.CharField(max_length=100, blank=True)
    tracking_number = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=200, blank=True)
    announced_by_label = models.CharField(max_length=140)
    announced_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class DeliveryLine(CompanyModel):
    """An article of an announced delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="announced")
    quantity = models.DecimalField(max_digits=12, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "order_line"], name="deliveryline_once"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=9999999.999), name="deliveryline_gt_0"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.quantity}"


class Loss(CompanyModel):
    """What a buyer's error cost (PR-82). One written down by mistake is withdrawn, not erased."""

    plural = _("Losses by buyers' errors")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="losses")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    cause = models.CharField(max_length=300)
    # The buyer of the order, whose error it was.
    buyer_id = models.BigIntegerField()
    buyer_label = models.CharField(max_length=140)
    recorded_by = models.BigIntegerField()
    recorded_by_label = models.CharField(max_length=140)
    recorded_at = models.DateTimeField()
    withdrawn_by_label = models.CharField(max_length=140, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdraw_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=999999999999), name="loss_amount_gt_0"
            ),
            models.CheckConstraint(condition=~Q(cause=""), name="loss_has_cause"),
            models.CheckConstraint(
                condition=~Q(recorded_by=F("buyer_id")), name="loss_recorded_by_another"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdraw_reason=""),
                name="loss_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.amount}"


class LetterKind(models.TextChoices):
    SENT = "SENT", _("A new order")
    CHANGE = "CHANGE", _("A change waits for the answer")
    CHANGED = "CHANGED", _("The order was changed")
    REFUSED = "REFUSED", _("A change was refused")
    CLOSED = "CLOSED", _("The order was closed")
    CANCELLED = "CANCELLED", _("The order was cancelled")


class OrderLetter(Outgoing):
    """A mail to a vendor's contact; its words are made when it leaves, in his language."""

    plural = _("Mails about orders")

    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT, related_name="letters")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=LetterKind)
    written_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="orderletter_waiting"
            ),
            models.Index(fields=["contact", "-id"], name="orderletter_of_contact"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.kind}"
