"""What the endpoints of the stock take (``…In``) and give (``…Out``).

Values are in CNY and of the whole quantity, not of one piece; quantities have up to three decimals.
What belongs to no project (``project_id`` null) is the company's own.
"""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.bodies import Body
from api.fields import AmountField, IdField
from services.procurement.stock.models import (
    Asset,
    CountLine,
    CountState,
    Issue,
    IssueLine,
    IssueReturn,
    Lot,
    StockBalance,
    StockCount,
    StockMove,
    Transfer,
    TransferLine,
    Warehouse,
    WarehouseKind,
)
from services.procurement.stock.operations.papers import MOST_LINES

_NOTHING = Decimal(0)
_THOUSANDTH = Decimal("0.001")


class GoodsField(serializers.DecimalField):
    """A quantity of goods, with up to three decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=10, decimal_places=3, **kwargs)


# ---- warehouses and what lies in them ----------------------------------------------------------


class WarehouseIn(Body):
    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=60)
    project_id = IdField(allow_null=True, required=False, default=None)
    kind = serializers.ChoiceField(choices=WarehouseKind.choices, required=False)
    holder_id = IdField(
        allow_null=True, required=False, help_text="Whose it is, for a technician's own stock."
    )


class WarehouseChangesIn(Body):
    name = serializers.CharField(max_length=60)
    is_active = serializers.BooleanField()


class WarehouseOut(serializers.ModelSerializer[Warehouse]):
    class Meta:
        model = Warehouse
        fields = ["id", "code", "name", "kind", "project_id", "holder_id", "is_active"]
        read_only_fields = fields


class StockBalanceOut(serializers.ModelSerializer[StockBalance]):
    item_code = serializers.CharField(source="item.code", read_only=True)
    item_name = serializers.CharField(source="item.name", read_only=True)
    unit = serializers.CharField(source="item.unit", read_only=True)

    class Meta:
        model = StockBalance
        fields = [
            "id",
            "warehouse_id",
            "item_id",
            "item_code",
            "item_name",
            "unit",
            "quantity",
            "value",
            "minimum",
            "counted_on",
        ]
        read_only_fields = fields


class MinimumIn(Body):
    minimum = GoodsField(
        allow_null=True, min_value=_NOTHING, help_text="Null: nobody is told when it runs short."
    )


class StockMoveOut(serializers.ModelSerializer[StockMove]):
    class Meta:
        model = StockMove
        fields = [
            "id",
            "kind",
            "quantity",
            "value",
            "quantity_after",
            "value_after",
            "lot_id",
            "source_type",
            "source_id",
            "moved_on",
            "moved_at",
            "moved_by_label",
        ]
        read_only_fields = fields


class StockLotOut(serializers.ModelSerializer[Lot]):
    class Meta:
        model = Lot
        fields = [
            "id",
            "warehouse_id",
            "item_id",
            "number",
            "received_on",
            "expires_on",
            "quantity",
        ]
        read_only_fields = fields


class StockOpeningIn(Body):
    warehouse_id = IdField()
    item_id = IdField()
    quantity = GoodsField(min_value=_THOUSANDTH)
    value = AmountField(min_value=_NOTHING)
    lot_number = serializers.CharField(max_length=60, allow_blank=True, required=False)
    expires_on = serializers.DateField(allow_null=True, required=False)


# ---- issues and transfers ----------------------------------------------------------------------


class GoodsLineIn(Body):
    item_id = IdField()
    quantity = GoodsField(min_value=_THOUSANDTH)
    lot_id = IdField(
        allow_null=True,
        required=False,
        help_text="The lot that is meant; else what expires first leaves first.",
    )


class GoodsIssueIn(Body):
    """Goods given out: unit, person and purpose are asked for."""

    warehouse_id = IdField()
    project_id = IdField(allow_null=True, help_text="For which the goods are used.")
    unit = serializers.CharField(max_length=100)
    person_id = IdField(allow_null=True, required=False)
    person_label = serializers.CharField(
        max_length=140,
        allow_blank=True,
        required=False,
        help_text="Who takes them, if he has no account.",
    )
    purpose = serializers.CharField(max_length=200)
    lines = serializers.ListField(child=GoodsLineIn(), min_length=1, max_length=MOST_LINES)


class GoodsIssueOut(serializers.ModelSerializer[Issue]):
    class Meta:
        model = Issue
        fields = [
            "id",
            "number",
            "warehouse_id",
            "project_id",
            "unit",
            "person_id",
            "person_label",
            "purpose",
            "issued_on",
            "issued_at",
            "issued_by_label",
        ]
        read_only_fields = fields


class GoodsIssueLineOut(serializers.ModelSerializer[IssueLine]):
    class Meta:
        model = IssueLine
        fields = ["id", "item_id", "quantity", "value", "returned_quantity", "returned_value"]
        read_only_fields = fields


class GoodsIssueDetailOut(GoodsIssueOut):
    lines = GoodsIssueLineOut(many=True, read_only=True)

    class Meta(GoodsIssueOut.Meta):
        fields = [*GoodsIssueOut.Meta.fields, "lines"]
        read_only_fields = fields


class GoodsGiveBackIn(Body):
    quantity = GoodsField(min_value=_THOUSANDTH)
    reason = serializers.CharField(max_length=200)


class GoodsReturnedOut(serializers.ModelSerializer[IssueReturn]):
    class Meta:
        model = IssueReturn
        fields = ["id", "line_id", "quantity", "value", "reason", "returned_on"]
        read_only_fields = fields


class GoodsTransferIn(Body):
    source_id = IdField()
    target_id = IdField()
    reason = serializers.CharField(max_length=200)
    lines = serializers.ListField(child=GoodsLineIn(), min_length=1, max_length=MOST_LINES)


class GoodsTransferOut(serializers.ModelSerializer[Transfer]):
    class Meta:
        model = Transfer
        fields = ["id", "number", "source_id", "target_id", "reason", "moved_on", "moved_by_label"]
        read_only_fields = fields


class GoodsTransferLineOut(serializers.ModelSerializer[TransferLine]):
    class Meta:
        model = TransferLine
        fields = ["id", "item_id", "quantity", "value"]
        read_only_fields = fields


class GoodsTransferDetailOut(GoodsTransferOut):
    lines = GoodsTransferLineOut(many=True, read_only=True)

    class Meta(GoodsTransferOut.Meta):
        fields = [*GoodsTransferOut.Meta.fields, "lines"]
        read_only_fields = fields


# ---- counts ------------------------------------------------------------------------------------


class StockCountIn(Body):
    warehouse_id = IdField()
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)


class StockCountOut(serializers.ModelSerializer[StockCount]):
    class Meta:
        model = StockCount
        fields = [
            "id",
            "number",
            "warehouse_id",
            "state",
            "started_at",
            "started_by_label",
            "submitted_at",
            "booked_at",
            "note",
        ]
        read_only_fields = fields


class CountLineOut(serializers.ModelSerializer[CountLine]):
    """What the books say stays null until everything is counted."""

    class Meta:
        model = CountLine
        fields = [
            "id",
            "item_id",
            "counted",
            "counted_at",
            "counted_by_label",
            "book_quantity",
            "difference",
            "difference_value",
            "reason",
        ]
        read_only_fields = fields

    def to_representation(self, instance: CountLine) -> dict[str, Any]:
        if instance.count.state == CountState.COUNTING:
            for name in ("book_quantity", "difference", "difference_value"):
                setattr(instance, name, None)
        return super().to_representation(instance)


class ArticleIn(Body):
    item_id = IdField()


class CountedIn(Body):
    counted = GoodsField(min_value=_NOTHING)


class CountAgainIn(Body):
    line_ids = serializers.ListField(child=IdField(), min_length=1, max_length=2000)


class StockReasonIn(Body):
    reason = serializers.CharField(max_length=200)


class LineReasonIn(Body):
    line_id = IdField()
    reason = serializers.CharField(max_length=200)


class StockCountSubmissionIn(Body):
    reasons = serializers.ListField(
        child=LineReasonIn(), max_length=2000, required=False, help_text="Of what differs."
    )


class DueCountOut(serializers.Serializer[Any]):
    warehouse_id = IdField(source="warehouse.pk")
    last_counted_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField()


# ---- fixed assets ------------------------------------------------------------------------------


class AssetIn(Body):
    item_id = IdField()
    project_id = IdField(allow_null=True, required=False, default=None)
    cost = AmountField(min_value=_NOTHING)
    place = serializers.CharField(max_length=100, allow_blank=True, required=False)
    serial_number = serializers.CharField(max_length=80, allow_blank=True, required=False)
    received_on = serializers.DateField()
    warranty_to = serializers.DateField(allow_null=True, required=False)
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)


class AssetOut(serializers.ModelSerializer[Asset]):
    class Meta:
        model = Asset
        fields = [
            "id",
            "code",
            "item_id",
            "project_id",
            "place",
            "holder_id",
            "holder_label",
            "serial_number",
            "cost",
            "received_on",
            "warranty_to",
            "state",
            "note",
        ]
        read_only_fields = fields


class AssetHandOverIn(Body):
    holder_id = IdField()
    place = serializers.CharField(max_length=100, allow_blank=True, required=False)


class AssetReturnIn(Body):
    place = serializers.CharField(max_length=100, allow_blank=True, required=False)


class AssetMoveIn(Body):
    project_id = IdField(allow_null=True)
    place = serializers.CharField(max_length=100, allow_blank=True)


class RepairedIn(Body):
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)
