"""受控文件: every controlled document that one may know of."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.lists import BuiltInView, Column, FlagFilter, ListView, title_column
from kernel.access import Action
from kernel.documents.manuals import queries
from kernel.documents.models import Manual, RevisionState


class Manuals(ListView):
    action = Action.MANUAL_VIEW
    template_name = "console/manuals/list.html"
    page_key = "documents.manuals"
    title = _("Controlled documents")
    columns = (
        Column(key="number", label=_("Number"), kind="code", sort="number", is_fixed=True),
        title_column("title", _("Title"), sort="title"),
        Column(key="mark_in_force", label=_("In force"), kind="code", phone="end"),
        Column(key="in_force_on", label=_("In force from"), kind="day", sort="in_force_on"),
        Column(
            key="to_come",
            label=_("To come"),
            value=lambda row: (
                f"{row.mark_to_come} {RevisionState(row.state_to_come).label}"
                if row.mark_to_come
                else ""
            ),
            phone="sub",
        ),
        Column(key="held_count", label=_("Copies held"), kind="number", sort="held_count"),
        Column(
            key="pending_count",
            label=_("Pages not put in"),
            kind="number",
            sort="pending_count",
            phone="end2",
        ),
    )
    filters = (FlagFilter(key="mine", label=_("I hold a copy"), field="is_mine"),)
    built_in_views = (BuiltInView(key="mine", label=_("I hold a copy"), query="mine=1"),)
    search_fields = ("number", "title")
    search_label = _("Number or title")
    default_sort = "number"
    empty_icon = "file-text"
    empty_title = _("No controlled documents yet")
    empty_text = _("Manuals and rules that are in force appear here for everybody.")

    def get_queryset(self) -> QuerySet[Manual]:
        return queries.manuals(actor=self.actor)

    def row_url(self, row: Manual) -> str:
        return reverse("manuals-manual", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"may_prepare": self.actor.may(Action.MANUAL_PREPARE)}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s document", "%(count)s documents", count) % {"count": count}
