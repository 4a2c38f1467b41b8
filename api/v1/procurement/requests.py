"""Purchase requests, budgets, what is to be bought and what was split, for programs."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Query
from api.fields import AmountField, IdField, PriceField
from api.filters import DayFilter, FilterSet, FlagFilter, IdFilter
from api.history import HistoryView
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from services.procurement.requests import operations, queries
from services.procurement.requests.models import (
    Budget,
    ClassChoice,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.requests.operations.drafting import MOST_LINES


class CountField(serializers.DecimalField):
    """How much of something, with up to three decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, **kwargs)


class RequestLineIn(Body):
    """An article of the catalogue by ``item_id``, or goods described freely with a category.

    Of an article its name, unit and category are the catalogue's. ``id`` names the line that is
    changed. What the line comes to is computed.
    """

    id = IdField(required=False, allow_null=True, default=None)
    item_id = IdField(required=False, allow_null=True, default=None)
    category_id = IdField(required=False, allow_null=True, default=None)
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")
    spec = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    unit = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    is_fixed_asset = serializers.BooleanField(required=False, default=False)
    quantity = CountField()
    unit_price = PriceField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PurchaseRequestChangeIn(Body):
    """``purchase_class`` is left out for that of the goods, A or B; C is an emergency."""

    title = serializers.CharField(max_length=100)
    unit = serializers.CharField(max_length=100)
    reason = serializers.CharField(max_length=500)
    purchase_class = serializers.ChoiceField(
        choices=ClassChoice.choices, required=False, default=""
    )
    needed_on = serializers.DateField(required=False, allow_null=True, default=None)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    lines = serializers.ListField(child=RequestLineIn(), min_length=1, max_length=MOST_LINES)


class PurchaseRequestIn(PurchaseRequestChangeIn):
    """``project_id`` is left out for the company's own offices."""

    project_id = IdField(required=False, allow_null=True, default=None)


class RequestSubmitIn(Body):
    """``budget_reason``: why it goes beyond a budget, if it does; those who sign see it."""

    budget_reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default=""
    )


class RequestConsentIn(RequestSubmitIn):
    """A leader's consent by word of mouth to an emergency: who, when, how, to what."""

    consenter_id = IdField()
    consented_at = serializers.DateTimeField()
    means = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=2000)


class RequestReallocationIn(Body):
    note = serializers.CharField(max_length=300)


class RequestCancelIn(Body):
    reason = serializers.CharField(max_length=300)


class RequestObstacleIn(Body):
    reason = serializers.CharField(max_length=300)


class RequestGiveUpIn(Body):
    line_ids = serializers.ListField(child=IdField(), min_length=1, max_length=200)
    reason = serializers.CharField(max_length=300)


class PurchaseBudgetIn(Body):
    """``seen``: the amount that is changed; left out where there was none."""

    project_id = IdField(required=False, allow_null=True, default=None)
    category_id = IdField()
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    amount = AmountField(min_value=0)
    seen = AmountField(required=False, allow_null=True, default=None)


class MonthQuery(Query):
    """``month``: any day of it; without it the present one."""

    month = serializers.DateField(required=False)


class PlaceMonthQuery(MonthQuery):
    project_id = IdField(required=False)


class RequestLineOut(serializers.ModelSerializer[RequestLine]):
    item_id = IdField(read_only=True, allow_null=True)
    category_id = IdField(read_only=True)
    bound_quantity = CountField(
        read_only=True, help_text="How much of it rounds and orders have taken."
    )

    given_up_quantity = CountField(
        read_only=True, help_text="How much of it whoever asked does without."
    )

    class Meta:
        model = RequestLine
        fields: ClassVar = [
            "id", "position", "item_id", "category_id", "name", "spec", "unit", "is_fixed_asset",
            "quantity", "unit_price", "amount", "note", "bound_quantity", "given_up_quantity",
            "obstacle", "obstacle_by_label", "obstacle_at",
        ]  # fmt: skip
        read_only_fields = fields


class PurchaseRequestOut(serializers.ModelSerializer[PurchaseRequest]):
    project_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = PurchaseRequest
        fields: ClassVar = [
            "id", "number", "project_id", "unit", "title", "purchase_class", "reason", "needed_on",
            "place", "amount", "state", "reallocation_note", "reallocation_by_label",
            "is_over_budget", "budget_reason", "asked_by", "asked_by_label", "created_at",
            "submitted_at", "approved_on", "purchase_month", "copied_from_id",
        ]  # fmt: skip
        read_only_fields = fields


class PurchaseRequestDetailOut(PurchaseRequestOut):
    lines = RequestLineOut(many=True, read_only=True)

    class Meta(PurchaseRequestOut.Meta):
        fields: ClassVar = [*PurchaseRequestOut.Meta.fields, "lines"]
        read_only_fields = fields


class PurchaseBudgetOut(serializers.ModelSerializer[Budget]):
    project_id = IdField(read_only=True, allow_null=True)
    category_id = IdField(read_only=True)
    committed = AmountField(read_only=True, help_text="Submitted, and not received yet.")
    spent = AmountField(read_only=True)
    left = AmountField(read_only=True)

    class Meta:
        model = Budget
        fields: ClassVar = [
            "id", "project_id", "category_id", "year", "amount", "committed", "spent", "left",
            "set_by_label", "set_at",
        ]  # fmt: skip
        read_only_fields = fields


class GoodsSourceOut(serializers.Serializer[Any]):
    """A line that is to be bought, and of which request."""

    line_id = IdField(source="pk")
    request_id = IdField()
    number = serializers.CharField(source="request.number")
    project_id = IdField(source="request.project_id", allow_null=True)
    left = CountField()


class GoodsToBuyOut(serializers.Serializer[Any]):
    """The same goods of all requests together."""

    item_id = IdField(allow_null=True)
    name = serializers.CharField()
    spec = serializers.CharField(allow_blank=True)
    unit = serializers.CharField()
    quantity = CountField()
    amount = AmountField()
    lines = GoodsSourceOut(many=True)


class SplitPurchaseOut(serializers.Serializer[Any]):
    """Requests for the same goods, each below the threshold, together at it or above."""

    goods = serializers.CharField()
    project_id = IdField(source="split.project_id", allow_null=True)
    amount = AmountField(source="split.amount")
    request_ids = serializers.ListField(source="split.request_ids", child=IdField())


class RequestFilter(FilterSet):
    project_id = IdFilter()
    purchase_class = filters.ChoiceFilter(choices=ClassChoice.choices)
    state = filters.ChoiceFilter(choices=RequestState.choices)
    purchase_month = DayFilter()
    is_over_budget = FlagFilter()

    class Meta:
        model = PurchaseRequest
        fields: ClassVar = [
            "project_id", "purchase_class", "state", "purchase_month", "is_over_budget",
        ]  # fmt: skip


class BudgetFilter(FilterSet):
    project_id = IdFilter()
    category_id = IdFilter()

    class Meta:
        model = Budget
        fields: ClassVar = ["project_id", "category_id"]


def read(shape: type[Body], request: Request) -> dict[str, Any]:
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def written(values: dict[str, Any]) -> dict[str, Any]:
    """Return a body as the operations take it."""
    lines = [operations.LineValues(**line) for line in values.pop("lines")]
    return {"values": operations.RequestValues(**values), "lines": lines}


class Requests(ListView):
    """Requests that one sees; the company's own only for whoever sees all projects'."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.PURCHASE_REQUEST}
    model = PurchaseRequest
    serializer_class = PurchaseRequestOut
    filterset_class = RequestFilter

    def rows(self) -> QuerySet[PurchaseRequest]:
        return queries.requests(actor=self.actor)

    @extend_schema(request=PurchaseRequestIn, responses={201: PurchaseRequestDetailOut})
    def post(self, request: Request) -> Response:
        """Write a request, as a draft of one's own."""
        values = read(PurchaseRequestIn, request)
        project_id = values.pop("project_id")
        made = operations.create_request(
            actor=self.actor,
            project_id=project_id,
            now=self.now,
            today=self.today,
            **written(values),
        )
        return Response(detail(made), status=201)


def detail(record: PurchaseRequest) -> dict[str, Any]:
    shown: dict[str, Any] = PurchaseRequestDetailOut(record).data
    shown["lines"] = RequestLineOut(queries.lines_of(record), many=True).data
    return shown


class RequestView(ApiView):
    """Something of one request; answers the request with its lines."""

    def answer(self, request_id: int, status: int = 200) -> Response:
        record = queries.get_request(actor=self.actor, request_id=request_id)
        return Response(detail(record), status=status)


class RequestDetail(RequestView):
    actions = {"GET": Action.PURCHASE_VIEW, "PUT": Action.PURCHASE_REQUEST}

    @extend_schema(responses=PurchaseRequestDetailOut)
    def get(self, request: Request, request_id: int) -> Response:
        """Give one request with its lines."""
        return self.answer(request_id)

    @extend_schema(request=PurchaseRequestChangeIn, responses=PurchaseRequestDetailOut)
    def put(self, request: Request, request_id: int) -> Response:
        """Write a draft of one's own anew; lines that are left out are removed."""
        values = read(PurchaseRequestChangeIn, request)
        operations.change_request(
            actor=self.actor, request_id=request_id, now=self.now, **written(values)
        )
        return self.answer(request_id)


class RequestSubmission(RequestView):
    actions = {"POST": Action.PURCHASE_REQUEST}

    @extend_schema(request=RequestSubmitIn, responses=PurchaseRequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Send a request to its approvers; of an emergency, the paper after the consent."""
        operations.submit_request(
            actor=self.actor, request_id=request_id, now=self.now, **read(RequestSubmitIn, request)
        )
        return self.answer(request_id)


class RequestConsent(RequestView):
    actions = {"POST": Action.PURCHASE_REQUEST}

    @extend_schema(request=RequestConsentIn, responses=PurchaseRequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Log a leader's consent to an emergency; it may be bought from now on."""
        operations.log_consent(
            actor=self.actor, request_id=request_id, now=self.now, **read(RequestConsentIn, request)
        )
        return self.answer(request_id)


class RequestReallocation(RequestView):
    actions = {"POST": Action.PURCHASE_VIEW}

    @extend_schema(request=RequestReallocationIn, responses=PurchaseRequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Write down what was found of existing goods; for who asks, keeps goods or buys."""
        operations.note_reallocation(
            actor=self.actor,
            request_id=request_id,
            now=self.now,
            **read(RequestReallocationIn, request),
        )
        return self.answer(request_id)


class RequestTakeBack(RequestView):
    actions = {"POST": Action.PURCHASE_REQUEST}

    @extend_schema(request=None, responses=PurchaseRequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Take a request out of approval; it is a draft again."""
        operations.take_back(actor=self.actor, request_id=request_id, now=self.now)
        return self.answer(request_id)


class RequestCopy(RequestView):
    actions = {"POST": Action.PURCHASE_REQUEST}

    @extend_schema(request=None, responses={201: PurchaseRequestDetailOut})
    def post(self, request: Request, request_id: int) -> Response:
        """Write a request like this one, as a draft of one's own."""
        made = operations.copy_request(
            actor=self.actor, request_id=request_id, now=self.now, today=self.today
        )
        return self.answer(made.pk, status=201)


class RequestCancellation(RequestView):
    actions = {"POST": Action.PURCHASE_REQUEST}

    @extend_schema(request=RequestCancelIn, responses=PurchaseRequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Give a request up for good, with what it binds of its budgets."""
        operations.cancel_request(
            actor=self.actor, request_id=request_id, now=self.now, **read(RequestCancelIn, request)
        )
        return self.answer(request_id)


class RequestGiveUp(RequestView):
    actions = {"POST": Action.PURCHASE_REQUEST}

    @extend_schema(request=RequestGiveUpIn, responses=PurchaseRequestDetailOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Do without what is left of lines; their budgets are free again."""
        operations.give_up_rest(
            actor=self.actor, request_id=request_id, now=self.now, **read(RequestGiveUpIn, request)
        )
        return self.answer(request_id)


class RequestObstacle(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=RequestObstacleIn, responses=RequestLineOut)
    def post(self, request: Request, request_line_id: int) -> Response:
        """Tell whoever asked that goods cannot be had as they were asked for."""
        line = operations.report_obstacle(
            actor=self.actor,
            line_id=request_line_id,
            now=self.now,
            **read(RequestObstacleIn, request),
        )
        return Response(RequestLineOut(line).data)


class RequestHistory(HistoryView):
    """What was done to a request and in its approval, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return queries.history(actor=self.actor, request_id=self.kwargs["request_id"])


class ToBuy(ApiView):
    actions = {"GET": Action.PURCHASE_BUY}
    query_class = PlaceMonthQuery

    @extend_schema(responses=GoodsToBuyOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer what is left to be bought by a month's round, the same goods together."""
        found = queries.to_buy_together(
            actor=self.actor,
            month=self.asked.get("month", self.today).replace(day=1),
            project_id=self.asked.get("project_id"),
        )
        return Response(GoodsToBuyOut(found, many=True).data)


class Splits(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}
    query_class = MonthQuery

    @extend_schema(responses=SplitPurchaseOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer where the same goods were asked for piecemeal in a month."""
        month = self.asked.get("month", self.today).replace(day=1)
        return Response(
            SplitPurchaseOut(queries.splits(actor=self.actor, month=month), many=True).data
        )


class Budgets(ListView):
    """Budgets, with what is bound, spent and left of them."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.BUDGET_SET}
    model = Budget
    serializer_class = PurchaseBudgetOut
    filterset_class = BudgetFilter

    def rows(self) -> QuerySet[Budget]:
        return queries.budgets(actor=self.actor)

    @extend_schema(request=PurchaseBudgetIn, responses={201: PurchaseBudgetOut})
    def post(self, request: Request) -> Response:
        """Set the budget of a project, or of the company itself, for a category and a year."""
        made = operations.set_budget(
            actor=self.actor, now=self.now, **read(PurchaseBudgetIn, request)
        )
        budget = queries.get_budget(actor=self.actor, budget_id=made.pk)
        return Response(PurchaseBudgetOut(budget).data, status=201)


_ONE = "purchase-requests/<int:request_id>/"

urlpatterns = [
    path("purchase-requests/", Requests.as_view()),
    path("purchase-requests/to-buy/", ToBuy.as_view()),
    path("purchase-requests/splits/", Splits.as_view()),
    path(_ONE, RequestDetail.as_view()),
    path(f"{_ONE}submit/", RequestSubmission.as_view()),
    path(f"{_ONE}consent/", RequestConsent.as_view()),
    path(f"{_ONE}reallocation/", RequestReallocation.as_view()),
    path(f"{_ONE}take-back/", RequestTakeBack.as_view()),
    path(f"{_ONE}copy/", RequestCopy.as_view()),
    path(f"{_ONE}cancel/", RequestCancellation.as_view()),
    path(f"{_ONE}give-up/", RequestGiveUp.as_view()),
    path("purchase-request-lines/<int:request_line_id>/obstacle/", RequestObstacle.as_view()),
    path(f"{_ONE}history/", RequestHistory.as_view()),
    path("purchase-budgets/", Budgets.as_view()),
]
