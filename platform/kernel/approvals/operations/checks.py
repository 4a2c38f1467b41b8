"""What an act in a case needs before it counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from kernel.access import queries as access_queries
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.approvals import apart
from kernel.approvals.models import (
    SIGNING,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    CaseStep,
    Delegation,
    Origin,
    StepState,
)
from kernel.approvals.operations.errors import (
    AttachmentMissing,
    AttachmentUnknown,
    NotAPerson,
    NotYourTurn,
    OwnPaper,
    SignedAlready,
    SignerUnfit,
    StepMoved,
    StepStuck,
    StepUnknown,
    TextMissing,
)
from kernel.approvals.queries import running as queries
from kernel.approvals.queries.people import APART_POSTS, people_of, takes_part
from kernel.approvals.rules import counting
from kernel.documents.models import Attachment
from kernel.tenancy import company_day
from kernel.text import _

LONGEST_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Seat:
    """The place from which somebody acts: his own, or his principal's by a delegation."""

    assignment: Assignment
    delegation: Delegation | None

    @property
    def principal(self) -> User | None:
        return self.assignment.user if self.delegation is not None else None

    @property
    def delegation_id(self) -> int | None:
        return self.delegation.pk if self.delegation is not None else None


def require_text(text: str, message: object) -> str:
    """Return the text without blanks around it.

    :raises TextMissing: if nothing is left, or it is longer than 2,000 characters.
    """
    clean = text.strip()
    if not clean:
        raise TextMissing(message, field="text")
    return short_text(clean)


def short_text(text: str) -> str:
    """Return the text without blanks around it.

    :raises TextMissing: if it is longer than 2,000 characters.
    """
    clean = text.strip()
    if len(clean) > LONGEST_TEXT:
        raise TextMissing(
            _("At most %(count)d characters.") % {"count": LONGEST_TEXT}, field="text"
        )
    return clean


def attachments_of(case: Case, ids: Sequence[int]) -> list[int]:
    """Return the ids of files that hang on the case or on its record.

    :raises AttachmentUnknown: if one does not.
    """
    wanted = list(dict.fromkeys(ids))
    if wanted and not set(wanted) <= set(_files_at_hand(case)):
        raise AttachmentUnknown(_("This file is not attached to the paper."), field="attachments")
    return wanted


def lock_step(*, actor: Actor, case_id: int, step_id: int, now: datetime) -> tuple[Case, CaseStep]:
    """Return a case that the actor may know of, locked, and one of its steps.

    :raises NotAPerson: if a program acts for nobody.
    :raises NotFound: if he may not know of the case.
    :raises StepUnknown: if the step is not of this case.
    """
    if actor.user_id is None:
        raise NotAPerson(_("Only a person may do this."))
    case = queries.lock_case(case_id)
    queries.get_case(actor=actor, case_id=case_id, now=now)
    step = case.steps.filter(pk=step_id).first()
    if step is None:
        raise StepUnknown
    return case, step


def has_signed(actor: Actor, step: CaseStep, *, for_user_id: int | None = None) -> bool:
    """Tell whether the actor has put his name to the step already.

    :param for_user_id: whether for this person; without it, or with himself, for whomever.
    """
    signed = step.signatures.filter(user_id=actor.user_id or 0, act__in=SIGNING)
    if for_user_id not in {None, actor.user_id}:
        signed = signed.filter(for_user_id=for_user_id)
    return signed.exists()


def require_under_way(case: Case, step: CaseStep, *, actor: Actor, now: datetime) -> None:
    """Return if the step is being signed.

    :raises duties.DutiesMeet: if nobody may sign it, the actor because of what he did before.
    :raises StepStuck: if nobody may sign it.
    :raises StepMoved: if it is not the step under way.
    """
    if step.state == StepState.STUCK:
        _require_apart(case, step, actor=actor, principal_id=None, now=now)
        raise StepStuck(
            _("Nobody may sign this step. The company administrators have been told."),
            details={"case_id": case.pk},
        )
    if case.state != CaseState.RUNNING or step.state != StepState.ACTIVE:
        raise StepMoved(details={"state": case.state})


def take_seat(
    case: Case, step: CaseStep, *, actor: Actor, for_user_id: int | None, now: datetime
) -> Seat:
    """Return the place from which the actor may sign the step under way.

    His own before a principal's; one person has one place at a step.

    :raises OwnPaper: if it is his own paper, or that of whom he would sign for.
    :raises SignedAlready: if his name is on the step already.
    :raises NotYourTurn: if nothing waits for him here.
    :raises duties.DutiesMeet: if the company keeps it apart from what he did before.
    """
    _refuse_own(case, {actor.user_id})
    if has_signed(actor, step):
        raise SignedAlready(_("You have signed this step already; somebody else must sign too."))
    seat = _seat(case, step, actor=actor, for_user_id=for_user_id, now=now)
    if seat is None:
        # Whoever has no place because of what he did before is told so.
        _require_apart(case, step, actor=actor, principal_id=None, now=now)
        raise NotYourTurn(_("Nothing waits for your signature here."))
    _refuse_own(case, {seat.assignment.user_id})
    _require_still_meant(case, step, seat.assignment, now=now)
    principal_id = seat.principal.pk if seat.principal else None
    _require_apart(case, step, actor=actor, principal_id=principal_id, now=now)
    return seat


def require_fit(case: Case, step: CaseStep, user_id: int, *, now: datetime) -> User:
    """Return the person named as a signer of the step, if he may be.

    :raises SignerUnfit: otherwise; ``details["reason"]``: inactive, own-paper, apart, elsewhere,
        administrator, signed, named.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise unfit("inactive", _("This person has no active account."))
    if user.pk in case.author_ids:
        raise unfit("own-paper", _("It is this person's own paper."))
    posts = access_queries.posts_of(
        user_id=user.pk, project_id=case.project_id, today=company_day(now)
    )
    if not posts:
        raise unfit("elsewhere", _("This person holds no post here."))
    if posts <= APART_POSTS:
        raise unfit(
            "administrator",
            _("The company administrator takes no part in business approvals."),
        )
    if step.signatures.filter(user_id=user.pk, act__in=SIGNING).exists():
        raise unfit("signed", _("This person has signed the step already."))
    if step.assignments.filter(user_id=user.pk, state=AssignmentState.OPEN).exists():
        raise unfit("named", _("The step waits for this person already."))
    barred = counting.barred(step.read(), queries.situation_of(case, now=now).played)
    rule = barred.get(user.pk)
    if rule is not None and not apart.is_exempt(
        rule, user_id=user.pk, project_id=case.project_id, now=now
    ):
        raise unfit("apart", _("%(rule)s keeps this person apart from the step.") % {"rule": rule})
    return user


def require_files(case: Case, step: CaseStep, text: str, attachments: Sequence[int]) -> list[int]:
    """Return the files on which a signature rests, if opinion and file are there as asked.

    Those that the signer names; where the step asks for a file and he names none, all that hang
    on the case and on its record.

    :raises TextMissing: if the opinion is missing.
    :raises AttachmentMissing: if there is no file.
    :raises AttachmentUnknown: if he names one that hangs on neither.
    """
    named = attachments_of(case, attachments)
    read = step.read()
    if read.opinion_required and not text:
        raise TextMissing(_("This step asks for your opinion in words."), field="text")
    if not read.attachment_required or named:
        return named
    files = _files_at_hand(case)
    if not files:
        raise AttachmentMissing(
            _("This step asks for a file. Add it to the case first."), field="attachments"
        )
    return files


def _files_at_hand(case: Case) -> list[int]:
    own = Q(subject_type=case._meta.label_lower, subject_id=case.pk)
    record = Q(subject_type=case.subject_type, subject_id=case.subject_id)
    found = Attachment.objects.filter(own | record, withdrawn_at__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def _seat(
    case: Case, step: CaseStep, *, actor: Actor, for_user_id: int | None, now: datetime
) -> Seat | None:
    waiting = list(
        step.assignments.filter(state=AssignmentState.OPEN).select_related("user").order_by("pk")
    )
    for assignment in waiting:
        if assignment.user_id == actor.user_id and for_user_id in {None, actor.user_id}:
            return Seat(assignment, None)
    for assignment in waiting:
        if for_user_id not in {None, assignment.user_id} or actor.user_id is None:
            continue
        delegation = queries.delegation_for(
            deputy_id=actor.user_id,
            principal_id=assignment.user_id,
            case=case,
            today=company_day(now),
        )
        if delegation is not None:
            return Seat(assignment, delegation)
    return None


def _require_apart(
    case: Case, step: CaseStep, *, actor: Actor, principal_id: int | None, now: datetime
) -> None:
    apart.require(
        step.read(),
        actor=actor,
        principal_id=principal_id,
        played=queries.situation_of(case, now=now).played,
        case=case,
        now=now,
    )


def _require_still_meant(
    case: Case, step: CaseStep, assignment: Assignment, *, now: datetime
) -> None:
    """Refuse who lost, since the step was reached, the post by which it waits for him."""
    if assignment.origin != Origin.CHAIN:
        if not takes_part(
            user_id=assignment.user_id, project_id=case.project_id, today=company_day(now)
        ):
            raise NotYourTurn(_("Whom this was given to holds no post here any more."))
        return
    read, situation = step.read(), queries.situation_of(case, now=now)
    meant: Iterable[int] = (
        person
        for number, assignee in enumerate(read.assignees)
        if number in assignment.parties
        for person in people_of(assignee, situation)
    )
    if assignment.user_id not in set(meant):
        raise NotYourTurn(_("The post by which this waited has changed hands."))


def _refuse_own(case: Case, people: set[int | None]) -> None:
    if people & set(case.author_ids):
        raise OwnPaper(_("Nobody signs his own paper, by whatever post or delegation."))


def unfit(reason: str, message: object) -> SignerUnfit:
    return SignerUnfit(message, field="user_id", details={"reason": reason})
