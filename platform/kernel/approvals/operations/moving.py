"""Bring others in: add a signer, hand over, name a signer where a case stopped; urge."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from kernel import access, policies
from kernel.access import Action
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.approvals import settings, telling
from kernel.approvals.models import (
    WITH_APPLICANT,
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
    lay,
    make_room,
    set_state,
    write,
)
from kernel.approvals.operations.errors import (
    ActNotAllowed,
    CaseFinished,
    NotYourTurn,
    StepMoved,
    UrgedRecently,
)
from kernel.approvals.operations.submitting import add_authors, lock_own, withdraw_for
from kernel.approvals.queries import running as queries
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Step,
    step_as_json,
)
from kernel.errors import NotFound
from kernel.text import _


class Where(StrEnum):
    """Where an added signer signs: before the actor, after him, or at the same step."""

    BEFORE = "before"
    AFTER = "after"
    BESIDE = "beside"


@transaction.atomic
def add_signer(
    *,
    actor: Actor,
    case_id: int,
    step_id: int,
    user_id: int,
    where: Where,
    text: str,
    for_user_id: int | None = None,
    now: datetime,
) -> Case:
    """Ask for one more signature: the case does not go on without it.

    Before: the step under way waits until the other has signed. After: he signs next. Beside: he
    signs at this step, whatever its mode.

    :raises ActNotAllowed: if the step does not allow it.
    :raises SignerUnfit: if the person may not sign this.
    :raises TextMissing: without a reason.
    :raises NotFound: and the others of :func:`signing.approve`.
    """
    case, step = checks.lock_step(actor=actor, case_id=case_id, step_id=step_id, now=now)
    checks.require_under_way(case, step, actor=actor, now=now)
    if not step.read().may_add_signer:
        raise ActNotAllowed(_("The chain does not let this step add a signer."))
    reason = checks.require_text(text, _("Say why this signature is needed."))
    seat = checks.take_seat(case, step, actor=actor, for_user_id=for_user_id, now=now)
    user = checks.require_fit(case, step, user_id, now=now)
    write(
        case,
        Act.ADDED,
        actor=actor,
        now=now,
        step=step,
        for_user=seat.principal,
        delegation_id=seat.delegation_id,
        text=reason,
        data={"user_id": user.pk, "to": user.label, "where": where.value},
    )
    if where == Where.BESIDE:
        Assignment.objects.create(
            step=step, user=user, origin=Origin.ADDED, is_extra=True, created_at=now
        )
        telling.tell("waiting", case, [user.pk], now=now, actor=actor)
        return case
    position = step.position if where == Where.BEFORE else step.position + 1
    make_room(case, position)
    lay(case, [(position, "", step_as_json(_added_step(step, user)))])
    if where == Where.BEFORE:
        step.refresh_from_db()
        step.state = StepState.WAITING
        step.save(update_fields=["state"])
        advance(case, actor=actor, now=now)
    return case


@transaction.atomic
def hand_over(
    *,
    actor: Actor,
    case_id: int,
    step_id: int,
    user_id: int,
    text: str,
    for_user_id: int | None = None,
    now: datetime,
) -> Case:
    """Give one's place at a step to somebody else.

    :raises ActNotAllowed: if the step does not allow it.
    :raises SignerUnfit: if the person may not sign this.
    :raises TextMissing: without a reason.
    :raises NotFound: and the others of :func:`signing.approve`.
    """
    case, step = checks.lock_step(actor=actor, case_id=case_id, step_id=step_id, now=now)
    checks.require_under_way(case, step, actor=actor, now=now)
    if not step.read().may_hand_over:
        raise ActNotAllowed(_("The chain does not let this step be handed over."))
    reason = checks.require_text(text, _("Say why you hand it over."))
    seat = checks.take_seat(case, step, actor=actor, for_user_id=for_user_id, now=now)
    user = checks.require_fit(case, step, user_id, now=now)
    _replace(seat.assignment, user, Origin.HANDED_OVER, now=now)
    write(
        case,
        Act.HANDED_OVER,
        actor=actor,
        now=now,
        step=step,
        for_user=seat.principal,
        delegation_id=seat.delegation_id,
        text=reason,
        data={"user_id": user.pk, "to": user.label},
    )
    telling.tell("waiting", case, [user.pk], now=now, actor=actor)
    return case


@transaction.atomic
def replace_signer(
    *,
    actor: Actor,
    case_id: int,
    step_id: int,
    from_user_id: int,
    user_id: int,
    text: str,
    now: datetime,
) -> Case:
    """Give somebody's place at a step to another, as administrator: he left, or is unreachable.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises StepMoved: if the step is not the one being signed.
    :raises NotYourTurn: if nothing waits for the first person there.
    :raises SignerUnfit: if the other may not sign this, or is the administrator himself.
    :raises TextMissing: without a reason.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    case, step = checks.lock_step(actor=actor, case_id=case_id, step_id=step_id, now=now)
    checks.require_under_way(case, step, actor=actor, now=now)
    reason = checks.require_text(text, _("Give the reason."))
    assignment = step.assignments.filter(user_id=from_user_id, state=AssignmentState.OPEN).first()
    if assignment is None:
        raise NotYourTurn(_("The step does not wait for this person."))
    user = _named_by_another(actor, case, step, user_id, now=now)
    _replace(assignment, user, Origin.NAMED, now=now)
    write(
        case,
        Act.REPLACED,
        actor=actor,
        now=now,
        step=step,
        text=reason,
        data={"user_id": user.pk, "from": assignment.user.label, "to": user.label},
    )
    telling.tell("waiting", case, [user.pk], now=now, actor=actor)
    return case


@transaction.atomic
def name_signer(
    *, actor: Actor, case_id: int, step_id: int, user_id: int, text: str, now: datetime
) -> Case:
    """Let a case that stopped go on: name, as administrator, who signs the step that nobody may.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises StepMoved: if the case has not stopped at this step.
    :raises SignerUnfit: if the person may not sign this, or is the administrator himself.
    :raises TextMissing: without a reason.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    case, step = checks.lock_step(actor=actor, case_id=case_id, step_id=step_id, now=now)
    if step.state != StepState.STUCK:
        raise StepMoved(_("The case has not stopped at this step."))
    reason = checks.require_text(text, _("Give the reason."))
    user = _named_by_another(actor, case, step, user_id, now=now)
    write(
        case,
        Act.REPLACED,
        actor=actor,
        now=now,
        step=step,
        text=reason,
        data={"user_id": user.pk, "to": user.label},
    )
    read: Step = step.read()
    # His signature is enough, in place of everybody whom the step means; nobody else's is.
    Assignment.objects.create(
        step=step,
        user=user,
        parties=list(range(len(read.assignees))),
        origin=Origin.NAMED,
        created_at=now,
    )
    step.assignments.filter(is_extra=True, state=AssignmentState.CLOSED).update(is_extra=False)
    step.state = StepState.ACTIVE
    step.remind_at, step.due_at = deadlines(read.limit, now)
    step.reminded_at = step.escalated_at = None
    step.save()
    set_state(case, CaseState.RUNNING)
    telling.tell("waiting", case, [user.pk], now=now, actor=actor)
    return case


@transaction.atomic
def urge(*, actor: Actor, case_id: int, text: str = "", now: datetime) -> Case:
    """Ask those whose signature is awaited to hurry; not more often than the company lets.

    :raises NotFound: if the actor may not know of the case.
    :raises NotYourTurn: if it is not his paper.
    :raises StepMoved: if nobody's signature is awaited.
    :raises UrgedRecently: if it was urged within ``approval.urge_hours``.
    """
    case = lock_own(actor=actor, case_id=case_id, now=now)
    step = case.steps.filter(state=StepState.ACTIVE).first()
    if case.state != CaseState.RUNNING or step is None:
        raise StepMoved(_("Nobody's signature is awaited."))
    hours = policies.get(settings.URGE_HOURS, int, project_id=case.project_id)
    if step.urged_at is not None:
        next_at = step.urged_at + timedelta(hours=hours)
        if now < next_at:
            raise UrgedRecently(
                _("It was urged less than %(hours)d hours ago.") % {"hours": hours},
                details={"next_at": next_at.isoformat()},
            )
    step.urged_at = now
    step.save(update_fields=["urged_at"])
    words = checks.short_text(text)
    write(case, Act.URGED, actor=actor, now=now, step=step, text=words)
    waiting = step.assignments.filter(state=AssignmentState.OPEN)
    telling.tell(
        "urged", case, waiting.values_list("user_id", flat=True), now=now, actor=actor, text=words
    )
    return case


@transaction.atomic
def hand_over_paper(
    *, actor: Actor, case_id: int, user_id: int, text: str = "", now: datetime
) -> Case:
    """Let somebody else take a paper further that is with its applicant: he leaves.

    It is then the other's paper too: he submits it again, completes or withdraws it, and never
    signs it.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such case or active person.
    :raises CaseFinished: if the paper is not with its applicant.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    case = queries.lock_case(case_id)
    if case.state not in WITH_APPLICANT:
        raise CaseFinished(_("This paper is not with its applicant."))
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound
    add_authors(case, [user.pk])
    write(
        case,
        Act.HANDED_OVER,
        actor=actor,
        now=now,
        text=checks.short_text(text),
        data={"user_id": user.pk, "to": user.label},
    )
    telling.tell("rejected", case, [user.pk], now=now, actor=actor, text=text)
    return case


@transaction.atomic
def withdraw_paper(*, actor: Actor, case_id: int, text: str = "", now: datetime) -> Case:
    """Take back a rejected paper whose applicant leaves and that nobody goes on with.

    :raises access.ActionDenied: without ``approval.configure``.
    :raises NotFound: if there is no such case.
    :raises CaseFinished: if it is not a rejected one.
    """
    access.require_everywhere(actor, Action.APPROVAL_CONFIGURE)
    if queries.lock_case(case_id).state != CaseState.REJECTED:
        raise CaseFinished(_("This paper is not with its applicant."))
    return withdraw_for(actor=actor, case_id=case_id, text=text, now=now)


def _replace(assignment: Assignment, user: User, origin: Origin, *, now: datetime) -> None:
    assignment.state, assignment.closed_at = AssignmentState.HANDED_OVER, now
    assignment.save(update_fields=["state", "closed_at"])
    Assignment.objects.create(
        step_id=assignment.step_id,
        user=user,
        parties=assignment.parties,
        origin=origin,
        stands_for=assignment,
        is_extra=assignment.is_extra,
        created_at=now,
    )


def _named_by_another(
    actor: Actor, case: Case, step: CaseStep, user_id: int, *, now: datetime
) -> User:
    if user_id == actor.user_id:
        raise checks.unfit("administrator", _("Nobody names himself."))
    return checks.require_fit(case, step, user_id, now=now)


def _added_step(step: CaseStep, user: User) -> Step:
    """Return the step of an added signer: he plays the same duties as the step he is added to."""
    read = step.read()
    return Step(
        key="",
        assignees=(Assignee(kind=AssigneeKind.PERSON, user_id=user.pk),),
        limit=read.limit,
        on_time_out=read.on_time_out,
        duties=read.duties,
    )
