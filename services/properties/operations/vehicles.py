"""Vehicles, and the parking spaces that accounts hold (SH-17)."""

from datetime import date, datetime
from typing import Any, TypedDict

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, DomainError, Invalid, NotFound
from kernel.text import _
from services.properties import rules
from services.properties.models import Household, Unit, UnitState, Vehicle
from services.properties.operations import changes as partial
from services.properties.operations.accounts import is_retired, refuse_open_bills
from services.properties.operations.households import join, split_off
from services.properties.operations.units import enter_state
from services.properties.queries import lock_household, lock_vehicle
from services.properties.queries.lists import SPACE_KINDS
from services.properties.queries.locks import lock_units_with_households


class PlateTaken(Conflict):
    code = "properties.plate-taken"


class SpaceInvalid(Invalid):
    code = "properties.space-invalid"


class SpaceTaken(Conflict):
    code = "properties.space-taken"


class VehicleRemoved(Conflict):
    code = "properties.vehicle-removed"


class VehicleChanges(TypedDict, total=False):
    plate: str
    space_id: int | None


@transaction.atomic
def add_vehicle(
    *,
    actor: Actor,
    household_id: int,
    plate: str,
    space_id: int | None = None,
    now: datetime,
) -> Vehicle:
    """Register a vehicle of a household, with the space it uses if it has one.

    :raises rules.PlateInvalid: if the plate is none.
    :raises SpaceInvalid: if the space is no parking space of the project.
    :raises PlateTaken: if the plate is registered in the project.
    """
    access.require(actor, Action.REGISTRY_CHANGE)
    household = lock_household(household_id)
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, household.project_id)
    if is_retired(household):
        raise NotFound
    vehicle = Vehicle(
        project_id=household.project_id,
        household=household,
        space=_space_in(household.project_id, space_id),
        plate=rules.plate(plate),
    )
    with refusing(**_refusals()):
        vehicle.save(force_insert=True)
    _record(actor, "properties.vehicle.added", vehicle, now, {})
    return vehicle


@transaction.atomic
def update_vehicle(
    *, actor: Actor, vehicle_id: int, changes: VehicleChanges, now: datetime
) -> Vehicle:
    """Correct a plate, or change the space that the vehicle uses.

    :raises rules.PlateInvalid: if the plate is none.
    :raises SpaceInvalid: if the space is no parking space of the project.
    :raises PlateTaken: if the plate is registered in the project.
    :raises VehicleRemoved: if it was signed off.
    """
    vehicle = _lock(actor, vehicle_id)
    wanted: dict[str, Any] = {**changes}
    if "plate" in changes:
        wanted["plate"] = rules.plate(changes["plate"])
    if "space_id" in changes:
        _space_in(vehicle.project_id, changes["space_id"])
    difference = partial.apply(vehicle, wanted)
    if difference:
        with refusing(**_refusals()):
            vehicle.save(update_fields=list(difference["after"]))
        _record(actor, "properties.vehicle.changed", vehicle, now, difference)
    return vehicle


@transaction.atomic
def remove_vehicle(*, actor: Actor, vehicle_id: int, now: datetime) -> Vehicle:
    """Sign a vehicle off: its plate is free and its space no longer its own.

    :raises VehicleRemoved: if it was signed off already.
    """
    vehicle = _lock(actor, vehicle_id)
    vehicle.is_active = False
    vehicle.space = None
    vehicle.save(update_fields=["is_active", "space"])
    _record(actor, "properties.vehicle.removed", vehicle, now, {})
    return vehicle


@transaction.atomic
def assign_space(
    *, actor: Actor, space_id: int, household_id: int, effective_on: date, now: datetime
) -> Unit:
    """Give a free parking space to a household: from now on it is billed in its account.

    :raises SpaceInvalid: if the unit is no parking space.
    :raises SpaceTaken: if somebody else has it.
    :raises AccountHasOpenBills: if bills of the space are open.
    :raises StateChangeOutOfOrder: if the day lies in the future or before the last change.
    """
    space, source, target = _lock_space(actor, space_id, household_id)
    assert target is not None
    others = Unit.objects.filter(household=source).exclude(pk=space.pk).exists()
    is_anothers = source.payer_id not in {None, target.payer_id}
    if others or is_anothers:
        raise SpaceTaken(
            _("%(space)s belongs to %(household)s: release it there first.")
            % {"space": space.label, "household": source.label},
            field="space",
        )
    refuse_open_bills(source, [space])
    join([space], source, target)
    if space.state in {UnitState.UNSOLD, UnitState.SOLD, UnitState.VACANT}:
        enter_state(
            space,
            UnitState.OWNER_OCCUPIED,
            actor=actor,
            effective_on=effective_on,
            note="",
            now=now,
        )
    _record_space(actor, "properties.space.assigned", space, target, effective_on, now)
    return space


@transaction.atomic
def release_space(*, actor: Actor, space_id: int, effective_on: date, now: datetime) -> Unit:
    """Take a parking space out of a household's account: it is vacant and nobody pays for it.

    :raises SpaceInvalid: if the unit is no parking space.
    :raises AccountIsOwnAlready: if it is in no household's account.
    :raises AccountHasOpenBills: if bills of the space are open.
    :raises StateChangeOutOfOrder: if the day lies in the future or before the last change.
    """
    space, source, _target = _lock_space(actor, space_id, None)
    refuse_open_bills(source, [space])
    split_off([space], source, payer=None)
    Vehicle.objects.filter(space=space).update(space=None)
    if space.state != UnitState.VACANT:
        enter_state(
            space, UnitState.VACANT, actor=actor, effective_on=effective_on, note="", now=now
        )
    _record_space(actor, "properties.space.released", space, source, effective_on, now)
    return space


def _lock_space(
    actor: Actor, space_id: int, household_id: int | None
) -> tuple[Unit, Household, Household | None]:
    access.require(actor, Action.REGISTRY_CHANGE)
    units, households = lock_units_with_households(
        [space_id], [] if household_id is None else [household_id]
    )
    space = units[space_id]
    for household in households.values():
        access.require_in_sight(actor, Action.REGISTRY_CHANGE, household.project_id)
    if space.kind not in SPACE_KINDS:
        raise _no_space()
    target = None if household_id is None else households[household_id]
    return space, households[space.household_id], target


def _lock(actor: Actor, vehicle_id: int) -> Vehicle:
    access.require(actor, Action.REGISTRY_CHANGE)
    vehicle = lock_vehicle(vehicle_id)
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, vehicle.project_id)
    if not vehicle.is_active:
        raise VehicleRemoved(_("This vehicle was signed off already."))
    return vehicle


def _space_in(project_id: int, space_id: int | None) -> Unit | None:
    if space_id is None:
        return None
    space = Unit.objects.filter(
        pk=space_id, project_id=project_id, kind__in=SPACE_KINDS, is_active=True
    ).first()
    if space is None:
        raise _no_space()
    return space


def _no_space() -> SpaceInvalid:
    return SpaceInvalid(_("This is no parking space of the project."), field="space")


def _record(
    actor: Actor, event: str, vehicle: Vehicle, now: datetime, difference: partial.Difference
) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=vehicle.household,
        project_id=vehicle.project_id,
        now=now,
        data={
            "vehicle": vehicle.pk,
            "plate": vehicle.plate,
            "space": vehicle.space.label if vehicle.space else None,
            **difference,
        },
    )


def _record_space(
    actor: Actor,
    event: str,
    space: Unit,
    household: Household,
    effective_on: date,
    now: datetime,
) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=household,
        project_id=household.project_id,
        now=now,
        data={
            "unit": space.pk,
            "space": space.label,
            "effective_on": effective_on.isoformat(),
        },
    )


def _refusals() -> dict[str, DomainError]:
    return {
        "vehicle_plate_once": PlateTaken(
            _("This plate is registered in the project."), field="plate"
        )
    }
