"""Robots through the pages and the API; a robot of a project out of sight is refused."""

from typing import Any

import pytest
from django.urls import reverse

from kernel import access
from kernel.notifications.models import Channel, ChannelPost
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.api.client import refusal, sign_in
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, add_actor

FACTS: dict[str, Any] = {
    "kind": "wecom",
    "name": "客服群",
    "key": "0123abcd-4567-89ef",
    "language": "zh-hans",
    "kinds": ["console.export-ready"],
}


@pytest.fixture
def client(tenant: Company) -> Browser:
    add_actor("xujing", "company_admin")
    return browser_of("xujing")


def test_a_robot_is_added_tried_and_switched_off(client: Browser) -> None:
    project = create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)
    client.post(reverse("channels-new"), FACTS | {"project_id": project.pk})
    channel = Channel.objects.get()
    client.post(reverse("channels-try", args=[channel.pk]))
    listed = client.get(reverse("channels")).content.decode()
    page = client.get(reverse("channels-channel", args=[channel.pk])).content.decode()
    client.post(reverse("channels-edit", args=[channel.pk]), FACTS)

    assert "云麓花园" in listed
    assert "An exported sheet is ready" in page
    assert FACTS["key"] not in page
    assert ChannelPost.objects.count() == 1
    channel.refresh_from_db()
    assert channel.is_active is False


def test_what_is_no_robots_address_is_refused_at_its_field(client: Browser) -> None:
    answer = client.post(reverse("channels-new"), FACTS | {"key": "x"})

    assert answer.status_code == 422
    assert "Copy the robot" in answer.content.decode()
    assert Channel.objects.count() == 0


def test_the_list_takes_the_same_queries_however_many_robots(
    client: Browser, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        client.post(reverse("channels-new"), FACTS | {"name": f"群 {number}"})

    with django_assert_max_num_queries(14):
        client.get(reverse("channels"))


def test_programs_do_all_of_it(tenant: Company) -> None:
    api = sign_in("robot", ("company_admin", None))
    made = api("POST", "notices/channels/", FACTS)
    address = f"notices/channels/{made.json()['id']}/"
    change = {"name": "群", "language": "en", "kinds": FACTS["kinds"], "is_active": True}

    assert made.status_code == 201
    assert "key" not in made.json()
    assert api("PUT", address, change).json()["name"] == "群"
    assert api("GET", address).json()["language"] == "en"
    assert api("POST", f"{address}try/").status_code == 202
    assert len(api("GET", f"{address}posts/").json()["results"]) == 1
    assert len(api("GET", "notices/channels/").json()["results"]) == 1
    refused = api("POST", "notices/channels/", FACTS | {"project_id": 4711})
    assert refusal(refused) == (404, "not-found")
