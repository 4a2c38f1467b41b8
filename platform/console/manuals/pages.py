"""One controlled document, and one revision of it: read, written, submitted, put in force."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console import navigation
from console.histories import told_with_cases
from console.manuals import forms
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.documents.manuals import operations, queries
from kernel.documents.models import ManualRevision, RevisionState
from kernel.documents.printing import markup
from kernel.errors import Conflict, Invalid


class ManualPage(ConsoleView):
    """What is in force, to be read by all (SH-42), and every revision there was."""

    action = Action.MANUAL_VIEW

    def get(self, request: HttpRequest, manual_id: int) -> HttpResponseBase:
        manual = queries.get_manual(actor=self.actor, manual_id=manual_id)
        revisions = list(queries.revisions(actor=self.actor, manual=manual))
        in_force = next((r for r in revisions if r.state == RevisionState.IN_FORCE), None)
        context = {
            "title": manual.title,
            "crumbs": [(_("Controlled documents"), reverse("manuals"))],
            "manual": manual,
            "revisions": revisions,
            "in_force": in_force,
            "to_come": next((r for r in revisions if r.state in queries.TO_COME), None),
            "blocks": markup.blocks_of(in_force.body) if in_force is not None else [],
            "my_copy": queries.copy_of(actor=self.actor, manual=manual),
            "may_prepare": queries.may(self.actor, Action.MANUAL_PREPARE, manual.project_id),
            "may_keep": queries.may(self.actor, Action.MANUAL_KEEP, manual.project_id),
        }
        context["may_print"] = bool(
            context["my_copy"] or context["may_prepare"] or context["may_keep"]
        )
        return render(request, "console/manuals/manual.html", context)


class NewManual(EditSheet):
    action = Action.MANUAL_PREPARE
    form_class = forms.NewManual
    title = _("New controlled document")
    button = _("Number it and write the draft")
    made: ManualRevision | None = None

    def form_options(self) -> dict[str, Any]:
        projects = [
            project
            for project in navigation.projects_of(self.request, self.actor)
            if self.actor.may(Action.MANUAL_PREPARE, project.pk)
        ]
        is_company_wide = self.actor.may_everywhere(Action.MANUAL_PREPARE)
        return {"projects": projects, "is_company_wide": is_company_wide}

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.create_manual(
            actor=self.actor, now=self.now, today=self.today, **values
        )

    def back(self) -> str:
        return reverse("manuals")

    def done(self) -> str:
        assert self.made is not None
        return reverse("manuals-revision", args=[self.made.pk])


class NewDraft(ConsoleView):
    """Open the draft of the next revision, or of a new edition."""

    action = Action.MANUAL_PREPARE

    def post(self, request: HttpRequest, manual_id: int) -> HttpResponseBase:
        revision = operations.draft_revision(
            actor=self.actor,
            manual_id=manual_id,
            is_new_edition=request.POST.get("edition") == "new",
            now=self.now,
        )
        return HttpResponseRedirect(reverse("manuals-revision", args=[revision.pk]))


class RevisionPage(ConsoleView):
    """One revision: its header, its text, its changes. A draft is written here."""

    action = Action.MANUAL_VIEW

    def get(self, request: HttpRequest, revision_id: int) -> HttpResponseBase:
        return self._show(queries.get_revision(actor=self.actor, revision_id=revision_id))

    def post(self, request: HttpRequest, revision_id: int) -> HttpResponseBase:
        revision = queries.get_revision(actor=self.actor, revision_id=revision_id)
        form = forms.Draft(request.POST)
        if not form.is_valid():
            return self._show(revision, form, status=422)
        values = form.cleaned_data
        try:
            operations.save_draft(
                actor=self.actor,
                revision_id=revision_id,
                body=values["body"],
                chapter=values["chapter"],
                change=values["change"],
                seen_at=_moment(values["seen_at"]),
                now=self.now,
            )
            if request.POST.get("do") == "submit":
                operations.submit(actor=self.actor, revision_id=revision_id, now=self.now)
        except (Invalid, Conflict) as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(revision, form, status=error.status)
        return HttpResponseRedirect(request.path)

    def _show(
        self, revision: ManualRevision, form: forms.Draft | None = None, *, status: int = 200
    ) -> HttpResponse:
        manual = revision.manual
        may_prepare = queries.may(self.actor, Action.MANUAL_PREPARE, manual.project_id)
        may_keep = queries.may(self.actor, Action.MANUAL_KEEP, manual.project_id)
        is_draft = revision.state == RevisionState.DRAFT
        if form is None and is_draft and may_prepare:
            form = forms.Draft(initial=_initial(revision))
        context: dict[str, Any] = {
            "title": f"{manual.number} {revision.mark}",
            "crumbs": [
                (_("Controlled documents"), reverse("manuals")),
                (manual.title, reverse("manuals-manual", args=[manual.pk])),
            ],
            "manual": manual,
            "facts": [manual.title],
            "revision": revision,
            "blocks": markup.blocks_of(revision.body),
            "changes": queries.revision_page(revision),
            "history": told_with_cases({ManualRevision: [revision.pk]}, _words),
            "form": form,
            "may_prepare": may_prepare,
            "may_keep": may_keep,
            "may_print": may_prepare
            or may_keep
            or queries.copy_of(actor=self.actor, manual=manual) is not None,
        }
        return render(self.request, "console/manuals/revision.html", context, status=status)


class RevisionStep(ConsoleView):
    """A button of the revision's page."""

    def post(self, request: HttpRequest, revision_id: int) -> HttpResponseBase:
        self.step(revision_id)
        return HttpResponseRedirect(self.leads_to(revision_id))

    def step(self, revision_id: int) -> None:
        """Call the operation."""
        raise NotImplementedError

    def leads_to(self, revision_id: int) -> str:
        """Return where the button leads."""
        return reverse("manuals-revision", args=[revision_id])


class Submit(RevisionStep):
    action = Action.MANUAL_PREPARE

    def step(self, revision_id: int) -> None:
        operations.submit(actor=self.actor, revision_id=revision_id, now=self.now)


class Discard(RevisionStep):
    action = Action.MANUAL_PREPARE

    def step(self, revision_id: int) -> None:
        operations.discard_draft(actor=self.actor, revision_id=revision_id, now=self.now)


class PutInForce(RevisionStep):
    action = Action.MANUAL_KEEP

    def step(self, revision_id: int) -> None:
        operations.put_in_force(
            actor=self.actor, revision_id=revision_id, now=self.now, today=self.today
        )


def _initial(revision: ManualRevision) -> dict[str, Any]:
    return {
        "chapter": revision.chapter,
        "change": revision.change,
        "body": revision.body,
        "seen_at": revision.prepared_at.isoformat(),
    }


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


_EVENTS = {
    "created": _("Numbered"),
    "drafted": _("Drafted"),
    "saved": _("Draft saved"),
    "submitted": pgettext_lazy("an act", "Submitted"),
    "returned": _("Returned to its author"),
    "approved": _("Approved"),
    "put-in-force": _("Put in force"),
    "discarded": _("Discarded"),
    "printed": _("Printed"),
}


def _words(entry: AuditEntry) -> str:
    return str(_EVENTS.get(entry.event.rpartition(".")[2], entry.event))
