"""How well buying goes, for programs: the figures of a month (KPI-27)."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.procurement.requests import PlaceMonthQuery
from api.views import ApiView
from kernel.access import Action
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


urlpatterns = [path("purchase-figures/", PurchaseFigures.as_view())]
