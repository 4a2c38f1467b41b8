"""How well buying goes: KPI-27 by month, the log of emergencies, what awards saved."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy as _p

from console.lists import (
    ChoiceFilter,
    Column,
    DayFilter,
    ListView,
    NumberFilter,
    title_column,
)
from console.procurement.choices import projects_of
from console.procurement.requests import forms
from console.procurement.requests.together import months_around
from console.views import ConsoleView
from kernel.access import Action
from services.procurement.requests.models import PurchaseRequest, RequestState
from services.procurement.rounds.models import Award
from services.procurement.scorecards import buying


def _crumbs() -> list[tuple[object, str]]:
    return [
        (_("Purchase requests"), reverse("purchase-requests")),
        (_("Figures of purchasing"), reverse("purchase-requests-figures")),
    ]


class Figures(ConsoleView):
    """Purchases in time, awards with enough quotes, emergencies back-filled in time (KPI-27)."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        month = forms.MonthForm.month_of(request.GET, self.today)
        context = {
            "title": _("Figures of purchasing"),
            "crumbs": _crumbs()[:1],
            "figures": buying.figures(actor=self.actor, month=month, now=self.now),
            **months_around(month),
        }
        return render(request, "console/procurement/requests/figures.html", context)


class Emergencies(ListView):
    """应急采购台账: who asked, who consented, when, what it cost, when its paper came (PR-08)."""

    action = Action.PURCHASE_VIEW
    page_key = "procurement.emergencies"
    title = _("Log of emergencies")
    columns = (
        Column(key="number", label=_("Number"), kind="code", sort="number", is_fixed=True),
        title_column("title", _("Title"), sort="title"),
        Column(key="place_name", label=_("For"), sort="project__name", phone="sub"),
        Column(key="asked_by_label", label=_("Asked by"), sort="asked_by_label"),
        Column(key="consenter_label", label=_("Who consented"), sort="consenter_label"),
        Column(key="consented_at", label=_("Consented at"), kind="time", sort="consented_at"),
        Column(key="means", label=_("How")),
        Column(
            key="amount",
            label=_("Consented amount"),
            kind="money",
            sort="amount",
            total="amount",
        ),
        Column(
            key="cost", label=_("Ordered"), kind="money", sort="cost", total="cost", phone="end"
        ),
        Column(key="backfill_due_at", label=_("Paper due"), kind="time", sort="backfill_due_at"),
        Column(key="backfilled_at", label=_("Paper approved"), kind="time", sort="backfilled_at"),
        Column(key="state", label=_("State"), kind="state", phone="end2"),
    )
    filters = (
        ChoiceFilter(key="project", label=_("Project"), field="project_id", choices=projects_of),
        ChoiceFilter(key="state", label=_("State"), field="state", choices=RequestState.choices),
        DayFilter(key="month", label=_("Month"), field="purchase_month"),
        NumberFilter(key="cost", label=_("Ordered"), field="cost"),
    )
    search_fields = ("number", "title", "asked_by_label", "consenter_label")
    search_label = _("Number, title or person")
    default_sort = "-number"
    empty_icon = "inbox"
    empty_title = _("No emergencies yet")
    empty_text = _("What was bought on a leader's word is listed here.")

    def get_queryset(self) -> QuerySet[PurchaseRequest]:
        return buying.emergencies(actor=self.actor)

    def row_url(self, row: PurchaseRequest) -> str:
        return reverse("purchase-requests-request", args=[row.pk])

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": _crumbs()}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s emergency", "%(count)s emergencies", count) % {
            "count": f"{count:,}"
        }


class Savings(ListView):
    """What awards cost against the estimate, the last price and the dearest quote (PR-84)."""

    action = Action.PURCHASE_VIEW
    page_key = "procurement.savings"
    title = _("What awards saved")
    columns = (
        Column(
            key="round.number",
            label=_("Number"),
            kind="code",
            sort="round__number",
            is_fixed=True,
        ),
        title_column("round.title", _("Title"), sort="round__title"),
        Column(
            key="decided_at",
            label=_p("time of an award", "Awarded"),
            kind="time",
            sort="decided_at",
            phone="sub",
        ),
        Column(key="proposed_by_label", label=_("Buyer"), sort="proposed_by_label"),
        Column(
            key="estimate",
            label=_("Estimate"),
            kind="money",
            sort="estimate",
            total="estimate",
        ),
        Column(key="total", label=_("Award"), kind="money", sort="total", total="total"),
        Column(
            key="saved",
            label=_("Below the estimate"),
            kind="money",
            sort="saved",
            total="saved",
            phone="end",
        ),
        Column(key="last_amount", label=_("At the last price"), kind="money", sort="last_amount"),
        Column(
            key="saved_on_last",
            label=_("Below the last price"),
            kind="money",
            sort="saved_on_last",
            total="saved_on_last",
        ),
        Column(key="dearest", label=_("Dearest quote"), kind="money", sort="dearest"),
        Column(key="reason", label=_("Reason"), is_shown=False),
    )
    filters = (
        ChoiceFilter(
            key="project", label=_("Project"), field="round__project_id", choices=projects_of
        ),
        NumberFilter(key="saved", label=_("Below the estimate"), field="saved"),
    )
    search_fields = ("round__number", "round__title", "proposed_by_label")
    search_label = _("Number, title or person")
    default_sort = "-decided_at"
    empty_icon = "inbox"
    empty_title = _("No awards yet")
    empty_text = _("What was awarded is compared here with estimates and earlier prices.")

    def get_queryset(self) -> QuerySet[Award]:
        return buying.savings(actor=self.actor)

    def row_url(self, row: Award) -> str:
        return reverse("quote-rounds-comparison", args=[row.round_id])

    def page_context(self) -> dict[str, Any]:
        return {"crumbs": _crumbs()}

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s award", "%(count)s awards", count) % {"count": f"{count:,}"}
