"""Exemptions from the separation of duties that the visitor may decide."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from console.waiting import Thing
from kernel.access import Actor
from kernel.duties import queries


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return the exemptions that wait for the actor, in a project the company's as well."""
    return [
        Thing(
            title=_("Exemptions from the separation of duties to be decided"),
            note=f"{exemption.rule} · {exemption.user.name}",
            url=reverse("duties-exemptions-one", args=[exemption.pk]),
            project_id=exemption.project_id,
            since=exemption.requested_at,
        )
        for exemption in queries.exemptions_waiting_for(actor=actor, project_id=project_id)
    ]
