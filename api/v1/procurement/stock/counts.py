"""Counts of a warehouse: blind until everything is counted, booked when they are signed."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.procurement.stock import filters
from api.v1.procurement.stock import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.procurement.stock import operations, queries
from services.procurement.stock.models import CountLine, StockCount


class Counts(ListView):
    """Stock counts."""

    actions = {"GET": Action.STOCK_VIEW, "POST": Action.STOCK_KEEP}
    model = StockCount
    serializer_class = shapes.StockCountOut
    filterset_class = filters.CountFilter

    def rows(self) -> QuerySet[StockCount]:
        return queries.counts(actor=self.actor)

    @extend_schema(request=shapes.StockCountIn, responses={201: shapes.StockCountOut})
    def post(self, request: Request) -> Response:
        """Begin to count a warehouse."""
        body = shapes.StockCountIn(data=request.data)
        body.is_valid(raise_exception=True)
        count = operations.start_count(actor=self.actor, now=self.now, **body.validated_data)
        return Response(shapes.StockCountOut(count).data, status=201)


class CountsDue(ApiView):
    actions = {"GET": Action.STOCK_VIEW}

    @extend_schema(responses=shapes.DueCountOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer which warehouses with goods were not counted yet in this period."""
        due = queries.counts_due(actor=self.actor, today=self.today)
        return Response(shapes.DueCountOut(due, many=True).data)


class CountDetail(ApiView):
    actions = {"GET": Action.STOCK_VIEW}

    @extend_schema(responses=shapes.StockCountOut)
    def get(self, request: Request, count_id: int) -> Response:
        """Give one count."""
        count = queries.get_count(actor=self.actor, count_id=count_id)
        return Response(shapes.StockCountOut(count).data)


class CountLines(ListView):
    """The articles of a count; what the books say of them once everything is counted."""

    actions = {"GET": Action.STOCK_VIEW, "POST": Action.STOCK_KEEP}
    model = CountLine
    serializer_class = shapes.CountLineOut
    filter_backends = ()

    def rows(self) -> QuerySet[CountLine]:
        count = queries.get_count(actor=self.actor, count_id=self.kwargs["count_id"])
        return queries.count_lines(count).select_related("count")

    @extend_schema(request=shapes.ArticleIn, responses={201: shapes.CountLineOut})
    def post(self, request: Request, count_id: int) -> Response:
        """Add an article that was found and that the list does not have."""
        body = shapes.ArticleIn(data=request.data)
        body.is_valid(raise_exception=True)
        line = operations.add_article(
            actor=self.actor, count_id=count_id, now=self.now, **body.validated_data
        )
        return Response(shapes.CountLineOut(line).data, status=201)


class CountLineDetail(ApiView):
    actions = {"PUT": Action.STOCK_KEEP}

    @extend_schema(request=shapes.CountedIn, responses=shapes.CountLineOut)
    def put(self, request: Request, count_id: int, count_line_id: int) -> Response:
        """Write down how much of an article was counted."""
        body = shapes.CountedIn(data=request.data)
        body.is_valid(raise_exception=True)
        line = operations.enter_counted(
            actor=self.actor,
            count_id=count_id,
            line_id=count_line_id,
            now=self.now,
            **body.validated_data,
        )
        return Response(shapes.CountLineOut(line).data)


class CountFinish(ApiView):
    actions = {"POST": Action.STOCK_KEEP}

    @extend_schema(request=None, responses=shapes.StockCountOut)
    def post(self, request: Request, count_id: int) -> Response:
        """Say that everything is counted; from here on the differences are shown."""
        count = operations.finish_count(actor=self.actor, count_id=count_id, now=self.now)
        return Response(shapes.StockCountOut(count).data)


class CountAgain(ApiView):
    actions = {"POST": Action.STOCK_KEEP}

    @extend_schema(request=shapes.CountAgainIn, responses=shapes.StockCountOut)
    def post(self, request: Request, count_id: int) -> Response:
        """Have some articles counted once more, blind again."""
        body = shapes.CountAgainIn(data=request.data)
        body.is_valid(raise_exception=True)
        count = operations.count_again(
            actor=self.actor, count_id=count_id, now=self.now, **body.validated_data
        )
        return Response(shapes.StockCountOut(count).data)


class CountSubmission(ApiView):
    actions = {"POST": Action.STOCK_KEEP}

    @extend_schema(request=shapes.StockCountSubmissionIn, responses=shapes.StockCountOut)
    def post(self, request: Request, count_id: int) -> Response:
        """Send the count to approval, every difference with its reason."""
        body = shapes.StockCountSubmissionIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data.get("reasons", [])
        count = operations.submit_count(
            actor=self.actor,
            count_id=count_id,
            reasons={one["line_id"]: one["reason"] for one in given},
            now=self.now,
        )
        return Response(shapes.StockCountOut(count).data)


class CountCancellation(ApiView):
    actions = {"POST": Action.STOCK_KEEP}

    @extend_schema(request=shapes.StockReasonIn, responses=shapes.StockCountOut)
    def post(self, request: Request, count_id: int) -> Response:
        """Give a count up; nothing is booked."""
        body = shapes.StockReasonIn(data=request.data)
        body.is_valid(raise_exception=True)
        count = operations.cancel_count(
            actor=self.actor, count_id=count_id, now=self.now, **body.validated_data
        )
        return Response(shapes.StockCountOut(count).data)
