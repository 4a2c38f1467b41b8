"""Reads of the security log."""

from datetime import datetime

from django.db.models import QuerySet

from kernel import access
from kernel.access import Action
from kernel.errors import NotFound
from kernel.security.models import SecurityEvent, SecurityKind


def events(*, actor: access.Actor) -> QuerySet[SecurityEvent]:
    """Return the security log, the latest first.

    :raises access.ActionDenied: without ``security.view`` in the whole company.
    """
    access.require_everywhere(actor, Action.SECURITY_VIEW)
    return SecurityEvent.objects.order_by("-at", "-pk")


def get_event(*, actor: access.Actor, event_id: int) -> SecurityEvent:
    """Return one event. :raises NotFound: if there is none."""
    found = events(actor=actor).filter(pk=event_id).first()
    if found is None:
        raise NotFound
    return found


def count_since(*, kind: SecurityKind, user_id: int, since: datetime) -> int:
    """Return how often something was written down of a person after a moment.

    For the operations that write it; the log itself is for who may read it.
    """
    return SecurityEvent.objects.filter(user_id=user_id, kind=kind, at__gt=since).count()
