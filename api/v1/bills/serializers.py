"""What the endpoints of bills take (``…In``) and give (``…Out``). Amounts are in CNY, as text."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.bodies import Body
from api.fields import AmountField, IdField, PriceField, QuantityField, RateField
from api.v1.standards.serializers import SlabOut
from kernel.jobs.models import Job, JobState
from services.billing.cashier.models import PaymentState
from services.billing.ledger.models import AccountKind, AccountRole, JournalKind, LedgerAccount
from services.billing.runs.models import BillLine, BillRun, LineState, SkipReason
from services.billing.standards.models import Method


class BilledItemOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class BilledUnitOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


# ---- jobs ---------------------------------------------------------------------------------------


class JobOut(serializers.ModelSerializer[Job]):
    """The state of long work. Ask again every two seconds while it is QUEUED or RUNNING."""

    state = serializers.ChoiceField(choices=JobState.choices)
    percent = serializers.IntegerField(read_only=True)
    result = serializers.DictField(read_only=True)

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "state",
            "stage",
            "done",
            "total",
            "percent",
            "result",
            "error_code",
            "error",
            "project_id",
            "created_at",
            "started_at",
            "finished_at",
        ]
        read_only_fields = fields


# ---- bill runs ----------------------------------------------------------------------------------


class RunIn(Body):
    project_id = IdField()
    period = serializers.DateField(help_text="First day of the month that is billed.")


class RunOut(serializers.ModelSerializer[BillRun]):
    """A run; ``draft_lines`` and ``draft_amount`` are what the checker confirms."""

    project_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = BillRun
        fields = [
            "id",
            "project_id",
            "period",
            "state",
            "due_on",
            "issued_on",
            "job_id",
            "draft_lines",
            "draft_amount",
            "skip_count",
            "billed_before",
            "prepared_by_label",
            "prepared_at",
            "computed_at",
            "checked_by_label",
            "checked_at",
            "check_note",
            "posted_by_label",
            "posted_at",
            "error",
        ]
        read_only_fields = fields


class CheckIn(Body):
    """What the checker has seen; a draft with other totals is refused."""

    expected_lines = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    expected_amount = AmountField(min_value=0)
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)


class CancelIn(Body):
    reason = serializers.CharField(max_length=300, allow_blank=True, required=False)


class ItemTotalOut(serializers.Serializer[Any]):
    item = BilledItemOut()
    lines = serializers.IntegerField()
    amount = AmountField()
    last_lines = serializers.IntegerField()
    last_amount = AmountField()
    change = AmountField()


class SkipCountOut(serializers.Serializer[Any]):
    reason = serializers.ChoiceField(choices=SkipReason.choices)
    item = BilledItemOut(allow_null=True)
    count = serializers.IntegerField()


class HouseholdChangeOut(serializers.Serializer[Any]):
    household_id = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    amount = AmountField()
    last_amount = AmountField()
    change = AmountField()


class PreviewOut(serializers.Serializer[Any]):
    """Totals by item beside the month before, what was left out, and the biggest changes."""

    run = RunOut()
    items = ItemTotalOut(many=True)
    skips = SkipCountOut(many=True)
    changes = HouseholdChangeOut(many=True)


class DraftLineOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    household_id = serializers.IntegerField()
    unit = BilledUnitOut()
    item = BilledItemOut()
    usage_month = serializers.DateField(allow_null=True)
    quantity = QuantityField()
    price = PriceField(allow_null=True)
    rate = RateField()
    amount = AmountField()


class SkipOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    unit = BilledUnitOut()
    item = BilledItemOut(allow_null=True)
    reason = serializers.ChoiceField(choices=SkipReason.choices)
    reading_id = serializers.IntegerField(allow_null=True)


# ---- bills --------------------------------------------------------------------------------------


class BillOut(serializers.ModelSerializer[BillLine]):
    """One bill: an item of a unit in a month. ``price`` is null where tiers have several."""

    project_id = serializers.IntegerField(read_only=True)
    household_id = serializers.IntegerField(read_only=True)
    run_id = serializers.IntegerField(read_only=True)
    unit = BilledUnitOut(read_only=True)
    item = BilledItemOut(read_only=True)
    state = serializers.ChoiceField(choices=LineState.choices, read_only=True)
    open_amount = AmountField(read_only=True)

    class Meta:
        model = BillLine
        fields = [
            "id",
            "project_id",
            "household_id",
            "run_id",
            "unit",
            "item",
            "period",
            "usage_month",
            "quantity",
            "price",
            "rate",
            "amount",
            "paid_amount",
            "open_amount",
            "state",
            "due_on",
            "issued_on",
            "is_reversed",
            "reversed_at",
            "reverse_reason",
        ]
        read_only_fields = fields


class BilledReadingOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    meter_code = serializers.CharField(source="meter.code")
    previous = QuantityField()
    current = QuantityField(allow_null=True)
    consumption = QuantityField(allow_null=True)
    read_on = serializers.DateField(allow_null=True)


class ExplanationOut(serializers.Serializer[Any]):
    """Σ (quantity × price), rounded half up; times the rate, rounded half up."""

    method = serializers.ChoiceField(choices=Method.choices)
    standard = serializers.CharField()
    version = serializers.IntegerField()
    valid_from = serializers.DateField()
    quantity = QuantityField()
    slabs = SlabOut(many=True)
    full_amount = AmountField()
    rate = RateField()
    amount = AmountField()
    readings = BilledReadingOut(many=True)


class PostingOut(serializers.Serializer[Any]):
    account = serializers.CharField(source="account.code")
    household_id = serializers.IntegerField(allow_null=True)
    amount = AmountField(help_text="Debit positive, credit negative.")


class JournalOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=JournalKind.choices)
    effective_on = serializers.DateField()
    posted_at = serializers.DateTimeField()


class BillPaymentOut(serializers.Serializer[Any]):
    """What a payment paid of the bill; those that were voided are among them."""

    payment_id = serializers.IntegerField()
    receipt_code = serializers.CharField(source="payment.receipt.code")
    amount = AmountField()
    received_on = serializers.DateField(source="payment.received_on")
    state = serializers.ChoiceField(source="payment.state", choices=PaymentState.choices)


class BillDetailOut(BillOut):
    """A bill that explains itself."""

    explanation = ExplanationOut(read_only=True)
    journals = JournalOut(many=True, read_only=True)
    payments = BillPaymentOut(many=True, read_only=True)

    class Meta(BillOut.Meta):
        fields = [*BillOut.Meta.fields, "explanation", "journals", "payments"]
        read_only_fields = fields


class ReversalIn(Body):
    reason = serializers.CharField(max_length=300)


# ---- ledger -------------------------------------------------------------------------------------


class ViolationOut(serializers.Serializer[Any]):
    project_id = serializers.IntegerField(allow_null=True)
    object_type = serializers.CharField()
    object_id = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField()


class InvariantOut(serializers.Serializer[Any]):
    """A rule of the books: how many objects break it, and the first of them."""

    code = serializers.CharField(source="invariant.code")
    name = serializers.SerializerMethodField()
    count = serializers.IntegerField()
    violations = ViolationOut(many=True)

    @extend_schema_field(str)
    def get_name(self, result: Any) -> str:
        return str(result.invariant.name)


class InvariantsOut(serializers.Serializer[Any]):
    agrees = serializers.BooleanField(help_text="True if no rule is broken.")
    checked_at = serializers.DateTimeField()
    invariants = InvariantOut(many=True)


class CheckedRuleOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    count = serializers.IntegerField()
    violations = ViolationOut(many=True)


class LastCheckOut(serializers.Serializer[Any]):
    """The last finished check of the books; null before the first."""

    is_running = serializers.BooleanField()
    checked_at = serializers.DateTimeField(allow_null=True)
    agrees = serializers.BooleanField(allow_null=True)
    invariants = CheckedRuleOut(many=True)


class ChartOut(serializers.ModelSerializer[LedgerAccount]):
    """An account of the chart; ``role`` is what the product books on it by itself."""

    role = serializers.ChoiceField(choices=AccountRole.choices, allow_blank=True, read_only=True)

    class Meta:
        model = LedgerAccount
        fields = ["id", "code", "name", "name_en", "kind", "role"]
        read_only_fields = fields


class AccountOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    kind = serializers.ChoiceField(choices=AccountKind.choices)


class TrialBalanceRowOut(serializers.Serializer[Any]):
    account = AccountOut()
    opening = AmountField()
    debit = AmountField()
    credit = AmountField()
    closing = AmountField()


class TrialBalanceOut(serializers.Serializer[Any]):
    """Balances are signed, debit positive; movements are not."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    rows = TrialBalanceRowOut(many=True)
    opening = AmountField()
    debit = AmountField()
    credit = AmountField()
    closing = AmountField()
    is_balanced = serializers.BooleanField()


class StatementRowOut(serializers.Serializer[Any]):
    """A movement of a household's account and what it owed after it."""

    id = serializers.IntegerField()
    journal = JournalOut()
    amount = AmountField()
    balance = AmountField()
