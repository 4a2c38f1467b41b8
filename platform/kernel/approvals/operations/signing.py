"""Sign a step: approve, do, reject, return; many at once. Two clicks at once count once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kernel.access.actors import Actor
from kernel.approvals import outside, registry, telling
from kernel.approvals.models import Act, AssignmentState, Case, CaseState, CaseStep, StepState
from kernel.approvals.operations import checks
from kernel.approvals.operations.advancing import (
    advance,
    clear_path,
    lay,
    set_state,
    settle,
    write,
)
from kernel.approvals.operations.errors import (
    ActNotAllowed,
    KindMixed,
    StepUnknown,
    TooMany,
)
from kernel.approvals.queries import running as queries
from kernel.approvals.rules.definitions import StepAct
from kernel.errors import DomainError
from kernel.text import _

MOST_AT_ONCE = 100


@transaction.atomic
def approve(
    *,
    actor: Actor,
    case_id: int,
    step_id: int,
    text: str = "",
    attachments: Sequence[int] = (),
    for_user_id: int | None = None,
    now: datetime,
) -> Case:
    """Sign the step that the actor was shown, for himself or for whom he is deputy.

    Safe to ask twice: a step that he has signed stays signed once. With the last signature the
    case is approved and its effect takes place; what the effect refuses refuses the signature.

    :param for_user_id: the principal, where the actor has a place of his own as well.
    :raises NotFound: if he may not know of the case.
    :raises StepMoved: if the step is not the one being signed.
    :raises OwnPaper: if it is his own paper, or that of whom he would sign for.
    :raises NotYourTurn: if nothing waits for him at this step.
    :raises SignedAlready: if he would sign the same step a second time, for somebody else.
    :raises duties.DutiesMeet: if the company keeps it apart from what he did before.
    :raises TextMissing: if the step asks for an opinion and there is none.
    :raises AttachmentMissing: if the step asks for a file and there is none.
    """
    case, step = checks.lock_step(actor=actor, case_id=case_id, step_id=step_id, now=now)
    if checks.has_signed(actor, step, for_user_id=for_user_id):
        return case
    checks.require_under_way(case, step, actor=actor, now=now)
    seat = checks.take_seat(case, step, actor=actor, for_user_id=for_user_id, now=now)
    opinion = checks.short_text(text)
    files = checks.require_files(case, step, opinion, attachments)
    seat.assignment.state, seat.assignment.closed_at = AssignmentState.SIGNED, now
    seat.assignment.save(update_fields=["state", "closed_at"])
    write(
        case,
        Act.DONE if step.read().act == StepAct.TASK else Act.APPROVED,
        actor=actor,
        now=now,
        step=step,
        assignment=seat.assignment,
        for_user=seat.principal,
        delegation_id=seat.delegation_id,
        text=opinion,
        attachments=files,
    )
    settle(case, step, actor=actor, now=now)
    return case


@transaction.atomic
def reject(
    *,
    actor: Actor,
    case_id: int,
    step_id: int,
    text: str,
    for_user_id: int | None = None,
    now: datetime,
) -> Case:
    """Give the paper back to its applicant, with the reason; he may submit it again.

    :raises TextMissing: without a reason.
    :raises NotFound: and the others of :func:`approve`.
    """
    case, step = checks.lock_step(actor=actor, case_id=case_id, step_id=step_id, now=now)
    checks.require_under_way(case, step, actor=actor, now=now)
    reason = checks.require_text(text, _("Give the reason."))
    seat = checks.take_seat(case, step, actor=actor, for_user_id=for_user_id, now=now)
    write(
        case,
        Act.REJECTED,
        actor=actor,
        now=now,
        step=step,
        assignment=seat.assignment,
        for_user=seat.principal,
        delegation_id=seat.delegation_id,
        text=reason,
    )
    clear_path(case, now=now)
    set_state(case, CaseState.REJECTED)
    outside.publish("rejected", case, now=now)
    kind = registry.find_kind(case.kind)
    if kind is not None and kind.on_rejected is not None:
        kind.on_rejected(case, actor, now)
    telling.tell("rejected", case, case.author_ids, now=now, actor=actor, text=reason)
    return case


@transaction.atomic
def return_to(
    *,
    actor: Actor,
    case_id: int,
    step_id: int,
    to_step_id: int,
    text: str,
    for_user_id: int | None = None,
    now: datetime,
) -> Case:
    """Send the case back to a step signed before; it and all after it are signed anew.

    :raises ActNotAllowed: if the step does not allow it.
    :raises StepUnknown: if ``to_step_id`` is no step signed before.
    :raises TextMissing: without a reason.
    :raises NotFound: and the others of :func:`approve`.
    """
    case, step = checks.lock_step(actor=actor, case_id=case_id, step_id=step_id, now=now)
    checks.require_under_way(case, step, actor=actor, now=now)
    if not step.read().may_return:
        raise ActNotAllowed(_("The chain does not let this step send a case back."))
    reason = checks.require_text(text, _("Give the reason."))
    target = case.steps.filter(
        pk=to_step_id,
        position__lt=step.position,
        state__in=[StepState.DONE, StepState.COUNTED],
    ).first()
    if target is None:
        raise StepUnknown(_("It can only go back to a step that was signed before."))
    seat = checks.take_seat(case, step, actor=actor, for_user_id=for_user_id, now=now)
    write(
        case,
        Act.RETURNED,
        actor=actor,
        now=now,
        step=step,
        assignment=seat.assignment,
        for_user=seat.principal,
        delegation_id=seat.delegation_id,
        text=reason,
        data={"to": target.position, "key": target.key},
    )
    _go_back(case, target, now=now)
    advance(case, actor=actor, now=now)
    return case


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of one of many; ``error`` is the refusal, for the security log to hear of."""

    case_id: int
    step_id: int
    number: str
    title: str
    error: DomainError | None

    @property
    def is_signed(self) -> bool:
        return self.error is None

    @property
    def code(self) -> str:
        return self.error.code if self.error is not None else ""

    @property
    def message(self) -> str:
        return str(self.error) if self.error is not None else ""


def approve_many(
    *,
    actor: Actor,
    steps: Sequence[tuple[int, int]],
    text: str = "",
    now: datetime,
) -> list[BulkResult]:
    """Sign several cases of one kind, each in a transaction of its own; tell what became of each.

    :param steps: case and step of each, as shown to the actor.
    :raises KindMixed: if they are of several kinds; nothing is signed then.
    :raises TooMany: if they are more than 100.
    """
    wanted = list(dict.fromkeys(steps))
    if len(wanted) > MOST_AT_ONCE:
        raise TooMany(_("At most %(count)d at once.") % {"count": MOST_AT_ONCE})
    seen = queries.cases(actor=actor, now=now).filter(pk__in=[one for one, _two in wanted])
    known = {case.pk: case for case in seen}
    if len({case.kind for case in known.values()}) > 1:
        raise KindMixed(_("Only papers of the same kind are approved together."))
    return [_approve_one(actor, known.get(one), one, two, text, now) for one, two in wanted]


def _approve_one(
    actor: Actor, case: Case | None, case_id: int, step_id: int, text: str, now: datetime
) -> BulkResult:
    refusal = None
    try:
        approve(actor=actor, case_id=case_id, step_id=step_id, text=text, now=now)
    except DomainError as error:
        refusal = error
    number, title = (case.number, case.title) if case is not None else ("", "")
    return BulkResult(case_id, step_id, number, title, refusal)


def _go_back(case: Case, target: CaseStep, *, now: datetime) -> None:
    again = [
        (step.position, step.key, step.spec)
        for step in case.steps.filter(
            position__gte=target.position,
            state__in=[
                StepState.WAITING,
                StepState.ACTIVE,
                StepState.DONE,
                StepState.COUNTED,
            ],
        ).order_by("position")
    ]
    clear_path(case, from_position=target.position, now=now)
    case.lap += 1
    case.save(update_fields=["lap"])
    lay(case, again)
