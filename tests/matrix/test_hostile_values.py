"""Values that break code which trusts its input, in every field, filter and body: never a 500."""

from typing import Any
from urllib.parse import quote

from console.lists import ListView
from tests.matrix.document import described, sample
from tests.matrix.forms import forms_of
from tests.matrix.routes import Route
from tests.matrix.tables import each_of
from tests.matrix.test_company_site import CLOSED, is_api, visitor_for
from tests.matrix.test_inputs import PAGES, asked, filled, operations
from tests.matrix.visits import visit
from tests.matrix.world import World

# Each has broken some program: no text of PostgreSQL, no number of it, no day of it.
TEXTS = ("a\x00b", "9" * 30, "9999-12-31", "NaN")
QUERIES = (*(quote(text) for text in TEXTS), "%ff%fe", "0001-01-01")
JSON: tuple[Any, ...] = (None, -1, 2**63, 10**400, "a\x00b", [[]], "NaN")


def names_of_query(route: Route) -> list[str]:
    if is_api(route):
        parameters = described(route, "GET").get("parameters", [])
        return [parameter["name"] for parameter in parameters if parameter["in"] == "query"]
    names = asked(route)
    if issubclass(route.view, ListView):
        names |= {"q", "sort", "size"}
        for filter_ in route.view.filters:
            names |= {filter_.key, *getattr(filter_, "params", ())}
    return sorted(names)


READABLE = [
    route
    for route in CLOSED
    if "GET" in route.methods and not route.path.endswith(("/schema/", "/docs/"))
]


@each_of([(route,) for route in READABLE], "route")
def test_no_query_breaks_a_page(world: World, route: Route) -> None:
    who, names = visitor_for(route, "GET"), names_of_query(route)
    for value in QUERIES if names else ():
        query = "&".join(f"{name}={value}" for name in names)
        answer = visit(world, route, "GET", who=who, query=query)
        assert answer.status < 500, (query, answer.text[:300])


@each_of([(route,) for route in PAGES], "route")
def test_no_form_is_broken_by_what_is_typed(world: World, route: Route) -> None:
    who = visitor_for(route, "GET")
    page = visit(world, route, "GET", who=who)
    for form in forms_of(page.path, page.text):
        if form.action in {"/sign-out/", "/c/preferences/"} and route.path != "/c/account/":
            continue  # of the frame of every page
        good = filled(form)
        bodies = [{key: [text] for key in good} for text in TEXTS]
        # One at a time as well: with the others right, the value gets further.
        bodies += [good | {name: [text]} for name in good for text in TEXTS[:2]]
        for body in bodies:
            answer = visit(world, None, "POST", who=who, path=form.action, body=body)
            assert answer.status < 500, (form.action, body, answer.text[:300])


@each_of(operations("POST", "PATCH", "PUT"), "route", "method")
def test_no_body_breaks_the_api(world: World, route: Route, method: str) -> None:
    content = described(route, method).get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return
    who = visitor_for(route, method)
    body: Any = sample("", content["application/json"]["schema"], world)
    bodies: list[Any] = [
        None,
        [],
        "x",
        1,
        *({**body, key: value} for key in body for value in JSON),
    ]
    for given in bodies:
        answer = visit(world, route, method, who=who, body=given)
        assert answer.status < 500, (str(given)[:300], answer.text[:300])
