"""The importer of a room-and-owner ledger (房屋业主台账)."""

from collections.abc import Mapping
from typing import Any

from kernel.access import Action
from kernel.errors import NotFound
from kernel.imports.importer import Context, Findings, Importer, Plan, Table
from kernel.text import _
from services.properties.imports import fields, rows, write
from services.properties.imports.plan import Planner
from services.properties.models import (
    Building,
    Household,
    Occupancy,
    Party,
    Project,
    Unit,
    UnitKind,
    UnitState,
    Vehicle,
)


class UnitLedgerImporter(Importer):
    """Rows of rooms with their owners; the same owner in several rows is one party."""

    kind = "unit-ledger"
    name = _("Rooms and owners")
    action = Action.REGISTRY_IMPORT
    fields = fields.FIELDS
    essential = ("room",)
    creates = (Building, Party, Household, Unit, Occupancy, Vehicle)
    races = frozenset(
        {
            "building_code_once",
            "building_name_once",
            "party_id_number_once",
            "household_code_once",
            "unit_code_once",
            "occupancy_no_overlap",
            "vehicle_plate_once",
        }
    )
    objects = {
        "buildings": _("Buildings"),
        "rooms": _("Rooms"),
        "parking_spaces": _("Parking spaces"),
        "parties": _("Owners"),
        "vehicles": _("Vehicles"),
    }
    messages = {
        "another-place": _(
            "%(field)s names another building or entrance than the columns before it: %(raw)s"
        ),
        "carried-down": _("%(field)s is empty and taken from the rows above: %(raw)s"),
        "space-unnamed": _("%(field)s does not say which space: %(raw)s"),
        "kind-assumed": _("%(field)s is empty and taken as %(kind)s"),
        "state-assumed": _("%(field)s is empty and taken as %(state)s"),
        "owner-missing": _("The owner's name is missing; the room is imported without an owner"),
        "inner-area-larger": _("%(field)s is larger than the built area: %(raw)s"),
        "contradicted-by-row": _("Row %(row)d names the same room with other values"),
        "given-before": _("%(field)s %(raw)s is given to row %(row)d already"),
        "space-of-another": _("%(field)s %(raw)s belongs to another household"),
        "plate-of-another": _("%(field)s %(raw)s belongs to another household"),
        "owner-differs-in-file": _(
            "%(raw)s has the identity number of another name in row %(row)d; one owner is kept"
        ),
        "phone-differs-in-file": _("The same owner has another phone in row %(row)d"),
        "owner-differs": _(
            "%(raw)s is not the owner on record. The owner is not changed: enter the change of "
            "ownership with its day."
        ),
        "state-differs": _(
            "The state on record is %(state)s. It is not changed: enter the change with its day."
        ),
        "kind-differs": _("The use on record is %(kind)s. It is not changed."),
        "will-change": _("Changes what is on record: %(fields)s"),
    }

    def check_project(self, project_id: int) -> None:
        if not Project.objects.filter(pk=project_id).exists():
            raise NotFound

    def hold(self, project_id: int) -> None:
        Project.objects.select_for_update(no_key=True).get(pk=project_id)

    def words(self, params: Mapping[str, Any]) -> dict[str, Any]:
        shown = super().words(params)
        for key, choices in (("kind", UnitKind), ("state", UnitState)):
            if key in shown:
                shown[key] = choices(shown[key]).label
        return shown

    def plan(self, table: Table, findings: Findings, context: Context) -> Plan:
        buildings = Building.objects.filter(project_id=context.project_id)
        names = dict(buildings.values_list("code", "name"))
        planner = Planner(findings, context)
        planner.plan(rows.read_rows(findings, names))
        work = planner.work
        spaces = len(work.spaces) + sum(unit.kind == UnitKind.PARKING for unit in work.units)
        return Plan(
            created=planner.created,
            changed=planner.changed,
            unchanged=planner.unchanged,
            objects={
                "buildings": len(work.buildings),
                "rooms": sum(unit.kind != UnitKind.PARKING for unit in work.units),
                "parking_spaces": spaces,
                "parties": len(work.parties),
                "vehicles": len(work.vehicles),
            },
            work=work,
        )

    def apply(self, plan: Plan, context: Context) -> None:
        write.write(plan.work, context)
