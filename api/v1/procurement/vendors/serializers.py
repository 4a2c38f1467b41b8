"""What the endpoints of vendors take (``…In``) and give (``…Out``).

Phones and account numbers are masked; their own endpoints give them in full and record who asked.
"""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.bodies import Body
from api.fields import IdField
from kernel.access.models import User
from services.procurement.scorecards.queries import Card
from services.procurement.vendors.models import (
    BankAccount,
    Contact,
    IntermediaryCheck,
    PaperKind,
    Supply,
    SupplyRole,
    Vendor,
    VendorHold,
    VendorKind,
    VendorPaper,
    Visit,
    VisitOutcome,
)
from services.procurement.vendors.operations.visits import LONGEST_FINDINGS
from services.procurement.vendors.queries import Coverage


class PercentField(serializers.DecimalField):
    """A rate in percent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=5,
            decimal_places=2,
            min_value=Decimal(0),
            max_value=Decimal(100),
            **kwargs,
        )


class VendorIn(Body):
    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=VendorKind.choices, required=False)
    credit_code = serializers.CharField(max_length=30, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    address = serializers.CharField(max_length=200, required=False, allow_blank=True)
    tax_percent = PercentField(required=False)
    is_on_account = serializers.BooleanField(required=False)
    payment_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=User.Language.choices, required=False)


class VendorOut(serializers.ModelSerializer[Vendor]):
    """``is_fit``: may quote and be ordered from today; ``/standing/`` tells why not."""

    phone = serializers.CharField(source="phone_masked", read_only=True)
    email = serializers.CharField(read_only=True, help_text="Empty while none is known.")
    is_fit = serializers.SerializerMethodField()
    paper_ends_on = serializers.SerializerMethodField(help_text="The first end of a paper.")
    is_review_due = serializers.SerializerMethodField()

    class Meta:
        model = Vendor
        fields = [
            "id",
            "code",
            "name",
            "kind",
            "state",
            "credit_code",
            "contact_name",
            "phone",
            "email",
            "address",
            "tax_percent",
            "is_on_account",
            "payment_days",
            "note",
            "language",
            "is_fit",
            "paper_ends_on",
            "is_review_due",
            "reviewed_on",
            "reconciled_to",
            "decision_reason",
            "created_at",
        ]
        read_only_fields = fields

    def get_is_fit(self, vendor: Vendor) -> bool:
        return bool(getattr(vendor, "is_fit", False))

    def get_paper_ends_on(self, vendor: Vendor) -> str | None:
        ends_on = getattr(vendor, "paper_ends_on", None)
        return ends_on.isoformat() if ends_on else None

    def get_is_review_due(self, vendor: Vendor) -> bool:
        return bool(getattr(vendor, "is_review_due", False))


class VendorStandingOut(serializers.Serializer[Any]):
    """Whether quotes and orders may go to a vendor today, and what is in the way."""

    is_fit = serializers.BooleanField()
    is_active = serializers.BooleanField()
    is_held = serializers.SerializerMethodField()
    is_blacklisted = serializers.BooleanField()
    is_unchecked = serializers.BooleanField()
    missing_papers = serializers.ListField(child=serializers.CharField(), source="missing")
    reasons = serializers.ListField(child=serializers.CharField())

    def get_is_held(self, standing: Any) -> bool:
        return bool(standing.holds)


class VendorReasonIn(Body):
    reason = serializers.CharField(max_length=200)


class VendorDecisionIn(Body):
    """A refusal needs a reason."""

    is_accepted = serializers.BooleanField()
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class VendorPaperDecisionIn(Body):
    """A refusal needs a note."""

    is_accepted = serializers.BooleanField()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class VendorRevealIn(Body):
    reason = serializers.CharField(max_length=200)


class VendorRevealOut(serializers.Serializer[Any]):
    value = serializers.CharField()


class VendorPaperKindIn(Body):
    key = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=60)
    name_en = serializers.CharField(max_length=60, required=False, allow_blank=True)
    is_required = serializers.BooleanField(required=False)
    category_ids = serializers.ListField(child=IdField(), required=False, max_length=500)


class VendorPaperKindChangesIn(Body):
    """All of it: what is left out is empty."""

    name = serializers.CharField(max_length=60)
    name_en = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    is_required = serializers.BooleanField()
    is_active = serializers.BooleanField()
    category_ids = serializers.ListField(child=IdField(), max_length=500)


class VendorPaperKindOut(serializers.ModelSerializer[PaperKind]):
    category_ids = serializers.SerializerMethodField()

    class Meta:
        model = PaperKind
        fields = ["id", "key", "name", "name_en", "is_required", "is_active", "category_ids"]
        read_only_fields = fields

    def get_category_ids(self, kind: PaperKind) -> list[int]:
        return sorted(category.pk for category in kind.categories.all())


class VendorPaperIn(Body):
    """Its file is added to it afterwards, as to any record."""

    kind_id = IdField()
    number = serializers.CharField(max_length=80, required=False, allow_blank=True)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(required=False, allow_null=True)


class VendorPaperOut(serializers.ModelSerializer[VendorPaper]):
    vendor_id = IdField(read_only=True)
    kind_id = IdField(read_only=True)

    class Meta:
        model = VendorPaper
        fields = [
            "id",
            "vendor_id",
            "kind_id",
            "number",
            "valid_from",
            "valid_to",
            "state",
            "added_by_label",
            "is_added_by_vendor",
            "added_at",
            "checked_by_label",
            "checked_at",
            "check_note",
        ]
        read_only_fields = fields


class VendorSupplyIn(Body):
    category_id = IdField()
    role = serializers.ChoiceField(choices=SupplyRole.choices)


class VendorSupplyOut(serializers.ModelSerializer[Supply]):
    vendor_id = IdField(read_only=True)
    category_id = IdField(read_only=True)

    class Meta:
        model = Supply
        fields = ["id", "vendor_id", "category_id", "role"]
        read_only_fields = fields


class VendorAccountIn(Body):
    """It comes into force once it is approved; a reason is needed where one is in force."""

    holder = serializers.CharField(max_length=100)
    bank = serializers.CharField(max_length=100)
    number = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class VendorAccountOut(serializers.ModelSerializer[BankAccount]):
    vendor_id = IdField(read_only=True)

    class Meta:
        model = BankAccount
        fields = [
            "id",
            "vendor_id",
            "holder",
            "bank",
            "number_tail",
            "state",
            "asked_by_label",
            "asked_at",
            "reason",
            "decided_at",
        ]
        read_only_fields = fields


class VendorContactIn(Body):
    name = serializers.CharField(max_length=60)
    email = serializers.EmailField(max_length=254)


class VendorContactOut(serializers.ModelSerializer[Contact]):
    vendor_id = IdField(read_only=True)

    class Meta:
        model = Contact
        fields = [
            "id",
            "vendor_id",
            "name",
            "email",
            "state",
            "invited_at",
            "joined_at",
            "ended_at",
        ]
        read_only_fields = fields


class VendorHoldIn(Body):
    reason = serializers.CharField(max_length=300)
    first_day = serializers.DateField()
    last_day = serializers.DateField(required=False, allow_null=True)


class VendorHoldOut(serializers.ModelSerializer[VendorHold]):
    vendor_id = IdField(read_only=True)

    class Meta:
        model = VendorHold
        fields = [
            "id",
            "vendor_id",
            "kind",
            "reason",
            "first_day",
            "last_day",
            "set_by_label",
            "set_at",
            "lifted_at",
            "lifted_by_label",
            "lift_reason",
        ]
        read_only_fields = fields


class VendorBlacklistIn(Body):
    reason = serializers.CharField(max_length=300)
    last_day = serializers.DateField(required=False, allow_null=True)


class VendorCaseOut(serializers.Serializer[Any]):
    """The approval that was opened."""

    case_id = IdField(source="pk")


class VendorVisitIn(Body):
    visited_on = serializers.DateField()
    visitors = serializers.CharField(max_length=200)
    findings = serializers.CharField(max_length=LONGEST_FINDINGS)
    outcome = serializers.ChoiceField(choices=VisitOutcome.choices)


class VendorVisitOut(serializers.ModelSerializer[Visit]):
    vendor_id = IdField(read_only=True)

    class Meta:
        model = Visit
        fields = [
            "id",
            "vendor_id",
            "visited_on",
            "visitors",
            "findings",
            "outcome",
            "written_by_label",
            "written_at",
        ]
        read_only_fields = fields


class VendorCheckIn(Body):
    reputation = serializers.BooleanField()
    technical_ability = serializers.BooleanField()
    qualification = serializers.BooleanField()
    performance = serializers.BooleanField()
    note = serializers.CharField(max_length=LONGEST_FINDINGS, required=False, allow_blank=True)


class VendorCheckOut(serializers.ModelSerializer[IntermediaryCheck]):
    vendor_id = IdField(read_only=True)
    is_passed = serializers.BooleanField(read_only=True)

    class Meta:
        model = IntermediaryCheck
        fields = [
            "id",
            "vendor_id",
            "reputation",
            "technical_ability",
            "qualification",
            "performance",
            "is_passed",
            "note",
            "checked_by_label",
            "checked_at",
        ]
        read_only_fields = fields


class VendorAspectOut(serializers.Serializer[Any]):
    key = serializers.CharField()
    part = serializers.IntegerField()
    whole = serializers.IntegerField()
    points = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)


class VendorScorecardOut(serializers.Serializer[Card]):
    """Points of 0 to 100, null where there is nothing to judge."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    rows = VendorAspectOut(many=True)
    total = serializers.DecimalField(max_digits=4, decimal_places=1, allow_null=True)


class VendorCoverageOut(serializers.Serializer[Any]):
    """Who supplies a category; ``missing``: how many backups it lacks."""

    category_id = IdField(source="branch.category.pk")
    contract_vendor_ids = serializers.SerializerMethodField()
    backup_vendor_ids = serializers.SerializerMethodField()
    candidate_vendor_ids = serializers.SerializerMethodField()
    missing = serializers.IntegerField()

    def get_contract_vendor_ids(self, row: Coverage) -> list[int]:
        return [vendor.pk for vendor in row.contract]

    def get_backup_vendor_ids(self, row: Coverage) -> list[int]:
        return [vendor.pk for vendor in row.backup]

    def get_candidate_vendor_ids(self, row: Coverage) -> list[int]:
        return [vendor.pk for vendor in row.candidates]
