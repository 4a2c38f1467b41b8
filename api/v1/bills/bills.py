"""Bills, and how each came about."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.bills import filters
from api.v1.bills import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action, Actor
from services.billing.cashier import queries as cashier
from services.billing.runs import operations, queries
from services.billing.runs.models import BillLine


class Bills(ListView):
    """Bills: an item of a unit in a month each, with what is still open of it."""

    actions = {"GET": Action.BILL_VIEW}
    model = BillLine
    serializer_class = shapes.BillOut
    filterset_class = filters.BillFilter

    def rows(self) -> QuerySet[BillLine]:
        return queries.lines(actor=self.actor, today=self.today)


class BillDetail(ApiView):
    actions = {"GET": Action.BILL_VIEW}

    @extend_schema(responses=shapes.BillDetailOut)
    def get(self, request: Request, bill_id: int) -> Response:
        """Answer a bill with its price, quantity, readings and entries in the ledger."""
        line = queries.get_line(actor=self.actor, line_id=bill_id, today=self.today)
        return Response(shapes.BillDetailOut(explained(self.actor, line)).data)


class BillReversal(ApiView):
    actions = {"POST": Action.BILL_REVERSE}

    @extend_schema(request=shapes.ReversalIn, responses=shapes.BillDetailOut)
    def post(self, request: Request, bill_id: int) -> Response:
        """Take back a bill that nothing has been paid on."""
        body = shapes.ReversalIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.reverse_line(
            actor=self.actor,
            line_id=bill_id,
            now=self.now,
            today=self.today,
            **body.validated_data,
        )
        line = queries.get_line(actor=self.actor, line_id=bill_id, today=self.today)
        return Response(shapes.BillDetailOut(explained(self.actor, line)).data)


def explained(actor: Actor, line: BillLine) -> BillLine:
    """Return the line with its ``explanation``, ``journals`` and ``payments``, as documented."""
    version = queries.version_of(line)
    steps = queries.explanation_of(line, version)
    found: dict[str, Any] = {
        "method": version.method,
        "standard": version.standard.name,
        "version": version.number,
        "valid_from": version.valid_from,
        "quantity": steps.quantity,
        "slabs": steps.slabs,
        "full_amount": steps.full,
        "rate": steps.rate,
        "amount": steps.amount,
        "readings": queries.readings_of(line, version),
    }
    line.explanation = found  # type: ignore[attr-defined]
    line.journals = queries.journals_of(line)  # type: ignore[attr-defined]
    payments = cashier.payments_of_line(actor=actor, line_id=line.pk)
    line.payments = payments  # type: ignore[attr-defined]
    return line
