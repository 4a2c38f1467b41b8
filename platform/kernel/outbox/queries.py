"""Reads of endpoints, events and their deliveries."""

from django.db.models import QuerySet

from kernel.access.actions import Action
from kernel.access.actors import Actor, require_everywhere
from kernel.errors import NotFound
from kernel.outbox.models import Endpoint, EventDelivery


def endpoints(*, actor: Actor) -> QuerySet[Endpoint]:
    """Return the company's endpoints by name.

    :raises access.ActionDenied: without ``company.configure``.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    return Endpoint.objects.order_by("name", "pk")


def get_endpoint(*, actor: Actor, endpoint_id: int, lock: bool = False) -> Endpoint:
    """Return one endpoint, locked until the transaction ends if asked.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is none.
    """
    found = endpoints(actor=actor).filter(pk=endpoint_id)
    endpoint = (found.select_for_update() if lock else found).first()
    if endpoint is None:
        raise NotFound
    return endpoint


def endpoints_for(event: str) -> list[Endpoint]:
    """Return the active endpoints that want an event."""
    return [
        endpoint
        for endpoint in Endpoint.objects.filter(is_active=True).order_by("pk")
        if not endpoint.events or event in endpoint.events
    ]


def deliveries(*, actor: Actor) -> QuerySet[EventDelivery]:
    """Return what was sent and what waits, newest first.

    :raises access.ActionDenied: without ``company.configure``.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    return EventDelivery.objects.select_related("event", "endpoint").order_by("-pk")


def get_delivery(*, actor: Actor, delivery_id: int, lock: bool = False) -> EventDelivery:
    """Return one delivery, locked until the transaction ends if asked.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is none.
    """
    found = deliveries(actor=actor).filter(pk=delivery_id)
    delivery = (found.select_for_update(of=("self",)) if lock else found).first()
    if delivery is None:
        raise NotFound
    return delivery
