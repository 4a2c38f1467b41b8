"""Vendors' accounts: payables by age, entries, balances, reconciliations."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.v1.procurement.money import filters
from api.v1.procurement.money import serializers as shapes
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.procurement.payments import operations, queries
from services.procurement.payments.models import VendorEntry, VendorStatement


class Ageing(ApiView):
    actions = {"GET": Action.VENDOR_VIEW}

    @extend_schema(responses=shapes.PayablesOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer what is owed to every vendor by how long it is overdue, the most first."""
        rows = queries.ageing(actor=self.actor, today=self.today)
        return Response(shapes.PayablesOut(rows, many=True).data)


class Entries(ListView):
    """A vendor's account, entry by entry."""

    actions = {"GET": Action.VENDOR_VIEW}
    model = VendorEntry
    serializer_class = shapes.VendorEntryOut
    filter_backends = ()

    def rows(self) -> QuerySet[VendorEntry]:
        return queries.booked_entries(actor=self.actor, vendor_id=self.kwargs["vendor_id"])


class Balance(ApiView):
    actions = {"GET": Action.VENDOR_VIEW}
    query_class = shapes.BalanceQuery

    @extend_schema(responses=shapes.VendorBalanceOut)
    def get(self, request: Request, vendor_id: int) -> Response:
        """Answer what is owed to a vendor, now or at the end of a day."""
        queries.booked_entries(actor=self.actor, vendor_id=vendor_id)
        to_day = self.asked.get("to_day")
        found = {"to_day": to_day, "balance": queries.balance_of(vendor_id, to_day=to_day)}
        return Response(shapes.VendorBalanceOut(found).data)


class Statements(ListView):
    """Reconciliations with vendors."""

    actions = {"GET": Action.VENDOR_VIEW, "POST": Action.INVOICE_MATCH}
    model = VendorStatement
    serializer_class = shapes.VendorStatementOut
    filterset_class = filters.StatementFilter

    def rows(self) -> QuerySet[VendorStatement]:
        return queries.statements(actor=self.actor)

    @extend_schema(request=shapes.VendorStatementIn, responses={201: shapes.VendorStatementOut})
    def post(self, request: Request) -> Response:
        """Send a vendor what his account comes to at the end of a day."""
        statement = operations.send_statement(
            actor=self.actor,
            now=self.now,
            today=self.today,
            **read(shapes.VendorStatementIn, request),
        )
        return Response(shapes.VendorStatementOut(statement).data, status=201)


class StatementsDue(ApiView):
    actions = {"GET": Action.VENDOR_VIEW}

    @extend_schema(responses=shapes.ReconciliationDueOut(many=True))
    def get(self, request: Request) -> Response:
        """Answer with which vendors the account was not agreed on for too long."""
        due = queries.reconciliations_due(actor=self.actor, today=self.today)
        return Response(shapes.ReconciliationDueOut(due, many=True).data)


class StatementDetail(ApiView):
    actions = {"GET": Action.VENDOR_VIEW}

    @extend_schema(responses=shapes.VendorStatementOut)
    def get(self, request: Request, statement_id: int) -> Response:
        """Give one reconciliation."""
        statement = queries.get_statement(actor=self.actor, statement_id=statement_id)
        return Response(shapes.VendorStatementOut(statement).data)


class StatementHistory(HistoryView):
    """What was done to a reconciliation, newest first."""

    actions = {"GET": Action.VENDOR_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        statement_id = self.kwargs["statement_id"]
        return history_of(queries.get_statement(actor=self.actor, statement_id=statement_id))


class StatementAnswer(ApiView):
    actions = {"POST": Action.INVOICE_MATCH}

    @extend_schema(request=shapes.StatementAnswerIn, responses=shapes.VendorStatementOut)
    def post(self, request: Request, statement_id: int) -> Response:
        """Note what the vendor answered on paper: the same balance agrees, another disputes."""
        statement = operations.answer_statement(
            actor=self.actor,
            statement_id=statement_id,
            now=self.now,
            **read(shapes.StatementAnswerIn, request),
        )
        return Response(shapes.VendorStatementOut(statement).data)
