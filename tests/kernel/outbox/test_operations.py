"""Events reach the endpoints that want them: signed, again after failures, and once more."""

import hashlib
import hmac
import itertools
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from kernel import access, http, outgoing
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.outbox import operations, queries, registry
from kernel.outbox.models import Endpoint, Event, EventDelivery
from kernel.outgoing import WAITS, OutgoingState
from kernel.tenancy import tenant_connection
from kernel.text import _
from tenants.companies.models import Company
from tests.factories import NOW, add_actor

EVENT = "test.thing.happened"


class Receiver(BaseHTTPRequestHandler):
    status = 200
    got: list[tuple[dict[str, str], bytes]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((dict(self.headers), body))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return


@pytest.fixture
def url(settings: Settings) -> Iterator[str]:
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    registry.register(EVENT, _("Something happened"))
    Receiver.got, Receiver.status = [], 200
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}/hook"
        listening.shutdown()
        thread.join()
    del registry._EVENTS[EVENT]


@pytest.fixture
def admin(tenant: Company) -> access.Actor:
    return add_actor("xujing", "company_admin")


def add(admin: access.Actor, url: str, *events: str, name: str = "ERP") -> tuple[Endpoint, str]:
    return operations.add_endpoint(actor=admin, name=name, url=url, events=events, now=NOW)


def publish(subject: Endpoint, **data: str) -> Event:
    return operations.publish(event=EVENT, subject=subject, data=data, now=NOW)


def test_an_event_arrives_with_a_signature_that_the_secret_makes(
    admin: access.Actor, url: str
) -> None:
    endpoint, secret = add(admin, url)
    event = publish(endpoint, amount="12.00", name="云麓")

    assert operations.deliver_due(now=NOW) == 1

    headers, body = Receiver.got[0]
    told = json.loads(body)
    assert told["id"] == headers["Guanjia-Delivery"] == str(event.uid)
    assert (told["event"], told["company"]) == (EVENT, "alpha")
    assert told["data"] == {"amount": "12.00", "name": "云麓"}
    seconds, given = headers["Guanjia-Signature"].removeprefix("t=").split(",v1=")
    expected = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert given == expected
    assert int(seconds) == int(NOW.timestamp())
    assert secret not in Endpoint.objects.get().secret_encrypted


def test_only_endpoints_that_want_an_event_get_it(admin: access.Actor, url: str) -> None:
    everything, _secret = add(admin, url)
    one, _secret = add(admin, url, EVENT, name="one")
    off, _secret = add(admin, url, name="off")
    operations.change_endpoint(
        actor=admin, endpoint_id=off.pk, name="off", url=url, events=[], is_active=False, now=NOW
    )

    publish(everything)

    assert set(EventDelivery.objects.values_list("endpoint", flat=True)) == {everything.pk, one.pk}


def test_a_failing_endpoint_is_tried_for_a_day_and_can_be_sent_to_again(
    admin: access.Actor, url: str
) -> None:
    endpoint, _secret = add(admin, url)
    publish(endpoint)
    Receiver.status = 500
    now = NOW
    for _try in range(10):
        operations.deliver_due(now=now)
        now += timedelta(hours=17)
    given_up = EventDelivery.objects.get()

    assert given_up.state == OutgoingState.FAILED
    assert (given_up.status, given_up.error) == (500, "HTTP 500")
    assert len(Receiver.got) == len(WAITS) + 1

    Receiver.status = 204
    operations.replay(actor=admin, delivery_id=given_up.pk, now=now)
    assert operations.deliver_due(now=now) == 1
    sent = EventDelivery.objects.get()
    assert (sent.state, sent.status, sent.replays) == (OutgoingState.SENT, 204, 1)
    assert {headers["Guanjia-Delivery"] for headers, _body in Receiver.got} == {str(sent.event.uid)}


def test_an_event_of_a_rolled_back_change_is_never_told(admin: access.Actor, url: str) -> None:
    endpoint, _secret = add(admin, url)

    with transaction.atomic():
        publish(endpoint)
        transaction.set_rollback(True)

    assert Event.objects.count() == EventDelivery.objects.count() == 0


def test_an_address_that_turns_out_private_is_given_up_at_once(
    admin: access.Actor, url: str, settings: Settings
) -> None:
    endpoint, _secret = add(admin, url)
    publish(endpoint)
    settings.OUTBOUND_NETWORKS = []

    operations.deliver_due(now=NOW)

    assert EventDelivery.objects.get().state == OutgoingState.FAILED
    assert Receiver.got == []


@pytest.mark.parametrize(
    ("name", "address", "events", "field"),
    [
        ("", "https://example.com/", [], "name"),
        ("n" * 61, "https://example.com/", [], "name"),
        ("ERP", "example.com", [], "url"),
        ("ERP", "https://u:p@example.com/", [], "url"),
        ("ERP", "https://example.com/", ["no.such.event"], "events"),
    ],
)
def test_an_endpoint_that_cannot_work_is_refused(
    admin: access.Actor, name: str, address: str, events: list[str], field: str
) -> None:
    with pytest.raises(operations.EndpointInvalid) as refused:
        add(admin, address, *events, name=name)

    assert refused.value.field == field
    assert Endpoint.objects.count() == 0


def test_a_renewed_secret_replaces_the_old_one(admin: access.Actor, url: str) -> None:
    endpoint, old = add(admin, url)
    new = operations.renew_secret(actor=admin, endpoint_id=endpoint.pk, now=NOW)
    publish(endpoint)
    operations.deliver_due(now=NOW)

    headers, body = Receiver.got[0]
    seconds, given = headers["Guanjia-Signature"].removeprefix("t=").split(",v1=")
    signed = f"{seconds}.".encode() + body
    assert given == hmac.new(new.encode(), signed, hashlib.sha256).hexdigest()
    assert given != hmac.new(old.encode(), signed, hashlib.sha256).hexdigest()
    assert not AuditEntry.objects.filter(data__icontains="whsec_").exists()


def test_the_record_keeps_of_an_address_where_it_leads_and_not_what_opens_it(
    admin: access.Actor, url: str
) -> None:
    hook = "https://hooks.example.com/services/T0/canary?key=canary"
    endpoint, _secret = add(admin, hook)
    operations.change_endpoint(
        actor=admin,
        endpoint_id=endpoint.pk,
        name="ERP",
        url=hook.replace("T0", "T1"),
        events=[],
        is_active=True,
        now=NOW,
    )

    first, second = AuditEntry.objects.filter(event__startswith="outbox.endpoint.").order_by("pk")
    assert "canary" not in f"{first.data} {second.data}"
    assert first.data["url"].startswith("https://hooks.example.com/… (")
    assert second.data["before"]["url"] == first.data["url"] != second.data["after"]["url"]


def test_a_trial_goes_to_one_endpoint_only(admin: access.Actor, url: str) -> None:
    endpoint, _secret = add(admin, url)
    add(admin, url, name="other")
    operations.try_endpoint(actor=admin, endpoint_id=endpoint.pk, now=NOW)

    assert operations.deliver_due(now=NOW) == 1
    assert Receiver.got[0][0]["Guanjia-Event"] == "outbox.endpoint.tested"


def test_only_who_configures_the_company_touches_endpoints(admin: access.Actor, url: str) -> None:
    endpoint, _secret = add(admin, url)
    publish(endpoint)
    other = add_actor("fang", "property_manager")

    for attempt in (
        lambda: add(other, url),
        lambda: operations.renew_secret(actor=other, endpoint_id=endpoint.pk, now=NOW),
        lambda: operations.try_endpoint(actor=other, endpoint_id=endpoint.pk, now=NOW),
        lambda: queries.deliveries(actor=other),
    ):
        with pytest.raises(access.ActionDenied):
            attempt()
    with pytest.raises(NotFound):
        operations.renew_secret(actor=admin, endpoint_id=endpoint.pk + 1, now=NOW)


def test_an_event_cannot_be_changed_even_by_sql(admin: access.Actor, url: str) -> None:
    event = publish(add(admin, url)[0])

    for statement in ("UPDATE outbox_event SET name = 'x'", "DELETE FROM outbox_event"):
        with pytest.raises(DatabaseError), transaction.atomic():
            connection.cursor().execute(statement)
    event.refresh_from_db()
    assert event.name == EVENT


def test_two_workers_deliver_each_event_once(committed_tenant: Company, url: str) -> None:
    admin = add_actor("xujing", "company_admin")
    endpoint, _secret = add(admin, url)
    for _number in range(12):
        publish(endpoint)

    def work() -> None:
        tenant_connection.set_tenant(committed_tenant)
        try:
            operations.deliver_due(now=NOW)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    told = [headers["Guanjia-Delivery"] for headers, _body in Receiver.got]
    assert len(told) == len(set(told)) == 12


def test_a_turn_ends_before_its_claims_do(
    admin: access.Actor, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a slow server holds up is left to the next turn, and signed with the time it is sent."""
    endpoint, _secret = add(admin, url)
    for _event in range(9):
        publish(endpoint)
    clock = itertools.count(step=10)
    monkeypatch.setattr(outgoing, "monotonic", lambda: next(clock))

    assert operations.deliver_due(now=NOW) == 6

    signed = [
        int(headers["Guanjia-Signature"].partition(",")[0].removeprefix("t=")) - NOW.timestamp()
        for headers, _body in Receiver.got
    ]
    assert signed == [0, 10, 20, 30, 40, 50]
    waiting = EventDelivery.objects.filter(state=OutgoingState.WAITING)
    assert [(row.attempts, row.due_at) for row in waiting] == [(0, NOW)] * 3


def test_a_dead_endpoint_holds_up_no_other(admin: access.Actor, url: str) -> None:
    dead, _secret = add(admin, "http://127.0.0.1:1/", name="dead")
    for _event in range(3):
        publish(dead)
    add(admin, url)
    publish(dead)

    assert operations.deliver_due(now=NOW) == 1

    tried = EventDelivery.objects.filter(endpoint=dead).order_by("pk")
    assert [row.attempts for row in tried] == [1, 0, 0, 0]
    operations.deliver_due(now=NOW + timedelta(seconds=59))
    assert [row.attempts for row in tried.all()] == [1, 1, 0, 0]


def test_a_slow_endpoint_comes_after_the_others(
    admin: access.Actor, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes every event, each in 12 seconds: a turn would be over before the others'."""
    slow, _secret = add(admin, url, name="slow")
    for _event in range(8):
        publish(slow)
    add(admin, f"{url}/quick", name="quick")
    for _event in range(3):
        publish(slow)
    taken, post = [0.0], http.post

    def answer(address: str, *rest: Any) -> http.Answer:
        taken[0] += 0.0 if address.endswith("quick") else 12.0
        return post(address, *rest)

    monkeypatch.setattr(outgoing, "monotonic", lambda: taken[0])
    monkeypatch.setattr(http, "post", answer)

    assert operations.deliver_due(now=NOW) == 8

    left = EventDelivery.objects.filter(state=OutgoingState.WAITING)
    assert [delivery.endpoint.name for delivery in left] == ["slow"] * 6


def test_one_that_cannot_be_made_stops_no_other_and_is_given_up(
    admin: access.Actor, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken, _secret = add(admin, url, name="broken")
    Endpoint.objects.update(secret_encrypted="of another company")
    whole, _secret = add(admin, url)
    publish(whole)

    assert operations.deliver_due(now=NOW) == 1

    assert "NotReadable" in caplog.text
    now = NOW
    for _try in range(len(WAITS)):
        now += timedelta(hours=17)
        operations.deliver_due(now=now)
    given_up = EventDelivery.objects.get(endpoint=broken)
    assert (given_up.state, given_up.error) == (OutgoingState.FAILED, "NotReadable")


def test_one_whose_worker_always_dies_is_given_up(admin: access.Actor, url: str) -> None:
    endpoint, _secret = add(admin, url)
    publish(endpoint)
    EventDelivery.objects.update(attempts=len(WAITS) + 1)  # each was a claim and nothing more

    operations.deliver_due(now=NOW)

    assert EventDelivery.objects.get().state == OutgoingState.FAILED
    assert Receiver.got == []
