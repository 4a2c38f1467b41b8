"""How well buying goes, for programs: a month's KPI-27, the log of emergencies, savings."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import AmountField, IdField
from api.filters import DayFilter, FilterSet, IdFilter
from api.v1.procurement.requests import PlaceMonthQuery, PurchaseRequestOut
from api.views import ApiView, ListView
from kernel.access import Action
from services.procurement.requests.models import PurchaseRequest, RequestState
from services.procurement.rounds.models import Award
from services.procurement.scorecards import buying


class PurchaseFigureOut(serializers.Serializer[Any]):
    key = serializers.ChoiceField(choices=["timely", "quotes", "backfills"])
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    percent = serializers.DecimalField(
        max_digits=4, decimal_places=1, allow_null=True, help_text="Null with nothing to judge."
    )


class PurchaseFiguresOut(serializers.Serializer[Any]):
    month = serializers.DateField()
    shares = PurchaseFigureOut(many=True)
    specially_allowed = serializers.IntegerField()


class PurchaseFigures(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}
    query_class = PlaceMonthQuery

    @extend_schema(responses=PurchaseFiguresOut)
    def get(self, request: Request) -> Response:
        """Answer what came in time, had enough quotes and was back-filled in time in a month."""
        found = buying.figures(
            actor=self.actor,
            month=self.asked.get("month", self.today).replace(day=1),
            project_id=self.asked.get("project_id"),
            now=self.now,
        )
        return Response(PurchaseFiguresOut(found).data)


class EmergencyOut(PurchaseRequestOut):
    """``amount`` was consented to, ``cost`` is what its orders come to."""

    consenter_label = serializers.CharField(read_only=True, allow_null=True)
    consented_at = serializers.DateTimeField(read_only=True, allow_null=True)
    means = serializers.CharField(read_only=True, allow_null=True)
    backfill_due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    backfilled_at = serializers.DateTimeField(read_only=True, allow_null=True)
    cost = AmountField(read_only=True)

    class Meta(PurchaseRequestOut.Meta):
        fields: ClassVar = [
            *PurchaseRequestOut.Meta.fields, "consenter_label", "consented_at", "means",
            "backfill_due_at", "backfilled_at", "cost",
        ]  # fmt: skip
        read_only_fields = fields


class EmergencyFilter(FilterSet):
    state = filters.ChoiceFilter(choices=RequestState.choices)
    project_id = IdFilter()
    month = DayFilter(field_name="purchase_month")

    class Meta:
        model = PurchaseRequest
        fields: ClassVar = ["state", "project_id", "month"]


class Emergencies(ListView):
    """What was bought on a leader's word: who consented, when, and when the paper came."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = PurchaseRequest
    serializer_class = EmergencyOut
    filterset_class = EmergencyFilter

    def rows(self) -> QuerySet[PurchaseRequest]:
        return buying.emergencies(actor=self.actor)


class AwardSavingOut(serializers.ModelSerializer[Award]):
    """Amounts with tax; below zero it cost more. Null where nothing is there to compare with."""

    award_id = IdField(source="id", read_only=True)
    round_id = IdField(read_only=True)
    round = serializers.CharField(source="round.number", read_only=True)
    project_id = IdField(source="round.project_id", read_only=True, allow_null=True)
    total = AmountField(read_only=True, help_text="Of the award, with its freight.")
    estimate = AmountField(read_only=True, allow_null=True)
    saved = AmountField(read_only=True, allow_null=True)
    last_amount = AmountField(
        read_only=True, allow_null=True, help_text="What was bought before, at its last price."
    )
    saved_on_last = AmountField(read_only=True, allow_null=True)
    dearest = AmountField(read_only=True, allow_null=True, help_text="The dearest complete quote.")

    class Meta:
        model = Award
        fields: ClassVar = [
            "award_id", "round_id", "round", "project_id", "proposed_by_label", "decided_at",
            "total", "estimate", "saved", "last_amount", "saved_on_last", "dearest", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class AwardSavingFilter(FilterSet):
    round_id = IdFilter()
    project_id = IdFilter(field_name="round__project_id")

    class Meta:
        model = Award
        fields: ClassVar = ["round_id", "project_id"]


class AwardSavings(ListView):
    """What awards in force cost against estimates, last prices and the dearest quotes."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = Award
    serializer_class = AwardSavingOut
    filterset_class = AwardSavingFilter

    def rows(self) -> QuerySet[Award]:
        return buying.savings(actor=self.actor)


urlpatterns = [
    path("purchase-figures/", PurchaseFigures.as_view()),
    path("purchase-emergencies/", Emergencies.as_view()),
    path("award-savings/", AwardSavings.as_view()),
]
