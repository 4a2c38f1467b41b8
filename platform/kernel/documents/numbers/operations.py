"""Take the next number; change a series' pattern."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Max

from kernel import access
from kernel.access import Action
from kernel.audit import operations as audit
from kernel.documents.models import IssuedNumber, NumberCounter, NumberSeries
from kernel.documents.numbers import registry, rules
from kernel.errors import Conflict, NotFound
from kernel.locks import LockClass, try_lock_name
from kernel.policies import operations as policies
from kernel.tenancy import company_day, current_company
from kernel.text import _


class PatternRepeats(Conflict):
    code = "documents.pattern-repeats"


class SeriesChanged(Conflict):
    code = "documents.series-changed"


@transaction.atomic
def next_number(
    *,
    series: str,
    project_id: int | None,
    on: date,
    values: Mapping[str, str] | None = None,
) -> str:
    """Take the next number of a series, in the caller's transaction.

    A gapless one is kept only if the caller commits; until then the next taker of the same frame
    waits. Take it last, so that he waits shortly.

    :param series: the key of a registered series.
    :param values: what the caller fills in: ``{"DEPT": "KF"}``.
    :raises rules.ValueMissing: if a token of the pattern gets no value.
    """
    row = _row_of(series)
    _keep_pattern(row)
    pattern = rules.parse(row.pattern, allowed=registry.series_named(series).tokens)
    text = rules.frame(pattern, on=on, values=_values(pattern, project_id, values or {}))
    count = _count_on(row, text) if row.is_gapless else _draw(row, text)
    code = rules.number(text, pattern.width, count)
    IssuedNumber.objects.create(
        series=row, frame=text, count=count, code=code, project_id=project_id, on=on
    )
    return code


@transaction.atomic
def change_pattern(
    *, actor: access.Actor, series: str, pattern: str, seen: str, now: datetime
) -> NumberSeries:
    """Give a series another pattern, for the numbers to come.

    :param seen: the pattern that the actor saw when he began.
    :raises NotFound: if there is no such series.
    :raises access.ActionDenied: without ``company.configure``, and what the setting takes that
        says the same.
    :raises rules.PatternInvalid: if it is no pattern.
    :raises PatternRepeats: if it could give a number that was given already.
    :raises SeriesChanged: if somebody else changed it meanwhile.
    """
    access.require_everywhere(actor, Action.COMPANY_CONFIGURE)
    try:
        known = registry.series_named(series)
    except KeyError as error:
        raise NotFound from error
    parsed = rules.parse(pattern, allowed=known.tokens)
    _row_of(series)
    row = NumberSeries.objects.select_for_update(of=("self",)).get(key=series)
    if row.pattern != seen:
        raise SeriesChanged(_("Somebody else has changed this pattern. Look at it again."))
    issued = row.numbers.order_by("pk").values_list("code", "frame")
    for code, frame in issued.iterator(chunk_size=5000):
        if rules.meets(parsed, code, frame):
            raise PatternRepeats(
                _("This pattern could give %(number)s again, which is on a paper already.")
                % {"number": code},
                field="pattern",
            )
    before, row.pattern = row.pattern, pattern
    row.changed_at, row.changed_by_label = now, actor.label[:140]
    row.save(update_fields=["pattern", "changed_at", "changed_by_label"])
    if known.setting:
        policies.set_value(
            actor=actor,
            key=known.setting,
            text=pattern,
            is_decided=True,
            now=now,
            today=company_day(now),
        )
    audit.record(
        actor=actor,
        event="documents.number-pattern.changed",
        subject=row,
        now=now,
        data={"series": series, "before": {"pattern": before}, "after": {"pattern": pattern}},
    )
    return row


def _row_of(key: str) -> NumberSeries:
    known = registry.series_named(key)
    row = NumberSeries.objects.filter(key=key).first()
    if row is None:
        # Two takers may come first at once: the second's insert does nothing.
        NumberSeries.objects.bulk_create(
            [NumberSeries(key=key, pattern=known.pattern, is_gapless=known.is_gapless)],
            ignore_conflicts=True,
        )
        row = NumberSeries.objects.get(key=key)
    return row


def _keep_pattern(row: NumberSeries) -> None:
    """Let nobody change the pattern until the transaction ends; takers do not wait for each other.

    Who changes it looks at every number there is: it must find this one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pattern FROM {NumberSeries._meta.db_table} WHERE id = %s FOR SHARE",  # noqa: S608 - our own table
            [row.pk],
        )
        row.pattern = cursor.fetchone()[0]


def _values(
    pattern: rules.Pattern, project_id: int | None, given: Mapping[str, str]
) -> dict[str, str]:
    values = dict(given)
    if "CO" in pattern.tokens:
        values["CO"] = "".join(
            character for character in current_company().slug.upper() if character.isalnum()
        )
    if "PROJECT" in pattern.tokens and project_id is not None:
        values["PROJECT"] = registry.project_code(project_id)
    return values


def _count_on(series: NumberSeries, frame: str) -> int:
    """Return the next count of a frame; its row is locked until the transaction ends."""
    NumberCounter.objects.bulk_create(
        [NumberCounter(series=series, frame=frame, next_count=1)], ignore_conflicts=True
    )
    counter = NumberCounter.objects.select_for_update(of=("self",)).get(series=series, frame=frame)
    count = counter.next_count
    counter.next_count = count + 1
    counter.save(update_fields=["next_count"])
    return count


def _draw(series: NumberSeries, frame: str) -> int:
    """Return the next count of a frame that nobody else takes, without waiting for anybody.

    Who takes one holds its lock until his transaction ends: the others go on to the one after it.
    It leaves a gap if he gives up and a later one is taken meanwhile.
    """
    issued = IssuedNumber.objects.filter(series=series, frame=frame)
    count = issued.aggregate(latest=Max("count"))["latest"] or 0
    while True:
        count += 1
        is_ours = try_lock_name(LockClass.NUMBER, f"{series.key}/{frame}/{count}")
        # Who took it may have committed after we looked for the latest: then its lock is free.
        if is_ours and not issued.filter(count=count).exists():
            return count
