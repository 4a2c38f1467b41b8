"""The number of a project that there is not, from somebody who may do everything everywhere.

He sees any number as a project of his. Every endpoint that takes one by its address, its query or
its body is read off the API's document: a new one is in by itself.
"""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tenants.utils import tenant_context

from kernel import duties
from kernel.access import Action
from kernel.access.models import Post, PostAction
from kernel.notifications import robots
from tests import factories, factories_duties
from tests.matrix.document import described, required_query, resolved, sample
from tests.matrix.people import token_of
from tests.matrix.routes import Route
from tests.matrix.tables import each_of
from tests.matrix.test_company_site import CLOSED, DOCUMENT_ROUTES, cases, is_api
from tests.matrix.visits import Answer, visit
from tests.matrix.world import World

NOWHERE = 987_654_321
# What the document's own values stop at before the project is looked for.
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/quote-rounds/": {"closes_at": "2026-11-30T18:00:00+08:00"},
    "/api/v1/quote-rounds/<int:round_id>/": {"closes_at": "2026-11-30T18:00:00+08:00"},
    "/api/v1/holdings/": {"post": "collector"},
    "/api/v1/notices/channels/": {
        "kinds": ["audit.not-whole"],
        "kind": robots.WECOM,
        "key": "0f6b5e0c-7d1c-4a53-9a2e-0c8d7e1f2a3b",
    },
    "/api/v1/duties/exemptions/": {"valid_from": "2090-01-01", "last_day": "2090-12-31"},
    "/api/v1/imports/": {"usage_month": "2026-10"},
}
# Nothing of the own project is due: the record that a hold names is not there.
NOT_DUE = "/api/v1/retention/holds/"


def taken_by(route: Route, method: str) -> set[str]:
    """Return how an endpoint takes the number of a project: path, query or body."""
    operation = described(route, method)
    ways = {each["in"] for each in operation.get("parameters", []) if each["name"] == "project_id"}
    return ways | ({"body"} if "project_id" in properties_of(operation) else set())


def properties_of(operation: dict[str, Any]) -> dict[str, Any]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        found: dict[str, Any] = resolved(content["schema"]).get("properties", {})
        return found
    return {}


TAKING = [
    case
    for case in cases([r for r in CLOSED if is_api(r) and r.path not in DOCUMENT_ROUTES])
    if taken_by(*case)
]


@pytest.fixture
def chief(world: World) -> str:
    with tenant_context(world.alpha):
        post = Post.objects.create(key="chief", name="Chief", place=Post.Place.COMPANY)
        PostAction.objects.bulk_create(PostAction(post=post, action=action) for action in Action)
        user = factories.add_user("chief", email="chief@example.com")
        factories.hold_post(user, "chief")
        factories_duties.set_mode(duties.Mode.BLOCK_WITH_EXEMPTION)
        world.tokens["chief"] = token_of(user)
    return "chief"


def ask(world: World, route: Route, method: str, who: str, project_id: int) -> Answer:
    operation, ways = described(route, method), taken_by(route, method)
    query = required_query(route, world) if method == "GET" else ""
    if "query" in ways:
        named = [part for part in query.split("&") if part and not part.startswith("project_id=")]
        query = "&".join([*named, f"project_id={project_id}"])
    body: Any = None
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        body = {**sample("", content["schema"], world), **BODIES.get(route.path, {})}
        body |= {name: world.users["one"].pk for name in ("user_id", "holder_id") if name in body}
        if "body" in ways:
            body["project_id"] = project_id
        if kind == "multipart/form-data":
            body |= {"file": SimpleUploadedFile("a.csv", b"a,b\n1,2\n"), "options": "{}"}
        break
    ids = world.own_values() | ({"project_id": project_id} if "path" in ways else {})
    return visit(world, route, method, who=who, ids=ids, query=query, body=body)


@each_of(TAKING, "route", "method")
def test_a_project_there_is_not_is_not_found(
    world: World, chief: str, route: Route, method: str
) -> None:
    answer = ask(world, route, method, chief, NOWHERE)

    if method == "GET" and answer.status == 200 and "query" in taken_by(route, method):
        rows = json.loads(answer.text)
        assert (rows if isinstance(rows, list) else rows["results"]) == []
    else:
        assert (answer.status, json.loads(answer.text)["code"]) == (404, "not-found"), answer.text


@each_of(TAKING, "route", "method")
def test_a_project_there_is_gets_further(
    world: World, chief: str, route: Route, method: str
) -> None:
    answer = ask(world, route, method, chief, world.own["project_id"])

    assert answer.status != 404 or route.path == NOT_DUE, answer.text


def test_the_endpoints_are_read_off_the_document() -> None:
    assert {way for case in TAKING for way in taken_by(*case)} == {"path", "query", "body"}
    assert len(TAKING) >= 55
