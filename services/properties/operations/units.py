"""Units: created, corrected, and through the states of their life."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from kernel.tenancy import company_day
from kernel.text import _
from services.properties import rules
from services.properties.models import Building, Household, Unit, UnitStateChange
from services.properties.operations import changes as partial
from services.properties.operations.accounts import is_retired, name_after, open_account
from services.properties.queries import get_project, lock_household
from services.properties.queries.locks import lock_units_with_households


class UnitExists(Conflict):
    code = "properties.unit-exists"


class AreaInvalid(Invalid):
    code = "properties.area-invalid"


class RoomCodeTooLong(Invalid):
    code = "properties.room-code-too-long"


class StateChangeOutOfOrder(Conflict):
    code = "properties.state-change-out-of-order"


class UnitChanges(TypedDict, total=False):
    building_id: int | None
    entrance: str
    number: str
    kind: str
    built_area: Decimal | None
    inner_area: Decimal | None
    handed_over_on: date | None
    note: str
    is_active: bool


@transaction.atomic
def create_unit(
    *,
    actor: Actor,
    project_id: int,
    number: str,
    kind: str,
    state: str,
    building_id: int | None = None,
    entrance: str = "",
    built_area: Decimal | None = None,
    inner_area: Decimal | None = None,
    handed_over_on: date | None = None,
    note: str = "",
    household_id: int | None = None,
    now: datetime,
) -> Unit:
    """Create a unit in an account of its own, or in the account of ``household_id``.

    :param entrance: as printed or typed, 2单元 or 2; empty where there is none.
    :param built_area: m², like ``inner_area``.
    :raises NotFound: if the building or the household is none of the project's.
    :raises rules.RoomNumberMissing: if the number is empty.
    :raises RoomCodeTooLong: if building, entrance and number together are too long.
    :raises UnitExists: if the project has a unit of this number.
    :raises AreaInvalid: if an area is not between 0 and 1,000,000 m².
    """
    project = get_project(actor=actor, project_id=project_id, action=Action.REGISTRY_CHANGE)
    household = None
    if household_id is not None:
        household = lock_household(household_id)
        if household.project_id != project.pk or is_retired(household):
            raise NotFound
    unit = Unit(
        project=project,
        building=_building_in(project.pk, building_id),
        entrance=rules.entrance_code(entrance),
        number=rules.number_code(number),
        kind=kind,
        state=state,
        built_area=built_area,
        inner_area=inner_area,
        handed_over_on=handed_over_on,
        note=note.strip(),
    )
    _set_names(unit)
    with refusing(**_refusals()):
        unit.household = household or open_account(unit)
        unit.save(force_insert=True)
    audit.record(
        actor=actor,
        event="properties.unit.created",
        subject=unit,
        project_id=project.pk,
        now=now,
        data={"label": unit.label, "kind": unit.kind, "state": unit.state},
    )
    return unit


@transaction.atomic
def update_unit(*, actor: Actor, unit_id: int, changes: UnitChanges, now: datetime) -> Unit:
    """Change what is given of a unit; its account is renamed with it if it bears its name.

    The state has an operation of its own, because a change of it has a date.

    :raises NotFound: if the building is none of the project's.
    :raises rules.RoomNumberMissing: if the number is empty.
    :raises RoomCodeTooLong: if building, entrance and number together are too long.
    :raises UnitExists: if the project has another unit of this number.
    :raises AreaInvalid: if an area is not between 0 and 1,000,000 m².
    """
    unit, household = _lock(actor, unit_id)
    wanted: dict[str, Any] = {**changes}
    if "building_id" in changes:
        _building_in(unit.project_id, changes["building_id"])
    if "entrance" in changes:
        wanted["entrance"] = rules.entrance_code(changes["entrance"])
    if "number" in changes:
        wanted["number"] = rules.number_code(changes["number"])
    if "note" in changes:
        wanted["note"] = changes["note"].strip()
    is_main = unit.code == household.code
    difference = partial.apply(unit, wanted)
    if not difference:
        return unit
    _set_names(unit)
    with refusing(**_refusals()):
        unit.save(update_fields=[*difference["after"], "code", "label", "sort_key"])
        if is_main:
            name_after(household, unit)
    audit.record(
        actor=actor,
        event="properties.unit.changed",
        subject=unit,
        project_id=unit.project_id,
        now=now,
        data=difference,
    )
    return unit


@transaction.atomic
def change_unit_state(
    *,
    actor: Actor,
    unit_id: int,
    state: str,
    effective_on: date,
    note: str = "",
    now: datetime,
) -> Unit:
    """Put a unit into another state from a day on, and keep both in its history (SH-12).

    The first state after the handover sets the day of the handover where none is known; a step
    back before it takes that day away.

    :raises rules.StateUnchanged: if it is in that state already.
    :raises rules.StateChangeUnexplained: if a sale or a handover is taken back without a note.
    :raises StateChangeOutOfOrder: if the day lies in the future or before the last change.
    """
    unit, _household = _lock(actor, unit_id)
    rules.check_state_change(unit.state, state, note)
    difference = enter_state(
        unit, state, actor=actor, effective_on=effective_on, note=note, now=now
    )
    audit.record(
        actor=actor,
        event="properties.unit.state-changed",
        subject=unit,
        project_id=unit.project_id,
        now=now,
        data={
            **difference,
            "effective_on": effective_on.isoformat(),
            "note": note.strip(),
        },
    )
    return unit


def enter_state(
    unit: Unit, state: str, *, actor: Actor, effective_on: date, note: str, now: datetime
) -> partial.Difference:
    """Change the state of a locked unit and add to its history; return what changed.

    :raises StateChangeOutOfOrder: if the day lies in the future or before the last change.
    """
    if effective_on > company_day(now):
        raise StateChangeOutOfOrder(
            _("Enter the change when it has happened: this day lies in the future."),
            field="effective_on",
        )
    last = UnitStateChange.objects.filter(unit=unit).order_by("-effective_on", "-pk").first()
    if last is not None and effective_on < last.effective_on:
        raise StateChangeOutOfOrder(
            _("The state changed on %(day)s already: enter a day from then on.")
            % {"day": last.effective_on.isoformat()},
            field="effective_on",
        )
    wanted: dict[str, Any] = {"state": state}
    if not rules.is_handed_over(state):
        wanted["handed_over_on"] = None
    elif not rules.is_handed_over(unit.state) and unit.handed_over_on is None:
        wanted["handed_over_on"] = effective_on
    before = unit.state
    difference = partial.apply(unit, wanted)
    unit.save(update_fields=list(difference["after"]))
    UnitStateChange.objects.create(
        unit=unit,
        from_state=before,
        to_state=state,
        effective_on=effective_on,
        note=note.strip(),
        recorded_at=now,
        recorded_by=actor.user_id,
        recorded_by_label=actor.label[:140],
    )
    return difference


def _lock(actor: Actor, unit_id: int) -> tuple[Unit, Household]:
    access.require(actor, Action.REGISTRY_CHANGE)
    units, households = lock_units_with_households([unit_id])
    unit = units[unit_id]
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, unit.project_id)
    return unit, households[unit.household_id]


def _building_in(project_id: int, building_id: int | None) -> Building | None:
    if building_id is None:
        return None
    building = Building.objects.filter(pk=building_id, project_id=project_id).first()
    if building is None:
        raise NotFound(_("There is no such building in this project."), field="building")
    return building


def _set_names(unit: Unit) -> None:
    """Name a unit after its building, entrance and number.

    :raises RoomCodeTooLong: if the three together are longer than a code may be.
    """
    building = unit.building.name if unit.building else ""
    unit.code = rules.room_code(building, unit.entrance, unit.number)
    refuse_long(unit.code, field="number")
    unit.label = rules.room_label(building, unit.entrance, unit.number)
    unit.sort_key = rules.sort_key(unit.code)


def refuse_long(code: str, *, field: str) -> None:
    """Raise RoomCodeTooLong for a code of more letters than the column has."""
    if len(code) > (Unit._meta.get_field("code").max_length or 0):
        raise RoomCodeTooLong(
            _("Building, entrance and number together are too long: shorten one of them."),
            field=field,
        )


def _refusals() -> dict[str, DomainError]:
    exists = UnitExists(_("There is a unit of this number in the project."), field="number")
    area = _("An area lies between 0 and 1,000,000 m².")
    return {
        "unit_code_once": exists,
        "household_code_once": exists,
        "unit_built_area_gt_0": AreaInvalid(area, field="built_area"),
        "unit_inner_area_gt_0": AreaInvalid(area, field="inner_area"),
    }
