"""Tell other systems what happened, and keep their addresses."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from kernel import crypto, http, outgoing
from kernel.access.actions import Action
from kernel.access.actors import Actor, require_everywhere
from kernel.audit import operations as audit
from kernel.errors import Invalid
from kernel.jobs.operations import enqueue_after_commit
from kernel.outbox import queries, rules
from kernel.outbox.models import Endpoint, Event, EventDelivery
from kernel.outbox.registry import events as known_events
from kernel.outgoing import NotDelivered, OutgoingState, Undeliverable
from kernel.tenancy import current_company
from kernel.text import _

DELIVER_TASK = "kernel.outbox.deliver"
TRIAL_EVENT = "outbox.endpoint.tested"
LONGEST_NAME = 60

_REFUSALS = {
    "scheme": _("The address must begin with https://."),
    "host": _("Enter the whole address, such as https://example.com/hook."),
    "user": _("The address must not carry a user name or a password."),
    "length": _("The address is too long."),
    "private": _("This address lies inside a private network."),
}


class EndpointInvalid(Invalid):
    code = "outbox.endpoint-invalid"


def publish(
    *,
    event: str,
    subject: Model,
    data: Mapping[str, Any],
    project_id: int | None = None,
    now: datetime,
) -> Event:
    """Write an event in the caller's transaction; it is delivered once that commits.

    :param data: JSON values; amounts as text; no phone, no ID number, no secret.
    :raises KeyError: if the event is not registered.
    """
    if event not in known_events() and event != TRIAL_EVENT:
        raise KeyError(event)
    written = Event.objects.create(
        name=event,
        object_type=subject._meta.label_lower,
        object_id=subject.pk,
        project_id=project_id,
        data=dict(data),
        at=now,
    )
    _address(written, queries.endpoints_for(event), now)
    return written


def _address(event: Event, endpoints: Collection[Endpoint], now: datetime) -> None:
    made = EventDelivery.objects.bulk_create(
        EventDelivery(event=event, endpoint=endpoint, due_at=now) for endpoint in endpoints
    )
    if made:
        enqueue_after_commit(DELIVER_TASK)


def deliver_due(*, now: datetime) -> int:
    """Send the events that are due; return how many arrived. See :mod:`kernel.outgoing`."""
    waiting = EventDelivery.objects.select_related("event", "endpoint")
    return outgoing.deliver_due(waiting, _send, now, lane="endpoint_id")


def _send(delivery: EventDelivery, now: datetime) -> None:
    event, endpoint = delivery.event, delivery.endpoint
    if not endpoint.is_active:
        raise Undeliverable("switched off")
    body = rules.body_of(
        {
            "id": str(event.uid),
            "event": event.name,
            "at": event.at.isoformat(),
            "company": current_company().slug,
            "project_id": event.project_id,
            "object": {"type": event.object_type, "id": event.object_id},
            "data": event.data,
        }
    )
    secret = crypto.decrypt(endpoint.secret_encrypted)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Guanjia-Webhook/1",
        "Guanjia-Event": event.name,
        "Guanjia-Delivery": str(event.uid),
        "Guanjia-Signature": rules.signature(secret, int(now.timestamp()), body),
    }
    delivery.status = None
    try:
        answer = http.post(endpoint.url, body, headers)
    except http.AddressRefused as refusal:
        raise Undeliverable(str(refusal)) from refusal
    except http.RequestFailed as failure:
        raise NotDelivered(str(failure)) from failure
    delivery.status = answer.status
    delivery.save(update_fields=["status"])
    if not answer.is_ok:
        raise NotDelivered(f"HTTP {answer.status}")


@transaction.atomic
def add_endpoint(
    *, actor: Actor, name: str, url: str, events: Collection[str], now: datetime
) -> tuple[Endpoint, str]:
    """Add an address; return it with the secret that signs, which is shown once.

    :raises access.ActionDenied: without ``company.configure``.
    :raises EndpointInvalid: if the name or address is none we take, or an event is not known.
    """
    require_everywhere(actor, Action.COMPANY_CONFIGURE)
    values = _checked(name, url, events)
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    endpoint = Endpoint.objects.create(
        secret_encrypted=crypto.encrypt(secret), created_at=now, **values
    )
    audit.record(
        actor=actor, event="outbox.endpoint.added", subject=endpoint, now=now, data=_told(values)
    )
    return endpoint, secret


@transaction.atomic
def change_endpoint(
    *,
    actor: Actor,
    endpoint_id: int,
    name: str,
    url: str,
    events: Collection[str],
    is_active: bool,
    now: datetime,
) -> Endpoint:
    """Change an address or switch it off; what waits for one switched off is given up.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is no such endpoint.
    :raises EndpointInvalid: if the name or address is none we take, or an event is not known.
    """
    endpoint = queries.get_endpoint(actor=actor, endpoint_id=endpoint_id, lock=True)
    values = {**_checked(name, url, events), "is_active": is_active}
    before = {field: getattr(endpoint, field) for field in values}
    for field, value in values.items():
        setattr(endpoint, field, value)
    endpoint.save(update_fields=list(values))
    audit.record(
        actor=actor,
        event="outbox.endpoint.changed",
        subject=endpoint,
        now=now,
        data={"before": _told(before), "after": _told(values)},
    )
    return endpoint


@transaction.atomic
def renew_secret(*, actor: Actor, endpoint_id: int, now: datetime) -> str:
    """Give an endpoint another secret and return it; the old one signs nothing any more.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is no such endpoint.
    """
    endpoint = queries.get_endpoint(actor=actor, endpoint_id=endpoint_id, lock=True)
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    endpoint.secret_encrypted = crypto.encrypt(secret)
    endpoint.save(update_fields=["secret_encrypted"])
    audit.record(actor=actor, event="outbox.endpoint.secret-renewed", subject=endpoint, now=now)
    return secret


@transaction.atomic
def try_endpoint(*, actor: Actor, endpoint_id: int, now: datetime) -> EventDelivery:
    """Send a harmless event to one endpoint only.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is no such endpoint.
    """
    endpoint = queries.get_endpoint(actor=actor, endpoint_id=endpoint_id)
    event = Event.objects.create(
        name=TRIAL_EVENT,
        object_type=endpoint._meta.label_lower,
        object_id=endpoint.pk,
        data={"name": endpoint.name},
        at=now,
    )
    _address(event, [endpoint], now)
    audit.record(actor=actor, event="outbox.endpoint.tested", subject=endpoint, now=now)
    return EventDelivery.objects.get(event=event, endpoint=endpoint)


@transaction.atomic
def replay(*, actor: Actor, delivery_id: int, now: datetime) -> EventDelivery:
    """Send an event once more to the same endpoint, with the same id, and all attempts anew.

    :raises access.ActionDenied: without ``company.configure``.
    :raises NotFound: if there is no such delivery.
    """
    delivery = queries.get_delivery(actor=actor, delivery_id=delivery_id, lock=True)
    delivery.state, delivery.attempts, delivery.due_at = OutgoingState.WAITING, 0, now
    delivery.finished_at, delivery.error = None, ""
    delivery.replays += 1
    delivery.save()
    enqueue_after_commit(DELIVER_TASK)
    audit.record(
        actor=actor,
        event="outbox.event.replayed",
        subject=delivery.endpoint,
        now=now,
        data={"event": delivery.event.name, "uid": str(delivery.event.uid)},
    )
    return delivery


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the record keeps: of many receivers the path or query is the whole secret."""
    return {**values, "url": rules.told_url(str(values["url"]))}


def _checked(name: str, url: str, events: Collection[str]) -> dict[str, Any]:
    name, url = " ".join(name.split()), url.strip()
    if not name or len(name) > LONGEST_NAME:
        raise EndpointInvalid(
            _("Enter a name of at most %(count)d characters.") % {"count": LONGEST_NAME},
            field="name",
        )
    try:
        http.check_url(url)
    except http.AddressRefused as refusal:
        raise EndpointInvalid(_REFUSALS[refusal.code], field="url") from refusal
    unknown = set(events) - known_events().keys()
    if unknown:
        raise EndpointInvalid(_("There is no such event."), field="events")
    return {"name": name, "url": url, "events": sorted(set(events))}
