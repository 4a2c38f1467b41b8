"""The register of fixed assets."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.v1.procurement.stock import filters
from api.v1.procurement.stock import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.procurement.stock import operations, queries
from services.procurement.stock.models import Asset


class Assets(ListView):
    """Fixed assets: where each stands and who has it."""

    actions = {"GET": Action.STOCK_VIEW, "POST": Action.ASSET_KEEP}
    model = Asset
    serializer_class = shapes.AssetOut
    filterset_class = filters.AssetFilter

    def rows(self) -> QuerySet[Asset]:
        return queries.assets(actor=self.actor)

    @extend_schema(request=shapes.AssetIn, responses={201: shapes.AssetOut})
    def post(self, request: Request) -> Response:
        """Enter an asset that the company has already."""
        body = shapes.AssetIn(data=request.data)
        body.is_valid(raise_exception=True)
        asset = operations.add_asset(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.AssetOut(asset).data, status=201)


class AssetDetail(ApiView):
    actions = {"GET": Action.STOCK_VIEW}

    @extend_schema(responses=shapes.AssetOut)
    def get(self, request: Request, asset_id: int) -> Response:
        """Give one asset."""
        asset = queries.get_asset(actor=self.actor, asset_id=asset_id)
        return Response(shapes.AssetOut(asset).data)


class AssetStep(ApiView):
    """Something done with an asset: ``body_class`` is what is sent, ``do`` the operation."""

    actions = {"POST": Action.ASSET_KEEP}
    body_class: ClassVar[type[Body]]

    def take(self, request: Request, asset_id: int) -> Response:
        """Read the body, do it, answer the asset as it is now."""
        body = self.body_class(data=request.data)
        body.is_valid(raise_exception=True)
        asset = self.do(asset_id=asset_id, **body.validated_data)
        return Response(shapes.AssetOut(asset).data)

    def do(self, *, asset_id: int, **values: Any) -> Asset:
        raise NotImplementedError


class HandOver(AssetStep):
    body_class = shapes.AssetHandOverIn

    @extend_schema(request=shapes.AssetHandOverIn, responses=shapes.AssetOut)
    def post(self, request: Request, asset_id: int) -> Response:
        """Give an asset to a person, who answers for it from now on."""
        return self.take(request, asset_id)

    def do(self, *, asset_id: int, **values: Any) -> Asset:
        return operations.hand_over(actor=self.actor, asset_id=asset_id, now=self.now, **values)


class TakeBack(AssetStep):
    body_class = shapes.AssetReturnIn

    @extend_schema(request=shapes.AssetReturnIn, responses=shapes.AssetOut)
    def post(self, request: Request, asset_id: int) -> Response:
        """Take an asset back: it stands idle."""
        return self.take(request, asset_id)

    def do(self, *, asset_id: int, **values: Any) -> Asset:
        return operations.take_back(actor=self.actor, asset_id=asset_id, now=self.now, **values)


class Move(AssetStep):
    body_class = shapes.AssetMoveIn

    @extend_schema(request=shapes.AssetMoveIn, responses=shapes.AssetOut)
    def post(self, request: Request, asset_id: int) -> Response:
        """Take an asset to another place or project."""
        return self.take(request, asset_id)

    def do(self, *, asset_id: int, **values: Any) -> Asset:
        return operations.move_asset(actor=self.actor, asset_id=asset_id, now=self.now, **values)


class Repair(AssetStep):
    body_class = shapes.StockReasonIn

    @extend_schema(request=shapes.StockReasonIn, responses=shapes.AssetOut)
    def post(self, request: Request, asset_id: int) -> Response:
        """Send an asset to be repaired."""
        return self.take(request, asset_id)

    def do(self, *, asset_id: int, **values: Any) -> Asset:
        return operations.send_to_repair(
            actor=self.actor, asset_id=asset_id, now=self.now, **values
        )


class Repaired(AssetStep):
    body_class = shapes.RepairedIn

    @extend_schema(request=shapes.RepairedIn, responses=shapes.AssetOut)
    def post(self, request: Request, asset_id: int) -> Response:
        """Take an asset back from repair."""
        return self.take(request, asset_id)

    def do(self, *, asset_id: int, **values: Any) -> Asset:
        return operations.end_repair(actor=self.actor, asset_id=asset_id, now=self.now, **values)


class Scrap(AssetStep):
    body_class = shapes.StockReasonIn

    @extend_schema(request=shapes.StockReasonIn, responses=shapes.AssetOut)
    def post(self, request: Request, asset_id: int) -> Response:
        """Take an asset out of use for good."""
        return self.take(request, asset_id)

    def do(self, *, asset_id: int, **values: Any) -> Asset:
        return operations.scrap(actor=self.actor, asset_id=asset_id, now=self.now, **values)
