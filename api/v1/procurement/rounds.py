"""Rounds of quotes for programs of the buyer: draft, publish, amend, answer, cancel, the minutes.

Before the opening a round tells how many have quoted, never who. It is opened by two people with
their passphrases, in the browser: no program does it.
"""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField, PriceField
from api.filters import FilterSet, IdFilter
from api.history import HistoryView
from api.v1.procurement.requests import CountField, read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import (
    Amendment,
    Opening,
    Question,
    Round,
    RoundLine,
    RoundSource,
    RoundState,
)
from services.procurement.rounds.rules.drafts import MAX_LINES, MAX_VENDORS, Draft, Line


class RoundSourceIn(Body):
    """How much of a line is for which line of a purchase request."""

    request_line_id = IdField()
    quantity = CountField()


class RoundLineIn(Body):
    """What is asked for. With ``sources`` they are the quantity together."""

    item_id = IdField(required=False, allow_null=True, default=None)
    name = serializers.CharField(max_length=100)
    spec = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    unit = serializers.CharField(max_length=10)
    quantity = CountField()
    sources = serializers.ListField(
        child=RoundSourceIn(), required=False, default=list, max_length=MAX_LINES
    )


class QuoteRoundIn(Body):
    """A draft; what is missing is asked for when it is published.

    ``weights``: points by criterion, a hundred together. ``project_id`` is left out for several
    projects, or the company.
    """

    title = serializers.CharField(max_length=100)
    project_id = IdField(required=False, allow_null=True, default=None)
    lines = serializers.ListField(
        child=RoundLineIn(), required=False, default=list, max_length=MAX_LINES
    )
    vendor_ids = serializers.ListField(
        child=IdField(), required=False, default=list, max_length=MAX_VENDORS
    )
    weights = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100), required=False, default=dict
    )
    paper_kind_ids = serializers.ListField(
        child=IdField(), required=False, default=list, max_length=50
    )
    tax_percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    needed_on = serializers.DateField(required=False, allow_null=True, default=None)
    terms = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    closes_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class QuoteRoundChangeIn(QuoteRoundIn):
    """``version``: of the draft that is changed."""

    version = serializers.IntegerField(min_value=1)


class RoundPublishIn(Body):
    """Who opens the round on each side; left out, all who may, as evenly as posts can be."""

    first_side = serializers.ListField(child=IdField(), required=False, allow_null=True)
    second_side = serializers.ListField(child=IdField(), required=False, allow_null=True)


class RoundCancelIn(Body):
    reason = serializers.CharField(max_length=300)


class RoundAmendIn(Body):
    """``closes_at``: a later deadline; left out, it stays."""

    text = serializers.CharField(max_length=2000)
    closes_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class AnswerIn(Body):
    text = serializers.CharField(max_length=2000)


class QuoteRoundOut(serializers.ModelSerializer[Round]):
    """``answered_count``: how many have quoted; who has is told by nobody before the opening."""

    project_id = IdField(read_only=True, allow_null=True)
    invited_count = serializers.IntegerField(read_only=True, allow_null=True)
    answered_count = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Round
        fields: ClassVar = [
            "id", "number", "title", "project_id", "state", "place", "needed_on", "terms",
            "weights", "tax_percent", "closes_at", "published_at", "version", "fewer_reason",
            "is_fewer_allowed", "created_by", "created_by_label", "created_at", "cancelled_at",
            "cancel_reason", "invited_count", "answered_count",
        ]  # fmt: skip
        read_only_fields = fields


class RoundSourceOut(serializers.ModelSerializer[RoundSource]):
    request_line_id = IdField(read_only=True)
    quantity = CountField(read_only=True)

    class Meta:
        model = RoundSource
        fields: ClassVar = ["request_line_id", "quantity"]
        read_only_fields = fields


class QuoteRoundLineOut(serializers.ModelSerializer[RoundLine]):
    item_id = IdField(read_only=True, allow_null=True)
    quantity = CountField(read_only=True)
    last_price = PriceField(read_only=True, allow_null=True)
    sources = RoundSourceOut(many=True, read_only=True)

    class Meta:
        model = RoundLine
        fields: ClassVar = [
            "id", "position", "item_id", "name", "spec", "unit", "quantity", "last_price",
            "sources",
        ]  # fmt: skip
        read_only_fields = fields


class RoundQuestionOut(serializers.ModelSerializer[Question]):
    """Who asked is not told."""

    class Meta:
        model = Question
        fields: ClassVar = ["id", "text", "asked_at", "answer", "answered_by_label", "answered_at"]
        read_only_fields = fields


class RoundAmendmentOut(serializers.ModelSerializer[Amendment]):
    class Meta:
        model = Amendment
        fields: ClassVar = [
            "number", "text", "closes_before", "closes_after", "made_by_label", "made_at",
        ]  # fmt: skip
        read_only_fields = fields


class QuoteRoundDetailOut(QuoteRoundOut):
    lines = QuoteRoundLineOut(many=True, read_only=True)
    vendor_ids = serializers.ListField(child=IdField(), read_only=True)
    paper_kind_ids = serializers.ListField(child=IdField(), read_only=True)
    questions = RoundQuestionOut(many=True, read_only=True)
    amendments = RoundAmendmentOut(many=True, read_only=True)

    class Meta(QuoteRoundOut.Meta):
        fields: ClassVar = [
            *QuoteRoundOut.Meta.fields,
            "lines",
            "vendor_ids",
            "paper_kind_ids",
            "questions",
            "amendments",
        ]
        read_only_fields = fields


class MinutesOut(serializers.ModelSerializer[Opening]):
    """Who released the key, what became of each vendor's quote with its receipt, who was late."""

    class Meta:
        model = Opening
        fields: ClassVar = ["opened_at", "minutes"]
        read_only_fields = fields


class RemindedOut(serializers.Serializer[Any]):
    """How many vendors were reminded; which is not told."""

    count = serializers.IntegerField()


class RoundFilter(FilterSet):
    project_id = IdFilter()
    state = filters.ChoiceFilter(choices=RoundState.choices)

    class Meta:
        model = Round
        fields: ClassVar = ["project_id", "state"]


def draft_of(values: dict[str, Any]) -> Draft:
    """Return a body as the operations take it."""
    lines = [
        Line(
            **{
                **line,
                "sources": {one["request_line_id"]: one["quantity"] for one in line["sources"]},
            }
        )
        for line in values.pop("lines")
    ]
    return Draft(lines=lines, **values)


class Rounds(ListView):
    """Rounds that one sees; those of no project only for whoever sees all projects'."""

    actions = {"GET": Action.PURCHASE_VIEW, "POST": Action.PURCHASE_BUY}
    model = Round
    serializer_class = QuoteRoundOut
    filterset_class = RoundFilter

    def rows(self) -> QuerySet[Round]:
        return queries.rounds(actor=self.actor)

    @extend_schema(request=QuoteRoundIn, responses={201: QuoteRoundDetailOut})
    def post(self, request: Request) -> Response:
        """Draft a round; what it takes of requests is bound for it."""
        made = operations.create_round(
            actor=self.actor,
            draft=draft_of(read(QuoteRoundIn, request)),
            now=self.now,
            today=self.today,
        )
        return Response(detail(queries.get_round(actor=self.actor, round_id=made.pk)), status=201)


def detail(record: Round) -> dict[str, Any]:
    shown: dict[str, Any] = QuoteRoundOut(record).data
    lines = record.lines.prefetch_related("sources").order_by("position")
    return {
        **shown,
        "lines": QuoteRoundLineOut(lines, many=True).data,
        "vendor_ids": list(
            record.invitations.order_by("vendor_id").values_list("vendor_id", flat=True)
        ),
        "paper_kind_ids": list(record.paper_kinds.order_by("pk").values_list("pk", flat=True)),
        "questions": RoundQuestionOut(queries.questions_of(record.pk), many=True).data,
        "amendments": RoundAmendmentOut(record.amendments.order_by("number"), many=True).data,
    }


class RoundView(ApiView):
    """Something of one round; answers the round."""

    def answer(self, round_id: int) -> Response:
        return Response(detail(queries.get_round(actor=self.actor, round_id=round_id)))


class RoundDetail(RoundView):
    actions = {"GET": Action.PURCHASE_VIEW, "PUT": Action.PURCHASE_BUY}

    @extend_schema(responses=QuoteRoundDetailOut)
    def get(self, request: Request, round_id: int) -> Response:
        """Give one round with its lines, questions and amendments."""
        return self.answer(round_id)

    @extend_schema(request=QuoteRoundChangeIn, responses=QuoteRoundDetailOut)
    def put(self, request: Request, round_id: int) -> Response:
        """Write a draft anew; what it bound before is free again first."""
        values = read(QuoteRoundChangeIn, request)
        version = values.pop("version")
        operations.save_draft(
            actor=self.actor,
            round_id=round_id,
            draft=draft_of(values),
            version=version,
            now=self.now,
        )
        return self.answer(round_id)


class RoundPublication(RoundView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=RoundPublishIn, responses=QuoteRoundDetailOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Publish a draft: invite its vendors, and entrust its key to two sides."""
        values = read(RoundPublishIn, request)
        first, second = values.get("first_side"), values.get("second_side")
        chosen = None if first is None and second is None else [first or [], second or []]
        operations.publish(
            actor=self.actor,
            round_id=round_id,
            opener_ids=chosen,
            now=self.now,
            today=self.today,
        )
        return self.answer(round_id)


class RoundCancellation(RoundView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=RoundCancelIn, responses=QuoteRoundDetailOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Give a round up before its award; its vendors are told."""
        operations.cancel(
            actor=self.actor, round_id=round_id, now=self.now, **read(RoundCancelIn, request)
        )
        return self.answer(round_id)


class RoundAmendments(RoundView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=RoundAmendIn, responses=QuoteRoundDetailOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Tell all who are invited of a change, with a later deadline if one is given."""
        operations.amend(
            actor=self.actor, round_id=round_id, now=self.now, **read(RoundAmendIn, request)
        )
        return self.answer(round_id)


class RoundReminder(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses=RemindedOut)
    def post(self, request: Request, round_id: int) -> Response:
        """Remind those who have neither quoted nor declined."""
        count = operations.remind(actor=self.actor, round_id=round_id, now=self.now)
        return Response({"count": count})


class RoundMinutes(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=MinutesOut)
    def get(self, request: Request, round_id: int) -> Response:
        """Give the minutes of the opening; there are none before it."""
        quote_round = queries.get_round(actor=self.actor, round_id=round_id)
        return Response(MinutesOut(queries.opening_of(quote_round)).data)


class RoundHistory(HistoryView):
    """What was done to a round and in its approval, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return queries.history(actor=self.actor, round_id=self.kwargs["round_id"])


class QuestionAnswer(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=AnswerIn, responses=RoundQuestionOut)
    def post(self, request: Request, question_id: int) -> Response:
        """Answer a question; all who are invited are told, without who asked."""
        question = operations.answer(
            actor=self.actor, question_id=question_id, now=self.now, **read(AnswerIn, request)
        )
        return Response(RoundQuestionOut(question).data)


_ONE = "quote-rounds/<int:round_id>/"

urlpatterns = [
    path("quote-rounds/", Rounds.as_view()),
    path("quote-rounds/questions/<int:question_id>/answer/", QuestionAnswer.as_view()),
    path(_ONE, RoundDetail.as_view()),
    path(f"{_ONE}publish/", RoundPublication.as_view()),
    path(f"{_ONE}cancel/", RoundCancellation.as_view()),
    path(f"{_ONE}amendments/", RoundAmendments.as_view()),
    path(f"{_ONE}reminder/", RoundReminder.as_view()),
    path(f"{_ONE}minutes/", RoundMinutes.as_view()),
    path(f"{_ONE}history/", RoundHistory.as_view()),
]
