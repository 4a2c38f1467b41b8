"""欠费清单: who owes what since when; its print; one household's open bills; 收缴率."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.choices import buildings_of, items_of
from console.downloads.batches import print_batch
from console.lists import (
    BuiltInView,
    BulkAction,
    ChoiceFilter,
    Column,
    FlagFilter,
    ListView,
    NumberFilter,
    title_column,
)
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from kernel.errors import NotFound
from services.billing.arrears import queries
from services.billing.arrears.queries import LineFilter
from services.billing.arrears.rules import AGE_LABELS, Age
from services.billing.papers import batched, bills
from services.properties import queries as registry
from services.properties.models import Household, UnitKind, UnitState

MOST_PRINTED = 2000


@dataclass(frozen=True, kw_only=True)
class AgeFilter(ChoiceFilter):
    """Households that owe something of one of the ages."""

    def q(self, value: Any) -> Q:
        return Q(*((f"{age}__gt", 0) for age in value), _connector=Q.OR)


@dataclass(frozen=True, kw_only=True)
class OwesFilter(FlagFilter):
    """Whether a sum is above zero."""

    def q(self, value: bool) -> Q:  # noqa: FBT001 - the filter's value is a flag
        return Q((f"{self.field}__gt", 0)) if value else Q((self.field, 0))


def spell_periods(row: Any) -> str:
    """Return the months of what is overdue: ``2026-08 至 2026-10``."""
    if row.first_period is None:
        return ""
    first, last = f"{row.first_period:%Y-%m}", f"{row.last_period:%Y-%m}"
    if first == last:
        return first
    return gettext("%(start)s to %(end)s") % {"start": first, "end": last}


def age_column(age: Age, *, is_shown: bool = True) -> Column:
    return Column(
        key=age.value,
        label=AGE_LABELS[age],
        kind="money",
        value=lambda row: getattr(row, age.value) or None,  # a zero says less than nothing
        sort=age.value,
        total=age.value,
        is_shown=is_shown,
    )


class Arrears(ListView):
    action = Action.ARREARS_VIEW
    template_name = "console/arrears/arrears.html"
    page_key = "arrears.households"
    title = _("Arrears")
    has_summed_rows = True
    columns = (
        title_column("label", _("Room"), kind="code", sort="sort_key"),
        Column(key="payer.name", label=_("Payer"), sort="payer__name", phone="sub"),
        Column(key="payer.phone_masked", label=_("Phone"), kind="code", is_shown=False),
        Column(
            key="periods",
            label=_("Months overdue"),
            kind="code",
            value=spell_periods,
            sort="first_period",
        ),
        Column(
            key="overdue_days",
            label=_("Days overdue"),
            kind="number",
            sort=("overdue_days", "open_amount"),
            tone=lambda row: "bad" if row.overdue_days > 180 else "",
            phone="end2",
        ),
        age_column(Age.TO_30),
        age_column(Age.TO_90),
        age_column(Age.TO_180),
        age_column(Age.TO_365),
        age_column(Age.OVER_365),
        Column(
            key="overdue",
            label=_("Overdue (CNY)"),
            kind="money",
            sort="overdue",
            total="overdue",
            css="b",
            phone="end",
        ),
        age_column(Age.NOT_DUE),
        Column(
            key="open_amount",
            label=_("All open (CNY)"),
            kind="money",
            sort="open_amount",
            total="open_amount",
            is_shown=False,
        ),
        Column(
            key="old_arrears",
            label=_("Of earlier years"),
            kind="money",
            sort="old_arrears",
            total="old_arrears",
            is_shown=False,
        ),
        Column(
            key="this_year",
            label=_("Of this year"),
            kind="money",
            sort="this_year",
            total="this_year",
            is_shown=False,
        ),
        Column(
            key="oldest_due_on",
            label=_("Oldest due day"),
            kind="day",
            sort="oldest_due_on",
            is_shown=False,
        ),
    )
    filters = (
        ChoiceFilter(key="building", label=_("Building"), choices=buildings_of),
        ChoiceFilter(key="item", label=_("Fee item"), choices=items_of),
        AgeFilter(
            key="age",
            label=_("Age"),
            field="age",
            choices=[(age.value, label) for age, label in AGE_LABELS.items()],
        ),
        NumberFilter(key="amount", label=_("Overdue amount"), field="overdue"),
        ChoiceFilter(key="kind", label=_("Kind of unit"), choices=UnitKind.choices),
        ChoiceFilter(key="state", label=_("State of the unit"), choices=UnitState.choices),
        OwesFilter(key="overdue", label=_("Overdue"), field="overdue"),
        OwesFilter(key="old", label=_("Of earlier years"), field="old_arrears"),
    )
    search_fields = (
        "label",
        "code",
        "payer__name",
        "payer__initials",
        "payer__phone_tail",
    )
    search_label = _("Room, name, phone end")
    default_sort = "-overdue_days"
    built_in_views = (
        BuiltInView(key="overdue", label=_("Overdue"), query="overdue=1"),
        BuiltInView(key="180", label=_("Over 180 days"), query="age=to_365&age=over_365"),
        BuiltInView(key="year", label=_("Over 1 year"), query="age=over_365"),
        BuiltInView(key="old", label=_("Of earlier years"), query="old=1"),
    )
    bulk_actions = (
        BulkAction(
            key="notices",
            label=_("Payment notices"),
            action=Action.NOTICE_PRINT,
            icon="printer",
            confirm=_("Each household gets a notice with a number of its own, kept in its files."),
        ),
    )
    empty_icon = "ok"
    empty_title = _("Nothing is open")
    empty_text = _("All bills of this project are paid, or none has been posted yet.")

    def get_queryset(self) -> QuerySet[Any]:
        return queries.households(
            actor=self.actor,
            project_id=self.project_id,
            today=self.today,
            lines=LineFilter(
                item_ids=ids(self.filter_value("item")),
                building_ids=ids(self.filter_value("building")),
                unit_kinds=self.filter_value("kind") or (),
                unit_states=self.filter_value("state") or (),
            ),
        )

    def bulk_notices(self, rows: QuerySet[Any]) -> HttpResponse:
        return print_batch(self, batched.NOTICES, rows.order_by("sort_key", "pk"))

    def page_context(self) -> dict[str, Any]:
        assert self.project_id is not None
        ageing = queries.ageing(actor=self.actor, project_id=self.project_id, today=self.today)
        return {"ageing": ageing, "project_id": self.project_id}

    def row_url(self, row: Household) -> str:
        return reverse("arrears-household", args=[self.project_id, row.pk])

    def count_words(self, count: int) -> str:
        return ngettext("%(count)s household", "%(count)s households", count) % {
            "count": f"{count:,}"
        }


class ArrearsPrint(Arrears):
    """The same list on A4, with the filters and the order of its address."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        figures = self._figures([self.state])
        context = {
            "title": self.title,
            "project": registry.get_project(actor=self.actor, project_id=kwargs["project_id"]),
            "back_url": f"{reverse('arrears', args=[self.project_id])}{self.state.address()}",
            "columns": self.visible_columns,
            "rows": [self._row(row) for row in self.found[:MOST_PRINTED]],
            "totals": self._totals(figures),
            "count_words": self.count_words(figures["count"]),
            "left_out": max(figures["count"] - MOST_PRINTED, 0),
            "settings": [
                (filter_.label, self.state.settings[filter_.key].words)
                for filter_ in self.filters
                if filter_.key in self.state.settings
            ],
            "search": self.state.search,
            "today": self.today,
            "now": timezone.localtime(self.now),
            "actor": self.actor.label,
        }
        return render(request, "console/arrears/print.html", context)


class ArrearsHousehold(ConsoleView):
    """One household's open bills, and how each amount came about."""

    action = Action.ARREARS_VIEW

    def get(self, request: HttpRequest, project_id: int, household_id: int) -> HttpResponseBase:
        household = registry.get_household(
            actor=self.actor, household_id=household_id, action=self.action
        )
        if household.project_id != project_id:
            raise NotFound
        open_now = bills.open_bills(household, self.today)
        context = {
            "title": household.label,
            "crumbs": [(_("Arrears"), reverse("arrears", args=[project_id]))],
            "household": household,
            "bills": open_now,
            "open_total": sum((each.left for each in open_now), Decimal("0.00")),
            "overdue_total": sum(
                (each.left for each in open_now if each.overdue_days), Decimal("0.00")
            ),
            "may_take": self.actor.may(Action.PAYMENT_TAKE, project_id),
            "project_id": project_id,
        }
        return render(request, "console/arrears/household.html", context)


class Rates(ConsoleView):
    """The collection rate of a year: by month, by item, and of old arrears apart."""

    action = Action.ARREARS_VIEW

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        year = read_year(request.GET.get("year", ""), self.today)
        span: dict[str, Any] = {
            "actor": self.actor,
            "project_id": project_id,
            "first": date(year, 1, 1),
            "last": date(year, 12, 1),
        }
        context = {
            "title": _("Collection rate"),
            "year": year,
            "years": [self.today.year - back for back in range(3)],
            "months": queries.rates_by_month(**span),
            "items": queries.rates_by_item(**span),
            "total": queries.rate(**span),
            "old": queries.old_arrears_rate(
                actor=self.actor, project_id=project_id, today=self.today
            ),
            "target": policies.get("kpi.collection_rate", Decimal, project_id=project_id),
            "this_year": self.today.year,
            "project_id": project_id,
        }
        return render(request, "console/arrears/rates.html", context)


def read_year(text: str, today: date) -> int:
    """Return the year asked for; this one where that makes no sense."""
    is_year = text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= today.year
    return int(text) if is_year else today.year


def ids(values: Any) -> list[int]:
    return [int(value) for value in values or ()]
