"""Decide what is billed of a reading, always with a reason, and take such a decision back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.text import _
from services.billing.metering import queries, rules
from services.billing.metering.models import Reading, ReadingState, Resolution
from services.billing.metering.operations.errors import (
    NotResolved,
    ReadingBilled,
    ReasonMissing,
    ResolutionInvalid,
)
from services.billing.metering.operations.record import (
    MESSAGES,
    judge_following,
    judge_month,
)


@transaction.atomic
def resolve_reading(
    *,
    actor: Actor,
    reading_id: int,
    resolution: str,
    reason: str,
    current: Decimal | None = None,
    previous: Decimal | None = None,
    old_end: Decimal | None = None,
    new_start: Decimal | None = None,
    consumption: Decimal | None = None,
    now: datetime,
) -> Reading:
    """Decide what is billed of a reading.

    ``ACCEPT_AS_READ`` takes it as it was read, and not by whoever recorded it (SoD-04: nobody
    audits his own entries). ``CORRECT`` puts ``current``, and ``previous`` if given, in place of
    what was read; ``METER_REPLACED`` adds up the old meter to ``old_end`` and the new one from
    ``new_start``; ``ESTIMATE`` bills ``consumption``; ``DO_NOT_BILL`` sets the month aside, and
    the next one may begin where this did. A decision may be replaced by another until it is
    billed.

    :raises access.ActionDenied: without ``reading.resolve`` in the project.
    :raises NotFound: if there is no such reading within the actor's reach.
    :raises ReasonMissing: without a reason.
    :raises duties.DutiesMeet: if the actor would accept what he recorded himself.
    :raises ResolutionInvalid: if the resolution is unknown, lacks a figure or cannot be: nothing
        was read that could be accepted.
    :raises rules.ValueInvalid: if a figure is not what a meter shows.
    :raises rules.ConsumptionNegative: if a meter would have run backwards.
    :raises ReadingBilled: if the reading is billed, or in a bill run that is open.
    """
    reading = _lock(actor, reading_id)
    if not reason.strip():
        raise ReasonMissing(_("Give the reason."), field="reason")
    if resolution not in Resolution.values:
        raise ResolutionInvalid(_("Choose one of the values offered."), field="resolution")
    if resolution == Resolution.ACCEPT_AS_READ:
        duties.require_apart(
            "SoD-04",
            actor=actor,
            earlier=[reading.recorded_by],
            subject=reading,
            project_id=reading.project_id,
            now=now,
            because=_("You recorded this reading yourself. Somebody else must accept it."),
            field="resolution",
            is_fixed=True,
        )
    figures = {
        "current": current,
        "previous": previous,
        "old_end": old_end,
        "new_start": new_start,
        "consumption": consumption,
    }
    for name, value in figures.items():
        if value is not None:
            rules.check_value(value, field=name)
    before = _decision(reading)
    decided = _DECISIONS[Resolution(resolution)](reading, figures)
    if decided["consumption"] is not None and decided["consumption"] > rules.MAX_VALUE:
        raise rules.ValueInvalid(_("This consumption is too large."), field="current")
    for name in ("corrected_previous", "corrected_current", "old_end", "new_start"):
        setattr(reading, name, decided.get(name))
    reading.consumption = decided["consumption"]
    reading.state = (
        ReadingState.REJECTED if resolution == Resolution.DO_NOT_BILL else ReadingState.RESOLVED
    )
    reading.resolution = resolution
    reading.reason = reason.strip()
    reading.resolved_by, reading.resolved_by_label = actor.user_id, actor.label[:140]
    reading.resolved_at = now
    _save(reading)
    _record(actor, "resolved", reading, now, before)
    return reading


@transaction.atomic
def reopen_reading(*, actor: Actor, reading_id: int, reason: str, now: datetime) -> Reading:
    """Take a decision back: the reading is judged as it was read.

    :raises access.ActionDenied: without ``reading.resolve`` in the project.
    :raises NotFound: if there is no such reading within the actor's reach.
    :raises ReasonMissing: without a reason.
    :raises NotResolved: if nothing was decided.
    :raises ReadingBilled: if the reading is billed, or in a bill run that is open.
    """
    reading = _lock(actor, reading_id)
    if not reason.strip():
        raise ReasonMissing(_("Give the reason."), field="reason")
    if reading.state not in {ReadingState.RESOLVED, ReadingState.REJECTED}:
        raise NotResolved(_("Nothing was decided about this reading."))
    before = _decision(reading)
    # Judged in full right below; until then an exception without a known fault.
    reading.state, reading.consumption, reading.faults = ReadingState.EXCEPTION, None, []
    reading.resolution = ""
    for name in ("corrected_previous", "corrected_current", "old_end", "new_start"):
        setattr(reading, name, None)
    reading.reason, reading.resolved_by_label = "", ""
    reading.resolved_by = reading.resolved_at = None
    _save(reading)
    reading.refresh_from_db()
    _record(actor, "reopened", reading, now, before | {"why": reason.strip()})
    return reading


def _accept(reading: Reading, figures: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    consumption = rules.consumed(reading.previous, reading.current, reading.meter.multiplier)
    if consumption is None:
        raise ResolutionInvalid(
            _("Nothing was read that could be billed: correct or estimate it."),
            field="resolution",
        )
    return {"consumption": consumption}


def _correct(reading: Reading, figures: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    current = _needed(figures, "current")
    previous = figures["previous"]
    consumption = rules.consumed(
        reading.previous if previous is None else previous, current, reading.meter.multiplier
    )
    if consumption is None:
        raise rules.ConsumptionNegative(
            _("The reading is lower than the previous one."), field="current"
        )
    return {
        "consumption": consumption,
        "corrected_current": current,
        "corrected_previous": previous,
    }


def _replaced(reading: Reading, figures: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    current = reading.current if figures["current"] is None else figures["current"]
    if current is None:
        raise ResolutionInvalid(_("Give the new meter's reading."), field="current")
    old_end, new_start = _needed(figures, "old_end"), _needed(figures, "new_start")
    return {
        "consumption": rules.consumed_by_two(
            previous=reading.previous,
            old_end=old_end,
            new_start=new_start,
            current=current,
            multiplier=reading.meter.multiplier,
        ),
        "corrected_current": figures["current"],
        "old_end": old_end,
        "new_start": new_start,
    }


def _estimate(reading: Reading, figures: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    consumption = _needed(figures, "consumption")
    standing = rules.estimated_reading(reading.previous, consumption, reading.meter.multiplier)
    rules.check_value(standing, field="consumption")
    return {"consumption": consumption, "corrected_current": standing}


def _set_aside(reading: Reading, figures: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    return {"consumption": None}


_DECISIONS = {
    Resolution.ACCEPT_AS_READ: _accept,
    Resolution.CORRECT: _correct,
    Resolution.METER_REPLACED: _replaced,
    Resolution.ESTIMATE: _estimate,
    Resolution.DO_NOT_BILL: _set_aside,
}


def _needed(figures: dict[str, Decimal | None], name: str) -> Decimal:
    value = figures[name]
    if value is None:
        raise ResolutionInvalid(_("Enter a value."), field=name)
    return value


def _lock(actor: Actor, reading_id: int) -> Reading:
    """Return the reading after locking its month, for somebody who may resolve it.

    :raises NotFound: if there is none within the actor's reach.
    :raises ReadingBilled: if it is billed, or in a bill run that is open.
    """
    project_id = (
        queries.all_readings(actor=actor)
        .filter(pk=reading_id)
        .values_list("project_id", flat=True)
        .first()
    )
    if project_id is None:
        raise NotFound
    queries.lock_month(actor=actor, project_id=project_id)
    access.require(actor, Action.READING_RESOLVE, project_id)
    reading = (
        Reading.objects.select_for_update(of=("self",))
        .select_related("meter")
        .filter(pk=reading_id)
        .first()
    )
    if reading is None:
        raise NotFound
    held = queries.held_meters(project_id=project_id, usage_month=reading.usage_month)
    if reading.meter_id in held:
        raise ReadingBilled(MESSAGES[held[reading.meter_id]])
    return reading


def _save(reading: Reading) -> None:
    """Save and judge anew what depends on it: the month's median, the next month's beginning."""
    billed = ReadingBilled(MESSAGES[queries.Refusal.BILLED])
    with refusing(billing_reading_billed_stands=billed):
        reading.save()
    judge_month(project_id=reading.project_id, usage_month=reading.usage_month)
    judge_following(
        project_id=reading.project_id,
        meter_ids=[reading.meter_id],
        after=reading.usage_month,
    )


def _decision(reading: Reading) -> dict[str, Any]:
    def plain(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:f}"

    return {
        "state": reading.state,
        "resolution": reading.resolution,
        "consumption": plain(reading.consumption),
        "corrected_previous": plain(reading.corrected_previous),
        "corrected_current": plain(reading.corrected_current),
        "old_end": plain(reading.old_end),
        "new_start": plain(reading.new_start),
        "reason": reading.reason,
    }


def _record(
    actor: Actor, what: str, reading: Reading, now: datetime, before: dict[str, Any]
) -> None:
    audit.record(
        actor=actor,
        event=f"billing.reading.{what}",
        subject=reading,
        project_id=reading.project_id,
        now=now,
        data={
            "meter": reading.meter.code,
            "usage_month": reading.usage_month.isoformat(),
            "before": before,
            "after": _decision(reading),
        },
    )
