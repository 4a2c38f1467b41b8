"""询价: every round within the visitor's reach."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from console.lists import BuiltInView, ChoiceFilter, Column, DayFilter, ListView, title_column
from console.procurement.choices import projects_of
from kernel.access import Action
from services.procurement.rounds import queries
from services.procurement.rounds.models import Round, RoundState


class Rounds(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/rounds/list.html"
    page_key = "procurement.rounds"
    title = _("Rounds of quotes")
    columns = (
        Column(key="number", label=_("Number"), kind="code", sort="number", is_fixed=True),
        title_column("title", _("Title"), sort="title"),
        Column(key="project.name", label=_("Project"), sort="project__name", phone="sub"),
        Column(key="state", label=_("State"), kind="state", phone="end2"),
        Column(
            key="closes_at",
            label=pgettext_lazy("of quotes", "Deadline"),
            kind="time",
            sort="closes_at",
            phone="end",
        ),
        Column(key="invited_count", label=_("Invited"), kind="number", sort="invited_count"),
        Column(key="answered_count", label=_("Quoted"), kind="number", sort="answered_count"),
        Column(key="created_by_label", label=_("Buyer"), is_shown=False),
    )
    filters = (
        ChoiceFilter(key="state", label=_("State"), field="state", choices=RoundState.choices),
        ChoiceFilter(
            key="project",
            label=_("Project"),
            field="project_id",
            choices=projects_of,
        ),
        DayFilter(
            key="closes", label=pgettext_lazy("of quotes", "Deadline"), field="closes_at__date"
        ),
    )
    built_in_views = (
        BuiltInView(key="open", label=_("Quoting"), query="state=OPEN"),
        BuiltInView(key="drafts", label=_("Drafts"), query="state=DRAFT"),
        BuiltInView(key="opened", label=_("Being evaluated"), query="state=OPENED"),
    )
    search_fields = ("number", "title")
    search_label = _("Number or title")
    default_sort = "-number"
    empty_icon = "clipboard"
    empty_title = _("No rounds of quotes yet")
    empty_text = _("What vendors are asked for appears here, with how many have quoted.")

    def get_queryset(self) -> QuerySet[Round]:
        return queries.rounds(actor=self.actor)

    def row_url(self, row: Round) -> str:
        return reverse("quote-rounds-round", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "may_buy": self.actor.may(Action.PURCHASE_BUY),
            "may_open": self.actor.may(Action.QUOTE_OPEN),
        }

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s round", "%(count)s rounds", count) % {"count": count}
