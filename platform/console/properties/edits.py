"""The sheets of projects, buildings, units and people."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from console.properties import forms
from console.sheets import EditSheet, values_of
from kernel.access import Action
from kernel.errors import NotFound
from services.properties import operations, queries
from services.properties.models import Building, Project, Unit


class RegistrySheet(EditSheet):
    """A sheet about something of the registry."""

    action = Action.REGISTRY_CHANGE

    @property
    def project_id(self) -> int:
        project_id: int = self.kwargs["project_id"]
        return project_id


# ---- projects -----------------------------------------------------------------------------------


class NewProject(RegistrySheet):
    action = Action.COMPANY_CONFIGURE
    title, button = _("New project"), _("Create the project")
    form_class = forms.Project

    def back(self) -> str:
        return reverse("projects")

    def save(self, values: dict[str, Any]) -> None:
        operations.create_project(actor=self.actor, now=self.now, **values)


class EditProject(RegistrySheet):
    action = Action.COMPANY_CONFIGURE
    title = _("Change the project")
    form_class = forms.ProjectChanges

    def project(self) -> Project:
        return queries.get_project(actor=self.actor, project_id=self.project_id)

    def form_options(self) -> dict[str, Any]:
        return {"initial": values_of(self.project(), forms.ProjectChanges)}

    def back(self) -> str:
        return reverse("overview", args=[self.project_id])

    def save(self, values: dict[str, Any]) -> None:
        operations.update_project(
            actor=self.actor,
            project_id=self.project_id,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )


# ---- buildings ----------------------------------------------------------------------------------


class NewBuilding(RegistrySheet):
    title, button = _("New building"), _("Create the building")
    form_class = forms.Building

    def back(self) -> str:
        return reverse("buildings", args=[self.project_id])

    def save(self, values: dict[str, Any]) -> None:
        operations.create_building(
            actor=self.actor, project_id=self.project_id, now=self.now, **values
        )


class RenameBuilding(RegistrySheet):
    title, button = _("Rename the building"), _("Rename")
    form_class = forms.Building

    def building(self) -> Building:
        building = queries.get_building(actor=self.actor, building_id=self.kwargs["building_id"])
        if building.project_id != self.project_id:
            raise NotFound
        return building

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"name": self.building().name}}

    def records(self) -> dict[Any, list[int]]:
        return {Building: [self.building().pk]}

    def words(self) -> dict[str, Any]:
        return {"lead": _("Its rooms and their accounts are renamed with it.")}

    def back(self) -> str:
        return reverse("buildings", args=[self.project_id])

    def save(self, values: dict[str, Any]) -> None:
        operations.rename_building(
            actor=self.actor, building_id=self.building().pk, now=self.now, **values
        )


# ---- units --------------------------------------------------------------------------------------


class NewUnit(RegistrySheet):
    title, button = _("New unit"), _("Create the unit")
    form_class = forms.NewUnit

    def form_options(self) -> dict[str, Any]:
        return {
            "choices": {"building_id": building_choices(self)},
            "initial": {"building_id": self.request.GET.get("building")},
        }

    def back(self) -> str:
        return reverse("units", args=[self.project_id])

    def save(self, values: dict[str, Any]) -> None:
        unit = operations.create_unit(
            actor=self.actor, project_id=self.project_id, now=self.now, **values
        )
        self.household_id = unit.household_id

    def done(self) -> str:
        return reverse("household", args=[self.project_id, self.household_id])


class NewSpace(RegistrySheet):
    title, button = _("New parking space"), _("Create the parking space")
    form_class = forms.NewSpace

    def back(self) -> str:
        return reverse("spaces", args=[self.project_id])

    def save(self, values: dict[str, Any]) -> None:
        operations.create_unit(actor=self.actor, project_id=self.project_id, now=self.now, **values)


class UnitSheet(RegistrySheet):
    """A sheet about one unit of the address's project."""

    _unit: Unit | None = None

    def unit(self) -> Unit:
        if self._unit is None:
            self._unit = queries.get_unit(actor=self.actor, unit_id=self.kwargs["unit_id"])
            if self._unit.project_id != self.project_id:
                raise NotFound
        return self._unit

    def records(self) -> dict[Any, list[int]]:
        return {Unit: [self.unit().pk]}

    def back(self) -> str:
        return reverse("household", args=[self.project_id, self.unit().household_id])


class EditUnit(UnitSheet):
    title = _("Change the unit")
    form_class = forms.UnitChanges

    def form_options(self) -> dict[str, Any]:
        return {
            "initial": values_of(self.unit(), forms.UnitChanges),
            "choices": {"building_id": building_choices(self)},
        }

    def save(self, values: dict[str, Any]) -> None:
        operations.update_unit(
            actor=self.actor,
            unit_id=self.unit().pk,
            changes=values,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )


class ChangeState(UnitSheet):
    title, button = _("Change the state"), _("Change the state")
    form_class = forms.StateChange

    def form_options(self) -> dict[str, Any]:
        return {"initial": {"effective_on": self.today}}

    def words(self) -> dict[str, Any]:
        now = _("%(room)s: at present %(state)s.")
        unit = self.unit()
        return {"lead": now % {"room": unit.label, "state": unit.get_state_display()}}

    def save(self, values: dict[str, Any]) -> None:
        operations.change_unit_state(
            actor=self.actor, unit_id=self.unit().pk, now=self.now, **values
        )


def building_choices(view: RegistrySheet) -> list[tuple[Any, Any]]:
    rows = queries.buildings(actor=view.actor, project_id=view.project_id)
    return [("", _("None")), *((building.pk, building.name) for building in rows)]


# ---- people -------------------------------------------------------------------------------------


class EditParty(RegistrySheet):
    title = _("Change name, phone or ID number")
    form_class = forms.PersonChanges

    def form_options(self) -> dict[str, Any]:
        party = queries.get_party(
            actor=self.actor, party_id=self.kwargs["party_id"], project_id=self.project_id
        )
        return {"initial": {"name": party.name, "kind": party.kind}}

    def back(self) -> str:
        return reverse("parties-party", args=[self.project_id, self.kwargs["party_id"]])

    def save(self, values: dict[str, Any]) -> None:
        kept = {name: value for name, value in values.items() if value != ""}
        operations.update_party(
            actor=self.actor,
            party_id=self.kwargs["party_id"],
            changes=kept,  # type: ignore[arg-type]  # the form's fields are the operation's
            now=self.now,
        )
