"""What holds for every endpoint, found by walking the resolver."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation
from django.utils.translation import gettext
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import ParseError
from rest_framework.views import APIView

from api.parsers import MAX_BYTES, MAX_DEPTH, StrictJSONParser, TooLarge
from api.views import ApiView, PersonalView
from kernel import access
from kernel.access import operations, tokens
from kernel.access.actions import Action
from kernel.access.models import ApiToken, User
from tenants.companies.models import Company
from tests import factories
from tests.api.openapi import Document

# The document itself and its page: for anybody who is signed in, they show no data.
DOCUMENT_ROUTES = frozenset({"/api/v1/schema/", "/api/v1/docs/"})


def endpoints() -> list[tuple[str, type[APIView]]]:
    """Return route and view class of everything under ``/api/``."""

    def walk(
        patterns: list[URLPattern | URLResolver], prefix: str
    ) -> Iterator[tuple[str, type[APIView]]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            elif route.startswith("/api/"):
                yield route, pattern.callback.view_class  # type: ignore[attr-defined]

    return list(walk(get_resolver("config.urls_tenant").url_patterns, "/"))


@pytest.fixture
def client(tenant: Company) -> Client:
    return Client(headers={"host": "alpha.test"})


@pytest.fixture
def token(tenant: Company) -> str:
    user = factories.add_user("robot")
    _row, text = tokens.create_token(
        actor=access.SYSTEM, user_id=user.pk, name="test", now=timezone.now()
    )
    return text


@pytest.mark.parametrize(("route", "view"), endpoints())
def test_every_method_of_every_endpoint_names_its_action(route: str, view: type[APIView]) -> None:
    if route in DOCUMENT_ROUTES:
        return
    assert issubclass(view, ApiView), route
    methods = {m.upper() for m in view.http_method_names if hasattr(view, m)} - {"OPTIONS", "HEAD"}
    assert methods == set(view.actions), route
    if issubclass(view, PersonalView):
        assert set(view.actions.values()) == {None}
    else:
        assert all(isinstance(action, Action) for action in view.actions.values())


@pytest.mark.parametrize(("route", "view"), endpoints())
def test_every_endpoint_refuses_strangers(client: Client, route: str, view: type[APIView]) -> None:
    if route in DOCUMENT_ROUTES:
        return
    address = "".join("1" if part.startswith("<") else part for part in _parts(route))

    for method in view.actions if issubclass(view, ApiView) else ():
        response = client.generic(method, address, b"{}", content_type="application/json")
        assert response.status_code == 401, (method, address)
        assert response.headers["Content-Type"].startswith("application/problem+json")
        assert response.json()["code"] == "not-authenticated"


def test_a_token_of_one_company_is_void_in_another(client: Client, token: str) -> None:
    headers = {"authorization": f"Bearer {token}"}

    own = client.get("/api/v1/schema/", headers=headers)
    other = client.get("/api/v1/schema/", headers={**headers, "host": "beta.test"})

    assert own.status_code == 200
    assert other.status_code == 401


def test_a_revoked_token_stops_at_once(client: Client, token: str) -> None:
    tokens.revoke_token(actor=access.SYSTEM, token_id=ApiToken.objects.get().pk, now=factories.NOW)

    response = client.get("/api/v1/schema/", headers={"authorization": f"Bearer {token}"})

    assert response.status_code == 401


def test_an_address_that_leads_nowhere_is_a_problem_document(client: Client) -> None:
    response = client.get("/api/v1/nothing/")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not-found"


def test_the_document_is_openapi_3_1_and_warns_of_nothing(client: Client, token: str) -> None:
    GENERATOR_STATS.reset()
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    document: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]

    assert document["openapi"].startswith("3.1")
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_the_page_of_the_document_needs_nothing_that_its_policy_forbids(
    client: Client, token: str
) -> None:
    headers = {"authorization": f"Bearer {token}"}

    page = client.get("/api/v1/docs/", headers=headers)
    script = client.get("/api/v1/docs/?script=", headers=headers)

    assert page.status_code == script.status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    text = page.content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", text) == []
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert b"/api/v1/schema/" in script.content


def operations_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for methods in document["paths"].values() for each in methods.values()]


def test_every_operation_says_what_it_does_and_nothing_about_our_code() -> None:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    document: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    operations_found = operations_of(document)

    assert len(operations_found) >= 120
    for operation in operations_found:
        name, text = operation["operationId"], operation.get("description", "")
        assert operation.get("summary"), name
        assert len(operation["summary"]) <= 110, name
        assert "`" not in operation["summary"], name
        assert "``" not in text, name
        assert "rows()" not in text, name
    assert "Idempotency-Key" in document["info"]["description"]


def test_the_examples_of_the_document_are_as_it_says() -> None:
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    content: dict[str, Any] = generator.get_schema(public=True)  # type: ignore[no-untyped-call]
    document = Document(content)
    checked = 0
    for operation in operations_of(content):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in (media for body in bodies for media in body.get("content", {}).values()):
            examples = [each["value"] for each in media.get("examples", {}).values()]
            for example in [*examples, *([media["example"]] if "example" in media else [])]:
                document.check(media["schema"], example, operation["operationId"])
                checked += 1

    assert checked >= 700


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_program_is_spoken_to_in_its_persons_language(
    client: Client, token: str, language: str
) -> None:
    User.objects.update(language=language)
    operations.give_post(
        actor=access.SYSTEM,
        user_id=User.objects.get().pk,
        post="company_admin",
        project_id=None,
        valid_from=factories.NOW.date().replace(year=2025),
        now=factories.NOW,
    )

    response = client.get("/api/v1/projects/1/", headers={"authorization": f"Bearer {token}"})

    assert response.status_code == 404
    assert response.headers["Content-Language"] == language
    with translation.override(language):
        assert response.json()["detail"] == gettext("Not found.")
    assert translation.get_language() == "en"  # put back: the next request is somebody else's


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1),
        b"\xff\xfe{",
        b"{",
    ],
    ids=["deep array", "deep object", "not utf-8", "cut off"],
)
def test_hostile_bodies_are_refused_by_the_parser(body: bytes) -> None:
    with pytest.raises(ParseError):
        StrictJSONParser().parse(BytesIO(body), "application/json", {"encoding": "utf-8"})


def test_a_body_too_large_says_so() -> None:
    with pytest.raises(TooLarge) as caught:
        StrictJSONParser().parse(BytesIO(b" " * (MAX_BYTES + 1)), "application/json")

    assert caught.value.status_code == 413


def _parts(route: str) -> Iterator[str]:
    text = ""
    for character in route:
        if character == "<":
            yield text
            text = "<"
        elif character == ">":
            yield text + ">"
            text = ""
        else:
            text += character
    yield text
