"""Controlled documents: pages to be put in, revisions to be put in force, papers to be sent."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from console.waiting import Thing
from kernel.access import Action, Actor
from kernel.documents.manuals import queries


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return what a holder, and what the keeper of the register, has to do."""
    found = []
    if project_id is None:  # a copy is in a person's hands, wherever he works
        found = [
            Thing(
                title=_("Pages to be put in: %(document)s") % {"document": page.copy.manual},
                note=page.revision.mark,
                url=reverse("manuals-mine"),
                project_id=page.copy.manual.project_id,
                since=page.sent_at,
            )
            for page in queries.pages_waiting_for(actor=actor)
        ]
    if not actor.may(Action.MANUAL_KEEP):
        return found
    for revision in queries.revisions_to_put_in_force(actor=actor, project_id=project_id):
        found.append(
            Thing(
                title=_("Approved, to be put in force: %(document)s")
                % {"document": revision.manual},
                note=revision.mark,
                url=reverse("manuals-revision", args=[revision.pk]),
                project_id=revision.manual.project_id,
                since=revision.approved_at,
            )
        )
    for release in queries.releases_to_send(actor=actor, project_id=project_id):
        manual = release.revision.manual
        found.append(
            Thing(
                title=_("Approved, to be given outside: %(document)s") % {"document": manual},
                note=release.recipient,
                url=reverse("manuals-revision", args=[release.revision_id]),
                project_id=manual.project_id,
                since=release.decided_at,
            )
        )
    return found
