"""Rounds that wait for one's own part of the key; questions that wait for the buyer's answer."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from console.waiting import Thing
from kernel.access import Actor
from services.procurement.rounds import queries


def find(*, actor: Actor, project_id: int | None, now: datetime) -> list[Thing]:
    """Return what somebody has to open, and what he has to answer before a deadline."""
    found = [
        Thing(
            title=_("To be opened: %(number)s %(title)s")
            % {"number": one.number, "title": one.title},
            url=reverse("quote-rounds-round", args=[one.pk]),
            project_id=one.project_id,
            since=one.closes_at,
        )
        for one in queries.rounds_to_release(actor=actor, now=now)
        if project_id in (None, one.project_id)
    ]
    for question in queries.questions_waiting(actor=actor, now=now):
        asked = question.invitation.round
        if project_id in (None, asked.project_id):
            found.append(
                Thing(
                    title=_("A vendor asks about %(number)s %(title)s")
                    % {"number": asked.number, "title": asked.title},
                    url=reverse("quote-rounds-round", args=[asked.pk]),
                    project_id=asked.project_id,
                    since=question.asked_at,
                    due_at=asked.closes_at,
                )
            )
    return found
