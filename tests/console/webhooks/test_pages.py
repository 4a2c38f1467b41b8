"""Webhooks through the pages and the API: the secret once, trials, sending again."""

from typing import Any

import pytest
from django.urls import reverse

from kernel.audit.models import AuditEntry
from kernel.outbox import operations
from kernel.outbox.models import Endpoint, EventDelivery
from kernel.outgoing import OutgoingState
from tenants.companies.models import Company
from tests.api.client import refusal, sign_in
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, add_actor

FACTS = {"name": "ERP", "url": "https://erp.example/hook", "events": ["billing.run.posted"]}


@pytest.fixture
def client(tenant: Company) -> Browser:
    add_actor("xujing", "company_admin")
    return browser_of("xujing")


def test_the_secret_is_shown_once(client: Browser) -> None:
    answer = client.post(reverse("webhooks-new"), FACTS).content.decode()
    endpoint = Endpoint.objects.get()
    page = client.get(reverse("webhooks-endpoint", args=[endpoint.pk])).content.decode()

    assert "whsec_" in answer
    assert "whsec_" not in page
    assert "The bills of a month were issued" in page
    assert "Webhook added" in page


def test_an_address_inside_is_refused_at_its_field(client: Browser) -> None:
    answer = client.post(reverse("webhooks-new"), FACTS | {"url": "http://127.0.0.1/"})

    assert answer.status_code == 422
    assert "The address must begin with https://." in answer.content.decode()
    assert Endpoint.objects.count() == 0


def test_a_trial_is_listed_and_sent_again(client: Browser) -> None:
    client.post(reverse("webhooks-new"), FACTS)
    endpoint = Endpoint.objects.get()
    address = reverse("webhooks-endpoint", args=[endpoint.pk])
    client.post(reverse("webhooks-try", args=[endpoint.pk]))
    delivery = EventDelivery.objects.get()
    EventDelivery.objects.update(state=OutgoingState.FAILED, error="HTTP 500", attempts=7)

    page = client.get(address, {"state": "failed"}).content.decode()
    again = client.post(
        reverse("webhooks-replay", args=[delivery.pk]), headers={"hx-request": "true"}
    )

    assert "Trial" in page
    assert "HTTP 500" in page
    assert again.headers["HX-Redirect"] == address
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.replays) == (OutgoingState.WAITING, 0, 1)


def test_a_webhook_is_switched_off(client: Browser) -> None:
    client.post(reverse("webhooks-new"), FACTS)
    endpoint = Endpoint.objects.get()
    client.post(reverse("webhooks-edit", args=[endpoint.pk]), FACTS)

    endpoint.refresh_from_db()
    assert endpoint.is_active is False
    entry = AuditEntry.objects.filter(event="outbox.endpoint.changed").get()
    assert entry.data["before"]["is_active"] is True


def test_the_list_takes_the_same_queries_however_many_webhooks(
    client: Browser, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        client.post(reverse("webhooks-new"), FACTS | {"name": f"ERP {number}"})

    with django_assert_max_num_queries(14):
        client.get(reverse("webhooks"))


def test_programs_do_all_of_it(tenant: Company) -> None:
    api = sign_in("robot", ("company_admin", None))
    made = api("POST", "webhooks/", FACTS)
    address = f"webhooks/{made.json()['id']}/"
    trial = api("POST", f"{address}try/")
    changed = api("PUT", address, FACTS | {"events": [], "is_active": True}).json()

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert trial.json()["event"] == operations.TRIAL_EVENT
    assert changed["events"] == []
    assert "secret" not in api("GET", address).json()
    assert api("POST", f"{address}secret/").json()["secret"] != made.json()["secret"]
    listed = api("GET", "webhooks/deliveries/?state=waiting").json()["results"]
    assert [each["uid"] for each in listed] == [trial.json()["uid"]]
    assert api("POST", f"webhooks/deliveries/{listed[0]['id']}/replay/").json()["replays"] == 1
    assert "billing.run.posted" in {each["name"] for each in api("GET", "webhooks/events/").json()}
    refused = api("POST", "webhooks/", FACTS | {"events": ["no.such"]})
    assert refusal(refused) == (422, "outbox.endpoint-invalid")
    assert Endpoint.objects.filter(created_at__gt=NOW).count() == 1
