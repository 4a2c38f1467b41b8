"""Warehouses, and what lies in them."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.procurement.stock import filters
from api.v1.procurement.stock import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.procurement.stock import operations, queries
from services.procurement.stock.models import Lot, StockBalance, StockMove, Warehouse


class Warehouses(ListView):
    """Warehouses of the company and of projects."""

    actions = {"GET": Action.STOCK_VIEW, "POST": Action.STOCK_KEEP}
    model = Warehouse
    serializer_class = shapes.WarehouseOut
    filterset_class = filters.WarehouseFilter

    def rows(self) -> QuerySet[Warehouse]:
        return queries.warehouses(actor=self.actor)

    @extend_schema(request=shapes.WarehouseIn, responses={201: shapes.WarehouseOut})
    def post(self, request: Request) -> Response:
        """Open a warehouse of a project, or of the company without one."""
        body = shapes.WarehouseIn(data=request.data)
        body.is_valid(raise_exception=True)
        warehouse = operations.create_warehouse(
            actor=self.actor, now=self.now, **body.validated_data
        )
        return Response(shapes.WarehouseOut(warehouse).data, status=201)


class WarehouseDetail(ApiView):
    actions = {"GET": Action.STOCK_VIEW, "PUT": Action.STOCK_KEEP}

    @extend_schema(responses=shapes.WarehouseOut)
    def get(self, request: Request, warehouse_id: int) -> Response:
        """Give one warehouse."""
        warehouse = queries.get_warehouse(actor=self.actor, warehouse_id=warehouse_id)
        return Response(shapes.WarehouseOut(warehouse).data)

    @extend_schema(request=shapes.WarehouseChangesIn, responses=shapes.WarehouseOut)
    def put(self, request: Request, warehouse_id: int) -> Response:
        """Rename a warehouse, close it when it is empty, or use it again."""
        body = shapes.WarehouseChangesIn(data=request.data)
        body.is_valid(raise_exception=True)
        warehouse = operations.change_warehouse(
            actor=self.actor, warehouse_id=warehouse_id, now=self.now, **body.validated_data
        )
        return Response(shapes.WarehouseOut(warehouse).data)


class Balances(ListView):
    """What lies in the warehouses: quantity and value, valued at the moving average."""

    actions = {"GET": Action.STOCK_VIEW}
    model = StockBalance
    serializer_class = shapes.StockBalanceOut
    filterset_class = filters.BalanceFilter

    def rows(self) -> QuerySet[StockBalance]:
        return queries.balances(actor=self.actor)


class BalanceDetail(ApiView):
    actions = {"GET": Action.STOCK_VIEW, "PUT": Action.STOCK_KEEP}

    @extend_schema(responses=shapes.StockBalanceOut)
    def get(self, request: Request, balance_id: int) -> Response:
        """Give what lies of one article in one warehouse."""
        balance = queries.get_balance(actor=self.actor, balance_id=balance_id)
        return Response(shapes.StockBalanceOut(balance).data)

    @extend_schema(request=shapes.MinimumIn, responses=shapes.StockBalanceOut)
    def put(self, request: Request, balance_id: int) -> Response:
        """Say how much should lie there at least."""
        body = shapes.MinimumIn(data=request.data)
        body.is_valid(raise_exception=True)
        balance = queries.get_balance(actor=self.actor, balance_id=balance_id)
        changed = operations.set_minimum(
            actor=self.actor,
            warehouse_id=balance.warehouse_id,
            item_id=balance.item_id,
            now=self.now,
            **body.validated_data,
        )
        return Response(shapes.StockBalanceOut(changed).data)


class Moves(ListView):
    """The moves of an article in a warehouse, each with what it left, oldest first."""

    actions = {"GET": Action.STOCK_VIEW}
    model = StockMove
    serializer_class = shapes.StockMoveOut
    filterset_class = filters.MoveFilter

    def rows(self) -> QuerySet[StockMove]:
        return queries.moves_of(actor=self.actor, balance_id=self.kwargs["balance_id"])


class Lots(ListView):
    """The lots that are in stock."""

    actions = {"GET": Action.STOCK_VIEW}
    model = Lot
    serializer_class = shapes.StockLotOut
    filterset_class = filters.LotFilter

    def rows(self) -> QuerySet[Lot]:
        return queries.lots(actor=self.actor)


class Opening(ApiView):
    actions = {"POST": Action.STOCK_KEEP}

    @extend_schema(request=shapes.StockOpeningIn, responses={201: shapes.StockMoveOut})
    def post(self, request: Request) -> Response:
        """Enter what lay in a warehouse before its books began, once for each article and lot."""
        body = shapes.StockOpeningIn(data=request.data)
        body.is_valid(raise_exception=True)
        move = operations.enter_opening(
            actor=self.actor, today=self.today, now=self.now, **body.validated_data
        )
        return Response(shapes.StockMoveOut(move).data, status=201)
