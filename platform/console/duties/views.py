"""Separation of duties: where duties meet today, the pairs, and the exemptions."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as _p

from console.duties import forms
from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, ListView, title_column
from console.organisation.posts import doubts_of
from console.sheets import EditSheet
from console.views import ConsoleView
from kernel.access import Action
from kernel.access.models import Post
from kernel.audit.queries import history_of
from kernel.audit.registry import event_words
from kernel.duties import PAIRS, Basis, Level, Mode, Pair, exemptions, queries
from kernel.duties.models import Exemption, ExemptionState
from kernel.duties.operations import mode_of
from kernel.duties.queries import Conflict
from services.properties.models import Project

HISTORY_SHOWN = 30

BASES = {
    Basis.NAMED: _("Named as incompatible by the source"),
    Basis.PROCEDURE: _("Follows from the procedure"),
    Basis.OURS: _("Our addition"),
}
LEVELS = {
    Level.RECORD: _("On one record"),
    Level.POST: _("Between posts"),
}
MODES = {
    Mode.BLOCK: _("Whatever would bring duties together is refused. There are no exemptions."),
    Mode.BLOCK_WITH_EXEMPTION: _(
        "Whatever would bring duties together is refused, unless an approved exemption covers it."
    ),
    Mode.WARN: _("Nothing is refused: what brings duties together is written into the log."),
}
PROJECT_NAME = Subquery(Project.objects.filter(pk=OuterRef("project_id")).values("name")[:1])


@dataclass(frozen=True, slots=True)
class Row:
    """A conflict as the page tells it."""

    conflict: Conflict
    place: str  # empty: the whole company
    first: str
    second: str


def tabs_of(current: str) -> list[dict[str, Any]]:
    """Return the pages about the separation of duties, as links above each of them."""
    pages = (
        ("duties", _("Today")),
        ("duties-pairs", _("The pairs")),
        ("duties-exemptions", _("Exemptions")),
    )
    return [
        {"url": reverse(route), "label": label, "current": route == current}
        for route, label in pages
    ]


def rows_of(conflicts: list[Conflict]) -> list[Row]:
    """Return conflicts with the names of posts and projects; two queries for all of them."""
    posts = {post.key: post.label for post in Post.objects.all()} if conflicts else {}
    ids = {one.meeting.project_id for one in conflicts if one.meeting.project_id is not None}
    projects: dict[int | None, str] = dict(
        Project.objects.filter(pk__in=ids).values_list("pk", "name")
    )
    return [
        Row(
            one,
            projects.get(one.meeting.project_id, ""),
            posts.get(one.meeting.first.post, one.meeting.first.post),
            posts.get(one.meeting.second.post, one.meeting.second.post),
        )
        for one in conflicts
    ]


class Conflicts(ConsoleView):
    """Every conflict there is today: who, which posts, where, and the way out."""

    action = Action.DUTIES_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        found = rows_of(queries.conflicts(actor=self.actor, today=self.today))
        mode = mode_of(None)
        context = {
            "title": _("Separation of duties"),
            "tabs": tabs_of("duties"),
            "mode": mode,
            "mode_words": MODES[mode],
            "open": [row for row in found if row.conflict.exemption is None],
            "doubts": doubts_of(queries.unclear_posts(actor=self.actor)),
            "exempt": [row for row in found if row.conflict.exemption is not None],
            "may_manage": self.actor.may_everywhere(Action.USER_MANAGE),
            "may_ask": may_ask(self),
        }
        return render(request, "console/duties/conflicts.html", context)


class Pairs(ConsoleView):
    """The 33 pairs in words, where each is checked, where it comes from, and how it stands."""

    action = Action.DUTIES_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        counts = Counter(
            one.meeting.pair.id
            for one in queries.conflicts(actor=self.actor, today=self.today)
            if one.exemption is None
        )
        in_force = Counter(
            queries.exemptions_in_force(day=self.today).values_list("rule", flat=True)
        )
        labels = queries.labels_with_own()
        context = {
            "title": _("Separation of duties"),
            "tabs": tabs_of("duties-pairs"),
            "pairs": [
                {
                    "pair": pair,
                    "levels": [LEVELS[level] for level in Level if level in pair.levels],
                    "basis": BASES[pair.basis],
                    "posts": posts_in_words(pair, labels),
                    "conflicts": counts[rule],
                    "exemptions": in_force[rule],
                }
                for rule, pair in PAIRS.items()
            ],
        }
        return render(request, "console/duties/pairs.html", context)


def posts_in_words(pair: Pair, labels: Mapping[str, str]) -> list[str]:
    """Return the posts on each side of a pair, and those that count as them, by their names."""
    comma = str(_p("between items of a list", ", "))
    return [
        comma.join(labels.get(key, key) for key in sorted(side.posts)) for side in (pair.a, pair.b)
    ]


def may_ask(view: ConsoleView) -> bool:
    return (
        view.actor.may_everywhere(Action.USER_MANAGE) and mode_of(None) == Mode.BLOCK_WITH_EXEMPTION
    )


class Exemptions(ListView):
    """All exemptions there are and were; by days, as the quarterly accounts list them (S-49)."""

    action = Action.DUTIES_VIEW
    page_key = "duties.exemptions"
    title = _("Exemptions")
    template_name = "console/duties/exemptions.html"
    columns = (
        title_column("rule", _("Rule"), kind="code", sort="rule"),
        Column(
            key="message",
            label=_("Duties"),
            value=lambda row: f"{row.pair.duty_a} / {row.pair.duty_b}",
            wraps=True,
            phone="sub",
        ),
        Column(key="user.name", label=_("Person"), sort="user__name", phone="end2"),
        Column(
            key="place",
            label=_("Where"),
            value=lambda row: row.project_name or _("Whole company"),
        ),
        Column(key="valid_from", label=_("From"), kind="day", sort="valid_from"),
        Column(key="last_day", label=_("Last day"), kind="day", sort="valid_to"),
        Column(key="state", label=_("State"), kind="state", sort="state", phone="end"),
        Column(key="reason", label=_("Reason"), wraps=True),
        Column(key="requested_by_label", label=_("Asked for by")),
        Column(key="decided_by_label", label=_("Decided by")),
        Column(key="ended_on", label=_("Ended on"), kind="day", is_shown=False),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=ExemptionState.choices),
        ChoiceFilter(
            key="rule",
            label=_("Rule"),
            field="rule",
            choices=[(rule, rule) for rule in PAIRS],
        ),
        DayFilter(key="days", label=_("Counted on one of these days")),
    )
    built_in_views = (
        BuiltInView(key="waiting", label=_("Waiting for approval"), query="state=REQUESTED"),
    )
    search_fields = ("user__name", "user__username", "reason")
    search_label = _("Person or reason")
    default_sort = "-valid_from"
    empty_icon = "shield"
    empty_title = _("No exemptions")
    empty_text = _("Nobody may carry two duties that are kept apart.")

    def get_queryset(self) -> QuerySet[Exemption]:
        found = queries.exemptions(actor=self.actor)
        days = self.filter_value("days")
        if days:
            first, last = days
            found = queries.exemptions_of_days(
                actor=self.actor, first_day=first or last, last_day=last or self.today
            )
        return found.annotate(project_name=PROJECT_NAME)

    def row_url(self, row: Exemption) -> str:
        return reverse("duties-exemptions-one", args=[row.pk])

    def count_words(self, count: int) -> str:
        words = ngettext("%(count)s exemption", "%(count)s exemptions", count)
        return words % {"count": f"{count:,}"}

    def page_context(self) -> dict[str, Any]:
        return {"pages": tabs_of("duties-exemptions"), "may_ask": may_ask(self)}


class Ask(EditSheet):
    action = Action.USER_MANAGE
    title, button = _("Ask for an exemption"), _("Ask for approval")
    lead = _("The property manager decides. Neither you nor the person concerned can approve it.")
    form_class = forms.Ask

    def form_options(self) -> dict[str, Any]:
        asked = self.request.GET
        return {
            "actor": self.actor,
            "initial": {
                "rule": asked.get("rule", ""),
                "user_id": asked.get("person", ""),
                "project_id": asked.get("project", ""),
                "valid_from": self.today,
            },
        }

    def back(self) -> str:
        return reverse("duties-exemptions")

    def save(self, values: dict[str, Any]) -> None:
        exemptions.request_exemption(actor=self.actor, now=self.now, **values)


class ExemptionPage(ConsoleView):
    action = Action.DUTIES_VIEW

    def get(self, request: HttpRequest, exemption_id: int) -> HttpResponseBase:
        exemption = queries.get_exemption(actor=self.actor, exemption_id=exemption_id)
        place = Project.objects.filter(pk=exemption.project_id or 0).first()
        is_concerned = self.actor.user_id in {exemption.user_id, exemption.requested_by}
        decides = self.actor.may_everywhere(Action.DUTIES_EXEMPT) or (
            exemption.project_id is not None
            and self.actor.may(Action.DUTIES_EXEMPT, exemption.project_id)
        )
        waits = exemption.state == ExemptionState.REQUESTED
        runs = exemption.state == ExemptionState.APPROVED and exemption.last_day >= self.today
        context = {
            "title": f"{exemption.rule} · {exemption.user.name}",
            "crumbs": [
                (_("Separation of duties"), reverse("duties")),
                (_("Exemptions"), reverse("duties-exemptions")),
            ],
            "exemption": exemption,
            "place": place.name if place else "",
            "waits": waits,
            "may_decide": waits and decides and not is_concerned,
            "may_end": runs and (decides or self.actor.may_everywhere(Action.USER_MANAGE)),
            "history": [
                (event_words(entry.event), entry) for entry in history_of(exemption)[:HISTORY_SHOWN]
            ],
        }
        return render(request, "console/duties/exemption.html", context)


class ExemptionStep(EditSheet):
    """One thing done to an exemption, in the sheet over its page."""

    def back(self) -> str:
        return reverse("duties-exemptions-one", args=[self.kwargs["exemption_id"]])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._require_in_reach()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self._require_in_reach()
        return super().post(request, *args, **kwargs)

    def _require_in_reach(self) -> None:
        queries.get_exemption(actor=self.actor, exemption_id=self.kwargs["exemption_id"])


class Approve(ExemptionStep):
    action = Action.DUTIES_EXEMPT
    title, button = _("Approve the exemption"), _("Approve")
    form_class = forms.Approve

    def save(self, values: dict[str, Any]) -> None:
        exemptions.approve_exemption(
            actor=self.actor, exemption_id=self.kwargs["exemption_id"], now=self.now, **values
        )


class Reject(ExemptionStep):
    action = Action.DUTIES_EXEMPT
    title, button = _("Turn the exemption down"), _("Turn down")
    form_class = forms.Reject

    def save(self, values: dict[str, Any]) -> None:
        exemptions.reject_exemption(
            actor=self.actor, exemption_id=self.kwargs["exemption_id"], now=self.now, **values
        )


class End(ExemptionStep):
    action = Action.DUTIES_VIEW
    title, button = _("End the exemption today"), _("End it")
    lead = _("What was done under it stands. Posts that meet from now on are shown as a conflict.")
    form_class = forms.End

    def save(self, values: dict[str, Any]) -> None:
        exemptions.end_exemption(
            actor=self.actor, exemption_id=self.kwargs["exemption_id"], now=self.now, **values
        )
