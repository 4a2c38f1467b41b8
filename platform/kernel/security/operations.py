"""The one writer of the security log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest

from kernel.access.actors import Actor
from kernel.duties.errors import KeptApart
from kernel.errors import Denied, DomainError, NotFound
from kernel.security.models import SecurityEvent, SecurityKind
from kernel.text import _

# From the first of them on: what goes on longer begins a row of its own.
COUNTED_TOGETHER_FOR: Final = timedelta(minutes=10)
# Rows of refusals of one person. Whoever tries numbers one after the other meets it, nobody else.
MOST_AN_HOUR: Final = 100
REFUSALS: Final = (
    SecurityKind.ACTION_DENIED,
    SecurityKind.DUTIES_REFUSED,
    SecurityKind.OUT_OF_REACH,
)
# What makes two events the same.
_SAME: Final = (
    *("user_id", "kind", "actor", "project_id", "code"),
    *("rule", "message", "path", "address", "data"),
)
_IDS: Final = range(2**63)  # of a bigint


def note(
    *,
    kind: SecurityKind,
    actor: Actor | None,
    now: datetime,
    project_id: int | None = None,
    code: str = "",
    rule: str = "",
    message: str = "",
    path: str = "",
    address: str = "",
    data: Mapping[str, Any] | None = None,
) -> SecurityEvent:
    """Write one event in the caller's transaction; a refusal that repeats itself is counted.

    :param actor: ``None`` where nobody is signed in.
    :param project_id: as the address has it; left out where no project can have such a number.
    :param data: JSON values only; no phone, no ID number, no secret.
    """
    event = SecurityEvent(
        at=now,
        kind=kind,
        user_id=actor.user_id if actor else None,
        actor=actor.label[:140] if actor else "",
        project_id=project_id if (project_id or 0) in _IDS else None,
        code=code[:80],
        rule=rule,
        message=message[:500],
        path=path[:300],
        address=address[:45],
        request_id=actor.request_id if actor else "",
        data=dict(data or {}),
    )
    return _refused(event) if kind in REFUSALS else _written(event)


def note_refusal(
    error: DomainError,
    actor: Actor | None,
    path: str,
    now: datetime,
    *,
    project_id: int | None = None,
    address: str = "",
) -> SecurityEvent | None:
    """Write down a refusal, once what was refused is rolled back; return nothing for other errors.

    For the interfaces only: inside a transaction that fails, the entry would vanish with it.
    """
    kind = _kind_of(error)
    if kind is None:
        return None
    rule = error.details.get("rule", "")
    return note(
        kind=kind,
        actor=actor,
        now=now,
        project_id=project_id,
        code=error.code,
        rule=rule if isinstance(rule, str) else "",
        message=str(error),
        path=path,
        address=address,
        data=error.details,
    )


def _refused(event: SecurityEvent) -> SecurityEvent:
    """Write a refusal, or count it, so that nobody fills the log by being refused.

    The same one is counted on the row of the first. Of a person who is refused in very many ways
    all further ones are counted on one row, which says so.
    """
    found = _counted(event)
    if found is None and _are_many(event):
        event = SecurityEvent(
            at=event.at,
            kind=SecurityKind.MANY_REFUSED,
            user_id=event.user_id,
            actor=event.actor,
            code="security.many-refused",
            message=str(_("Refused too often to write down each one: the rest is counted here.")),
            address=event.address,
            request_id=event.request_id,
        )
        found = _counted(event)
    return found or _written(event)


def _written(event: SecurityEvent) -> SecurityEvent:
    event.save(force_insert=True)
    return event


def _counted(event: SecurityEvent) -> SecurityEvent | None:
    """Count an event on the row of the same from minutes ago and return that, if there is one.

    The same is what differs in nothing but its moment and the number of its request. Two at once
    may each find none: then there are two rows, and later ones are counted on the second.
    """
    same = {name: getattr(event, name) for name in _SAME}
    since = event.at - COUNTED_TOGETHER_FOR
    row = SecurityEvent.objects.filter(at__gt=since, **same).order_by("-at", "-pk").first()
    if row is None:
        return None
    last = Greatest("at", "last_at", Value(event.at, DateTimeField()))
    SecurityEvent.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=last)
    row.refresh_from_db(fields=["times", "last_at"])
    return row


def _are_many(event: SecurityEvent) -> bool:
    """Tell whether the person's refusals of the last hour fill as many rows as one may fill."""
    if event.user_id is None:
        return False
    since = event.at - timedelta(hours=1)
    rows = SecurityEvent.objects.filter(user_id=event.user_id, kind__in=REFUSALS, at__gt=since)
    return rows[:MOST_AN_HOUR].count() == MOST_AN_HOUR


def _kind_of(error: DomainError) -> SecurityKind | None:
    if isinstance(error, KeptApart):
        return SecurityKind.DUTIES_REFUSED
    if isinstance(error, Denied):
        return SecurityKind.ACTION_DENIED
    if isinstance(error, NotFound):
        return SecurityKind.OUT_OF_REACH
    return None
