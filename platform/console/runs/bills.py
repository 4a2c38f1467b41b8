"""One bill, and how it came about."""

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console import formats
from console.runs import forms
from console.views import ConsoleView
from kernel.access import Action
from kernel.audit.queries import history_of_all
from kernel.errors import DomainError, NotFound
from services.billing.cashier import queries as cashier
from services.billing.runs import operations, queries
from services.billing.runs.models import BillLine, BillRun, LineState
from services.properties.models import Meter

# A bill begins with its run.
EVENTS = {
    "billing.line.reversed": (_("Reversed"), "undo", "bad"),
    "billing.run.posted": (_("Posted"), "ok", "ok"),
    "billing.run.checked": (_("Checked"), "check", "ok"),
    "billing.run.prepared": (_("Prepared"), "plus", ""),
}


class BillView(ConsoleView):
    """The base of everything about one bill; one of another project is not found."""

    action = Action.BILL_VIEW
    line: BillLine

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.line = queries.get_line(
            actor=self.actor, line_id=self.kwargs["bill_id"], today=self.today
        )
        if self.line.project_id != project_id:
            raise NotFound

    def page(
        self, request: HttpRequest, form: Form, *, status: int = 200, refusal: str = ""
    ) -> HttpResponse:
        line = self.line
        version = queries.version_of(line)
        state = LineState(line.state)  # type: ignore[attr-defined]
        context: dict[str, Any] = {
            "title": f"{line.item} {formats.spell_month(line.period)}",
            "crumbs": [(_("Bills"), reverse("bills", args=[line.project_id]))],
            "project_id": line.project_id,
            "line": line,
            "state": state,
            "version": version,
            "steps": queries.explanation_of(line, version),
            "measure": _measure(version.meter_kind, version.method),
            "readings": queries.readings_of(line, version),
            "payments": cashier.payments_of_line(actor=self.actor, line_id=line.pk),
            "journals": queries.journals_of(line),
            "history": [
                (*EVENTS[entry.event], entry)
                for entry in history_of_all({BillLine: [line.pk], BillRun: [line.run_id]})[:50]
                if entry.event in EVENTS
            ],
            "form": form,
            "refusal": refusal,
            "may_reverse": self.actor.may(Action.BILL_REVERSE, line.project_id)
            and not line.is_reversed
            and not line.paid_amount,
        }
        return render(request, "console/runs/bill.html", context, status=status)


class BillPage(BillView):
    def get(self, request: HttpRequest, project_id: int, bill_id: int) -> HttpResponseBase:
        return self.page(request, forms.Reverse())


class ReverseBill(BillView):
    action = Action.BILL_REVERSE

    def post(self, request: HttpRequest, project_id: int, bill_id: int) -> HttpResponseBase:
        form = forms.Reverse(request.POST)
        if not form.is_valid():
            return self.page(request, form, status=422)
        try:
            operations.reverse_line(
                actor=self.actor,
                line_id=bill_id,
                now=self.now,
                today=self.today,
                reason=form.cleaned_data["reason"],
            )
        except NotFound:
            raise
        except DomainError as error:
            self.note_refusal(error)
            return self.page(request, form, status=error.status, refusal=str(error))
        return HttpResponseRedirect(reverse("bills-bill", args=[project_id, bill_id]))


def _measure(meter_kind: str, method: str) -> str:
    if method == "PER_AREA":
        return "m²"
    return Meter.UNITS_OF_MEASURE.get(meter_kind, "")
