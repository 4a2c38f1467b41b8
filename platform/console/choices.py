"""Choices that filters of several lists offer: what the visitor can see of them."""

from console.lists import ListView
from services.billing.standards import queries as standards
from services.properties import queries as registry


def buildings_of(view: ListView) -> list[tuple[int, str]]:
    """Return the buildings of the address's project."""
    found = registry.buildings(actor=view.actor, project_id=view.project_id)
    return [(building.pk, building.name) for building in found]


def items_of(view: ListView) -> list[tuple[int, str]]:
    """Return the fee items of the company, in the user's language."""
    return [(item.pk, str(item)) for item in standards.items(actor=view.actor)]
