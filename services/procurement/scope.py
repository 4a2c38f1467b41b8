"""Whose a record of procurement is: a project's, or, without one, the company's own."""

from django.db.models import QuerySet

from kernel import access
from kernel.access import Action, Actor
from services.properties.models import Project


def require_of(actor: Actor, action: Action, project_id: int | None) -> None:
    """Return if ``actor`` holds ``action`` where a record lies that he named.

    What belongs to no project is the company's: it takes the action in all projects. Of that,
    nothing is hidden from whoever holds the action in one project only; he may not do it.

    :raises NotFound: if he holds nothing in the record's project.
    :raises access.ActionDenied: if he lacks the action there.
    """
    if project_id is None:
        access.require_everywhere(actor, action)
    else:
        access.require_in_sight(actor, action, project_id)


def require_for(actor: Actor, action: Action, project_id: int | None) -> None:
    """Return if ``actor`` holds ``action`` in a project that he names for a new record.

    :raises NotFound: if he holds nothing there, or there is no such project.
    :raises access.ActionDenied: if he lacks the action there, or company-wide without a project.
    """
    if project_id is None:
        access.require_everywhere(actor, action)
    else:
        access.require_in_project(actor, action, project_id)


def projects_with(actor: Actor, action: Action) -> QuerySet[Project]:
    """Return the projects in which the actor holds ``action``, by name; a buyer sees no others."""
    found = access.scoped(Project.objects.all(), actor, action, field="pk")
    return found.order_by("sort_key", "pk")
