"""What time brings: reminders, escalation, people who came and went. Safe to run twice."""

import logging
from dataclasses import replace
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction

from kernel.access import queries as access_queries
from kernel.access.actors import SYSTEM
from kernel.access.models import User
from kernel.approvals import telling
from kernel.approvals.models import (
    Act,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    CaseStep,
    Origin,
    StepState,
)
from kernel.approvals.operations import checks
from kernel.approvals.operations.advancing import (
    advance,
    deadlines,
    places_of,
    set_state,
    settle,
    stop,
    write,
)
from kernel.approvals.operations.errors import SignerUnfit
from kernel.approvals.queries import running as queries
from kernel.approvals.queries.people import reach, takes_part
from kernel.approvals.rules import paths
from kernel.approvals.rules.definitions import TimeOut
from kernel.approvals.rules.paths import Slot
from kernel.tenancy import company_day

logger = logging.getLogger(__name__)


def sweep(*, now: datetime) -> int:
    """Look at every case under way, each in a transaction of its own; return how many there were.

    A case that cannot go on, whatever the reason, stays as it was and is looked at again next
    time; the others go on.
    """
    ids = list(queries.due_cases(now=now))
    for case_id in ids:
        try:
            look_after(case_id=case_id, now=now)
        except (InterfaceError, OperationalError):
            raise  # of no one case: the database is gone, or two were in each other's way
        except Exception:
            logger.exception("a case could not go on by itself")
    return len(ids)


@transaction.atomic
def look_after(*, case_id: int, now: datetime) -> Case:
    """Bring one case up to date with people and time."""
    case = queries.lock_case(case_id)
    step = case.steps.filter(state__in=[StepState.ACTIVE, StepState.STUCK]).first()
    if case.state not in {CaseState.RUNNING, CaseState.STUCK} or step is None:
        return case
    if step.assignments.exists():
        _refresh(case, step, now=now)
    else:
        _retry(case, step, now=now)
    step = case.steps.filter(state=StepState.ACTIVE).first()
    if step is not None:
        _remind(case, step, now=now)
        _escalate(case, step, now=now)
    return case


def _retry(case: Case, step: CaseStep, *, now: datetime) -> None:
    """Go on with a case that had nobody for its step, if there is somebody now."""
    if reach(step.read(), queries.situation_of(case, now=now)).plan.outcome == paths.Outcome.STUCK:
        return
    step.state, step.arrived_at = StepState.WAITING, None
    step.save(update_fields=["state", "arrived_at"])
    write(case, Act.RESUMED, actor=SYSTEM, now=now, step=step)
    set_state(case, CaseState.RUNNING)
    advance(case, actor=SYSTEM, now=now)


def _refresh(case: Case, step: CaseStep, *, now: datetime) -> None:
    """Close the places of those who may not sign any more; give one to those who now may."""
    read = step.read()
    plan = reach(read, queries.situation_of(case, now=now)).plan
    meant = {slot.user_id: slot for slot in plan.slots}
    for assignment in step.assignments.filter(state=AssignmentState.OPEN):
        by_chain = assignment.origin == Origin.CHAIN
        may_sign = (
            assignment.user_id in meant
            if by_chain
            else takes_part(
                user_id=assignment.user_id, project_id=case.project_id, today=company_day(now)
            )
        )
        if not may_sign:
            assignment.state, assignment.closed_at = AssignmentState.CLOSED, now
            assignment.save(update_fields=["state", "closed_at"])
    places = places_of(step)
    given = [slot for _root, slot in places]
    held = {root.user_id for root, _slot in places} | set(
        step.assignments.filter(
            state__in=[AssignmentState.OPEN, AssignmentState.SIGNED]
        ).values_list("user_id", flat=True)
    )
    is_named = any(slot.is_for_all for slot in given)
    newcomers = [
        slot
        for slot in plan.slots
        if not is_named
        and slot.user_id not in held
        and not slot.is_signed
        # Somebody else may have signed in the same place.
        and paths.is_needed(read, len(read.assignees), [*given, slot], len(given))
    ]
    for slot in newcomers:
        Assignment.objects.create(
            step=step,
            user_id=slot.user_id,
            parties=sorted(slot.parties),
            origin=Origin.CHAIN,
            created_at=now,
        )
    slots = [slot for _root, slot in places_of(step)]
    waiting = step.assignments.filter(state=AssignmentState.OPEN)
    if not paths.is_complete(read, len(read.assignees), [_if_signed(step, s) for s in slots]):
        stop(case, step, now=now, vacant=plan.vacant, reason="people")
        return
    if step.state == StepState.STUCK:
        step.state = StepState.ACTIVE
        step.remind_at, step.due_at = deadlines(read.limit, now)
        step.reminded_at = step.escalated_at = None
        step.save()
        set_state(case, CaseState.RUNNING)
        write(case, Act.RESUMED, actor=SYSTEM, now=now, step=step)
        people = list(waiting.values_list("user_id", flat=True))
        telling.tell("waiting", case, people, now=now)
    else:
        telling.tell("waiting", case, [slot.user_id for slot in newcomers], now=now)
    settle(case, step, actor=SYSTEM, now=now)


def _if_signed(step: CaseStep, slot: Slot) -> Slot:
    """Return the slot as signed if anybody is left who can sign it."""
    is_open = (
        slot.is_signed
        or step.assignments.filter(state=AssignmentState.OPEN, user_id=slot.user_id).exists()
    )
    return replace(slot, is_signed=is_open)


def _remind(case: Case, step: CaseStep, *, now: datetime) -> None:
    if step.remind_at is None or step.reminded_at is not None or now < step.remind_at:
        return
    step.reminded_at = now
    step.save(update_fields=["reminded_at"])
    telling.tell("reminder", case, _waiting(step), now=now)


def _escalate(case: Case, step: CaseStep, *, now: datetime) -> None:
    """Once the limit has passed, tell everybody, and let the leaders of the late sign as well."""
    if step.due_at is None or step.escalated_at is not None or now < step.due_at:
        return
    step.escalated_at = now
    step.save(update_fields=["escalated_at"])
    telling.tell("overdue", case, {*_waiting(step), *case.author_ids}, now=now)
    if step.read().on_time_out != TimeOut.ESCALATE:
        return
    for late in list(step.assignments.filter(state=AssignmentState.OPEN).order_by("pk")):
        for leader in _leaders(case, step, late, now=now):
            Assignment.objects.create(
                step=step,
                user=leader,
                parties=late.parties,
                origin=Origin.ESCALATED,
                stands_for=late,
                is_extra=late.is_extra,
                created_at=now,
            )
            write(
                case,
                Act.ESCALATED,
                actor=SYSTEM,
                now=now,
                step=step,
                assignment=late,
                data={"user_id": leader.pk, "to": leader.label, "from": late.user.label},
            )
            telling.tell("waiting", case, [leader.pk], now=now)


def _leaders(case: Case, step: CaseStep, late: Assignment, *, now: datetime) -> list[User]:
    """Return the next leaders of a late signer who may sign this themselves."""
    found = access_queries.leader_of(
        user_id=late.user_id, project_id=case.project_id, level=1, today=company_day(now)
    )
    fit = []
    for leader in found:
        try:
            fit.append(checks.require_fit(case, step, leader.pk, now=now))
        except SignerUnfit:
            continue
    return fit


def _waiting(step: CaseStep) -> set[int]:
    waiting = step.assignments.filter(state=AssignmentState.OPEN)
    return set(waiting.values_list("user_id", flat=True))
