"""Issues, what comes back of them, and transfers."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.procurement.stock import filters
from api.v1.procurement.stock import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.procurement.stock import operations, queries
from services.procurement.stock.models import Issue, Transfer
from services.procurement.stock.operations import Line


def _lines(values: dict[str, Any]) -> list[Line]:
    return [Line(**line) for line in values.pop("lines")]


class Issues(ListView):
    """Goods given out, with unit, person and purpose."""

    actions = {"GET": Action.STOCK_VIEW, "POST": Action.STOCK_KEEP}
    model = Issue
    serializer_class = shapes.GoodsIssueOut
    filterset_class = filters.IssueFilter

    def rows(self) -> QuerySet[Issue]:
        return queries.issues(actor=self.actor)

    @extend_schema(
        request=shapes.GoodsIssueIn,
        responses={201: shapes.GoodsIssueDetailOut},
        examples=[
            OpenApiExample(
                "Brooms for the entrance hall",
                value={
                    "warehouse_id": 1,
                    "project_id": 1,
                    "unit": "保洁部",
                    "person_label": "王梅",
                    "purpose": "大堂清洁",
                    "lines": [{"item_id": 1, "quantity": "4"}],
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Give goods out: all of the lines or none. Their value becomes cost of the project."""
        body = shapes.GoodsIssueIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        lines = _lines(values)
        issue = operations.issue_goods(
            actor=self.actor, lines=lines, today=self.today, now=self.now, **values
        )
        return Response(shapes.GoodsIssueDetailOut(issue).data, status=201)


class IssueDetail(ApiView):
    actions = {"GET": Action.STOCK_VIEW}

    @extend_schema(responses=shapes.GoodsIssueDetailOut)
    def get(self, request: Request, issue_id: int) -> Response:
        """Give one issue with its lines."""
        issue = queries.get_issue(actor=self.actor, issue_id=issue_id)
        return Response(shapes.GoodsIssueDetailOut(issue).data)


class GiveBack(ApiView):
    actions = {"POST": Action.STOCK_KEEP}

    @extend_schema(request=shapes.GoodsGiveBackIn, responses={201: shapes.GoodsReturnedOut})
    def post(self, request: Request, issue_id: int, issue_line_id: int) -> Response:
        """Take back what of a line was not used, at what it was issued for."""
        body = shapes.GoodsGiveBackIn(data=request.data)
        body.is_valid(raise_exception=True)
        issue = queries.get_issue(actor=self.actor, issue_id=issue_id, action=Action.STOCK_KEEP)
        line = queries.get_issue_line(issue, issue_line_id)
        returned = operations.give_back(
            actor=self.actor, line_id=line.pk, today=self.today, now=self.now, **body.validated_data
        )
        return Response(shapes.GoodsReturnedOut(returned).data, status=201)


class Transfers(ListView):
    """Goods moved between warehouses of which one is in sight."""

    actions = {"GET": Action.STOCK_VIEW, "POST": Action.STOCK_KEEP}
    model = Transfer
    serializer_class = shapes.GoodsTransferOut
    filterset_class = filters.TransferFilter

    def rows(self) -> QuerySet[Transfer]:
        return queries.transfers(actor=self.actor)

    @extend_schema(request=shapes.GoodsTransferIn, responses={201: shapes.GoodsTransferDetailOut})
    def post(self, request: Request) -> Response:
        """Move goods to another warehouse; what the one loses the other gains."""
        body = shapes.GoodsTransferIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        lines = _lines(values)
        transfer = operations.transfer_goods(
            actor=self.actor, lines=lines, today=self.today, now=self.now, **values
        )
        return Response(shapes.GoodsTransferDetailOut(transfer).data, status=201)


class TransferDetail(ApiView):
    actions = {"GET": Action.STOCK_VIEW}

    @extend_schema(responses=shapes.GoodsTransferDetailOut)
    def get(self, request: Request, transfer_id: int) -> Response:
        """Give one transfer with its lines."""
        transfer = queries.get_transfer(actor=self.actor, transfer_id=transfer_id)
        return Response(shapes.GoodsTransferDetailOut(transfer).data)
