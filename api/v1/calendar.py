"""The working calendar: how each day counts, and the company's own exceptions."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Query
from api.filters import DayFilter, FilterSet
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.calendar import operations, queries
from kernel.calendar.models import CalendarException
from kernel.calendar.public_days import FIRST_YEAR, LAST_YEAR
from kernel.calendar.rules import DayOrigin


class YearQuery(Query):
    year = serializers.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR)


class DayOut(serializers.Serializer[Any]):
    """A day as it counts; ``origin`` says by what: the week, a public holiday, the company."""

    day = serializers.DateField()
    is_working = serializers.BooleanField()
    origin = serializers.ChoiceField(choices=[(one.value, one.value) for one in DayOrigin])
    name = serializers.CharField()


class ExceptionIn(Body):
    """One day, or with ``last_day`` several in a row."""

    first_day = serializers.DateField()
    last_day = serializers.DateField(required=False)
    is_working = serializers.BooleanField()
    name = serializers.CharField(max_length=60)


class ExceptionOut(serializers.ModelSerializer[CalendarException]):
    class Meta:
        model = CalendarException
        fields: ClassVar = ["id", "day", "is_working", "name", "set_by_label", "set_at"]
        read_only_fields = fields


class ExceptionFilter(FilterSet):
    first_day = DayFilter(field_name="day", lookup_expr="gte")
    last_day = DayFilter(field_name="day", lookup_expr="lte")

    class Meta:
        model = CalendarException
        fields = ["first_day", "last_day"]


class Days(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}
    query_class = YearQuery

    @extend_schema(responses=DayOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer every day of a year as it counts."""
        days = queries.days_of_year(actor=self.actor, year=self.asked["year"])
        return Response(DayOut(days, many=True).data)


class Exceptions(ListView):
    """The company's own working and rest days."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.COMPANY_CONFIGURE}
    model = CalendarException
    serializer_class = ExceptionOut
    filterset_class = ExceptionFilter

    def rows(self) -> QuerySet[CalendarException]:
        return queries.exceptions(actor=self.actor).order_by("pk")

    @extend_schema(request=ExceptionIn, responses={201: ExceptionOut(many=True)})
    def post(self, request: Request) -> Response:
        """Let the company work or rest on days; what it said of them before is replaced."""
        body = ExceptionIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = {"last_day": body.validated_data["first_day"], **body.validated_data}
        found = operations.set_days(actor=self.actor, now=self.now, **values)
        return Response(ExceptionOut(found, many=True).data, status=201)


class ExceptionDetail(ApiView):
    actions = {"DELETE": Action.COMPANY_CONFIGURE}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, exception_id: int) -> Response:
        """Take an exception back: the day counts again as weekday and public holidays say."""
        operations.remove_exception(actor=self.actor, exception_id=exception_id, now=self.now)
        return Response(status=204)


urlpatterns = [
    path("calendar/days/", Days.as_view()),
    path("calendar/exceptions/", Exceptions.as_view()),
    path("calendar/exceptions/<int:exception_id>/", ExceptionDetail.as_view()),
]
