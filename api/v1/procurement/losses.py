"""What orders cost the company by their buyers' errors, for programs (PR-82)."""

from typing import ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import AmountField, IdField
from api.filters import FilterSet, IdFilter
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from services.procurement.orders import operations, queries
from services.procurement.orders.models import Loss


class PurchaseLossIn(Body):
    amount = AmountField()
    cause = serializers.CharField(max_length=300)


class LossWithdrawalIn(Body):
    reason = serializers.CharField(max_length=300)


class PurchaseLossOut(serializers.ModelSerializer[Loss]):
    order_id = IdField(read_only=True)
    order = serializers.CharField(source="order.number", read_only=True)
    project_id = IdField(source="order.project_id", read_only=True, allow_null=True)
    buyer_id = IdField(read_only=True, help_text="Whose error it was.")
    amount = AmountField(read_only=True)

    class Meta:
        model = Loss
        fields: ClassVar = [
            "id", "order_id", "order", "project_id", "amount", "cause", "buyer_id", "buyer_label",
            "recorded_by_label", "recorded_at", "withdrawn_by_label", "withdrawn_at",
            "withdraw_reason",
        ]  # fmt: skip
        read_only_fields = fields


class PurchaseLossFilter(FilterSet):
    order_id = IdFilter()
    project_id = IdFilter(field_name="order__project_id")
    buyer_id = IdFilter()
    is_withdrawn = filters.BooleanFilter(
        field_name="withdrawn_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = Loss
        fields: ClassVar = ["order_id", "project_id", "buyer_id", "is_withdrawn"]


class Losses(ListView):
    """What was lost by buyers' errors; one that is withdrawn stays to be read."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = Loss
    serializer_class = PurchaseLossOut
    filterset_class = PurchaseLossFilter

    def rows(self) -> QuerySet[Loss]:
        return queries.losses(actor=self.actor)


class OrderLosses(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=PurchaseLossIn, responses={201: PurchaseLossOut})
    def post(self, request: Request, order_id: int) -> Response:
        """Write down what an order cost by its buyer's error; never by the buyer himself."""
        loss = operations.record_loss(
            actor=self.actor, order_id=order_id, now=self.now, **read(PurchaseLossIn, request)
        )
        return Response(PurchaseLossOut(loss).data, status=201)


class LossWithdrawal(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=LossWithdrawalIn, responses=PurchaseLossOut)
    def post(self, request: Request, loss_id: int) -> Response:
        """Withdraw what was written down by mistake; it counts no more."""
        loss = operations.withdraw_loss(
            actor=self.actor, loss_id=loss_id, now=self.now, **read(LossWithdrawalIn, request)
        )
        return Response(PurchaseLossOut(loss).data)


urlpatterns = [
    path("purchase-losses/", Losses.as_view()),
    path("purchase-orders/<int:order_id>/losses/", OrderLosses.as_view()),
    path("purchase-losses/<int:loss_id>/withdraw/", LossWithdrawal.as_view()),
]
