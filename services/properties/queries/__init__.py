"""Reads of the registry. Lists are narrowed to what the actor may see; ``lock_…`` are for writers.

A record in a project where the actor holds nothing does not exist for him (``NotFound``); one in
a project that he sees without the action is refused (``ActionDenied``).
"""

from services.properties.queries.figures import OccupancyFigures, occupancy_figures
from services.properties.queries.files import HouseholdFile, history_of_household, household_file
from services.properties.queries.lists import (
    buildings,
    get_building,
    get_household,
    get_meter,
    get_occupancy,
    get_party,
    get_project,
    get_unit,
    get_vehicle,
    households,
    meters,
    occupancies,
    parties,
    projects,
    projects_of_party,
    spaces,
    state_changes,
    units,
    vehicles,
)
from services.properties.queries.locks import (
    lock_building,
    lock_household,
    lock_households,
    lock_meter,
    lock_occupancy,
    lock_party,
    lock_project,
    lock_unit,
    lock_units,
    lock_vehicle,
)
from services.properties.queries.search import Found, FoundBy, search_households

__all__ = [
    "Found",
    "FoundBy",
    "HouseholdFile",
    "OccupancyFigures",
    "buildings",
    "get_building",
    "get_household",
    "get_meter",
    "get_occupancy",
    "get_party",
    "get_project",
    "get_unit",
    "get_vehicle",
    "history_of_household",
    "household_file",
    "households",
    "lock_building",
    "lock_household",
    "lock_households",
    "lock_meter",
    "lock_occupancy",
    "lock_party",
    "lock_project",
    "lock_unit",
    "lock_units",
    "lock_vehicle",
    "meters",
    "occupancies",
    "occupancy_figures",
    "parties",
    "projects",
    "projects_of_party",
    "search_households",
    "spaces",
    "state_changes",
    "units",
    "vehicles",
]
