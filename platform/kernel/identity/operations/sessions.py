"""Sessions: which browsers a person has signed in with, and ending them."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction

from kernel import access
from kernel.access.operations import end_sessions
from kernel.access.queries import lock_user
from kernel.audit import operations as audit
from kernel.errors import NotFound
from kernel.identity.models import Method, SignIn
from kernel.identity.operations.factors import note
from kernel.identity.queries import sessions_of

SEEN_KEPT_EVERY: Final = timedelta(minutes=10)
KEPT_FOR: Final = timedelta(days=30)


@transaction.atomic
def begin(
    *,
    user_id: int,
    session_key: str,
    method: Method,
    device: str,
    address: str,
    request_id: str = "",
    now: datetime,
) -> SignIn:
    """Write down a new session; what was over a month ago is forgotten.

    :raises NotFound: if there is no such person.
    """
    user = lock_user(user_id)
    SignIn.objects.filter(user=user, last_seen_at__lt=now - KEPT_FOR).delete()
    row = SignIn.objects.create(
        user=user,
        session_key=session_key,
        epoch=user.session_epoch,
        method=method,
        device=device[:120],
        address=address[:45],
        signed_in_at=now,
        last_seen_at=now,
    )
    actor = access.Actor(label=user.label, user_id=user.pk, request_id=request_id)
    audit.record(
        actor=actor,
        event="access.user.signed-in",
        subject=user,
        now=now,
        data={"method": method.value, "device": row.device},
    )
    return row


def forget_expired(*, now: datetime) -> int:
    """Remove sessions past their end, also those of visitors who never signed in."""
    removed, _kinds = Session.objects.filter(expire_date__lt=now).delete()
    return removed


def note_seen(*, sign_in_id: int, address: str, now: datetime) -> None:
    """Keep when and from where a session was last seen; asked every ten minutes."""
    SignIn.objects.filter(pk=sign_in_id).update(last_seen_at=now, address=address[:45])


def carry_over(*, sign_in_id: int, session_key: str) -> None:
    """Follow a session whose key and epoch have changed under it: its own password change."""
    row = SignIn.objects.select_related("user").filter(pk=sign_in_id).first()
    if row is not None:
        row.session_key, row.epoch = session_key, row.user.session_epoch
        row.save(update_fields=["session_key", "epoch"])


def end_of_key(*, session_key: str, now: datetime) -> None:
    """Write down that a browser has signed out."""
    SignIn.objects.filter(session_key=session_key, ended_at=None).update(ended_at=now)


@transaction.atomic
def end_one(*, user_id: int, sign_in_id: int, request_id: str = "", now: datetime) -> None:
    """Sign one of one's own browsers out.

    :raises NotFound: if it is not one's own, or over.
    """
    user = lock_user(user_id)
    row = sessions_of(user_id=user_id, now=now).filter(pk=sign_in_id).first()
    if row is None:
        raise NotFound
    _drop(row.session_key)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    note(user, "identity.session.ended", request_id, now)


@transaction.atomic
def end_all_own(*, user_id: int, request_id: str = "", now: datetime) -> None:
    """Sign all of one's browsers out; the interface keeps the one that asks.

    :raises NotFound: if there is no such person.
    """
    note(end_sessions(user_id=user_id), "identity.sessions.ended", request_id, now)


@transaction.atomic
def end_all_of(*, actor: access.Actor, user_id: int, now: datetime) -> None:
    """Sign somebody out everywhere.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    user = end_sessions(user_id=user_id)
    audit.record(actor=actor, event="identity.sessions.ended", subject=user, now=now)


def _drop(session_key: str) -> None:
    engine: Any = import_module(settings.SESSION_ENGINE)
    engine.SessionStore(session_key).delete()
