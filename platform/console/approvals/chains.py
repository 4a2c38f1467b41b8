"""The list of chains, and the sheets about one: a new one, its versions, publishing."""

from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from console import formats
from console.approvals import acts, findings, phrases
from console.approvals.catalogue import Lookup
from console.histories import told
from console.lists import ChoiceFilter, Column, ListView
from console.sheets import EditSheet, SheetView
from kernel.access import Action
from kernel.approvals import operations, queries, registry
from kernel.approvals.models import Chain, ChainState, ChainVersion
from kernel.errors import Conflict, Invalid, NotFound

DAYS = 30


class Chains(ListView):
    """Every chain: the version in use, which projects have their own, how it is used."""

    action = Action.APPROVAL_CONFIGURE
    template_name = "console/approvals/chains.html"
    page_key = "approvals.chains"
    title = _("Approval chains")
    default_sort = "name"
    search_fields = ("name", "name_en", "key")
    empty_icon = "branch"
    empty_title = _("No chains yet")

    columns = (
        Column(
            key="name",
            label=_("Chain"),
            value=lambda chain: chain.label,
            sort="name",
            is_link=True,
            is_fixed=True,
            phone="title",
        ),
        Column(
            key="kind",
            label=_("Kind of document"),
            value=lambda chain: kind_words(chain.kind),
            sort="kind",
            phone="sub",
        ),
        Column(key="reach", label=_("For"), sort="reach"),
        Column(
            key="in_use",
            label=pgettext_lazy("version of a chain", "In use"),
            template="console/approvals/_version_cell.html",
            phone="end2",
        ),
        Column(
            key="own",
            label=_("Projects with their own"),
            kind="number",
            places=0,
            value=lambda chain: len(chain.own_project_ids) or None,
        ),
        Column(
            key="case_count",
            label=_("Cases in 30 days"),
            kind="number",
            places=0,
            sort="case_count",
            phone="end",
        ),
        Column(
            key="hours",
            label=_("Mean hours"),
            kind="number",
            places=1,
            sort="took",
            value=lambda chain: hours(chain.took),
        ),
        Column(key="source", label=_("Source")),
        Column(key="key", label=_("Key"), kind="code", is_shown=False, sort="key"),
    )
    filters = (
        ChoiceFilter(
            key="kind",
            label=_("Kind of document"),
            field="kind",
            choices=lambda _view: [(kind.key, str(kind.name)) for kind in registry.kinds()],
        ),
    )

    def get_queryset(self) -> QuerySet[Chain]:
        since = self.now - timedelta(days=DAYS)
        projects = Lookup(self.actor, self.today).projects
        return queries.chain_list(actor=self.actor, since=since).annotate(
            reach=Case(
                *(When(project_id=pk, then=Value(name)) for pk, name in projects.items()),
                default=Value(gettext("The whole company")),
            )
        )

    def row_url(self, row: Chain) -> str:
        return reverse("approval-chains-chain", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)d chain", "%(count)d chains", count) % {"count": count}


def hours(span: timedelta | None) -> Decimal | None:
    """Return a span in hours."""
    return None if span is None else Decimal(span.total_seconds()) / 3600


def kind_words(key: str) -> str:
    kind = registry.find_kind(key)
    return str(kind.name) if kind else key


class NewForm(forms.Form):
    """A project's own chain, or another chain of the company."""

    kind = forms.ChoiceField(label=_("Kind of document"))
    project_id = forms.TypedChoiceField(
        label=_("For"), coerce=int, required=False, empty_value=None
    )
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=80, required=False)

    def __init__(self, *args: Any, kinds: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind, project = self.fields["kind"], self.fields["project_id"]
        assert isinstance(kind, forms.ChoiceField)
        assert isinstance(project, forms.ChoiceField)
        kind.choices = kinds
        project.choices = [("", gettext("The whole company")), *projects]


class NewChain(EditSheet):
    """A chain of a project in place of the company's, or the company's first of a kind."""

    action = Action.APPROVAL_CONFIGURE
    title = _("New chain")
    button = _("Begin the draft")
    lead = _("A project’s chain begins as a copy of the company’s and takes its place there.")
    form_class = NewForm
    made: Chain

    def form_options(self) -> dict[str, Any]:
        kinds = sorted(((one.key, str(one.name)) for one in registry.kinds()), key=lambda k: k[1])
        return {
            "kinds": kinds,
            "projects": list(Lookup(self.actor, self.today).projects.items()),
            "initial": {
                "kind": self.request.GET.get("kind", ""),
                "project_id": self.request.GET.get("project", ""),
                "name": self.request.GET.get("name", "")[:80],
            },
        }

    def save(self, values: dict[str, Any]) -> None:
        key = self.request.GET.get("key", "") or values["kind"]
        self.made = operations.create_chain(actor=self.actor, key=key, now=self.now, **values)

    def back(self) -> str:
        return reverse("approval-chains")

    def done(self) -> str:
        return reverse("approval-chains-chain", args=[self.made.pk])


class Versions(SheetView):
    """Every version with what it changed against the one before."""

    action = Action.APPROVAL_CONFIGURE
    sheet_template = "console/approvals/_versions.html"

    def get(self, request: HttpRequest, chain_id: int) -> HttpResponseBase:
        chain = queries.get_chain(actor=self.actor, chain_id=chain_id)
        lookup = Lookup(self.actor, self.today)
        kind = registry.find_kind(chain.kind)
        facts = kind.all_facts() if kind else {}
        versions = sorted(chain.versions.all(), key=lambda one: one.number)
        address = reverse("approval-chains-chain", args=[chain.pk])
        shown = []
        for index, version in enumerate(versions):
            before = versions[index - 1].read().branches if index else ()
            shown.append(
                {
                    "number": version.number,
                    "state": version.state,
                    "label": ChainState(version.state).label,
                    "who": version.published_by_label or version.drafted_by_label,
                    "when": formats.spell_time(version.published_at or version.drafted_at),
                    "note": version.note,
                    "url": f"{address}?version={version.pk}",
                    "differences": phrases.differences(
                        before, version.read().branches, facts, lookup.names
                    )
                    if index
                    else [],
                    "nothing": gettext("The same as the version before.")
                    if index
                    else gettext("The first version."),
                }
            )
        return self.show(
            None,
            title=gettext("Versions of %(chain)s") % {"chain": chain.label},
            back=reverse("approval-chains-chain", args=[chain.pk]),
            versions=shown[::-1],
            history=told({Chain: [chain.pk], ChainVersion: [one.pk for one in versions]}),
        )


class Publish(SheetView):
    """The last look before a draft is used: what changes, what is doubtful, who is concerned."""

    action = Action.APPROVAL_CONFIGURE
    sheet_template = "console/approvals/_publish.html"

    def get(self, request: HttpRequest, draft_id: int) -> HttpResponseBase:
        return self._page(self._draft(draft_id))

    def post(self, request: HttpRequest, draft_id: int) -> HttpResponseBase:
        version = self._draft(draft_id)
        note = acts.plain(request.POST.get("note", ""))[:200]
        try:
            operations.publish_checked(
                actor=self.actor,
                version_id=version.pk,
                project_ids=self._project_ids(version),
                note=note,
                now=self.now,
            )
        except (Conflict, Invalid) as error:
            return self._page(version, refusal=str(error), note=note, status=error.status)
        return self.go(reverse("approval-chains-chain", args=[version.chain_id]))

    def _draft(self, version_id: int) -> ChainVersion:
        version = queries.get_version(actor=self.actor, version_id=version_id)
        if version.state != ChainState.DRAFT:
            raise NotFound
        return version

    @cached_property
    def _lookup(self) -> Lookup:
        return Lookup(self.actor, self.today)

    def _project_ids(self, version: ChainVersion) -> list[int]:
        own = version.chain.project_id
        return [own] if own is not None else list(self._lookup.projects)

    def _page(
        self, version: ChainVersion, *, refusal: str = "", note: str = "", **extra: Any
    ) -> HttpResponse:
        kind = registry.find_kind(version.chain.kind)
        if kind is None:
            raise NotFound
        definition, names = version.read(), self._lookup.names
        in_use = version.chain.versions.filter(state=ChainState.PUBLISHED).first()
        lines = findings.lines_of(
            definition,
            queries.problems_of(kind=kind, definition=definition, today=self.today),
            queries.staffing_of(
                definition, project_ids=self._project_ids(version), today=self.today
            ),
            names=names,
            url_of=lambda _at: "",
        )
        running = queries.open_case_count(chain_id=version.chain_id)
        return self.show(
            None,
            title=gettext("Publish V%(number)d of %(chain)s")
            % {"number": version.number, "chain": version.chain.label},
            back=reverse("approval-chains-chain", args=[version.chain_id]),
            version_number=version.number,
            differences=phrases.differences(
                in_use.read().branches if in_use else (),
                definition.branches,
                kind.all_facts(),
                names,
            ),
            findings=[line for line in lines if not line.is_ok],
            blocking=findings.blocking_count(lines),
            warnings=findings.warning_count(lines),
            running=ngettext(
                "%(count)d case under way keeps its version.",
                "%(count)d cases under way keep their version.",
                running,
            )
            % {"count": running},
            note=note,
            refusal=refusal,
            **extra,
        )
