"""Batches of papers: asked for, made in the background, fetched as one PDF. One's own only."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body
from api.fields import IdField
from api.pdf import PDF, pdf_answer
from api.views import ListView, PersonalView
from kernel.documents.batches import operations, queries
from kernel.documents.models import BatchPaper, PrintBatch
from kernel.documents.printing import language_in_force


class PrintBatchIn(Body):
    """``object_ids`` are of receipts or, for payment notices, of households, in print's order."""

    kind = serializers.ChoiceField(
        choices=[("receipts", "receipts"), ("payment-notices", "payment-notices")]
    )
    project_id = IdField()
    object_ids = serializers.ListField(
        child=IdField(), min_length=1, max_length=operations.MOST_PAPERS
    )


class PrintBatchOut(serializers.ModelSerializer[PrintBatch]):
    """``ready_at`` is there once the file can be fetched; ``job_id`` tells how far it is."""

    project_id = IdField(read_only=True)
    job_id = IdField(read_only=True, allow_null=True)
    paper_count = serializers.IntegerField(read_only=True)
    done_count = serializers.IntegerField(read_only=True)
    refused_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = PrintBatch
        fields: ClassVar = [
            "id", "kind", "project_id", "language", "asked_at", "job_id", "paper_count",
            "done_count", "refused_count", "ready_at", "expires_at", "file_size",
        ]  # fmt: skip
        read_only_fields = fields


class BatchPaperOut(serializers.ModelSerializer[BatchPaper]):
    """``refusal`` says why a paper could not be made."""

    object_id = IdField(read_only=True)

    class Meta:
        model = BatchPaper
        fields = ("object_id", "state", "label", "refusal")
        read_only_fields = fields


class PrintBatchDetailOut(PrintBatchOut):
    is_active = serializers.BooleanField(read_only=True)
    papers = BatchPaperOut(many=True, read_only=True)

    class Meta(PrintBatchOut.Meta):
        fields: ClassVar = [*PrintBatchOut.Meta.fields, "is_active", "papers"]
        read_only_fields = fields


class PrintBatches(PersonalView, ListView):
    """One's own batches, the newest first; they are kept for seven days."""

    actions = {"GET": None, "POST": None}
    model = PrintBatch
    serializer_class = PrintBatchOut
    ordering = "-id"

    def rows(self) -> QuerySet[PrintBatch]:
        return queries.batches(actor=self.actor, now=self.now)

    @extend_schema(request=PrintBatchIn, responses={202: PrintBatchDetailOut})
    def post(self, request: Request) -> Response:
        """Have papers made in the background; the same ones asked for twice are made once."""
        body = PrintBatchIn(data=request.data)
        body.is_valid(raise_exception=True)
        batch = operations.start_batch(
            actor=self.actor, language=language_in_force(), now=self.now, **body.validated_data
        )
        return Response(detail(self, batch.pk), status=202)


class PrintBatchDetail(PersonalView):
    actions = {"GET": None, "DELETE": None}

    @extend_schema(responses=PrintBatchDetailOut)
    def get(self, request: Request, print_id: int) -> Response:
        """Give one batch with each of its papers."""
        return Response(detail(self, print_id))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, print_id: int) -> Response:
        """Throw a batch away; the work on it stops. What was issued stays issued."""
        operations.throw_away(actor=self.actor, batch_id=print_id, now=self.now)
        return Response(status=204)


class PrintBatchContent(PersonalView):
    actions = {"POST": None}

    @extend_schema(request=None, responses=PDF)
    def post(self, request: Request, print_id: int) -> HttpResponse:
        """Hand out the papers in one PDF. A POST: that they were taken is written down."""
        batch, content = operations.fetch(actor=self.actor, batch_id=print_id, now=self.now)
        return pdf_answer(content, f"{batch.kind} {batch.asked_at:%Y-%m-%d}.pdf")


class PrintBatchGoOn(PersonalView):
    actions = {"POST": None}

    @extend_schema(request=None, responses={202: PrintBatchDetailOut})
    def post(self, request: Request, print_id: int) -> Response:
        """Make what is missing in a batch that was stopped or failed; nothing is made twice."""
        operations.go_on(actor=self.actor, batch_id=print_id, now=self.now)
        return Response(detail(self, print_id), status=202)


def detail(view: PersonalView, batch_id: int) -> Any:
    """Return a batch as its own endpoint gives it. :raises NotFound: if it is not the actor's."""
    standing = queries.get_standing(actor=view.actor, batch_id=batch_id, now=view.now)
    found: Any = standing.batch
    found.is_active = standing.is_active
    return PrintBatchDetailOut(found).data


_ONE = "print-batches/<int:print_id>/"
urlpatterns = [
    path("print-batches/", PrintBatches.as_view()),
    path(_ONE, PrintBatchDetail.as_view()),
    path(f"{_ONE}content/", PrintBatchContent.as_view()),
    path(f"{_ONE}go-on/", PrintBatchGoOn.as_view()),
]
