"""Leavings that are begun and not closed."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from console import formats
from console.waiting import Thing
from kernel.access import Action, Actor
from kernel.identity import queries


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return who is leaving, for the administrators; a leaving is the company's."""
    if project_id is not None or not actor.may_everywhere(Action.USER_MANAGE):
        return []
    return [
        Thing(
            title=_("Leaver: %(person)s") % {"person": departure.user.name},
            note=_("last day %(day)s") % {"day": formats.spell_day(departure.last_day)},
            url=reverse("departures-departure", args=[departure.pk]),
            since=departure.begun_at,
            due_at=formats.start_of_day(departure.last_day + timedelta(days=1)),
        )
        for departure in queries.open_departures(actor=actor)
    ]
