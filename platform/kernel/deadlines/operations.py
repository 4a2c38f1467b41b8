"""Start, pause, resume and end clocks. A service calls these in its own operations.

They ask for no permission: the operation that starts or stops the work has asked.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model

from kernel.access.actors import SYSTEM, Actor
from kernel.audit import operations as audit
from kernel.calendar.queries import calendar
from kernel.calendar.rules import WorkingCalendar
from kernel.db import refusing
from kernel.deadlines import alarms
from kernel.deadlines.clocks import clock_of
from kernel.deadlines.models import OPEN_STATES, Deadline, DeadlinePause, DeadlineState
from kernel.errors import Conflict, Invalid, NotFound
from kernel.text import _


class ClockRuns(Conflict):
    code = "deadlines.clock-runs"


class ClockStateWrong(Conflict):
    code = "deadlines.state-wrong"


class PauseReasonMissing(Invalid):
    code = "deadlines.reason-missing"


@transaction.atomic
def start(
    *,
    clock: str,
    subject: Model,
    project_id: int | None,
    started_at: datetime,
    title: str = "",
    url: str = "",
    person_ids: Iterable[int] = (),
    variants: Iterable[str] = (),
) -> Deadline:
    """Set a clock going on ``subject``, with the limit that the settings hold now.

    :param started_at: when the work began, e.g. when the previous level received the report.
    :param title: what people call the subject in lists and notices, ``url`` its page.
    :param person_ids: who is warned, and told when it is too late.
    :raises KeyError: for an unknown clock or variant.
    :raises ClockRuns: if this clock runs, or stands still, on the subject already.
    """
    kind, company = clock_of(clock), calendar()
    limit = kind.limit(
        project_id=project_id, started_at=started_at, variants=variants, calendar=company
    )
    deadline = Deadline(
        clock=clock,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        project_id=project_id,
        title=(title or str(subject))[:200],
        url=url,
        person_ids=sorted(set(person_ids)),
        measure=limit.measure,
        limit=max(limit.amount, timedelta(seconds=1)),  # a clock started at 24:00 sharp
        started_at=started_at,
        counts_from=limit.counts_from(started_at, company),
        used=timedelta(),
        running_since=started_at,
    )
    _set_moments(deadline, company)
    with refusing(
        deadline_open_once=ClockRuns(
            _("“%(clock)s” is running for this already.") % {"clock": kind.name}
        )
    ):
        deadline.save()
    return deadline


@transaction.atomic
def pause(*, actor: Actor, clock: str, subject: Model, reason: str, now: datetime) -> Deadline:
    """Let a clock stand still.

    :raises NotFound: if it is not open on the subject.
    :raises PauseReasonMissing: if nothing says why.
    :raises ClockStateWrong: if it stands still already.
    """
    deadline = _open(clock, subject)
    reason = reason.strip()[:200]
    if not reason:
        raise PauseReasonMissing(_("Say why the clock is to stand still."), field="reason")
    if deadline.state != DeadlineState.RUNNING:
        raise ClockStateWrong(_("This clock stands still already."))
    _halt(deadline, now, is_done=False)
    deadline.state = DeadlineState.PAUSED
    deadline.save()
    DeadlinePause.objects.create(
        deadline=deadline,
        reason=reason,
        paused_at=now,
        paused_by_id=actor.user_id,
        paused_by_label=actor.label[:140],
    )
    _note(actor, deadline, "paused", now, reason=reason)
    return deadline


@transaction.atomic
def resume(*, actor: Actor, clock: str, subject: Model, now: datetime) -> Deadline:
    """Set a clock going again; it is due when the rest of its limit is used up.

    :raises NotFound: if it is not open on the subject.
    :raises ClockStateWrong: if it runs.
    """
    deadline = _open(clock, subject)
    if deadline.state != DeadlineState.PAUSED:
        raise ClockStateWrong(_("This clock is running."))
    _end_pause(deadline, actor, now)
    deadline.state = DeadlineState.RUNNING
    deadline.running_since = now
    _set_moments(deadline, calendar())
    deadline.save()
    _note(actor, deadline, "resumed", now)
    return deadline


@transaction.atomic
def stop(*, clock: str, subject: Model, at: datetime, actor: Actor = SYSTEM) -> Deadline | None:
    """End a clock: the work is done. ``None`` if it is not open on the subject.

    Done too late is a breach even if no sweep has come by since.
    """
    return _end(clock, subject, DeadlineState.STOPPED, actor, at)


@transaction.atomic
def cancel(
    *, actor: Actor, clock: str, subject: Model, reason: str, now: datetime
) -> Deadline | None:
    """End a clock because there is nothing to do any more. ``None`` if it is not open."""
    deadline = _end(clock, subject, DeadlineState.CANCELLED, actor, now)
    if deadline is not None:
        _note(actor, deadline, "cancelled", now, reason=reason)
    return deadline


def set_moments(deadline: Deadline, company: WorkingCalendar) -> bool:
    """Compute anew when the clock warns and is due; tell whether that moved it."""
    before = deadline.warn_at, deadline.due_at
    _set_moments(deadline, company)
    return before != (deadline.warn_at, deadline.due_at)


def _find(clock: str, subject: Model) -> Deadline | None:
    return (
        Deadline.objects.select_for_update()
        .filter(
            clock=clock,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            state__in=OPEN_STATES,
        )
        .first()
    )


def _open(clock: str, subject: Model) -> Deadline:
    found = _find(clock, subject)
    if found is None:
        raise NotFound
    return found


def _end(
    clock: str, subject: Model, state: DeadlineState, actor: Actor, at: datetime
) -> Deadline | None:
    deadline = _find(clock, subject)
    if deadline is None:
        return None
    if deadline.state == DeadlineState.PAUSED:
        _end_pause(deadline, actor, at)
    else:
        _halt(deadline, at, is_done=True)
    deadline.state = state
    deadline.ended_at = max(at, deadline.started_at)
    deadline.save()
    return deadline


def _halt(deadline: Deadline, at: datetime, *, is_done: bool) -> None:
    """Add up what is used, and note a limit exceeded that no sweep has come to.

    If the work is not done, whoever is to hear of it hears: a pause hides nothing.
    """
    company = calendar()
    _set_moments(deadline, company)
    due = deadline.due_at
    deadline.used = deadline.run.used_at(at, company)
    if due is not None and due <= at and deadline.breached_at is None:
        if is_done:
            deadline.breached_at = due
        else:
            alarms.breach(deadline, at)
    deadline.running_since = deadline.warn_at = deadline.due_at = None


def _end_pause(deadline: Deadline, actor: Actor, at: datetime) -> None:
    for one in deadline.pauses.filter(resumed_at=None):
        one.resumed_at = max(at, one.paused_at)
        one.resumed_by_label = actor.label[:140]
        one.save()


def _set_moments(deadline: Deadline, company: WorkingCalendar) -> None:
    run = deadline.run
    deadline.due_at = run.due_at(company)
    deadline.warn_at = run.warn_at(company)


def _note(actor: Actor, deadline: Deadline, what: str, now: datetime, *, reason: str = "") -> None:
    audit.record(
        actor=actor,
        event=f"deadlines.clock.{what}",
        subject=deadline,
        now=now,
        project_id=deadline.project_id,
        data={"clock": deadline.clock, "reason": reason} if reason else {"clock": deadline.clock},
    )
