"""What the registry finds for Ctrl K."""

from django.urls import reverse

from console.properties.words import side_by_side
from console.search import MOST_HITS, Hit
from kernel.access import Action, Actor
from services.properties import queries
from services.properties.queries import FoundBy

ICONS = {
    FoundBy.ROOM: "door",
    FoundBy.NAME: "user",
    FoundBy.PHONE: "phone",
    FoundBy.PLATE: "car",
    FoundBy.METER: "gauge",
}


def find(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return households by room, name, initials, phone end, plate or meter number.

    Those of the project in which the visitor works come first.
    """
    found = queries.search_households(actor=actor, text=text, limit=MOST_HITS * 2)
    found.sort(key=lambda hit: hit.household.project_id != project_id)
    several = len({hit.household.project_id for hit in found}) > 1 or (
        bool(found) and found[0].household.project_id != project_id
    )
    return [_hit(hit, names_project=several) for hit in found[:MOST_HITS]]


def _hit(found: queries.Found, *, names_project: bool) -> Hit:
    household = found.household
    payer = household.payer.name if household.payer else ""
    # 王燕远, 王燕远 172 **** 3216 would name him twice.
    notes = [payer] if payer and not found.text.startswith(payer) else []
    if found.text != household.label:
        notes.append(found.text)
    return Hit(
        title=household.label,
        url=reverse("household", args=[household.project_id, household.pk]),
        icon=ICONS[found.by],
        note=side_by_side(note for note in notes if note),
        badge=household.project.name if names_project else "",
    )


def find_people(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return people and companies of the visitor's project by name, initials or phone end."""
    if project_id is None or not actor.may(Action.REGISTRY_VIEW, project_id):
        return []
    found = queries.parties(actor=actor, project_id=project_id).filter(
        queries.parties_fitting(text)
    )
    return [
        Hit(
            title=party.name,
            url=reverse("parties-party", args=[project_id, party.pk]),
            icon="user",
            note=party.phone_masked,
            badge=party.get_kind_display(),
        )
        for party in found[:MOST_HITS]
    ]


def find_projects(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return projects by name, English name or code."""
    wanted = text.casefold()
    return [
        Hit(title=project.name, url=reverse("overview", args=[project.pk]), icon="community")
        for project in queries.projects(actor=actor)
        if wanted in f"{project.name}\n{project.name_en}\n{project.code}".casefold()
        and actor.may(Action.REGISTRY_VIEW, project.pk)
    ]
