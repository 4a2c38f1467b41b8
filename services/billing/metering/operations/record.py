"""Record readings: thousands at once, or one typed on a phone. The same twice changes nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.text import _, _n
from services.billing.metering import queries, rules
from services.billing.metering.models import Reading, ReadingState
from services.billing.metering.operations.errors import ReadingsRefused
from services.billing.metering.queries import Assessment, Outcome, ReadingEntry, Refusal

MESSAGES: Mapping[Refusal, object] = {
    Refusal.METER_UNKNOWN: _("There is no such meter in this project."),
    Refusal.METER_OUT_OF_USE: _("This meter is out of use."),
    Refusal.METER_TWICE: _("This meter is in the list twice."),
    Refusal.VALUE_INVALID: _("A reading lies between 0 and 9,999,999,999.99, with two decimals."),
    Refusal.PREVIOUS_UNKNOWN: _("The previous reading is not known: give it as well."),
    Refusal.BILLED: _("This reading is billed and stands. Reverse the bill first."),
    Refusal.IN_OPEN_RUN: _("This reading is in a bill run that is open. Cancel the run first."),
}

# One statement however many rows; a row that has changed meanwhile cannot be, the month is locked.
_WRITE = """
INSERT INTO billing_reading AS r (
    project_id, usage_month, meter_id, previous, current, read_on, reader_name, note,
    consumption, state, faults, usual, resolution, reason, resolved_by_label,
    recorded_by, recorded_by_label, recorded_at, import_batch_id)
SELECT %(project_id)s, %(usage_month)s, t.meter_id, t.previous, t.current, t.read_on,
       t.reader_name, t.note, t.consumption, t.state, string_to_array(t.faults, ','), t.usual,
       '', '', '', %(recorded_by)s, %(recorded_by_label)s, %(recorded_at)s, %(import_batch_id)s
FROM unnest(
    %(meter_id)s::bigint[], %(previous)s::numeric[], %(current)s::numeric[], %(read_on)s::date[],
    %(reader_name)s::text[], %(note)s::text[], %(consumption)s::numeric[], %(state)s::text[],
    %(faults)s::text[], %(usual)s::numeric[]
) AS t (meter_id, previous, current, read_on, reader_name, note, consumption, state, faults, usual)
ORDER BY t.meter_id
ON CONFLICT (meter_id, usage_month) DO UPDATE SET
    previous = excluded.previous, current = excluded.current, read_on = excluded.read_on,
    reader_name = excluded.reader_name, note = excluded.note,
    consumption = excluded.consumption, state = excluded.state, faults = excluded.faults,
    usual = excluded.usual, resolution = '', reason = '', corrected_previous = NULL,
    corrected_current = NULL, old_end = NULL, new_start = NULL, resolved_by = NULL,
    resolved_by_label = '', resolved_at = NULL, recorded_by = excluded.recorded_by,
    recorded_by_label = excluded.recorded_by_label, recorded_at = excluded.recorded_at
RETURNING id, xmax = 0
"""

_JUDGE_ANEW = """
UPDATE billing_reading r
SET consumption = t.consumption, state = t.state, faults = string_to_array(t.faults, ','),
    usual = t.usual
FROM unnest(
    %(id)s::bigint[], %(consumption)s::numeric[], %(state)s::text[], %(faults)s::text[],
    %(usual)s::numeric[]
) AS t (id, consumption, state, faults, usual)
WHERE r.id = t.id
"""

# What an undo needs to put a changed reading back.
_FIGURES = (
    "previous",
    "current",
    "read_on",
    "reader_name",
    "note",
    "consumption",
    "state",
    "faults",
    "usual",
    "resolution",
    "corrected_previous",
    "corrected_current",
    "old_end",
    "new_start",
    "reason",
    "resolved_by",
    "resolved_by_label",
    "resolved_at",
    "recorded_by",
    "recorded_by_label",
    "recorded_at",
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did. ``before`` has the former figures of every reading it changed, by id.

    Besides those named again with other values these are the ones that the month's new median
    puts on the exception list or takes off it.
    """

    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: int = 0
    exceptions: int = 0
    before: dict[int, dict[str, Any]] = field(default_factory=dict)


@transaction.atomic
def record_readings(
    *,
    actor: Actor,
    project_id: int,
    usage_month: date,
    rows: Sequence[ReadingEntry],
    now: datetime,
    today: date,
    import_batch_id: int | None = None,
) -> Recorded:
    """Record a month's readings, all or none, and judge them.

    Readings that are there already with the same figures stay as they are, resolved or billed.
    Others take the new figures and lose their resolution. ``import_batch_id`` marks the new ones.

    :raises access.ActionDenied: without ``reading.record`` in the project.
    :raises NotFound: if there is no such project within the actor's reach.
    :raises rules.MonthInvalid: if ``usage_month`` is no first of a month or lies in the future.
    :raises ReadingsRefused: if any row cannot be recorded; says which and why.
    """
    project = queries.lock_month(actor=actor, project_id=project_id)
    access.require(actor, Action.READING_RECORD, project_id)
    if usage_month > today:
        raise rules.MonthInvalid(_("This month has not begun yet."), field="usage_month")
    month = queries.assess_month(project_id=project_id, usage_month=usage_month, entries=rows)
    _refuse(month.entries)
    written = [
        assessment
        for assessment in month.entries
        if assessment.outcome in {Outcome.CREATED, Outcome.CHANGED}
    ]
    before = {
        assessment.reading.pk: _figures(assessment.reading)
        for assessment in written
        if assessment.reading is not None
    }
    created, changed = _write(actor, project_id, usage_month, written, now, import_batch_id)
    others = Reading.objects.in_bulk(list(month.others))
    before |= {reading.pk: _figures(reading) for reading in others.values()}
    _judge_anew(month.others)
    judge_following(
        project_id=project_id,
        meter_ids={
            assessment.entry.meter_id
            for assessment in written
            if assessment.entry.meter_id is not None
        },
        after=usage_month,
    )
    recorded = Recorded(
        created=created,
        changed=changed,
        unchanged=len(month.entries) - len(written),
        exceptions=sum(
            1
            for assessment in written
            if assessment.verdict is not None and not assessment.verdict.is_accepted
        ),
        before=before,
    )
    if written:
        audit.record(
            actor=actor,
            event="billing.readings.recorded",
            subject=project,
            project_id=project_id,
            now=now,
            data={
                "usage_month": usage_month.isoformat(),
                "created": len(created),
                "changed": len(changed),
                "unchanged": recorded.unchanged,
                "exceptions": recorded.exceptions,
                "judged_anew": len(month.others),
                # Decisions that the new figures have made void, by reading.
                "decisions_void": [pk for pk in changed if before[pk]["resolution"]],
                "import_batch": import_batch_id,
            },
        )
    return recorded


def record_reading(
    *,
    actor: Actor,
    meter_id: int,
    usage_month: date,
    current: Decimal | None,
    read_on: date | None,
    previous: Decimal | None = None,
    reader_name: str = "",
    note: str = "",
    now: datetime,
    today: date,
) -> Reading:
    """Record one reading by hand and return it as it was judged.

    :raises access.ActionDenied: without ``reading.record`` in the project.
    :raises NotFound: if there is no such meter within the actor's reach.
    :raises rules.MonthInvalid: if ``usage_month`` is no first of a month or lies in the future.
    :raises ReadingsRefused: if it cannot be recorded, e.g. because it is billed.
    """
    meter = queries.get_meter(actor=actor, meter_id=meter_id)
    record_readings(
        actor=actor,
        project_id=meter.project_id,
        usage_month=usage_month,
        rows=[
            ReadingEntry(
                meter_id=meter_id,
                previous=previous,
                current=current,
                read_on=read_on,
                reader_name=reader_name,
                note=note,
            )
        ],
        now=now,
        today=today,
    )
    return Reading.objects.select_related("meter__unit").get(
        meter_id=meter_id, usage_month=usage_month
    )


def judge_month(*, project_id: int, usage_month: date) -> None:
    """Judge the month's open readings anew, after one of them was resolved or reopened.

    The caller holds the lock of the month.
    """
    month = queries.assess_month(project_id=project_id, usage_month=usage_month)
    _judge_anew(month.others)


def judge_following(*, project_id: int, meter_ids: Collection[int], after: date) -> None:
    """Judge anew the later months that begin where these meters' readings have changed.

    The caller holds the lock of the month.
    """
    months = (
        Reading.objects.filter(project_id=project_id, meter_id__in=meter_ids, usage_month__gt=after)
        .order_by("usage_month")
        .values_list("usage_month", flat=True)
        .distinct()
    )
    for usage_month in list(months):
        judge_month(project_id=project_id, usage_month=usage_month)


def state_of(verdict: rules.Verdict) -> ReadingState:
    """Return the state of a reading that nobody has resolved."""
    return ReadingState.ACCEPTED if verdict.is_accepted else ReadingState.EXCEPTION


def _refuse(entries: Sequence[Assessment]) -> None:
    refused = [
        {
            "index": index,
            "code": str(assessment.refusal),
            "detail": str(MESSAGES[assessment.refusal]),
        }
        for index, assessment in enumerate(entries)
        if assessment.refusal is not None
    ]
    if not refused:
        return
    if len(entries) == 1:
        raise ReadingsRefused(refused[0]["detail"], field="current", details={"rows": refused})
    raise ReadingsRefused(
        _n(
            "%(count)d reading cannot be recorded, so none was.",
            "%(count)d readings cannot be recorded, so none was.",
            len(refused),
        )
        % {"count": len(refused)},
        field="rows",
        details={"rows": refused[:1000]},
    )


def _write(
    actor: Actor,
    project_id: int,
    usage_month: date,
    assessments: Sequence[Assessment],
    now: datetime,
    import_batch_id: int | None,
) -> tuple[list[int], list[int]]:
    """Return the ids created and the ids changed."""
    if not assessments:
        return [], []
    columns: dict[str, Callable[[Assessment, rules.Verdict], Any]] = {
        "meter_id": lambda row, _verdict: row.entry.meter_id,
        "previous": lambda row, _verdict: row.previous,
        "current": lambda row, _verdict: row.entry.current,
        "read_on": lambda row, _verdict: row.entry.read_on,
        "reader_name": lambda row, _verdict: row.entry.reader_name[:60],
        "note": lambda row, _verdict: row.entry.note[:200],
        "consumption": lambda _row, verdict: verdict.consumption,
        "state": lambda _row, verdict: state_of(verdict).value,
        "faults": lambda _row, verdict: ",".join(verdict.faults),
        "usual": lambda _row, verdict: verdict.usual,
    }
    judged = [(row, row.verdict) for row in assessments if row.verdict is not None]
    parameters: dict[str, Any] = {
        name: [value(row, verdict) for row, verdict in judged] for name, value in columns.items()
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                **parameters,
                "project_id": project_id,
                "usage_month": usage_month,
                "recorded_by": actor.user_id,
                "recorded_by_label": actor.label[:140],
                "recorded_at": now,
                "import_batch_id": import_batch_id,
            },
        )
        rows: list[tuple[int, bool]] = cursor.fetchall()
    return [pk for pk, is_new in rows if is_new], [pk for pk, is_new in rows if not is_new]


def _judge_anew(verdicts: Mapping[int, rules.Verdict]) -> None:
    if not verdicts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _JUDGE_ANEW,
            {
                "id": list(verdicts),
                "consumption": [verdict.consumption for verdict in verdicts.values()],
                "state": [state_of(verdict).value for verdict in verdicts.values()],
                "faults": [",".join(verdict.faults) for verdict in verdicts.values()],
                "usual": [verdict.usual for verdict in verdicts.values()],
            },
        )


def _figures(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in _FIGURES}
