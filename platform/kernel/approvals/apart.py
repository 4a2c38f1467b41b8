"""Duties kept apart across the steps of a case, by the company's mode and its exemptions."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q

from kernel import duties
from kernel.access.actors import Actor
from kernel.approvals.models import Case
from kernel.approvals.rules.definitions import Duty, Step
from kernel.duties import operations as duties_operations
from kernel.duties import queries as duties_queries
from kernel.tenancy import company_day


def require(
    step: Step,
    *,
    actor: Actor,
    principal_id: int | None,
    played: Mapping[Duty, Collection[int]],
    case: Case,
    now: datetime,
) -> None:
    """Return if neither the actor nor whom he signs for played a duty kept apart from the step's.

    :raises duties.DutiesMeet: otherwise, in the words of the pair.
    """
    for duty in step.duties:
        duties_operations.require_apart(
            duty.rule,
            actor=actor,
            earlier=played.get(duty.other, ()),
            subject=case,
            project_id=case.project_id,
            now=now,
            on_behalf_of=(principal_id,),
        )


def is_exempt(rule: str, *, user_id: int, project_id: int | None, now: datetime) -> bool:
    """Tell whether the company lets this person play both parts of a pair, by its own decision."""
    match duties_operations.mode_of(project_id):
        case duties.Mode.WARN:
            return True
        case duties.Mode.BLOCK_WITH_EXEMPTION:
            place = Q(project_id__isnull=True)
            if project_id is not None:
                place |= Q(project_id=project_id)
            return (
                duties_queries.exemptions_in_force(day=company_day(now))
                .filter(place, rule=rule, user_id=user_id)
                .exists()
            )
    return False
