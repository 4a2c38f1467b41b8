"""A document as PDF: for its holders, and outside by an approved request."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from console.manuals import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.documents.manuals import papers, queries
from kernel.documents.printing import language_in_force


class Paper(ConsoleView):
    """The PDF. A POST: that somebody took it is written down."""

    action = Action.MANUAL_VIEW

    def post(self, request: HttpRequest, revision_id: int) -> HttpResponseBase:
        revision, pdf = papers.print_copy(
            actor=self.actor, revision_id=revision_id, language=language_in_force(), now=self.now
        )
        return pdf_response(pdf, f"{revision.manual.number} {revision.mark}.pdf")


class RequestRelease(EditSheet):
    action = Action.MANUAL_KEEP
    form_class = forms.Release
    title = _("Give it outside the company")
    lead = _("It is sent only when this request is approved; the recipient's name lies across it.")
    button = _("Ask for approval")

    def save(self, values: dict[str, Any]) -> None:
        papers.request_release(
            actor=self.actor, revision_id=self.kwargs["revision_id"], now=self.now, **values
        )

    def back(self) -> str:
        revision = queries.get_revision(actor=self.actor, revision_id=self.kwargs["revision_id"])
        return reverse("manuals-copies", args=[revision.manual_id])


class SendOutside(ConsoleView):
    """The PDF for the recipient of an approved request."""

    action = Action.MANUAL_KEEP

    def post(self, request: HttpRequest, release_id: int) -> HttpResponseBase:
        release, pdf = papers.send_outside(
            actor=self.actor, release_id=release_id, language=language_in_force(), now=self.now
        )
        manual = release.revision.manual
        return pdf_response(pdf, f"{manual.number} {release.revision.mark} {release.recipient}.pdf")


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    """Return a PDF that the browser shows or saves under ``name``."""
    response = HttpResponse(pdf, content_type="application/pdf")
    disposition = content_disposition_header(as_attachment=False, filename=name)
    response.headers["Content-Disposition"] = disposition or "inline"
    return response
