"""Numbering and print templates for programs."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.views import ApiView
from kernel.access import Action
from kernel.documents.numbers import change_pattern
from kernel.documents.numbers import queries as numbers
from kernel.documents.printing import operations, queries
from kernel.documents.printing.markup import LONGEST_TEMPLATE


class PatternIn(Body):
    """``seen`` is the pattern that was read: nobody's change is overwritten."""

    pattern = serializers.CharField(max_length=60)
    seen = serializers.CharField(max_length=60)


class SeriesOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    pattern = serializers.CharField()
    standard_pattern = serializers.CharField()
    is_gapless = serializers.BooleanField()
    tokens = serializers.ListField(child=serializers.CharField())
    issued_count = serializers.IntegerField()
    latest = serializers.CharField(allow_blank=True)
    example = serializers.CharField()


class TemplateIn(Body):
    """``seen_version`` is the version that was read: nobody's change is overwritten."""

    body = serializers.CharField(max_length=LONGEST_TEMPLATE, trim_whitespace=False)
    seen_version = serializers.IntegerField(min_value=0)


class PreviewIn(Body):
    body = serializers.CharField(max_length=LONGEST_TEMPLATE, trim_whitespace=False)


class ResetIn(Body):
    seen_version = serializers.IntegerField(min_value=0)


class TemplateOut(serializers.Serializer[Any]):
    """``version`` is 0 while the template was never changed."""

    paper = serializers.CharField(source="kind.key")
    name = serializers.CharField(source="kind.name")
    language = serializers.CharField()
    version = serializers.IntegerField()
    is_standard = serializers.BooleanField()
    body = serializers.CharField()


class AllSeries(ApiView):
    actions = {"GET": Action.COMPANY_CONFIGURE}

    @extend_schema(responses=SeriesOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer every series of numbers with its pattern in force."""
        found = numbers.series_in_force(actor=self.actor, today=self.today)
        return Response(SeriesOut(found, many=True).data)


class SeriesPattern(ApiView):
    actions = {"PUT": Action.COMPANY_CONFIGURE}

    @extend_schema(request=PatternIn, responses=SeriesOut)
    def put(self, request: Request, series: str) -> Response:
        """Give a series another pattern, unless it could repeat a number."""
        body = PatternIn(data=request.data)
        body.is_valid(raise_exception=True)
        change_pattern(actor=self.actor, series=series, now=self.now, **body.validated_data)
        found = numbers.get_series(actor=self.actor, key=series, today=self.today)
        return Response(SeriesOut(found).data)


class Templates(ApiView):
    actions = {"GET": Action.COMPANY_CONFIGURE}

    @extend_schema(responses=TemplateOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer the template in force of every paper in every language."""
        return Response(TemplateOut(queries.templates(actor=self.actor), many=True).data)


class TemplateView(ApiView):
    """Answers the template in force of the paper in its address."""

    def answer(self, paper: str, language: str) -> Response:
        found = queries.get_template(actor=self.actor, kind=paper, language=language)
        return Response(TemplateOut(found).data)


class TemplateDetail(TemplateView):
    actions = {"GET": Action.COMPANY_CONFIGURE, "PUT": Action.COMPANY_CONFIGURE}

    @extend_schema(responses=TemplateOut)
    def get(self, request: Request, paper: str, language: str) -> Response:
        """Give the template in force of one paper."""
        return self.answer(paper, language)

    @extend_schema(request=TemplateIn, responses=TemplateOut)
    def put(self, request: Request, paper: str, language: str) -> Response:
        """Keep the company's own template of a paper, in force from now on."""
        body = TemplateIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.save_template(
            actor=self.actor, kind=paper, language=language, now=self.now, **body.validated_data
        )
        return self.answer(paper, language)


class TemplateReset(TemplateView):
    actions = {"POST": Action.COMPANY_CONFIGURE}

    @extend_schema(request=ResetIn, responses=TemplateOut)
    def post(self, request: Request, paper: str, language: str) -> Response:
        """Put the standard template of a paper back."""
        body = ResetIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.reset_template(
            actor=self.actor, kind=paper, language=language, now=self.now, **body.validated_data
        )
        return self.answer(paper, language)


class TemplatePreview(ApiView):
    actions = {"POST": Action.COMPANY_CONFIGURE}

    @extend_schema(request=PreviewIn, responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def post(self, request: Request, paper: str, language: str) -> HttpResponse:
        """Print a paper with sample values by a template that is not kept."""
        body = PreviewIn(data=request.data)
        body.is_valid(raise_exception=True)
        pdf = operations.preview(
            actor=self.actor, kind=paper, language=language, body=body.validated_data["body"]
        )
        return HttpResponse(pdf, content_type="application/pdf")


urlpatterns = [
    path("number-series/", AllSeries.as_view()),
    path("number-series/<str:series>/", SeriesPattern.as_view()),
    path("print-templates/", Templates.as_view()),
    path("print-templates/<str:paper>/<str:language>/", TemplateDetail.as_view()),
    path("print-templates/<str:paper>/<str:language>/reset/", TemplateReset.as_view()),
    path("print-templates/<str:paper>/<str:language>/preview/", TemplatePreview.as_view()),
]
