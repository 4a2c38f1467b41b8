"""What forms and filters of the stock offer: places, people, projects."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from console.lists import ListView
from console.views import ConsoleView
from kernel.access import Action
from services.procurement.catalogue.queries import tree
from services.procurement.scope import projects_with
from services.procurement.stock import queries

Choices = list[tuple[Any, Any]]
COMPANY_OWN = _("The company's own")


def warehouses_of(view: ListView) -> Choices:
    """Return the warehouses that the visitor sees, closed ones too: they have a past."""
    return [(row.pk, row.name) for row in queries.warehouses(actor=view.actor)]


def categories_of(view: ListView) -> Choices:
    """Return the categories of goods by their path."""
    return [(branch.category.pk, branch.path) for branch in tree(only_active=False)]


def kept_warehouses(view: ConsoleView) -> Choices:
    """Return the warehouses in use that the visitor keeps."""
    found = queries.warehouses(actor=view.actor, action=Action.STOCK_KEEP).filter(is_active=True)
    return [(row.pk, f"{row.code} {row.name}") for row in found]


def places(view: ConsoleView, action: Action) -> Choices:
    """Return the projects in which the visitor holds an action, and the company as a whole."""
    whole: Choices = [("", COMPANY_OWN)] if view.actor.may_everywhere(action) else []
    return whole + [(each.pk, each.name) for each in projects_with(view.actor, action)]


def people() -> Choices:
    return [(person.pk, person.label) for person in queries.staff()]
