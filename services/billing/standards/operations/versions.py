"""Versions in force: confirmed by somebody other than the drafter (BL-01, SoD-01), ended."""

from datetime import date, datetime

from django.db import transaction

from kernel.access import Action, Actor
from kernel.duties import operations as duties
from kernel.text import _
from services.billing.standards import queries, rules
from services.billing.standards.models import (
    FeeVersion,
    VersionState,
)
from services.billing.standards.operations import approval
from services.billing.standards.operations.billed import refuse_billed
from services.billing.standards.operations.confirmed import (
    by_drafter,
    predecessor,
    record_version,
    require_draft,
    save_confirmed,
)
from services.billing.standards.operations.errors import (
    DraftChanged,
    NotDraft,
    ReasonMissing,
)


@transaction.atomic
def confirm_version(
    *,
    actor: Actor,
    version_id: int,
    now: datetime,
    confirm_unusual: bool = False,
    seen_at: datetime | None = None,
    step_id: int | None = None,
) -> FeeVersion:
    """Sign a draft; with the last signature of its chain it is in force.

    With it come the assignments of the standard that wait, but for those that the actor drafted
    himself. An open version before it ends where this one begins. A draft that was not submitted
    yet is, in its drafter's name. The system needs no chain.

    :param confirm_unusual: says that a price far from the one in force is meant.
    :param seen_at: the ``drafted_at`` of the figures that the actor was shown.
    :param step_id: the step of its case that he was shown, if it was submitted.
    :raises access.ActionDenied: without ``fee-standard.confirm`` in the project.
    :raises NotFound: if there is no such version.
    :raises approvals.StepMoved: if the case has gone on from ``step_id``.
    :raises NotDraft: if it is confirmed or withdrawn already.
    :raises DraftChanged: if the figures are not those of ``seen_at`` any more.
    :raises ConfirmedByDrafter: if the actor drafted it (BL-01).
    :raises rules.PriceMissing: without a price (BL-02).
    :raises UnusualPrice: if the price changes by more than ``fee.price_jump_pct``.
    :raises MonthBilledAlready: if its units are billed for its first month or a later one.
    :raises VersionOverlaps: if another confirmed version lies in its months.
    :raises approvals.NotYourTurn: if the chain asks for somebody else's signature now.
    """
    case = approval.lock_open_case(version_id)
    version = queries.lock_version(actor=actor, version_id=version_id, pricing=True)
    duties.require_action(actor, Action.FEE_STANDARD_CONFIRM, version.standard.project_id)
    require_draft(version)
    if seen_at is not None and seen_at != version.drafted_at:
        raise DraftChanged(_("The draft has been changed meanwhile. Look at it again."))
    if version.drafted_by is not None and version.drafted_by == actor.user_id:
        raise by_drafter()
    rules.check_complete(queries.figures_of(version))
    before = predecessor(version)
    if not confirm_unusual:
        approval.refuse_unusual(before, version)
    if actor.is_system:  # nobody's decision: a company is set up, its books are taken over
        approval.put_in_force(version, actor=actor, now=now)
        return version
    refuse_billed(version.standard, version.valid_from, field="valid_from")
    if case is None:
        case = approval.submit(actor=actor, version=version, now=now)
    is_unusual = approval.is_unusual(before, version)
    text = str(_("The unusual price is meant.")) if is_unusual else ""
    approval.sign(actor=actor, case=case, step_id=step_id, text=text, now=now)
    version.refresh_from_db()
    return version


@transaction.atomic
def end_version(
    *, actor: Actor, version_id: int, valid_to: date, reason: str, now: datetime
) -> FeeVersion:
    """End a confirmed version; nothing takes its place unless another is confirmed.

    :param valid_to: first month in which it does not apply any more.
    :raises access.ActionDenied: without ``fee-standard.confirm`` in the project.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is not confirmed.
    :raises ReasonMissing: without a reason.
    :raises rules.MonthInvalid: if ``valid_to`` is no first of a month after the beginning.
    :raises MonthBilledAlready: if its units are billed for that month or a later one.
    :raises VersionOverlaps: if it would reach into another version.
    """
    version = queries.lock_version(actor=actor, version_id=version_id, pricing=True)
    duties.require_action(actor, Action.FEE_STANDARD_CONFIRM, version.standard.project_id)
    if version.state != VersionState.CONFIRMED:
        raise NotDraft(_("Only a confirmed version can be ended."))
    _require_reason(reason)
    rules.check_months(version.valid_from, valid_to)
    if version.valid_to is None or valid_to < version.valid_to:
        refuse_billed(version.standard, valid_to, field="valid_to")
    before, version.valid_to = version.valid_to, valid_to
    save_confirmed(version)
    record_version(
        actor,
        "ended",
        version,
        now,
        {
            "before": before.isoformat() if before else None,
            "after": valid_to.isoformat(),
            "reason": reason.strip(),
        },
    )
    return version


@transaction.atomic
def withdraw_version(
    *, actor: Actor, version_id: int, now: datetime, reason: str = ""
) -> FeeVersion:
    """Take a draft back, or a confirmed version by which nothing has been billed yet.

    Where the confirmed version had ended the one before it, that one goes on again.

    :raises access.ActionDenied: without ``fee-standard.draft`` for a draft,
        ``fee-standard.confirm`` for a confirmed version.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is withdrawn already.
    :raises ReasonMissing: for a confirmed version without a reason.
    :raises MonthBilledAlready: if units of the standard are billed from its first month on.
    """
    case = approval.lock_open_case(version_id)
    version = queries.lock_version(actor=actor, version_id=version_id, pricing=True)
    standard = version.standard
    if version.state == VersionState.DRAFT:
        duties.require_action(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
        approval.take_back(actor=actor, case=case, text=reason, now=now)
        version.submitted_at = None
    else:
        duties.require_action(actor, Action.FEE_STANDARD_CONFIRM, standard.project_id)
        if version.state != VersionState.CONFIRMED:
            raise NotDraft(_("This version is withdrawn already."))
        _require_reason(reason)
        refuse_billed(standard, version.valid_from, field="")
    version.state = VersionState.WITHDRAWN
    version.save(update_fields=["state", "submitted_at"])
    if version.replaces_id is not None:
        _reopen_before(version)
    record_version(actor, "withdrawn", version, now, {"reason": reason.strip()})
    return version


def _reopen_before(version: FeeVersion) -> None:
    """Let the version that this one had ended go on, up to the next one there is."""
    confirmed = FeeVersion.objects.select_for_update(of=("self",)).filter(
        standard=version.standard, state=VersionState.CONFIRMED
    )
    before = confirmed.filter(valid_to=version.valid_from).first()
    if before is None:  # ended earlier by hand since
        return
    after = confirmed.filter(valid_from__gt=version.valid_from).order_by("valid_from").first()
    before.valid_to = after.valid_from if after else None
    before.save(update_fields=["valid_to"])


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("Give the reason."), field="reason")
