"""What time alone does: clocks warn, are exceeded, and come to whoever stands above.

Each row is marked and the notices about it are written in one transaction, under a lock that
another sweeper passes over: whatever is killed when, nobody is told twice and nothing is missed.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from kernel.calendar.queries import calendar
from kernel.deadlines import alarms
from kernel.deadlines.clocks import clocks
from kernel.deadlines.models import Deadline, DeadlineState
from kernel.deadlines.operations import set_moments
from kernel.deadlines.rules import Measure

BATCH: Final = 50


def sweep(*, now: datetime) -> int:
    """Warn, note what is exceeded and escalate, until nothing is left to do; return how many."""
    done = 0
    while found := _sweep_batch(now):
        done += found
    return done


def recompute(*, now: datetime) -> int:
    """Set the moments of clocks that count working time anew; the calendar was changed.

    :return: how many clocks are due at another time now.
    """
    moved, last = 0, 0
    while True:
        with transaction.atomic():
            company = calendar()
            batch = list(
                Deadline.objects.select_for_update()
                .filter(state=DeadlineState.RUNNING, pk__gt=last, breached_at=None)
                .exclude(measure=Measure.ALWAYS)
                .order_by("pk")[:BATCH]
            )
            for deadline in batch:
                if set_moments(deadline, company):
                    deadline.save(update_fields=["warn_at", "due_at"])
                    moved += 1
        if len(batch) < BATCH:
            return moved
        last = batch[-1].pk


@transaction.atomic
def _sweep_batch(now: datetime) -> int:
    late = Q(due_at__lte=now, breached_at=None)
    soon = Q(warn_at__lte=now, warned_at=None)
    batch = list(
        Deadline.objects.select_for_update(skip_locked=True)
        .filter(late | soon, state=DeadlineState.RUNNING, clock__in=[one.key for one in clocks()])
        .order_by("due_at", "pk")[:BATCH]
    )
    if not batch:
        return 0
    company = calendar()
    for deadline in batch:
        # The calendar may have moved it since: a day that became a holiday does not count.
        set_moments(deadline, company)
        if deadline.due_at is not None and deadline.due_at <= now and not deadline.breached_at:
            alarms.breach(deadline, now)
        elif deadline.warn_at is not None and deadline.warn_at <= now and not deadline.warned_at:
            alarms.warn(deadline, now)
    Deadline.objects.bulk_update(
        batch, ["warn_at", "due_at", "warned_at", "breached_at", "escalated_to"]
    )
    return len(batch)
