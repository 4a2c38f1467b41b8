"""A person's own sign-in: nothing of it is seen by a company, and it is only his."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import tenant_context

from tenants.companies.models import Company
from tenants.vendors import queries
from tenants.vendors.models import VendorLogin, VendorSession
from tests import factories_portal as portal
from tests.factories import PASSWORD
from tests.factories_portal import Person

OTHER = "another-horse-battery"


@pytest.fixture
def client(dai: Person) -> Client:
    return portal.client_of(dai.login)


def test_name_and_language_are_his_own(client: Client, alpha: Company, dai: Person) -> None:
    done = client.post("/account/", {"name": "老戴", "language": "zh-hans"})

    assert done.headers["Location"] == "/account/?done=saved"
    assert VendorLogin.objects.values_list("name", "language").get() == ("老戴", "zh-hans")
    page = client.get("/v/alpha/")
    assert page.headers["Content-Language"] == "zh-hans"
    assert 'lang="zh-CN"' in page.content.decode()
    assert "老戴" not in page.content.decode(), "the company knows him by the name that it gave him"


def test_the_switch_of_languages_lasts_for_whoever_has_signed_in(
    client: Client, dai: Person
) -> None:
    client.post("/language/", {"language": "zh-hans", "next": "/v/alpha/"})

    assert VendorLogin.objects.get().language == "zh-hans"
    assert client.get("/v/alpha/").headers["Content-Language"] == "zh-hans"


def test_a_changed_password_keeps_this_session_and_its_key(client: Client, dai: Person) -> None:
    elsewhere = portal.client_of(dai.login)
    before = queries.signed_in(key=client.cookies["vendor"].value, now=timezone.now())

    wrong = client.post(
        "/account/password/", {"current": "wrong", "password": OTHER, "again": OTHER}
    )
    assert wrong.status_code == 422
    assert b'id="id_current_error"' in wrong.content
    client.post("/account/password/", {"current": PASSWORD, "password": OTHER, "again": OTHER})

    after = queries.signed_in(key=client.cookies["vendor"].value, now=timezone.now())
    assert before is not None
    assert after is not None
    assert before.keys == after.keys
    assert elsewhere.get("/").headers["Location"] == "/sign-in/"
    assert VendorLogin.objects.get().check_password(OTHER)


def test_a_session_elsewhere_is_ended_from_here_and_nobody_elses(
    client: Client, dai: Person, alpha: Company
) -> None:
    elsewhere = portal.client_of(dai.login)
    other = VendorSession.objects.latest("pk")

    client.post(f"/account/sessions/{other.pk}/end/")

    assert elsewhere.get("/").headers["Location"] == "/sign-in/"
    assert client.get("/").status_code == 200


def test_a_session_runs_out_by_itself(client: Client) -> None:
    VendorSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get("/v/alpha/").headers["Location"] == "/sign-in/?next=%2Fv%2Falpha%2F"
    assert client.get("/v/alpha/", headers={"HX-Request": "true"}).status_code == 401


def test_two_tabs_are_two_companies(
    client: Client, dai: Person, companies: dict[str, Company]
) -> None:
    with tenant_context(companies["beta"]):
        vendor = portal.add_vendor("信诺", "V-1")
    portal.join(companies["beta"], vendor, dai.login.email)

    left, right, again = (client.get(f"/v/{slug}/") for slug in ("alpha", "beta", "alpha"))

    assert "宁波信诺电气" in left.content.decode()
    assert "宁波信诺电气" not in right.content.decode()
    assert "Alpha" not in right.content.decode()
    assert "宁波信诺电气" in again.content.decode()
