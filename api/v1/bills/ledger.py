"""The books: whether they agree, and what stands on the accounts."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Query
from api.fields import IdField
from api.v1.bills import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from services.billing.ledger import queries
from services.billing.ledger.models import Posting


class ScopeQuery(Query):
    project_id = IdField(required=False, help_text="Without it: the whole company.")


class PeriodQuery(ScopeQuery):
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class Invariants(ApiView):
    actions = {"GET": Action.LEDGER_VIEW}

    @extend_schema(parameters=[ScopeQuery], responses=shapes.InvariantsOut)
    def get(self, request: Request) -> Response:
        """Run the rules of the books now; none of them may be broken."""
        results = queries.invariant_results(actor=self.actor, **ScopeQuery.of(request))
        found = {
            "agrees": not any(result.count for result in results),
            "checked_at": self.now,
            "invariants": results,
        }
        return Response(shapes.InvariantsOut(found).data)


class TrialBalance(ApiView):
    actions = {"GET": Action.LEDGER_VIEW}

    @extend_schema(parameters=[PeriodQuery], responses=shapes.TrialBalanceOut)
    def get(self, request: Request) -> Response:
        """Answer opening balance, movements and closing balance of every account."""
        asked = PeriodQuery.of(request)
        balance = queries.trial_balance(actor=self.actor, **asked)
        return Response(
            shapes.TrialBalanceOut(
                {
                    **asked,
                    "rows": balance.rows,
                    "opening": balance.opening,
                    "debit": balance.debit,
                    "credit": balance.credit,
                    "closing": balance.closing,
                    "is_balanced": balance.is_balanced,
                }
            ).data
        )


class HouseholdStatement(ListView):
    """What a household was billed and paid, entry by entry, with the balance after each."""

    actions = {"GET": Action.BILL_VIEW}
    model = Posting
    serializer_class = shapes.StatementRowOut

    def rows(self) -> QuerySet[Posting]:
        return queries.account_statement(actor=self.actor, household_id=self.kwargs["household_id"])
