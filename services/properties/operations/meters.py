"""Meters as objects: put in, corrected, replaced, taken out. Their readings are billing's."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.errors import Conflict, DomainError, Invalid
from kernel.tabular.text import squeeze
from kernel.text import _
from services.properties import rules
from services.properties.models import Meter, Unit
from services.properties.operations import changes as partial
from services.properties.queries import lock_meter, lock_unit


class MeterExists(Conflict):
    code = "properties.meter-exists"


class MeterOutOfUse(Conflict):
    code = "properties.meter-out-of-use"


class MeterValueInvalid(Invalid):
    code = "properties.meter-value-invalid"


class MeterChanges(TypedDict, total=False):
    code: str
    multiplier: Decimal
    opening_reading: Decimal | None
    installed_on: date | None


@transaction.atomic
def create_meter(
    *,
    actor: Actor,
    unit_id: int,
    kind: str,
    code: str,
    multiplier: Decimal = Decimal(1),
    opening_reading: Decimal | None = None,
    installed_on: date | None = None,
    now: datetime,
) -> Meter:
    """Register a meter of a unit.

    :param multiplier: consumption is the difference of readings times this.
    :param opening_reading: what it showed at move-in (SH-16), in its unit of measure.
    :raises MeterExists: if the project has a meter of this number, also one out of use.
    :raises MeterValueInvalid: if the multiplier or the reading is out of range.
    """
    unit = _lock_unit(actor, unit_id)
    meter = _create(
        unit,
        kind=kind,
        code=code,
        multiplier=multiplier,
        opening_reading=opening_reading,
        installed_on=installed_on,
    )
    _record(actor, "properties.meter.created", meter, now, {"kind": meter.kind})
    return meter


@transaction.atomic
def update_meter(*, actor: Actor, meter_id: int, changes: MeterChanges, now: datetime) -> Meter:
    """Correct what was entered of a meter in use.

    :raises MeterOutOfUse: if it was taken out.
    :raises MeterExists: if the project has another meter of this number.
    :raises MeterValueInvalid: if the multiplier or the reading is out of range.
    """
    meter = _lock(actor, meter_id)
    wanted: dict[str, Any] = {**changes}
    if "code" in changes:
        wanted["code"] = squeeze(changes["code"])
    difference = partial.apply(meter, wanted)
    if difference:
        with refusing(**_refusals()):
            meter.save(update_fields=list(difference["after"]))
        _record(actor, "properties.meter.changed", meter, now, difference)
    return meter


@transaction.atomic
def replace_meter(
    *,
    actor: Actor,
    meter_id: int,
    code: str,
    closing_reading: Decimal,
    opening_reading: Decimal,
    effective_on: date,
    multiplier: Decimal | None = None,
    now: datetime,
) -> Meter:
    """Take a meter out and put another in its place; return the new one, which names the old.

    :param multiplier: of the new meter; the old one's if not given.
    :raises MeterOutOfUse: if it was taken out already.
    :raises rules.PeriodReversed: if it was put in after that day.
    :raises MeterExists: if the project has a meter of the new number.
    :raises MeterValueInvalid: if the multiplier or a reading is out of range.
    """
    old = _lock(actor, meter_id)
    _take_out(old, closing_reading, effective_on)
    new = _create(
        old.unit,
        kind=old.kind,
        code=code,
        multiplier=old.multiplier if multiplier is None else multiplier,
        opening_reading=opening_reading,
        installed_on=effective_on,
        replaces=old,
    )
    _record(
        actor,
        "properties.meter.replaced",
        new,
        now,
        {
            "before": {"code": old.code, "closing_reading": partial.as_json(closing_reading)},
            "after": {"code": new.code, "opening_reading": partial.as_json(opening_reading)},
            "effective_on": effective_on.isoformat(),
        },
    )
    return new


@transaction.atomic
def deactivate_meter(
    *,
    actor: Actor,
    meter_id: int,
    effective_on: date,
    closing_reading: Decimal | None = None,
    now: datetime,
) -> Meter:
    """Take a meter out without another in its place; it is not read any more.

    :raises MeterOutOfUse: if it was taken out already.
    :raises rules.PeriodReversed: if it was put in after that day.
    :raises MeterValueInvalid: if the reading is out of range.
    """
    meter = _lock(actor, meter_id)
    _take_out(meter, closing_reading, effective_on)
    _record(
        actor,
        "properties.meter.deactivated",
        meter,
        now,
        {
            "effective_on": effective_on.isoformat(),
            "closing_reading": partial.as_json(closing_reading),
        },
    )
    return meter


def _create(unit: Unit, *, code: str, **values: Any) -> Meter:
    meter = Meter(project_id=unit.project_id, unit=unit, code=squeeze(code), **values)
    with refusing(**_refusals()):
        meter.save(force_insert=True)
    return meter


def _take_out(meter: Meter, closing_reading: Decimal | None, removed_on: date) -> None:
    if meter.installed_on is not None and removed_on < meter.installed_on:
        raise rules.PeriodReversed(_("The end must lie after the beginning."), field="effective_on")
    meter.is_active = False
    meter.removed_on = removed_on
    meter.closing_reading = closing_reading
    with refusing(**_refusals()):
        meter.save(update_fields=["is_active", "removed_on", "closing_reading"])


def _lock_unit(actor: Actor, unit_id: int) -> Unit:
    access.require(actor, Action.REGISTRY_CHANGE)
    unit = lock_unit(unit_id)
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, unit.project_id)
    return unit


def _lock(actor: Actor, meter_id: int) -> Meter:
    access.require(actor, Action.REGISTRY_CHANGE)
    meter = lock_meter(meter_id)
    access.require_in_sight(actor, Action.REGISTRY_CHANGE, meter.project_id)
    if not meter.is_active:
        raise MeterOutOfUse(_("This meter is out of use."))
    return meter


def _record(actor: Actor, event: str, meter: Meter, now: datetime, data: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=meter.unit,
        project_id=meter.project_id,
        now=now,
        data={"meter": meter.pk, "code": meter.code, **data},
    )


def _refusals() -> dict[str, DomainError]:
    reading = _("A reading lies between 0 and 9,999,999,999.99.")
    return {
        "meter_code_once": MeterExists(
            _("There is a meter of this number in the project."), field="code"
        ),
        "meter_multiplier_gt_0": MeterValueInvalid(
            _("The multiplier lies above 0."), field="multiplier"
        ),
        "meter_opening_reading_gte_0": MeterValueInvalid(reading, field="opening_reading"),
        "meter_closing_reading_gte_0": MeterValueInvalid(reading, field="closing_reading"),
    }
