"""The four lists of a person's approvals, and who takes how long."""

from datetime import datetime
from enum import StrEnum

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, TruncDate

from kernel import access
from kernel.access import Action, Actor
from kernel.approvals import models
from kernel.approvals.models import DECIDING, Assignment, CaseStep, Signature, StepState
from kernel.approvals.queries.running import cases, waiting_for


class Tab(StrEnum):
    WAITING = "waiting"  # for my signature
    MINE = "mine"  # my own papers
    DONE = "done"  # I decided at a step of it
    COPIED = "copied"  # I may see it, without having to do anything


def cases_in(*, actor: Actor, tab: Tab, now: datetime) -> QuerySet[models.Case]:
    """Return the cases of one list, those that wait longest first, all others newest first.

    Each carries ``arrived_at`` and ``due_at`` of the step under way, and of a verbal consent until
    when its paper must be approved: ``paper_due_at``, counted from ``consented_at``.
    """
    current = CaseStep.objects.filter(case_id=OuterRef("pk"), state=StepState.ACTIVE)
    seen = cases(actor=actor, now=now).annotate(
        arrived_at=Subquery(current.values("arrived_at")[:1]),
        due_at=Subquery(current.values("due_at")[:1]),
        consented_at=F("consent__consented_at"),
        paper_due_at=F("consent__due_at"),
    )
    if actor.user_id is None:
        return seen.none()
    own = Q(author_ids__contains=[actor.user_id])
    waiting = waiting_for(actor=actor, now=now).order_by()
    match tab:
        case Tab.WAITING:
            found = seen.filter(pk__in=waiting.values("step__case_id"))
            return found.order_by(F("due_at").asc(nulls_last=True), "arrived_at", "pk")
        case Tab.MINE:
            return seen.filter(own)
        case Tab.DONE:
            return seen.filter(Exists(_decisions(actor.user_id)))
    assigned = Assignment.objects.filter(step__case_id=OuterRef("pk"), user_id=actor.user_id)
    return seen.exclude(own | Exists(assigned) | Exists(_decisions(actor.user_id))).exclude(
        pk__in=waiting.values("step__case_id")
    )


def _decisions(user_id: int) -> QuerySet[Signature]:
    return Signature.objects.filter(case_id=OuterRef("pk"), user_id=user_id, act__in=DECIDING)


def own_places(*, actor: Actor, case_ids: list[int], now: datetime) -> dict[int, Assignment]:
    """Return, by case, the place at which the actor's signature is awaited: his own first."""
    places: dict[int, Assignment] = {}
    for one in waiting_for(actor=actor, now=now).filter(step__case_id__in=case_ids):
        kept = places.get(one.step.case_id)
        if kept is None or (kept.user_id != actor.user_id and one.user_id == actor.user_id):
            places[one.step.case_id] = one
    return places


def signing_times(*, actor: Actor) -> QuerySet[Signature]:
    """Return every decision at a step, with when the step began and whether it came too late.

    :raises access.ActionDenied: without ``approval.configure``.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    return (
        Signature.objects.filter(act__in=DECIDING, step__arrived_at__isnull=False)
        .exclude(act=models.Act.COUNTED)
        .select_related("step", "case__version__chain")
        .annotate(
            began_at=Coalesce("step__arrived_at", "at"),
            signed_on=TruncDate("at"),
            is_late=Case(
                When(at__gt=F("step__due_at"), then=True),
                default=False,
                output_field=BooleanField(),
            ),
        )
        .order_by("-pk")
    )
