"""Signing in as somebody who attacks it: lock-out, fixation, links, enumeration, redirects."""

from collections.abc import Iterator
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.contrib.auth.hashers import get_hasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel import access
from kernel.access import operations, passwords, tokens
from kernel.access.models import User
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests.factories import NOW, PASSWORD, add_actor, add_user

SIGN_IN = "/sign-in/"
ANOTHER = "another-good-password"


@pytest.fixture
def client(tenant: Company) -> Iterator[Client]:
    yield Client(headers={"host": "alpha.test"})
    tenant_connection.set_schema_to_public()


@pytest.fixture
def in_alpha(tenant: Company) -> Any:
    return lambda: tenant_connection.set_tenant(tenant)


def sign_in(client: Client, username: str = "wang", password: str = PASSWORD, **more: Any) -> Any:
    return client.post(SIGN_IN, {"username": username, "password": password}, **more)


# ---- lock-out -----------------------------------------------------------------------------------


def test_a_forged_forwarding_neither_evades_the_lock_nor_locks_another(
    client: Client, settings: Any
) -> None:
    """Behind one proxy only the last part was written by it."""
    settings.PROXY_COUNT = 1
    add_user("wang")

    codes = [
        sign_in(
            client,
            password="wrong",
            headers={"x-forwarded-for": f"198.51.100.{number}, 203.0.113.9"},
        ).status_code
        for number in range(6)
    ]
    victim = sign_in(
        Client(headers={"host": "alpha.test"}), headers={"x-forwarded-for": "198.51.100.1"}
    )

    assert codes == [422, 422, 422, 422, 429, 429]
    assert victim.status_code == 302


@pytest.mark.parametrize("header", ["unknown", "'", "203.0.113.9:1", "x" * 4000, "::1%eth0", ","])
def test_an_odd_forwarding_is_no_server_error(client: Client, settings: Any, header: str) -> None:
    settings.PROXY_COUNT = 1
    add_user("wang")

    answer = sign_in(client, password="wrong", headers={"x-forwarded-for": header})

    assert answer.status_code == 422


def test_one_network_of_ipv6_shares_its_tries(client: Client, in_alpha: Any) -> None:
    """Whoever rents a server has 2**64 addresses; his neighbours' networks are not locked."""
    add_user("wang")

    codes = [
        sign_in(client, password="wrong", REMOTE_ADDR=f"2001:db8:1:2::{number}").status_code
        for number in range(1, 7)
    ]

    assert codes == [422, 422, 422, 422, 429, 429]
    assert sign_in(client, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302
    in_alpha()
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"2001:db8:1:2::"}


def test_no_spelling_of_a_name_gives_more_tries(client: Client) -> None:
    add_user("wang")
    spellings = ["wang", "WANG", " wang ", "ｗａｎｇ", "wang\u3000", "Wang"]

    codes = [sign_in(client, spelling, "wrong").status_code for spelling in spellings]

    assert codes[-2:] == [429, 429]


def test_names_that_fold_together_are_no_server_error(client: Client) -> None:
    """ı and i are one in upper case and two in lower: either somebody signs in, or nobody does."""
    for name in ("wing", "w\u0131ng", "wsng", "w\u017fng"):
        add_user(name)

    for name in ("wing", "w\u0131ng", "WING", "w\u017fng", "WSNG"):
        assert sign_in(Client(headers={"host": "alpha.test"}), name).status_code in {302, 422}


# ---- sessions -----------------------------------------------------------------------------------


def test_a_session_planted_before_signing_in_is_worth_nothing_after(
    client: Client, in_alpha: Any
) -> None:
    add_user("wang")
    planted = "a" * 32
    client.cookies["session"] = planted

    sign_in(client)

    assert client.cookies["session"].value != planted
    thief = Client(headers={"host": "alpha.test"})
    thief.cookies["session"] = planted
    assert thief.get("/c/account/").status_code == 302
    in_alpha()
    assert not Session.objects.filter(session_key=planted).exists()


def test_signing_in_as_another_leaves_nothing_of_the_first(client: Client, in_alpha: Any) -> None:
    add_user("wang")
    add_user("li")
    sign_in(client)
    first = client.cookies["session"].value

    sign_in(client, "li")

    assert client.cookies["session"].value != first
    in_alpha()
    assert not Session.objects.filter(session_key=first).exists()


def test_the_cookies_are_not_for_scripts_nor_for_other_sites(client: Client) -> None:
    add_user("wang")
    client.get(SIGN_IN)
    sign_in(client)
    client.post(reverse("language"), {"language": "en"})

    for name in ("session", "csrf", "language"):
        cookie = client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax"
        assert cookie["domain"] == ""
        assert cookie["path"] == "/"


def test_a_person_shut_out_loses_sessions_tokens_and_links_at_once(
    client: Client, in_alpha: Any
) -> None:
    user = add_user("wang")
    _row, token = tokens.create_token(
        actor=access.SYSTEM, user_id=user.pk, name="x", now=timezone.now()
    )
    sign_in(client)
    in_alpha()
    link = reverse("set-password", args=[passwords.make_link_token(User.objects.get())])
    operations.set_active(actor=access.SYSTEM, user_id=user.pk, is_active=False, now=NOW)

    assert client.get("/c/account/").status_code == 302
    bearer = {"authorization": f"Bearer {token}", "host": "alpha.test"}
    assert Client().get("/api/v1/projects/", headers=bearer).status_code == 401
    stranger = Client(headers={"host": "alpha.test"})
    assert stranger.get(link).status_code == 422
    assert stranger.post(link, {"password": ANOTHER, "again": ANOTHER}).status_code == 422
    assert sign_in(stranger).status_code == 422


def test_a_post_taken_away_is_gone_at_the_next_request(client: Client, in_alpha: Any) -> None:
    add_actor("xujing", "company_admin")
    add_actor("other", "company_admin")
    sign_in(client, "xujing")
    assert client.get("/c/people/").status_code == 200

    in_alpha()
    holding = User.objects.get(username="xujing").holdings.get()
    operations.end_post(
        actor=access.SYSTEM, holding_id=holding.pk, last_day=holding.valid_from, now=NOW
    )

    assert client.get("/c/people/").status_code == 302  # signed out
    sign_in(client, "xujing")
    assert client.get("/c/people/").status_code == 403


# ---- links --------------------------------------------------------------------------------------


def link_of(username: str = "wang") -> str:
    token = passwords.make_link_token(User.objects.get(username=username))
    return reverse("set-password", args=[token])


def test_a_link_works_once_and_ends_all_sessions(client: Client, in_alpha: Any) -> None:
    add_user("wang")
    sign_in(client)
    in_alpha()
    link, twin = link_of(), link_of()
    other = Client(headers={"host": "alpha.test"})

    assert other.post(link, {"password": ANOTHER, "again": ANOTHER}).status_code == 302

    assert client.get("/c/account/").status_code == 302
    for used in (link, twin):
        third = {"password": "a-third-good-one", "again": "a-third-good-one"}
        assert other.post(used, third).status_code == 422
    in_alpha()
    assert User.objects.get().check_password(ANOTHER)


@pytest.mark.parametrize("change", ["sign in", "address", "password", "shut out"])
def test_a_link_is_void_as_soon_as_the_person_changes(
    client: Client, in_alpha: Any, change: str
) -> None:
    user = add_user("wang", email="wang@example.com")
    link = link_of()

    if change == "sign in":
        sign_in(client)
        in_alpha()
    elif change == "address":
        operations.change_user(
            actor=access.SYSTEM, user_id=user.pk, name="wang", email="new@example.com", now=NOW
        )
    elif change == "password":
        passwords.change(user_id=user.pk, current=PASSWORD, password=ANOTHER, now=NOW)
    else:
        operations.set_active(actor=access.SYSTEM, user_id=user.pk, is_active=False, now=NOW)

    assert Client(headers={"host": "alpha.test"}).get(link).status_code == 422


def test_a_link_is_void_in_a_company_cloned_from_this_one(
    client: Client, companies: dict[str, Company]
) -> None:
    """The same row with the same digest: only the company differs."""
    user = add_user("wang")
    link = link_of()
    with tenant_context(companies["beta"]):
        twin = User(
            pk=user.pk, username="wang", name="wang", password=user.password, created_at=NOW
        )
        twin.save(force_insert=True)

    there = Client(headers={"host": "beta.test"})
    assert there.get(link).status_code == 422
    assert there.post(link, {"password": ANOTHER, "again": ANOTHER}).status_code == 422
    with tenant_context(companies["beta"]):
        assert User.objects.get().password == user.password
    assert client.get(link).status_code == 200


def test_the_mail_leads_to_the_companys_own_host_whatever_host_was_asked(
    client: Client, mailoutbox: list[Any], in_alpha: Any
) -> None:
    from kernel.access.mails import send_password_link  # noqa: PLC0415 - sends when called

    user = add_user("wang", email="wang@example.com")
    client.post(reverse("ask-for-link"), {"login": "wang"}, headers={"host": "alpha.test:6666"})
    in_alpha()
    send_password_link(user)

    (mail,) = mailoutbox
    assert "http://alpha.test:8000/password/" in mail.body
    assert ":6666" not in mail.body


# ---- enumeration --------------------------------------------------------------------------------


def test_every_failure_costs_one_hash(client: Client, settings: Any, monkeypatch: Any) -> None:
    """A name that does not exist, is shut out or has no password takes as long as a wrong one."""
    add_user("wang")
    out = add_user("out")
    operations.set_active(actor=access.SYSTEM, user_id=out.pk, is_active=False, now=NOW)
    operations.add_user(actor=access.SYSTEM, username="new", name="New", now=NOW)
    spent: list[int] = []
    hasher = type(get_hasher())
    original = hasher.encode

    def slow(self: Any, password: str, salt: str) -> str:
        spent.append(1)
        return original(self, password, salt)

    monkeypatch.setattr(hasher, "encode", slow)
    costs = {}
    for name in ("wang", "nobody", "out", "new"):
        spent.clear()
        assert sign_in(Client(headers={"host": "alpha.test"}), name, "wrong").status_code == 422
        costs[name] = len(spent)

    assert costs == dict.fromkeys(costs, 1)


# ---- redirects ----------------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "https:///evil.example",
    "\thttps://evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://beta.test/",
    "http://alpha.test.evil.example/",
    "http://alpha.test@evil.example/",
    "http://alpha.test:80@evil.example/",
    "\x00//evil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_spelling_of_next_leads_elsewhere(client: Client, target: str) -> None:
    add_user("wang")
    form = {"username": "wang", "password": PASSWORD, "next": target}

    for answer in (
        client.post(SIGN_IN, form),
        client.get(SIGN_IN, {"next": target}),
        client.post(reverse("language"), {"language": "en", "next": target}),
        client.post("/c/preferences/", {"theme": "dark", "next": target}),
    ):
        assert answer.status_code == 302
        location = answer.headers["Location"]
        assert location.startswith("/"), location
        assert not location.startswith(("//", "/\\", "/\t"))


def test_the_settings_that_the_tests_above_rest_on() -> None:
    assert django_settings.SESSION_SAVE_EVERY_REQUEST is False
    assert django_settings.CSRF_COOKIE_HTTPONLY is True
