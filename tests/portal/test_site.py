"""The platform's own site, and what a stranger learns of who is on it: nothing."""

import http.client
from typing import Any

import pytest
from django.test import Client

from config.middleware import nothing_here
from tenants.companies.models import Company


@pytest.fixture
def client(companies: dict[str, Company]) -> Client:
    return Client(headers={"host": "test"})


@pytest.mark.parametrize("host", ["test", "www.test", "TEST", "test:8000", "127.0.0.1"])
def test_the_site_answers_on_its_own_hosts(client: Client, host: str) -> None:
    assert b"Go to my company" in client.get("/", headers={"host": host}).content


@pytest.mark.parametrize("slug", ["alpha", "somefirm", " ALPHA "])
def test_naming_a_company_leads_to_its_host_whether_there_is_one_or_not(
    client: Client, slug: str, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.post("/", {"slug": slug})

    assert response.status_code == 302
    assert response.headers["Location"] == f"http://{slug.strip().lower()}.test:8000/"


@pytest.mark.parametrize("slug", ["", "evil.example/", "a b", "x@y", "//evil", "www", "é" * 5])
def test_what_is_no_short_name_leads_nowhere(client: Client, slug: str) -> None:
    response = client.post("/", {"slug": slug})

    assert response.status_code == 422


def test_the_policy_lets_the_form_lead_to_companies_only(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "form-action 'self' http://*.test:8000" in policy


HOSTS = [
    "nobody.test",
    "alpha.test.",
    "alpha.test.evil.example",
    "xalpha.test",
    "alpha.test@evil.example",
    "evil.example",
    "alpha",
    "alpha_.test",
    "[::2]",
    "10.0.0.1",
    "alpha.test:80:80",
    "αlpha.test",
    "a" * 300 + ".test",
    "",
    " ",
    "alpha.test evil",
    "t_testalpha0.test",
    "public.test",
]


@pytest.mark.parametrize("host", HOSTS)
def test_every_other_host_gets_one_and_the_same_answer(client: Client, host: str) -> None:
    expected = nothing_here()

    response = client.get("/sign-in/", HTTP_HOST=host.encode().decode("latin-1"))

    assert response.status_code == http.client.NOT_FOUND
    assert response.content == expected.content == b"Not Found"
    assert "Set-Cookie" not in response.headers
    assert not response.cookies


@pytest.mark.parametrize("host", ["alpha.test", "ALPHA.test", "alpha.test:8000"])
def test_a_companys_host_in_any_case_and_port_is_its_host(client: Client, host: str) -> None:
    assert client.get("/sign-in/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host", "X-Original-URL"]
)
def test_no_header_moves_a_request_to_another_company(client: Client, header: str) -> None:
    Company.objects.filter(slug="beta").update(name="乙物业")  # what no token of a page can hold

    response = client.get("/sign-in/", headers={"host": "alpha.test", header: "beta.test"})

    assert "Alpha" in response.content.decode()
    assert "乙物业" not in response.content.decode()
