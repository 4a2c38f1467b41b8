"""One purchasing budget for programs, and what was done to it."""

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.procurement.requests import PurchaseBudgetOut
from api.views import ApiView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.procurement.requests import queries


class BudgetDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=PurchaseBudgetOut)
    def get(self, request: Request, budget_id: int) -> Response:
        """Give one budget, with what is bound, spent and left of it."""
        budget = queries.get_budget(actor=self.actor, budget_id=budget_id)
        return Response(PurchaseBudgetOut(budget).data)


class BudgetHistory(HistoryView):
    """What was done to a budget, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        return history_of(queries.get_budget(actor=self.actor, budget_id=self.kwargs["budget_id"]))


_ONE = "purchase-budgets/<int:budget_id>/"

urlpatterns = [
    path(_ONE, BudgetDetail.as_view()),
    path(f"{_ONE}history/", BudgetHistory.as_view()),
]
