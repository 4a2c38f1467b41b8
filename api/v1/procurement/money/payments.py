"""Payments to vendors: who asks, who approves and who pays are three people."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.history import HistoryView
from api.keys import KEY, key_of, key_parameter
from api.v1.procurement.money import filters
from api.v1.procurement.money import serializers as shapes
from api.v1.procurement.requests import read
from api.views import ApiView, ListView
from kernel.access import Action
from kernel.approvals.queries import history_with_cases
from kernel.audit.models import AuditEntry
from services.procurement.payments import operations, queries
from services.procurement.payments.models import VendorPayment
from services.procurement.payments.operations import Share

_KEY = key_parameter(
    "Names what is asked for. The same key with the same body, however often it is sent, asks for "
    "one payment and is answered alike; for another sum it is refused "
    "(`procurement.payment-key-reused`)."
)


class Payments(ListView):
    """Payments to vendors, those that are asked for among them."""

    actions = {"GET": Action.PURCHASE_VIEW}
    model = VendorPayment
    serializer_class = shapes.VendorPaymentOut
    filterset_class = filters.PaymentFilter

    def rows(self) -> QuerySet[VendorPayment]:
        return queries.payments(actor=self.actor)


class PaymentsOfVendor(ApiView):
    actions = {"POST": Action.VENDOR_PAYMENT_ASK}

    @extend_schema(
        parameters=[_KEY],
        request=shapes.VendorPaymentIn,
        responses={201: shapes.VendorPaymentDetailOut},
    )
    def post(self, request: Request, vendor_id: int) -> Response:
        """Ask for a payment of booked invoices to the account that the vendor has in force."""
        key = key_of(request)
        values = read(shapes.VendorPaymentIn, request)
        try:
            payment = operations.ask_payment(
                actor=self.actor,
                vendor_id=vendor_id,
                shares=[Share(**share) for share in values["shares"]],
                idempotency_key=key,
                now=self.now,
            )
        except operations.KeyReused as error:
            error.field = KEY
            raise
        return Response(shapes.VendorPaymentDetailOut(payment).data, status=201)


class PaymentDetail(ApiView):
    actions = {"GET": Action.PURCHASE_VIEW}

    @extend_schema(responses=shapes.VendorPaymentDetailOut)
    def get(self, request: Request, vendor_payment_id: int) -> Response:
        """Give one payment with what it pays."""
        payment = queries.get_payment(actor=self.actor, payment_id=vendor_payment_id)
        return Response(shapes.VendorPaymentDetailOut(payment).data)


class PaymentHistory(HistoryView):
    """What was done to a payment and in its approval, newest first."""

    actions = {"GET": Action.PURCHASE_VIEW}

    def rows(self) -> QuerySet[AuditEntry]:
        payment_id = self.kwargs["vendor_payment_id"]
        payment = queries.get_payment(actor=self.actor, payment_id=payment_id)
        return history_with_cases({VendorPayment: [payment.pk]})


class PaymentBooking(ApiView):
    actions = {"POST": Action.VENDOR_PAYMENT_PAY}
    by_person = frozenset({"POST"})

    @extend_schema(request=shapes.PaidIn, responses=shapes.VendorPaymentDetailOut)
    def post(self, request: Request, vendor_payment_id: int) -> Response:
        """Book that an approved payment was made to the account that was approved."""
        payment = operations.pay_vendor(
            actor=self.actor,
            payment_id=vendor_payment_id,
            now=self.now,
            **read(shapes.PaidIn, request),
        )
        return Response(shapes.VendorPaymentDetailOut(payment).data)


class PaymentUndoing(ApiView):
    actions = {"POST": Action.VENDOR_PAYMENT_ASK}
    by_person = frozenset({"POST"})

    @extend_schema(request=shapes.MoneyReasonIn, responses=shapes.VendorPaymentDetailOut)
    def post(self, request: Request, vendor_payment_id: int) -> Response:
        """Undo a payment that came back: its invoices are open again."""
        payment = operations.undo_payment(
            actor=self.actor,
            payment_id=vendor_payment_id,
            now=self.now,
            **read(shapes.MoneyReasonIn, request),
        )
        return Response(shapes.VendorPaymentDetailOut(payment).data)
