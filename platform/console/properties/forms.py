"""What people enter in the registry. Fields are named as the operations' parameters."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.inputs import DayField, plain_text, read_number
from services.properties.models import (
    MeterKind,
    OccupancyRole,
    PartyKind,
    UnitKind,
    UnitState,
)
from services.properties.queries.lists import SPACE_KINDS

Choices = Iterable[tuple[Any, Any]]
NO_CHOICE = ("", _("Choose"))


class NumberField(forms.DecimalField):
    """A number as people type it: full-width digits, thousands separators."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        kwargs.setdefault("decimal_places", 2)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # stubs say int
        if value in self.empty_values:
            return None
        number = read_number(str(value).removesuffix("㎡").removesuffix("m²"))
        if number is None:
            raise forms.ValidationError(_("Enter a number, e.g. 118.36."), code="invalid")
        return number


class AreaField(NumberField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=8, required=False, **kwargs)


class ReadingField(NumberField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=12, min_value=Decimal(0), **kwargs)


class ShareField(NumberField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Share (%)"), max_digits=5, max_value=Decimal(100), required=False, **kwargs
        )


class OfOne(forms.TypedChoiceField):
    """A choice of records by id; empty is ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, empty_value=None, **kwargs)


class ChoicesForm(forms.Form):
    """A form whose choices depend on the page: ``choices={"building_id": [...]}``."""

    def __init__(
        self, *args: Any, choices: dict[str, Choices] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, values in (choices or {}).items():
            self.fields[name].choices = list(values)  # type: ignore[attr-defined]


class Project(forms.Form):
    code = forms.CharField(
        label=_("Project code"),
        max_length=20,
        help_text=_("Two or three letters, e.g. YL: it stands in the numbers of receipts."),
    )
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    city = forms.CharField(label=_("City"), max_length=60, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    hotline = forms.CharField(label=_("Hotline"), max_length=40, required=False)


class ProjectChanges(Project):
    is_active = forms.BooleanField(
        label=_("We manage this project"),
        required=False,
        help_text=_("A project given up keeps its bills and records."),
    )


class Building(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("building", "Name"),
        max_length=40,
        help_text=_("As it is printed: 3栋, A座, 商业街."),
    )


class UnitFields(ChoicesForm):
    building_id = OfOne(label=_("Building"), required=False)
    entrance = forms.CharField(
        label=pgettext_lazy("stair of a building", "Entrance"),
        max_length=20,
        required=False,
        help_text=_("2 for 2单元; empty where there is none."),
    )
    number = forms.CharField(label=_("Room number"), max_length=30)
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind.choices)
    built_area = AreaField(label=_("Built area (m²)"))
    inner_area = AreaField(label=_("Inner area (m²)"))
    handed_over_on = DayField(label=_("Handed over on"), required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class NewUnit(UnitFields):
    state = forms.ChoiceField(label=_("State"), choices=UnitState.choices)
    field_order = ("building_id", "entrance", "number", "kind", "state")


class UnitChanges(UnitFields):
    is_active = forms.BooleanField(
        label=_("In use"),
        required=False,
        help_text=_("A unit out of use is not billed."),
    )


class NewSpace(ChoicesForm):
    number = forms.CharField(label=_("Number"), max_length=30, help_text=_("E.g. B1-0317."))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind, UnitKind(kind).label) for kind in SPACE_KINDS]
    )
    state = forms.ChoiceField(label=_("State"), choices=UnitState.choices, initial=UnitState.VACANT)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)


class StateChange(forms.Form):
    state = forms.ChoiceField(label=_("New state"), choices=UnitState.choices)
    effective_on = DayField(label=_("From"))
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("Needed where a sale or a handover is taken back."),
    )


class Person(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Person or organisation"), choices=PartyKind.choices)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    id_number = forms.CharField(
        label=_("ID number"),
        max_length=40,
        required=False,
        help_text=_("Stored encrypted. Tells people of the same name apart."),
    )


class PersonChanges(forms.Form):
    """What is left empty stays as it is: nobody has to see a phone to correct a name."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Person or organisation"), choices=PartyKind.choices)
    phone = forms.CharField(
        label=_("New phone"),
        max_length=40,
        required=False,
        help_text=_("Leave empty to keep the present one."),
    )
    id_number = forms.CharField(
        label=_("New ID number"),
        max_length=40,
        required=False,
        help_text=_("Leave empty to keep the present one."),
    )


class Reveal(forms.Form):
    """Why somebody needs to see a number in full."""

    field = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("E.g. a leak in the flat below, nobody answers at the door."),
    )


class NewOccupant(Person, ChoicesForm):
    unit_id = OfOne(label=_("Unit"))
    role = forms.ChoiceField(
        label=pgettext_lazy("of a person in a unit", "Is"), choices=OccupancyRole.choices
    )
    share_percent = ShareField(help_text=_("Of an owner, where known."))
    valid_from = DayField(label=_("From"), required=False)
    valid_to = DayField(
        label=_("Until"), required=False, help_text=_("First day after a lease's end.")
    )
    is_contact = forms.BooleanField(label=_("Call this person first"), required=False)
    field_order = ("unit_id", "role", "name", "kind", "phone", "id_number")


class OccupancyChanges(forms.Form):
    share_percent = ShareField()
    valid_from = DayField(label=_("From"), required=False)
    is_contact = forms.BooleanField(label=_("Call this person first"), required=False)


class OccupancyEnd(forms.Form):
    valid_to = DayField(label=_("First day on which it is no more"))


class Transfer(ChoicesForm):
    unit_ids = forms.TypedMultipleChoiceField(
        label=_("Units that are sold"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    effective_on = DayField(label=_("Title passes on"))
    name = forms.CharField(label=_("New owner"), max_length=100)
    kind = forms.ChoiceField(label=_("Person or organisation"), choices=PartyKind.choices)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    id_number = forms.CharField(label=_("ID number"), max_length=40, required=False)
    share_percent = ShareField()
    second_name = forms.CharField(label=_("Second owner"), max_length=100, required=False)
    second_phone = forms.CharField(
        label=_("Phone of the second owner"), max_length=40, required=False
    )
    second_id_number = forms.CharField(
        label=_("ID number of the second owner"), max_length=40, required=False
    )
    carry_open_bills = forms.BooleanField(
        label=_("The new owner takes over the open bills"),
        required=False,
        help_text=_("Without this, a household with open bills does not change hands."),
    )


class Payer(ChoicesForm):
    party_id = OfOne(label=_("Who pays"))


class NewVehicle(ChoicesForm):
    plate = forms.CharField(label=_("Plate"), max_length=20)
    space_id = OfOne(label=_("Space"), required=False)


class AssignSpace(ChoicesForm):
    space_id = OfOne(label=_("Free space"))
    effective_on = DayField(label=_("From"))


class ReleaseSpace(ChoicesForm):
    space_id = OfOne(label=_("Space"))
    effective_on = DayField(label=_("From"))


class Merge(forms.Form):
    room = forms.CharField(
        label=_("Room of the other household"),
        max_length=60,
        help_text=_("Its units and vehicles move into this account."),
    )

    def clean_room(self) -> str:
        return plain_text(self.cleaned_data["room"])


class SplitUnit(ChoicesForm):
    unit_id = OfOne(label=_("Unit that gets an account of its own"))


class NewMeter(ChoicesForm):
    unit_id = OfOne(label=_("Unit"))
    kind = forms.ChoiceField(label=pgettext_lazy("of a meter", "Kind"), choices=MeterKind.choices)
    code = forms.CharField(label=_("Meter number"), max_length=40)
    multiplier = NumberField(label=_("Multiplier"), max_digits=8, initial="1")
    opening_reading = ReadingField(label=_("Opening reading"), required=False)
    installed_on = DayField(label=_("Put in on"), required=False)


class MeterChanges(forms.Form):
    code = forms.CharField(label=_("Meter number"), max_length=40)
    multiplier = NumberField(label=_("Multiplier"), max_digits=8)
    opening_reading = ReadingField(label=_("Opening reading"), required=False)
    installed_on = DayField(label=_("Put in on"), required=False)


class MeterReplacement(forms.Form):
    closing_reading = ReadingField(label=_("Last reading of the old meter"))
    code = forms.CharField(label=_("Number of the new meter"), max_length=40)
    opening_reading = ReadingField(label=_("First reading of the new meter"), initial="0")
    effective_on = DayField(label=_("Replaced on"))


class MeterRemoval(forms.Form):
    closing_reading = ReadingField(label=_("Last reading"), required=False)
    effective_on = DayField(label=_("Taken out on"))
