"""What the endpoints of the counter take (``…In``) and give (``…Out``). Amounts are in CNY."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.bodies import Body, Query
from api.fields import AmountField, IdField, PriceField, QuantityField, RateField
from api.v1.bills.serializers import BilledItemOut, BilledUnitOut, BillOut
from api.v1.properties.serializers import HouseholdOut
from api.v1.standards.serializers import SlabOut
from kernel.money import in_capitals
from services.billing.cashier.models import Payment, PaymentMethod, PaymentState, Receipt

MOST_BILLS = 500
_CENT = Decimal("0.01")


class OpenBillsOut(serializers.Serializer[Any]):
    """What a household owes, its bills in the turn in which money pays them (oldest first)."""

    household = HouseholdOut()
    open_total = AmountField()
    overdue_total = AmountField()
    bills = BillOut(many=True)


class ChosenIn(Body):
    """Whose bills are paid, with how much.

    Without ``bill_ids`` all open ones. Without ``amount`` they are paid whole; an amount is spread
    over them, oldest first. ``tendered`` is the cash handed over, the change follows from it.
    """

    household_id = IdField()
    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    bill_ids = serializers.ListField(
        child=IdField(), min_length=1, max_length=MOST_BILLS, required=False
    )
    amount = AmountField(required=False, min_value=_CENT)
    tendered = AmountField(required=False, min_value=_CENT)


class PaymentIn(ChosenIn):
    """``expected_total`` is what the payer was shown as open on these bills.

    If something else is open by then, nothing is booked (``cashier.bills-changed``).
    """

    expected_total = AmountField(min_value=Decimal(0))
    reference = serializers.CharField(
        max_length=60,
        allow_blank=True,
        required=False,
        help_text="The bank's or the channel's number; booked once.",
    )
    payer_name = serializers.CharField(
        max_length=100,
        allow_blank=True,
        required=False,
        help_text="The name on the receipt; the household's payer without it.",
    )
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class ShareOut(serializers.Serializer[Any]):
    """The part of a payment that goes to one bill."""

    bill_id = serializers.IntegerField(source="line_id")
    amount = AmountField()


class QuoteOut(serializers.Serializer[Any]):
    """What a payment would pay. ``open_total`` is what to send as ``expected_total``."""

    open_total = AmountField()
    amount = AmountField()
    amount_in_capitals = serializers.SerializerMethodField()
    rest = AmountField(help_text="What stays open of these bills.")
    change = AmountField()
    shares = ShareOut(many=True)

    def get_amount_in_capitals(self, quote: Any) -> str:
        return in_capitals(quote.amount)


class VoidIn(Body):
    reason = serializers.CharField(max_length=300)


# ---- payments -----------------------------------------------------------------------------------


class NumberOut(serializers.Serializer[Any]):
    """The receipt of a payment."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    printed_count = serializers.IntegerField()
    is_void = serializers.BooleanField()


class PaymentOut(serializers.ModelSerializer[Payment]):
    """Money received from a household. ``received_by`` is the person who took it."""

    project_id = IdField(read_only=True)
    household_id = IdField(read_only=True)
    household_label = serializers.CharField(source="household.label", read_only=True)
    method = serializers.ChoiceField(choices=PaymentMethod.choices, read_only=True)
    state = serializers.ChoiceField(choices=PaymentState.choices, read_only=True)
    amount_in_capitals = serializers.SerializerMethodField()
    receipt = NumberOut(read_only=True)

    class Meta:
        model = Payment
        fields = [
            "id",
            "project_id",
            "household_id",
            "household_label",
            "method",
            "amount",
            "amount_in_capitals",
            "tendered",
            "change",
            "reference",
            "payer_name",
            "note",
            "received_on",
            "received_at",
            "received_by",
            "received_by_label",
            "state",
            "voided_at",
            "voided_by_label",
            "void_reason",
            "receipt",
        ]
        read_only_fields = fields

    def get_amount_in_capitals(self, payment: Payment) -> str:
        return in_capitals(payment.amount)


class AllocationOut(serializers.Serializer[Any]):
    """What of the payment went to a bill."""

    bill_id = serializers.IntegerField(source="line_id")
    item = BilledItemOut(source="line.item")
    unit = BilledUnitOut(source="line.unit")
    period = serializers.DateField(source="line.period")
    amount = AmountField()


class PaymentDetailOut(PaymentOut):
    """A payment with what it paid, in the turn in which it was paid."""

    allocations = AllocationOut(many=True, source="paid", read_only=True)

    class Meta(PaymentOut.Meta):
        fields = [*PaymentOut.Meta.fields, "allocations"]
        read_only_fields = fields


class TakingOut(serializers.Serializer[Any]):
    """What came in by one way to pay; voided receipts are left out."""

    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    count = serializers.IntegerField()
    amount = AmountField()


class TakingsOut(serializers.Serializer[Any]):
    day = serializers.DateField()
    count = serializers.IntegerField()
    amount = AmountField()
    methods = TakingOut(many=True)


class TakingsQuery(Query):
    project_id = IdField()
    day = serializers.DateField(required=False, help_text="Today without it.")
    received_by = IdField(required=False, help_text="Only what this person took.")


# ---- receipts -----------------------------------------------------------------------------------


class ReceiptOut(serializers.ModelSerializer[Receipt]):
    """The numbered paper for one payment; a void one keeps its number."""

    payment_id = IdField(read_only=True)
    project_id = IdField(source="payment.project_id", read_only=True)
    household_id = IdField(source="payment.household_id", read_only=True)
    household_label = serializers.CharField(source="payment.household.label", read_only=True)
    payer_name = serializers.CharField(source="payment.payer_name", read_only=True)
    method = serializers.ChoiceField(
        source="payment.method", choices=PaymentMethod.choices, read_only=True
    )
    amount = AmountField(source="payment.amount", read_only=True)
    amount_in_capitals = serializers.SerializerMethodField()
    received_on = serializers.DateField(source="payment.received_on", read_only=True)
    received_at = serializers.DateTimeField(source="payment.received_at", read_only=True)

    class Meta:
        model = Receipt
        fields = [
            "id",
            "code",
            "payment_id",
            "project_id",
            "household_id",
            "household_label",
            "payer_name",
            "method",
            "amount",
            "amount_in_capitals",
            "received_on",
            "received_at",
            "printed_count",
            "is_void",
        ]
        read_only_fields = fields

    def get_amount_in_capitals(self, receipt: Receipt) -> str:
        return in_capitals(receipt.payment.amount)


class PrintedLineOut(serializers.Serializer[Any]):
    """A row of the paper: what was billed, how it came about, and what was paid of it."""

    bill_id = serializers.IntegerField(source="line.pk")
    item = BilledItemOut(source="line.item")
    unit = BilledUnitOut(source="line.unit")
    period = serializers.DateField(source="line.period")
    usage_month = serializers.DateField(source="line.usage_month", allow_null=True)
    quantity = QuantityField(source="line.quantity")
    price = PriceField(source="line.price", allow_null=True)
    rate = RateField(source="line.rate")
    slabs = SlabOut(many=True)
    billed_amount = AmountField(source="line.amount")
    amount = AmountField()


class ReceiptDetailOut(ReceiptOut):
    """Everything that the paper says. ``printed_count`` of 0: it was never printed."""

    company_name = serializers.CharField(source="payee", read_only=True)
    project_name = serializers.CharField(source="payment.project.name", read_only=True)
    tendered = AmountField(source="payment.tendered", read_only=True)
    change = AmountField(source="payment.change", read_only=True)
    reference = serializers.CharField(source="payment.reference", read_only=True)
    collector = serializers.CharField(source="payment.received_by_label", read_only=True)
    note = serializers.CharField(source="payment.note", read_only=True)
    voided_at = serializers.DateTimeField(
        source="payment.voided_at", read_only=True, allow_null=True
    )
    void_reason = serializers.CharField(source="payment.void_reason", read_only=True)
    lines = PrintedLineOut(many=True, read_only=True)

    class Meta(ReceiptOut.Meta):
        fields = [
            *ReceiptOut.Meta.fields,
            "company_name",
            "project_name",
            "tendered",
            "change",
            "reference",
            "collector",
            "note",
            "voided_at",
            "void_reason",
            "lines",
        ]
        read_only_fields = fields
