from typing import ClassVar

from django_filters import rest_framework as filters

from api.filters import DayFilter, FilterSet, FlagFilter, IdFilter
from services.procurement.orders.models import PurchaseOrder
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReturn,
    Objection,
    ObjectionKind,
    ObjectionState,
    SealedSample,
)


class ComingFilter(FilterSet):
    project_id = IdFilter()
    vendor_id = IdFilter()

    class Meta:
        model = PurchaseOrder
        fields: ClassVar = ["project_id", "vendor_id"]


class ReceiptFilter(FilterSet):
    order_id = IdFilter()
    vendor_id = IdFilter(field_name="order__vendor_id")
    project_id = IdFilter(field_name="order__project_id")
    received_from = DayFilter(field_name="received_on", lookup_expr="gte")
    received_to = DayFilter(field_name="received_on", lookup_expr="lte")

    class Meta:
        model = GoodsReceipt
        fields: ClassVar = ["order_id", "vendor_id", "project_id", "received_from", "received_to"]


class ObjectionFilter(FilterSet):
    kind = filters.ChoiceFilter(choices=ObjectionKind.choices)
    state = filters.ChoiceFilter(choices=ObjectionState.choices)
    order_id = IdFilter(field_name="order_line__order_id")
    project_id = IdFilter(field_name="order_line__order__project_id")
    vendor_id = IdFilter(field_name="order_line__order__vendor_id")

    class Meta:
        model = Objection
        fields: ClassVar = ["kind", "state", "order_id", "project_id", "vendor_id"]


class ReturnFilter(FilterSet):
    objection_id = IdFilter()
    vendor_id = IdFilter(field_name="objection__order_line__order__vendor_id")
    returned_from = DayFilter(field_name="returned_on", lookup_expr="gte")
    returned_to = DayFilter(field_name="returned_on", lookup_expr="lte")

    class Meta:
        model = GoodsReturn
        fields: ClassVar = ["objection_id", "vendor_id", "returned_from", "returned_to"]


class SampleFilter(FilterSet):
    item_id = IdFilter()
    vendor_id = IdFilter()
    is_ended = FlagFilter(field_name="ended_on", lookup_expr="isnull", exclude=True)

    class Meta:
        model = SealedSample
        fields: ClassVar = ["item_id", "vendor_id", "is_ended"]
