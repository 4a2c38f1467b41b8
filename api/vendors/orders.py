"""A vendor's orders: confirmed, announced, changed; as on his pages."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import AmountField, IdField, PriceField
from api.v1.procurement.orders import MOST_LINES, OrderedQuantityField
from api.vendors.views import VendorApiView, VendorListView
from services.procurement.orders import operations, queries
from services.procurement.orders.models import (
    ChangeState,
    Delivery,
    DeliveryLine,
    OrderChange,
    OrderLine,
    PurchaseOrder,
)
from services.procurement.orders.rules import NewFigures


class OwnOrderOut(serializers.ModelSerializer[PurchaseOrder]):
    """``project`` is where it is delivered, empty for the company's own."""

    project = serializers.SerializerMethodField()
    amount = AmountField(read_only=True, help_text="With tax and freight.")
    freight = AmountField(read_only=True)

    class Meta:
        model = PurchaseOrder
        fields: ClassVar = [
            "id", "number", "state", "version", "project", "place", "deliver_by", "promised_on",
            "tax_percent", "freight", "amount", "sent_at", "acknowledged_at", "ended_at",
            "end_reason",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_project(self, order: PurchaseOrder) -> str:
        return order.project.name if order.project is not None else ""


class OwnOrderLineOut(serializers.ModelSerializer[OrderLine]):
    unit_price = PriceField(read_only=True)
    amount = AmountField(read_only=True)

    class Meta:
        model = OrderLine
        fields: ClassVar = [
            "id", "position", "name", "spec", "brand", "unit", "quantity", "unit_price", "amount",
            "received_quantity", "returned_quantity", "billed_quantity",
        ]  # fmt: skip
        read_only_fields = fields


class OwnChangeOut(serializers.ModelSerializer[OrderChange]):
    """``changes`` says of each figure what it was and is to be; ``is_own``: the vendor's."""

    state = serializers.ChoiceField(choices=ChangeState.choices, read_only=True)
    is_own = serializers.SerializerMethodField()
    amount_before = AmountField(read_only=True)
    amount_after = AmountField(read_only=True)
    changes = serializers.JSONField(read_only=True)

    class Meta:
        model = OrderChange
        fields: ClassVar = [
            "id", "number", "state", "is_own", "changes", "amount_before", "amount_after",
            "reason", "proposed_at", "decided_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_is_own(self, change: OrderChange) -> bool:
        return change.proposed_by is None


class OwnOrderDetailOut(OwnOrderOut):
    """Of changes those that concern the vendor: his own, and what the company has approved."""

    terms = serializers.CharField(read_only=True)
    lines = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()

    class Meta:
        model = PurchaseOrder
        fields: ClassVar = [*OwnOrderOut.Meta.fields, "terms", "lines", "changes"]
        read_only_fields = fields

    @extend_schema_field(OwnOrderLineOut(many=True))
    def get_lines(self, order: PurchaseOrder) -> Any:
        return OwnOrderLineOut(queries.lines_of(order), many=True).data

    @extend_schema_field(OwnChangeOut(many=True))
    def get_changes(self, order: PurchaseOrder) -> Any:
        return OwnChangeOut(queries.own_changes_of(order), many=True).data


class OwnDeliveryLineOut(serializers.ModelSerializer[DeliveryLine]):
    line_id = serializers.IntegerField(source="order_line_id")
    name = serializers.CharField(source="order_line.name")

    class Meta:
        model = DeliveryLine
        fields = ("line_id", "name", "quantity")


class OwnDeliveryOut(serializers.ModelSerializer[Delivery]):
    """What was announced; ``has_arrived`` once the company has taken something in against it."""

    order_id = serializers.IntegerField()
    order = serializers.CharField(source="order.number")
    has_arrived = serializers.SerializerMethodField()
    lines = OwnDeliveryLineOut(many=True)

    class Meta:
        model = Delivery
        fields: ClassVar = [
            "id", "number", "order_id", "order", "expected_on", "carrier", "tracking_number",
            "note", "announced_at", "cancelled_at", "has_arrived", "lines",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(serializers.BooleanField())
    def get_has_arrived(self, delivery: Delivery) -> bool:
        return bool(delivery.receipts.all())


class PromiseIn(Body):
    promised_on = serializers.DateField()


class AnnouncedLineIn(Body):
    line_id = IdField()
    quantity = OrderedQuantityField()


class DeliveryIn(Body):
    expected_on = serializers.DateField()
    lines = serializers.ListField(child=AnnouncedLineIn(), min_length=1, max_length=MOST_LINES)
    carrier = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    tracking_number = serializers.CharField(
        max_length=60, required=False, allow_blank=True, default=""
    )
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ProposedLineIn(Body):
    line_id = IdField()
    quantity = OrderedQuantityField()


class ProposalIn(Body):
    """What is left out stays."""

    lines = serializers.ListField(
        child=ProposedLineIn(), max_length=MOST_LINES, required=False, default=list
    )
    deliver_by = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=300)


class AnswerIn(Body):
    agrees = serializers.BooleanField()


class Orders(VendorListView):
    """List the orders that the company has sent this vendor."""

    actions = {"GET": None}
    model = PurchaseOrder
    serializer_class = OwnOrderOut

    def rows(self) -> QuerySet[PurchaseOrder]:
        return queries.own_orders(actor=self.actor).order_by()


class _OfOrder(VendorApiView):
    actions = {"POST": None}

    def read(self, body_class: type[Body], order_id: int) -> dict[str, Any]:
        """Return what was sent about an order of his; his own comes before what was sent."""
        queries.get_own_order(actor=self.actor, order_id=order_id)
        body = body_class(data=self.request.data)
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    def order(self, order_id: int) -> Response:
        found = queries.get_own_order(actor=self.actor, order_id=order_id)
        return Response(OwnOrderDetailOut(found).data)


class Order(_OfOrder):
    actions = {"GET": None}

    @extend_schema(responses=OwnOrderDetailOut)
    def get(self, request: Request, order_id: int) -> Response:
        """Return one order with its lines and changes."""
        return self.order(order_id)


class Acknowledgement(_OfOrder):
    @extend_schema(request=PromiseIn, responses=OwnOrderDetailOut)
    def post(self, request: Request, order_id: int) -> Response:
        """Confirm an order and promise a day; until all is there another may be promised."""
        values = self.read(PromiseIn, order_id)
        operations.acknowledge(
            actor=self.actor, order_id=order_id, now=self.now, today=self.today, **values
        )
        return self.order(order_id)


class Changes(_OfOrder):
    @extend_schema(request=ProposalIn, responses={201: OwnChangeOut})
    def post(self, request: Request, order_id: int) -> Response:
        """Propose a change; the company takes it up or refuses it."""
        values = self.read(ProposalIn, order_id)
        lines = {
            each["line_id"]: NewFigures(quantity=each["quantity"]) for each in values.pop("lines")
        }
        change = operations.propose_as_vendor(
            actor=self.actor,
            order_id=order_id,
            lines=lines,
            now=self.now,
            today=self.today,
            **values,
        )
        return Response(OwnChangeOut(change).data, status=201)


class Answer(_OfOrder):
    @extend_schema(request=AnswerIn, responses=OwnOrderDetailOut)
    def post(self, request: Request, order_id: int) -> Response:
        """Agree to the company's change, which is in force then, or refuse it."""
        values = self.read(AnswerIn, order_id)
        operations.answer_change(actor=self.actor, order_id=order_id, now=self.now, **values)
        return self.order(order_id)


class OrderDeliveries(_OfOrder):
    @extend_schema(request=DeliveryIn, responses={201: OwnDeliveryOut})
    def post(self, request: Request, order_id: int) -> Response:
        """Announce what is delivered of a confirmed order on a day."""
        values = self.read(DeliveryIn, order_id)
        delivery = operations.announce(
            actor=self.actor,
            order_id=order_id,
            quantities={each["line_id"]: each["quantity"] for each in values.pop("lines")},
            now=self.now,
            today=self.today,
            **values,
        )
        return Response(OwnDeliveryOut(delivery).data, status=201)


class Deliveries(VendorListView):
    """List what this vendor has announced."""

    actions = {"GET": None}
    model = Delivery
    serializer_class = OwnDeliveryOut

    def rows(self) -> QuerySet[Delivery]:
        return queries.own_deliveries(actor=self.actor).order_by()


class DeliveryCancellation(VendorApiView):
    actions = {"POST": None}

    @extend_schema(request=None, responses=OwnDeliveryOut)
    def post(self, request: Request, delivery_id: int) -> Response:
        """Take back an announced delivery that has not arrived."""
        delivery = operations.cancel_delivery(
            actor=self.actor, delivery_id=delivery_id, now=self.now
        )
        return Response(OwnDeliveryOut(delivery).data)
