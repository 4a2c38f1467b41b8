"""What the registry's endpoints take (``…In``) and give (``…Out``).

Personal data is masked; the reveal endpoint gives it in full and records who asked.
"""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from api.bodies import Body
from api.fields import IdField
from services.properties.models import (
    Building,
    Household,
    Meter,
    MeterKind,
    Occupancy,
    OccupancyRole,
    Party,
    PartyKind,
    Project,
    Unit,
    UnitKind,
    UnitState,
    UnitStateChange,
    Vehicle,
)
from services.properties.operations import PersonalField


class AreaField(serializers.DecimalField):
    """Square metres."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, min_value=Decimal("0.01"), **kwargs)


class ReadingField(serializers.DecimalField):
    """What a meter shows, in its unit of measure."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, decimal_places=2, min_value=Decimal(0), **kwargs)


class MultiplierField(serializers.DecimalField):
    """Consumption is the difference of readings times this."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, min_value=Decimal("0.01"), **kwargs)


class ShareField(serializers.DecimalField):
    """An owner's share in percent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_digits=5,
            decimal_places=2,
            min_value=Decimal("0.01"),
            max_value=Decimal(100),
            **kwargs,
        )


class ProjectIn(Body):
    code = serializers.CharField(max_length=20)
    name = serializers.CharField(max_length=100)
    name_en = serializers.CharField(max_length=100, allow_blank=True, required=False)
    city = serializers.CharField(max_length=60, allow_blank=True, required=False)
    address = serializers.CharField(max_length=200, allow_blank=True, required=False)
    hotline = serializers.CharField(max_length=40, allow_blank=True, required=False)


class ProjectChangesIn(ProjectIn):
    is_active = serializers.BooleanField()


class ProjectOut(serializers.ModelSerializer[Project]):
    class Meta:
        model = Project
        fields = ["id", "code", "name", "name_en", "city", "address", "hotline", "is_active"]
        read_only_fields = fields


class OccupancyFiguresOut(serializers.Serializer[Any]):
    """Dwellings, shops and offices of a project on one day; the rate is a share of one."""

    on = serializers.DateField()
    total = serializers.IntegerField()
    handed_over = serializers.IntegerField()
    not_handed_over = serializers.IntegerField()
    occupied = serializers.IntegerField()
    vacant = serializers.IntegerField()
    leased = serializers.IntegerField()
    occupancy_rate = serializers.DecimalField(max_digits=5, decimal_places=4, allow_null=True)
    by_state = serializers.DictField(child=serializers.IntegerField())


class BuildingNameIn(Body):
    name = serializers.CharField(max_length=40)


class BuildingIn(BuildingNameIn):
    project_id = IdField()


class BuildingOut(serializers.ModelSerializer[Building]):
    project_id = IdField(read_only=True)

    class Meta:
        model = Building
        fields = ["id", "project_id", "name", "code"]
        read_only_fields = fields


class _UnitFields(Body):
    building_id = IdField(allow_null=True, required=False)
    entrance = serializers.CharField(max_length=20, allow_blank=True, required=False)
    number = serializers.CharField(max_length=30)
    kind = serializers.ChoiceField(choices=UnitKind.choices)
    built_area = AreaField(allow_null=True, required=False)
    inner_area = AreaField(allow_null=True, required=False)
    handed_over_on = serializers.DateField(allow_null=True, required=False)
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class UnitChangesIn(_UnitFields):
    is_active = serializers.BooleanField()


class UnitIn(_UnitFields):
    project_id = IdField()
    state = serializers.ChoiceField(choices=UnitState.choices)
    household_id = IdField(allow_null=True, required=False)


class UnitOut(serializers.ModelSerializer[Unit]):
    project_id = IdField(read_only=True)
    building_id = IdField(read_only=True, allow_null=True)
    household_id = IdField(read_only=True)

    class Meta:
        model = Unit
        fields = [
            "id",
            "project_id",
            "building_id",
            "household_id",
            "kind",
            "state",
            "entrance",
            "number",
            "code",
            "label",
            "built_area",
            "inner_area",
            "handed_over_on",
            "note",
            "is_active",
        ]
        read_only_fields = fields


class StateChangeIn(Body):
    state = serializers.ChoiceField(choices=UnitState.choices)
    effective_on = serializers.DateField()
    note = serializers.CharField(max_length=200, allow_blank=True, required=False)


class StateChangeOut(serializers.ModelSerializer[UnitStateChange]):
    unit_id = IdField(read_only=True)

    class Meta:
        model = UnitStateChange
        fields = [
            "id",
            "unit_id",
            "from_state",
            "to_state",
            "effective_on",
            "note",
            "recorded_at",
            "recorded_by_label",
        ]
        read_only_fields = fields


class MoveIn(Body):
    """Into this household's account, or with null into one of its own."""

    household_id = IdField(allow_null=True)


class SpaceAssignmentIn(Body):
    household_id = IdField()
    effective_on = serializers.DateField()


class SpaceReleaseIn(Body):
    effective_on = serializers.DateField()


class PartyDetailsIn(Body):
    name = serializers.CharField(max_length=100)
    kind = serializers.ChoiceField(choices=PartyKind.choices, required=False)
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    id_number = serializers.CharField(max_length=40, allow_blank=True, required=False)


class PartyOut(serializers.ModelSerializer[Party]):
    phone_masked = serializers.CharField(read_only=True)
    id_number_masked = serializers.CharField(read_only=True)

    class Meta:
        model = Party
        fields = ["id", "kind", "name", "phone_masked", "id_number_masked"]
        read_only_fields = fields


class RevealIn(Body):
    """``reason`` has at least the characters of the setting ``archive.reveal_reason_chars``."""

    field = serializers.ChoiceField(choices=[(field.value, field.value) for field in PersonalField])
    reason = serializers.CharField(max_length=200)


class RevealOut(serializers.Serializer[Any]):
    """The value in full; empty if none is known."""

    field = serializers.ChoiceField(choices=[(field.value, field.value) for field in PersonalField])
    value = serializers.CharField()


class OccupancyChangesIn(Body):
    is_contact = serializers.BooleanField(required=False)
    share_percent = ShareField(allow_null=True, required=False)
    valid_from = serializers.DateField(allow_null=True, required=False)


class OccupancyIn(OccupancyChangesIn):
    """Either ``party_id`` of a known party, or ``party`` with what the form says of him."""

    unit_id = IdField()
    party_id = IdField(required=False)
    party = PartyDetailsIn(required=False)
    role = serializers.ChoiceField(choices=OccupancyRole.choices)
    valid_to = serializers.DateField(allow_null=True, required=False)


class OccupancyEndIn(Body):
    """``valid_to`` is the first day on which it is no more."""

    valid_to = serializers.DateField()


class OccupancyOut(serializers.ModelSerializer[Occupancy]):
    unit_id = IdField(read_only=True)
    unit_code = serializers.CharField(source="unit.code", read_only=True)
    party = PartyOut(read_only=True)

    class Meta:
        model = Occupancy
        fields = [
            "id",
            "unit_id",
            "unit_code",
            "party",
            "role",
            "is_contact",
            "share_percent",
            "valid_from",
            "valid_to",
        ]
        read_only_fields = fields


class NewOwnerIn(Body):
    """Either ``party_id`` of a known party, or ``party`` with what the form says of him."""

    party_id = IdField(required=False)
    party = PartyDetailsIn(required=False)
    share_percent = ShareField(allow_null=True, required=False)


class TransferIn(Body):
    unit_ids = serializers.ListField(child=IdField(), min_length=1, max_length=20)
    owners = serializers.ListField(child=NewOwnerIn(), min_length=1, max_length=20)
    effective_on = serializers.DateField()
    carry_open_bills = serializers.BooleanField(required=False)


class PayerIn(Body):
    party_id = IdField()


class MergeIn(Body):
    """The account whose units move into this one."""

    household_id = IdField()


class HouseholdOut(serializers.ModelSerializer[Household]):
    project_id = IdField(read_only=True)
    payer = PartyOut(read_only=True, allow_null=True)

    class Meta:
        model = Household
        fields = ["id", "project_id", "code", "label", "payer"]
        read_only_fields = fields


class FoundOut(serializers.Serializer[Any]):
    """A household and what of it fitted the text; phones are masked."""

    household = HouseholdOut()
    by = serializers.CharField()
    text = serializers.CharField()


class VehicleChangesIn(Body):
    plate = serializers.CharField(max_length=20)
    space_id = IdField(allow_null=True, required=False)


class VehicleIn(VehicleChangesIn):
    household_id = IdField()


class VehicleOut(serializers.ModelSerializer[Vehicle]):
    project_id = IdField(read_only=True)
    household_id = IdField(read_only=True)
    space_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = Vehicle
        fields = ["id", "project_id", "household_id", "space_id", "plate", "is_active"]
        read_only_fields = fields


class MeterChangesIn(Body):
    code = serializers.CharField(max_length=40)
    multiplier = MultiplierField(required=False)
    opening_reading = ReadingField(allow_null=True, required=False)
    installed_on = serializers.DateField(allow_null=True, required=False)


class MeterIn(MeterChangesIn):
    unit_id = IdField()
    kind = serializers.ChoiceField(choices=MeterKind.choices)


class MeterReplacementIn(Body):
    code = serializers.CharField(max_length=40)
    closing_reading = ReadingField()
    opening_reading = ReadingField()
    effective_on = serializers.DateField()
    multiplier = MultiplierField(required=False)


class MeterRemovalIn(Body):
    effective_on = serializers.DateField()
    closing_reading = ReadingField(allow_null=True, required=False)


class MeterOut(serializers.ModelSerializer[Meter]):
    project_id = IdField(read_only=True)
    unit_id = IdField(read_only=True)
    unit_code = serializers.CharField(source="unit.code", read_only=True)
    replaces_id = IdField(read_only=True, allow_null=True)

    class Meta:
        model = Meter
        fields = [
            "id",
            "project_id",
            "unit_id",
            "unit_code",
            "kind",
            "code",
            "multiplier",
            "opening_reading",
            "closing_reading",
            "installed_on",
            "removed_on",
            "replaces_id",
            "is_active",
        ]
        read_only_fields = fields


class HouseholdFileOut(serializers.Serializer[Any]):
    """A household with what belongs to it today; the main unit comes first."""

    id = IdField(source="household.pk")
    project_id = IdField(source="household.project_id")
    code = serializers.CharField(source="household.code")
    label = serializers.CharField(source="household.label")  # type: ignore[assignment]
    payer = PartyOut(source="household.payer", allow_null=True)
    units = UnitOut(many=True)
    people = OccupancyOut(many=True)
    former_people = OccupancyOut(many=True)
    vehicles = VehicleOut(many=True)
    meters = MeterOut(many=True)
