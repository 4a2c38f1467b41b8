"""The comparison of opened quotes for programs: its figures, scores, the award."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import AmountField, IdField, PriceField
from api.pdf import PDF, pdf_answer
from api.views import ApiView
from kernel.access import Action
from kernel.documents.printing import language_in_force
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import AwardState, Evaluator, Round, RoundState
from services.procurement.rounds.queries import comparison as sheets
from services.procurement.rounds.rules.awards import CRITERIA, FULL_SCORE
from services.procurement.rounds.rules.comparison import Comparison
from services.procurement.scorecards.queries import cooperation_of


class EvaluatorsIn(Body):
    """All who score; at least one besides who proposes the award."""

    user_ids = serializers.ListField(child=IdField(), min_length=1, max_length=50)


class MarkIn(Body):
    quote_id = IdField()
    criterion = serializers.ChoiceField(choices=CRITERIA)
    points = serializers.IntegerField(min_value=0, max_value=FULL_SCORE)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ScoresIn(Body):
    """One's own marks. With ``is_finished`` they count and are changed no more."""

    marks = serializers.ListField(child=MarkIn(), max_length=200)
    is_finished = serializers.BooleanField(default=False)


class AwardLineIn(Body):
    line_id = IdField()
    vendor_id = IdField()


class AwardIn(Body):
    """A vendor for every line of the round. ``reason`` is needed where it is not the cheapest."""

    lines = serializers.ListField(child=AwardLineIn(), min_length=1, max_length=500)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CellOut(serializers.Serializer[Any]):
    vendor_id = serializers.IntegerField()
    price = PriceField(allow_null=True, help_text="With tax; null where it is not offered.")
    change_percent = serializers.DecimalField(max_digits=9, decimal_places=1, allow_null=True)
    is_lowest = serializers.BooleanField()
    abnormal_percent = serializers.DecimalField(
        max_digits=9,
        decimal_places=1,
        allow_null=True,
        help_text="From the median of the others, where that is 30 per cent or more.",
    )


class ComparedLineOut(serializers.Serializer[Any]):
    line_id = serializers.IntegerField()
    position = serializers.IntegerField()
    name = serializers.CharField()
    spec = serializers.CharField()
    unit = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    last_price = PriceField(allow_null=True)
    agreed_price = PriceField(allow_null=True)
    cells = CellOut(many=True)


class PointsOut(serializers.Serializer[Any]):
    criterion = serializers.CharField()
    weight = serializers.IntegerField()
    points = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)


class CooperationOut(serializers.Serializer[Any]):
    """What the vendor did for the company before; of the last twelve months, but ``is_first``."""

    is_first = serializers.BooleanField(help_text="No order was ever sent to him.")
    orders = serializers.IntegerField()
    deliveries = serializers.IntegerField(help_text="Those for which a day was agreed.")
    on_time = serializers.IntegerField()
    lines = serializers.IntegerField(help_text="Lines of goods receipts.")
    lines_refused = serializers.IntegerField()
    disputes = serializers.IntegerField()
    disputes_settled = serializers.IntegerField()


class ComparedVendorOut(serializers.Serializer[Any]):
    vendor_id = serializers.IntegerField()
    vendor = serializers.CharField()
    quote_id = serializers.IntegerField()
    total = AmountField(help_text="Of what is offered, with tax and freight.")
    freight = AmountField()
    tax_percent = serializers.DecimalField(max_digits=5, decimal_places=2)
    delivery_days = serializers.IntegerField(allow_null=True)
    warranty_months = serializers.IntegerField(allow_null=True)
    payment_terms = serializers.CharField()
    asks_ahead = serializers.BooleanField(
        help_text="Whether the terms seem to ask for money before delivery."
    )
    cooperation = CooperationOut()
    valid_to = serializers.DateField(allow_null=True)
    missing = serializers.IntegerField(help_text="Lines that are not offered.")
    score = serializers.DecimalField(max_digits=6, decimal_places=2, allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    points = PointsOut(many=True)


class ComparisonOut(serializers.Serializer[Any]):
    round_id = serializers.IntegerField()
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=RoundState.choices)
    budget = AmountField(allow_null=True)
    recommended_vendor_id = serializers.IntegerField(allow_null=True)
    cheapest_vendor_id = serializers.IntegerField(allow_null=True)
    split_total = AmountField(allow_null=True)
    vendors = ComparedVendorOut(many=True)
    lines = ComparedLineOut(many=True)


class EvaluatorOut(serializers.ModelSerializer[Evaluator]):
    user_id = IdField(read_only=True)

    class Meta:
        model = Evaluator
        fields = ("user_id", "user_label", "done_at")
        read_only_fields = fields


class EvaluatorsOut(serializers.Serializer[Any]):
    evaluators = EvaluatorOut(many=True)


class AwardOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    round_id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AwardState.choices)
    is_split = serializers.BooleanField()
    total = AmountField()
    lowest_total = AmountField()
    reason = serializers.CharField()
    proposed_by_label = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class SecondRoundOut(serializers.Serializer[Any]):
    round_id = serializers.IntegerField(source="pk")
    number = serializers.CharField()


class ComparisonDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=ComparisonOut)
    def get(self, request: Request, round_id: int) -> Response:
        """Give the comparison sheet of an opened round."""
        found = queries.get_round(actor=self.actor, round_id=round_id)
        return Response(ComparisonOut(_told(found, sheets.comparison_of(found), self.today)).data)


class ComparisonPaper(ApiView):
    actions = {"POST": Action.PURCHASE_VIEW}

    @extend_schema(request=None, responses=PDF)
    def post(self, request: Request, round_id: int) -> HttpResponse:
        """Print the comparison for its evaluators to sign."""
        return pdf_answer(
            operations.print_comparison(
                actor=self.actor, round_id=round_id, language=language_in_force(), now=self.now
            )
        )


class Evaluators(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW, "PUT": Action.PURCHASE_BUY}

    @extend_schema(responses=EvaluatorsOut)
    def get(self, request: Request, round_id: int) -> Response:
        """Give who scores a round, and who has finished."""
        found = queries.get_round(actor=self.actor, round_id=round_id)
        return Response(EvaluatorsOut({"evaluators": sheets.evaluators_of(found)}).data)

    @extend_schema(request=EvaluatorsIn, responses=EvaluatorsOut)
    def put(self, request: Request, round_id: int) -> Response:
        """Say who scores an opened round; whoever has finished stays."""
        body = EvaluatorsIn(data=request.data)
        body.is_valid(raise_exception=True)
        named = operations.name_evaluators(
            actor=self.actor, round_id=round_id, now=self.now, **body.validated_data
        )
        return Response(EvaluatorsOut({"evaluators": named}).data)


class Scores(ApiView):
    actions = {"PUT": Action.QUOTE_EVALUATE}

    @extend_schema(request=ScoresIn, responses=EvaluatorOut)
    def put(self, request: Request, round_id: int) -> Response:
        """Keep one's own marks."""
        body = ScoresIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        evaluator = operations.score(
            actor=self.actor,
            round_id=round_id,
            marks={
                (mark["quote_id"], mark["criterion"]): (mark["points"], mark["note"])
                for mark in given["marks"]
            },
            is_finished=given["is_finished"],
            now=self.now,
        )
        return Response(EvaluatorOut(evaluator).data)


class Awards(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=AwardIn, responses={201: AwardOut})
    def post(self, request: Request, round_id: int) -> Response:
        """Propose the award of an evaluated round; it goes through the company's chain."""
        body = AwardIn(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        made = operations.propose_award(
            actor=self.actor,
            round_id=round_id,
            award={line["line_id"]: line["vendor_id"] for line in given["lines"]},
            reason=given["reason"],
            now=self.now,
            today=self.today,
        )
        return Response(AwardOut(made).data, status=201)


class SecondRound(ApiView):
    actions = {"POST": Action.PURCHASE_BUY}

    @extend_schema(request=None, responses={201: SecondRoundOut})
    def post(self, request: Request, round_id: int) -> Response:
        """Close an opened round and draft its second one."""
        made = operations.ask_second(
            actor=self.actor, round_id=round_id, now=self.now, today=self.today
        )
        return Response(SecondRoundOut(made).data, status=201)


def _told(found: Round, sheet: Comparison, today: date) -> dict[str, Any]:
    records = cooperation_of([column.bid.vendor_id for column in sheet.columns], today=today)
    return {
        "round_id": found.pk,
        "number": found.number,
        "state": found.state,
        "budget": sheet.budget,
        "recommended_vendor_id": sheet.best.bid.vendor_id if sheet.best else None,
        "cheapest_vendor_id": sheet.cheapest.bid.vendor_id if sheet.cheapest else None,
        "split_total": sheet.split.total if sheet.split else None,
        "vendors": [
            {
                "vendor_id": column.bid.vendor_id,
                "vendor": column.bid.vendor_name,
                "quote_id": column.bid.quote_id,
                "total": column.bid.total,
                "freight": column.bid.freight,
                "tax_percent": column.bid.tax_percent,
                "delivery_days": column.bid.delivery_days,
                "warranty_months": column.bid.warranty_months,
                "payment_terms": column.bid.payment_terms,
                "asks_ahead": column.bid.asks_ahead,
                "cooperation": records[column.bid.vendor_id],
                "valid_to": column.bid.valid_to,
                "missing": column.missing,
                "score": column.score,
                "rank": column.rank,
                "points": [
                    {"criterion": key, "weight": weight, "points": column.points[key]}
                    for key, weight in sheet.weights.items()
                ],
            }
            for column in sheet.columns
        ],
        "lines": [
            {
                "line_id": row.line.line_id,
                "position": row.line.position,
                "name": row.line.name,
                "spec": row.line.spec,
                "unit": row.line.unit,
                "quantity": row.line.quantity,
                "last_price": row.line.last_price,
                "agreed_price": row.line.agreed_price,
                "cells": [
                    {
                        "vendor_id": column.bid.vendor_id,
                        "price": cell.price,
                        "change_percent": cell.change,
                        "is_lowest": cell.is_lowest,
                        "abnormal_percent": cell.deviation,
                    }
                    for column, cell in zip(sheet.columns, row.cells, strict=True)
                ],
            }
            for row in sheet.rows
        ],
    }


urlpatterns = [
    path("quote-rounds/<int:round_id>/comparison/", ComparisonDetail.as_view()),
    path("quote-rounds/<int:round_id>/comparison/paper/", ComparisonPaper.as_view()),
    path("quote-rounds/<int:round_id>/evaluators/", Evaluators.as_view()),
    path("quote-rounds/<int:round_id>/scores/", Scores.as_view()),
    path("quote-rounds/<int:round_id>/awards/", Awards.as_view()),
    path("quote-rounds/<int:round_id>/second/", SecondRound.as_view()),
]
