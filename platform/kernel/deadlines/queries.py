"""Reads of the clocks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Model, QuerySet

from kernel import access
from kernel.access.actions import Action
from kernel.access.actors import Actor
from kernel.calendar.rules import WorkingCalendar
from kernel.deadlines.models import OPEN_STATES, Deadline, DeadlineState
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock at one moment."""

    used: timedelta
    remaining: timedelta
    overrun: timedelta


def deadlines(*, actor: Actor) -> QuerySet[Deadline]:
    """Return the clocks of the projects that the actor watches."""
    return access.scoped(Deadline.objects.all(), actor, Action.DEADLINE_VIEW)


def get_deadline(*, actor: Actor, deadline_id: int) -> Deadline:
    """Return one clock.

    :raises NotFound: if there is none of this id within the actor's reach.
    """
    found = deadlines(actor=actor).filter(pk=deadline_id).first()
    if found is None:
        raise NotFound
    return found


def deadlines_of(subject: Model) -> QuerySet[Deadline]:
    """Return all clocks of ``subject``. The caller has checked access to it."""
    return Deadline.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk
    ).order_by("started_at", "pk")


def earliest_due(subject: Model) -> Deadline | None:
    """Return the running clock of ``subject`` that is due first (3.6.4 rule 19)."""
    running = deadlines_of(subject).filter(state=DeadlineState.RUNNING)
    return running.order_by("due_at", "pk").first()


def open_deadlines_of(subject: Model) -> QuerySet[Deadline]:
    """Return the clocks of ``subject`` that run or stand still."""
    return deadlines_of(subject).filter(state__in=OPEN_STATES)


def standing(deadline: Deadline, *, now: datetime, calendar: WorkingCalendar) -> Standing:
    """Return what of a clock is used and left at a moment."""
    run = deadline.run
    return Standing(
        used=run.used_at(now, calendar),
        remaining=run.remaining_at(now, calendar),
        overrun=run.overrun_at(now, calendar),
    )
