"""Looking at owners' files: ask, be approved and registered, look, give back; the register."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.archive import forms
from console.histories import told_with_cases
from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, ListView, title_column
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from kernel.approvals import operations as approvals
from kernel.approvals import queries as approving
from kernel.approvals.models import Assignment
from kernel.approvals.rules.definitions import StepAct
from kernel.approvals.telling import case_path
from kernel.documents import operations as documents
from kernel.documents.models import Attachment
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.records import operations, protected, queries
from kernel.records.models import AccessLook, AccessRequest, AccessState, LookKind, Mode, Receiver
from kernel.records.stamping import STAMPED_TYPES
from services.properties import queries as registry
from services.properties.models import Household, Party

_TONES = {"WAITING": "warn", "GRANTED": "ok", "REJECTED": "bad"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


class Requests(ListView):
    """One's own requests; with the register, everybody's of the project."""

    action = Action.ARCHIVE_REQUEST
    page_key = "archive.requests"
    title = _("Access to files")
    template_name = "console/archive/list.html"
    default_sort = "-asked_at"
    columns = (
        title_column("subject_label", _("File asked for")),
        Column(key="asked_by_label", label=_("Who asks"), phone="sub", sort="asked_by_label"),
        Column(key="purpose", label=_("Purpose"), wraps=True),
        Column(
            key="receiver_name",
            label=_("For whom"),
            value=lambda row: row.receiver_name or row.get_receiver_display(),
        ),
        Column(key="mode", label=_("How"), value=lambda row: row.get_mode_display()),
        Column(
            key="state",
            label=_("State"),
            kind="state",
            phone="end2",
            tone=lambda row: _TONES.get(row.state, ""),
        ),
        Column(key="asked_at", label=_("Asked"), kind="time", sort="asked_at", phone="end"),
        Column(key="registered_by_label", label=_("Registered by"), is_shown=False),
        Column(key="expires_at", label=_("Open until"), kind="time", sort="expires_at"),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=AccessState.choices),
        ChoiceFilter(
            key="receiver", label=_("For whom"), field="receiver", choices=Receiver.choices
        ),
        DayFilter(key="asked", label=_("Asked"), field="asked_at", is_moment=True),
    )
    search_fields = ("subject_label", "asked_by_label", "purpose", "receiver_name")
    built_in_views = (
        BuiltInView(key="waiting", label=_("Waiting for approval"), query="state=WAITING"),
        BuiltInView(key="open", label=_("Granted"), query="state=GRANTED"),
    )
    empty_icon = "lock"
    empty_title = _("Nobody has asked for a file yet")
    empty_text = _("Owners’ files are secret. Ask for one on the page of the household.")

    def get_queryset(self) -> QuerySet[AccessRequest]:
        return queries.requests(actor=self.actor).filter(project_id=self.project_id)

    def row_url(self, row: AccessRequest) -> str:
        return reverse("archive-request", args=[row.project_id, row.pk])

    def page_context(self) -> dict[str, Any]:
        may_view = self.actor.may(Action.ARCHIVE_VIEW, self.project_id)
        return {
            "crumbs": [],
            "looks_url": reverse("archive-looks", args=[self.project_id]) if may_view else "",
        }


class Looks(ListView):
    """The log: who was shown what, when, under which request or for which reason."""

    action = Action.ARCHIVE_VIEW
    page_key = "archive.looks"
    title = _("Looks at files")
    is_log = True
    columns = (
        title_column("what", _("Paper")),
        Column(key="subject_label", label=_("File asked for"), phone="sub"),
        Column(key="user_label", label=_("Who")),
        Column(key="mode", label=_("How"), value=lambda row: row.get_mode_display(), phone="end2"),
        Column(key="at", label=_("When"), kind="time", phone="end"),
        Column(key="reason", label=_("Purpose"), wraps=True),
    )
    filters = (
        ChoiceFilter(key="mode", label=_("How"), field="mode", choices=LookKind.choices),
        DayFilter(key="at", label=_("Day"), field="at", is_moment=True),
    )
    search_fields = ("what", "user_label", "subject_label", "reason")
    empty_icon = "eye"
    empty_title = _("Nobody has looked at a file yet")

    def get_queryset(self) -> QuerySet[AccessLook]:
        return queries.looks(actor=self.actor).filter(project_id=self.project_id)

    def row_url(self, row: AccessLook) -> str:
        if row.request_id is not None:
            return reverse("archive-request", args=[row.project_id, row.request_id])
        if row.subject_type == Party._meta.label_lower:
            return reverse("parties-party", args=[row.project_id, row.subject_id])
        return ""

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": [(Requests.title, reverse("archive", args=[self.project_id]))]}


class HouseholdView(ConsoleView):
    """The base of what is about one household of the address's project."""

    household: Household

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.household = registry.get_household(
            actor=self.actor, household_id=self.kwargs["household_id"]
        )
        if self.household.project_id != project_id:
            raise NotFound


class NewRequest(EditSheet):
    action = Action.ARCHIVE_REQUEST
    title, button = _("Ask for the owner’s file"), _("Ask for access")
    form_class = forms.NewRequest
    made: AccessRequest

    def save(self, values: dict[str, Any]) -> None:
        self.made = operations.request_access(
            actor=self.actor,
            subject_type=Household._meta.label_lower,
            subject_id=self._household().pk,
            now=self.now,
            **values,
        )

    def back(self) -> str:
        household = self._household()
        return reverse("household", args=[household.project_id, household.pk])

    def done(self) -> str:
        return reverse("archive-request", args=[self.made.project_id, self.made.pk])

    def words(self) -> dict[str, Any]:
        hours = policies.get("archive.grant_hours", int, project_id=self.kwargs["project_id"])
        return {
            "lead": ngettext(
                "The management-office manager approves, the front desk registers. Then the file "
                "is open to you for %(hours)d hour; each look is written down.",
                "The management-office manager approves, the front desk registers. Then the file "
                "is open to you for %(hours)d hours; each look is written down.",
                hours,
            )
            % {"hours": hours}
        }

    def _household(self) -> Household:
        household = registry.get_household(
            actor=self.actor, household_id=self.kwargs["household_id"]
        )
        if household.project_id != self.kwargs["project_id"]:
            raise NotFound
        return household


class OwnerFile(HouseholdView):
    """What an owner's file holds, by the list of what it should; papers go in here."""

    action = Action.ARCHIVE_KEEP

    def get(self, request: HttpRequest, project_id: int, household_id: int) -> HttpResponseBase:
        return self._page(self._form())

    def post(self, request: HttpRequest, project_id: int, household_id: int) -> HttpResponseBase:
        form = self._form(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                documents.attach(
                    actor=self.actor,
                    subject=self.household,
                    project_id=project_id,
                    upload=upload.file,
                    name=upload.name,
                    kind=form.cleaned_data["kind"],
                    is_secret=True,
                    now=self.now,
                )
            except (Invalid, Conflict) as error:
                form.add_error("file", str(error))
            else:
                return HttpResponseRedirect(request.path)
        return self._page(form, status=422)

    def _form(self, *data: Any) -> forms.Keep:
        return forms.Keep(*data, papers=protected.papers_of(self.household.project_id))

    def _page(self, form: forms.Keep, status: int = 200) -> HttpResponse:
        aside = registry.papers_set_aside(household_id=self.household.pk, today=self.today)
        papers_there = queries.secret_files(Household._meta.label_lower, self.household.pk)
        former = [(file, aside[file.pk]) for file in papers_there if file.pk in aside]
        kept = [file for file in papers_there if file.pk not in aside]
        papers = protected.papers_of(self.household.project_id)
        known = {key for key, _name in papers}
        # What is of no kind that the list names is among the other papers, if it has those.
        place = {file: file.kind if file.kind in known else protected.OTHER for file in kept}
        rows = [(name, [file for file in kept if place[file] == key]) for key, name in papers]
        unlisted = [file for file in kept if place[file] not in known]
        context = {
            "title": gettext("Owner file: %(household)s") % {"household": self.household},
            "crumbs": [(Requests.title, reverse("archive", args=[self.household.project_id]))],
            "household": self.household,
            "rows": rows,
            "unlisted": unlisted,
            "former": former,
            "complete": sum(bool(found) for _name, found in rows),
            "form": form,
        }
        return render(self.request, "console/archive/owner_file.html", context, status=status)


class RequestView(ConsoleView):
    """The base of what is about one request of the address's project."""

    action = Action.ARCHIVE_REQUEST
    asked: AccessRequest

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.asked = queries.get_request(actor=self.actor, request_id=self.kwargs["access_id"])
        if self.asked.project_id != project_id:
            raise NotFound

    def show(self, refusal: str = "", status: int = 200) -> HttpResponse:
        asked = self.asked
        is_own = asked.asked_by == self.actor.user_id
        may_keep = self.actor.may(Action.ARCHIVE_KEEP, asked.project_id)
        is_open = queries.is_open_now(asked, self.now)
        file, place = protected.find(asked.subject_type), self.place()
        context = {
            "title": gettext("Access to %(file)s") % {"file": asked.subject_label},
            "crumbs": [(Requests.title, reverse("archive", args=[asked.project_id]))],
            "asked": asked,
            "tone": _TONES.get(asked.state, ""),
            "is_open": is_open,
            "is_own": is_own,
            "papers": self.papers() if is_own and is_open else [],
            "may_copy": asked.mode == Mode.COPY,
            "looks": list(queries.looks_of(actor=self.actor, request_id=asked.pk)[:50])
            if is_own or self.actor.may(Action.ARCHIVE_VIEW, asked.project_id)
            else [],
            "may_end": asked.state == AccessState.GRANTED and (is_own or may_keep),
            "is_waited_for": place is not None,
            "step_id": place.step_id if place is not None else "",
            "is_task": place is not None and place.step.read().act == StepAct.TASK,
            "case_url": case_path(asked.case_id) if asked.case_id else "",
            "subject_url": file.url(asked.subject_id, asked.project_id)
            if file and file.url
            else "",
            "history": told_with_cases({AccessRequest: [asked.pk]}),
            "refusal": refusal,
        }
        return render(self.request, "console/archive/request.html", context, status=status)

    def papers(self) -> list[tuple[Attachment, bool, date | None]]:
        """Return each paper, whether it can be stamped, since when it is a former owner's."""
        aside = registry.papers_set_aside(household_id=self.asked.subject_id, today=self.today)
        return [
            (paper, paper.content_type in STAMPED_TYPES, aside.get(paper.pk))
            for paper in queries.papers_of(actor=self.actor, request_id=self.asked.pk)
        ]

    def place(self) -> Assignment | None:
        """Return what of its approval waits for the visitor."""
        waiting = approving.waiting_for(actor=self.actor, now=self.now)
        return waiting.filter(step__case_id=self.asked.case_id or 0).first()

    def back(self) -> HttpResponse:
        address = reverse("archive-request", args=[self.asked.project_id, self.asked.pk])
        return HttpResponseRedirect(address)


class Request(RequestView):
    def get(self, request: HttpRequest, project_id: int, access_id: int) -> HttpResponseBase:
        return self.show()


class Sign(RequestView):
    """Approve, or register at the front desk: what of the approval waits for the visitor."""

    def post(self, request: HttpRequest, project_id: int, access_id: int) -> HttpResponseBase:
        form = forms.Opinion(request.POST)
        if self.asked.case_id is None or not form.is_valid():
            raise NotFound
        try:
            approvals.approve(
                actor=self.actor,
                case_id=self.asked.case_id,
                step_id=form.cleaned_data["step"],
                text=form.cleaned_data["text"],
                now=self.now,
            )
        except (Invalid, Conflict, Denied) as error:
            self.note_refusal(error)
            return self.show(str(error), status=409)
        return self.back()


class End(RequestView):
    def post(self, request: HttpRequest, project_id: int, access_id: int) -> HttpResponseBase:
        try:
            operations.end_access(actor=self.actor, request_id=access_id, now=self.now)
        except (Conflict, Denied) as error:
            self.note_refusal(error)
            return self.show(str(error), status=error.status)
        return self.back()


class Paper(RequestView):
    """A paper itself. Each look is written down, so it is asked for by POST."""

    def post(
        self, request: HttpRequest, project_id: int, access_id: int, attachment_id: int
    ) -> HttpResponseBase:
        mode = Mode.COPY if request.POST.get("mode") == Mode.COPY else Mode.VIEW
        try:
            shown = operations.open_file(
                actor=self.actor,
                request_id=access_id,
                attachment_id=attachment_id,
                mode=mode,
                now=self.now,
            )
        except (Conflict, Denied) as error:
            self.note_refusal(error)
            return self.show(str(error), status=error.status)
        response = HttpResponse(shown.content, content_type=shown.content_type)
        disposition = content_disposition_header(mode == Mode.COPY, shown.name)
        response.headers["Content-Disposition"] = disposition or "attachment"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = _POLICY
        return response
