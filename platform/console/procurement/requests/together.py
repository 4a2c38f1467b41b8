"""What a month's round buys together, and what was asked for piecemeal."""

from datetime import date, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.procurement.requests import forms
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from services.procurement.requests import queries


class ToBuy(ConsoleView):
    """Approved and left to be bought by a month's round, over all projects, by goods."""

    action = Action.PURCHASE_BUY

    def get(self, request: HttpRequest) -> HttpResponseBase:
        month = forms.MonthForm.month_of(request.GET, self.today)
        found = queries.to_buy_together(actor=self.actor, month=month)
        context = {
            "title": _("To be bought"),
            "crumbs": [(_("Purchase requests"), reverse("purchase-requests"))],
            "goods": found,
            "total": sum(one.amount for one in found),
            **months_around(month),
        }
        return render(request, "console/procurement/requests/to_buy.html", context)


class SplitReport(ConsoleView):
    """Requests for the same goods that stay below the threshold one by one (PR-10)."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest) -> HttpResponseBase:
        month = forms.MonthForm.month_of(request.GET, self.today)
        context = {
            "title": _("Split purchases"),
            "crumbs": [(_("Purchase requests"), reverse("purchase-requests"))],
            "splits": queries.splits(actor=self.actor, month=month),
            "is_on": policies.get("purchase.split_check", bool),
            **months_around(month),
        }
        return render(request, "console/procurement/requests/splits.html", context)


def months_around(month: date) -> dict[str, date]:
    """Return the month that is shown, and those beside it."""
    first = month.replace(day=1)
    return {
        "month": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": (first + timedelta(days=31)).replace(day=1),
    }
