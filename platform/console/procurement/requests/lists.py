"""采购单: every request that the visitor sees, with the project as a filter."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from console.formats import spell_month
from console.lists import (
    BuiltInView,
    ChoiceFilter,
    Column,
    DayFilter,
    FlagFilter,
    ListView,
    NumberFilter,
    title_column,
)
from console.procurement.choices import projects_of
from kernel.access import Action
from services.procurement.requests import queries
from services.procurement.requests.models import ClassChoice, PurchaseRequest, RequestState


class Requests(ListView):
    action = Action.PURCHASE_VIEW
    template_name = "console/procurement/requests/list.html"
    page_key = "procurement.requests"
    title = _("Purchase requests")
    columns = (
        Column(key="number", label=_("Number"), kind="code", sort="number", is_fixed=True),
        title_column("title", _("Title"), sort="title"),
        Column(key="place_name", label=_("For"), sort="project__name", phone="sub"),
        Column(key="purchase_class", label=_("Class"), sort="purchase_class"),
        Column(key="state", label=_("State"), kind="state", phone="end2"),
        Column(
            key="amount",
            label=_("Amount"),
            kind="money",
            sort="amount",
            total="amount",
            phone="end",
        ),
        Column(key="needed_on", label=_("Needed on"), kind="day", sort="needed_on"),
        Column(
            key="purchase_month",
            label=_("Month of purchase"),
            value=lambda row: spell_month(row.purchase_month),
            sort="purchase_month",
        ),
        Column(key="asked_by_label", label=_("Asked by"), sort="asked_by_label"),
        Column(key="unit", label=_("Using unit"), sort="unit", is_shown=False),
        Column(key="approved_on", label=_("Approved on"), kind="day", is_shown=False),
        Column(key="is_over_budget", label=_("Over budget"), kind="flag", is_shown=False),
    )
    filters = (
        ChoiceFilter(key="project", label=_("Project"), field="project_id", choices=projects_of),
        ChoiceFilter(
            key="class", label=_("Class"), field="purchase_class", choices=ClassChoice.choices
        ),
        ChoiceFilter(key="state", label=_("State"), field="state", choices=RequestState.choices),
        DayFilter(key="month", label=_("Month of purchase"), field="purchase_month"),
        NumberFilter(key="amount", label=_("Amount"), field="amount"),
        FlagFilter(key="over", label=_("Over budget"), field="is_over_budget"),
    )
    search_fields = ("number", "title", "unit", "asked_by_label")
    search_label = _("Number, title, unit or person")
    default_sort = "-number"
    built_in_views = (
        BuiltInView(key="draft", label=_("Drafts"), query="state=DRAFT"),
        BuiltInView(key="waiting", label=_("In approval"), query="state=SUBMITTED"),
        BuiltInView(key="consented", label=_("To be back-filled"), query="state=CONSENTED"),
        BuiltInView(key="approved", label=_("Approved"), query="state=APPROVED"),
    )
    empty_icon = "inbox"
    empty_title = _("No purchase requests yet")
    empty_text = _("Approve first, then buy: whoever needs something writes a request.")

    def get_queryset(self) -> QuerySet[PurchaseRequest]:
        return queries.requests(actor=self.actor)

    def row_url(self, row: PurchaseRequest) -> str:
        return reverse("purchase-requests-request", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {
            "may_ask": self.actor.may(Action.PURCHASE_REQUEST),
            "may_buy": self.actor.may(Action.PURCHASE_BUY),
        }

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s request", "%(count)s requests", count) % {"count": f"{count:,}"}
