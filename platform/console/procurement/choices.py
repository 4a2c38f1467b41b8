"""Choices that forms and filters of several parts offer."""

from console.views import ConsoleView
from services.procurement.scope import projects_with


def projects_of(view: ConsoleView) -> list[tuple[int, str]]:
    """Return the projects in which the visitor holds the page's action, by name.

    A buyer need not see the register of a project to buy for it.
    """
    return [(project.pk, project.name) for project in projects_with(view.actor, view.action)]
