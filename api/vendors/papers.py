"""A vendor's papers as the company has them, and a renewed one with its file."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import IdField
from api.v1.files import hand_out
from api.vendors.views import VendorApiView, VendorListView
from kernel.documents import queries as files
from kernel.documents.models import Attachment
from services.procurement.vendors.models import PaperKind, VendorPaper
from services.procurement.vendors.operations.own_papers import put_in
from services.procurement.vendors.queries import own


class PaperFileOut(serializers.ModelSerializer[Attachment]):
    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size_bytes", "sha256")


class PaperOut(serializers.ModelSerializer[VendorPaper]):
    """``valid_to`` is its last day, null if it does not run out; ``check_note`` says why not."""

    kind = serializers.CharField(source="kind.key")
    name = serializers.CharField(source="kind.label")
    files = serializers.SerializerMethodField()

    class Meta:
        model = VendorPaper
        fields = (
            "id", "kind", "name", "number", "valid_from", "valid_to", "state", "check_note", "files"
        )  # fmt: skip

    @extend_schema_field(PaperFileOut(many=True))
    def get_files(self, paper: VendorPaper) -> Any:
        return PaperFileOut(self.context["files"][paper.pk], many=True).data


class PaperIn(serializers.Serializer[Any]):
    """``file`` is a picture or PDF of it. A renewed paper is another one: the former stays."""

    kind_id = IdField()
    number = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, default=None)
    file = serializers.FileField()


class PaperKindOut(serializers.ModelSerializer[PaperKind]):
    name = serializers.CharField(source="label")

    class Meta:
        model = PaperKind
        fields = ("id", "key", "name", "is_required")


class Papers(VendorListView):
    """List the papers that the company has of this vendor, with how each was found."""

    actions = {"GET": None, "POST": None}
    model = VendorPaper
    serializer_class = PaperOut
    parser_classes = (MultiPartParser,)
    found: dict[int, list[Attachment]]

    def rows(self) -> QuerySet[Any]:
        return own.own_papers(actor=self.actor).order_by()

    def paginate_queryset(self, queryset: Any) -> Any:
        """Read the files of a page's papers at once."""
        page = super().paginate_queryset(queryset)
        self.found = own.files_of_papers(actor=self.actor, papers=page or ())
        return page

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "files": getattr(self, "found", {})}

    @extend_schema(request={"multipart/form-data": PaperIn}, responses={201: PaperOut})
    def post(self, request: Request) -> Response:
        """Put in a paper with its file; it counts once the company has checked it."""
        body = PaperIn(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        file = values.pop("file")
        paper = put_in(
            actor=self.actor,
            vendor_id=own.own_vendor(actor=self.actor).pk,
            upload=file.file,
            name=file.name,
            now=self.now,
            **values,
        )
        found = {"files": own.files_of_papers(actor=self.actor, papers=[paper])}
        return Response(PaperOut(paper, context=found).data, status=201)


class PaperKinds(VendorListView):
    """List the kinds of papers that the company takes; without the required ones nobody quotes."""

    actions = {"GET": None}
    model = PaperKind
    serializer_class = PaperKindOut

    def rows(self) -> QuerySet[Any]:
        return own.own_paper_kinds(actor=self.actor).order_by()


class FileContent(VendorApiView):
    actions = {"POST": None}

    @extend_schema(request=None, responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def post(self, request: Request, attachment_id: int) -> HttpResponse:
        """Hand out a file on a record of this vendor, as the companies' API does."""
        attachment, content = files.open_attachment(
            actor=self.actor, attachment_id=attachment_id, now=self.now
        )
        return hand_out(attachment, content)
