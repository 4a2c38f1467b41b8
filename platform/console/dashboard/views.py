"""工作台: how the project does this month and year, and what waits for the visitor."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from console import formats
from console.dashboard.todos import todos
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from services.billing.arrears import queries as arrears
from services.billing.arrears.rules import Rate
from services.billing.cashier import queries as cashier
from services.properties import queries as registry

# Above this the chart counts in 万 (ten thousands), below in yuan.
TEN_THOUSAND = Decimal(10_000)
NOTHING = Rate(Decimal("0.00"), Decimal("0.00"))


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
            "todos": todos(actor=self.actor, project_id=project_id, today=self.today, now=self.now),
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
            "month": next((each.rate for each in months if each.period == this_month), NOTHING),
            "year": sum((each.rate for each in months), NOTHING),
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


def chart_of(months: list[arrears.MonthRate]) -> dict[str, Any]:
    """Return the rows of the chart of billed and received, and the unit they count in."""
    peak = max((each.rate.receivable for each in months), default=Decimal(0))
    unit = TEN_THOUSAND if peak >= TEN_THOUSAND else Decimal(1)
    return {
        "chart_in_ten_thousands": unit != 1,
        "chart_rows": [
            {
                "label": pgettext("a month under a bar", "%(month)d")
                % {"month": each.period.month},
                "behind": each.rate.receivable / unit,
                "front": each.rate.received / unit,
                "top": formats.spell_percent(each.rate.share),
            }
            for each in months
        ],
    }
