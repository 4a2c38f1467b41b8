"""The inbox: everything that waits for the visitor, from every module, with the case beside it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from console import operations as console
from console import waiting
from console.approvals import acts, cases, words
from console.approvals.catalogue import Lookup
from console.lists import Column, export
from console.views import PersonalView
from kernel import access
from kernel.access import Action, Actor
from kernel.approvals import queries, registry
from kernel.approvals.models import OPEN_STATES, Assignment, Case, CaseState
from kernel.approvals.queries import Tab
from kernel.errors import Conflict, Denied, DomainError, Invalid, NotFound

PAGE_SIZE = 30
LABELS = {
    Tab.WAITING: _("Waiting for me"),
    Tab.MINE: _("Submitted by me"),
    Tab.DONE: _("Signed by me"),
    Tab.COPIED: _("Copies"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the list."""

    pk: int
    kind: str
    kind_label: str
    amount: Decimal | None
    title: str
    project: str
    applicant: str
    when: str
    tone: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingRow:
    """What is done on a page of its own, as a line above the cases."""

    title: str
    note: str
    icon: str
    url: str
    project: str
    when: str
    tone: str


class Inbox(PersonalView):
    """GET shows a list and a case, POST signs and goes on to the next."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        kind = request.GET.get("export")
        if kind in {"xlsx", "csv"}:
            return self._export(kind)
        return self._show()

    def post(self, request: HttpRequest) -> HttpResponseBase:
        case_id = acts.whole(request.POST.get("case", ""))
        following = self._following(case_id)
        try:
            told = acts.sign(actor=self.actor, case_id=case_id, data=request.POST, now=self.now)
        except (Conflict, Invalid, Denied) as error:
            return self._refused(case_id, error)
        if request.headers.get("HX-Request") != "true":
            return redirect(self._address(case=following))
        response = self._show(chosen=following, is_chosen=False)
        response.headers["HX-Push-Url"] = self._address(case=following)
        trigger_client_event(response, "approvals:counted", {})
        return trigger_client_event(response, "toast", {"text": told})

    def _following(self, case_id: int) -> int | None:
        """Return the case after this one in the list, else the one before it."""
        ids = [case.pk for case in self._page().object_list]
        if case_id not in ids:
            return None
        place = ids.index(case_id)
        others = ids[place + 1 :] or ids[:place][-1:]
        return others[0] if others else None

    def _refused(self, case_id: int, error: DomainError) -> HttpResponse:
        self.note_refusal(error)
        return self._show(
            chosen=case_id,
            refusal=str(error),
            opinion=self.request.POST.get("opinion", ""),
            status=409 if isinstance(error, Denied) else error.status,
        )

    # ---- the list ------------------------------------------------------------------------------

    @cached_property
    def lookup(self) -> Lookup:
        return Lookup(self.actor, self.today)

    @cached_property
    def tab(self) -> Tab:
        asked = self.request.GET.get("tab", "")
        return Tab(asked) if asked in list(Tab) else Tab.WAITING

    @cached_property
    def settings(self) -> dict[str, str]:
        """What narrows the list, as it stands in the address."""
        given = {name: self.request.GET.get(name, "")[:100] for name in ("q", "kind", "project")}
        if not (given["project"].isascii() and given["project"].isdecimal()):
            given["project"] = ""
        given["project"] = given["project"][:18]
        return {name: text.replace("\x00", "") for name, text in given.items()}

    @property
    def is_narrowed(self) -> bool:
        return any(self.settings.values())

    @cached_property
    def _found(self) -> QuerySet[Case]:
        found = queries.cases_in(actor=self.actor, tab=self.tab, now=self.now)
        if self.settings["kind"]:
            found = found.filter(kind=self.settings["kind"])
        if self.settings["project"]:
            found = found.filter(project_id=int(self.settings["project"]))
        for word in self.settings["q"].split():
            number = word.upper().removeprefix("SP").lstrip("0")
            hit = Q(title__icontains=word) | Q(applicant_label__icontains=word)
            if number.isascii() and number.isdecimal() and len(number) < 19:
                hit |= Q(pk=int(number))
            found = found.filter(hit)
        return found

    @cached_property
    def _things(self) -> list[waiting.Thing]:
        """Return what else waits for the visitor, narrowed as the cases are."""
        if self.tab != Tab.WAITING:
            return []
        found = waiting.things(actor=self.actor, now=self.now, kind=self.settings["kind"])
        if self.settings["project"]:
            found = [one for one in found if one.project_id == int(self.settings["project"])]
        words_of = self.settings["q"].casefold().split()
        return [
            one
            for one in found
            if all(word in f"{one.title} {one.note}".casefold() for word in words_of)
        ]

    def _thing_rows(self, page: Page[Case]) -> list[ThingRow]:
        """Return them for the first page: they stand above all cases."""
        if page.number > 1:
            return []
        names = self.lookup.projects
        rows = []
        for thing in self._things:
            when, tone = words.deadline(thing.due_at, thing.since, self.now)
            if not tone and thing.since is not None:
                when = words.short_moment(thing.since, self.now)
            project = names.get(thing.project_id or 0, "") if len(names) > 1 else ""
            rows.append(
                ThingRow(
                    title=thing.title,
                    note=thing.note,
                    icon=thing.icon,
                    url=thing.url,
                    project=project,
                    when=when,
                    tone=tone,
                )
            )
        return rows

    def _page(self) -> Page[Case]:
        return Paginator(self._found, PAGE_SIZE).get_page(self.request.GET.get("page"))

    def _address(self, *, case: int | None = None, **changed: Any) -> str:
        given = QueryDict(mutable=True)
        values = {
            "tab": self.tab.value,
            **self.settings,
            "page": self.request.GET.get("page", ""),
            "case": case or "",
            **changed,
        }
        for name, value in values.items():
            if value:
                given[name] = str(value)
        return f"{reverse('approvals')}?{given.urlencode()}"

    def _rows(self, page: Page[Case], current: Case | None) -> list[Row]:
        names = self.lookup.projects
        return [
            Row(
                pk=case.pk,
                kind=case.kind,
                kind_label=words.kind_label(case.kind),
                amount=words.amount_of(case.kind, case.facts),
                title=case.title,
                project=names.get(case.project_id or 0, "") if len(names) > 1 else "",
                applicant=case.applicant.name if case.applicant else case.applicant_label,
                url=self._address(case=case.pk),
                is_current=current is not None and case.pk == current.pk,
                **self._when(case),
            )
            for case in page.object_list
        ]

    def _when(self, case: Case) -> dict[str, str]:
        """Return what stands at the end of a row: a deadline that is near, a state, or the time."""
        due_at: datetime | None = case.due_at  # type: ignore[attr-defined]
        arrived_at: datetime | None = case.arrived_at  # type: ignore[attr-defined]
        if self.tab == Tab.WAITING:
            text, tone = words.deadline(due_at, arrived_at, self.now)
            if tone:
                return {"when": text, "tone": tone}
            moment = arrived_at or case.created_at
            return {"when": words.short_moment(moment, self.now), "tone": ""}
        if case.state in OPEN_STATES and case.paper_due_at is not None:  # type: ignore[attr-defined]
            text, tone = words.paper_deadline(
                case.paper_due_at,  # type: ignore[attr-defined]
                case.consented_at,  # type: ignore[attr-defined]
                self.now,
            )
            return {"when": text, "tone": tone}
        tones = {CaseState.APPROVED: "ok", CaseState.REJECTED: "bad", CaseState.STUCK: "bad"}
        state = CaseState(case.state)
        return {"when": str(state.label), "tone": tones.get(state, "")}

    # ---- the page ------------------------------------------------------------------------------

    def _chosen(self, page: Page[Case], asked: int | None) -> Case | None:
        """Return the case to show: the one asked for, else the first of the list."""
        listed = {case.pk: case for case in page.object_list}
        if asked is None:
            return next(iter(listed.values()), None)
        if asked in listed:
            return listed[asked]
        return queries.get_case(actor=self.actor, case_id=asked, now=self.now)

    def _show(
        self,
        *,
        chosen: int | None = None,
        is_chosen: bool = True,
        refusal: str = "",
        opinion: str = "",
        status: int = 200,
    ) -> HttpResponse:
        text = self.request.GET.get("case", "")
        is_asked = chosen is not None or bool(text)
        if chosen is None and text and self.request.method == "GET":
            chosen = acts.whole(text)
        page = self._page()
        try:
            case = self._chosen(page, chosen)
        except NotFound:
            if self.request.method == "GET":
                raise
            case = None
        view, previous, following = None, "", ""
        if case is not None:
            place = self._place(case)
            view = cases.load(case, actor=self.actor, lookup=self.lookup, now=self.now, place=place)
            previous, following = self._neighbours(page, case)
        rows = self._rows(page, case)
        context = {
            "title": _("Approvals"),
            "crumbs": [],
            "tab": self.tab.value,
            "tabs": self._tabs(page),
            "rows": rows,
            "things": self._thing_rows(page),
            "page": page,
            "search": self.settings["q"],
            "kind": self.settings["kind"],
            "project_id": self.settings["project"],
            "kinds": sorted(
                ((one.key, str(one.name)) for one in registry.kinds() if one.is_ready),
                key=lambda pair: pair[1],
            ),
            "other_kinds": self._other_kinds(),
            "projects": [(str(pk), name) for pk, name in self.lookup.projects.items()],
            "address": self._address(case=chosen),
            "act_url": self._address(),
            "back_url": self._address(),
            "case": view,
            "is_chosen": is_asked and is_chosen and case is not None,
            "previous_url": previous,
            "next_url": following,
            "opinion": opinion,
            "refusal": refusal,
            "is_narrowed": self.is_narrowed,
            "may_export": self.actor.may(Action.EXPORT),
        }
        is_partial = self.request.headers.get("HX-Request") == "true"
        template = "console/approvals/_inbox.html" if is_partial else "console/approvals/inbox.html"
        return render(self.request, template, context, status=status)

    def _place(self, case: Case) -> Assignment | None:
        return acts.place_of(self.actor, case, self.now)

    def _neighbours(self, page: Page[Case], case: Case) -> tuple[str, str]:
        ids = [one.pk for one in page.object_list]
        if case.pk not in ids:
            return "", ""
        place = ids.index(case.pk)
        before = self._address(case=ids[place - 1]) if place else ""
        after = self._address(case=ids[place + 1]) if place + 1 < len(ids) else ""
        return before, after

    def _other_kinds(self) -> list[tuple[str, str]]:
        if self.tab != Tab.WAITING:
            return []
        return [(one.key, str(one.label)) for one in waiting.sources_for(self.actor)]

    def _tabs(self, page: Page[Case]) -> list[dict[str, Any]]:
        count = (
            page.paginator.count + len(self._things)
            if self.tab == Tab.WAITING and not self.is_narrowed
            else count_for(self.actor, self.now)
        )
        return [
            {
                "label": label,
                "url": f"{reverse('approvals')}?tab={tab}",
                "current": tab == self.tab,
                "count": count if tab == Tab.WAITING else None,
            }
            for tab, label in LABELS.items()
        ]

    # ---- export --------------------------------------------------------------------------------

    def _export(self, kind: str) -> HttpResponseBase:
        access.require(self.actor, Action.EXPORT)
        count = self._found[: export.MOST_ROWS].count()
        console.note_export(
            actor=self.actor,
            page=f"approvals.{self.tab}",
            filters=[name for name, value in self.settings.items() if value],
            row_count=count,
            project_id=None,
            now=self.now,
        )
        write = export.xlsx if kind == "xlsx" else export.as_csv
        rows = self._found[: export.MOST_ROWS]
        return write(f"{LABELS[self.tab]} {self.today:%Y-%m-%d}", self._columns(), rows)

    def _columns(self) -> list[Column]:
        names = self.lookup.projects
        return [
            Column(key="number", label=gettext("Number"), kind="code"),
            Column(
                key="kind", label=gettext("Kind"), value=lambda case: words.kind_label(case.kind)
            ),
            Column(key="title", label=gettext("Document")),
            Column(
                key="project",
                label=gettext("Project"),
                value=lambda case: names.get(case.project_id or 0, ""),
            ),
            Column(
                key="amount",
                label=gettext("Amount"),
                kind="money",
                value=lambda case: words.amount_of(case.kind, case.facts),
            ),
            Column(key="applicant_label", label=gettext("Applicant")),
            Column(key="created_at", label=gettext("Submitted"), kind="time"),
            Column(key="state", label=gettext("State"), kind="state"),
            Column(key="due_at", label=gettext("Deadline"), kind="time"),
            Column(key="finished_at", label=gettext("Finished"), kind="time"),
        ]


def count_for(actor: Actor, now: datetime) -> int:
    """Return how much waits for a person: cases to be signed, and what is done elsewhere."""
    signatures = queries.waiting_count(actor=actor, now=now)
    return signatures + len(waiting.things(actor=actor, now=now))


class Count(PersonalView):
    """How much waits, for the menu and the mark at the top."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        count = count_for(self.actor, self.now)
        return render(request, "console/approvals/_count.html", {"count": count})
