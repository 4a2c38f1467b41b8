"""What the endpoints of fee standards take (``…In``) and give (``…Out``).

Prices are in CNY per m² and month, per unit and month, or per unit of consumption. Months are
written as their first day; ``valid_to`` is the first month that is not charged any more.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.bodies import Body, Query
from api.fields import AmountField, IdField, PriceField, QuantityField, RateField
from services.billing.runs.models import SkipReason
from services.billing.standards import rules
from services.billing.standards.models import (
    AreaBasis,
    FeeAssignment,
    FeeItem,
    FeeKind,
    FeeStandard,
    FeeVersion,
    Method,
)
from services.properties.models import MeterKind, UnitKind, UnitState

MOST_BUILDINGS = 500
MOST_MONTHS = 12
_CENT = Decimal("0.01")


# ---- fee items ----------------------------------------------------------------------------------


class ItemChangesIn(Body):
    """Code, kind and agency stay: bills were issued with them."""

    name = serializers.CharField(max_length=60)
    name_en = serializers.CharField(max_length=60, allow_blank=True, required=False)
    account_code = serializers.CharField(
        max_length=20, help_text="An income account, a liability for an agency collection."
    )


class ItemIn(ItemChangesIn):
    code = serializers.CharField(max_length=20)
    kind = serializers.ChoiceField(choices=FeeKind.choices)
    is_agency = serializers.BooleanField(
        required=False, help_text="Collected for somebody else, and owed to them."
    )


class ItemOut(serializers.ModelSerializer[FeeItem]):
    account_code = serializers.CharField(source="account.code", read_only=True)

    class Meta:
        model = FeeItem
        fields = ["id", "code", "name", "name_en", "kind", "is_agency", "account_code"]
        read_only_fields = fields


# ---- versions -----------------------------------------------------------------------------------


class TierIn(Body):
    """A price up to a monthly consumption, the limit included; the last tier has none."""

    up_to = QuantityField(allow_null=True, min_value=_CENT)
    price = PriceField(min_value=Decimal("0.0001"))


class TierOut(serializers.Serializer[Any]):
    up_to = QuantityField(allow_null=True)
    price = PriceField()


class FiguresIn(Body):
    """The figures of a version. A draft may still lack its price, a confirmed one may not."""

    method = serializers.ChoiceField(choices=Method.choices)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, required=False)
    price = PriceField(
        allow_null=True,
        required=False,
        min_value=Decimal("0.0001"),
        help_text="The one price; null where tiers have several.",
    )
    tiers = serializers.ListField(
        child=TierIn(), max_length=rules.MAX_TIERS, required=False, help_text="By meter only."
    )
    area_basis = serializers.ChoiceField(choices=AreaBasis.choices, required=False)
    meter_kind = serializers.ChoiceField(
        choices=MeterKind.choices, allow_blank=True, required=False, help_text="By meter only."
    )
    reduced_rate = RateField(
        required=False,
        min_value=Decimal("0.0001"),
        max_value=Decimal(1),
        help_text="The share charged of units in the reduced states: 0.7 for 70 %.",
    )
    reduced_states = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitState.choices),
        max_length=len(UnitState.choices),
        required=False,
    )
    usage_lag_months = serializers.IntegerField(
        min_value=0,
        max_value=rules.MAX_LAG_MONTHS,
        required=False,
        help_text="1 bills October's usage in November.",
    )


class VersionIn(FiguresIn):
    basis_note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class VersionOut(serializers.ModelSerializer[FeeVersion]):
    """The figures of a standard from ``valid_from`` up to, not including, ``valid_to``."""

    standard_id = IdField(read_only=True)
    meter_kind = serializers.ChoiceField(
        choices=MeterKind.choices, allow_blank=True, read_only=True
    )
    tiers = TierOut(many=True, read_only=True)
    reduced_states = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitState.choices), read_only=True
    )
    replaces_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = FeeVersion
        fields = [
            "id",
            "standard_id",
            "number",
            "state",
            "method",
            "valid_from",
            "valid_to",
            "price",
            "tiers",
            "area_basis",
            "meter_kind",
            "reduced_rate",
            "reduced_states",
            "usage_lag_months",
            "basis_note",
            "drafted_by_label",
            "drafted_at",
            "submitted_at",
            "confirmed_by_label",
            "confirmed_at",
            "replaces_id",
        ]
        read_only_fields = fields


class ConfirmationIn(Body):
    """``seen_at`` is the ``drafted_at`` of the figures that were looked at."""

    seen_at = serializers.DateTimeField()
    confirm_unusual = serializers.BooleanField(
        required=False,
        help_text="Says that a price far from the one before is meant (standards.unusual-price).",
    )
    step_id = IdField(
        required=False,
        help_text="The step of its approval that was looked at (approvals.step-moved).",
    )


class EndIn(Body):
    """``valid_to`` is the first month that is not charged any more."""

    valid_to = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class WithdrawalIn(Body):
    """A draft needs no reason, a confirmed version does."""

    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)


# ---- standards ----------------------------------------------------------------------------------


class StandardItemOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class StandardNameIn(Body):
    name = serializers.CharField(max_length=80)


class StandardIn(StandardNameIn):
    project_id = IdField()
    item_id = IdField()


class StandardOut(serializers.ModelSerializer[FeeStandard]):
    """A price rule of a project for one item.

    ``version_id`` is the version in force this month, null if none is. The counts say how many
    versions and assignments wait to be confirmed.
    """

    project_id = IdField(read_only=True)
    item = StandardItemOut(read_only=True)
    version_id = IdField(read_only=True, allow_null=True)
    draft_count = serializers.IntegerField(read_only=True)
    open_assignment_count = serializers.IntegerField(read_only=True)
    versions = VersionOut(many=True, read_only=True)

    class Meta:
        model = FeeStandard
        fields = [
            "id",
            "project_id",
            "item",
            "name",
            "created_at",
            "version_id",
            "draft_count",
            "open_assignment_count",
            "versions",
        ]
        read_only_fields = fields


# ---- assignments --------------------------------------------------------------------------------


class _AssignedMonthsIn(Body):
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True, required=False)


class RuleIn(_AssignedMonthsIn):
    """All conditions must hold; one that is empty or left out holds for every unit."""

    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitKind.choices),
        max_length=len(UnitKind.choices),
        required=False,
    )
    states = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitState.choices),
        max_length=len(UnitState.choices),
        required=False,
    )
    building_ids = serializers.ListField(child=IdField(), max_length=MOST_BUILDINGS, required=False)
    reason = serializers.CharField(max_length=200, allow_blank=True, required=False)


class UnitAssignmentIn(_AssignedMonthsIn):
    """One unit, in the standard whatever the rules say, or with ``is_excluded`` out of it."""

    unit_id = IdField()
    is_excluded = serializers.BooleanField(default=False)
    reason = serializers.CharField(
        max_length=200, allow_blank=True, required=False, help_text="Needed for an exclusion."
    )


class AssignmentOut(serializers.ModelSerializer[FeeAssignment]):
    """Whom a standard charges: a rule, or with ``unit_id`` one unit. Drafts charge nobody yet."""

    standard_id = IdField(read_only=True)
    unit_id = IdField(read_only=True, allow_null=True)
    unit_code = serializers.SerializerMethodField()
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitKind.choices), read_only=True
    )
    states = serializers.ListField(
        child=serializers.ChoiceField(choices=UnitState.choices), read_only=True
    )
    building_ids = serializers.SerializerMethodField()

    class Meta:
        model = FeeAssignment
        fields = [
            "id",
            "standard_id",
            "unit_id",
            "unit_code",
            "is_excluded",
            "kinds",
            "states",
            "building_ids",
            "valid_from",
            "valid_to",
            "reason",
            "state",
            "drafted_by_label",
            "drafted_at",
            "confirmed_by_label",
            "confirmed_at",
        ]
        read_only_fields = fields

    def get_unit_code(self, assignment: FeeAssignment) -> str | None:
        return assignment.unit.code if assignment.unit else None

    def get_building_ids(self, assignment: FeeAssignment) -> list[int]:
        return [building.pk for building in assignment.buildings.all()]


class MonthQuery(Query):
    month = serializers.DateField(
        required=False, help_text="First day of a month; this month without it."
    )


class UnitFeeOut(serializers.Serializer[Any]):
    """What a unit is charged of an item: a version, or the ``problem`` why of none."""

    unit_id = serializers.IntegerField()
    item = StandardItemOut()
    standard = serializers.CharField(source="version.standard.name", default=None, allow_null=True)
    version = VersionOut(allow_null=True)
    problem = serializers.ChoiceField(choices=SkipReason.choices, allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        found = super().to_representation(instance)
        return {**found, "problem": found["problem"] or None}


# ---- trial --------------------------------------------------------------------------------------


class TrialIn(Body):
    """Either ``version_id`` or ``figures``; a unit to reckon for, and the months."""

    version_id = IdField(required=False)
    figures = FiguresIn(required=False)
    unit_id = IdField(required=False)
    months = serializers.ListField(
        child=serializers.DateField(),
        max_length=MOST_MONTHS,
        required=False,
        help_text="First days of months; without them the first month of the figures.",
    )
    consumption = QuantityField(
        required=False,
        min_value=Decimal(0),
        help_text="Of each month; without it the unit's last settled one.",
    )


class SlabOut(serializers.Serializer[Any]):
    """A part of the quantity and its price; ``above`` exclusive, ``up_to`` inclusive."""

    quantity = QuantityField()
    price = PriceField()
    above = QuantityField()
    up_to = QuantityField(allow_null=True)


class TrialStepsOut(serializers.Serializer[Any]):
    """Σ (quantity × price), rounded half up; times the rate, rounded half up."""

    quantity = QuantityField()
    slabs = SlabOut(many=True)
    full_amount = AmountField(source="full")
    rate = RateField()
    amount = AmountField()


class TrialMonthOut(serializers.Serializer[Any]):
    """A month of one unit. ``number`` is a confirmed version's, null for the figures on trial.

    Without ``steps`` nothing would be billed, and ``problem`` says why.
    """

    month = serializers.DateField()
    number = serializers.IntegerField(allow_null=True)
    amount = AmountField()
    before = AmountField(allow_null=True, help_text="By the version in force.")
    problem = serializers.ChoiceField(choices=SkipReason.choices, allow_null=True)
    steps = TrialStepsOut(source="explanation", allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        found = super().to_representation(instance)
        return {**found, "problem": found["problem"] or None}


class TrialUnitOut(serializers.Serializer[Any]):
    unit_id = serializers.IntegerField(source="unit.pk")
    unit_code = serializers.CharField(source="unit.code")
    amount = AmountField()
    before = AmountField(allow_null=True)
    change = AmountField(allow_null=True)
    months = TrialMonthOut(many=True)


class GapOut(serializers.Serializer[Any]):
    """Units that would be left out of the bill: how many, and the first of them."""

    problem = serializers.ChoiceField(choices=SkipReason.choices)
    count = serializers.IntegerField()
    units = serializers.ListField(child=serializers.CharField(), source="labels")


class ImpactOut(serializers.Serializer[Any]):
    """What the figures mean for all units of the standard in their first month."""

    units = serializers.IntegerField()
    households = serializers.IntegerField()
    area = QuantityField()
    amount = AmountField()
    before = AmountField(allow_null=True, help_text="By the version in force before.")
    change = AmountField(allow_null=True)
    gaps = GapOut(many=True)


class TrialOut(serializers.Serializer[Any]):
    impact = ImpactOut()
    unit = TrialUnitOut(allow_null=True)


def figures_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a body as the operations take them."""
    figures = dict(values)
    if "tiers" in figures:
        figures["tiers"] = tuple(rules.Tier(**tier) for tier in figures["tiers"])
    return figures
