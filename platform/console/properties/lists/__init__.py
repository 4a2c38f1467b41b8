"""The lists of the registry."""

from console.properties.lists.people import Parties, Vehicles
from console.properties.lists.projects import Buildings, Projects
from console.properties.lists.units import Meters, Spaces, Units

__all__ = ["Buildings", "Meters", "Parties", "Projects", "Spaces", "Units", "Vehicles"]
