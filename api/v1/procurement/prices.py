"""Prices of framework agreements for programs."""

from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, once
from api.fields import IdField, PriceField
from api.v1.procurement.orders import OrderedQuantityField
from api.v1.procurement.requests import read
from api.views import ListView
from kernel.access import Action
from services.procurement.contracts.queries import get_contract
from services.procurement.orders import operations, queries
from services.procurement.orders.models import AgreedPrice
from services.procurement.orders.operations import Price
from services.procurement.orders.operations.prices import MOST_PRICES


class AgreedPriceIn(Body):
    """The least and the most that is called off; null: as much as one likes."""

    item_id = IdField()
    unit_price = PriceField(help_text="With tax.")
    minimum_quantity = OrderedQuantityField(required=False, default=Decimal(0))
    maximum_quantity = OrderedQuantityField(required=False, allow_null=True, default=None)


class AgreedPricesIn(Body):
    """Each article once."""

    prices = serializers.ListField(child=AgreedPriceIn(), max_length=MOST_PRICES)


class AgreedPriceOut(serializers.ModelSerializer[AgreedPrice]):
    item_id = IdField(read_only=True)
    item_code = serializers.CharField(source="item.code", read_only=True)
    item_name = serializers.CharField(source="item.name", read_only=True)

    class Meta:
        model = AgreedPrice
        fields: ClassVar = [
            "id", "item_id", "item_code", "item_name", "unit_price", "minimum_quantity",
            "maximum_quantity", "called_quantity",
        ]  # fmt: skip
        read_only_fields = fields


class AgreedPricesOut(serializers.Serializer[Any]):
    prices = AgreedPriceOut(many=True)


class AgreedPrices(ListView):
    """The prices of a framework agreement, and how much was called off at each."""

    actions = {"GET": Action.CONTRACT_VIEW, "PUT": Action.CONTRACT_DRAFT}
    model = AgreedPrice
    serializer_class = AgreedPriceOut
    filter_backends = ()

    def rows(self) -> QuerySet[AgreedPrice]:
        contract = get_contract(actor=self.actor, contract_id=self.kwargs["contract_id"])
        return queries.prices_of(contract)

    @extend_schema(
        request=AgreedPricesIn,
        responses=AgreedPricesOut,
        examples=[
            OpenApiExample(
                "Toner at 56.50, ten at least",
                value={"prices": [{"item_id": 1, "unit_price": "56.50", "minimum_quantity": "10"}]},
                request_only=True,
            )
        ],
    )
    def put(self, request: Request, contract_id: int) -> Response:
        """Write all prices of a draft of a framework agreement anew."""
        prices = once(read(AgreedPricesIn, request)["prices"], "item_id")
        contract = operations.set_prices(
            actor=self.actor,
            contract_id=contract_id,
            prices={
                item_id: Price(
                    unit_price=price["unit_price"],
                    minimum_quantity=price["minimum_quantity"],
                    maximum_quantity=price["maximum_quantity"],
                )
                for item_id, price in prices.items()
            },
            now=self.now,
        )
        return Response(AgreedPricesOut({"prices": queries.prices_of(contract)}).data)


urlpatterns = [path("contracts/<int:contract_id>/prices/", AgreedPrices.as_view())]
