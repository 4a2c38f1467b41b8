"""Purchase orders for programs: made, sent, changed, ended."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, once
from api.fields import AmountField, IdField, PriceField
from api.filters import DayFilter, FilterSet, IdFilter
from api.history import HistoryView
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from services.procurement.orders import operations, queries
from services.procurement.orders.models import (
    ChangeState,
    OrderChange,
    OrderLine,
    OrderState,
    PurchaseOrder,
)
from services.procurement.orders.operations import Bought
from services.procurement.orders.rules import NewFigures

MOST_LINES = 500


class OrderedQuantityField(serializers.DecimalField):
    """How much of something, with up to three decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, **kwargs)


class CalledLineIn(Body):
    request_line_id = IdField()
    quantity = OrderedQuantityField()


class CallOffIn(Body):
    """Goods of approved requests at the prices of a framework agreement."""

    lines = serializers.ListField(child=CalledLineIn(), min_length=1, max_length=MOST_LINES)
    deliver_by = serializers.DateField(required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class BoughtLineIn(CalledLineIn):
    unit_price = PriceField(help_text="With tax.")


class EmergencyOrderIn(Body):
    """What is bought of a class C request that was consented to by word."""

    vendor_id = IdField()
    lines = serializers.ListField(child=BoughtLineIn(), min_length=1, max_length=MOST_LINES)
    deliver_by = serializers.DateField(required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class OrderDraftIn(Body):
    warehouse_id = IdField(required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=200, allow_blank=True)
    deliver_by = serializers.DateField(allow_null=True)
    terms = serializers.CharField(max_length=5000, allow_blank=True)


class ChangedLineIn(Body):
    """What is left out stays."""

    line_id = IdField()
    quantity = OrderedQuantityField(required=False, allow_null=True, default=None)
    unit_price = PriceField(required=False, allow_null=True, default=None)


class OrderChangeIn(Body):
    lines = serializers.ListField(
        child=ChangedLineIn(), max_length=MOST_LINES, required=False, default=list
    )
    deliver_by = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=300)


class OrderReasonIn(Body):
    reason = serializers.CharField(max_length=300)


class OrderOut(serializers.ModelSerializer[PurchaseOrder]):
    vendor_id = IdField(read_only=True)
    project_id = IdField(read_only=True, allow_null=True)
    award_id = IdField(read_only=True, allow_null=True)
    contract_id = IdField(read_only=True, allow_null=True)
    request_id = IdField(read_only=True, allow_null=True)
    warehouse_id = IdField(read_only=True, allow_null=True)
    vendor = serializers.CharField(source="vendor.name", read_only=True)
    amount = AmountField(read_only=True, help_text="With tax and freight.")
    freight = AmountField(read_only=True)

    class Meta:
        model = PurchaseOrder
        fields: ClassVar = [
            "id", "number", "state", "version", "vendor_id", "vendor", "project_id", "award_id",
            "contract_id", "request_id", "warehouse_id", "place", "deliver_by", "promised_on",
            "tax_percent", "freight", "amount", "declared_at", "sent_at", "acknowledged_at",
            "ended_at", "end_reason",
        ]  # fmt: skip
        read_only_fields = fields


class OrderLineOut(serializers.ModelSerializer[OrderLine]):
    item_id = IdField(read_only=True, allow_null=True)
    request_line_id = IdField(read_only=True, allow_null=True)
    unit_price = PriceField(read_only=True)
    amount = AmountField(read_only=True)

    class Meta:
        model = OrderLine
        fields: ClassVar = [
            "id", "position", "item_id", "request_line_id", "name", "spec", "brand", "unit",
            "quantity", "unit_price", "amount", "received_quantity", "returned_quantity",
            "billed_quantity",
        ]  # fmt: skip
        read_only_fields = fields


class OrderChangeOut(serializers.ModelSerializer[OrderChange]):
    """``changes`` says of each figure what it was and is to be."""

    state = serializers.ChoiceField(choices=ChangeState.choices, read_only=True)
    amount_before = AmountField(read_only=True)
    amount_after = AmountField(read_only=True)
    changes = serializers.JSONField(read_only=True)

    class Meta:
        model = OrderChange
        fields: ClassVar = [
            "id", "number", "state", "changes", "amount_before", "amount_after", "reason",
            "proposed_by_label", "proposed_at", "decided_by_label", "decided_at",
        ]  # fmt: skip
        read_only_fields = fields


class OrderDetailOut(OrderOut):
    terms = serializers.CharField(read_only=True)
    lines = OrderLineOut(many=True, read_only=True)
    changes = OrderChangeOut(many=True, read_only=True)

    class Meta:
        model = PurchaseOrder
        fields: ClassVar = [*OrderOut.Meta.fields, "terms", "lines", "changes"]
        read_only_fields = fields


class OrdersOut(serializers.Serializer[Any]):
    orders = OrderDetailOut(many=True)


class OrderFilter(FilterSet):
    state = filters.ChoiceFilter(choices=OrderState.choices)
    project_id = IdFilter()
    vendor_id = IdFilter()
    due_by = DayFilter(field_name="deliver_by", lookup_expr="lte")

    class Meta:
        model = PurchaseOrder
        fields: ClassVar = ["state", "project_id", "vendor_id", "due_by"]


class Orders(ListView):
    """Orders that one sees, the newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = PurchaseOrder
    serializer_class = OrderOut
    filterset_class = OrderFilter

    def rows(self) -> QuerySet[PurchaseOrder]:
        return queries.orders(actor=self.actor)


class OrderDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW, "PUT": Action.PURCHASE_BUY}

    @extend_schema(responses=OrderDetailOut)
    def get(self, request: Request, order_id: int) -> Response:
        """Give one order with its lines and changes."""
        found = queries.get_order(actor=self.actor, order_id=order_id)
        return Response(OrderDetailOut(found).data)

    @extend_schema(request=OrderDraftIn, responses=OrderDetailOut)
    def put(self, request: Request, order_id: int) -> Response:
        """Say where, until when and on which terms the goods of a draft are delivered."""
        changed = operations.change_draft(
            actor=self.actor, order_id=order_id, now=self.now, **_read(OrderDraftIn, request)
        )
        return Response(OrderDetailOut(changed).data)


class AwardOrders(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses={201: OrdersOut})
    def post(self, request: Request, award_id: int) -> Response:
        """Make the orders of an approved award: one for each vendor and project."""
        made = operations.order_award(
            actor=self.actor, award_id=award_id, now=self.now, today=self.today
        )
        return Response(OrdersOut({"orders": made}).data, status=201)


class CallOffs(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=CallOffIn, responses={201: OrderDetailOut})
    def post(self, request: Request, contract_id: int) -> Response:
        """Call off goods at the prices of a framework agreement in force."""
        values = _read(CallOffIn, request)
        lines = values.pop("lines")
        made = operations.call_off(
            actor=self.actor,
            contract_id=contract_id,
            quantities={
                pk: line["quantity"] for pk, line in once(lines, "request_line_id").items()
            },
            now=self.now,
            today=self.today,
            **values,
        )
        return Response(OrderDetailOut(made).data, status=201)


class EmergencyOrders(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=EmergencyOrderIn, responses={201: OrderDetailOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Order in an emergency, after the verbal consent."""
        values = _read(EmergencyOrderIn, request)
        lines = values.pop("lines")
        made = operations.order_emergency(
            actor=self.actor,
            request_id=request_id,
            bought={
                pk: Bought(quantity=line["quantity"], unit_price=line["unit_price"])
                for pk, line in once(lines, "request_line_id").items()
            },
            now=self.now,
            today=self.today,
            **values,
        )
        return Response(OrderDetailOut(made).data, status=201)


class OrderDeclaration(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}
    by_person = frozenset({"POST"})

    @extend_schema(request=None, responses=OrderDetailOut)
    def post(self, request: Request, order_id: int) -> Response:
        """Declare that neither kickback nor gift was asked for, promised or taken."""
        declared = operations.declare(actor=self.actor, order_id=order_id, now=self.now)
        return Response(OrderDetailOut(declared).data)


class OrderSending(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses=OrderDetailOut)
    def post(self, request: Request, order_id: int) -> Response:
        """Send a declared draft to the vendor."""
        sent = operations.send(actor=self.actor, order_id=order_id, now=self.now, today=self.today)
        return Response(OrderDetailOut(sent).data)


class OrderChanges(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=OrderChangeIn, responses={201: OrderChangeOut})
    def post(self, request: Request, order_id: int) -> Response:
        """Propose a change; it goes through the company's chain, then to the vendor."""
        values = _read(OrderChangeIn, request)
        made = operations.propose_change(
            actor=self.actor,
            order_id=order_id,
            lines={
                pk: NewFigures(quantity=line["quantity"], unit_price=line["unit_price"])
                for pk, line in once(values.pop("lines"), "line_id").items()
            },
            now=self.now,
            today=self.today,
            **values,
        )
        return Response(OrderChangeOut(made).data, status=201)


class OrderChangeTakeUp(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses=OrderChangeOut)
    def post(self, request: Request, change_id: int) -> Response:
        """Submit what a vendor proposed to be approved; then it is in force."""
        change = operations.take_up_change(actor=self.actor, change_id=change_id, now=self.now)
        return Response(OrderChangeOut(change).data)


class OrderChangeDropping(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses=OrderChangeOut)
    def post(self, request: Request, change_id: int) -> Response:
        """Refuse what a vendor proposed, or take back one's own before he has agreed."""
        change = operations.drop_change(actor=self.actor, change_id=change_id, now=self.now)
        return Response(OrderChangeOut(change).data)


class OrderHistory(HistoryView):
    """What was done to an order, its changes and in their approval, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return queries.history(actor=self.actor, order_id=self.kwargs["order_id"])


class OrderClosing(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=OrderReasonIn, responses=OrderDetailOut)
    def post(self, request: Request, order_id: int) -> Response:
        """Close an order short: the rest does not come any more."""
        closed = operations.close_short(
            actor=self.actor, order_id=order_id, now=self.now, **_read(OrderReasonIn, request)
        )
        return Response(OrderDetailOut(closed).data)


class OrderCancellation(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=OrderReasonIn, responses=OrderDetailOut)
    def post(self, request: Request, order_id: int) -> Response:
        """Cancel an order of which nothing has arrived."""
        gone = operations.cancel_order(
            actor=self.actor, order_id=order_id, now=self.now, **_read(OrderReasonIn, request)
        )
        return Response(OrderDetailOut(gone).data)


def _read(kind: type[Body], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    values: dict[str, Any] = body.validated_data
    return values


_ONE = "purchase-orders/<int:order_id>/"
urlpatterns = [
    path("purchase-orders/", Orders.as_view()),
    path("awards/<int:award_id>/orders/", AwardOrders.as_view()),
    path("contracts/<int:contract_id>/call-offs/", CallOffs.as_view()),
    path("purchase-requests/<int:request_id>/orders/", EmergencyOrders.as_view()),
    path(_ONE, OrderDetail.as_view()),
    path(f"{_ONE}declare/", OrderDeclaration.as_view()),
    path(f"{_ONE}send/", OrderSending.as_view()),
    path(f"{_ONE}changes/", OrderChanges.as_view()),
    path("purchase-orders/changes/<int:change_id>/take-up/", OrderChangeTakeUp.as_view()),
    path("purchase-orders/changes/<int:change_id>/drop/", OrderChangeDropping.as_view()),
    path(f"{_ONE}history/", OrderHistory.as_view()),
    path(f"{_ONE}close/", OrderClosing.as_view()),
    path(f"{_ONE}cancel/", OrderCancellation.as_view()),
]
