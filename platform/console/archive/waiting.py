"""Files that the visitor was granted to look at, until his time is over."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from console.waiting import Thing
from kernel.access import Actor
from kernel.records import queries


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return the actor's grants that are in force."""
    return [
        Thing(
            title=_("File to be looked at: %(file)s") % {"file": request.subject_label},
            note=request.purpose,
            url=reverse("archive-request", args=[request.project_id, request.pk]),
            project_id=request.project_id,
            since=request.granted_at,
            due_at=request.expires_at,
        )
        for request in queries.own_grants(actor=actor, project_id=project_id, now=now)
    ]
