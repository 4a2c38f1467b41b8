"""What the endpoints of readings take (``…In``) and give (``…Out``).

``usage_month`` is the first day of the month of usage. Values are in the meter's unit of measure.
"""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.bodies import Body, Query
from api.fields import IdField, QuantityField
from services.billing.metering.models import Reading, ReadingFault, Resolution
from services.billing.metering.queries import Outcome, Refusal
from services.properties.models import MeterKind

MOST_READINGS = 10_000


class ReadingIn(Body):
    """What one meter shows; ``current`` and ``read_on`` are null where nobody could read it."""

    meter_id = IdField()
    current = QuantityField(allow_null=True, min_value=Decimal(0))
    read_on = serializers.DateField(allow_null=True)
    previous = QuantityField(
        allow_null=True,
        required=False,
        min_value=Decimal(0),
        help_text="Needed only where the meter's past does not say it.",
    )
    reader_name = serializers.CharField(max_length=60, allow_blank=True, required=False)
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class MonthIn(Body):
    """A month's readings of a project: all are recorded or none."""

    project_id = IdField()
    usage_month = serializers.DateField(help_text="First day of the month of usage.")
    readings = serializers.ListField(child=ReadingIn(), min_length=1, max_length=MOST_READINGS)


class ReadingOut(serializers.ModelSerializer[Reading]):
    """A reading as it was taken, what was found wrong with it, and what was decided.

    ``consumption`` is what is billed; null while an exception is open, or if it is not billed.
    """

    project_id = IdField(read_only=True)
    meter_id = IdField(read_only=True)
    meter_code = serializers.CharField(source="meter.code", read_only=True)
    meter_kind = serializers.ChoiceField(
        source="meter.kind", choices=MeterKind.choices, read_only=True
    )
    unit_id = IdField(source="meter.unit_id", read_only=True)
    unit_code = serializers.CharField(source="meter.unit.code", read_only=True)
    faults = serializers.ListField(
        child=serializers.ChoiceField(choices=ReadingFault.choices), read_only=True
    )
    resolution = serializers.ChoiceField(
        choices=Resolution.choices, allow_blank=True, read_only=True
    )
    usual = QuantityField(
        read_only=True, allow_null=True, help_text="What a jump was measured against."
    )

    class Meta:
        model = Reading
        fields = [
            "id",
            "project_id",
            "usage_month",
            "meter_id",
            "meter_code",
            "meter_kind",
            "unit_id",
            "unit_code",
            "previous",
            "current",
            "read_on",
            "reader_name",
            "note",
            "consumption",
            "state",
            "faults",
            "usual",
            "resolution",
            "corrected_previous",
            "corrected_current",
            "old_end",
            "new_start",
            "reason",
            "resolved_by_label",
            "resolved_at",
            "recorded_by_label",
            "recorded_at",
        ]
        read_only_fields = fields


class RecordedOut(serializers.Serializer[Any]):
    """What recording did. ``exceptions`` of these readings wait for a decision."""

    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    exceptions = serializers.IntegerField()


class AssessmentOut(serializers.Serializer[Any]):
    """What recording a reading would do: ``index`` counts from 0 in the order of the request."""

    index = serializers.IntegerField()
    meter_id = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=[(each.value, each.value) for each in Outcome])
    refusal = serializers.ChoiceField(
        choices=[(each.value, each.value) for each in Refusal], allow_null=True
    )
    previous = QuantityField(allow_null=True)
    consumption = QuantityField(allow_null=True)
    faults = serializers.ListField(child=serializers.ChoiceField(choices=ReadingFault.choices))


class DecisionIn(Body):
    """What is billed of a reading, and why.

    ``CORRECT`` needs ``current`` and may have ``previous``; ``METER_REPLACED`` needs ``old_end``
    and ``new_start``; ``ESTIMATE`` needs ``consumption``.
    """

    resolution = serializers.ChoiceField(choices=Resolution.choices)
    reason = serializers.CharField(max_length=300)
    current = QuantityField(required=False, min_value=Decimal(0))
    previous = QuantityField(required=False, min_value=Decimal(0))
    old_end = QuantityField(required=False, min_value=Decimal(0))
    new_start = QuantityField(required=False, min_value=Decimal(0))
    consumption = QuantityField(required=False, min_value=Decimal(0))


class ReopeningIn(Body):
    reason = serializers.CharField(max_length=300)


class ProgressOut(serializers.Serializer[Any]):
    """How far a month's reading is: of the meters in use, how many are in which state."""

    meters = serializers.IntegerField()
    read = serializers.IntegerField()
    accepted = serializers.IntegerField()
    exceptions = serializers.IntegerField()
    resolved = serializers.IntegerField()
    rejected = serializers.IntegerField()
    missing = serializers.IntegerField()


class MonthQuery(Query):
    project_id = IdField()
    usage_month = serializers.DateField(help_text="First day of the month of usage.")
