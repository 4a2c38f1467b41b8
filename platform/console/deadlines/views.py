"""The page 时限: which clocks run, what runs out, what is overdue, and one clock's past."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.formats import spell_duration
from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, FlagFilter, ListView
from console.views import ConsoleView
from kernel.access import Action
from kernel.access.models import User
from kernel.audit.queries import history_of
from kernel.audit.registry import event_words
from kernel.calendar.queries import calendar
from kernel.deadlines import models, queries
from kernel.deadlines.clocks import clock_of, clocks
from kernel.policies import REGISTRY
from services.properties import queries as properties
from services.properties.models import Project

HISTORY_SHOWN = 50


def clock_name(row: Any) -> str:
    try:
        return str(clock_of(row.clock).name)
    except KeyError:  # of a former release
        return str(row.clock)


def state_words(row: Any) -> str:
    """Return how the clock stands: its state, or what is worse."""
    if row.state == models.DeadlineState.RUNNING and row.breached_at:
        return now_("overdue")
    if row.state == models.DeadlineState.RUNNING and row.warned_at:
        return now_("running out")
    if row.state == models.DeadlineState.STOPPED and row.breached_at:
        return now_("done too late")
    if row.state == models.DeadlineState.STOPPED:
        return now_("done in time")
    return str(row.get_state_display())


def state_tone(row: Any) -> str:
    if row.breached_at:
        return "bad"
    if row.state == models.DeadlineState.RUNNING:
        return "warn" if row.warned_at else "info"
    return "ok" if row.state == models.DeadlineState.STOPPED else ""


class Deadlines(ListView):
    action = Action.DEADLINE_VIEW
    page_key = "deadlines"
    title = _("Time limits")
    columns = (
        Column(key="title", label=_("About"), is_link=True, is_fixed=True, phone="title"),
        Column(key="clock", label=_("Limit"), value=clock_name, sort="clock", phone="sub"),
        Column(key="project", label=_("Project")),
        Column(
            key="standing",  # "state" would show the state's own word
            label=_("State"),
            kind="state",
            value=state_words,
            tone=state_tone,
            phone="end2",
        ),
        Column(
            key="due_at",
            label=pgettext_lazy("a time limit", "Due"),
            kind="time",
            sort="due_at",
            phone="end",
        ),
        Column(key="started_at", label=_("Started"), kind="time", sort="started_at"),
        Column(key="limit", label=_("Allowed"), value=lambda row: spell_duration(row.limit)),
        Column(key="breached_at", label=_("Exceeded"), kind="time", sort="breached_at"),
        Column(key="ended_at", label=_("Ended"), kind="time", sort="ended_at", is_shown=False),
    )
    filters = (
        ChoiceFilter(
            key="state", label=_("State"), field="state", choices=models.DeadlineState.choices
        ),
        FlagFilter(
            key="overdue",
            label=_("Overdue"),
            field="is_overdue",
            yes=_("Overdue"),
            no=_("Not overdue"),
        ),
        FlagFilter(
            key="soon",
            label=_("Running out"),
            field="is_warned",
            yes=_("Running out"),
            no=_("Time enough"),
        ),
        ChoiceFilter(
            key="clock",
            label=_("Limit"),
            field="clock",
            choices=lambda _view: [(kind.key, kind.name) for kind in clocks()],
        ),
        ChoiceFilter(
            key="project",
            label=_("Project"),
            field="project_id",
            choices=lambda view: [
                (str(project.pk), project.name) for project in properties.projects(actor=view.actor)
            ],
        ),
        DayFilter(key="started", label=_("Started"), field="started_at", is_moment=True),
    )
    built_in_views = (
        BuiltInView(key="overdue", label=_("Overdue"), query="overdue=1&state=RUNNING"),
        BuiltInView(key="soon", label=_("Running out"), query="soon=1&state=RUNNING"),
        BuiltInView(
            key="paused", label=pgettext_lazy("several clocks", "Paused"), query="state=PAUSED"
        ),
    )
    search_fields = ("title",)
    search_label = _("What it is about")
    default_sort = "due_at"
    empty_title = _("No time limits")
    empty_text = _("Clocks appear here when a complaint, a repair or an approval starts one.")
    empty_icon = "clock"

    def get_queryset(self) -> QuerySet[models.Deadline]:
        name = Project.objects.filter(pk=OuterRef("project_id")).values("name")
        return queries.deadlines(actor=self.actor).annotate(
            project=Subquery(name),
            is_overdue=Q(breached_at__isnull=False),
            is_warned=Q(warned_at__isnull=False, breached_at__isnull=True),
        )

    def row_url(self, row: models.Deadline) -> str:
        return reverse("deadlines-one", args=[row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s time limit", "%(count)s time limits", count) % {
            "count": f"{count:,}"
        }


class Deadline(ConsoleView):
    """One clock: what is used and left, its pauses, who was told."""

    action = Action.DEADLINE_VIEW

    def get(self, request: HttpRequest, deadline_id: int) -> HttpResponseBase:
        row = queries.get_deadline(actor=self.actor, deadline_id=deadline_id)
        standing = queries.standing(row, now=row.ended_at or self.now, calendar=calendar())
        share = min(int(100 * standing.used / row.limit), 100)
        people = User.objects.in_bulk([*row.person_ids, *row.escalated_to])
        context = {
            "title": row.title,
            "crumbs": [(_("Time limits"), reverse("deadlines"))],
            "row": row,
            "clock": clock_name(row),
            "setting": _setting_of(row),
            "words": state_words(row),
            "tone": state_tone(row),
            "standing": standing,
            "share": share,
            "pauses": row.pauses.order_by("pk"),
            "responsible": [people[pk] for pk in row.person_ids if pk in people],
            "escalated_to": [people[pk] for pk in row.escalated_to if pk in people],
            "history": [
                (event_words(entry.event), entry) for entry in history_of(row)[:HISTORY_SHOWN]
            ],
            "sees_settings": self.actor.may(Action.POLICY_VIEW),
        }
        return render(request, "console/deadlines/one.html", context)


def _setting_of(row: models.Deadline) -> Any:
    try:
        return REGISTRY[clock_of(row.clock).setting]
    except KeyError:
        return None
