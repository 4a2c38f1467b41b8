"""Versions in force: confirmed by somebody other than the drafter (BL-01, SoD-01), ended."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from kernel import policies
from kernel.access import Action, Actor
from kernel.db import violated_constraint
from kernel.duties import operations as duties
from kernel.text import _
from services.billing.standards import queries, rules
from services.billing.standards.models import (
    FeeVersion,
    VersionState,
)
from services.billing.standards.operations.assignments import confirm_drafts
from services.billing.standards.operations.billed import refuse_billed
from services.billing.standards.operations.drafts import (
    figures_as_json,
    record_version,
    require_draft,
)
from services.billing.standards.operations.errors import (
    ConfirmedByDrafter,
    DraftChanged,
    NotDraft,
    ReasonMissing,
    UnusualPrice,
    VersionOverlaps,
)


@transaction.atomic
def confirm_version(
    *,
    actor: Actor,
    version_id: int,
    now: datetime,
    confirm_unusual: bool = False,
    seen_at: datetime | None = None,
) -> FeeVersion:
    """Put a draft in force, and with it the assignments of the standard that wait.

    An open version before it ends where this one begins. Assignments that the actor drafted
    himself go on waiting for somebody else.

    :param confirm_unusual: says that a price far from the one in force is meant.
    :param seen_at: the ``drafted_at`` of the figures that the actor was shown.
    :raises access.ActionDenied: without ``fee-standard.confirm`` in the project.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is confirmed or withdrawn already.
    :raises DraftChanged: if the figures are not those of ``seen_at`` any more.
    :raises ConfirmedByDrafter: if the actor drafted it (BL-01).
    :raises rules.PriceMissing: without a price (BL-02).
    :raises UnusualPrice: if the price changes by more than ``fee.price_jump_pct``.
    :raises MonthBilledAlready: if its units are billed for its first month or a later one.
    :raises VersionOverlaps: if another confirmed version lies in its months.
    """
    version = queries.lock_version(actor=actor, version_id=version_id, pricing=True)
    standard = version.standard
    duties.require_action(actor, Action.FEE_STANDARD_CONFIRM, standard.project_id)
    require_draft(version)
    if seen_at is not None and seen_at != version.drafted_at:
        raise DraftChanged(_("The draft has been changed meanwhile. Look at it again."))
    if version.drafted_by is not None and version.drafted_by == actor.user_id:
        raise _by_drafter()
    figures = queries.figures_of(version)
    rules.check_complete(figures)
    before = _predecessor(version)
    if before is not None and not confirm_unusual:
        _refuse_unusual(before, version)
    refuse_billed(standard, version.valid_from, field="valid_from")
    if before is not None and before.valid_to is None:
        before.valid_to = version.valid_from
        before.save(update_fields=["valid_to"])
        version.replaces = before
    version.state = VersionState.CONFIRMED
    version.confirmed_by, version.confirmed_by_label = actor.user_id, actor.label[:140]
    version.confirmed_at = now
    _save_confirmed(version)
    assignments = confirm_drafts(actor=actor, standard=standard, now=now)
    record_version(
        actor,
        "confirmed",
        version,
        now,
        {
            "figures": figures_as_json(version),
            "replaces": before.number if before and version.replaces_id else None,
            "assignments": [assignment.pk for assignment in assignments],
        },
    )
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
    _save_confirmed(version)
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
    version = queries.lock_version(actor=actor, version_id=version_id, pricing=True)
    standard = version.standard
    if version.state == VersionState.DRAFT:
        duties.require_action(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    else:
        duties.require_action(actor, Action.FEE_STANDARD_CONFIRM, standard.project_id)
        if version.state != VersionState.CONFIRMED:
            raise NotDraft(_("This version is withdrawn already."))
        _require_reason(reason)
        refuse_billed(standard, version.valid_from, field="")
    version.state = VersionState.WITHDRAWN
    version.save(update_fields=["state"])
    if version.replaces_id is not None:
        _reopen_before(version)
    record_version(actor, "withdrawn", version, now, {"reason": reason.strip()})
    return version


def _predecessor(version: FeeVersion) -> FeeVersion | None:
    """Return the last confirmed version that begins before this one, locked."""
    return (
        FeeVersion.objects.select_for_update(of=("self",))
        .filter(
            standard=version.standard,
            state=VersionState.CONFIRMED,
            valid_from__lt=version.valid_from,
        )
        .order_by("-valid_from")
        .first()
    )


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


def _refuse_unusual(before: FeeVersion, version: FeeVersion) -> None:
    change = rules.largest_change(queries.pricing_of(before), queries.pricing_of(version))
    limit = policies.get("fee.price_jump_pct", int, project_id=version.standard.project_id)
    if change is None or abs(change) * 100 <= limit:
        return
    details = {"change": f"{change:.4f}", "number": before.number}
    if change >= rules.TENFOLD:
        raise UnusualPrice(
            _("This is ten times the price of V%(number)d or more. Is the decimal point right?")
            % {"number": before.number},
            field="price",
            details=details,
        )
    raise UnusualPrice(
        _("The price changes by %(percent)s %% against V%(number)d. Confirm that this is meant.")
        % {"percent": f"{change * 100:+.1f}", "number": before.number},
        field="price",
        details=details,
    )


def _save_confirmed(version: FeeVersion) -> None:
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        match violated_constraint(error):
            case "feeversion_no_overlap":
                raise _overlap(version) from error
            case "feeversion_confirmed_by_another":
                raise _by_drafter() from error
        raise


def _overlap(version: FeeVersion) -> VersionOverlaps:
    later = Q(valid_to__isnull=True) | Q(valid_to__gt=version.valid_from)
    if version.valid_to is not None:
        later &= Q(valid_from__lt=version.valid_to)
    other = (
        FeeVersion.objects.filter(later, standard=version.standard, state=VersionState.CONFIRMED)
        .exclude(pk=version.pk)
        .order_by("valid_from")
        .first()
    )
    if other is None:
        return VersionOverlaps(_("Another version is in force in these months."))
    last = rules.shift_month(other.valid_to, -1) if other.valid_to else None
    return VersionOverlaps(
        _("V%(number)d is in force from %(first)s to %(last)s.")
        % {"number": other.number, "first": f"{other.valid_from:%Y-%m}", "last": f"{last:%Y-%m}"}
        if last
        else _("V%(number)d is in force from %(first)s on.")
        % {"number": other.number, "first": f"{other.valid_from:%Y-%m}"},
        field="valid_from",
        details={"number": other.number},
    )


def _by_drafter() -> ConfirmedByDrafter:
    return ConfirmedByDrafter(_("You drafted this yourself. Somebody else must confirm it."))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("Give the reason."), field="reason")
