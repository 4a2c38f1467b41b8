"""Reads of the registry."""

from django.db.models import QuerySet

from kernel import access
from kernel.errors import NotFound
from services.properties.models import Household, Project


def projects(*, actor: access.Actor) -> QuerySet[Project]:
    """Return the projects the actor sees, by name."""
    visible = access.scoped(Project.objects.all(), actor, access.Action.REGISTRY_VIEW, field="pk")
    return visible.order_by("name", "pk")


def get_household(
    *, actor: access.Actor, household_id: int, action: access.Action = access.Action.REGISTRY_VIEW
) -> Household:
    """Return one household with its project and payer.

    :raises NotFound: if there is none within the actor's reach.
    """
    household = (
        access.scoped(Household.objects.select_related("project", "payer"), actor, action)
        .filter(pk=household_id)
        .first()
    )
    if household is None:
        raise NotFound
    return household


def lock_household(household_id: int) -> Household:
    """Return the household with its project and payer, locked until the transaction ends.

    The caller has checked access. :raises NotFound: if there is no such household.
    """
    household = (
        Household.objects.select_for_update(of=("self",))
        .select_related("project", "payer")
        .filter(pk=household_id)
        .first()
    )
    if household is None:
        raise NotFound
    return household
