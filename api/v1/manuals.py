"""Controlled documents for programs: revisions, their way into force, copies, papers."""

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
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.documents.manuals import copies, operations, papers, queries
from kernel.documents.models import Manual, ManualCopy, ManualRelease, ManualRevision
from kernel.documents.printing import language_in_force


class ManualIn(Body):
    """``project_id`` is left out for a document of the whole company."""

    title = serializers.CharField(max_length=100)
    department = serializers.CharField(max_length=8)
    project_id = IdField(required=False, allow_null=True, default=None)


class RevisionIn(Body):
    is_new_edition = serializers.BooleanField(default=False)


class DraftIn(Body):
    """``seen_at`` is ``prepared_at`` of the draft that was read: nobody's work is overwritten."""

    body = serializers.CharField(max_length=200_000, trim_whitespace=False)
    chapter = serializers.CharField(max_length=60)
    change = serializers.CharField(max_length=300)
    seen_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class CopyIn(Body):
    """``number`` is left out for the lowest that nobody has."""

    holder_id = IdField()
    number = serializers.IntegerField(min_value=1, max_value=9999, required=False)


class ReturnIn(Body):
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ReleaseIn(Body):
    recipient = serializers.CharField(max_length=100)
    purpose = serializers.CharField(max_length=200)


class ManualOut(serializers.ModelSerializer[Manual]):
    project_id = IdField(read_only=True, allow_null=True)
    mark_in_force = serializers.CharField(allow_null=True)
    in_force_on = serializers.DateField(allow_null=True)
    mark_to_come = serializers.CharField(allow_null=True)
    state_to_come = serializers.CharField(allow_null=True)
    held_count = serializers.IntegerField()
    pending_count = serializers.IntegerField()

    class Meta:
        model = Manual
        fields: ClassVar = [
            "id", "number", "title", "department", "project_id", "mark_in_force", "in_force_on",
            "mark_to_come", "state_to_come", "held_count", "pending_count",
        ]  # fmt: skip
        read_only_fields = fields


class RevisionOut(serializers.ModelSerializer[ManualRevision]):
    manual_id = IdField(read_only=True)
    case_id = IdField(read_only=True, allow_null=True)
    mark = serializers.CharField(read_only=True)

    class Meta:
        model = ManualRevision
        fields: ClassVar = [
            "id", "manual_id", "mark", "edition", "revision", "state", "body", "chapter", "change",
            "prepared_by_label", "prepared_at", "case_id", "reviewed_by_label", "reviewed_at",
            "approved_by_label", "approved_at", "in_force_on", "superseded_on",
        ]  # fmt: skip
        read_only_fields = fields


class CopyOut(serializers.ModelSerializer[ManualCopy]):
    manual_id = IdField(read_only=True)
    holder_id = IdField(read_only=True)

    class Meta:
        model = ManualCopy
        fields: ClassVar = [
            "id", "manual_id", "number", "holder_id", "holder_label", "issued_at",
            "issued_by_label", "returned_at", "returned_to_label", "return_note",
        ]  # fmt: skip
        read_only_fields = fields


class ReleaseOut(serializers.ModelSerializer[ManualRelease]):
    revision_id = IdField(read_only=True)
    case_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = ManualRelease
        fields: ClassVar = [
            "id", "revision_id", "recipient", "purpose", "state", "requested_by_label",
            "requested_at", "decided_at", "case_id", "sent_at",
        ]  # fmt: skip
        read_only_fields = fields


def read(shape: type[Body], request: Request) -> dict[str, Any]:
    body = shape(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


class Manuals(ListView):
    """Controlled documents that one may know of."""

    actions = {"GET": Action.MANUAL_VIEW, "POST": Action.MANUAL_PREPARE}
    model = Manual
    serializer_class = ManualOut

    def rows(self) -> QuerySet[Manual]:
        return queries.manuals(actor=self.actor).order_by("pk")

    @extend_schema(request=ManualIn, responses={201: RevisionOut})
    def post(self, request: Request) -> Response:
        """Give a new document its number; answers its first draft."""
        revision = operations.create_manual(
            actor=self.actor, now=self.now, today=self.today, **read(ManualIn, request)
        )
        return Response(RevisionOut(revision).data, status=201)


class ManualDetail(ApiView):
    actions = {"GET": Action.MANUAL_VIEW}

    @extend_schema(responses=ManualOut)
    def get(self, request: Request, manual_id: int) -> Response:
        """Give one document, with the mark in force and the one to come."""
        return Response(ManualOut(queries.get_manual(actor=self.actor, manual_id=manual_id)).data)


class Revisions(ListView):
    """Revisions of a document; what is not in force yet only for who prepares or keeps it."""

    actions = {"GET": Action.MANUAL_VIEW, "POST": Action.MANUAL_PREPARE}
    model = ManualRevision
    serializer_class = RevisionOut

    def rows(self) -> QuerySet[ManualRevision]:
        manual = queries.get_manual(actor=self.actor, manual_id=self.kwargs["manual_id"])
        return queries.revisions(actor=self.actor, manual=manual).order_by("pk")

    @extend_schema(request=RevisionIn, responses={201: RevisionOut})
    def post(self, request: Request, manual_id: int) -> Response:
        """Open the draft of the next revision, or of a new edition."""
        revision = operations.draft_revision(
            actor=self.actor, manual_id=manual_id, now=self.now, **read(RevisionIn, request)
        )
        return Response(RevisionOut(revision).data, status=201)


class RevisionDetail(ApiView):
    actions = {"GET": Action.MANUAL_VIEW, "PUT": Action.MANUAL_PREPARE}

    @extend_schema(responses=RevisionOut)
    def get(self, request: Request, revision_id: int) -> Response:
        """Give one revision with its text."""
        revision = queries.get_revision(actor=self.actor, revision_id=revision_id)
        return Response(RevisionOut(revision).data)

    @extend_schema(request=DraftIn, responses=RevisionOut)
    def put(self, request: Request, revision_id: int) -> Response:
        """Save the text of a draft and what it changes."""
        revision = operations.save_draft(
            actor=self.actor, revision_id=revision_id, now=self.now, **read(DraftIn, request)
        )
        return Response(RevisionOut(revision).data)


class RevisionStep(ApiView):
    """A step of a revision; answers the revision."""

    def answer(self, revision_id: int) -> Response:
        revision = queries.get_revision(actor=self.actor, revision_id=revision_id)
        return Response(RevisionOut(revision).data)


class RevisionSubmit(RevisionStep):
    actions = {"POST": Action.MANUAL_PREPARE}

    @extend_schema(request=None, responses=RevisionOut)
    def post(self, request: Request, revision_id: int) -> Response:
        """Send a draft to be reviewed and approved."""
        operations.submit(actor=self.actor, revision_id=revision_id, now=self.now)
        return self.answer(revision_id)


class RevisionDiscard(RevisionStep):
    actions = {"POST": Action.MANUAL_PREPARE}

    @extend_schema(request=None, responses=RevisionOut)
    def post(self, request: Request, revision_id: int) -> Response:
        """Give up a draft; its mark is free again."""
        operations.discard_draft(actor=self.actor, revision_id=revision_id, now=self.now)
        return self.answer(revision_id)


class RevisionInForce(RevisionStep):
    actions = {"POST": Action.MANUAL_KEEP}

    @extend_schema(request=None, responses=RevisionOut)
    def post(self, request: Request, revision_id: int) -> Response:
        """Put an approved revision in force from today; every holder gets its pages."""
        operations.put_in_force(
            actor=self.actor, revision_id=revision_id, now=self.now, today=self.today
        )
        return self.answer(revision_id)


class RevisionPaper(ApiView):
    actions = {"POST": Action.MANUAL_VIEW}

    @extend_schema(request=None, responses=PDF)
    def post(self, request: Request, revision_id: int) -> HttpResponse:
        """Print a revision, for the holder of a copy. That he took it is written down."""
        return pdf_answer(
            papers.print_copy(
                actor=self.actor,
                revision_id=revision_id,
                language=language_in_force(),
                now=self.now,
            )[1]
        )


class Copies(ListView):
    """The holders' register of a document, copies that were returned included."""

    actions = {"GET": Action.MANUAL_KEEP, "POST": Action.MANUAL_KEEP}
    model = ManualCopy
    serializer_class = CopyOut

    def rows(self) -> QuerySet[ManualCopy]:
        manual = queries.get_manual(actor=self.actor, manual_id=self.kwargs["manual_id"])
        return queries.copies(actor=self.actor, manual=manual).order_by("pk")

    @extend_schema(request=CopyIn, responses={201: CopyOut})
    def post(self, request: Request, manual_id: int) -> Response:
        """Give a person a numbered copy."""
        copy = copies.issue_copy(
            actor=self.actor, manual_id=manual_id, now=self.now, **read(CopyIn, request)
        )
        return Response(CopyOut(copy).data, status=201)


class CopyReturn(ApiView):
    actions = {"POST": Action.MANUAL_KEEP}

    @extend_schema(request=ReturnIn, responses=CopyOut)
    def post(self, request: Request, copy_id: int) -> Response:
        """Register that a holder has returned his copy."""
        copy = copies.return_copy(
            actor=self.actor, copy_id=copy_id, now=self.now, **read(ReturnIn, request)
        )
        return Response(CopyOut(copy).data)


class CopyAcknowledge(ApiView):
    actions = {"POST": Action.MANUAL_VIEW}

    @extend_schema(request=None, responses=CopyOut)
    def post(self, request: Request, copy_id: int) -> Response:
        """Say that the pages in force are in one's own copy."""
        copy = copies.acknowledge(actor=self.actor, copy_id=copy_id, now=self.now)
        return Response(CopyOut(copy).data)


class Releases(ApiView):
    actions = {"POST": Action.MANUAL_KEEP}

    @extend_schema(request=ReleaseIn, responses={201: ReleaseOut})
    def post(self, request: Request, revision_id: int) -> Response:
        """Ask that a revision may be given outside the company."""
        release = papers.request_release(
            actor=self.actor, revision_id=revision_id, now=self.now, **read(ReleaseIn, request)
        )
        return Response(ReleaseOut(release).data, status=201)


class ManualReleases(ListView):
    """Requests to give a document outside the company, with what became of them."""

    actions = {"GET": Action.MANUAL_KEEP}
    model = ManualRelease
    serializer_class = ReleaseOut

    def rows(self) -> QuerySet[ManualRelease]:
        manual = queries.get_manual(actor=self.actor, manual_id=self.kwargs["manual_id"])
        return queries.releases(actor=self.actor, manual=manual).order_by("pk")


class ReleaseDetail(ApiView):
    actions = {"GET": Action.MANUAL_KEEP}

    @extend_schema(responses=ReleaseOut)
    def get(self, request: Request, release_id: int) -> Response:
        """Give one request to give a document outside."""
        release = queries.get_release(actor=self.actor, release_id=release_id)
        return Response(ReleaseOut(release).data)


class ReleasePaper(ApiView):
    actions = {"POST": Action.MANUAL_KEEP}

    @extend_schema(request=None, responses=PDF)
    def post(self, request: Request, release_id: int) -> HttpResponse:
        """Print for the recipient of an approved request, his name across every page."""
        return pdf_answer(
            papers.send_outside(
                actor=self.actor, release_id=release_id, language=language_in_force(), now=self.now
            )[1]
        )


urlpatterns = [
    path("manuals/", Manuals.as_view()),
    path("manuals/<int:manual_id>/", ManualDetail.as_view()),
    path("manuals/<int:manual_id>/revisions/", Revisions.as_view()),
    path("manuals/<int:manual_id>/copies/", Copies.as_view()),
    path("manuals/<int:manual_id>/releases/", ManualReleases.as_view()),
    path("manual-releases/<int:release_id>/", ReleaseDetail.as_view()),
    path("manual-revisions/<int:revision_id>/", RevisionDetail.as_view()),
    path("manual-revisions/<int:revision_id>/submit/", RevisionSubmit.as_view()),
    path("manual-revisions/<int:revision_id>/discard/", RevisionDiscard.as_view()),
    path("manual-revisions/<int:revision_id>/put-in-force/", RevisionInForce.as_view()),
    path("manual-revisions/<int:revision_id>/paper/", RevisionPaper.as_view()),
    path("manual-revisions/<int:revision_id>/releases/", Releases.as_view()),
    path("manual-copies/<int:copy_id>/return/", CopyReturn.as_view()),
    path("manual-copies/<int:copy_id>/acknowledge/", CopyAcknowledge.as_view()),
    path("manual-releases/<int:release_id>/paper/", ReleasePaper.as_view()),
]
