"""The way of a case from step to step. Every function here runs on a locked case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from kernel.access.actors import SYSTEM, Actor
from kernel.access.models import User
from kernel.approvals import outside, registry, telling
from kernel.approvals.models import (
    LIVE_STEPS,
    SIGNED_STEPS,
    Act,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    CaseStep,
    Origin,
    Signature,
    StepState,
)
from kernel.approvals.queries import running as queries
from kernel.approvals.queries.people import reach
from kernel.approvals.rules import paths
from kernel.approvals.rules.definitions import Limit, Step, StepAct, step_as_json
from kernel.audit import operations as audit
from kernel.calendar.queries import calendar

REMINDED_AT = 0.8  # of the limit (3.6.2)


def write(
    case: Case,
    act: Act,
    *,
    actor: Actor,
    now: datetime,
    step: CaseStep | None = None,
    assignment: Assignment | None = None,
    for_user: User | None = None,
    delegation_id: int | None = None,
    text: str = "",
    attachments: Sequence[int] = (),
    data: Mapping[str, Any] | None = None,
) -> Signature:
    """Write one act into the case's record, and its audit entry."""
    signature = Signature.objects.create(
        case=case,
        step=step,
        assignment=assignment,
        version=case.version,
        act=act,
        at=now,
        user_id=actor.user_id,
        label=actor.label[:140],
        for_user=for_user,
        for_label=for_user.label[:140] if for_user else "",
        delegation_id=delegation_id,
        text=text,
        facts=case.facts,
        attachment_ids=list(attachments),
        data=dict(data or {}),
        lap=case.lap,
        request_id=actor.request_id,
    )
    audit.record(
        actor=actor,
        event=f"approvals.case.{act.lower().replace('_', '-')}",
        subject=case,
        project_id=case.project_id,
        now=now,
        data={
            "number": case.number,
            "title": case.title,
            **({"step": step.position, "key": step.key} if step else {}),
            **({"for": for_user.label} if for_user else {}),
            **({"text": text} if text else {}),
        },
    )
    return signature


def lay(case: Case, steps: Iterable[tuple[int, str, Mapping[str, Any]]]) -> None:
    """Put steps to come before the case: position, key and definition of each."""
    CaseStep.objects.bulk_create(
        CaseStep(case=case, lap=case.lap, position=position, key=key, spec=dict(spec))
        for position, key, spec in steps
    )


def lay_route(case: Case, route: paths.Route) -> None:
    """Put the steps of a route before the case."""
    lay(
        case,
        (
            (position, step.key, step_as_json(step))
            for position, step in enumerate(route.steps, start=1)
        ),
    )


def advance(case: Case, *, actor: Actor, now: datetime) -> None:
    """Open the next step, past those for which earlier signatures count; or finish the case."""
    while True:
        step = case.steps.filter(state=StepState.WAITING).order_by("position").first()
        _agree(case, actor=actor, now=now)
        if step is None:
            _finish(case, actor=actor, now=now)
            return
        if not _open(case, step, actor=actor, now=now):
            return


def settle(case: Case, step: CaseStep, *, actor: Actor, now: datetime) -> None:
    """Close what is no longer needed at the step under way; go on once it is complete."""
    read = step.read()
    places = places_of(step)
    slots = [slot for _root, slot in places]
    if paths.is_complete(read, len(read.assignees), slots):
        close_open(step, now=now)
        step.state, step.finished_at = StepState.DONE, now
        step.save(update_fields=["state", "finished_at"])
        advance(case, actor=actor, now=now)
        return
    for index, (root, _slot) in enumerate(places):
        # Whoever could have signed in the same place, or whose signature brings nothing any more.
        if not paths.is_needed(read, len(read.assignees), slots, index):
            _close(place_assignments(step, root), now=now)


def places_of(step: CaseStep) -> list[tuple[Assignment, paths.Slot]]:
    """Return the places at a step with who has to sign, or has signed, at each.

    A place is an assignment of the chain, or of an added signer, with those who stand for it.
    A place that nobody can fill any more is left out, unless its signature was asked for.
    """
    assignments = list(step.assignments.order_by("pk"))
    found = []
    for root in assignments:
        if root.stands_for_id is not None:
            continue
        group = _group(assignments, root)
        signed = next((one for one in group if one.state == AssignmentState.SIGNED), None)
        waiting = next((one for one in group if one.state == AssignmentState.OPEN), None)
        if signed is None and waiting is None and not root.is_extra:
            continue
        found.append(
            (
                root,
                paths.Slot(
                    (signed or waiting or root).user_id,
                    frozenset(root.parties),
                    is_signed=signed is not None,
                    is_extra=root.is_extra,
                    is_for_all=root.origin == Origin.NAMED,
                ),
            )
        )
    return found


def place_assignments(step: CaseStep, root: Assignment) -> list[Assignment]:
    """Return the assignments of one place."""
    return _group(list(step.assignments.order_by("pk")), root)


def close_open(step: CaseStep, *, now: datetime) -> None:
    """Close every assignment of the step that is still open."""
    step.assignments.filter(state=AssignmentState.OPEN).update(
        state=AssignmentState.CLOSED, closed_at=now
    )


def clear_path(case: Case, *, from_position: int = 0, now: datetime) -> None:
    """Take back the steps from a position on: what was signed is to be signed again."""
    steps = case.steps.filter(position__gte=from_position, state__in=LIVE_STEPS)
    for step in steps.filter(state__in=[StepState.ACTIVE, StepState.STUCK]):
        close_open(step, now=now)
    steps.filter(state=StepState.WAITING, arrived_at__isnull=True).update(
        state=StepState.CANCELLED, finished_at=now
    )
    steps.filter(finished_at__isnull=False).update(state=StepState.UNDONE)
    steps.update(state=StepState.UNDONE, finished_at=now)


def make_room(case: Case, position: int) -> None:
    """Move the steps from ``position`` on one place further."""
    case.steps.filter(position__gte=position, state__in=LIVE_STEPS).update(
        position=F("position") + 1
    )


def set_state(case: Case, state: CaseState, *, now: datetime | None = None) -> None:
    """Write the state; ``now`` for one that ends the case."""
    case.state = state
    case.finished_at = now
    case.save(update_fields=["state", "finished_at"])


def deadlines(limit: Limit | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return when to remind, and when a step that begins now is overdue."""
    if limit is None:
        return None, None
    if limit.is_working:
        company = calendar()
        return (
            company.add_working_hours(now, limit.hours * REMINDED_AT),
            company.add_working_hours(now, limit.hours),
        )
    whole = timedelta(hours=limit.hours)
    return now + whole * REMINDED_AT, now + whole


def _open(case: Case, step: CaseStep, *, actor: Actor, now: datetime) -> bool:
    """Reach a step; tell whether the case goes on at once because earlier signatures count."""
    read: Step = step.read()
    if step.arrived_at is not None and step.assignments.exists():
        return _reopen(case, step, actor=actor, now=now)
    reached = reach(read, queries.situation_of(case, now=now))
    if step.arrived_at is None:
        step.remind_at, step.due_at = deadlines(read.limit, now)
        step.arrived_at = now
    if reached.plan.outcome == paths.Outcome.STUCK:
        stop(case, step, now=now, vacant=reached.plan.vacant)
        return False
    is_counted = reached.plan.outcome == paths.Outcome.COUNTED
    step.state = StepState.COUNTED if is_counted else StepState.ACTIVE
    step.finished_at = now if is_counted else None
    step.save()
    assigned = _assign(case, step, reached.plan.slots, is_counted=is_counted, now=now)
    set_state(case, CaseState.RUNNING)
    if not is_counted:
        telling.tell("waiting", case, assigned, now=now, actor=actor)
    return is_counted


def _reopen(case: Case, step: CaseStep, *, actor: Actor, now: datetime) -> bool:
    """Go on with a step that had been put off for a signer added before it."""
    step.state = StepState.ACTIVE
    step.save(update_fields=["state"])
    set_state(case, CaseState.RUNNING)
    waiting = step.assignments.filter(state=AssignmentState.OPEN)
    telling.tell("waiting", case, waiting.values_list("user_id", flat=True), now=now, actor=actor)
    return False


def stop(
    case: Case, step: CaseStep, *, now: datetime, vacant: Sequence[int] = (), reason: str = ""
) -> None:
    """Stop a case where nobody may sign, and tell the administrators. Told once for each stop."""
    is_new = step.state != StepState.STUCK
    step.state = StepState.STUCK
    step.save()
    set_state(case, CaseState.STUCK)
    if is_new:
        data = {"vacant": list(vacant), "reason": reason}
        write(case, Act.STUCK, actor=SYSTEM, now=now, step=step, data=data)
        people = {*telling.administrators(now=now), *case.author_ids}
        telling.tell("stuck", case, people, now=now)


def _assign(
    case: Case,
    step: CaseStep,
    slots: Sequence[paths.Slot],
    *,
    is_counted: bool,
    now: datetime,
) -> list[int]:
    """Give the people of a step their places; return who has to sign."""
    told = []
    for slot in slots:
        if is_counted and not slot.is_signed:
            continue
        assignment = Assignment.objects.create(
            step=step,
            user_id=slot.user_id,
            parties=sorted(slot.parties),
            origin=Origin.CHAIN,
            state=AssignmentState.SIGNED if slot.is_signed else AssignmentState.OPEN,
            created_at=now,
            closed_at=now if slot.is_signed else None,
        )
        if slot.is_signed:
            signer = Actor(label=assignment.user.label, user_id=slot.user_id)
            write(case, Act.COUNTED, actor=signer, now=now, step=step, assignment=assignment)
        else:
            told.append(slot.user_id)
    return told


def _agree(case: Case, *, actor: Actor, now: datetime) -> None:
    """Tell the kind if the step behind is the last that approves; tasks may follow."""
    kind = registry.find_kind(case.kind)
    if kind is None or kind.on_agreed is None:
        return
    live = [
        (step.state in SIGNED_STEPS, step.read().act == StepAct.APPROVE)
        for step in case.steps.filter(state__in=LIVE_STEPS).order_by("position")
    ]
    if any(approves for is_signed, approves in live if not is_signed):
        return
    behind = [approves for is_signed, approves in live if is_signed]
    if not behind or behind[-1]:
        kind.on_agreed(case, actor, now)


def _finish(case: Case, *, actor: Actor, now: datetime) -> None:
    set_state(case, CaseState.APPROVED, now=now)
    outside.publish("approved", case, now=now)
    kind = registry.find_kind(case.kind)
    if kind is not None and kind.on_approved is not None:
        kind.on_approved(case, actor, now)
    audit.record(
        actor=actor,
        event="approvals.case.finished",
        subject=case,
        project_id=case.project_id,
        now=now,
        data={"number": case.number, "title": case.title},
    )
    telling.tell("approved", case, case.author_ids, now=now, actor=actor)


def _group(assignments: Sequence[Assignment], root: Assignment) -> list[Assignment]:
    ids, group = {root.pk}, [root]
    for one in assignments:  # in the order of their ids: whoever stands in comes later
        if one.stands_for_id in ids:
            ids.add(one.pk)
            group.append(one)
    return group


def _close(assignments: Iterable[Assignment], *, now: datetime) -> None:
    for one in assignments:
        if one.state == AssignmentState.OPEN:
            one.state, one.closed_at = AssignmentState.CLOSED, now
            one.save(update_fields=["state", "closed_at"])
