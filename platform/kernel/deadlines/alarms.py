"""Who is told when a clock warns or is exceeded."""

from datetime import datetime

from kernel.access import lines
from kernel.access import queries as people
from kernel.access.actors import SYSTEM
from kernel.audit import operations as audit
from kernel.deadlines.clocks import ClockKind, clock_of
from kernel.deadlines.models import Deadline
from kernel.deadlines.notices import BREACHED, ESCALATED, WARNED
from kernel.notifications.operations import notify
from kernel.tenancy import company_day, company_time_zone


def warn(deadline: Deadline, now: datetime) -> None:
    """Tell who is responsible that time runs out; the caller saves the row."""
    deadline.warned_at = now
    _tell(WARNED, deadline, deadline.person_ids, now)


def breach(deadline: Deadline, now: datetime) -> None:
    """Note that the limit is exceeded, and tell it upwards; the caller saves the row."""
    kind = clock_of(deadline.clock)
    deadline.breached_at = deadline.due_at
    deadline.warned_at = deadline.warned_at or now
    _tell(BREACHED, deadline, deadline.person_ids, now)
    if not kind.is_target:
        above = _above(kind, deadline, now)
        deadline.escalated_to = above
        _tell(ESCALATED, deadline, above, now)
    audit.record(
        actor=SYSTEM,
        event="deadlines.clock.breached",
        subject=deadline,
        now=now,
        project_id=deadline.project_id,
        data={"clock": deadline.clock, "escalated_to": deadline.escalated_to},
    )


def _above(kind: ClockKind, deadline: Deadline, now: datetime) -> list[int]:
    """Return who hears of it: the post's holders, or the next above it that somebody holds."""
    today = company_day(now)
    for post in (
        kind.escalates_to,
        *people.line_above(kind.escalates_to, lines.above(today)),
    ):
        found = people.people_of_post(post=post, project_id=deadline.project_id, today=today)
        above = [user.pk for user in found if user.pk not in deadline.person_ids]
        if above:
            return above
    return []


def _tell(notice: str, deadline: Deadline, to: list[int], now: datetime) -> None:
    if not to:
        return
    due = deadline.due_at or now
    notify(
        kind=notice,
        to=to,
        url=deadline.url,
        context={
            "clock": str(clock_of(deadline.clock).name),
            "title": deadline.title,
            "due": due.astimezone(company_time_zone()).strftime("%Y-%m-%d %H:%M"),
        },
        project_id=deadline.project_id,
        now=now,
    )
