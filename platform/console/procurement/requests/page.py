"""The page of one request: what is asked for, its approval, its budgets, what was bought of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.approvals import cases
from console.approvals.catalogue import Lookup
from console.approvals.words import CaseView
from console.histories import told_with_cases
from console.procurement import links
from console.procurement.requests import reallocation
from console.views import ConsoleView
from kernel import policies
from kernel.access import Action
from kernel.approvals import queries as approvals
from kernel.approvals.models import Case
from kernel.errors import NotFound
from kernel.tenancy import company_day
from services.procurement.requests import queries, rules
from services.procurement.requests.models import (
    BudgetUse,
    ClassChoice,
    PurchaseRequest,
    RequestLine,
    RequestState,
)
from services.procurement.requests.operations.steps import LOOKERS
from services.procurement.requests.operations.submitting import year_of


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with what became of it."""

    line: RequestLine
    spent: Decimal

    @property
    def share(self) -> int:
        """How much of it is bound by rounds and orders, of a hundred."""
        return int(self.line.bound_quantity * 100 / self.line.quantity)


class RequestPage(ConsoleView):
    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, request_id: int) -> HttpResponseBase:
        record = queries.get_request(actor=self.actor, request_id=request_id)
        lines = list(queries.lines_of(record))
        case = approvals.case_of(kind=queries.KIND, subject=record)
        spent = dict(BudgetUse.objects.filter(line__in=lines).values_list("line_id", "spent"))
        context: dict[str, Any] = {
            "title": record.number,
            "crumbs": [(_("Purchase requests"), reverse("purchase-requests"))],
            "record": record,
            "facts": [record.title, record.place_name],
            "lines": [LineView(line, spent.get(line.pk, Decimal(0))) for line in lines],
            "places": queries.budget_places(record, lines, year=self._year(record)),
            "year": self._year(record),
            "due": self._due(record),
            "tables": [
                *reallocation.existing(self.actor, record, lines),
                *links.of_request(self.actor, record),
            ],
            "case": case,
            "view": self._case(case) if case is not None else None,
            "history": told_with_cases({PurchaseRequest: [record.pk]}),
            **self._may(record, case),
        }
        context["may_give_up"] &= any(line.rest for line in lines)
        return render(request, "console/procurement/requests/request.html", context)

    def _case(self, case: Case) -> CaseView | None:
        """Return the case as the visitor may see it; not everybody who sees the request may."""
        try:
            seen = approvals.get_case(actor=self.actor, case_id=case.pk, now=self.now)
        except NotFound:
            return None
        return cases.load(
            seen, actor=self.actor, lookup=Lookup(self.actor, self.today), now=self.now
        )

    def _year(self, record: PurchaseRequest) -> int:
        submitted = company_day(record.submitted_at) if record.submitted_at else self.today
        return year_of(record, submitted)

    def _due(self, record: PurchaseRequest) -> Any:
        if record.purchase_class != ClassChoice.B or record.needed_on is None:
            return None
        return rules.approvals_due(
            needed_on=record.needed_on, lead_days=policies.get("purchase.b_lead_days", int)
        )

    def _may(self, record: PurchaseRequest, case: Case | None) -> dict[str, bool]:
        """Return which buttons the page has; the operations decide."""
        is_own = self.actor.user_id in {
            record.asked_by,
            *(case.author_ids if case is not None and case.is_open else ()),
        }
        is_emergency = record.purchase_class == ClassChoice.C
        is_draft, is_consented = (
            record.state == RequestState.DRAFT,
            record.state == RequestState.CONSENTED,
        )
        was_consented = is_emergency and record.purchase_month is not None
        can_end = record.state in {
            RequestState.DRAFT,
            RequestState.SUBMITTED,
            RequestState.APPROVED,
        }
        return {
            "may_edit": is_own and (is_draft or is_consented),
            "may_submit": is_own and (is_consented or (is_draft and not is_emergency)),
            "may_consent": is_own and is_draft and is_emergency,
            "may_take_back": is_own
            and record.state == RequestState.SUBMITTED
            and not was_consented,
            "may_cancel": is_own and can_end and not was_consented,
            "may_give_up": is_own and queries.may_be_bought(record),
            "may_buy": queries.may_be_bought(record) and self._holds(Action.PURCHASE_BUY, record),
            "may_copy": self._holds(Action.PURCHASE_REQUEST, record),
            "may_look": is_draft and any(self._holds(one, record) for one in LOOKERS),
        }

    def _holds(self, action: Action, record: PurchaseRequest) -> bool:
        if record.project_id is None:
            return self.actor.may_everywhere(action)
        return self.actor.may(action, record.project_id)
