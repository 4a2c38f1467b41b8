"""The sheets of the household page: people, title, payer, vehicles, spaces, account, meters."""

from typing import Any

from django import forms as django_forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.properties import forms
from console.properties.edits import RegistrySheet
from console.properties.words import in_words
from console.sheets import values_of
from kernel.errors import Invalid, NotFound
from services.properties import operations, queries
from services.properties.models import Household, Meter, Occupancy, Vehicle
from services.properties.operations import NewOwner, PartyDetails


class HouseholdNotFound(Invalid):
    code = "console.household-not-found"


class HouseholdSheet(RegistrySheet):
    """A sheet about one household of the address's project."""

    tab = ""
    _file: queries.HouseholdFile | None = None

    def check_access(self, project_id: int | None) -> None:
        super().check_access(project_id)
        self.file()

    @property
    def household(self) -> Household:
        return self.file().household

    def file(self) -> queries.HouseholdFile:
        if self._file is None:
            self._file = queries.household_file(
                actor=self.actor, household_id=self.kwargs["household_id"], today=self.today
            )
            if self._file.household.project_id != self.project_id:
                raise NotFound
        return self._file

    def back(self) -> str:
        page = reverse("household", args=[self.project_id, self.kwargs["household_id"]])
        return f"{page}?tab={self.tab}" if self.tab else page

    def unit_choices(self) -> list[tuple[int, str]]:
        return [(unit.pk, unit.label) for unit in self.file().units]

    def space_choices(self) -> list[tuple[Any, Any]]:
        return [("", _("None")), *((unit.pk, unit.label) for unit in self.file().spaces)]


class AddPerson(HouseholdSheet):
    title, button, tab = _("Enter a person"), _("Enter the person"), "people"
    form_class = forms.NewOccupant

    def form_options(self) -> dict[str, Any]:
        units = self.unit_choices()
        return {
            "choices": {"unit_id": units},
            "initial": {"unit_id": units[0][0] if units else None, "valid_from": self.today},
        }

    def save(self, values: dict[str, Any]) -> None:
        party = PartyDetails(
            **{name: values.pop(name) for name in ("name", "kind", "phone", "id_number")}
        )
        self.require_unit(values["unit_id"])
        operations.register_occupant(actor=self.actor, party=party, now=self.now, **values)

    def require_unit(self, unit_id: int) -> None:
        if unit_id not in {unit.pk for unit in self.file().units}:
            raise NotFound


class OccupancySheet(HouseholdSheet):
    tab = "people"

    def occupancy(self) -> Occupancy:
        for occupancy in self.file().people:
            if occupancy.pk == self.kwargs["occupancy_id"]:
                return occupancy
        raise NotFound

    def words(self) -> dict[str, Any]:
        occupancy = self.occupancy()
        lead = _("%(name)s, %(role)s of %(room)s") % {
            "name": occupancy.party.name,
            "role": occupancy.get_role_display(),
            "room": occupancy.unit.label,
        }
        return {"lead": lead}


class EditOccupancy(OccupancySheet):
    title = _("Change the entry")
    form_class = forms.OccupancyChanges

    def form_options(self) -> dict[str, Any]:
        return {"initial": values_of(self.occupancy(), forms.OccupancyChanges)}

    def save(self, values: dict[str, Any]) -> None:
        operations.update_occupancy(
            actor=self.actor,
            occupancy_id=self.occupancy().pk,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )


class EndOccupancy(OccupancySheet):
    title, button = _("Person moves out"), _("End the entry")
    form_class = forms.OccupancyEnd

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"valid_to": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.end_occupancy(
            actor=self.actor, occupancy_id=self.occupancy().pk, now=self.now, **values
        )


class TransferOwnership(HouseholdSheet):
    title, button = _("Change of title"), _("Enter the change of title")
    form_class = forms.Transfer
    account_id: int

    def form_options(self) -> dict[str, Any]:
        return {
            "choices": {"unit_ids": self.unit_choices()},
            "initial": {
                "unit_ids": [unit.pk for unit in self.file().units],
                "effective_on": self.today,
            },
        }

    def words(self) -> dict[str, Any]:
        owners = [o.party.name for o in self.file().people if o.role == "OWNER"]
        lead = _("The present owners stay in the file: %(owners)s.")
        return {"lead": lead % {"owners": in_words(dict.fromkeys(owners)) or "—"}}

    def save(self, values: dict[str, Any]) -> None:
        first = PartyDetails(
            name=values["name"],
            kind=values["kind"],
            phone=values["phone"],
            id_number=values["id_number"],
        )
        owners = [NewOwner(first, values["share_percent"])]
        if values["second_name"]:
            second = PartyDetails(
                name=values["second_name"],
                phone=values["second_phone"],
                id_number=values["second_id_number"],
            )
            rest = None if values["share_percent"] is None else 100 - values["share_percent"]
            owners.append(NewOwner(second, rest or None))
        if not set(values["unit_ids"]) <= {unit.pk for unit in self.file().units}:
            raise NotFound
        account = operations.transfer_ownership(
            actor=self.actor,
            unit_ids=values["unit_ids"],
            owners=owners,
            effective_on=values["effective_on"],
            carry_open_bills=values["carry_open_bills"],
            now=self.now,
        )
        self.account_id = account.pk

    def done(self) -> str:
        return reverse("household", args=[self.project_id, self.account_id])


class SetPayer(HouseholdSheet):
    title = _("Who pays")
    form_class = forms.Payer

    def form_options(self) -> dict[str, Any]:
        people = {o.party_id: o.party.name for o in self.file().people}
        return {
            "choices": {"party_id": people.items()},
            "initial": {"party_id": self.household.payer_id},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.set_payer(
            actor=self.actor, household_id=self.household.pk, now=self.now, **values
        )


# ---- vehicles and spaces ------------------------------------------------------------------------


class AddVehicle(HouseholdSheet):
    title, button, tab = _("Register a vehicle"), _("Register the vehicle"), "people"
    form_class = forms.NewVehicle

    def form_options(self) -> dict[str, Any]:
        spaces = self.file().spaces
        return {
            "choices": {"space_id": self.space_choices()},
            "initial": {"space_id": spaces[0].pk if spaces else None},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.add_vehicle(
            actor=self.actor, household_id=self.household.pk, now=self.now, **values
        )


class VehicleSheet(HouseholdSheet):
    tab = "people"

    def vehicle(self) -> Vehicle:
        for vehicle in self.file().vehicles:
            if vehicle.pk == self.kwargs["vehicle_id"]:
                return vehicle
        raise NotFound


class EditVehicle(VehicleSheet):
    title = _("Change the vehicle")
    form_class = forms.NewVehicle

    def form_options(self) -> dict[str, Any]:
        vehicle = self.vehicle()
        choices = self.space_choices()
        if vehicle.space and vehicle.space_id not in {value for value, _label in choices}:
            choices.append((vehicle.space_id, vehicle.space.label))
        return {
            "choices": {"space_id": choices},
            "initial": {"plate": vehicle.plate, "space_id": vehicle.space_id},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.update_vehicle(
            actor=self.actor,
            vehicle_id=self.vehicle().pk,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )


class RemoveVehicle(VehicleSheet):
    title, button = _("Sign the vehicle off"), _("Sign off")
    form_class = django_forms.Form

    def words(self) -> dict[str, Any]:
        lead = _("%(plate)s: the plate is free then, the vehicle stays in the record.")
        return {"lead": lead % {"plate": self.vehicle().plate}}

    def save(self, values: dict[str, Any]) -> None:
        operations.remove_vehicle(actor=self.actor, vehicle_id=self.vehicle().pk, now=self.now)


class AssignSpace(HouseholdSheet):
    title, button, tab = _("Assign a parking space"), _("Assign the space"), "people"
    form_class = forms.AssignSpace

    def form_options(self) -> dict[str, Any]:
        free = queries.free_spaces(actor=self.actor, project_id=self.project_id)
        choices = [forms.NO_CHOICE, *((space.pk, space.label) for space in free)]
        return {"choices": {"space_id": choices}, "initial": {"effective_on": self.today}}

    def words(self) -> dict[str, Any]:
        return {"lead": _("From then on the space is billed in this account.")}

    def save(self, values: dict[str, Any]) -> None:
        operations.assign_space(
            actor=self.actor, household_id=self.household.pk, now=self.now, **values
        )


class ReleaseSpace(HouseholdSheet):
    title, button, tab = _("Release a parking space"), _("Release the space"), "people"
    form_class = forms.ReleaseSpace

    def form_options(self) -> dict[str, Any]:
        choices = [(unit.pk, unit.label) for unit in self.file().spaces]
        return {"choices": {"space_id": choices}, "initial": {"effective_on": self.today}}

    def words(self) -> dict[str, Any]:
        return {"lead": _("The space is vacant then, and its vehicles have no space.")}

    def save(self, values: dict[str, Any]) -> None:
        operations.release_space(actor=self.actor, now=self.now, **values)


# ---- the account --------------------------------------------------------------------------------


class MergeHousehold(HouseholdSheet):
    title, button = _("Take another household into this account"), _("Merge the accounts")
    form_class = forms.Merge

    def save(self, values: dict[str, Any]) -> None:
        found = queries.search_households(
            actor=self.actor, text=values["room"], project_id=self.project_id, limit=2
        )
        exact = [hit for hit in found if hit.by == queries.FoundBy.ROOM]
        if len(exact) != 1:
            raise HouseholdNotFound(
                _("Enter the room in full, e.g. 3-2-1602: this fits none or several."),
                field="room",
            )
        operations.merge_households(
            actor=self.actor,
            household_id=self.household.pk,
            merged_id=exact[0].household.pk,
            now=self.now,
        )


class SplitUnit(HouseholdSheet):
    title, button = _("Give a unit an account of its own"), _("Split the account")
    form_class = forms.SplitUnit

    def form_options(self) -> dict[str, Any]:
        return {"choices": {"unit_id": self.unit_choices()}}

    def save(self, values: dict[str, Any]) -> None:
        operations.move_unit_to_household(
            actor=self.actor, household_id=None, now=self.now, **values
        )


# ---- meters -------------------------------------------------------------------------------------


class AddMeter(HouseholdSheet):
    title, button, tab = _("Register a meter"), _("Register the meter"), "meters"
    form_class = forms.NewMeter

    def form_options(self) -> dict[str, Any]:
        return {"choices": {"unit_id": self.unit_choices()}}

    def save(self, values: dict[str, Any]) -> None:
        operations.create_meter(actor=self.actor, now=self.now, **values)


class MeterSheet(HouseholdSheet):
    tab = "meters"

    def meter(self) -> Meter:
        for meter in self.file().meters:
            if meter.pk == self.kwargs["meter_id"]:
                return meter
        raise NotFound

    def words(self) -> dict[str, Any]:
        meter = self.meter()
        return {"lead": f"{meter.get_kind_display()} {meter.code}"}


class EditMeter(MeterSheet):
    title = _("Change the meter")
    form_class = forms.MeterChanges

    def form_options(self) -> dict[str, Any]:
        return {"initial": values_of(self.meter(), forms.MeterChanges)}

    def save(self, values: dict[str, Any]) -> None:
        operations.update_meter(
            actor=self.actor,
            meter_id=self.meter().pk,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )


class ReplaceMeter(MeterSheet):
    title, button = _("Replace the meter"), _("Replace the meter")
    form_class = forms.MeterReplacement

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"effective_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.replace_meter(actor=self.actor, meter_id=self.meter().pk, now=self.now, **values)


class RemoveMeter(MeterSheet):
    title, button = _("Take the meter out"), _("Take the meter out")
    form_class = forms.MeterRemoval

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"effective_on": self.today}}

    def save(self, values: dict[str, Any]) -> None:
        operations.deactivate_meter(
            actor=self.actor, meter_id=self.meter().pk, now=self.now, **values
        )
