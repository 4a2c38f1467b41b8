"""The record of the company: who did what to what, when, by which post."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console import formats
from console.audit.links import record_url
from console.audit.words import changes_of, facts_of, told_of
from console.lists import ChoiceFilter, Column, DayFilter, ListView, TextFilter, title_column
from console.lists.filters import Choice
from console.views import ConsoleView
from kernel.access import Action
from kernel.access.models import Post
from kernel.access.queries import post_label
from kernel.audit import queries
from kernel.audit.models import AuditEntry
from kernel.audit.registry import event_words, events, object_words, objects
from kernel.tenancy import current_company
from services.properties import queries as registry
from tenants.companies.records import last_check

COMPANY = "company"  # the choice of what lies in no project
SHOWN = 40  # characters of a name in the list


def object_named(entry: AuditEntry) -> str:
    """Return what an entry is about: its kind, its name if the entry has one, its number."""
    named = next(
        (entry.data[key] for key in ("label", "name", "code", "plate") if entry.data.get(key)), ""
    )
    words = object_words(entry.object_type)
    name = str(named)[:SHOWN] or f"#{entry.object_id}"
    return gettext("%(kind)s %(name)s") % {"kind": words, "name": name}


def acted_for(entry: AuditEntry) -> str:
    """Return who acted, and for whom."""
    if not entry.on_behalf_of:
        return formats.spell_who(entry.actor)
    return gettext("%(actor)s for %(other)s") % {
        "actor": formats.spell_who(entry.actor),
        "other": entry.on_behalf_of,
    }


def by_words(words: Mapping[str, Any]) -> list[Choice]:
    return sorted(((key, str(text)) for key, text in words.items()), key=lambda pair: pair[1])


def projects_of(view: ListView) -> list[Choice]:
    found = registry.projects(actor=view.actor)
    own: list[Choice] = [
        (project.pk, project.name)
        for project in found
        if view.actor.may(Action.AUDIT_VIEW, project.pk)
    ]
    if view.actor.may_everywhere(Action.AUDIT_VIEW):
        own.append((COMPANY, _("Of the company, in no project")))
    return own


class Audit(ListView):
    action = Action.AUDIT_VIEW
    page_key = "audit.entries"
    title = _("Audit record")
    template_name = "console/audit/list.html"
    is_log = True
    columns = (
        title_column("event", _("What was done"), value=lambda row: event_words(row.event)),
        Column(key="at", label=_("When"), kind="time", phone="end"),
        Column(key="actor", label=_("Who"), value=acted_for, phone="sub"),
        Column(key="post_name", label=_("By post"), phone="end2"),
        Column(key="object", label=_("To what"), value=object_named),
        Column(key="project_name", label=_("Project")),
        Column(
            key="told",
            label=_("What changed"),
            value=told_of,
            wraps=True,
            is_shown=False,
        ),
        Column(key="request_id", label=_("Request number"), kind="code", is_shown=False),
        Column(key="pk", label=_("Entry number"), kind="code", is_shown=False),
    )
    filters = (
        DayFilter(key="at", label=_("Day"), field="at", is_moment=True),
        TextFilter(key="actor", label=_("Who"), field="actor"),
        ChoiceFilter(
            key="event",
            label=_("What was done"),
            field="event",
            choices=lambda _view: by_words(events()),
        ),
        ChoiceFilter(
            key="kind",
            label=_("Kind of record"),
            field="object_type",
            choices=lambda _view: by_words(objects()),
        ),
        ChoiceFilter(key="project", label=_("Project"), choices=projects_of),
        ChoiceFilter(
            key="post",
            label=_("By post"),
            field="post",
            choices=lambda _view: [(post.key, post.label) for post in Post.objects.order_by("pk")],
        ),
        TextFilter(key="request", label=_("Request number"), field="request_id", lookup="exact"),
        TextFilter(key="number", label=_("Number of the record")),
    )
    search_fields = ("actor", "on_behalf_of", "request_id")
    search_label = _("Name of a person or request number")
    empty_icon = "history"
    empty_title = _("Nothing is recorded yet")

    def get_queryset(self) -> QuerySet[AuditEntry]:
        name = "name_en" if self.request.LANGUAGE_CODE == "en" else "name"
        posts = Post.objects.filter(key=OuterRef("post"))
        projects = registry.projects(actor=self.actor).filter(pk=OuterRef("project_id"))
        found = queries.entries(actor=self.actor).annotate(
            post_name=Subquery(posts.values(name)[:1]),
            project_name=Subquery(projects.order_by().values("name")[:1]),
        )
        return found.filter(self._in_projects(), self._numbered())

    def row_url(self, row: AuditEntry) -> str:
        return reverse("audit-entry", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": [], "check": last_check(company_id=current_company().pk)}

    def _in_projects(self) -> Q:
        wanted: Iterable[str] = self.filter_value("project") or ()
        condition = Q()
        for value in wanted:
            is_company = value == COMPANY
            condition |= Q(project_id=None) if is_company else Q(project_id=int(value))
        return condition

    def _numbered(self) -> Q:
        text = self.filter_value("number")
        if not text:
            return Q()
        is_number = text.isascii() and text.isdigit() and len(text) < 19
        return Q(object_id=int(text)) if is_number else Q(pk=None)


class Entry(ConsoleView):
    """One entry, whole: what changed, its request, its place in the chain."""

    action = Action.AUDIT_VIEW

    def get(self, request: HttpRequest, entry_id: int) -> HttpResponseBase:
        entry = queries.get_entry(actor=self.actor, entry_id=entry_id)
        link = queries.link_of(entry)
        project = registry.projects(actor=self.actor).filter(pk=entry.project_id or 0).first()
        context = {
            "title": event_words(entry.event),
            "crumbs": [(Audit.title, reverse("audit"))],
            "entry": entry,
            "who": formats.spell_who(entry.actor),
            "object": object_named(entry),
            "object_url": record_url(entry),
            "project": project,
            "post": post_label(entry.post) if entry.post else "",
            "changes": changes_of(entry),
            "facts": facts_of(entry),
            "link": link,
            "hash": bytes(link.hash).hex() if link else "",
        }
        return render(request, "console/audit/entry.html", context)
