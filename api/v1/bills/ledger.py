"""The books: whether they agree, and what stands on the accounts."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.bodies import Query
from api.fields import IdField
from api.v1.bills import serializers as shapes
from api.v1.bills.serializers import JobOut
from api.views import ApiView, ListView
from kernel.access import Action
from services.billing.ledger import operations, queries
from services.billing.ledger.models import LedgerAccount, Posting


class ScopeQuery(Query):
    project_id = IdField(required=False, help_text="Without it: the whole company.")


class PeriodQuery(ScopeQuery):
    first_day = serializers.DateField()
    last_day = serializers.DateField()


class Invariants(ApiView):
    actions = {"GET": Action.LEDGER_VIEW}
    query_class = ScopeQuery

    @extend_schema(responses=shapes.InvariantsOut)
    def get(self, request: Request) -> Response:
        """Run the rules of the books now; none of them may be broken."""
        results = queries.invariant_results(actor=self.actor, **self.asked)
        found = {
            "agrees": not any(result.count for result in results),
            "checked_at": self.now,
            "invariants": results,
        }
        return Response(shapes.InvariantsOut(found).data)


class BooksCheck(ApiView):
    """The check of the whole company's books that runs as a job, every night by itself."""

    actions = {"GET": Action.LEDGER_VIEW, "POST": Action.LEDGER_VIEW}

    @extend_schema(responses=shapes.LastCheckOut)
    def get(self, request: Request) -> Response:
        """Answer what the last finished check found."""
        last = queries.last_check(actor=self.actor)
        found = {
            "is_running": queries.is_being_checked(actor=self.actor),
            "checked_at": last.checked_at if last else None,
            "agrees": last.agrees if last else None,
            "invariants": last.rules if last else [],
        }
        return Response(shapes.LastCheckOut(found).data)

    @extend_schema(request=None, responses={202: JobOut})
    def post(self, request: Request) -> Response:
        """Start a check; while one runs, that one is answered."""
        job = operations.start_check(actor=self.actor, now=self.now)
        return Response(JobOut(job).data, status=202)


class Accounts(ListView):
    """The chart of accounts."""

    actions = {"GET": Action.LEDGER_VIEW}
    model = LedgerAccount
    serializer_class = shapes.ChartOut
    filter_backends = ()
    ordering = "code"

    def rows(self) -> QuerySet[LedgerAccount]:
        return queries.accounts(actor=self.actor)


class TrialBalance(ApiView):
    actions = {"GET": Action.LEDGER_VIEW}
    query_class = PeriodQuery

    @extend_schema(responses=shapes.TrialBalanceOut)
    def get(self, request: Request) -> Response:
        """Answer opening balance, movements and closing balance of every account."""
        balance = queries.trial_balance(actor=self.actor, **self.asked)
        return Response(
            shapes.TrialBalanceOut(
                {
                    **self.asked,
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
