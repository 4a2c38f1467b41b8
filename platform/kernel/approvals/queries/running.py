"""Reads of cases: what waits for somebody, one case, its path past and to come."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, Model, OuterRef, Prefetch, Q, QuerySet

from kernel.access import Action, Actor
from kernel.approvals import registry
from kernel.approvals.models import (
    LIVE_STEPS,
    OPEN_STATES,
    SIGNING,
    WITH_APPLICANT,
    Act,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    CaseStep,
    Delegation,
    Signature,
    StepState,
)
from kernel.approvals.queries.people import Situation, business_posts
from kernel.approvals.queries.simulation import PathStep, walk
from kernel.approvals.rules.counting import Signed
from kernel.approvals.rules.definitions import Duty, Step
from kernel.approvals.rules.delegations import Mandate
from kernel.audit import queries as audit
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.tenancy import company_day


def waiting_for(*, actor: Actor, now: datetime) -> QuerySet[Assignment]:
    """Return what waits for the actor's signature: his own places and those he is deputy for.

    The longest waiting first; with case, step and person. Not his own papers, not steps that he
    has signed for himself.
    """
    if actor.user_id is None:
        return Assignment.objects.none()
    mine = Q(user_id=actor.user_id)
    for delegation in delegations_of_deputy(user_id=actor.user_id, today=company_day(now)):
        covered = Q(user_id=delegation.principal_id)
        if delegation.kinds:
            covered &= Q(step__case__kind__in=delegation.kinds)
        if delegation.project_ids:
            covered &= Q(step__case__project_id__in=delegation.project_ids)
        mine |= covered
    signed = Signature.objects.filter(
        step_id=OuterRef("step_id"), user_id=actor.user_id, act__in=SIGNING
    )
    return (
        Assignment.objects.filter(
            mine,
            state=AssignmentState.OPEN,
            step__state=StepState.ACTIVE,
            step__case__state=CaseState.RUNNING,
        )
        .exclude(step__case__author_ids__contains=[actor.user_id])
        .exclude(Exists(signed))
        .select_related("user", "step__case__version__chain", "step__case__applicant")
        .order_by("step__arrived_at", "pk")
    )


def waiting_count(*, actor: Actor, project_id: int | None = None, now: datetime) -> int:
    """Return for how many steps the actor's signature is awaited, in one project or everywhere."""
    found = waiting_for(actor=actor, now=now)
    if project_id is not None:
        found = found.filter(step__case__project_id=project_id)
    return found.order_by().values("step_id").distinct().count()


def cases_to_take_further(*, actor: Actor) -> QuerySet[Case]:
    """Return the cases that wait for the actor, and not for his signature; the oldest first.

    His own papers that were rejected or whose verbal consent lacks the paper, and, for who
    designs chains, cases of others that have stopped. Each carries ``paper_due_at``.
    """
    own = Q(author_ids__contains=[actor.user_id or 0], state__in=WITH_APPLICANT)
    if actor.may_everywhere(Action.APPROVAL_CONFIGURE):
        stopped = Q(state=CaseState.STUCK) & ~Q(author_ids__contains=[actor.user_id or 0])
        own |= stopped
    return Case.objects.filter(own).annotate(paper_due_at=F("consent__due_at")).order_by("pk")


def delegations_of_deputy(*, user_id: int, today: date) -> QuerySet[Delegation]:
    """Return for whom a person may sign today, in the order recorded.

    For nobody, once he holds no post any more or only administers the company: administrators
    take no part in business approvals, and neither does who has no post.
    """
    return Delegation.objects.filter(
        Exists(business_posts(user=OuterRef("deputy_id"), day=today)),
        deputy_id=user_id,
        valid_from__lte=today,
        valid_to__gt=today,
        principal__is_active=True,
    ).order_by("pk")


def delegation_for(
    *, deputy_id: int, principal_id: int, case: Case, today: date
) -> Delegation | None:
    """Return the delegation by which one person may sign a case for another today."""
    for delegation in delegations_of_deputy(user_id=deputy_id, today=today):
        if delegation.principal_id == principal_id and mandate_of(delegation).covers(
            kind=case.kind, project_id=case.project_id, today=today
        ):
            return delegation
    return None


def mandate_of(delegation: Delegation) -> Mandate:
    """Return a delegation as a plain value."""
    return Mandate(
        principal_id=delegation.principal_id,
        deputy_id=delegation.deputy_id,
        valid_from=delegation.valid_from,
        valid_to=delegation.valid_to,
        kinds=frozenset(delegation.kinds),
        project_ids=frozenset(delegation.project_ids),
    )


def delegations(*, actor: Actor) -> QuerySet[Delegation]:
    """Return the delegations from and to the actor; all of them with ``approval.configure``."""
    found = Delegation.objects.select_related("principal", "deputy").order_by("-valid_from", "-pk")
    if actor.may_everywhere(Action.APPROVAL_CONFIGURE):
        return found
    return found.filter(Q(principal_id=actor.user_id) | Q(deputy_id=actor.user_id))


def cases(*, actor: Actor, now: datetime) -> QuerySet[Case]:
    """Return the cases that the actor may see, the newest first.

    Those that he wrote, signed or is to sign, for himself or as a deputy, those he is said to have
    consented to by word of mouth, and those of projects in which he holds ``approval.view``.
    """
    found = Case.objects.select_related("version__chain", "applicant").order_by("-pk")
    if actor.may_everywhere(Action.APPROVAL_VIEW):
        return found
    projects = actor.projects(Action.APPROVAL_VIEW)
    seen = Q(project_id__in=sorted(projects)) if isinstance(projects, frozenset) else Q()
    if actor.user_id is None:
        return found.filter(seen)
    mine = Q(Exists(_assigned_to(actor.user_id)))
    for delegation in delegations_of_deputy(user_id=actor.user_id, today=company_day(now)):
        covered = Q(Exists(_assigned_to(delegation.principal_id)))
        if delegation.kinds:
            covered &= Q(kind__in=delegation.kinds)
        if delegation.project_ids:
            covered &= Q(project_id__in=delegation.project_ids)
        mine |= covered
    acted = Signature.objects.filter(case_id=OuterRef("pk"), user_id=actor.user_id)
    own = Q(author_ids__contains=[actor.user_id]) | Q(consent__consenter_id=actor.user_id)
    return found.filter(seen | mine | own | Q(Exists(acted)))


def _assigned_to(user_id: int) -> QuerySet[Assignment]:
    return Assignment.objects.filter(step__case_id=OuterRef("pk"), user_id=user_id)


def get_case(*, actor: Actor, case_id: int, now: datetime) -> Case:
    """Return a case that the actor may see.

    :raises NotFound: otherwise.
    """
    found = cases(actor=actor, now=now).filter(pk=case_id).first()
    if found is None:
        raise NotFound
    return found


def case_of(*, kind: str, subject: Model) -> Case | None:
    """Return the latest case of a record, ``None`` if there is none. The caller checks access."""
    return (
        Case.objects.filter(
            kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk
        )
        .select_related("version__chain")
        .order_by("-pk")
        .first()
    )


def history_with_cases(records: Mapping[type[Model], Collection[int]]) -> QuerySet[AuditEntry]:
    """Return what was done to records, by model and ids, and in their cases, newest first.

    The caller has checked access to the records. Who may see a record learns from it who signed;
    what was written in the case is for those who may see that.
    """
    about = Q(pk__in=[])
    for model, ids in records.items():
        about |= Q(subject_type=model._meta.label_lower, subject_id__in=ids)
    cases = Case.objects.filter(about).values_list("pk", flat=True)
    return audit.history_of_all({**records, Case: list(cases)})


def open_case_of(*, kind: str, subject: Model) -> Case | None:
    """Return the record's case that is not finished, if there is one."""
    found = case_of(kind=kind, subject=subject)
    return found if found is not None and found.state in OPEN_STATES else None


def signatures_of(case: Case) -> QuerySet[Signature]:
    """Return what was done in a case, in order. The caller has checked access."""
    return case.signatures.select_related("user", "for_user", "step").order_by("pk")


@dataclass(frozen=True, slots=True)
class Path:
    """The path of a case.

    :ivar past: the steps that were reached and still count, with signatures and assignments.
    :ivar to_come: who would sign the rest, as things stand today.
    """

    past: Sequence[CaseStep]
    to_come: Sequence[PathStep]


def path_of(*, case: Case, now: datetime) -> Path:
    """Return the path of a case, past and to come. The caller has checked access."""
    steps = list(live_steps(case))
    reached = [step for step in steps if step.state != StepState.WAITING]
    coming = [step.read() for step in steps if step.state == StepState.WAITING]
    situation = situation_of(case, now=now)
    current = next((step for step in steps if step.state == StepState.ACTIVE), None)
    if current is not None:
        situation = _as_if_signed(situation, current)
    return Path(reached, walk(coming, situation))


def live_steps(case: Case) -> QuerySet[CaseStep]:
    """Return the steps of a case that count, in their order."""
    return (
        case.steps.filter(state__in=LIVE_STEPS)
        .prefetch_related(
            Prefetch(
                "assignments", queryset=Assignment.objects.select_related("user").order_by("pk")
            ),
            Prefetch(
                "signatures",
                queryset=Signature.objects.select_related("user", "for_user").order_by("pk"),
            ),
        )
        .order_by("position")
    )


def open_assignments_of(*, user_id: int) -> QuerySet[Assignment]:
    """Return what waits for a person himself, whoever asks; for those who hand his work over."""
    return (
        Assignment.objects.filter(
            user_id=user_id,
            state=AssignmentState.OPEN,
            step__state=StepState.ACTIVE,
            step__case__state=CaseState.RUNNING,
        )
        .select_related("step__case__version__chain")
        .order_by("pk")
    )


def situation_of(case: Case, *, now: datetime) -> Situation:
    """Return what is known of a case when its next step is reached."""
    signed: dict[int, set[int]] = {}
    played: dict[Duty, set[int]] = {
        duty: set(case.author_ids) for duty in case.version.read().applicant_duties
    }
    rows = Signature.objects.filter(case=case, act__in=SIGNING).select_related("step")
    for row in rows.order_by("pk"):
        if row.step is None:
            continue
        people = {person for person in (row.user_id, row.for_user_id) if person is not None}
        for duty in row.step.read().duties:
            played.setdefault(duty, set()).update(people)
        if (
            row.step.state in LIVE_STEPS
            and row.for_user_id is None
            and row.user_id is not None
            and row.act in {Act.APPROVED, Act.COUNTED}
        ):
            signed.setdefault(row.step.position, set()).add(row.user_id)
    kind = registry.find_kind(case.kind)
    if kind is not None and kind.played is not None:
        for duty, others in kind.played(case).items():
            played.setdefault(duty, set()).update(others)
    finished = case.steps.filter(state__in=[StepState.DONE, StepState.COUNTED])
    previous = finished.order_by("-position").values_list("position", flat=True).first()
    return Situation(
        applicant_id=case.applicant_id,
        author_ids=frozenset(case.author_ids),
        project_id=case.project_id,
        today=company_day(now),
        now=now,
        signed=[Signed(position, frozenset(signed[position])) for position in sorted(signed)],
        played=played,
        previous_position=previous,
    )


def lock_case(case_id: int) -> Case:
    """Return the case, locked until the transaction ends.

    :raises NotFound: if there is none.
    """
    case = (
        Case.objects.select_for_update(of=("self",))
        .select_related("version__chain")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise NotFound
    return case


def due_cases(*, now: datetime) -> Iterable[int]:
    """Return the ids of the cases that the sweep looks at: everything under way."""
    return (
        Case.objects.filter(state__in=[CaseState.RUNNING, CaseState.STUCK])
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _as_if_signed(situation: Situation, step: CaseStep) -> Situation:
    """Return the situation after the step under way, if only one person can sign it."""
    people = {one.user_id for one in step.assignments.all() if one.state == AssignmentState.OPEN}
    sole = frozenset(people) if len(people) == 1 else frozenset[int]()
    read: Step = step.read()
    played = {duty: set(ids) for duty, ids in situation.played.items()}
    for duty in read.duties:
        played.setdefault(duty, set()).update(sole)
    return Situation(
        applicant_id=situation.applicant_id,
        author_ids=situation.author_ids,
        project_id=situation.project_id,
        today=situation.today,
        now=situation.now,
        signed=[*situation.signed, Signed(step.position, sole)],
        played=played,
        previous_position=step.position,
    )
