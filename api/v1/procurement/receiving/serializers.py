"""What the endpoints of goods at the door take (``…In``) and give (``…Out``).

Quantities have up to three decimals; values are without tax, at the order's prices.
"""

from decimal import Decimal
from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.bodies import Body
from api.fields import AmountField, IdField, PriceField
from api.v1.procurement.stock.serializers import GoodsField
from services.procurement.orders.models import Delivery, DeliveryLine, OrderLine
from services.procurement.receiving import queries
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    GoodsReturn,
    Objection,
    ObjectionKind,
    SealedSample,
    Settlement,
)

MOST_LINES: Final = 500
MOST_PIECES: Final = 1000
_NOTHING = Decimal(0)
_THOUSANDTH = Decimal("0.001")
# What may be wrong with goods that are refused at the door; the rest is found later.
_FAULTS: Final = [
    (kind.value, kind.label)
    for kind in (ObjectionKind.DAMAGED, ObjectionKind.UNLIKE_SAMPLE, ObjectionKind.WRONG)
]

# ---- what is to come ---------------------------------------------------------------------------


class LineToComeOut(serializers.ModelSerializer[OrderLine]):
    """``sample_id`` is the sealed sample that the goods must be compared with."""

    item_id = IdField(read_only=True, allow_null=True)
    unit_price = PriceField(read_only=True)
    to_come = GoodsField(read_only=True)
    sample_id = serializers.SerializerMethodField()

    class Meta:
        model = OrderLine
        fields: ClassVar = [
            "id", "position", "item_id", "name", "spec", "brand", "unit", "unit_price", "to_come",
            "is_fixed_asset", "sample_id",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(IdField(allow_null=True))
    def get_sample_id(self, line: OrderLine) -> int | None:
        sample = self.context["samples"].get(line.item_id)
        return sample.pk if sample is not None else None


class GoodsDeliveryLineOut(serializers.ModelSerializer[DeliveryLine]):
    order_line_id = IdField(read_only=True)

    class Meta:
        model = DeliveryLine
        fields: ClassVar = ["id", "order_line_id", "quantity"]
        read_only_fields = fields


class GoodsDeliveryOut(serializers.ModelSerializer[Delivery]):
    """What the vendor announced that he sends."""

    lines = GoodsDeliveryLineOut(many=True, read_only=True)

    class Meta:
        model = Delivery
        fields: ClassVar = [
            "id", "number", "expected_on", "carrier", "tracking_number", "note",
            "announced_by_label", "announced_at", "cancelled_at", "lines",
        ]  # fmt: skip
        read_only_fields = fields


class ToComeOut(serializers.Serializer[Any]):
    lines = LineToComeOut(many=True)
    deliveries = GoodsDeliveryOut(many=True)


# ---- receipts ----------------------------------------------------------------------------------


class CountedLineIn(Body):
    """What was found of one line; what arrived and is not accepted is refused at the door.

    A refusal needs its ``reason``. An article with a sealed sample is compared with it.
    """

    order_line_id = IdField()
    arrived = GoodsField(min_value=_NOTHING)
    accepted = GoodsField(min_value=_NOTHING)
    fault = serializers.ChoiceField(
        choices=_FAULTS, required=False, default=ObjectionKind.DAMAGED.value
    )
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False, default="")
    agrees_with_sample = serializers.BooleanField(allow_null=True, required=False, default=None)
    lot_number = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    expires_on = serializers.DateField(allow_null=True, required=False, default=None)


class GoodsReceiptIn(Body):
    """``is_rest_to_come``: the vendor delivers the rest later.

    Otherwise what is missing of the lines that are named is objected to at once.
    """

    lines = serializers.ListField(child=CountedLineIn(), min_length=1, max_length=MOST_LINES)
    is_rest_to_come = serializers.BooleanField()
    delivery_id = IdField(allow_null=True, required=False, default=None)
    sales_slip = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")
    note = serializers.CharField(max_length=300, allow_blank=True, required=False, default="")


class GoodsReceiptOut(serializers.ModelSerializer[GoodsReceipt]):
    """A stock-in slip: ``number`` is the slip's, ``sales_slip`` the vendor's."""

    order_id = IdField(read_only=True)
    order = serializers.CharField(source="order.number", read_only=True)
    vendor_id = IdField(source="order.vendor_id", read_only=True)
    vendor = serializers.CharField(source="order.vendor.name", read_only=True)
    project_id = IdField(source="order.project_id", read_only=True, allow_null=True)
    warehouse_id = IdField(read_only=True, allow_null=True)
    delivery_id = IdField(read_only=True, allow_null=True)
    value = AmountField(read_only=True)

    class Meta:
        model = GoodsReceipt
        fields: ClassVar = [
            "id", "number", "order_id", "order", "vendor_id", "vendor", "project_id",
            "warehouse_id", "delivery_id", "sales_slip", "received_on", "received_at",
            "received_by_label", "note", "value",
        ]  # fmt: skip
        read_only_fields = fields


class GoodsReceiptLineOut(serializers.ModelSerializer[GoodsReceiptLine]):
    order_line_id = IdField(read_only=True)
    item_id = IdField(source="order_line.item_id", read_only=True, allow_null=True)
    name = serializers.CharField(source="order_line.name", read_only=True)
    unit = serializers.CharField(source="order_line.unit", read_only=True)
    sample_id = IdField(read_only=True, allow_null=True)
    lot_id = serializers.SerializerMethodField()
    value = AmountField(read_only=True)

    class Meta:
        model = GoodsReceiptLine
        fields: ClassVar = [
            "id", "order_line_id", "item_id", "name", "unit", "arrived", "accepted", "refused",
            "refusal_reason", "goes_to", "sample_id", "agrees_with_sample", "lot_id", "value",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(IdField(allow_null=True))
    def get_lot_id(self, line: GoodsReceiptLine) -> int | None:
        move = self.context["moves"].get(line.pk)
        return move.lot_id if move is not None else None


class GoodsReceiptDetailOut(GoodsReceiptOut):
    lines = serializers.SerializerMethodField()

    class Meta(GoodsReceiptOut.Meta):
        fields: ClassVar = [*GoodsReceiptOut.Meta.fields, "lines"]
        read_only_fields = fields

    @extend_schema_field(GoodsReceiptLineOut(many=True))
    def get_lines(self, receipt: GoodsReceipt) -> Any:
        context = {"moves": queries.moves_of(receipt)}
        return GoodsReceiptLineOut(queries.lines_of(receipt), many=True, context=context).data


# ---- objections and what goes back -------------------------------------------------------------


class GoodsObjectionIn(Body):
    """``quarantine_id``: where goods that lie in stock are set aside; null if none are in stock."""

    quantity = GoodsField(min_value=_THOUSANDTH)
    text = serializers.CharField(max_length=500)
    quarantine_id = IdField(allow_null=True, required=False, default=None)


class GoodsObjectionOut(serializers.ModelSerializer[Objection]):
    order_id = IdField(source="order_line.order_id", read_only=True)
    order_line_id = IdField(read_only=True)
    receipt_line_id = IdField(read_only=True, allow_null=True)
    project_id = IdField(source="order_line.order.project_id", read_only=True, allow_null=True)
    vendor_id = IdField(source="order_line.order.vendor_id", read_only=True)
    article = serializers.CharField(source="order_line.name", read_only=True)
    quarantine_id = IdField(read_only=True, allow_null=True)
    settlement = serializers.ChoiceField(
        choices=Settlement.choices, allow_blank=True, read_only=True
    )
    credit = AmountField(read_only=True, help_text="What the vendor gives back, with tax.")

    class Meta:
        model = Objection
        fields: ClassVar = [
            "id", "number", "kind", "state", "order_id", "order_line_id", "receipt_line_id",
            "project_id", "vendor_id", "article", "quantity", "quarantine_id", "text",
            "raised_by_label", "raised_at", "settlement", "settlement_text", "credit",
            "settled_by_label", "settled_at",
        ]  # fmt: skip
        read_only_fields = fields


class ObjectionSettlementIn(Body):
    """``credit`` is what the vendor gives back, with tax: for REFUNDED and REDUCED only."""

    settlement = serializers.ChoiceField(choices=Settlement.choices)
    text = serializers.CharField(max_length=500)
    credit = AmountField(min_value=_NOTHING, required=False, default=_NOTHING)


class SentBackIn(Body):
    """``asset_ids``: of fixed assets the pieces that go back."""

    quantity = GoodsField(min_value=_THOUSANDTH)
    asset_ids = serializers.ListField(
        child=IdField(), max_length=MOST_PIECES, required=False, default=list
    )


class SentBackOut(serializers.ModelSerializer[GoodsReturn]):
    objection_id = IdField(read_only=True)
    warehouse_id = IdField(read_only=True, allow_null=True)
    value = AmountField(read_only=True)

    class Meta:
        model = GoodsReturn
        fields: ClassVar = [
            "id", "number", "objection_id", "warehouse_id", "quantity", "value", "returned_on",
            "returned_at", "returned_by_label",
        ]  # fmt: skip
        read_only_fields = fields


class GoodsObjectionDetailOut(GoodsObjectionOut):
    returns = serializers.SerializerMethodField(help_text="What went back to the vendor.")

    class Meta(GoodsObjectionOut.Meta):
        fields: ClassVar = [*GoodsObjectionOut.Meta.fields, "returns"]
        read_only_fields = fields

    @extend_schema_field(SentBackOut(many=True))
    def get_returns(self, objection: Objection) -> Any:
        return SentBackOut(objection.returns.order_by("pk"), many=True).data


# ---- sealed samples ----------------------------------------------------------------------------


class SealedSampleIn(Body):
    """``replaces_id``: the sample in force, which it takes the place of."""

    item_id = IdField()
    vendor_id = IdField()
    description = serializers.CharField(max_length=300)
    place = serializers.CharField(max_length=100, help_text="Where it is kept.")
    replaces_id = IdField(allow_null=True, required=False, default=None)


class SealedSampleOut(serializers.ModelSerializer[SealedSample]):
    item_id = IdField(read_only=True)
    vendor_id = IdField(read_only=True)
    replaced_by_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = SealedSample
        fields: ClassVar = [
            "id", "number", "item_id", "vendor_id", "description", "place", "sealed_on",
            "sealed_by_label", "replaced_by_id", "ended_on",
        ]  # fmt: skip
        read_only_fields = fields
