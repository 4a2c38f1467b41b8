"""What is printed of buyers' money: 借款单 and 报销单, for the signatures and the file."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from console.procurement.records import named, place
from console.views import ConsoleView
from kernel.access import Action
from kernel.approvals import queries as approvals
from kernel.approvals.models import Act
from kernel.money import in_capitals
from kernel.tenancy import current_company
from services.procurement.payments import queries
from services.procurement.payments.models import Advance, Claim
from services.procurement.payments.operations import advances, claims


def signatures(kind: str, paper: Advance | Claim) -> list[Any]:
    """Return who signed a paper, in their order."""
    case = approvals.case_of(kind=kind, subject=paper)
    if case is None:
        return []
    return list(case.signatures.filter(act__in=[Act.APPROVED, Act.COUNTED]).order_by("pk"))


class PrintAdvance(ConsoleView):
    """借款单 (000/16 §7.1)."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponseBase:
        pk = named(self)
        advance = queries.get_advance(actor=self.actor, advance_id=pk)
        context = {
            "title": advance.number,
            "back_url": reverse("advances-advance", args=[pk]),
            "advance": advance,
            "place": place(advance.request.project),
            "capitals": in_capitals(advance.amount),
            "signatures": signatures(advances.KIND, advance),
            "is_void": advance.state in queries.NO_MONEY,
            "company": current_company(),
        }
        return render(request, "console/procurement/money/advance_print.html", context)


class PrintClaim(ConsoleView):
    """报销单, with the numbers of the three papers behind it (000/16 §7.2)."""

    action = Action.PURCHASE_VIEW

    def get(self, request: HttpRequest, **_kwargs: int) -> HttpResponseBase:
        pk = named(self)
        claim = queries.get_claim(actor=self.actor, claim_id=pk)
        lines = claim.receipt.lines.filter(accepted__gt=0).select_related("order_line")
        context = {
            "title": claim.number,
            "back_url": reverse("claims-claim", args=[pk]),
            "claim": claim,
            "lines": lines.order_by("order_line__position"),
            "place": place(claim.receipt.order.project),
            "capitals": in_capitals(claim.amount),
            "signatures": signatures(claims.KIND, claim),
            "company": current_company(),
        }
        return render(request, "console/procurement/money/claim_print.html", context)
