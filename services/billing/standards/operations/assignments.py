"""Who is charged by a standard, and from when: drafted by one, confirmed by another (BL-01)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import NotFound
from kernel.text import _
from services.billing.standards import queries, rules
from services.billing.standards.models import AssignmentState, FeeAssignment, FeeStandard
from services.billing.standards.operations.billed import refuse_billed
from services.billing.standards.operations.errors import (
    AssignmentInvalid,
    ConfirmedByDrafter,
    NothingToConfirm,
    ReasonMissing,
    UnitAssignedAlready,
)
from services.properties.models import Building, Unit, UnitKind, UnitState


@transaction.atomic
def assign_by_rule(
    *,
    actor: Actor,
    standard_id: int,
    valid_from: date,
    kinds: Sequence[str] = (),
    states: Sequence[str] = (),
    building_ids: Sequence[int] = (),
    valid_to: date | None = None,
    reason: str = "",
    now: datetime,
) -> FeeAssignment:
    """Draft that a standard applies to every unit that meets the conditions.

    All conditions must hold; an empty one holds for every unit. Units that come later are in.
    It charges nobody before it is confirmed, with the version or by itself.

    :param valid_to: first month in which it does not apply any more.
    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard.
    :raises rules.MonthInvalid: if an end is not the first of a month.
    :raises AssignmentInvalid: for an unknown kind or state, or a building of another project.
    """
    standard = queries.lock_standard(actor=actor, standard_id=standard_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    if not set(kinds) <= set(UnitKind.values):
        raise AssignmentInvalid(_("There is no such kind of unit."), field="kinds")
    if not set(states) <= set(UnitState.values):
        raise AssignmentInvalid(_("There is no such state of a unit."), field="states")
    buildings = list(
        Building.objects.filter(pk__in=building_ids, project_id=standard.project_id).order_by("pk")
    )
    if len(buildings) != len(set(building_ids)):
        raise AssignmentInvalid(_("A building is not one of this project."), field="building_ids")
    assignment = _draft(
        actor,
        standard,
        now,
        valid_from=valid_from,
        valid_to=valid_to,
        kinds=sorted(set(kinds)),
        states=sorted(set(states)),
        reason=reason.strip(),
    )
    assignment.buildings.set(buildings)
    _record(
        actor,
        "drafted",
        assignment,
        now,
        {
            "kinds": assignment.kinds,
            "states": assignment.states,
            "buildings": [building.code for building in buildings],
        },
    )
    return assignment


def assign_unit(
    *,
    actor: Actor,
    standard_id: int,
    unit_id: int,
    valid_from: date,
    valid_to: date | None = None,
    reason: str = "",
    now: datetime,
) -> FeeAssignment:
    """Draft that a standard applies to one unit, whatever rules of the item say about it.

    :param valid_to: first month in which it does not apply any more.
    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard, or no such unit in its project.
    :raises rules.MonthInvalid: if an end is not the first of a month.
    :raises UnitAssignedAlready: if the unit is put in or taken out in these months already.
    """
    return _name_unit(
        actor=actor,
        standard_id=standard_id,
        unit_id=unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
        now=now,
        is_excluded=False,
    )


def exclude_unit(
    *,
    actor: Actor,
    standard_id: int,
    unit_id: int,
    valid_from: date,
    reason: str,
    valid_to: date | None = None,
    now: datetime,
) -> FeeAssignment:
    """Draft that a standard's rules leave one unit out.

    :param valid_to: first month in which it is in again.
    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such standard, or no such unit in its project.
    :raises ReasonMissing: without a reason.
    :raises rules.MonthInvalid: if an end is not the first of a month.
    :raises UnitAssignedAlready: if the unit is put in or taken out in these months already.
    """
    if not reason.strip():
        raise ReasonMissing(_("Give the reason."), field="reason")
    return _name_unit(
        actor=actor,
        standard_id=standard_id,
        unit_id=unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason,
        now=now,
        is_excluded=True,
    )


@transaction.atomic
def confirm_assignments(*, actor: Actor, standard_id: int, now: datetime) -> list[FeeAssignment]:
    """Confirm the standard's assignments that wait, but for those the actor drafted himself.

    :raises access.ActionDenied: without ``fee-standard.confirm`` in the project.
    :raises NotFound: if there is no such standard.
    :raises ConfirmedByDrafter: if all that wait were drafted by the actor (BL-01).
    :raises NothingToConfirm: if none waits.
    """
    standard = queries.lock_standard(actor=actor, standard_id=standard_id, pricing=True)
    access.require(actor, Action.FEE_STANDARD_CONFIRM, standard.project_id)
    waiting = standard.assignments.filter(state=AssignmentState.DRAFT).exists()
    confirmed = confirm_drafts(actor=actor, standard=standard, now=now)
    if not confirmed:
        if waiting:
            raise ConfirmedByDrafter(_("You drafted this yourself. Somebody else must confirm it."))
        raise NothingToConfirm(_("Nothing waits to be confirmed."))
    for assignment in confirmed:
        _record(actor, "confirmed", assignment, now, {})
    return confirmed


@transaction.atomic
def end_assignment(
    *, actor: Actor, assignment_id: int, valid_to: date, reason: str, now: datetime
) -> FeeAssignment:
    """End a confirmed assignment: the units are not charged by it from ``valid_to`` on.

    :param valid_to: first month in which it does not apply any more; its own first month takes
        it back altogether, if nothing has been billed.
    :raises access.ActionDenied: without ``fee-standard.confirm`` in the project.
    :raises NotFound: if there is no such confirmed assignment.
    :raises ReasonMissing: without a reason.
    :raises rules.MonthInvalid: if ``valid_to`` is no first of a month, or before the beginning.
    :raises MonthBilledAlready: if units of the standard are billed for that month or later.
    """
    assignment = _lock(actor, assignment_id, pricing=True)
    standard = assignment.standard
    access.require(actor, Action.FEE_STANDARD_CONFIRM, standard.project_id)
    if assignment.state != AssignmentState.CONFIRMED:
        raise NotFound
    if not reason.strip():
        raise ReasonMissing(_("Give the reason."), field="reason")
    rules.check_months(assignment.valid_from, valid_to)
    if assignment.valid_to is not None and valid_to > assignment.valid_to:
        raise rules.MonthInvalid(
            _("It ends earlier already. Draft a new assignment for later months."),
            field="valid_to",
        )
    refuse_billed(standard, valid_to, field="valid_to")
    assignment.valid_to = valid_to
    assignment.save(update_fields=["valid_to"])
    _record(
        actor,
        "ended",
        assignment,
        now,
        {"valid_to": valid_to.isoformat(), "reason": reason.strip()},
    )
    return assignment


@transaction.atomic
def remove_draft_assignment(*, actor: Actor, assignment_id: int, now: datetime) -> None:
    """Take back an assignment that nobody has confirmed.

    :raises access.ActionDenied: without ``fee-standard.draft`` in the project.
    :raises NotFound: if there is no such assignment that waits.
    """
    assignment = _lock(actor, assignment_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, assignment.standard.project_id)
    if assignment.state != AssignmentState.DRAFT:
        raise NotFound
    _record(actor, "removed", assignment, now, {})
    assignment.delete()


def confirm_drafts(*, actor: Actor, standard: FeeStandard, now: datetime) -> list[FeeAssignment]:
    """Confirm what others drafted for a standard that the caller has locked; return it."""
    waiting = list(
        FeeAssignment.objects.select_for_update(of=("self",))
        .filter(standard=standard, state=AssignmentState.DRAFT)
        .filter(Q(drafted_by__isnull=True) | ~Q(drafted_by=actor.user_id or 0))
        .order_by("pk")
    )
    for assignment in waiting:
        assignment.state = AssignmentState.CONFIRMED
        assignment.confirmed_by = actor.user_id
        assignment.confirmed_by_label = actor.label[:140]
        assignment.confirmed_at = now
    FeeAssignment.objects.bulk_update(
        waiting, ["state", "confirmed_by", "confirmed_by_label", "confirmed_at"]
    )
    return waiting


@transaction.atomic
def _name_unit(
    *,
    actor: Actor,
    standard_id: int,
    unit_id: int,
    valid_from: date,
    valid_to: date | None,
    reason: str,
    now: datetime,
    is_excluded: bool,
) -> FeeAssignment:
    standard = queries.lock_standard(actor=actor, standard_id=standard_id)
    access.require(actor, Action.FEE_STANDARD_DRAFT, standard.project_id)
    unit = Unit.objects.filter(pk=unit_id, project_id=standard.project_id).first()
    if unit is None:
        raise NotFound(_("There is no such unit in this project."), field="unit")
    try:
        with transaction.atomic():
            assignment = _draft(
                actor,
                standard,
                now,
                unit=unit,
                valid_from=valid_from,
                valid_to=valid_to,
                is_excluded=is_excluded,
                reason=reason.strip(),
            )
    except IntegrityError as error:
        if violated_constraint(error) != "feeassignment_unit_once":
            raise
        raise UnitAssignedAlready(
            _("%(unit)s is put in or taken out in these months already.") % {"unit": unit.label},
            field="unit",
        ) from error
    _record(actor, "drafted", assignment, now, {"unit": unit.code, "is_excluded": is_excluded})
    return assignment


def _draft(actor: Actor, standard: FeeStandard, now: datetime, **values: Any) -> FeeAssignment:
    rules.check_months(values["valid_from"], values["valid_to"])
    return FeeAssignment.objects.create(
        standard=standard,
        drafted_by=actor.user_id,
        drafted_by_label=actor.label[:140],
        drafted_at=now,
        **values,
    )


def _lock(actor: Actor, assignment_id: int, *, pricing: bool = False) -> FeeAssignment:
    standard_id = (
        FeeAssignment.objects.filter(pk=assignment_id).values_list("standard_id", flat=True).first()
    )
    if standard_id is None:
        raise NotFound
    standard = queries.lock_standard(actor=actor, standard_id=standard_id, pricing=pricing)
    assignment = (
        FeeAssignment.objects.select_for_update(of=("self",)).filter(pk=assignment_id).first()
    )
    if assignment is None:
        raise NotFound
    assignment.standard = standard
    return assignment


def _record(
    actor: Actor, what: str, assignment: FeeAssignment, now: datetime, data: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        event=f"billing.fee-assignment.{what}",
        subject=assignment,
        project_id=assignment.standard.project_id,
        now=now,
        data={
            "standard": assignment.standard_id,
            "valid_from": assignment.valid_from.isoformat(),
            **data,
        },
    )
