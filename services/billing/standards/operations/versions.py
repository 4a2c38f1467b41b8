"""Standards and their versions: drafted by one, confirmed by another (BL-01, SoD-01)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import NotFound
from kernel.text import _
from services.billing.standards import queries, rules
from services.billing.standards.models import (
    AreaBasis,
    FeeItem,
    FeeStandard,
    FeeVersion,
    Method,
    VersionState,
)
from services.billing.standards.operations.assignments import confirm_drafts
from services.billing.standards.operations.errors import (
    ConfirmedByDrafter,
    ItemUnknown,
    MonthBilledAlready,
    NameMissing,
    NotDraft,
    NotYourDraft,
    ReasonMissing,
    StandardInUse,
    StandardNameTaken,
    UnusualPrice,
    VersionOverlaps,
)
from services.properties.models import MeterKind, Project, UnitState


class FigureChanges(TypedDict, total=False):
    """The figures of a draft, see :func:`draft_version`."""

    method: str
    valid_from: date
    valid_to: date | None
    price: Decimal | None
    tiers: Sequence[rules.Tier]
    area_basis: str
    meter_kind: str
    reduced_rate: Decimal
    reduced_states: Sequence[str]
    usage_lag_months: int
    basis_note: str


@transaction.atomic
def create_standard(
    *, actor: Actor, project_id: int, item_id: int, name: str, now: datetime
) -> FeeStandard:
    """Add a standard of an item to a project. It charges nothing before a version is confirmed.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such project.
    :raises ItemUnknown: if there is no such item.
    :raises NameMissing: without a name.
    :raises StandardNameTaken: if the project has a standard of this name.
    """
    access.require(actor, Action.FEE_STANDARD_DRAFT, project_id)
    if not Project.objects.filter(pk=project_id).exists():
        raise NotFound
    item = FeeItem.objects.filter(pk=item_id).first()
    if item is None:
        raise ItemUnknown(_("There is no such fee item."), field="item")
    standard = FeeStandard(project_id=project_id, item=item, name=_required(name), created_at=now)
    _save_standard(standard)
    audit.record(
        actor=actor,
        event="billing.fee-standard.created",
        subject=standard,
        project_id=project_id,
        now=now,
        data={"name": standard.name, "item": item.code},
    )
    return standard


@transaction.atomic
def rename_standard(*, actor: Actor, standard_id: int, name: str, now: datetime) -> FeeStandard:
    """Change a standard's name, which no bill depends on.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard.
    :raises NameMissing: without a name.
    :raises StandardNameTaken: if the project has another standard of this name.
    """
    standard = queries.lock_standard(standard_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    before, standard.name = standard.name, _required(name)
    _save_standard(standard)
    audit.record(
        actor=actor,
        event="billing.fee-standard.renamed",
        subject=standard,
        project_id=standard.project_id,
        now=now,
        data={"before": before, "after": standard.name},
    )
    return standard


@transaction.atomic
def delete_standard(*, actor: Actor, standard_id: int, now: datetime) -> None:
    """Remove a standard made by mistake, of which nothing was ever confirmed.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard.
    :raises StandardInUse: if a version was confirmed or withdrawn, or an assignment confirmed.
    """
    standard = queries.lock_standard(standard_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    if (
        standard.versions.exclude(state=VersionState.DRAFT).exists()
        or standard.assignments.exclude(confirmed_at=None).exists()
    ):
        raise StandardInUse(_("This standard has been confirmed: end its version instead."))
    audit.record(
        actor=actor,
        event="billing.fee-standard.deleted",
        subject=standard,
        project_id=standard.project_id,
        now=now,
        data={"name": standard.name},
    )
    standard.versions.all().delete()
    standard.assignments.all().delete()
    standard.delete()


@transaction.atomic
def draft_version(
    *,
    actor: Actor,
    standard_id: int,
    method: str,
    valid_from: date,
    valid_to: date | None = None,
    price: Decimal | None = None,
    tiers: Sequence[rules.Tier] = (),
    area_basis: str = AreaBasis.BUILT,
    meter_kind: str = "",
    reduced_rate: Decimal = Decimal(1),
    reduced_states: Sequence[str] = (),
    usage_lag_months: int = 0,
    basis_note: str = "",
    now: datetime,
) -> FeeVersion:
    """Draft the figures of a new version; the price may still be missing.

    :param price: per m² and month, per unit and month, or per unit of consumption.
    :param valid_to: first month in which it does not apply any more.
    :param reduced_rate: share charged of units in ``reduced_states``, e.g. 0.70 (70 %).
    :param usage_lag_months: 1 bills October's usage in November.
    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard.
    :raises rules.PriceInvalid: see :func:`rules.check_figures`, also for the three below.
    :raises rules.TiersInvalid: if the tiers are out of order.
    :raises rules.MonthInvalid: if an end is not the first of a month.
    :raises rules.FiguresInvalid: if figures do not go together.
    """
    standard = queries.lock_standard(standard_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    last = standard.versions.aggregate(last=Max("number"))["last"] or 0
    version = FeeVersion(standard=standard, number=last + 1)
    _fill(
        version,
        method=method,
        valid_from=valid_from,
        valid_to=valid_to,
        price=price,
        tiers=tiers,
        area_basis=area_basis,
        meter_kind=meter_kind,
        reduced_rate=reduced_rate,
        reduced_states=reduced_states,
        usage_lag_months=usage_lag_months,
        basis_note=basis_note,
    )
    version.drafted_by, version.drafted_by_label = actor.user_id, actor.label[:140]
    version.drafted_at = now
    version.save(force_insert=True)
    _record(actor, "drafted", version, now, {"figures": _plain(version)})
    return version


@transaction.atomic
def update_draft(
    *, actor: Actor, version_id: int, now: datetime, **changes: Unpack[FigureChanges]
) -> FeeVersion:
    """Change figures of one's own draft: any of the figures of :func:`draft_version`.

    Only the drafter may: otherwise two people would have written what one of them confirms.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is confirmed or withdrawn.
    :raises NotYourDraft: if somebody else drafted it.
    :raises rules.PriceInvalid: as :func:`draft_version`, also for its other errors.
    """
    version = queries.lock_version(version_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, version.standard.project_id)
    _require_draft(version)
    if version.drafted_by is not None and version.drafted_by != actor.user_id:
        raise NotYourDraft(
            _("%(name)s drafted this version. Withdraw it or draft another.")
            % {"name": version.drafted_by_label}
        )
    before = _plain(version)
    _fill(version, **changes)
    version.drafted_by, version.drafted_by_label = actor.user_id, actor.label[:140]
    version.drafted_at = now
    version.save()
    _record(actor, "changed", version, now, {"before": before, "after": _plain(version)})
    return version


@transaction.atomic
def confirm_version(
    *, actor: Actor, version_id: int, now: datetime, confirm_unusual: bool = False
) -> FeeVersion:
    """Put a draft in force, and with it the assignments of the standard that wait.

    An open version before it ends where this one begins. Assignments that the actor drafted
    himself go on waiting for somebody else.

    :param confirm_unusual: says that a price far from the one in force is meant.
    :raises access.ActionDenied: without ``fee-standard.confirm`` in the project.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is confirmed or withdrawn already.
    :raises ConfirmedByDrafter: if the actor drafted it (BL-01).
    :raises rules.PriceMissing: without a price (BL-02).
    :raises UnusualPrice: if the price changes by more than ``fee.price_jump_pct``.
    :raises MonthBilledAlready: if its units are billed for its first month or a later one.
    :raises VersionOverlaps: if another confirmed version lies in its months.
    """
    version = queries.lock_version(version_id)
    standard = version.standard
    access.require(actor, Action.FEE_STANDARD_CONFIRM, standard.project_id)
    _require_draft(version)
    if version.drafted_by is not None and version.drafted_by == actor.user_id:
        raise _by_drafter()
    figures = queries.figures_of(version)
    rules.check_complete(figures)
    before = _predecessor(version)
    if before is not None and not confirm_unusual:
        _refuse_unusual(before, version)
    _refuse_billed(standard, version.valid_from, field="valid_from")
    if before is not None and before.valid_to is None:
        before.valid_to = version.valid_from
        before.save(update_fields=["valid_to"])
        version.replaces = before
    version.state = VersionState.CONFIRMED
    version.confirmed_by, version.confirmed_by_label = actor.user_id, actor.label[:140]
    version.confirmed_at = now
    _save_confirmed(version)
    assignments = confirm_drafts(actor=actor, standard=standard, now=now)
    _record(
        actor,
        "confirmed",
        version,
        now,
        {
            "figures": _plain(version),
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
    version = queries.lock_version(version_id)
    access.require(actor, Action.FEE_STANDARD_CONFIRM, version.standard.project_id)
    if version.state != VersionState.CONFIRMED:
        raise NotDraft(_("Only a confirmed version can be ended."))
    _require_reason(reason)
    rules.check_months(version.valid_from, valid_to)
    if version.valid_to is None or valid_to < version.valid_to:
        _refuse_billed(version.standard, valid_to, field="valid_to")
    before, version.valid_to = version.valid_to, valid_to
    _save_confirmed(version)
    _record(
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
    version = queries.lock_version(version_id)
    standard = version.standard
    if version.state == VersionState.DRAFT:
        access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    else:
        access.require(actor, Action.FEE_STANDARD_CONFIRM, standard.project_id)
        if version.state != VersionState.CONFIRMED:
            raise NotDraft(_("This version is withdrawn already."))
        _require_reason(reason)
        _refuse_billed(standard, version.valid_from, field="")
    version.state = VersionState.WITHDRAWN
    version.save(update_fields=["state"])
    if version.replaces_id is not None:
        _reopen_before(version)
    _record(actor, "withdrawn", version, now, {"reason": reason.strip()})
    return version


def _fill(version: FeeVersion, **changes: Unpack[FigureChanges]) -> None:
    values: dict[str, Any] = dict(changes)
    unknown = values.keys() - FigureChanges.__annotations__.keys()
    if unknown:
        raise TypeError(f"no figures of a version: {sorted(unknown)}")
    if "tiers" in values:
        values["tiers"] = rules.write_tiers(values["tiers"])
    if "reduced_states" in values:
        values["reduced_states"] = sorted(set(values["reduced_states"]))
    if "basis_note" in values:
        values["basis_note"] = values["basis_note"].strip()
    for name, value in values.items():
        setattr(version, name, value)
    _check_choices(version)
    rules.check_figures(queries.figures_of(version))


def _check_choices(version: FeeVersion) -> None:
    checked: list[tuple[str, Sequence[str], Sequence[str]]] = [
        ("method", [version.method], Method.values),
        ("area_basis", [version.area_basis], AreaBasis.values),
        ("meter_kind", [version.meter_kind], ["", *MeterKind.values]),
        ("reduced_states", version.reduced_states, UnitState.values),
    ]
    for field, given, known in checked:
        if not set(given) <= set(known):
            raise rules.FiguresInvalid(_("Choose one of the values offered."), field=field)


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


def _refuse_billed(standard: FeeStandard, month: date, *, field: str) -> None:
    last = queries.last_billed(standard=standard, since=month)
    if last is None:
        return
    earliest = rules.month_after(last)
    raise MonthBilledAlready(
        _("%(billed)s is billed already. The earliest month possible is %(earliest)s.")
        % {"billed": f"{last:%Y-%m}", "earliest": f"{earliest:%Y-%m}"},
        field=field,
        details={"earliest": earliest.isoformat()},
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


def _require_draft(version: FeeVersion) -> None:
    if version.state != VersionState.DRAFT:
        raise NotDraft(
            _("V%(number)d is no draft any more.") % {"number": version.number},
            details={"state": version.state},
        )


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing(_("Give the reason."), field="reason")


def _required(name: str) -> str:
    if not name.strip():
        raise NameMissing(_("Enter a name."), field="name")
    return name.strip()


def _save_standard(standard: FeeStandard) -> None:
    try:
        with transaction.atomic():
            standard.save()
    except IntegrityError as error:
        if violated_constraint(error) != "feestandard_name_once":
            raise
        raise StandardNameTaken(
            _("There is a standard of this name in the project."), field="name"
        ) from error


def _plain(version: FeeVersion) -> dict[str, Any]:
    """Return the figures as JSON values for the audit."""
    return {
        "method": version.method,
        "area_basis": version.area_basis,
        "meter_kind": version.meter_kind,
        "price": None if version.price is None else f"{version.price:f}",
        "tiers": version.tiers,
        "reduced_rate": f"{version.reduced_rate:f}",
        "reduced_states": version.reduced_states,
        "usage_lag_months": version.usage_lag_months,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat() if version.valid_to else None,
        "basis_note": version.basis_note,
    }


def _record(
    actor: Actor, what: str, version: FeeVersion, now: datetime, data: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        event=f"billing.fee-version.{what}",
        subject=version,
        project_id=version.standard.project_id,
        now=now,
        data={"standard": version.standard_id, "number": version.number, **data},
    )
