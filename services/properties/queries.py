"""Reads of the registry."""

from django.db.models import QuerySet

from kernel import access
from services.properties.models import Project


def projects(*, actor: access.Actor) -> QuerySet[Project]:
    """Return the projects the actor sees, by name."""
    visible = access.scoped(Project.objects.all(), actor, access.Action.REGISTRY_VIEW, field="pk")
    return visible.order_by("name", "pk")
