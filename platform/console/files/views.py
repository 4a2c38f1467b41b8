"""Files on a record: the section that any page may hold, a file itself, its withdrawal.

A page shows the section by ``{% files "properties.household" household.pk %}``; it is fetched when
the page is there, so it costs the page nothing.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.documents import carriers, kinds, operations, queries
from kernel.documents.models import Attachment
from kernel.errors import Conflict, DomainError, Invalid

# Nothing in a file may run or fetch anything. The sandbox is left out for PDF: a browser's own
# viewer does not open inside one.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
)
# Of one choice; whoever has more sends them in turns.
MOST_AT_ONCE = 10


class Files(ConsoleView):
    """The files of one record, with where to drop more; by itself a page."""

    action = Action.FILE_VIEW

    def get(self, request: HttpRequest, carrier: str, subject_id: int) -> HttpResponseBase:
        subject = self._subject(carrier, subject_id)
        return self._show(subject, [])

    def post(self, request: HttpRequest, carrier: str, subject_id: int) -> HttpResponseBase:
        subject = self._subject(carrier, subject_id)
        uploads = request.FILES.getlist("file")
        refusals: list[tuple[str, DomainError | str]] = []
        if not uploads:
            refusals.append(("", gettext("Choose a file first.")))
        for upload in uploads[:MOST_AT_ONCE]:
            try:
                self._attach(subject, upload)
            except (Invalid, Conflict) as error:
                refusals.append((kinds.plain_name(upload.name or ""), error))
        for upload in uploads[MOST_AT_ONCE:]:
            words = gettext("Up to %(most)d files are taken at once.") % {"most": MOST_AT_ONCE}
            refusals.append((kinds.plain_name(upload.name or ""), words))
        if not refusals and request.headers.get("HX-Request") != "true":
            return HttpResponseRedirect(request.path)
        return self._show(subject, refusals)

    def _subject(self, carrier: str, subject_id: int) -> Model:
        return queries.subject_of(
            actor=self.actor, subject_type=carrier, subject_id=subject_id, now=self.now
        )

    def _attach(self, subject: Model, upload: "UploadedFile[Any]") -> Attachment:
        assert upload.file is not None
        return operations.attach(
            actor=self.actor,
            subject=subject,
            project_id=carriers.carrier_of(subject).project_id(subject),
            upload=upload.file,
            name=upload.name or "",
            now=self.now,
        )

    def _show(self, subject: Model, refusals: list[tuple[str, DomainError | str]]) -> HttpResponse:
        found = list(queries.all_attachments_of(subject))
        context: dict[str, Any] = {
            "title": gettext("Files: %(record)s") % {"record": subject},
            "address": reverse("files", args=[subject._meta.label_lower, subject.pk]),
            "files": [file for file in found if file.withdrawn_at is None],
            "withdrawn": [file for file in found if file.withdrawn_at is not None],
            "may_add": carriers.may_add(self.actor, subject, self.now),
            "is_protected": carriers.carrier_of(subject).is_protected,
            "may_reveal": self.actor.may(
                Action.PERSONAL_DATA_REVEAL, carriers.carrier_of(subject).project_id(subject)
            ),
            "refusals": refusals,
            "accept": ",".join(f".{extension}" for extension in kinds.EXTENSIONS),
            "limit_mb": settings.ATTACHMENT_MAX_BYTES >> 20,
            "max_bytes": settings.ATTACHMENT_MAX_BYTES,
        }
        is_partial = self.request.headers.get("HX-Request") == "true"
        template = "console/files/_files.html" if is_partial else "console/files/files.html"
        return render(self.request, template, context, status=422 if refusals else 200)


class OpenFile(ConsoleView):
    """A file itself. A look at a secret one is written down, so that one is sent by POST."""

    action = Action.FILE_VIEW

    def get(self, request: HttpRequest, attachment_id: int) -> HttpResponseBase:
        attachment = queries.get_attachment(
            actor=self.actor, attachment_id=attachment_id, now=self.now
        )
        if attachment.is_secret:
            context = {"title": attachment.name, "file": attachment}
            return render(request, "console/files/secret.html", context)
        return self._send(attachment_id, download="download" in request.GET)

    def post(self, request: HttpRequest, attachment_id: int) -> HttpResponseBase:
        return self._send(attachment_id, download=False)

    def _send(self, attachment_id: int, *, download: bool) -> HttpResponse:
        attachment, content = queries.open_attachment(
            actor=self.actor, attachment_id=attachment_id, now=self.now
        )
        return file_response(attachment, content, download=download)


def file_response(attachment: Attachment, content: bytes, *, download: bool) -> HttpResponse:
    """Return a file as a browser may have it: shown only if it is of a type that cannot run."""
    as_attachment = download or not attachment.is_shown
    response = HttpResponse(content, content_type=attachment.content_type)
    disposition = content_disposition_header(as_attachment, attachment.name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = (
        _POLICY if attachment.content_type == "application/pdf" else f"{_POLICY}; sandbox"
    )
    return response


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class WithdrawFile(EditSheet):
    """Take a file back. It is opened by nobody any more; its row and the reason stay."""

    action = Action.FILE_ADD
    form_class = WithdrawForm
    button = _("Withdraw the file")
    lead = _("Nobody opens it any more. That it was here, and the reason, stay visible.")

    def words(self) -> dict[str, Any]:
        return {"title": gettext("Withdraw %(name)s") % {"name": self._attachment().name}}

    def save(self, values: dict[str, Any]) -> None:
        operations.withdraw(
            actor=self.actor,
            attachment_id=self.kwargs["attachment_id"],
            reason=values["reason"],
            now=self.now,
        )

    def go(self, address: str) -> HttpResponse:
        """Stay on the page that shows the files; they are asked for anew."""
        if self.request.headers.get("HX-Request") != "true":
            return super().go(address)
        response = HttpResponse(status=204)
        trigger_client_event(response, "sheet:close", {})
        trigger_client_event(response, "fileschanged", {})
        trigger_client_event(response, "toast", {"text": gettext("The file is withdrawn.")})
        return response

    def back(self) -> str:
        attachment = self._attachment()
        return reverse("files", args=[attachment.subject_type, attachment.subject_id])

    def _attachment(self) -> Attachment:
        return queries.get_attachment(
            actor=self.actor, attachment_id=self.kwargs["attachment_id"], now=self.now
        )
