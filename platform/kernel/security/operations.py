"""The one writer of the security log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kernel.access.actors import Actor
from kernel.duties.errors import KeptApart
from kernel.errors import Denied, DomainError, NotFound
from kernel.security.models import SecurityEvent, SecurityKind

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
    """Write one event in the caller's transaction.

    :param actor: ``None`` where nobody is signed in.
    :param project_id: as the address has it; left out where no project can have such a number.
    :param data: JSON values only; no phone, no ID number, no secret.
    """
    return SecurityEvent.objects.create(
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


def _kind_of(error: DomainError) -> SecurityKind | None:
    if isinstance(error, KeptApart):
        return SecurityKind.DUTIES_REFUSED
    if isinstance(error, Denied):
        return SecurityKind.ACTION_DENIED
    if isinstance(error, NotFound):
        return SecurityKind.OUT_OF_REACH
    return None
