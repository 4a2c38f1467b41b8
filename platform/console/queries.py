"""Reads of saved views and list preferences."""

from django.db.models import Q

from console.models import ListPreference, SavedView
from kernel import access


def saved_views(*, actor: access.Actor, page: str) -> list[SavedView]:
    """Return the views of a list page that the actor sees: his own and the shared, oldest first."""
    mine_or_shared = Q(owner_id=actor.user_id) | Q(shared_with_all=True)
    return list(SavedView.objects.filter(mine_or_shared, page=page).order_by("pk"))


def columns_of(*, actor: access.Actor, page: str) -> list[str]:
    """Return the keys of the columns the actor has chosen, empty if he never chose."""
    if actor.user_id is None:
        return []
    chosen = (
        ListPreference.objects.filter(user_id=actor.user_id, page=page)
        .values_list("columns", flat=True)
        .first()
    )
    return [str(key) for key in chosen or []]
