"""Projects and buildings."""

from datetime import datetime
from typing import TypedDict

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, DomainError
from kernel.text import _
from services.properties import rules
from services.properties.models import Building, Household, Project, Unit
from services.properties.operations import changes as partial
from services.properties.operations.units import UnitExists, refuse_long
from services.properties.queries import get_project, lock_building, lock_project


class ProjectCodeTaken(Conflict):
    code = "properties.project-code-taken"


class ProjectNameTaken(Conflict):
    code = "properties.project-name-taken"


class BuildingExists(Conflict):
    code = "properties.building-exists"


class ProjectChanges(TypedDict, total=False):
    code: str
    name: str
    name_en: str
    city: str
    address: str
    hotline: str
    is_active: bool


@transaction.atomic
def create_project(
    *,
    actor: Actor,
    code: str,
    name: str,
    name_en: str = "",
    city: str = "",
    address: str = "",
    hotline: str = "",
    now: datetime,
) -> Project:
    """Create a project (小区, 项目) of the company.

    :raises access.ActionDenied: without ``company.configure`` company-wide.
    :raises ProjectCodeTaken: if another project has the code, whatever its case.
    :raises ProjectNameTaken: if another project has the name.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    project = Project(
        code=code.strip().upper(),
        name=name.strip(),
        name_en=name_en.strip(),
        sort_key=rules.name_key(name),
        city=city.strip(),
        address=address.strip(),
        hotline=hotline.strip(),
        created_at=now,
    )
    with refusing(**_project_refusals()):
        project.save(force_insert=True)
    audit.record(
        actor=actor,
        event="properties.project.created",
        subject=project,
        project_id=project.pk,
        now=now,
        data={"code": project.code, "name": project.name},
    )
    return project


@transaction.atomic
def update_project(
    *, actor: Actor, project_id: int, changes: ProjectChanges, now: datetime
) -> Project:
    """Change what is given of a project.

    :raises access.ActionDenied: without ``company.configure`` in the project.
    :raises ProjectCodeTaken: if another project has the code, whatever its case.
    :raises ProjectNameTaken: if another project has the name.
    """
    get_project(actor=actor, project_id=project_id, action=Action.COMPANY_CONFIGURE)
    project = lock_project(project_id)
    texts = {key: value.strip() for key, value in changes.items() if isinstance(value, str)}
    wanted = {**changes, **texts}
    if "code" in texts:
        wanted["code"] = texts["code"].upper()
    if "name" in texts:
        wanted["sort_key"] = rules.name_key(texts["name"])
    difference = partial.apply(project, wanted)
    if difference:
        with refusing(**_project_refusals()):
            project.save(update_fields=list(difference["after"]))
        audit.record(
            actor=actor,
            event="properties.project.changed",
            subject=project,
            project_id=project.pk,
            now=now,
            data=difference,
        )
    return project


@transaction.atomic
def create_building(*, actor: Actor, project_id: int, name: str, now: datetime) -> Building:
    """Create a building, ``3栋`` or 商业街; what is typed for it follows from the name.

    :raises BuildingExists: if the project has one of this name, or one typed alike (3栋, 三号楼).
    """
    project = get_project(actor=actor, project_id=project_id, action=Action.REGISTRY_CHANGE)
    code = rules.building_code(name)
    building = Building(
        project=project, name=rules.building_name(name), code=code, sort_key=rules.sort_key(code)
    )
    with refusing(**_building_refusals()):
        building.save(force_insert=True)
    audit.record(
        actor=actor,
        event="properties.building.created",
        subject=building,
        project_id=project.pk,
        now=now,
        data={"name": building.name},
    )
    return building


@transaction.atomic
def rename_building(*, actor: Actor, building_id: int, name: str, now: datetime) -> Building:
    """Rename a building, and with it the rooms and accounts that bear its name.

    :raises BuildingExists: if the project has one of this name, or one typed alike.
    :raises UnitExists: if a room's new number is taken.
    :raises RoomCodeTooLong: if a room's new code is longer than a code may be.
    """
    access.require(actor, Action.REGISTRY_CHANGE)
    building = lock_building(building_id)
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, building.project_id)
    code = rules.building_code(name)
    difference = partial.apply(
        building,
        {"name": rules.building_name(name), "code": code, "sort_key": rules.sort_key(code)},
    )
    if not difference:
        return building
    with refusing(**_building_refusals()):
        building.save(update_fields=["name", "code", "sort_key"])
    renamed = _rename_rooms(building)
    audit.record(
        actor=actor,
        event="properties.building.renamed",
        subject=building,
        project_id=building.project_id,
        now=now,
        data={**difference, "units": renamed},
    )
    return building


def _rename_rooms(building: Building) -> int:
    """Name the rooms of a building and their accounts anew; return how many rooms."""
    named_after = {
        (household.project_id, household.code): household
        for household in Household.objects.select_for_update()
        .filter(pk__in=Unit.objects.filter(building=building).values("household_id"))
        .order_by("pk")
    }
    units = list(Unit.objects.select_for_update().filter(building=building).order_by("pk"))
    accounts = []
    for unit in units:
        household = named_after.get((unit.project_id, unit.code))
        unit.code = rules.room_code(building.name, unit.entrance, unit.number)
        refuse_long(unit.code, field="name")
        unit.label = rules.room_label(building.name, unit.entrance, unit.number)
        unit.sort_key = rules.sort_key(unit.code)
        if household is not None and household.pk == unit.household_id:
            household.code, household.label = unit.code, unit.label
            household.sort_key = unit.sort_key
            accounts.append(household)
    taken = UnitExists(_("A room of the new name exists already."), field="name")
    with refusing(unit_code_once=taken, household_code_once=taken):
        Unit.objects.bulk_update(units, ["code", "label", "sort_key"], batch_size=500)
        Household.objects.bulk_update(accounts, ["code", "label", "sort_key"], batch_size=500)
    return len(units)


def _project_refusals() -> dict[str, DomainError]:
    return {
        "project_code_once": ProjectCodeTaken(_("This project code is taken."), field="code"),
        "project_name_once": ProjectNameTaken(_("There is a project of this name."), field="name"),
    }


def _building_refusals() -> dict[str, DomainError]:
    exists = BuildingExists(_("There is a building of this name in the project."), field="name")
    return {"building_code_once": exists, "building_name_once": exists}
