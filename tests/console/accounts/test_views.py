"""Signing in and out, and setting a password, through the pages."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from console.accounts import views
from kernel import access
from kernel.access import operations, passwords, tokens
from kernel.access.models import ApiToken, User
from kernel.audit.models import AuditEntry
from kernel.jobs.models import Job
from kernel.limits import Limit
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests.factories import NOW, PASSWORD, add_actor, add_user
from tests.factories_properties import add_project

SIGN_IN = "/sign-in/"


@pytest.fixture
def client(tenant: Company) -> Iterator[Client]:
    yield Client(headers={"host": "alpha.test"})
    tenant_connection.set_schema_to_public()


@pytest.fixture
def in_alpha(tenant: Company) -> Any:
    """After a request nothing is in force; this puts alpha back to look at its rows."""
    return lambda: tenant_connection.set_tenant(tenant)


def sign_in(client: Client, username: str = "wang", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password}, **more)


def test_signing_in_opens_a_new_session_and_is_recorded(client: Client, in_alpha: Any) -> None:
    add_user("wang")
    client.get(SIGN_IN)

    response = sign_in(client, "WANG")

    assert response.status_code == 302
    assert response.headers["Location"] == "/"
    in_alpha()
    assert Session.objects.count() == 1
    assert AuditEntry.objects.latest("pk").event == "access.user.signed-in"
    assert User.objects.get().last_login is not None


@pytest.mark.parametrize(
    ("username", "password"),
    [("wang", "wrong"), ("nobody", PASSWORD), ("chen", ""), ("out", PASSWORD), ("wang\x00", "x")],
)
def test_every_failure_looks_the_same(
    client: Client, in_alpha: Any, username: str, password: str
) -> None:
    add_user("wang")
    out = add_user("out")
    operations.set_active(actor=access.SYSTEM, user_id=out.pk, is_active=False, now=NOW)
    operations.add_user(actor=access.SYSTEM, username="chen", name="陈新", now=NOW)

    response = sign_in(client, username, password or "x")

    assert response.status_code == 422
    body = response.content.decode()
    if "\x00" not in username:
        assert "The user name or the password is not right." in body
    in_alpha()
    assert Session.objects.count() == 0


def test_five_failures_lock_the_name_for_this_address_only(client: Client, in_alpha: Any) -> None:
    add_user("wang")
    add_user("li")

    codes = [sign_in(client, name, "wrong").status_code for name in ("wang", "WANG", "wang") * 2]

    assert codes == [422, 422, 422, 422, 429, 429]
    assert sign_in(client).status_code == 429  # the right password does not help now
    assert sign_in(client, REMOTE_ADDR="203.0.113.9").status_code == 302
    assert sign_in(Client(headers={"host": "alpha.test"}), "li").status_code == 302


def test_a_name_that_does_not_exist_is_locked_in_the_same_way(client: Client) -> None:
    codes = [sign_in(client, "nobody", "wrong").status_code for _ in range(6)]

    assert codes == [422, 422, 422, 422, 429, 429]


def test_a_lock_in_alpha_does_not_lock_in_beta(
    client: Client, companies: dict[str, Company]
) -> None:
    add_user("wang")
    with tenant_context(companies["beta"]):
        add_user("wang")

    for _ in range(6):
        sign_in(client, "wang", "wrong")
    other = sign_in(Client(headers={"host": "beta.test"}), "wang")

    assert other.status_code == 302
    with tenant_context(companies["beta"]):
        assert AccessAttempt.objects.count() == 0


def test_one_address_cannot_try_all_names(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    add_user("wang")
    monkeypatch.setattr(views, "FAILURES_OF_ADDRESS", Limit("test", 3, 60))

    codes = [sign_in(client, f"name{n}", "wrong").status_code for n in range(4)]

    assert codes == [422, 422, 422, 429]
    assert sign_in(client).status_code == 429


@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/c/account/", "/c/account/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://beta.test/", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_host(client: Client, target: str, goes_to: str) -> None:
    add_user("wang")

    response = client.post(SIGN_IN, {"username": "wang", "password": PASSWORD, "next": target})

    assert response.headers["Location"] == goes_to


def test_signing_out_ends_the_session_and_clears_the_browser(client: Client, in_alpha: Any) -> None:
    add_user("wang")
    sign_in(client)
    stolen = client.cookies["session"].value

    assert client.get(reverse("logout")).status_code == 405
    response = client.post(reverse("logout"))

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    in_alpha()
    assert Session.objects.count() == 0
    client.cookies["session"] = stolen
    assert client.get("/c/account/").status_code == 302


def test_a_person_shut_out_is_out_at_the_next_request(client: Client, in_alpha: Any) -> None:
    user = add_user("wang")
    sign_in(client)
    assert client.get("/c/account/").status_code == 200

    in_alpha()
    operations.set_active(actor=access.SYSTEM, user_id=user.pk, is_active=False, now=NOW)

    assert client.get("/c/account/").status_code == 302


def test_a_session_of_alpha_is_nobody_in_beta_even_if_its_row_is_copied(
    client: Client, companies: dict[str, Company]
) -> None:
    user = add_user("wang")
    sign_in(client)
    with tenant_context(companies["alpha"]):
        session = Session.objects.get()
        password = User.objects.get().password
    with tenant_context(companies["beta"]):
        twin = User(pk=user.pk, username="wang", name="wang", password=password, created_at=NOW)
        twin.save(force_insert=True)
        Session(
            session_key=session.session_key,
            session_data=session.session_data,
            expire_date=session.expire_date,
        ).save(force_insert=True)

    assert client.get("/c/account/", headers={"host": "beta.test"}).status_code == 302
    assert client.get("/c/account/").status_code == 200


def test_changing_the_password_ends_the_other_sessions(client: Client) -> None:
    add_user("wang")
    other = Client(headers={"host": "alpha.test"})
    sign_in(client)
    sign_in(other)

    response = client.post(
        reverse("account-password"),
        {"current": PASSWORD, "password": "another-good-one", "again": "another-good-one"},
    )

    assert response.status_code == 302
    assert client.get("/c/account/").status_code == 200
    assert other.get("/c/account/").status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"current": "wrong"}, "current"),
        ({"again": "different-one"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
    ],
)
def test_a_refused_change_says_where_and_changes_nothing(
    client: Client, in_alpha: Any, change: dict[str, str], field: str
) -> None:
    add_user("wang")
    sign_in(client)
    given = {"current": PASSWORD, "password": "another-good-one", "again": "another-good-one"}

    response = client.post(reverse("account-password"), given | change)

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    in_alpha()
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("login", ["wang", "nobody", "wang@example.com", "nobody@example.com"])
def test_asking_for_a_link_answers_everybody_the_same(
    client: Client, in_alpha: Any, login: str
) -> None:
    add_user("wang", email="wang@example.com")
    expected = client.post(reverse("ask-for-link"), {"login": "somebody"})

    response = client.post(reverse("ask-for-link"), {"login": login})

    assert response.status_code == expected.status_code == 200
    assert without_tokens(response) == without_tokens(expected)
    in_alpha()
    assert Job.objects.filter(kind=passwords.LINK_JOB).count() == 2


def without_tokens(response: Any) -> str:
    text = response.content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", text)


def test_asking_again_and_again_sends_no_more_than_three(client: Client, in_alpha: Any) -> None:
    add_user("wang", email="wang@example.com")

    for _ in range(5):
        response = client.post(reverse("ask-for-link"), {"login": "wang"})
        assert response.status_code == 200
        in_alpha()
        Job.objects.update(state="DONE")

    assert Job.objects.count() == 3


def test_a_new_person_sets_a_password_and_signs_in(client: Client, in_alpha: Any) -> None:
    user = operations.add_user(actor=access.SYSTEM, username="chen", name="陈新", now=NOW)
    link = reverse("set-password", args=[passwords.make_link_token(user)])

    assert client.get(link).status_code == 200
    refused = client.post(link, {"password": "short", "again": "short"})
    assert refused.status_code == 422
    response = client.post(link, {"password": "a-good-password", "again": "a-good-password"})

    assert response.headers["Location"] == "/sign-in/?password=set"
    assert sign_in(client, "chen", "a-good-password").status_code == 302
    assert client.get(link).status_code == 422  # used up
    in_alpha()


def test_a_link_opened_on_another_companys_host_is_void(client: Client) -> None:
    user = add_user("wang")
    link = reverse("set-password", args=[passwords.make_link_token(user)])

    assert client.get(link).status_code == 200
    assert client.get(link, headers={"host": "beta.test"}).status_code == 422


def test_the_language_is_chosen_before_signing_in(client: Client) -> None:
    assert 'lang="en"' in client.get(SIGN_IN).content.decode()

    response = client.post(reverse("language"), {"language": "zh-hans", "next": SIGN_IN})

    assert response.headers["Location"] == SIGN_IN
    assert '<html lang="zh-CN"' in client.get(SIGN_IN).content.decode()
    client.post(reverse("language"), {"language": "tlh"})
    assert '<html lang="zh-CN"' in client.get(SIGN_IN).content.decode()


def test_a_token_is_shown_in_one_answer_and_works_in_one_company(
    client: Client, in_alpha: Any
) -> None:
    add_user("wang")
    sign_in(client)

    token_form = {"name": "meters", "expires_on": str(timezone.localdate() + timedelta(days=30))}
    page = client.post(reverse("account-tokens"), token_form).content.decode()

    text = page.split('id="new-token" tabindex="-1">')[1].split("<")[0]
    assert text not in client.get(reverse("account")).content.decode()
    headers = {"authorization": f"Bearer {text}", "host": "alpha.test"}
    assert Client().get("/api/v1/schema/", headers=headers).status_code == 200
    assert (
        Client().get("/api/v1/schema/", headers=headers | {"host": "beta.test"}).status_code == 401
    )
    in_alpha()
    token = ApiToken.objects.get()
    assert token.last_used_at is not None
    assert client.post(reverse("account-token-revoke", args=[token.pk])).status_code == 302
    assert Client().get("/api/v1/schema/", headers=headers).status_code == 401


def test_nobody_revokes_anothers_token_here(client: Client, in_alpha: Any) -> None:
    other = add_user("li")
    token, _text = tokens.create_token(actor=access.SYSTEM, user_id=other.pk, name="x", now=NOW)
    add_actor("xujing", "company_admin")
    sign_in(client, "xujing")

    response = client.post(reverse("account-token-revoke", args=[token.pk]))

    assert response.status_code == 404
    in_alpha()
    assert ApiToken.objects.get().revoked_at is None


def test_the_start_page_leads_to_ones_work_or_says_why_not(client: Client) -> None:
    add_user("wang")
    add_actor("xujing", "company_admin")

    assert client.get("/").headers["Location"] == "/sign-in/?next=/"
    sign_in(client)
    assert client.get("/").status_code == 200
    sign_in(client, "xujing")
    assert client.get("/").headers["Location"] == reverse("projects")


def test_the_start_page_is_the_dashboard_once_there_is_a_project(
    client: Client, in_alpha: Any
) -> None:
    add_actor("xujing", "company_admin")
    project = add_project()
    sign_in(client, "xujing")

    assert client.get("/").headers["Location"] == reverse("project-home", args=[project.pk])
