"""Users, posts and the company's own facts, through the pages."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel import access
from kernel.access import operations, tokens
from kernel.access.models import ApiToken, PostHolding, User
from kernel.jobs.models import Job
from kernel.tenancy import public, tenant_connection
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.factories import NOW, add_actor, add_user


@pytest.fixture
def client(tenant: Company) -> Client:
    """Signed in as the administrator, in English: the Chinese catalogue may be there or not."""
    actor = add_actor("xujing", "company_admin")
    assert actor.user_id is not None
    operations.set_preferences(user_id=actor.user_id, language="en")
    client = Client(headers={"host": "alpha.test"})
    client.force_login(User.objects.get())
    return client


@pytest.fixture
def in_alpha(tenant: Company) -> Any:
    return lambda: tenant_connection.set_tenant(tenant)


def test_the_list_shows_people_with_their_posts(client: Client) -> None:
    project = create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)
    add_actor("zhouting", "collector", project_id=project.pk)

    page = client.get(reverse("people")).content.decode()

    assert "Collector (云麓花园)" in page
    assert "Company administrator" in page
    filtered = client.get(reverse("people"), {"post": "collector"}).content.decode()
    assert "zhouting" in filtered
    assert "1 person" in filtered


def test_the_list_takes_the_same_queries_however_many_people(
    client: Client, django_assert_max_num_queries: Any, in_alpha: Any
) -> None:
    for number in range(20):
        add_actor(f"user{number}", "meter_reader")

    with django_assert_max_num_queries(14):
        client.get(reverse("people"))


def test_adding_a_person_sends_an_invitation(client: Client, in_alpha: Any) -> None:
    facts = {"name": "周婷", "username": "zhouting", "email": "zhouting@example.com"}

    response = client.post(reverse("people-new"), facts)

    in_alpha()
    user = User.objects.get(username="zhouting")
    assert response.headers["Location"] == f"/c/people/{user.pk}/?done=added"
    assert Job.objects.get().params == {"user_id": user.pk}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"username": "XuJing"}, "username"), ({"email": ""}, "email"), ({"name": ""}, "name")],
)
def test_a_refused_person_is_told_where_and_not_added(
    client: Client, in_alpha: Any, change: dict[str, str], field: str
) -> None:
    facts = {"name": "周婷", "username": "zhouting", "email": "zhouting@example.com"}

    response = client.post(reverse("people-new"), facts | change)

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    in_alpha()
    assert User.objects.count() == 1
    assert Job.objects.count() == 0


def test_a_post_is_given_and_ended(client: Client, in_alpha: Any) -> None:
    project = create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)
    user = add_user("zhouting")

    given = client.post(
        reverse("people-post", args=[user.pk]),
        {"post": "collector", "place": project.pk, "valid_from": "2026-01-05"},
    )
    in_alpha()
    holding = PostHolding.objects.get(user=user.pk)
    ended = client.post(
        reverse("people-post-end", args=[user.pk, holding.pk]), {"last_day": "2026-06-30"}
    )

    assert (given.status_code, ended.status_code) == (302, 302)
    in_alpha()
    holding = PostHolding.objects.get(user=user.pk)
    assert (holding.project_id, str(holding.valid_from), str(holding.last_day)) == (
        project.pk,
        "2026-01-05",
        "2026-06-30",
    )


def test_a_refused_post_is_told_on_the_page(client: Client, in_alpha: Any) -> None:
    project = create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)
    user = add_user("zhouting")
    admin = {"post": "company_admin", "place": project.pk, "valid_from": "2026-01-05"}

    response = client.post(reverse("people-post", args=[user.pk]), admin)

    assert response.status_code == 422
    assert "This post is held in the whole company." in response.content.decode()
    nowhere = client.post(reverse("people-post", args=[user.pk]), admin | {"place": "999999"})
    assert nowhere.status_code == 422
    in_alpha()
    assert PostHolding.objects.filter(user=user.pk).count() == 0


def test_the_last_administrator_is_told_why_he_stays(client: Client, in_alpha: Any) -> None:
    me = User.objects.get()

    response = client.post(reverse("people-active", args=[me.pk]), {"active": "0"})

    assert response.status_code == 409
    assert "This is the last company administrator." in response.content.decode()
    in_alpha()
    assert User.objects.get().is_active


def test_an_administrator_revokes_a_persons_token(client: Client, in_alpha: Any) -> None:
    user = add_user("zhouting")
    token, _text = tokens.create_token(actor=access.SYSTEM, user_id=user.pk, name="x", now=NOW)

    wrong = client.post(reverse("people-token-revoke", args=[user.pk + 1, token.pk]))
    right = client.post(reverse("people-token-revoke", args=[user.pk, token.pk]))

    assert (wrong.status_code, right.status_code) == (404, 302)
    in_alpha()
    assert ApiToken.objects.get().revoked_at is not None


@pytest.mark.parametrize("post", ["charging_director", "collector"])
@pytest.mark.parametrize("route", ["people", "people-new", "company"])
def test_others_do_not_see_these_pages(tenant: Company, post: str, route: str) -> None:
    add_actor("other", post)
    client = Client(headers={"host": "alpha.test"})
    client.force_login(User.objects.get())

    assert client.get(reverse(route)).status_code == 403
    tenant_connection.set_tenant(tenant)
    assert client.post(reverse(route), {}).status_code == 403


def test_the_company_changes_its_name_and_zone_but_not_its_currency(
    client: Client, in_alpha: Any
) -> None:
    response = client.post(
        reverse("company"),
        {"name": "青禾物业", "name_en": "Qinghe", "time_zone": "Asia/Urumqi", "currency": "USD"},
    )

    assert response.status_code == 302
    with public():
        company = Company.objects.get(slug="alpha")
        other = Company.objects.get(slug="beta")
    assert (company.name, company.name_en, company.time_zone, company.currency) == (
        "青禾物业",
        "Qinghe",
        "Asia/Urumqi",
        "CNY",
    )
    assert other.name == "Beta"
    page = client.get(reverse("company")).content.decode()
    assert "青禾物业" in page
    refused = client.post(reverse("company"), {"name": "x", "time_zone": "Mars/Base"})
    assert refused.status_code == 422


def test_people_of_another_company_do_not_exist(
    client: Client, companies: dict[str, Company], in_alpha: Any
) -> None:
    own = set(User.objects.values_list("pk", flat=True))
    tenant_connection.set_tenant(companies["beta"])
    # Both schemas count for themselves: one of them has a number that is nobody's here.
    strangers = [add_user(f"stranger{number}") for number in range(len(own) + 1)]
    stranger = next(user for user in strangers if user.pk not in own)

    assert client.get(reverse("people-person", args=[stranger.pk])).status_code == 404
    assert "stranger" not in client.get(reverse("people")).content.decode()
