"""What the company took in of a vendor's goods, and what it objects to."""

from typing import ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import AmountField
from api.vendors.views import VendorListView
from services.procurement.receiving import queries
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    GoodsReturn,
    Objection,
    Settlement,
)


class TakenInLineOut(serializers.ModelSerializer[GoodsReceiptLine]):
    line_id = serializers.IntegerField(source="order_line_id")
    name = serializers.CharField(source="order_line.name")

    class Meta:
        model = GoodsReceiptLine
        fields = ("line_id", "name", "arrived", "accepted", "refused", "refusal_reason")


class TakenInOut(serializers.ModelSerializer[GoodsReceipt]):
    """``sales_slip`` is the vendor's own number, ``delivery_id`` what was announced, if it was."""

    order_id = serializers.IntegerField()
    order = serializers.CharField(source="order.number")
    delivery_id = serializers.IntegerField(allow_null=True)
    lines = TakenInLineOut(many=True)

    class Meta:
        model = GoodsReceipt
        fields: ClassVar = [
            "id", "number", "order_id", "order", "delivery_id", "sales_slip", "received_on",
            "lines",
        ]  # fmt: skip
        read_only_fields = fields


class GoodsBackOut(serializers.ModelSerializer[GoodsReturn]):
    class Meta:
        model = GoodsReturn
        fields = ("number", "quantity", "returned_on")


class OwnObjectionOut(serializers.ModelSerializer[Objection]):
    """``returns``: what went back of it; ``credit``: what is taken off for it."""

    order_id = serializers.IntegerField(source="order_line.order_id")
    line_id = serializers.IntegerField(source="order_line_id")
    name = serializers.CharField(source="order_line.name")
    settlement = serializers.ChoiceField(
        choices=Settlement.choices, allow_blank=True, read_only=True
    )
    credit = AmountField(read_only=True)
    returns = GoodsBackOut(many=True)

    class Meta:
        model = Objection
        fields: ClassVar = [
            "id", "number", "order_id", "line_id", "name", "kind", "state", "quantity", "text",
            "raised_at", "settlement", "credit", "settled_at", "returns",
        ]  # fmt: skip
        read_only_fields = fields


class Receipts(VendorListView):
    """List what the company has taken in of this vendor's goods."""

    actions = {"GET": None}
    model = GoodsReceipt
    serializer_class = TakenInOut

    def rows(self) -> QuerySet[GoodsReceipt]:
        return queries.own_receipts(actor=self.actor).order_by()


class Objections(VendorListView):
    """List what the company objects to of this vendor's goods, and what became of it."""

    actions = {"GET": None}
    model = Objection
    serializer_class = OwnObjectionOut

    def rows(self) -> QuerySet[Objection]:
        return queries.own_objections(actor=self.actor).order_by()
