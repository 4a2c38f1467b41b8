"""What the endpoints of vendors' money take (``…In``) and give (``…Out``).

Amounts are in CNY and with tax unless they say otherwise.
"""

from decimal import Decimal
from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.bodies import Body, Query
from api.fields import AmountField, IdField, PriceField
from api.v1.procurement.orders import OrderedQuantityField
from api.v1.procurement.stock.serializers import GoodsField
from services.billing.ledger.models import AccountRole
from services.procurement.payments import queries
from services.procurement.payments.models import (
    Advance,
    Claim,
    CreditNote,
    InvoiceState,
    ServiceAssessment,
    VendorEntry,
    VendorInvoice,
    VendorPayment,
    VendorPaymentShare,
    VendorStatement,
)
from services.procurement.payments.operations import Figures
from services.procurement.payments.queries import AgeingRow
from services.procurement.payments.rules import ClaimPaper, Mismatch

MOST_LINES: Final = 500
MOST_SHARES: Final = 200
MONEY_ACCOUNTS: Final = [(role.value, role.label) for role in (AccountRole.CASH, AccountRole.BANK)]
_NOTHING = Decimal(0)
_CENT = Decimal("0.01")

# ---- invoices ----------------------------------------------------------------------------------


class FiguresIn(Body):
    """What stands on the vendor's paper; the amount is both together."""

    number = serializers.CharField(max_length=60)
    invoiced_on = serializers.DateField()
    net_amount = AmountField(min_value=_CENT, help_text="Without tax.")
    tax_amount = AmountField(min_value=_NOTHING)


class BilledLineIn(Body):
    order_line_id = IdField()
    quantity = GoodsField(min_value=Decimal("0.001"))
    unit_price = PriceField(min_value=Decimal("0.0001"), help_text="With tax.")


class VendorInvoiceIn(FiguresIn):
    """Its lines and its freight come to its amount."""

    freight = AmountField(min_value=_NOTHING, required=False, default=_NOTHING)
    lines = serializers.ListField(child=BilledLineIn(), min_length=1, max_length=MOST_LINES)


class ServiceInvoiceIn(FiguresIn):
    """It comes to what the month was assessed at."""


class MoneyReasonIn(Body):
    reason = serializers.CharField(max_length=300)


class CreditNoteIn(Body):
    """``return_id``: the goods that went back, if it is for those; else a price was reduced."""

    number = serializers.CharField(max_length=60)
    credited_on = serializers.DateField()
    net_amount = AmountField(min_value=_CENT, help_text="Without tax.")
    tax_amount = AmountField(min_value=_NOTHING)
    reason = serializers.CharField(max_length=300)
    return_id = IdField(allow_null=True, required=False, default=None)


class VendorInvoiceOut(serializers.ModelSerializer[VendorInvoice]):
    vendor_id = IdField(read_only=True)
    vendor = serializers.CharField(source="vendor.name", read_only=True)
    project_id = IdField(read_only=True, allow_null=True)
    order_id = IdField(read_only=True, allow_null=True)
    contract_id = IdField(read_only=True, allow_null=True)
    open_amount = serializers.SerializerMethodField(
        help_text="What of it is owed, below zero by the vendor; nothing before it is booked."
    )

    class Meta:
        model = VendorInvoice
        fields: ClassVar = [
            "id", "number", "state", "vendor_id", "vendor", "project_id", "order_id",
            "contract_id", "invoiced_on", "due_on", "net_amount", "tax_amount", "amount",
            "freight", "paid_amount", "credited_amount", "refunded_amount", "open_amount",
            "submitted_by_label", "submitted_at", "booked_by_label", "booked_at", "refusal_reason",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AmountField())
    def get_open_amount(self, invoice: VendorInvoice) -> str:
        is_owed = invoice.state == InvoiceState.BOOKED
        return f"{invoice.left if is_owed else _NOTHING:.2f}"


class MatchLineOut(serializers.Serializer[Any]):
    """A line of the order beside what the invoice bills of it; null where it bills nothing."""

    order_line_id = IdField(source="line.pk")
    name = serializers.CharField(source="line.name")
    unit = serializers.CharField(source="line.unit")
    ordered = OrderedQuantityField(source="line.quantity")
    agreed_price = PriceField(source="line.unit_price")
    accepted = OrderedQuantityField()
    billed_before = OrderedQuantityField()
    billed = OrderedQuantityField(source="billed.quantity", allow_null=True)
    price = PriceField(source="billed.unit_price", allow_null=True)
    amount = AmountField(source="billed.amount", allow_null=True)


class FindingOut(serializers.Serializer[Any]):
    """Where order, goods and invoice disagree, and by how much; freight is of no line (null)."""

    order_line_id = serializers.SerializerMethodField()
    mismatch = serializers.ChoiceField(choices=[(one.value, one.name) for one in Mismatch])
    amount = AmountField()

    @extend_schema_field(IdField(allow_null=True))
    def get_order_line_id(self, finding: dict[str, Any]) -> int | None:
        return finding["line_id"] or None


class VendorCreditNoteOut(serializers.ModelSerializer[CreditNote]):
    vendor_id = IdField(read_only=True)
    invoice_id = IdField(read_only=True)
    return_id = IdField(source="goods_return_id", read_only=True, allow_null=True)

    class Meta:
        model = CreditNote
        fields: ClassVar = [
            "id", "number", "vendor_id", "invoice_id", "return_id", "credited_on", "net_amount",
            "tax_amount", "amount", "reason", "entered_by_label", "entered_at",
        ]  # fmt: skip
        read_only_fields = fields


class RefundIn(Body):
    """``reference`` is the bank's; each is booked once."""

    amount = AmountField(min_value=_CENT)
    reference = serializers.CharField(max_length=60)
    refunded_on = serializers.DateField()


class VendorInvoiceDetailOut(VendorInvoiceOut):
    """``claim_id``: the claim that it came with, which books and pays it."""

    claim_id = serializers.SerializerMethodField()
    match = serializers.SerializerMethodField()
    findings = FindingOut(many=True, read_only=True)
    credit_notes = serializers.SerializerMethodField()

    class Meta(VendorInvoiceOut.Meta):
        fields: ClassVar = [
            *VendorInvoiceOut.Meta.fields, "claim_id", "match", "findings", "credit_notes",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(IdField(allow_null=True))
    def get_claim_id(self, invoice: VendorInvoice) -> int | None:
        return invoice.claim.pk if hasattr(invoice, "claim") else None

    @extend_schema_field(MatchLineOut(many=True))
    def get_match(self, invoice: VendorInvoice) -> Any:
        return MatchLineOut(queries.match_view(invoice), many=True).data

    @extend_schema_field(VendorCreditNoteOut(many=True))
    def get_credit_notes(self, invoice: VendorInvoice) -> Any:
        return VendorCreditNoteOut(invoice.credit_notes.order_by("pk"), many=True).data


# ---- payments ----------------------------------------------------------------------------------


class PaymentShareIn(Body):
    """``plan_line_id``: by which line of the contract's payment plan, where there is one."""

    invoice_id = IdField()
    amount = AmountField(min_value=_CENT)
    plan_line_id = IdField(allow_null=True, required=False, default=None)


class VendorPaymentIn(Body):
    shares = serializers.ListField(child=PaymentShareIn(), min_length=1, max_length=MOST_SHARES)


class PaidIn(Body):
    """``reference`` is the bank's; each is booked once."""

    reference = serializers.CharField(max_length=60)
    paid_on = serializers.DateField()


class VendorPaymentOut(serializers.ModelSerializer[VendorPayment]):
    """``account_tail``: the last digits of the account that it goes to."""

    vendor_id = IdField(read_only=True)
    vendor = serializers.CharField(source="vendor.name", read_only=True)
    project_id = IdField(read_only=True, allow_null=True)
    account_id = IdField(read_only=True)
    bank = serializers.CharField(source="account.bank", read_only=True)
    account_tail = serializers.CharField(source="account.number_tail", read_only=True)

    class Meta:
        model = VendorPayment
        fields: ClassVar = [
            "id", "number", "state", "vendor_id", "vendor", "project_id", "account_id", "bank",
            "account_tail", "amount", "asked_by_label", "asked_at", "paid_by_label", "paid_on",
            "paid_at", "reference", "reversal_reason", "reversed_by_label", "reversed_at",
        ]  # fmt: skip
        read_only_fields = fields


class PaymentShareOut(serializers.ModelSerializer[VendorPaymentShare]):
    invoice_id = IdField(read_only=True)
    invoice = serializers.CharField(source="invoice.number", read_only=True)
    plan_line_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = VendorPaymentShare
        fields: ClassVar = ["invoice_id", "invoice", "plan_line_id", "amount"]
        read_only_fields = fields


class VendorPaymentDetailOut(VendorPaymentOut):
    shares = serializers.SerializerMethodField(help_text="What it pays.")

    class Meta(VendorPaymentOut.Meta):
        fields: ClassVar = [*VendorPaymentOut.Meta.fields, "shares"]
        read_only_fields = fields

    @extend_schema_field(PaymentShareOut(many=True))
    def get_shares(self, payment: VendorPayment) -> Any:
        return PaymentShareOut(queries.shares_of(payment), many=True).data


# ---- advances and claims -----------------------------------------------------------------------


class AdvanceIn(Body):
    """``amount`` lies near what the request is estimated at."""

    request_id = IdField()
    amount = AmountField(min_value=_CENT)
    purpose = serializers.CharField(max_length=200)


class PaidOutIn(Body):
    paid_from = serializers.ChoiceField(choices=MONEY_ACCOUNTS)


class GivenBackIn(Body):
    paid_into = serializers.ChoiceField(choices=MONEY_ACCOUNTS)
    reason = serializers.CharField(max_length=300)


class AdvanceOut(serializers.ModelSerializer[Advance]):
    request_id = IdField(read_only=True)
    project_id = IdField(source="request.project_id", read_only=True, allow_null=True)
    person_id = IdField(read_only=True)

    class Meta:
        model = Advance
        fields: ClassVar = [
            "id", "number", "state", "person_id", "person_label", "request_id", "project_id",
            "purpose", "estimate", "amount", "asked_at", "paid_by_label", "paid_at",
            "ended_by_label", "ended_at", "end_reason",
        ]  # fmt: skip
        read_only_fields = fields


class ClaimIn(FiguresIn):
    """The invoice bills what the receipt took in, at the order's prices."""

    sales_slip = serializers.CharField(max_length=60)
    freight = AmountField(min_value=_NOTHING, required=False, default=_NOTHING)
    advance_id = IdField(allow_null=True, required=False, default=None)


class ClaimOut(serializers.ModelSerializer[Claim]):
    """``paid_out`` and ``given_back``: what its settlement differs from the advance."""

    person_id = IdField(read_only=True)
    project_id = IdField(source="receipt.order.project_id", read_only=True, allow_null=True)
    advance_id = IdField(read_only=True, allow_null=True)
    goods_receipt_id = IdField(source="receipt_id", read_only=True)
    invoice_id = IdField(read_only=True)

    class Meta:
        model = Claim
        fields: ClassVar = [
            "id", "number", "state", "person_id", "person_label", "project_id", "advance_id",
            "goods_receipt_id", "invoice_id", "sales_slip", "invoice_number", "amount",
            "claimed_at", "settled_by_label", "settled_at", "paid_out", "given_back",
        ]  # fmt: skip
        read_only_fields = fields


class ClaimDetailOut(ClaimOut):
    papers = serializers.SerializerMethodField(
        help_text="Which are there. Sales slip and invoice are files of the claim "
        "(`procurement.claim`), of the kinds `SALES_SLIP` and `INVOICE`."
    )

    class Meta(ClaimOut.Meta):
        fields: ClassVar = [*ClaimOut.Meta.fields, "papers"]
        read_only_fields = fields

    @extend_schema_field(
        serializers.ListField(
            child=serializers.ChoiceField(choices=[(one.value, one.name) for one in ClaimPaper])
        )
    )
    def get_papers(self, claim: Claim) -> list[str]:
        there = queries.papers_of(claim)
        return [paper.value for paper in ClaimPaper if paper in there]


# ---- accounts, reconciliations -----------------------------------------------------------------


_AGES: Final = ("not_due", "overdue_30", "overdue_60", "overdue_90", "overdue_more")


class PayablesOut(serializers.Serializer[Any]):
    """What is owed to a vendor: not yet due, then by days overdue."""

    vendor_id = IdField(source="vendor.pk")
    vendor = serializers.CharField(source="vendor.name")
    not_due = AmountField()
    overdue_30 = AmountField(help_text="1 to 30 days.")
    overdue_60 = AmountField(help_text="31 to 60 days.")
    overdue_90 = AmountField(help_text="61 to 90 days.")
    overdue_more = AmountField(help_text="More than 90 days.")
    total = AmountField()

    def to_representation(self, instance: AgeingRow) -> dict[str, Any]:
        columns = dict(zip(_AGES, instance.columns, strict=True))
        shown = {"vendor": instance.vendor, "total": instance.total, **columns}
        return super().to_representation(shown)


class VendorEntryOut(serializers.ModelSerializer[VendorEntry]):
    """An entry of a vendor's account; what we owe him is above zero."""

    journal_id = IdField(read_only=True)

    class Meta:
        model = VendorEntry
        fields: ClassVar = ["id", "kind", "amount", "effective_on", "text", "journal_id"]
        read_only_fields = fields


class BalanceQuery(Query):
    """``to_day``: at its end; without it, with everything that is booked."""

    to_day = serializers.DateField(required=False)


class VendorBalanceOut(serializers.Serializer[Any]):
    to_day = serializers.DateField(allow_null=True)
    balance = AmountField()


class VendorStatementIn(Body):
    vendor_id = IdField()
    to_day = serializers.DateField(help_text="A day that is over.")


class StatementAnswerIn(Body):
    """``balance`` is what the vendor's own books say; another one than ours needs its ``text``."""

    balance = AmountField()
    text = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class VendorStatementOut(serializers.ModelSerializer[VendorStatement]):
    vendor_id = IdField(read_only=True)
    vendor = serializers.CharField(source="vendor.name", read_only=True)

    class Meta:
        model = VendorStatement
        fields: ClassVar = [
            "id", "number", "state", "vendor_id", "vendor", "to_day", "balance", "vendor_balance",
            "answer", "sent_by_label", "sent_at", "answered_by_label", "answered_at",
        ]  # fmt: skip
        read_only_fields = fields


class ReconciliationDueOut(serializers.Serializer[Any]):
    vendor_id = IdField(source="pk")
    vendor = serializers.CharField(source="name")
    reconciled_to = serializers.DateField(allow_null=True)


# ---- assessments -------------------------------------------------------------------------------


class ServiceAssessmentIn(Body):
    """A deduction is taken off what the plan foresees for the month, and needs its ``text``."""

    plan_line_id = IdField()
    project_id = IdField()
    month = serializers.DateField(help_text="Any day of it.")
    score = serializers.IntegerField(min_value=0, max_value=100)
    deduction = AmountField(min_value=_NOTHING, required=False, default=_NOTHING)
    text = serializers.CharField(max_length=2000, allow_blank=True, required=False, default="")


class ServiceAssessmentOut(serializers.ModelSerializer[ServiceAssessment]):
    contract_id = IdField(read_only=True)
    project_id = IdField(read_only=True)
    plan_line_id = IdField(read_only=True)
    invoice_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = ServiceAssessment
        fields: ClassVar = [
            "id", "state", "contract_id", "project_id", "plan_line_id", "month", "score",
            "deduction", "amount", "text", "scored_by_label", "scored_at", "invoice_id",
        ]  # fmt: skip
        read_only_fields = fields


def figures_of(values: dict[str, Any]) -> Figures:
    """Take what stands on the vendor's paper out of a body's values."""
    names = ("number", "invoiced_on", "net_amount", "tax_amount", "freight")
    return Figures(**{name: values.pop(name) for name in names if name in values})
