"""Rounds of quotes in the search."""

from django.db.models import Q
from django.urls import reverse

from console.search import Hit
from kernel.access import Actor
from services.procurement.rounds import queries


def find(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return rounds by number or title, of one project if one is given."""
    found = queries.rounds(actor=actor).filter(Q(number__icontains=text) | Q(title__icontains=text))
    if project_id is not None:
        found = found.filter(Q(project=project_id) | Q(project__isnull=True))
    return [
        Hit(
            title=one.title,
            note=one.number,
            url=reverse("quote-rounds-round", args=[one.pk]),
            icon="clipboard",
            badge=one.get_state_display(),
        )
        for one in found[:8]
    ]
