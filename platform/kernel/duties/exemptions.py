"""Exemptions: asked for by an administrator, approved by another, ended, never stretched.

An exemption counts only where ``sod.mode`` is ``block_with_exemption``.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from kernel import access
from kernel.access import Action
from kernel.access.models import User
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.duties import queries, telling
from kernel.duties.catalogue import PAIRS
from kernel.duties.errors import KeptApart
from kernel.duties.models import Exemption, ExemptionState
from kernel.duties.operations import mode_of
from kernel.duties.pair import Mode
from kernel.errors import Conflict, Denied, Invalid, NotFound
from kernel.tenancy import company_day
from kernel.text import _

LONGEST_TEXT: Final = 500
LONGEST_LIFE: Final = timedelta(days=366)  # proposed: then somebody looks at it again


class ExemptionsOff(Conflict):
    """``sod.mode`` knows no exemptions here; ``details["setting"]`` names it."""

    code = "duties.exemptions-off"


class RuleUnknown(Invalid):
    code = "duties.rule-unknown"


class ReasonMissing(Invalid):
    code = "duties.reason-missing"


class DaysInvalid(Invalid):
    code = "duties.days-invalid"


class RequestedAlready(Conflict):
    code = "duties.requested-already"


class ExemptionStateWrong(Conflict):
    code = "duties.exemption-state"


class PersonNeeded(Denied):
    code = "duties.person-needed"


class ApprovedByConcerned(KeptApart, Denied):
    """Neither the person nor whoever asks approves an exemption."""

    code = "duties.approved-by-concerned"


@transaction.atomic
def request_exemption(
    *,
    actor: access.Actor,
    rule: str,
    user_id: int,
    project_id: int | None,
    reason: str,
    valid_from: date,
    last_day: date,
    now: datetime,
) -> Exemption:
    """Ask that one person may carry both duties of a pair, in one project or the whole company.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person or project.
    :raises RuleUnknown: if there is no such pair.
    :raises ExemptionsOff: unless ``sod.mode`` is ``block_with_exemption`` there.
    :raises ReasonMissing: without a reason, or with one of more than 500 characters.
    :raises DaysInvalid: if the days are over, in the wrong order or more than a year.
    :raises RequestedAlready: if the same waits for approval.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    requester = _person(actor)
    if rule not in PAIRS:
        raise RuleUnknown(_("There is no such pair of duties."), field="rule")
    if mode_of(project_id) != Mode.BLOCK_WITH_EXEMPTION:
        raise ExemptionsOff(
            _(
                "Exemptions are not allowed here. The setting “Duties that must be apart” "
                "(sod.mode) decides; company administrators can change it."
            ),
            details={"setting": "sod.mode"},
        )
    _check_days(valid_from, last_day, company_day(now))
    user = User.objects.select_for_update().filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound
    exemption = Exemption(
        rule=rule,
        user=user,
        project_id=project_id,
        reason=_text(reason, field="reason"),
        valid_from=valid_from,
        valid_to=last_day + timedelta(days=1),
        requested_by=requester,
        requested_by_label=actor.label[:140],
        requested_at=now,
    )
    try:
        with transaction.atomic():
            exemption.save(force_insert=True)
    except IntegrityError as error:
        match violated_constraint(error):
            case "exemption_requested_once":
                raise RequestedAlready(_("This waits for approval already.")) from error
            case "duties_exemption_project_fk":
                raise NotFound from error
        raise
    _record(actor, "requested", exemption, now, {"reason": exemption.reason})
    telling.tell_deciders(exemption, actor=actor, now=now)
    return exemption


@transaction.atomic
def approve_exemption(
    *, actor: access.Actor, exemption_id: int, opinion: str = "", now: datetime
) -> Exemption:
    """Approve an exemption; from its first day on it counts.

    :raises NotFound: if there is none within the actor's reach.
    :raises access.ActionDenied: without ``duties.exempt`` there.
    :raises ApprovedByConcerned: by the person, or by whoever asked.
    :raises ExemptionStateWrong: unless it waits for approval.
    :raises DaysInvalid: if its days are over.
    """
    exemption = _lock_to_decide(actor, exemption_id)
    if exemption.last_day < company_day(now):
        raise DaysInvalid(_("Its days are over. Turn it down; a new one can be asked for."))
    return _decide(actor, exemption, ExemptionState.APPROVED, opinion.strip(), now)


@transaction.atomic
def reject_exemption(
    *, actor: access.Actor, exemption_id: int, opinion: str, now: datetime
) -> Exemption:
    """Turn an exemption down.

    :raises NotFound: if there is none within the actor's reach.
    :raises access.ActionDenied: without ``duties.exempt`` there.
    :raises ApprovedByConcerned: by the person, or by whoever asked.
    :raises ExemptionStateWrong: unless it waits for approval.
    :raises ReasonMissing: without a reason.
    """
    exemption = _lock_to_decide(actor, exemption_id)
    why = _text(opinion, field="opinion")
    return _decide(actor, exemption, ExemptionState.REJECTED, why, now)


@transaction.atomic
def end_exemption(
    *, actor: access.Actor, exemption_id: int, reason: str, now: datetime
) -> Exemption:
    """End an approved exemption today, before its last day. What was done under it stands.

    :raises NotFound: if there is none within the actor's reach.
    :raises access.ActionDenied: without ``duties.exempt`` there or ``user.manage``.
    :raises ReasonMissing: without a reason.
    :raises ExemptionStateWrong: unless it is approved and not over.
    """
    exemption = _lock(actor, exemption_id)
    if not actor.may_everywhere(Action.USER_MANAGE):
        access.require(actor, Action.DUTIES_EXEMPT, exemption.project_id)
    ender = _person(actor)
    today = company_day(now)
    if exemption.state != ExemptionState.APPROVED or exemption.last_day < today:
        raise _state_wrong(exemption)
    exemption.state = ExemptionState.ENDED
    exemption.ended_by, exemption.ended_by_label = ender, actor.label[:140]
    exemption.ended_at, exemption.ended_on = now, today
    exemption.end_reason = _text(reason, field="reason")
    exemption.save(
        update_fields=[
            "state",
            "ended_by",
            "ended_by_label",
            "ended_at",
            "ended_on",
            "end_reason",
        ]
    )
    _record(actor, "ended", exemption, now, {"reason": exemption.end_reason})
    return exemption


def _lock(actor: access.Actor, exemption_id: int) -> Exemption:
    seen = queries.get_exemption(actor=actor, exemption_id=exemption_id)
    return Exemption.objects.select_for_update(of=("self",)).select_related("user").get(pk=seen.pk)


def _lock_to_decide(actor: access.Actor, exemption_id: int) -> Exemption:
    exemption = _lock(actor, exemption_id)
    if exemption.project_id is None:
        access.require_everywhere(actor, Action.DUTIES_EXEMPT)
    else:
        access.require(actor, Action.DUTIES_EXEMPT, exemption.project_id)
    if _person(actor) in {exemption.user_id, exemption.requested_by}:
        raise ApprovedByConcerned(
            _("Neither the person concerned nor whoever asked for it decides on an exemption."),
            details={"rule": exemption.rule},
        )
    if exemption.state != ExemptionState.REQUESTED:
        raise _state_wrong(exemption)
    return exemption


def _decide(
    actor: access.Actor, exemption: Exemption, state: ExemptionState, opinion: str, now: datetime
) -> Exemption:
    exemption.state = state
    exemption.decided_by, exemption.decided_by_label = actor.user_id, actor.label[:140]
    exemption.decided_at, exemption.opinion = now, opinion[:LONGEST_TEXT]
    exemption.save(
        update_fields=["state", "decided_by", "decided_by_label", "decided_at", "opinion"]
    )
    event = "approved" if state == ExemptionState.APPROVED else "rejected"
    _record(actor, event, exemption, now, {"opinion": exemption.opinion})
    telling.tell_decision(exemption, actor=actor, now=now)
    return exemption


def _state_wrong(exemption: Exemption) -> ExemptionStateWrong:
    return ExemptionStateWrong(
        _("This cannot be done now: the exemption is in the state “%(state)s”.")
        % {"state": exemption.get_state_display()},
        details={"state": exemption.state},
    )


def _check_days(valid_from: date, last_day: date, today: date) -> None:
    if last_day < valid_from:
        raise DaysInvalid(_("The last day lies before the first."), field="last_day")
    if last_day < today:
        raise DaysInvalid(_("These days are over."), field="last_day")
    if last_day - valid_from >= LONGEST_LIFE:
        raise DaysInvalid(_("An exemption lasts a year at most."), field="last_day")


def _text(text: str, *, field: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise ReasonMissing(_("Give the reason in up to 500 characters."), field=field)
    return text


def _person(actor: access.Actor) -> int:
    if actor.user_id is None:
        raise PersonNeeded(_("Only people ask for exemptions and decide on them."))
    return actor.user_id


def _record(
    actor: access.Actor, event: str, exemption: Exemption, now: datetime, data: dict[str, str]
) -> None:
    audit.record(
        actor=actor,
        event=f"duties.exemption.{event}",
        subject=exemption,
        project_id=exemption.project_id,
        now=now,
        data={
            "rule": exemption.rule,
            "person": exemption.user.label,
            "from": exemption.valid_from.isoformat(),
            "to": exemption.last_day.isoformat(),
            **data,
        },
    )
