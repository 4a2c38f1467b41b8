"""What is to come, what was taken in: the stock-in slips."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.procurement.orders import OrderOut
from api.v1.procurement.receiving import filters
from api.v1.procurement.receiving import serializers as shapes
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.procurement.orders.models import PurchaseOrder
from services.procurement.orders.queries import deliveries_of
from services.procurement.receiving import operations, queries
from services.procurement.receiving.models import GoodsReceipt, ObjectionKind
from services.procurement.receiving.operations import Counted


class Coming(ListView):
    """The orders that goods may come for, where one takes goods in."""

    actions = {"GET": Action.GOODS_RECEIVE}
    model = PurchaseOrder
    serializer_class = OrderOut
    filterset_class = filters.ComingFilter

    def rows(self) -> QuerySet[PurchaseOrder]:
        return queries.orders_to_receive(actor=self.actor)


class ToCome(ApiView):
    actions = {"GET": Action.GOODS_RECEIVE}

    @extend_schema(responses=shapes.ToComeOut)
    def get(self, request: Request, order_id: int) -> Response:
        """Answer what of an order is still to come, and what its vendor announced."""
        order = queries.order_to_receive(actor=self.actor, order_id=order_id)
        lines = queries.lines_to_come(order.pk)
        samples = queries.samples_in_force(
            vendor_id=order.vendor_id,
            item_ids=[line.item_id for line in lines if line.item_id is not None],
        )
        found = {"lines": lines, "deliveries": deliveries_of(order)}
        return Response(shapes.ToComeOut(found, context={"samples": samples}).data)


class OrderReceipts(ApiView):
    actions = {"POST": Action.GOODS_RECEIVE}

    @extend_schema(
        request=shapes.GoodsReceiptIn,
        responses={201: shapes.GoodsReceiptDetailOut},
        examples=[
            OpenApiExample(
                "Thirty came, two of them wet",
                value={
                    "lines": [
                        {
                            "order_line_id": 1,
                            "arrived": "30",
                            "accepted": "28",
                            "fault": "DAMAGED",
                            "reason": "受潮",
                        }
                    ],
                    "is_rest_to_come": True,
                    "sales_slip": "XS-20261109-3",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request, order_id: int) -> Response:
        """Take in what arrived of an order; not by whoever bought it.

        What is accepted goes into stock or to the fixed assets, what is refused is objected to.
        """
        values = read(shapes.GoodsReceiptIn, request)
        receipt = operations.receive_goods(
            actor=self.actor,
            order_id=order_id,
            counted=[_counted(line) for line in values.pop("lines")],
            now=self.now,
            today=self.today,
            **values,
        )
        return Response(shapes.GoodsReceiptDetailOut(receipt).data, status=201)


class Receipts(ListView):
    """Goods that were taken in."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = GoodsReceipt
    serializer_class = shapes.GoodsReceiptOut
    filterset_class = filters.ReceiptFilter

    def rows(self) -> QuerySet[GoodsReceipt]:
        return queries.receipts(actor=self.actor)


class ReceiptDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.GoodsReceiptDetailOut)
    def get(self, request: Request, goods_receipt_id: int) -> Response:
        """Give one stock-in slip with its lines."""
        receipt = queries.get_receipt(actor=self.actor, receipt_id=goods_receipt_id)
        return Response(shapes.GoodsReceiptDetailOut(receipt).data)


class ReceiptHistory(HistoryView):
    """What was done to a stock-in slip, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        receipt_id = self.kwargs["goods_receipt_id"]
        return history_of(queries.get_receipt(actor=self.actor, receipt_id=receipt_id))


def _counted(line: dict[str, Any]) -> Counted:
    return Counted(**{**line, "fault": ObjectionKind(line["fault"])})
