"""Rows locked until the transaction ends. The caller checks access; parents before children."""

from collections.abc import Collection
from typing import TypeVar

from django.db.models import QuerySet

from kernel.errors import Conflict, NotFound
from kernel.models import CompanyModel
from kernel.text import _
from services.properties.models import (
    Building,
    Household,
    Meter,
    Occupancy,
    Party,
    Project,
    Unit,
    Vehicle,
)

_M = TypeVar("_M", bound=CompanyModel)


class ChangedMeanwhile(Conflict):
    code = "properties.changed-meanwhile"


def lock_project(project_id: int) -> Project:
    """Return the project, locked. :raises NotFound: if there is none."""
    return _lock(Project.objects.all(), project_id)


def lock_building(building_id: int) -> Building:
    """Return the building with its project, locked. :raises NotFound: if there is none."""
    return _lock(Building.objects.select_related("project"), building_id)


def lock_household(household_id: int) -> Household:
    """Return the household with its project and payer, locked.

    :raises NotFound: if there is none.
    """
    return _lock(Household.objects.select_related("project", "payer"), household_id)


def lock_households(household_ids: Collection[int]) -> dict[int, Household]:
    """Return households by id, locked in the order of their ids.

    :raises NotFound: if one of them does not exist.
    """
    return _lock_all(Household.objects.select_related("project", "payer"), household_ids)


def lock_unit(unit_id: int) -> Unit:
    """Return the unit with building and household, locked. :raises NotFound: if there is none."""
    return _lock(Unit.objects.select_related("building", "household"), unit_id)


def lock_units(unit_ids: Collection[int]) -> dict[int, Unit]:
    """Return units by id with building and household, locked in the order of their ids.

    :raises NotFound: if one of them does not exist.
    """
    return _lock_all(Unit.objects.select_related("building", "household"), unit_ids)


def lock_party(party_id: int) -> Party:
    """Return the person or organisation, locked. :raises NotFound: if there is none."""
    return _lock(Party.objects.all(), party_id)


def lock_occupancy(occupancy_id: int) -> Occupancy:
    """Return the occupancy with unit and party, locked. :raises NotFound: if there is none."""
    return _lock(Occupancy.objects.select_related("unit", "party"), occupancy_id)


def lock_vehicle(vehicle_id: int) -> Vehicle:
    """Return the vehicle with household and space, locked. :raises NotFound: if there is none."""
    return _lock(Vehicle.objects.select_related("household", "space"), vehicle_id)


def lock_meter(meter_id: int) -> Meter:
    """Return the meter with its unit, locked. :raises NotFound: if there is none."""
    return _lock(Meter.objects.select_related("unit"), meter_id)


def _lock(queryset: QuerySet[_M], pk: int) -> _M:
    found = queryset.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _lock_all(queryset: QuerySet[_M], ids: Collection[int]) -> dict[int, _M]:
    locked = {
        row.pk: row
        for row in queryset.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    }
    if locked.keys() != set(ids):
        raise NotFound
    return locked


def lock_units_with_households(
    unit_ids: Collection[int], household_ids: Collection[int] = ()
) -> tuple[dict[int, Unit], dict[int, Household]]:
    """Return units and, locked before them, their households and ``household_ids``.

    :raises NotFound: if one of them does not exist.
    :raises ChangedMeanwhile: if a unit changed its household while this call waited.
    """
    found = set(Unit.objects.filter(pk__in=unit_ids).values_list("household_id", flat=True))
    households = lock_households(found | set(household_ids))
    units = lock_units(unit_ids)
    if any(unit.household_id not in households for unit in units.values()):
        raise ChangedMeanwhile(_("Somebody has just changed this. Look again before you go on."))
    return units, households
