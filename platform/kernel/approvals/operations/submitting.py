"""Submit a paper, submit it again, withdraw it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from kernel.access.actors import SYSTEM, Actor
from kernel.access.models import User
from kernel.approvals import outside, registry, telling
from kernel.approvals.models import (
    OPEN_STATES,
    Act,
    Assignment,
    AssignmentState,
    Case,
    CaseState,
    ChainVersion,
)
from kernel.approvals.operations.advancing import (
    advance,
    clear_path,
    lay_route,
    set_state,
    write,
)
from kernel.approvals.operations.checks import attachments_of
from kernel.approvals.operations.errors import (
    ActNotAllowed,
    CaseFinished,
    CaseOpen,
    ChainMissing,
    NotAPerson,
    NotYourTurn,
)
from kernel.approvals.queries import running as queries
from kernel.approvals.queries.designs import bound, version_in_use
from kernel.approvals.queries.simulation import complete_facts
from kernel.approvals.rules import paths
from kernel.approvals.rules.facts import as_json, from_json
from kernel.db import refusing
from kernel.tenancy import company_day
from kernel.text import _

Summary = Mapping[str, str]


@transaction.atomic
def submit(
    *,
    actor: Actor,
    kind: str,
    subject: Model,
    project_id: int | None,
    title: str,
    facts: Mapping[str, object],
    summary: Summary,
    chain_key: str | None = None,
    attachments: Sequence[int] = (),
    author_ids: Iterable[int | None] = (),
    is_own: bool = True,
    applicant_id: int | None = None,
    text: str = "",
    now: datetime,
) -> Case:
    """Send a record through the chain of its kind; open a rejected case of it anew.

    The caller has asked whether the actor may submit the record. A rejected case whose authors
    have all left is withdrawn for a new one. The chain in use, the project's own before the
    company's, is kept until the end. Where every step is signed already, or none is left by the
    conditions, the case is approved at once.

    :param chain_key: the chain, if it is not called as the kind.
    :param author_ids: whose paper it is besides the applicant: none of them ever signs it. Who has
        written at a rejected one meanwhile may submit it too.
    :param is_own: whether it is the actor's paper; else it is that of ``applicant_id``, or of
        nobody (``None``: what the system made).
    :raises ChainMissing: if no chain is published for it.
    :raises CaseOpen: if a case of it is under way.
    :raises NotYourTurn: if its rejected case is somebody else's paper.
    :raises FactsInvalid: if a fact is missing or of another type.
    """
    authors = list(author_ids)
    existing = queries.open_case_of(kind=kind, subject=subject)
    if existing is not None and existing.state == CaseState.REJECTED:
        rejected = queries.lock_case(existing.pk)
        if not _is_nobodys(rejected, actor):
            add_authors(rejected, authors)
            _require_author(rejected, actor)
            return resubmit(
                actor=actor,
                case_id=existing.pk,
                title=title,
                facts=facts,
                summary=summary,
                attachments=attachments,
                text=text,
                now=now,
            )
        # The record is in the hands of its module, which is not told.
        _close(rejected, actor=actor, text="", now=now)
    version = require_version(kind=kind, chain_key=chain_key, project_id=project_id)
    case = open_case(
        actor=actor,
        version=version,
        kind=kind,
        subject=subject,
        project_id=project_id,
        title=title,
        author_ids=authors,
        applicant_id=actor.user_id if is_own else applicant_id,
        state=CaseState.RUNNING,
        now=now,
    )
    describe(case, facts=facts, summary=summary, now=now)
    in_name_of = case.applicant if case.applicant_id != actor.user_id else None
    write(
        case,
        Act.SUBMITTED,
        actor=actor,
        now=now,
        for_user=in_name_of,
        text=text.strip(),
        attachments=attachments_of(case, attachments),
    )
    start(case, actor=actor, now=now)
    return case


@transaction.atomic
def resubmit(
    *,
    actor: Actor,
    case_id: int,
    title: str | None = None,
    facts: Mapping[str, object] | None = None,
    summary: Summary | None = None,
    attachments: Sequence[int] = (),
    text: str = "",
    now: datetime,
) -> Case:
    """Submit a rejected paper again: number, history and chain stay, every step is signed anew.

    :param facts: the record's, from its module, which has made it ready; without them the kind
        does so, see :attr:`registry.DocumentKind.renewed`.
    :raises NotFound: if the actor may not know of the case.
    :raises NotYourTurn: if it is not his paper.
    :raises CaseFinished: if it is not rejected.
    :raises ActNotAllowed: if only its module can submit it.
    :raises FactsInvalid: if a fact is missing or of another type.
    """
    case = lock_own(actor=actor, case_id=case_id, now=now)
    if case.state != CaseState.REJECTED:
        raise CaseFinished(_("Only a rejected paper is submitted again."))
    document = registry.kind_of(case.kind)
    if facts is None and not document.is_renewable:
        raise ActNotAllowed(_("Correct the document on its own page and submit it there."))
    if facts is None and document.renewed is not None:
        paper = document.renewed(case, actor, now)
        title, facts, summary = paper.title, paper.facts, paper.summary
    case.title = (title or case.title)[:200]
    case.lap += 1
    describe(case, facts=facts, summary=summary, now=now)
    write(
        case,
        Act.RESUBMITTED,
        actor=actor,
        now=now,
        text=text.strip(),
        attachments=attachments_of(case, attachments),
    )
    set_state(case, CaseState.RUNNING)
    start(case, actor=actor, now=now)
    return case


@transaction.atomic
def withdraw(*, actor: Actor, case_id: int, text: str = "", now: datetime) -> Case:
    """Take a paper back before it is finished. Its record may be submitted anew, as a new case.

    :raises NotFound: if the actor may not know of the case.
    :raises NotYourTurn: if it is not his paper.
    :raises CaseFinished: if it is finished; a verbal consent cannot be withdrawn.
    """
    case = lock_own(actor=actor, case_id=case_id, now=now)
    if case.state not in OPEN_STATES:
        raise CaseFinished(_("This case is finished."))
    if hasattr(case, "consent"):
        raise CaseFinished(
            _("What was consented to verbally has happened: its paper cannot be withdrawn.")
        )
    _end(case, actor=actor, text=text, now=now)
    return case


@transaction.atomic
def withdraw_for(*, actor: Actor, case_id: int, text: str, now: datetime) -> Case:
    """Take a paper back because its record is changed or withdrawn by whoever may do that.

    For services whose own operation has asked; they hold the case's lock already.

    :raises CaseFinished: if it is finished.
    """
    case = queries.lock_case(case_id)
    if case.state not in OPEN_STATES:
        raise CaseFinished(_("This case is finished."))
    _end(case, actor=actor, text=text, now=now)
    return case


def add_authors(case: Case, author_ids: Iterable[int | None]) -> None:
    """Let the paper of a locked case be that of these people as well."""
    added = {person for person in author_ids if person is not None}
    case.author_ids = sorted({*case.author_ids} | added)
    case.save(update_fields=["author_ids"])


def _is_nobodys(case: Case, actor: Actor) -> bool:
    """Tell whether everybody whose paper it is has left, so that nobody can submit it again."""
    if actor.is_system or actor.user_id in case.author_ids:
        return False
    return not User.objects.filter(pk__in=case.author_ids, is_active=True).exists()


def _end(case: Case, *, actor: Actor, text: str, now: datetime) -> None:
    waiting = _close(case, actor=actor, text=text, now=now)
    kind = registry.find_kind(case.kind)
    if kind is not None and kind.on_withdrawn is not None:
        kind.on_withdrawn(case, actor, now)
    telling.tell("withdrawn", case, waiting, now=now, actor=actor)


def _close(case: Case, *, actor: Actor, text: str, now: datetime) -> list[int]:
    """Withdraw a locked case; return whose signature was awaited."""
    waiting = list(
        Assignment.objects.filter(step__case=case, state=AssignmentState.OPEN).values_list(
            "user_id", flat=True
        )
    )
    clear_path(case, now=now)
    set_state(case, CaseState.WITHDRAWN, now=now)
    outside.publish("withdrawn", case, now=now)
    write(case, Act.WITHDRAWN, actor=actor, now=now, text=text.strip())
    return waiting


def require_version(*, kind: str, chain_key: str | None, project_id: int | None) -> ChainVersion:
    """Return the version in use for a document.

    :raises ChainMissing: if there is none.
    """
    version = version_in_use(key=chain_key or kind, project_id=project_id)
    if version is None or version.chain.kind != kind:
        raise ChainMissing(
            _("No approval chain is in use for “%(kind)s”. A company administrator sets it up.")
            % {"kind": registry.kind_of(kind).name},
            details={"kind": kind},
        )
    return version


def open_case(
    *,
    actor: Actor,
    version: ChainVersion,
    kind: str,
    subject: Model,
    project_id: int | None,
    title: str,
    author_ids: Iterable[int | None],
    applicant_id: int | None,
    state: CaseState,
    now: datetime,
) -> Case:
    """Make a case for a record that has no open one.

    :raises CaseOpen: otherwise.
    """
    applicant = User.objects.filter(pk=applicant_id or 0).first()
    authors = {person for person in author_ids if person is not None}
    if applicant is not None:
        authors.add(applicant.pk)
    existing = queries.open_case_of(kind=kind, subject=subject)
    refusal = CaseOpen(
        _("This is in approval already."),
        details={"case_id": existing.pk if existing else None},
    )
    with refusing(case_one_open=refusal):
        return Case.objects.create(
            kind=kind,
            version=version,
            project_id=project_id,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            title=title[:200],
            applicant=applicant,
            applicant_label=(applicant or SYSTEM).label[:140],
            author_ids=sorted(authors),
            state=state,
            created_at=now,
        )


def lock_own(*, actor: Actor, case_id: int, now: datetime) -> Case:
    """Return a case of the actor's own papers, locked. The system may touch any.

    :raises NotFound: if he may not know of it.
    :raises NotYourTurn: if it is not his.
    """
    case = queries.lock_case(case_id)
    if actor.is_system:
        return case
    if actor.user_id is None:
        raise NotAPerson(_("Only a person may do this."))
    if actor.user_id not in case.author_ids:
        queries.get_case(actor=actor, case_id=case_id, now=now)
    _require_author(case, actor)
    return case


def _require_author(case: Case, actor: Actor) -> None:
    if not actor.is_system and actor.user_id not in case.author_ids:
        raise NotYourTurn(_("Only the applicant may do this."))


def describe(
    case: Case,
    *,
    facts: Mapping[str, object] | None,
    summary: Summary | None,
    now: datetime | None,
) -> None:
    """Write down what is submitted, and when; ``now`` is ``None`` while the paper is to follow.

    :raises FactsInvalid: if a fact is missing or of another type.
    """
    kind = registry.kind_of(case.kind)
    if facts is not None:
        case.facts = as_json(
            complete_facts(
                kind,
                facts,
                applicant_id=case.applicant_id,
                project_id=case.project_id,
                today=company_day(now or case.created_at),
            )
        )
    if summary is not None:
        case.summary = [[str(label), str(value)] for label, value in summary.items()]
    case.submitted_at = now
    case.save(update_fields=["title", "lap", "facts", "summary", "submitted_at"])


def start(case: Case, *, actor: Actor, now: datetime) -> None:
    """Lay the case's path and open its first step."""
    outside.publish("submitted", case, now=now)
    kind = registry.kind_of(case.kind)
    definition = bound(case.version.read(), case.project_id)
    facts = kind.all_facts()
    lay_route(case, paths.route(definition, facts, from_json(facts, case.facts)))
    advance(case, actor=actor, now=now)
