"""What readings would be worth: judged against the meter's past and the month's other readings.

Nothing is written here. The rehearsal of an import, the operation that records, and the judging
anew after a correction all ask :func:`assess_month`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db import connection

from kernel import policies
from services.billing.metering import rules
from services.billing.metering.models import Reading, ReadingState
from services.properties.models import Meter


@dataclass(frozen=True, slots=True)
class ReadingEntry:
    """A reading to be recorded.

    ``previous`` may be left out where the meter's past says it. A meter that an import is about
    to make has no id yet: then ``kind`` and ``multiplier`` say what it will be.
    """

    meter_id: int | None
    current: Decimal | None
    read_on: date | None
    previous: Decimal | None = None
    reader_name: str = ""
    note: str = ""
    kind: str = ""
    multiplier: Decimal = Decimal(1)


class Outcome(StrEnum):
    """What recording an entry would do."""

    CREATED = "CREATED"
    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    REFUSED = "REFUSED"


class Refusal(StrEnum):
    """Why an entry cannot be recorded at all."""

    METER_UNKNOWN = "meter-unknown"
    METER_OUT_OF_USE = "meter-out-of-use"
    METER_TWICE = "meter-twice"
    VALUE_INVALID = "value-invalid"
    PREVIOUS_UNKNOWN = "previous-unknown"
    BILLED = "billed"
    IN_OPEN_RUN = "in-open-run"


@dataclass(frozen=True, slots=True)
class Assessment:
    """An entry and what would come of it. ``previous`` is the one given or found."""

    entry: ReadingEntry
    outcome: Outcome
    refusal: Refusal | None = None
    previous: Decimal | None = None
    verdict: rules.Verdict | None = None
    reading: Reading | None = None  # the one there is


@dataclass(slots=True)
class MonthAssessment:
    """Every entry's assessment, and readings of the month that are judged otherwise with them."""

    entries: list[Assessment]
    others: dict[int, rules.Verdict] = field(default_factory=dict)  # by reading id


@dataclass(slots=True)
class _Month:
    """One month of a project as it is."""

    project_id: int
    usage_month: date
    meters: dict[int, Meter]
    readings: dict[int, Reading]  # by meter
    held: dict[int, Refusal]  # by meter
    limits: rules.Limits
    _histories: dict[int, rules.History] = field(default_factory=dict)

    def history(self, meter_id: int | None) -> rules.History:
        if meter_id is None:
            return rules.History()
        return self._histories.get(meter_id, rules.History())

    def load_histories(self, meter_ids: Collection[int]) -> None:
        self._histories = histories(
            [self.meters[meter_id] for meter_id in meter_ids], before=self.usage_month
        )


def assess(
    *, project_id: int, usage_month: date, entries: Sequence[ReadingEntry]
) -> list[Assessment]:
    """Return what recording ``entries`` would do, in their order.

    Judged as if all were recorded: the median that a jump is measured by is the whole month's.

    :raises rules.MonthInvalid: if ``usage_month`` is no first of a month.
    """
    return assess_month(project_id=project_id, usage_month=usage_month, entries=entries).entries


def assess_month(
    *, project_id: int, usage_month: date, entries: Sequence[ReadingEntry] = ()
) -> MonthAssessment:
    """Return what recording ``entries`` would do to the month, to them and to its other readings.

    :raises rules.MonthInvalid: if ``usage_month`` is no first of a month.
    """
    rules.check_month(usage_month)
    month = _load(project_id, usage_month, entries)
    month.load_histories(
        {entry.meter_id for entry in entries if entry.meter_id in month.meters}
        | month.readings.keys()
    )
    seen: set[int] = set()
    drafts = [_draft(month, entry, seen) for entry in entries]
    medians = _medians(month, drafts)
    changed_meters = {
        draft.entry.meter_id
        for draft in drafts
        if draft.outcome in {Outcome.CREATED, Outcome.CHANGED}
    }
    others = {
        reading.pk: verdict
        for meter_id, reading in month.readings.items()
        if meter_id not in changed_meters
        and meter_id not in month.held
        and reading.state in {ReadingState.ACCEPTED, ReadingState.EXCEPTION}
        and _differs(
            reading,
            verdict := _judge(month, medians, meter_id, _taken(month, reading)),
        )
    }
    return MonthAssessment([_with_verdict(month, medians, draft) for draft in drafts], others)


def histories(meters: Collection[Meter], *, before: date) -> dict[int, rules.History]:
    """Return what is known of each meter from before a month, by meter id."""
    rows: dict[int, list[tuple[Decimal, Decimal | None, Decimal | None, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.id, r.previous, coalesce(r.corrected_current, r.current), r.consumption,
                   r.state
            FROM unnest(%(meters)s::bigint[]) AS m (id)
            CROSS JOIN LATERAL (
                SELECT * FROM billing_reading r
                WHERE r.meter_id = m.id AND r.usage_month < %(before)s
                ORDER BY r.usage_month DESC
                LIMIT %(months)s
            ) r
            ORDER BY m.id, r.usage_month DESC
            """,
            {
                "meters": [meter.pk for meter in meters],
                "before": before,
                "months": rules.HISTORY_MONTHS,
            },
        )
        for meter_id, *reading in cursor.fetchall():
            rows[meter_id].append(tuple(reading))
    return {meter.pk: _history(rows.get(meter.pk, []), meter.opening_reading) for meter in meters}


def limits_of(project_id: int) -> rules.Limits:
    """Return the settings of the exception list that hold in a project."""
    keys = ("meter.window_from", "meter.window_to", "meter.jump_pct", "meter.jump_min_units")
    with policies.reading_once():
        return rules.Limits(*(policies.get(key, int, project_id=project_id) for key in keys))


def held_meters(*, project_id: int, usage_month: date) -> dict[int, Refusal]:
    """Return the meters whose readings of the month stand, and why.

    Their usage is billed, or in the draft of a bill run that is open. Both are the bill runs',
    which lie above: their tables are named here, not their models. A trigger on readings asks
    the same.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.meter_id, billed.is_billed
            FROM billing_reading r
            JOIN properties_meter m ON m.id = r.meter_id
            JOIN properties_unit u ON u.id = m.unit_id
            CROSS JOIN LATERAL (
                SELECT EXISTS (
                    SELECT 1
                    FROM billing_billline l
                    JOIN billing_feeversion v ON v.id = l.version_id
                    WHERE l.unit_id = m.unit_id AND l.usage_month = r.usage_month
                      AND v.meter_kind = m.kind AND NOT l.is_reversed
                ) AS is_billed, EXISTS (
                    SELECT 1
                    FROM billing_billrun b
                    JOIN billing_draftline l ON l.run_id = b.id
                     AND l.household_id = u.household_id AND l.unit_id = m.unit_id
                    JOIN billing_feeversion v ON v.id = l.version_id
                    WHERE b.project_id = r.project_id AND l.usage_month = r.usage_month
                      AND b.state IN ('COMPUTING', 'PREVIEW', 'CHECKED', 'POSTING', 'FAILED')
                      AND v.meter_kind = m.kind
                ) AS is_drafted
            ) billed
            WHERE r.project_id = %(project_id)s AND r.usage_month = %(usage_month)s
              AND (billed.is_billed OR billed.is_drafted)
            """,
            {"project_id": project_id, "usage_month": usage_month},
        )
        return {
            meter_id: Refusal.BILLED if is_billed else Refusal.IN_OPEN_RUN
            for meter_id, is_billed in cursor.fetchall()
        }


def _load(project_id: int, usage_month: date, entries: Sequence[ReadingEntry]) -> _Month:
    readings = {
        reading.meter_id: reading
        for reading in Reading.objects.filter(
            project_id=project_id, usage_month=usage_month
        ).order_by("pk")
    }
    meter_ids = {entry.meter_id for entry in entries} | readings.keys()
    return _Month(
        project_id=project_id,
        usage_month=usage_month,
        meters=Meter.objects.filter(project_id=project_id).in_bulk(
            [meter_id for meter_id in meter_ids if meter_id is not None]
        ),
        readings=readings,
        held=held_meters(project_id=project_id, usage_month=usage_month),
        limits=limits_of(project_id),
    )


def _history(
    rows: Sequence[tuple[Decimal, Decimal | None, Decimal | None, str]],
    opening_reading: Decimal | None,
) -> rules.History:
    if not rows:
        return rules.History(() if opening_reading is None else (opening_reading,))
    previous, closing, _consumption, state = rows[0]
    closings = () if closing is None else (closing,)
    if closing is None or state in {ReadingState.REJECTED, ReadingState.EXCEPTION}:
        # Nothing was billed of that month: the next may take its consumption along.
        closings = (*closings, previous)
    return rules.History(
        closings, tuple(consumption for *_, consumption, _s in rows if consumption is not None)
    )


def _draft(month: _Month, entry: ReadingEntry, seen: set[int]) -> Assessment:
    """Return the entry's outcome without its verdict, which needs the whole month."""
    refusal = _refusal(month, entry, seen)
    if refusal is not None:
        return Assessment(entry, Outcome.REFUSED, refusal)
    previous = entry.previous
    reading = month.readings.get(entry.meter_id) if entry.meter_id is not None else None
    if previous is None:
        closings = month.history(entry.meter_id).closings
        previous = reading.previous if reading else (closings[0] if closings else None)
    if previous is None:
        return Assessment(entry, Outcome.REFUSED, Refusal.PREVIOUS_UNKNOWN)
    if reading is None:
        return Assessment(entry, Outcome.CREATED, previous=previous)
    if (reading.previous, reading.current, reading.read_on) == (
        previous,
        entry.current,
        entry.read_on,
    ):
        return Assessment(entry, Outcome.UNCHANGED, previous=previous, reading=reading)
    held = month.held.get(reading.meter_id)
    if held is not None:
        return Assessment(entry, Outcome.REFUSED, held, previous=previous, reading=reading)
    return Assessment(entry, Outcome.CHANGED, previous=previous, reading=reading)


def _refusal(month: _Month, entry: ReadingEntry, seen: set[int]) -> Refusal | None:
    for value in (entry.previous, entry.current):
        if value is None:
            continue
        try:
            rules.check_value(value, field="")
        except rules.ValueInvalid:
            return Refusal.VALUE_INVALID
    if entry.meter_id is None:
        return None
    meter = month.meters.get(entry.meter_id)
    if meter is None:
        return Refusal.METER_UNKNOWN
    if entry.meter_id in seen:
        return Refusal.METER_TWICE
    seen.add(entry.meter_id)
    if not meter.is_active and not _was_in_place(meter, month.usage_month):
        return Refusal.METER_OUT_OF_USE
    return None


def _was_in_place(meter: Meter, usage_month: date) -> bool:
    return meter.removed_on is not None and meter.removed_on >= usage_month


def _medians(month: _Month, drafts: Sequence[Assessment]) -> dict[str, Decimal | None]:
    """Return the median of each kind of meter over the month as it would be."""
    consumptions: dict[str, list[Decimal | None]] = defaultdict(list)
    changed = set()
    for draft in drafts:
        if draft.outcome not in {Outcome.CREATED, Outcome.CHANGED} or draft.previous is None:
            continue
        kind, multiplier = _kind_of(month, draft.entry)
        consumptions[kind].append(rules.consumed(draft.previous, draft.entry.current, multiplier))
        changed.add(draft.entry.meter_id)
    for meter_id, reading in month.readings.items():
        if meter_id in changed:
            continue
        meter = month.meters[meter_id]
        consumptions[meter.kind].append(
            reading.consumption
            if reading.state == ReadingState.RESOLVED
            else rules.consumed(reading.previous, reading.current, meter.multiplier)
        )
    return {kind: rules.median_of_month(values) for kind, values in consumptions.items()}


def _with_verdict(
    month: _Month, medians: Mapping[str, Decimal | None], draft: Assessment
) -> Assessment:
    if draft.outcome is Outcome.REFUSED or draft.previous is None:
        return draft
    kind, multiplier = _kind_of(month, draft.entry)
    verdict = rules.judge(
        rules.Taken(draft.previous, draft.entry.current, draft.entry.read_on, multiplier),
        usage_month=month.usage_month,
        history=month.history(draft.entry.meter_id),
        month_median=medians.get(kind),
        limits=month.limits,
    )
    return Assessment(draft.entry, draft.outcome, None, draft.previous, verdict, draft.reading)


def _judge(
    month: _Month, medians: Mapping[str, Decimal | None], meter_id: int, taken: rules.Taken
) -> rules.Verdict:
    return rules.judge(
        taken,
        usage_month=month.usage_month,
        history=month.history(meter_id),
        month_median=medians.get(month.meters[meter_id].kind),
        limits=month.limits,
    )


def _taken(month: _Month, reading: Reading) -> rules.Taken:
    return rules.Taken(
        reading.previous,
        reading.current,
        reading.read_on,
        month.meters[reading.meter_id].multiplier,
    )


def _differs(reading: Reading, verdict: rules.Verdict) -> bool:
    return reading.consumption != verdict.consumption or reading.faults != list(verdict.faults)


def _kind_of(month: _Month, entry: ReadingEntry) -> tuple[str, Decimal]:
    if entry.meter_id is None:
        return entry.kind, entry.multiplier
    meter = month.meters[entry.meter_id]
    return meter.kind, meter.multiplier
