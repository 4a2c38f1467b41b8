"""What a household owes, money taken for it, money given back, and what came in on a day."""

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.keys import KEY, key_of, key_parameter
from api.v1.cashier import filters
from api.v1.cashier import serializers as shapes
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from services.billing.cashier import operations, queries
from services.billing.cashier.models import Payment
from services.billing.runs import queries as runs
from services.properties import queries as registry

NOTHING = Decimal("0.00")

KEY_PARAMETER = key_parameter(
    "Names this payment. The same key with the same body, however often it is sent, "
    "takes the money once and is answered alike; with another body it is refused "
    "(`cashier.key-used`). Make a new one for each payment, and keep it until there is an answer."
)


class OpenBills(ApiView):
    actions = {"GET": Action.ARREARS_VIEW}

    @extend_schema(responses=shapes.OpenBillsOut)
    def get(self, request: Request, household_id: int) -> Response:
        """Answer what a household owes now, in the turn in which it is paid."""
        household = registry.get_household(
            actor=self.actor, household_id=household_id, action=Action.ARREARS_VIEW
        )
        bills = runs.open_lines(actor=self.actor, household_id=household_id, today=self.today)
        found = {
            "household": household,
            "open_total": sum((bill.amount - bill.paid_amount for bill in bills), NOTHING),
            "overdue_total": sum(
                (bill.amount - bill.paid_amount for bill in bills if bill.due_on < self.today),
                NOTHING,
            ),
            "bills": bills,
        }
        return Response(shapes.OpenBillsOut(found).data)


class Payments(ListView):
    """Payments, voided ones among them."""

    actions = {"GET": Action.PAYMENT_VIEW, "POST": Action.PAYMENT_TAKE}
    model = Payment
    serializer_class = shapes.PaymentOut
    filterset_class = filters.PaymentFilter

    def rows(self) -> QuerySet[Payment]:
        return queries.payments(actor=self.actor)

    @extend_schema(
        parameters=[KEY_PARAMETER],
        request=shapes.PaymentIn,
        responses={201: shapes.PaymentDetailOut},
        examples=[
            OpenApiExample(
                "All open bills in cash",
                value={
                    "household_id": 1,
                    "method": "CASH",
                    "expected_total": "760.52",
                    "tendered": "800.00",
                },
                request_only=True,
            ),
            OpenApiExample(
                "A part by bank transfer",
                value={
                    "household_id": 1,
                    "method": "TRANSFER",
                    "bill_ids": [11, 12],
                    "expected_total": "662.82",
                    "amount": "500.00",
                    "reference": "2026112200017",
                },
                request_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Take money, pay bills with it, and number a receipt.

        Of two that pay the same bill at once, the second is told (``cashier.bills-changed``).
        """
        key = key_of(request)
        body = shapes.PaymentIn(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            receipt = operations.take_payment(
                actor=self.actor,
                idempotency_key=key,
                now=self.now,
                today=self.today,
                **_as_taken(body.validated_data),
            )
        except operations.KeyUsed as error:
            error.field = KEY
            raise
        return Response(_payment_out(self, receipt.payment_id), status=201)


class PaymentQuote(ApiView):
    actions = {"POST": Action.PAYMENT_TAKE}

    @extend_schema(request=shapes.ChosenIn, responses=shapes.QuoteOut)
    def post(self, request: Request) -> Response:
        """Say what a payment would pay and what change it would give. Books nothing."""
        body = shapes.ChosenIn(data=request.data)
        body.is_valid(raise_exception=True)
        quote = queries.quote(actor=self.actor, **_as_taken(body.validated_data))
        return Response(shapes.QuoteOut(quote).data)


class PaymentDetail(ApiView):
    actions = {"GET": Action.PAYMENT_VIEW}

    @extend_schema(responses=shapes.PaymentDetailOut)
    def get(self, request: Request, payment_id: int) -> Response:
        """Give one payment with what it paid."""
        return Response(_payment_out(self, payment_id))


class PaymentHistory(HistoryView):
    """What was done to a payment, newest first."""

    actions = {"GET": Action.PAYMENT_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        payment_id = self.kwargs["payment_id"]
        return history_of(queries.get_payment(actor=self.actor, payment_id=payment_id))


class PaymentVoid(ApiView):
    actions = {"POST": Action.RECEIPT_VOID}

    @extend_schema(request=shapes.VoidIn, responses=shapes.PaymentDetailOut)
    def post(self, request: Request, payment_id: int) -> Response:
        """Void a payment with its receipt: its bills are open again, the number stays.

        A collector voids what he took himself today; anything else is the charging director's.
        """
        body = shapes.VoidIn(data=request.data)
        body.is_valid(raise_exception=True)
        operations.void_payment(
            actor=self.actor,
            payment_id=payment_id,
            now=self.now,
            today=self.today,
            **body.validated_data,
        )
        return Response(_payment_out(self, payment_id))


class Takings(ApiView):
    actions = {"GET": Action.PAYMENT_VIEW}
    query_class = shapes.TakingsQuery

    @extend_schema(responses=shapes.TakingsOut)
    def get(self, request: Request) -> Response:
        """Answer what came in on a day, by way to pay."""
        asked = self.asked
        project = registry.get_project(
            actor=self.actor, project_id=asked["project_id"], action=Action.PAYMENT_VIEW
        )
        day = asked.get("day", self.today)
        takings = queries.takings(
            actor=self.actor, project_id=project.pk, day=day, by=asked.get("received_by")
        )
        found = {
            "day": day,
            "count": sum(each.count for each in takings),
            "amount": sum((each.amount for each in takings), NOTHING),
            "methods": takings,
        }
        return Response(shapes.TakingsOut(found).data)


def _as_taken(values: dict[str, Any]) -> dict[str, Any]:
    """Return a body's values by the names of the operation."""
    found = dict(values)
    if "bill_ids" in found:
        found["line_ids"] = found.pop("bill_ids")
    return found


def _payment_out(view: ApiView, payment_id: int) -> Any:
    payment: Any = queries.get_payment(actor=view.actor, payment_id=payment_id)
    payment.paid = list(queries.allocations_of([payment_id]))
    return shapes.PaymentDetailOut(payment).data
