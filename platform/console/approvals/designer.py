"""The page of one chain: its branches and steps, the sample that lights a path, the findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_htmx.http import trigger_client_event

from console import formats
from console.approvals import acts, drawing, edits, findings, inspector, simulator
from console.approvals.catalogue import Lookup
from console.approvals.edits import At
from console.views import ConsoleView
from kernel.access import Action
from kernel.approvals import operations, queries, registry
from kernel.approvals.models import Chain, ChainState, ChainVersion
from kernel.approvals.queries import StepTime
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.definitions import Definition, definition_as_json
from kernel.errors import Conflict, DomainError, Invalid, NotFound

STATE_WORDS: Mapping[str, Any] = {
    ChainState.DRAFT: _("V%(number)d, draft"),
    ChainState.PUBLISHED: _("V%(number)d, in use"),
    ChainState.RETIRED: _("V%(number)d, retired"),
}
_MOVES: Mapping[str, int] = {"move-up": -1, "move-down": 1, "branch-left": -1, "branch-right": 1}


@dataclass(frozen=True, slots=True)
class ChainView:
    """The head of the page."""

    title: str
    kind_label: str
    facts: list[str]
    url: str
    versions_url: str
    publish_url: str
    start_title: str
    start_note: str
    end_title: str
    end_note: str


@dataclass(frozen=True, slots=True)
class VersionView:
    pk: int
    number: int
    state: str
    label: str
    is_draft: bool


class ChainPage(ConsoleView):
    """GET shows a version; POST changes the draft: ``do`` says what."""

    action = Action.APPROVAL_CONFIGURE
    chain: Chain
    version: ChainVersion

    def get(self, request: HttpRequest, chain_id: int) -> HttpResponseBase:
        self._load(chain_id, request.GET.get("version", ""))
        return self._show(self._at(request.GET.get("at", "")))

    def post(self, request: HttpRequest, chain_id: int) -> HttpResponseBase:
        self._load(chain_id, request.POST.get("version", "") or request.GET.get("version", ""))
        do, _colon, place = request.POST.get("do", "").partition(":")
        try:
            if do == "draft":
                return self._draft()
            if do == "discard":
                return self._discard()
            if do in {"step", "branch"}:
                return self._edit(edits.read_at(request.POST.get("place", "")))
            definition, at = self._changed(do, place)
            self._save(definition)
        except (Conflict, Invalid) as error:
            return self._refused(error)
        return self._show(at, moved=True)

    # ---- commands ------------------------------------------------------------------------------

    def _changed(self, do: str, place: str) -> tuple[Definition, At]:
        definition = self.definition
        if do == "add-branch":
            return edits.add_branch(definition)
        at = edits.read_at(place)
        if do == "add-step":
            return edits.add_step(definition, at)
        if do == "remove":
            return edits.remove(definition, at)
        if do in {"move-up", "move-down"}:
            return edits.move_step(definition, at, _MOVES[do])
        if do in {"branch-left", "branch-right"}:
            return edits.move_branch(definition, at, _MOVES[do])
        raise NotFound

    def _edit(self, at: At) -> HttpResponse:
        """Take what the inspector says; what is incomplete stays on the screen until it is not."""
        data = self.request.POST
        panel = self._inspector(at, data)
        if at.step is None:
            branch = inspector.read_branch(edits.branch_at(self.definition, at), panel)
            definition = None if branch is None else self._with(at, branch)
        else:
            step = inspector.read_step(edits.step_at(self.definition, at), panel)
            definition = None if step is None else self._with(at, step)
        if definition is None:
            return self._show(at, panel=panel, status=422)
        if definition != self.definition:
            self._save(definition)
        is_complete = all(row.condition for row in panel.conditions) and all(
            code for _index, code, _choices in panel.who
        )
        return self._show(at, panel=None if is_complete else panel)

    def _with(self, at: At, changed: Any) -> Definition:
        if at.step is None:
            values = {name: getattr(changed, name) for name in ("name", "name_en", "when")}
            return edits.with_branch(self.definition, at, **values)
        branch = edits.branch_at(self.definition, at)
        steps = list(branch.steps)
        steps[at.step] = changed
        return edits.with_branch(self.definition, at, steps=tuple(steps))

    def _save(self, definition: Definition) -> None:
        self.version = operations.save_draft(
            actor=self.actor,
            version_id=self.version.pk,
            definition=definition_as_json(definition),
            now=self.now,
        )
        self.__dict__.pop("definition", None)

    def _draft(self) -> HttpResponse:
        version = operations.draft_version(actor=self.actor, chain_id=self.chain.pk, now=self.now)
        return self._go(f"{self._page_url}?version={version.pk}")

    def _discard(self) -> HttpResponse:
        operations.discard_draft(actor=self.actor, version_id=self.version.pk, now=self.now)
        others = [one for one in self.chain.versions.all() if one.pk != self.version.pk]
        return self._go(self._page_url if others else reverse("approval-chains"))

    def _go(self, address: str) -> HttpResponse:
        if self.request.headers.get("HX-Request") == "true":
            response = HttpResponse(status=204)
            response.headers["HX-Redirect"] = address
            return response
        return redirect(address)

    def _refused(self, error: DomainError) -> HttpResponse:
        return self._show(
            self._at(self.request.POST.get("place", "")), refusal=str(error), status=error.status
        )

    # ---- what is shown -------------------------------------------------------------------------

    def _load(self, chain_id: int, version: str) -> None:
        self.chain = queries.get_chain(actor=self.actor, chain_id=chain_id)
        versions = list(self.chain.versions.all())
        if version:
            wanted = acts.whole(version)
            found = [one for one in versions if one.pk == wanted]
        else:
            order = [ChainState.DRAFT, ChainState.PUBLISHED, ChainState.RETIRED]
            found = sorted(
                versions, key=lambda one: (order.index(ChainState(one.state)), -one.number)
            )
        if not found:
            raise NotFound
        self.version = found[0]
        self.version.chain = self.chain

    @cached_property
    def lookup(self) -> Lookup:
        return Lookup(self.actor, self.today)

    @cached_property
    def kind(self) -> DocumentKind:
        kind = registry.find_kind(self.chain.kind)
        if kind is None:
            raise NotFound
        return kind

    @cached_property
    def definition(self) -> Definition:
        return self.version.read()

    @property
    def _page_url(self) -> str:
        return reverse("approval-chains-chain", args=[self.chain.pk])

    def _at(self, text: str) -> At:
        """Return the place asked for; the first step where there is none of that name."""
        try:
            at = edits.read_at(text)
            edits.branch_at(self.definition, at)
            if at.step is not None:
                edits.step_at(self.definition, at)
        except NotFound:
            branches = self.definition.branches
            return At(0, 0) if branches and branches[0].steps else At(0)
        return at

    def _inspector(self, at: At, data: QueryDict | None = None) -> inspector.Inspector:
        catalogue = self.lookup.catalogue(self.kind)
        branch = edits.branch_at(self.definition, at)
        if at.step is None:
            count = len(self.definition.branches)
            return inspector.inspect_branch(branch, at, catalogue, count=count, data=data)
        step = edits.step_at(self.definition, at)
        return inspector.inspect_step(step, at, catalogue, count=len(branch.steps), data=data)

    def _show(
        self,
        at: At,
        *,
        panel: inspector.Inspector | None = None,
        refusal: str = "",
        moved: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        if not self.definition.branches:
            definition, at = edits.add_branch(self.definition)
            self.__dict__["definition"] = definition
        sample = simulator.read_sample(self.request.GET, self.kind, self.definition, self.lookup)
        times = self._times()
        outcome = simulator.try_out(
            sample,
            version=self.version,
            definition=self.definition,
            hours=hours_of(times),
            today=self.today,
        )

        def url_of(place: At) -> str:
            return self._address(place, sample)

        lines = self._findings(url_of)
        context = {
            "title": self.chain.label,
            "crumbs": [(_("Approval chains"), reverse("approval-chains"))],
            "chain": self._chain_view(times),
            "version": self._version_view(),
            "view": drawing.draw(
                self.definition,
                facts=self.kind.all_facts(),
                names=self.lookup.names,
                at=at,
                path=outcome.path if outcome else None,
                url_of=url_of,
            ),
            "simulator": sample,
            "outcome": outcome,
            "inspector": panel or self._inspector(at),
            "findings": lines,
            "blocking": findings.blocking_count(lines),
            "address": self._address(at, sample),
            "may_edit": True,
            "refusal": refusal,
        }
        is_partial = self.request.headers.get("HX-Request") == "true"
        name = "_designer.html" if is_partial else "designer.html"
        response = render(self.request, f"console/approvals/{name}", context, status=status)
        if is_partial and moved:
            response.headers["HX-Push-Url"] = self._address(at, sample)
            trigger_client_event(response, "designer:at", {"id": f"at-{str(at).replace('.', '-')}"})
        return response

    def _findings(self, url_of: Any) -> list[findings.Line]:
        gaps = queries.staffing_of(
            self.definition, project_ids=self._project_ids(), today=self.today
        )
        problems = queries.problems_of(kind=self.kind, definition=self.definition, today=self.today)
        return findings.lines_of(
            self.definition, problems, gaps, names=self.lookup.names, url_of=url_of
        )

    def _project_ids(self) -> list[int]:
        """Return the projects that the chain is for."""
        if self.chain.project_id is not None:
            return [self.chain.project_id]
        return list(self.lookup.projects)

    def _address(self, at: At, sample: simulator.Simulator) -> str:
        kept = f"&{sample.address}" if sample.address else ""
        return f"{self._page_url}?version={self.version.pk}&at={at}{kept}"

    def _times(self) -> list[StepTime]:
        times = queries.step_times(
            actor=self.actor, since=self.now - timedelta(days=30), until=self.now
        )
        return [one for one in times if one.chain_key == self.chain.key]

    def _chain_view(self, times: list[StepTime]) -> ChainView:
        facts = [self._reach_words()]
        count = queries.case_count(chain_id=self.chain.pk, since=self.now - timedelta(days=30))
        facts.append(
            ngettext("%(count)d case in 30 days", "%(count)d cases in 30 days", count)
            % {"count": count}
        )
        if times:
            total = sum((one.average for one in times), timedelta())
            facts.append(
                gettext("%(hours)s hours on average")
                % {"hours": formats.spell_number(Decimal(total.total_seconds()) / 3600, 1)}
            )
        if self.chain.source:
            facts.append(gettext("Source: %(source)s") % {"source": self.chain.source})
        return ChainView(
            title=self.chain.label,
            kind_label=str(self.kind.name),
            facts=facts,
            url=self._page_url,
            versions_url=reverse("approval-chains-versions", args=[self.chain.pk]),
            publish_url=reverse("approval-chains-publish", args=[self.version.pk]),
            start_title=gettext("Submit: %(kind)s") % {"kind": self.kind.name},
            start_note=str(self.kind.module),
            end_title=gettext("Takes effect"),
            end_note=gettext("with the last signature; the applicant is told"),
        )

    def _reach_words(self) -> str:
        if self.chain.project_id is not None:
            name = self.lookup.projects.get(self.chain.project_id, "")
            return gettext("only for %(project)s, in place of the company’s") % {"project": name}
        count = len(self.lookup.projects)
        return ngettext("for the one project", "for all %(count)d projects", count) % {
            "count": count
        }

    def _version_view(self) -> VersionView:
        label = STATE_WORDS[self.version.state] % {"number": self.version.number}
        return VersionView(
            self.version.pk,
            self.version.number,
            self.version.state,
            str(label),
            self.version.state == ChainState.DRAFT,
        )


def hours_of(times: list[StepTime]) -> dict[str, Decimal]:
    """Return how many hours each step took in the middle, by its key."""
    return {one.step_key: Decimal(one.median.total_seconds()) / 3600 for one in times}
