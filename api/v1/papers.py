"""Numbering and print templates for programs."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField
from api.pdf import PDF, pdf_answer
from api.views import ApiView
from kernel.access import Action
from kernel.documents.numbers import change_pattern
from kernel.documents.numbers import queries as numbers
from kernel.documents.printing import operations, queries
from kernel.documents.printing.markup import LONGEST_TEMPLATE
from services.properties import queries as registry


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
    """``origin`` says whose template ``body`` is; ``version`` counts the changes in this place."""

    paper = serializers.CharField(source="kind.key")
    name = serializers.CharField(source="kind.name")
    language = serializers.CharField()
    project_id = IdField(allow_null=True)
    version = serializers.IntegerField()
    origin = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in queries.TemplateOrigin]
    )
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
    def get(self, request: Request, project_id: int | None = None) -> Response:
        """Answer the template in force of every paper in every language."""
        require_project(self, project_id)
        found = queries.templates(actor=self.actor, project_id=project_id)
        return Response(TemplateOut(found, many=True).data)


class TemplateView(ApiView):
    """Answers the template in force of the paper in its address, in a project or the company."""

    def answer(self, paper: str, language: str, project_id: int | None) -> Response:
        found = queries.get_template(
            actor=self.actor, kind=paper, language=language, project_id=project_id
        )
        return Response(TemplateOut(found).data)


class TemplateDetail(TemplateView):
    actions = {"GET": Action.COMPANY_CONFIGURE, "PUT": Action.COMPANY_CONFIGURE}

    @extend_schema(responses=TemplateOut)
    def get(
        self, request: Request, paper: str, language: str, project_id: int | None = None
    ) -> Response:
        """Give the template in force of one paper."""
        require_project(self, project_id)
        return self.answer(paper, language, project_id)

    @extend_schema(request=TemplateIn, responses=TemplateOut)
    def put(
        self, request: Request, paper: str, language: str, project_id: int | None = None
    ) -> Response:
        """Keep a template of a paper, in force from now on in the company or in the project."""
        body = TemplateIn(data=request.data)
        body.is_valid(raise_exception=True)
        require_project(self, project_id)
        operations.save_template(
            actor=self.actor,
            kind=paper,
            language=language,
            project_id=project_id,
            now=self.now,
            **body.validated_data,
        )
        return self.answer(paper, language, project_id)


class TemplateReset(TemplateView):
    actions = {"POST": Action.COMPANY_CONFIGURE}

    @extend_schema(request=ResetIn, responses=TemplateOut)
    def post(
        self, request: Request, paper: str, language: str, project_id: int | None = None
    ) -> Response:
        """Let a project's template give way to the company's, or this one to the standard."""
        body = ResetIn(data=request.data)
        body.is_valid(raise_exception=True)
        require_project(self, project_id)
        operations.reset_template(
            actor=self.actor,
            kind=paper,
            language=language,
            project_id=project_id,
            now=self.now,
            **body.validated_data,
        )
        return self.answer(paper, language, project_id)


class TemplatePreview(ApiView):
    actions = {"POST": Action.COMPANY_CONFIGURE}

    @extend_schema(request=PreviewIn, responses=PDF)
    def post(
        self, request: Request, paper: str, language: str, project_id: int | None = None
    ) -> HttpResponse:
        """Print a paper with sample values by a template that is not kept."""
        body = PreviewIn(data=request.data)
        body.is_valid(raise_exception=True)
        require_project(self, project_id)
        pdf = operations.preview(
            actor=self.actor,
            kind=paper,
            language=language,
            body=body.validated_data["body"],
            project_id=project_id,
        )
        return pdf_answer(pdf)


def require_project(view: ApiView, project_id: int | None) -> None:
    """Return if the project of the address is one that the actor sees. :raises NotFound: if not."""
    if project_id is not None:
        registry.get_project(
            actor=view.actor, project_id=project_id, action=Action.COMPANY_CONFIGURE
        )


_TEMPLATE = "print-templates/<str:paper>/<str:language>/"
_IN_PROJECT = "projects/<int:project_id>/"
urlpatterns = [
    path("number-series/", AllSeries.as_view()),
    path("number-series/<str:series>/", SeriesPattern.as_view()),
    *(
        path(f"{place}{address}", view.as_view())
        for place in ("", _IN_PROJECT)
        for address, view in (
            ("print-templates/", Templates),
            (_TEMPLATE, TemplateDetail),
            (f"{_TEMPLATE}reset/", TemplateReset),
            (f"{_TEMPLATE}preview/", TemplatePreview),
        )
    ),
]
