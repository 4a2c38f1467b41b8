"""Imports for programs: upload and rehearse, match columns, commit, undo, the annotated table."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField
from api.filters import FilterSet, IdFilter
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.imports import messages, operations, queries
from kernel.imports.annotated import annotate
from kernel.imports.importer import importers
from kernel.imports.models import BatchState, ImportBatch, ImportProblem, Severity
from services.properties.models import MeterKind

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportIn(serializers.Serializer[Any]):
    """``usage_month`` (2026-10) and ``meter_kind`` are for meter readings only."""

    kind = serializers.ChoiceField(choices=())
    project_id = IdField()
    file = serializers.FileField()
    usage_month = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", required=False)
    meter_kind = serializers.ChoiceField(choices=MeterKind.choices, required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Offer the importers there are; the services register them when they are ready."""
        fields = super().get_fields()
        kinds = [(importer.kind, importer.kind) for importer in importers()]
        fields["kind"] = serializers.ChoiceField(choices=kinds)
        return fields

    def validate_file(self, value: Any) -> Any:
        if value.size > settings.IMPORT_MAX_BYTES:
            limit = {"limit_mb": settings.IMPORT_MAX_BYTES >> 20}
            raise serializers.ValidationError(messages.file_reason("file.too-large", limit))
        return value


class MappingIn(Body):
    """What is left out is found anew. Columns count from 0, the header's row from 1."""

    sheet = serializers.CharField(max_length=100, required=False, allow_blank=True)
    header_row = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    mapping = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=1000), required=False
    )
    remember = serializers.BooleanField(default=False)


class FieldOut(serializers.Serializer[Any]):
    """A column that an import knows: ``key`` is what ``mapping`` calls it."""

    key = serializers.CharField()
    name = serializers.CharField(source="label")
    is_required = serializers.BooleanField()


class KindOut(serializers.Serializer[Any]):
    kind = serializers.CharField()
    name = serializers.CharField()
    fields = FieldOut(many=True)  # type: ignore[assignment]


class ImportFilter(FilterSet):
    project_id = IdFilter()
    kind = filters.CharFilter(max_length=40)
    state = filters.ChoiceFilter(choices=BatchState.choices)

    class Meta:
        model = ImportBatch
        fields = ["project_id", "kind", "state"]


class ProblemFilter(FilterSet):
    severity = filters.ChoiceFilter(choices=Severity.choices)

    class Meta:
        model = ImportProblem
        fields = ["severity"]


class ImportOut(serializers.ModelSerializer[ImportBatch]):
    project_id = IdField(read_only=True)
    job_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = ImportBatch
        fields: ClassVar = [
            "id", "kind", "project_id", "file_name", "file_size", "sha256", "file_kind",
            "encoding", "sheet", "sheets", "header_rows", "columns", "mapping", "confidence",
            "options", "state", "counts", "failure_code", "job_id", "uploaded_by_label",
            "uploaded_at", "rehearsed_at", "committed_by_label", "committed_at",
            "undone_by_label", "undone_at",
        ]  # fmt: skip
        read_only_fields = fields


class ProblemOut(serializers.ModelSerializer[ImportProblem]):
    """Why a row is rejected or noted; ``reasons`` says it in every language."""

    reasons = serializers.SerializerMethodField()

    class Meta:
        model = ImportProblem
        fields: ClassVar = [
            "id", "row_number", "field", "code", "severity", "raw", "params", "reasons",
        ]  # fmt: skip
        read_only_fields = fields

    def get_reasons(self, problem: ImportProblem) -> dict[str, str]:
        return messages.reasons(problem.batch.kind, problem)


class Imports(ListView):
    """Imports that one may see."""

    actions = {"GET": Action.REGISTRY_VIEW, "POST": Action.REGISTRY_VIEW}
    model = ImportBatch
    serializer_class = ImportOut
    filterset_class = ImportFilter
    parser_classes = (MultiPartParser,)

    def rows(self) -> QuerySet[ImportBatch]:
        return queries.batches(actor=self.actor).order_by("pk")

    @extend_schema(
        request={"multipart/form-data": ImportIn}, responses={201: ImportOut, 413: None, 415: None}
    )
    def post(self, request: Request) -> Response:
        """Upload a file and rehearse it. Nothing is written but the import itself."""
        body = ImportIn(data=request.data)
        body.is_valid(raise_exception=True)
        data = dict(body.validated_data)
        file = data.pop("file")
        batch = operations.upload(
            actor=self.actor,
            kind=data.pop("kind"),
            project_id=data.pop("project_id"),
            file_name=file.name,
            content=file.read(),
            options=data,
            now=self.now,
        )
        return Response(ImportOut(batch).data, status=201)


class Kinds(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}

    @extend_schema(responses=KindOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer what can be imported, and the columns of each kind."""
        return Response(KindOut(importers(), many=True).data)


class ImportDetail(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}

    @extend_schema(responses=ImportOut)
    def get(self, request: Request, batch_id: int) -> Response:
        """Give one import: its columns, its counts, how far it is."""
        return Response(ImportOut(queries.get_batch(actor=self.actor, batch_id=batch_id)).data)


class Problems(ListView):
    """Why rows are rejected or noted, row by row."""

    actions = {"GET": Action.REGISTRY_VIEW}
    model = ImportProblem
    serializer_class = ProblemOut
    filterset_class = ProblemFilter

    def rows(self) -> QuerySet[ImportProblem]:
        batch = queries.get_batch(actor=self.actor, batch_id=self.kwargs["batch_id"])
        return queries.problems(batch=batch).select_related("batch").order_by("pk")


class Mapping(ApiView):
    actions = {"POST": Action.REGISTRY_VIEW}

    @extend_schema(request=MappingIn, responses=ImportOut)
    def post(self, request: Request, batch_id: int) -> Response:
        """Choose sheet, header row and columns, and rehearse again."""
        body = MappingIn(data=request.data)
        body.is_valid(raise_exception=True)
        chosen = dict(body.validated_data)
        remembers = chosen.pop("remember")
        batch = operations.rehearse(actor=self.actor, batch_id=batch_id, now=self.now, **chosen)
        if remembers:
            operations.save_mapping(actor=self.actor, batch_id=batch_id, now=self.now)
        return Response(ImportOut(batch).data)


class Commit(ApiView):
    actions = {"POST": Action.REGISTRY_VIEW}

    @extend_schema(request=None, responses=ImportOut)
    def post(self, request: Request, batch_id: int) -> Response:
        """Import what the rehearsal showed. Repeating it changes nothing."""
        batch = operations.commit(actor=self.actor, batch_id=batch_id, now=self.now)
        return Response(ImportOut(batch).data)


class Undo(ApiView):
    actions = {"POST": Action.REGISTRY_VIEW}

    @extend_schema(request=None, responses=ImportOut)
    def post(self, request: Request, batch_id: int) -> Response:
        """Take the whole import back while nothing depends on it."""
        batch = operations.undo(actor=self.actor, batch_id=batch_id, now=self.now)
        return Response(ImportOut(batch).data)


class Annotated(ApiView):
    actions = {"GET": Action.REGISTRY_VIEW}

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    def get(self, request: Request, batch_id: int) -> HttpResponse:
        """Give the table with the reasons beside its rows, as xlsx."""
        batch = queries.get_batch(actor=self.actor, batch_id=batch_id)
        response = HttpResponse(annotate(batch), content_type=XLSX)
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=f"{batch.file_name}.xlsx"
        )
        return response


urlpatterns = [
    path("imports/", Imports.as_view()),
    path("imports/kinds/", Kinds.as_view()),
    path("imports/<int:batch_id>/", ImportDetail.as_view()),
    path("imports/<int:batch_id>/problems/", Problems.as_view()),
    path("imports/<int:batch_id>/mapping/", Mapping.as_view()),
    path("imports/<int:batch_id>/commit/", Commit.as_view()),
    path("imports/<int:batch_id>/undo/", Undo.as_view()),
    path("imports/<int:batch_id>/annotated/", Annotated.as_view()),
]
