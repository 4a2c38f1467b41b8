"""Consent by word of mouth first, the paper after it (PR-07, PR-08; S-35)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model

from kernel import policies
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.approvals import registry, telling
from kernel.approvals.models import Act, Case, CaseState, ChainVersion, VerbalConsent
from kernel.approvals.operations import checks
from kernel.approvals.operations.advancing import set_state, write
from kernel.approvals.operations.errors import (
    ActNotAllowed,
    BackfillOverdue,
    CaseFinished,
    ConsentInvalid,
    ConsentMissing,
    NotAPerson,
    NotApproved,
)
from kernel.approvals.operations.submitting import (
    Summary,
    describe,
    lock_own,
    open_case,
    require_version,
    start,
)
from kernel.approvals.queries import running as queries
from kernel.approvals.queries.people import Situation, approvers_of
from kernel.calendar.queries import calendar
from kernel.tenancy import company_day
from kernel.text import _

_LATEST_LOG = timedelta(days=1)


@transaction.atomic
def consent_verbally(
    *,
    actor: Actor,
    kind: str,
    subject: Model,
    project_id: int | None,
    title: str,
    consenter_id: int,
    consented_at: datetime,
    means: str,
    text: str,
    chain_key: str | None = None,
    facts: Mapping[str, object] | None = None,
    summary: Summary | None = None,
    now: datetime,
) -> Case:
    """Log that a leader consented by word of mouth, before there is a paper.

    The case has its number from now on; its paper must be approved by the end of the last of the
    working days that the chain's setting names. The leader is told, and can object.

    :param means: how: by telephone, in person.
    :param text: what was asked for and what he said.
    :raises ConsentInvalid: if the chain knows no verbal consent, the time lies in the future or
        more than a day back, or the person is no approver of this chain.
    :raises TextMissing: without text or means.
    :raises ChainMissing: if no chain is published for it.
    :raises CaseOpen: if a case of it is under way.
    """
    if actor.user_id is None:
        raise NotAPerson(_("Only a person may do this."))
    version = require_version(kind=kind, chain_key=chain_key, project_id=project_id)
    setting = version.read().verbal_days_setting
    if not setting:
        raise ConsentInvalid(_("This chain knows no verbal consent."))
    words = checks.require_text(text, _("Write down what was consented to."))
    how = checks.require_text(means, _("Say how the consent was given."))
    if not now - _LATEST_LOG <= consented_at <= now:
        raise ConsentInvalid(_("A verbal consent is logged within a day."), field="consented_at")
    consenter = _consenter(version, consenter_id, actor=actor, project_id=project_id, now=now)
    case = open_case(
        actor=actor,
        version=version,
        kind=kind,
        subject=subject,
        project_id=project_id,
        title=title,
        author_ids=(),
        applicant_id=actor.user_id,
        state=CaseState.CONSENTED,
        now=now,
    )
    describe(case, facts=facts, summary=summary, now=None)
    company = calendar()
    days = policies.get(setting, int, project_id=project_id)
    last_day = company.add_working_days(company_day(consented_at), days)
    VerbalConsent.objects.create(
        case=case,
        consenter=consenter,
        consenter_label=consenter.label[:140],
        consented_at=consented_at,
        means=how[:60],
        text=words,
        logged_by_id=actor.user_id,
        logged_at=now,
        due_at=company.end_of_day(company.start_of(last_day)),
    )
    write(
        case,
        Act.CONSENTED,
        actor=actor,
        now=now,
        for_user=consenter,
        text=words,
        data={"means": how, "consented_at": consented_at.isoformat()},
    )
    telling.tell("consented", case, [consenter.pk], now=now, actor=actor, text=words)
    return case


@transaction.atomic
def complete_consent(
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
    """Submit the paper of a verbal consent. Late it still goes its way, and stays marked as late.

    :param facts: the record's, from its module, which has made it ready; without them the kind
        does so, see :attr:`registry.DocumentKind.renewed`.
    :raises NotFound: if the actor may not know of the case.
    :raises NotYourTurn: if it is not his paper.
    :raises CaseFinished: if the paper is there already.
    :raises ActNotAllowed: if only its module can submit it.
    :raises FactsInvalid: if a fact is missing or of another type.
    """
    case = lock_own(actor=actor, case_id=case_id, now=now)
    if case.state != CaseState.CONSENTED:
        raise CaseFinished(_("The paper of this consent has been submitted already."))
    if facts is None:
        renewed = registry.kind_of(case.kind).renewed
        if renewed is None:
            raise ActNotAllowed(_("Write the document on its own page and submit it there."))
        paper = renewed(case, actor, now)
        title, facts, summary = paper.title, paper.facts, paper.summary
    case.title = (title or case.title)[:200]
    describe(case, facts=facts, summary=summary, now=now)
    write(
        case,
        Act.SUBMITTED,
        actor=actor,
        now=now,
        text=checks.short_text(text),
        attachments=checks.attachments_of(case, attachments),
    )
    set_state(case, CaseState.RUNNING)
    start(case, actor=actor, now=now)
    return case


def require_effective(*, kind: str, subject: Model, now: datetime) -> Case:
    """Return the case that lets ``subject`` go on: approved, or consented to and not overdue.

    For services, before they let something happen that takes an approval. The caller has asked
    whether the actor may do it.

    :raises ConsentMissing: if there is neither case nor consent.
    :raises BackfillOverdue: if the paper of a verbal consent is not approved in time.
    :raises NotApproved: if it is on its way, rejected or withdrawn.
    """
    case = queries.case_of(kind=kind, subject=subject)
    if case is None:
        raise ConsentMissing(_("This takes an approval first."))
    if case.state == CaseState.APPROVED:
        return case
    consent = VerbalConsent.objects.filter(case=case).first()
    if consent is None:
        raise NotApproved(
            _("%(number)s is not approved yet.") % {"number": case.number},
            details={"case_id": case.pk, "state": case.state},
        )
    if now > consent.due_at:
        raise BackfillOverdue(
            _("The paper of the verbal consent %(number)s did not come in time.")
            % {"number": case.number},
            details={"case_id": case.pk, "due_at": consent.due_at.isoformat()},
        )
    return case


def _consenter(
    version: ChainVersion,
    consenter_id: int,
    *,
    actor: Actor,
    project_id: int | None,
    now: datetime,
) -> User:
    """Return the person if he is one of the chain's approvers and not the applicant himself."""
    situation = Situation(
        applicant_id=actor.user_id,
        author_ids=frozenset(),
        project_id=project_id,
        today=company_day(now),
        now=now,
    )
    if consenter_id not in approvers_of(version.read(), situation):
        raise ConsentInvalid(
            _("Only somebody who signs in this chain, and not the applicant, may consent."),
            field="consenter_id",
        )
    return User.objects.get(pk=consenter_id)
