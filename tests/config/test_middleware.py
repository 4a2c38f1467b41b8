"""Whatever happens in a request, its company ends with it."""

import random
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from config import middleware
from console.accounts.views import SignIn
from kernel.access.models import User
from kernel.tenancy import current_schema, tenant_connection
from tenants.companies.models import Company
from tests.factories import add_user

HOSTS = ("alpha.test", "beta.test", "test", "nobody.test")
# Letters that no token of a page can happen to hold.
NAMES = {"alpha": "甲物业", "beta": "乙物业"}
FAILING = 0.2


class Planted(Exception):
    pass


@pytest.fixture
def failing_views(companies: dict[str, Company], monkeypatch: pytest.MonkeyPatch) -> random.Random:
    """Name the companies; let a fifth of their doors fail, half of them amid a query."""
    for slug, name in NAMES.items():
        Company.objects.filter(slug=slug).update(name=name, name_en=name)
    chance = random.Random(20261109)
    original = SignIn.get

    def get(self: SignIn, request: HttpRequest) -> Any:
        draw = chance.random()
        if draw < FAILING / 2:
            raise Planted
        if draw < FAILING:
            with transaction.atomic():
                User.objects.raw("SELECT * FROM no_such_table")[0]
        User.objects.count()
        return original(self, request)

    monkeypatch.setattr(SignIn, "get", get)
    return chance


def visit(count: int, chance: random.Random) -> tuple[int, list[str]]:
    """Visit random hosts; return how many answers failed and every wrong sight."""
    client = Client(raise_request_exception=False)
    failed, wrong = 0, []
    for _ in range(count):
        host = chance.choice(HOSTS)
        response = client.get("/sign-in/", headers={"host": host})
        failed += response.status_code == 500
        body = response.content.decode()
        wrong += [
            f"{slug} seen on {host}"
            for slug, name in NAMES.items()
            if name in body and slug not in host
        ]
        if current_schema() != "public":
            wrong.append(f"{current_schema()} left in force by {host}")
    return failed, wrong


def test_200_requests_with_failures_leave_no_company_in_force(failing_views: random.Random) -> None:
    failed, wrong = visit(200, failing_views)

    assert wrong == []
    assert failed > 10


def test_the_check_above_sees_a_middleware_that_does_not_clean_up(
    failing_views: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Leaky:
        set_tenant = staticmethod(tenant_connection.set_tenant)
        set_schema_to_public = staticmethod(lambda: None)

    monkeypatch.setattr(middleware, "tenant_connection", Leaky)

    _failed, wrong = visit(20, failing_views)

    assert any("left in force" in line for line in wrong)


def test_a_stream_is_read_in_its_company_and_leaves_none_behind(
    companies: dict[str, Company],
) -> None:
    """The rows of an export are read after the middleware has returned."""
    for slug in ("alpha", "beta"):
        tenant_connection.set_tenant(companies[slug])
        add_user(f"of-{slug}")
    tenant_connection.set_schema_to_public()

    def view(_request: HttpRequest) -> Any:
        def rows() -> Iterator[bytes]:
            for _ in range(3):
                yield ",".join(User.objects.values_list("username", flat=True)).encode()

        return StreamingHttpResponse(rows())

    request = RequestFactory().get("/", headers={"host": "alpha.test"})
    response = middleware.CompanyMiddleware(view)(request)
    assert current_schema() == "public"

    tenant_connection.set_tenant(companies["beta"])  # another request in between
    pieces = iter(response)
    assert next(pieces) == b"of-alpha"
    assert current_schema() == companies["beta"].schema_name
    assert list(pieces) == [b"of-alpha", b"of-alpha"]
    assert current_schema() == companies["beta"].schema_name


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
        (1, "203.0.113.9:51234", "203.0.113.9"),
        (1, "[2001:db8::7]:443", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, unknown", "127.0.0.1"),
        (1, "' OR 1=1 --", "127.0.0.1"),
        (1, "x" * 5000, "127.0.0.1"),
    ],
)
def test_the_clients_address_is_what_our_proxy_saw(
    settings: Any, proxies: int, header: str, address: str
) -> None:
    settings.PROXY_COUNT = proxies
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = RequestFactory().get("/", headers={"x-forwarded-for": header} if header else {})
    middleware.ClientAddressMiddleware(view)(request)

    assert seen == [address]


@pytest.mark.parametrize("length", ["22020097", "99999999999999999999", "-1", "1e9", "x"])
def test_a_body_too_large_is_refused_before_a_byte_is_read(
    companies: dict[str, Company], length: str
) -> None:
    class Unread(BytesIO):
        def read(self, *_args: Any) -> bytes:
            raise AssertionError("was read")

    client = Client(headers={"host": "alpha.test"})
    for path, kind in (("/sign-in/", "text/html"), ("/api/v1/schema/", "application/problem+json")):
        response = client.post(
            path,
            **{"wsgi.input": Unread(), "CONTENT_LENGTH": length},  # type: ignore[arg-type]
        )
        assert response.status_code == 413
        assert response.headers["Content-Type"].startswith(kind)


@pytest.mark.parametrize("host", ["alpha.test", "test"])
def test_every_page_carries_the_security_headers(companies: dict[str, Company], host: str) -> None:
    headers = Client(headers={"host": host}).get("/").headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_form_from_another_companys_site_is_refused(companies: dict[str, Company]) -> None:
    """Sub-domains are siblings: neither their origin nor a cookie they set may count."""
    client = Client(headers={"host": "alpha.test"}, enforce_csrf_checks=True)
    page = client.get("/sign-in/").content.decode()
    token = page.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = {"username": "x", "password": "y", "csrfmiddlewaretoken": token}

    assert client.post("/sign-in/", form).status_code == 422
    for origin in ("http://beta.test", "http://test", "null"):
        answer = client.post("/sign-in/", form, headers={"origin": origin})
        assert answer.status_code == 403
