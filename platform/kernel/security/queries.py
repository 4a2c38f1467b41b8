"""Reads of the security log."""

from django.db.models import QuerySet

from kernel import access
from kernel.access import Action
from kernel.errors import NotFound
from kernel.security.models import SecurityEvent


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
