"""工作台: how the project does this month and year, and what waits to be done. Links everywhere."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from console import formats
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from services.billing.arrears import queries as arrears
from services.billing.arrears.rules import Rate
from services.billing.cashier import queries as cashier
from services.billing.metering import queries as metering
from services.billing.metering.models import ReadingState
from services.billing.runs import queries as runs
from services.billing.runs.models import OPEN_RUN_STATES, RunState
from services.properties import queries as registry

# Above this the chart counts in 万 (ten thousands), below in yuan.
TEN_THOUSAND = Decimal(10_000)

# What an open bill run waits for, and the action of those who can do it.
_WAITS_FOR = {
    RunState.COMPUTING: Action.BILL_RUN_PREPARE,
    RunState.FAILED: Action.BILL_RUN_PREPARE,
    RunState.PREVIEW: Action.BILL_RUN_CHECK,
    RunState.CHECKED: Action.BILL_RUN_POST,
    RunState.POSTING: Action.BILL_RUN_POST,
}


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits, with where it is done; ``is_mine``: the visitor is one who can."""

    icon: str
    title: str
    note: str
    url: str
    is_mine: bool


class Dashboard(ConsoleView):
    action = Action.REGISTRY_VIEW

    def get(self, request: HttpRequest, project_id: int) -> HttpResponseBase:
        project = registry.get_project(actor=self.actor, project_id=project_id)
        context: dict[str, Any] = {
            "title": _("Project home"),
            "project_id": project_id,
            "heading": project.name,
            "today": self.today,
            "now": self.now,
            "todos": sorted(self._todos(project_id), key=lambda todo: not todo.is_mine),
            "may_take": self.actor.may(Action.PAYMENT_TAKE, project_id),
        }
        if self.actor.may(Action.ARREARS_VIEW, project_id):
            context |= self._figures(project_id)
        if self.actor.may(Action.PAYMENT_VIEW, project_id):
            context |= self._takings(project_id)
        return render(request, "console/dashboard/dashboard.html", context)

    def _figures(self, project_id: int) -> dict[str, Any]:
        """Return the rates of this month and year, the months' chart and the ageing."""
        months = arrears.rates_by_month(
            actor=self.actor,
            project_id=project_id,
            first=date(self.today.year, 1, 1),
            last=date(self.today.year, 12, 1),
        )
        this_month = self.today.replace(day=1)
        ageing = arrears.ageing(actor=self.actor, project_id=project_id, today=self.today)
        list_url = reverse("arrears", args=[project_id])
        return {
            "month": next((each.rate for each in months if each.period == this_month), None),
            "year": Rate(
                sum((each.rate.receivable for each in months), Decimal("0.00")),
                sum((each.rate.received for each in months), Decimal("0.00")),
            ),
            "target": policies.get("kpi.collection_rate", Decimal, project_id=project_id),
            "ageing": ageing,
            "ageing_rows": [
                {
                    "label": each.label,
                    "amount": each.amount,
                    "count": each.households,
                    "url": f"{list_url}?age={each.age}",
                }
                for each in ageing.overdue
            ],
            **chart_of(months),
        }

    def _takings(self, project_id: int) -> dict[str, Any]:
        taken = cashier.takings(actor=self.actor, project_id=project_id, day=self.today)
        return {
            "takings": taken,
            "taken_count": sum(each.count for each in taken),
            "taken_amount": sum((each.amount for each in taken), Decimal("0.00")),
        }

    def _todos(self, project_id: int) -> list[Todo]:
        found = []
        if self.actor.may(Action.READING_VIEW, project_id):
            found += self._reading_exceptions(project_id)
        if self.actor.may(Action.BILL_VIEW, project_id):
            found += self._bill_runs(project_id)
        return found

    def _reading_exceptions(self, project_id: int) -> list[Todo]:
        by_month = (
            metering.all_readings(actor=self.actor)
            .filter(project_id=project_id, state=ReadingState.EXCEPTION)
            .order_by("usage_month")
            .values("usage_month")
            .annotate(count=Count("pk"))
        )
        return [
            Todo(
                icon="gauge",
                title=_("Meter readings of %(month)s to be resolved")
                % {"month": date_format(row["usage_month"], "YEAR_MONTH_FORMAT")},
                note=ngettext("%(count)d exception", "%(count)d exceptions", row["count"])
                % {"count": row["count"]},
                url=address("readings", project_id, f"?month={row['usage_month']:%Y-%m}"),
                is_mine=self.actor.may(Action.READING_RESOLVE, project_id),
            )
            for row in by_month
        ]

    def _bill_runs(self, project_id: int) -> list[Todo]:
        open_runs = runs.runs(actor=self.actor, project_id=project_id).filter(
            state__in=OPEN_RUN_STATES
        )
        return [
            Todo(
                icon="report",
                title=_("Bill run of %(month)s: %(state)s")
                % {
                    "month": date_format(run.period, "YEAR_MONTH_FORMAT"),
                    "state": run.get_state_display(),
                },
                note=_("%(lines)s bills, %(amount)s")
                % {
                    "lines": formats.spell_number(run.draft_lines),
                    "amount": formats.spell_money(run.draft_amount),
                },
                url=address("bill-runs-run", project_id, "", run.pk),
                is_mine=self.actor.may(_WAITS_FOR[RunState(run.state)], project_id)
                and run.prepared_by != self.actor.user_id,
            )
            for run in open_runs
        ]


def address(route: str, project_id: int, query: str = "", *arguments: int) -> str:
    """Return a page's address with its query."""
    return f"{reverse(route, args=[project_id, *arguments])}{query}"


def chart_of(months: list[arrears.MonthRate]) -> dict[str, Any]:
    """Return the rows of the chart of billed and received, and the unit they count in."""
    peak = max((each.rate.receivable for each in months), default=Decimal(0))
    unit = TEN_THOUSAND if peak >= TEN_THOUSAND else Decimal(1)
    return {
        "chart_in_ten_thousands": unit != 1,
        "chart_rows": [
            {
                "label": pgettext("a month under a bar", "%(month)d") % {"month": each.period.month},
                "behind": each.rate.receivable / unit,
                "front": each.rate.received / unit,
                "top": formats.spell_percent(each.rate.share),
            }
            for each in months
        ],
    }
