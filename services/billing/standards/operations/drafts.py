"""The figures of versions that nobody has confirmed yet."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Max

from kernel.access import Action, Actor
from kernel.approvals.models import CaseState
from kernel.duties import operations as duties
from kernel.text import _
from services.billing.standards import queries, rules
from services.billing.standards.models import AreaBasis, FeeVersion, Method
from services.billing.standards.operations import approval
from services.billing.standards.operations.confirmed import (
    figures_as_json,
    record_version,
    require_draft,
)
from services.billing.standards.operations.errors import NotYourDraft
from services.properties.models import MeterKind, UnitState


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
    standard = queries.lock_standard(actor=actor, standard_id=standard_id)
    duties.require_action(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
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
    record_version(actor, "drafted", version, now, {"figures": figures_as_json(version)})
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
    case = approval.lock_open_case(version_id)
    version = queries.lock_version(actor=actor, version_id=version_id)
    duties.require_action(actor, Action.FEE_STANDARD_DRAFT, version.standard.project_id)
    require_draft(version)
    _require_own(actor, version)
    before = figures_as_json(version)
    _fill(version, **changes)
    if case is not None and case.state != CaseState.REJECTED:
        text = str(_("The draft was changed."))
        approval.take_back(actor=actor, case=case, text=text, now=now)
    version.drafted_by, version.drafted_by_label = actor.user_id, actor.label[:140]
    version.drafted_at = now
    version.submitted_at = None
    version.save()
    record_version(
        actor, "changed", version, now, {"before": before, "after": figures_as_json(version)}
    )
    return version


@transaction.atomic
def submit_version(*, actor: Actor, version_id: int, now: datetime) -> FeeVersion:
    """Say that one's own draft is ready to be confirmed; it is complete then.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such version.
    :raises NotDraft: if it is confirmed or withdrawn.
    :raises NotYourDraft: if somebody else drafted it.
    :raises rules.PriceMissing: without a price (BL-02).
    """
    approval.lock_open_case(version_id)
    version = queries.lock_version(actor=actor, version_id=version_id)
    duties.require_action(actor, Action.FEE_STANDARD_DRAFT, version.standard.project_id)
    require_draft(version)
    _require_own(actor, version)
    rules.check_complete(queries.figures_of(version))
    if version.submitted_at is not None:
        return version
    if actor.is_system:  # it confirms its drafts itself, without a chain
        version.submitted_at = now
        version.save(update_fields=["submitted_at"])
    else:
        approval.submit(actor=actor, version=version, now=now)
    record_version(actor, "submitted", version, now, {})
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


def _require_own(actor: Actor, version: FeeVersion) -> None:
    if version.drafted_by is not None and version.drafted_by != actor.user_id:
        raise NotYourDraft(
            _("%(name)s drafted this version. Withdraw it or draft another.")
            % {"name": version.drafted_by_label}
        )
