"""Files on records, for programs: list, add, read, withdraw."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Body, Query
from api.fields import IdField
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.documents import carriers, operations, queries
from kernel.documents.models import Attachment


class FilesOf(Query):
    """``properties.household`` and the household's id; its withdrawn files are in the list too."""

    subject_type = serializers.CharField(max_length=60)
    subject_id = IdField()


class FileIn(serializers.Serializer[Any]):
    """``kind`` says what the file is to the record, in the record's own words."""

    subject_type = serializers.CharField(max_length=60)
    subject_id = IdField()
    file = serializers.FileField()
    kind = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    is_secret = serializers.BooleanField(required=False, default=False)


class FileWithdrawalIn(Body):
    reason = serializers.CharField(max_length=200)


class FileOut(serializers.ModelSerializer[Attachment]):
    subject_id = IdField(read_only=True)
    project_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = Attachment
        fields: ClassVar = [
            "id", "subject_type", "subject_id", "project_id", "kind", "name", "content_type",
            "size_bytes", "sha256", "is_secret", "is_scanned", "added_by_label", "added_at",
            "withdrawn_at", "withdrawn_by_label", "withdrawal_reason",
        ]  # fmt: skip
        read_only_fields = fields


class Files(ListView):
    """The files of one record, in the order they came."""

    actions = {"GET": Action.FILE_VIEW, "POST": Action.FILE_ADD}
    model = Attachment
    serializer_class = FileOut
    query_class = FilesOf
    parser_classes = (MultiPartParser,)

    def rows(self) -> QuerySet[Attachment]:
        subject = queries.subject_of(actor=self.actor, now=self.now, **self.asked)
        return queries.all_attachments_of(subject)

    @extend_schema(request={"multipart/form-data": FileIn}, responses={201: FileOut})
    def post(self, request: Request) -> Response:
        """Add a file to a record. What it is, its content tells; its name must agree."""
        body = FileIn(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        subject = queries.subject_of(
            actor=self.actor,
            subject_type=data["subject_type"],
            subject_id=data["subject_id"],
            now=self.now,
        )
        attachment = operations.attach(
            actor=self.actor,
            subject=subject,
            project_id=carriers.carrier_of(subject).project_id(subject),
            upload=data["file"].file,
            name=data["file"].name,
            kind=data["kind"],
            is_secret=data["is_secret"],
            now=self.now,
        )
        return Response(FileOut(attachment).data, status=201)


class FileDetail(ApiView):
    actions = {"GET": Action.FILE_VIEW}

    @extend_schema(responses=FileOut)
    def get(self, request: Request, attachment_id: int) -> Response:
        """Give what is known of a file; not its content."""
        attachment = queries.get_attachment(
            actor=self.actor, attachment_id=attachment_id, now=self.now
        )
        return Response(FileOut(attachment).data)


class FileContent(ApiView):
    actions = {"POST": Action.FILE_VIEW}

    @extend_schema(request=None, responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def post(self, request: Request, attachment_id: int) -> HttpResponse:
        """Hand the file out. A POST, because each look at a secret one is written down."""
        attachment, content = queries.open_attachment(
            actor=self.actor, attachment_id=attachment_id, now=self.now
        )
        return hand_out(attachment, content)


def hand_out(attachment: Attachment, content: bytes) -> HttpResponse:
    """Return a file as nothing that a browser would run."""
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=attachment.name
    )
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; frame-ancestors 'none'; sandbox"
    )
    return response


class Withdraw(ApiView):
    actions = {"POST": Action.FILE_ADD}

    @extend_schema(request=FileWithdrawalIn, responses=FileOut)
    def post(self, request: Request, attachment_id: int) -> Response:
        """Take a file back with a reason. Nobody opens it any more; its row stays."""
        body = FileWithdrawalIn(data=request.data)
        body.is_valid(raise_exception=True)
        attachment = operations.withdraw(
            actor=self.actor,
            attachment_id=attachment_id,
            reason=body.validated_data["reason"],
            now=self.now,
        )
        return Response(FileOut(attachment).data)


urlpatterns = [
    path("files/", Files.as_view()),
    path("files/<int:attachment_id>/", FileDetail.as_view()),
    path("files/<int:attachment_id>/content/", FileContent.as_view()),
    path("files/<int:attachment_id>/withdraw/", Withdraw.as_view()),
]
