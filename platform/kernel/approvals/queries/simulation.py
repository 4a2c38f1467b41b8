"""Who would sign this? The path of a sample document, by the functions that the engine uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from kernel.access import queries as access_queries
from kernel.access.models import User
from kernel.approvals import registry
from kernel.approvals.models import ChainVersion
from kernel.approvals.queries.designs import bound
from kernel.approvals.queries.people import Situation, reach
from kernel.approvals.rules import paths
from kernel.approvals.rules.counting import Signed
from kernel.approvals.rules.definitions import Branch, Definition, Duty, Step
from kernel.approvals.rules.facts import FactValue, check_values
from kernel.tenancy import company_time_zone


class StepFate(StrEnum):
    OPEN = "open"  # these people would have to sign
    COUNTED = "counted"  # an earlier signature of the same person counts
    STUCK = "stuck"  # nobody may sign: the case would stop here
    LEFT_OUT = "left_out"  # the conditions leave it out


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step of a path to come.

    :ivar people: who would sign; for ``COUNTED`` whose earlier signature counts.
    :ivar excluded: who is meant and may not sign, with the pair of duties; ``""`` for one's own
        paper.
    :ivar vacant: numbers of the assignees for whom there is nobody.
    """

    step: Step
    fate: StepFate
    people: tuple[User, ...] = ()
    excluded: tuple[tuple[User, str], ...] = ()
    vacant: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    branch_number: int
    branch: Branch
    steps: tuple[PathStep, ...]

    @property
    def is_stuck(self) -> bool:
        return any(step.fate == StepFate.STUCK for step in self.steps)


def simulate(
    *,
    version: ChainVersion,
    applicant_id: int | None,
    project_id: int | None,
    facts: Mapping[str, object],
    today: date,
    definition: Definition | None = None,
) -> Path:
    """Return the path that a sample document would take today. The caller has checked access.

    Where several people may sign, nobody knows who will: only a step with a single signer tells
    whose signature counts at a later one and who is kept apart from it.

    :param definition: what is on the screen, if it is not saved yet.
    :raises FactsInvalid: if a fact is missing or of another type.
    :raises DefinitionInvalid: if the version's definition cannot be read.
    """
    chosen = definition or version.read()
    kind = registry.kind_of(version.chain.kind)
    values = complete_facts(
        kind, facts, applicant_id=applicant_id, project_id=project_id, today=today
    )
    route = paths.route(bound(chosen, project_id), kind.all_facts(), values)
    situation = Situation(
        applicant_id=applicant_id,
        author_ids=frozenset({applicant_id} - {None}),  # type: ignore[arg-type]
        project_id=project_id,
        today=today,
        now=datetime.combine(today, time(12), company_time_zone()),
        played={duty: [applicant_id] for duty in chosen.applicant_duties if applicant_id},
    )
    steps = walk(route.steps, situation)
    left_out = [PathStep(step, StepFate.LEFT_OUT) for step in route.left_out]
    order = {step.key: number for number, step in enumerate(route.branch.steps)}
    return Path(
        route.number,
        route.branch,
        tuple(sorted((*steps, *left_out), key=lambda one: order[one.step.key])),
    )


def walk(steps: Sequence[Step], situation: Situation) -> list[PathStep]:
    """Return what would become of ``steps``, one after the other, from ``situation`` on."""
    found: list[PathStep] = []
    signed = list(situation.signed)
    played: dict[Duty, list[int]] = {
        duty: list(people) for duty, people in situation.played.items()
    }
    previous = situation.previous_position
    position = max([one.position for one in signed], default=0)
    for step in steps:
        position += 1
        reached = reach(
            step,
            replace(situation, signed=signed, played=played, previous_position=previous),
        )
        plan = reached.plan
        signers = _certain_signers(plan)
        for duty in step.duties:
            played.setdefault(duty, []).extend(signers)
        if plan.outcome != paths.Outcome.STUCK:
            signed.append(Signed(position, frozenset(signers)))
            previous = position
        people = _users([slot.user_id for slot in plan.slots] + list(reached.excluded))
        shown = (
            [slot for slot in plan.slots if slot.is_signed]
            if plan.outcome == paths.Outcome.COUNTED
            else list(plan.slots)
        )
        found.append(
            PathStep(
                step,
                StepFate(plan.outcome.value),
                tuple(people[slot.user_id] for slot in shown),
                tuple((people[id_], rule) for id_, rule in reached.excluded.items()),
                plan.vacant,
            )
        )
    return found


def complete_facts(
    kind: registry.DocumentKind,
    facts: Mapping[str, object],
    *,
    applicant_id: int | None,
    project_id: int | None,
    today: date,
) -> dict[str, FactValue]:
    """Return the facts of a document with those that the engine adds.

    :raises FactsInvalid: if one is missing, unknown or of another type.
    """
    common: dict[str, Any] = {
        "project": project_id,
        "applicant": applicant_id,
        "applicant_posts": access_queries.posts_meant_of(
            user_id=applicant_id, project_id=project_id, today=today
        )
        if applicant_id is not None
        else None,
    }
    return check_values(kind.all_facts(), {**facts, **common})


def _certain_signers(plan: paths.Plan) -> list[int]:
    counted = [slot.user_id for slot in plan.slots if slot.is_signed]
    if plan.outcome == paths.Outcome.COUNTED:
        return counted
    return [plan.slots[0].user_id] if len(plan.slots) == 1 else counted


def _users(ids: Sequence[int]) -> dict[int, User]:
    return User.objects.in_bulk(set(ids))
