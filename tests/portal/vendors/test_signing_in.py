"""The vendors' door: password, app, forgotten password, and what it tells nobody."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.identity import totp
from kernel.limits import Limit
from portal.vendors import signing_in
from services.procurement.vendors.models import Contact
from tenants.companies.models import Company
from tenants.vendors import operations, tasks
from tenants.vendors.models import VendorLogin, VendorSession
from tests import factories_portal as portal
from tests.factories import PASSWORD, add_user
from tests.factories_portal import Person

OTHER = "another-horse-battery"


@pytest.fixture
def stranger(companies: dict[str, Company]) -> Client:
    return portal.client_of()


def knock(client: Client, person: Person, password: str = PASSWORD, then: str = "") -> Any:
    """Sign in with an app that is set up on the way."""
    page = client.post(
        "/sign-in/", {"email": person.login.email, "password": password, "next": then}
    )
    code = totp.code_at(portal.shown_secret(page), totp.step_of(timezone.now()))
    return client.post("/sign-in/", {**portal.hidden_of(page), "code": code})


def test_password_and_app_open_a_session_and_lead_on(stranger: Client, dai: Person) -> None:
    response = knock(stranger, dai, then="/v/alpha/")

    assert (response.status_code, response.headers["Location"]) == (302, "/v/alpha/")
    cookie = response.cookies["vendor"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["domain"] == ""
    assert stranger.get("/v/alpha/").status_code == 200
    assert stranger.get("/sign-in/").status_code == 302


def test_nobody_is_led_to_another_site(stranger: Client, dai: Person) -> None:
    response = knock(stranger, dai, then="//evil.example/")

    assert response.headers["Location"] == "/"


def test_the_password_alone_opens_nothing(stranger: Client, dai: Person) -> None:
    page = stranger.post("/sign-in/", {"email": dai.login.email, "password": PASSWORD})
    wrong = stranger.post("/sign-in/", {**portal.hidden_of(page), "code": "000000"})

    assert wrong.status_code == 422
    assert stranger.get("/").headers["Location"] == "/sign-in/"
    assert VendorSession.objects.count() == 0


def test_unknown_and_wrong_get_the_same_answer(stranger: Client, dai: Person) -> None:
    answers = [
        stranger.post("/sign-in/", {"email": email, "password": "wrong-wrong-wrong"})
        for email in (dai.login.email, "nobody@example.com")
    ]

    assert [each.status_code for each in answers] == [422, 422]
    texts = [
        each.content.decode().replace(email, "")
        for each, email in zip(answers, (dai.login.email, "nobody@example.com"), strict=True)
    ]
    assert "The e-mail address or the password is not right." in texts[0]
    assert texts[0].count("<input") == texts[1].count("<input")


def test_one_address_cannot_try_for_ever(
    stranger: Client, dai: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "FAILURES_OF_ADDRESS", Limit("test", 2, 60))
    for _ in range(2):
        stranger.post("/sign-in/", {"email": "nobody@example.com", "password": "wrong"})

    response = stranger.post("/sign-in/", {"email": dai.login.email, "password": PASSWORD})

    assert response.status_code == 422
    assert "ticket" not in response.content.decode()


def test_signing_out_ends_the_session_here_and_there(dai: Person) -> None:
    client = portal.client_of(dai.login)
    key = client.cookies["vendor"].value

    assert client.post("/sign-out/").status_code == 302
    again = portal.client_of()
    again.cookies["vendor"] = key
    assert again.get("/").headers["Location"] == "/sign-in/"


def test_a_staff_session_is_nothing_here_and_a_vendors_nothing_there(
    dai: Person, alpha: Company
) -> None:
    with tenant_context(alpha):
        user = add_user("wang")
    at_alpha = Client(headers={"host": "alpha.test"})
    with tenant_context(alpha):
        at_alpha.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    staff = at_alpha.cookies["session"].value
    here = portal.client_of()
    here.cookies["session"] = here.cookies["vendor"] = staff
    assert here.get("/v/alpha/").status_code == 302

    there = Client(headers={"host": "alpha.test"})
    there.cookies["vendor"] = there.cookies["session"] = portal.session_of(dai.login)
    assert there.get("/c/account/").status_code == 302
    at_platform = Client(headers={"host": "test"})
    at_platform.cookies["operator"] = portal.session_of(dai.login)
    assert at_platform.get("/operators/").status_code == 302


def test_a_forgotten_password_is_set_by_mail_once(
    alpha: Company, stranger: Client, dai: Person, django_capture_on_commit_callbacks: Any
) -> None:
    before = bytes(VendorLogin.objects.get().public_key or b"")
    for email in (dai.login.email, "nobody@example.com"):
        answer = stranger.post("/password/", {"email": email})
        assert (answer.status_code, b"Look into your mail" in answer.content) == (200, True)
        tasks.mail_reset_link(schema="public", email=email)

    (sent,) = mail.outbox
    assert sent.to == [dai.login.email]
    assert "http://vendors.test:8000/password/" in sent.body
    path = sent.body.partition("http://vendors.test:8000")[2].split()[0]
    assert stranger.get(path).status_code == 200
    done = stranger.post(path, {"password": OTHER, "again": OTHER})
    assert done.headers["Location"] == "/sign-in/?password=set"

    assert stranger.post(path, {"password": OTHER, "again": OTHER}).status_code == 422
    after = bytes(VendorLogin.objects.get().public_key or b"")
    assert after != before
    with tenant_context(alpha):  # his companies seal to the new one
        assert bytes(Contact.objects.get(pk=dai.contact_id).public_key or b"") == after
    assert knock(stranger, dai, OTHER).status_code == 302


def test_asking_looks_nothing_up_in_the_request(
    stranger: Client, dai: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(operations, "ask_for_link", lambda *, email: asked.append(email))

    for _ in range(5):
        assert stranger.post("/password/", {"email": " DAI@xinnuo.example "}).status_code == 200

    assert asked == ["dai@xinnuo.example"] * 3


def test_a_form_without_its_secret_is_refused(dai: Person) -> None:
    strict = Client(headers={"host": portal.HOST}, enforce_csrf_checks=True)

    response = strict.post("/sign-in/", {"email": dai.login.email, "password": PASSWORD})

    assert response.status_code == 403
    assert VendorSession.objects.count() == 0
