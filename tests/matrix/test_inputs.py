"""Ids of another project in every form, body, filter and list of a company's site.

The address is the visitor's own project; what he sends names rows of the other. Forms are read off
the pages, bodies off the API's document, filters off the views: a new field is in by itself.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from console.lists import ListView
from console.models import SavedView
from console.views import PersonalView
from kernel.access.models import User
from services.billing.metering.models import Reading
from services.billing.runs.models import BillLine
from services.properties.models import Unit, Vehicle
from tests.factories import NOW
from tests.matrix import reach
from tests.matrix.document import SAMPLES, described, id_named, required_query, sample
from tests.matrix.forms import Form, forms_of
from tests.matrix.marks import FOREIGN, OTHER, OWN
from tests.matrix.routes import Route
from tests.matrix.tables import each_of
from tests.matrix.test_company_site import CLOSED, action_of, is_api, visitor_for
from tests.matrix.visits import Answer, visit
from tests.matrix.world import World

PAGES = [route for route in CLOSED if not is_api(route) and "GET" in route.methods]
LISTS = [route for route in CLOSED if issubclass(route.view, ListView)]
# What makes a page show its form.
PAGE_QUERIES = {"/p/<int:project_id>/desk/": "household={household_id}"}


class Untouched:
    """Tells whether the other project is as it was, and nothing points into it."""

    def __init__(self, world: World) -> None:
        self.world = world
        with tenant_context(world.alpha):
            self.before = reach.digest(world)
            assert reach.entangled() == []

    def __call__(self) -> None:
        assert reach.entangled() == []
        now = reach.digest(self.world)
        assert [table for table in now if now[table] != self.before[table]] == []


@pytest.fixture(scope="module")
def untouched(built_world: World) -> Untouched:
    """Look at the other project once: each test leaves the world as it was made."""
    return Untouched(built_world)


def refused(answer: Answer, who: str = "one") -> None:
    """Assert that nothing of others was shown: to those of the company no other company's."""
    others = {OTHER, FOREIGN} if who == "one" else {FOREIGN}
    assert answer.status < 500, f"{answer.status} {answer.text[:500]}"
    assert not answer.marks & others, answer.text[:3000]


def test_the_oracle_sees_rows_that_were_touched(world: World) -> None:
    with tenant_context(world.alpha):
        untouched = Untouched(world)
        vehicles = Vehicle.objects.filter(pk=world.own["vehicle_id"])
        vehicles.update(space_id=world.other["space_id"])
        assert reach.entangled() == ["properties.Vehicle.space"]
        vehicles.update(space_id=world.own["space_id"])
        for model, key in ((Unit, "unit_id"), (BillLine, "bill_id"), (Reading, "reading_id")):
            before = reach.digest(world)
            name = {Unit: "note", BillLine: "reverse_reason", Reading: "note"}[model]
            model.objects.filter(pk=world.other[key]).update(**{name: "touched"})
            assert reach.digest(world) != before
        with pytest.raises(AssertionError):
            untouched()
        assert len(reach.paths()) >= 25


# ---- forms --------------------------------------------------------------------------------------


def filled(form: Form) -> dict[str, list[str]]:
    values = deepcopy(form.values)
    for name, given in values.items():
        if not any(given):
            choices = [choice for choice in form.choices.get(name, []) if choice]
            values[name] = choices[:1] or [SAMPLES.get(name, "")]
    return values


@each_of([(route,) for route in PAGES], "route")
def test_no_form_takes_rows_of_another_project(
    world: World, route: Route, untouched: Untouched
) -> None:
    who = "one" if visitor_for(route, "GET") == "one" else ""
    if not who:
        return  # the company's own pages: whoever may use them sees every project
    query = PAGE_QUERIES.get(route.path, "").format(**world.own.numbers)
    page = visit(world, route, "GET", who=who, query=query)
    for form in forms_of(page.path, page.text):
        for name in form.values:
            field = id_named(name, world)
            if not field:
                continue
            body = filled(form) | {name: [str(world.other[field])]}
            answer = visit(
                world, None, "POST", who=who, path=form.action, body=body, after=untouched
            )
            refused(answer)


def asked(route: Route) -> set[str]:
    """Return the names that a page's code looks for in what is sent, read off its source."""
    modules = {base.__module__ for base in route.view.__mro__ if base.__module__[:8] == "console."}
    text = "".join(inspect.getsource(sys.modules[name]) for name in modules)
    return set(re.findall(r"\.(?:GET|POST)(?:\.get|\.getlist)?[(\[]\"(\w+)\"", text))


@each_of([(route,) for route in CLOSED if not is_api(route)], "route")
def test_no_page_takes_a_row_of_another_project_by_query_or_form(
    world: World, route: Route, untouched: Untouched
) -> None:
    for name in sorted(asked(route)):
        field = id_named(name, world)
        for method in route.methods:
            if field and visitor_for(route, method) == "one":
                body = {name: str(world.other[field])} if method == "POST" else None
                query = "" if body else f"{name}={world.other[field]}"
                answer = visit(
                    world, route, method, who="one", query=query, body=body, after=untouched
                )
                refused(answer)


def test_the_forms_are_found(world: World) -> None:
    pages = (
        visit(
            world,
            route,
            "GET",
            who="one",
            query=PAGE_QUERIES.get(route.path, "").format(**world.own.numbers),
        )
        for route in PAGES
        if visitor_for(route, "GET") == "one"
    )
    sent = (
        name
        for page in pages
        for form in forms_of(page.path, page.text)
        for name in form.values
        if id_named(name, world)
    )

    assert len(list(islice(sent, 15))) == 15


# ---- bodies of the API --------------------------------------------------------------------------

# Answers row by row what would come of it, also of a row that is not there.
ROW_BY_ROW = "/api/v1/meter-readings/assess/"
# Answers with what became of each case.
CASE_BY_CASE = "/api/v1/approval-cases/approve/"


def replaced(value: Any, world: World, name: str = "") -> Iterator[Any]:
    """Yield the body once for each id in it, with that one of the other project's."""
    if isinstance(value, dict):
        for key, inner in value.items():
            for variant in replaced(inner, world, key):
                yield value | {key: variant}
    elif isinstance(value, list):
        for variant in replaced(value[0], world, name):
            yield [variant]
    elif isinstance(value, int) and not isinstance(value, bool) and id_named(name, world):
        yield world.other[id_named(name, world)]


def operations(*methods: str) -> list[tuple[Route, str]]:
    return [
        (route, method)
        for route in CLOSED
        if is_api(route) and "/schema/" not in route.path and "/docs/" not in route.path
        for method in route.methods
        if method in methods
    ]


@each_of(operations("POST", "PATCH", "PUT"), "route", "method")
def test_no_body_takes_rows_of_another_project(
    world: World, route: Route, method: str, untouched: Untouched
) -> None:
    content = described(route, method).get("requestBody", {}).get("content", {})
    if "application/json" not in content:
        return
    body = sample("", content["application/json"]["schema"], world)
    for variant in replaced(body, world):
        for who in ("one", "mixed"):
            answer = visit(world, route, method, who=who, body=variant, after=untouched)

            if route.path == CASE_BY_CASE and answer.status == 200:
                assert '"is_signed":false,"code":"not-found"' in answer.text
                assert OTHER not in answer.text
                continue
            if route.path == ROW_BY_ROW and answer.status == 200:
                assert '"refusal":"meter-unknown"' in answer.text
                continue
            assert 400 <= answer.status < 500, (variant, answer.status, answer.text[:300])
            if who == "one":
                refused(answer)


@each_of(operations("GET"), "route", "method")
def test_no_filter_of_the_api_reaches_another_project(
    world: World, route: Route, method: str
) -> None:
    for parameter in described(route, method).get("parameters", []):
        if parameter["in"] != "query":
            continue
        field = id_named(parameter["name"], world)
        # Half a mark: a page that repeats what was searched for shows no whole one.
        value = world.other[field] if field else OTHER[:-1]
        base = required_query(route, world)
        query = "&".join(filter(None, [base, f"{parameter['name']}={value}"]))

        who = visitor_for(route, method)
        refused(visit(world, route, method, who=who, query=query), who)


# ---- lists: filters, search, export, saved views ------------------------------------------------


def of_own(route: Route) -> bool:
    return visitor_for(route, "GET") == "one"


@each_of([(route,) for route in LISTS if of_own(route)], "route")
def test_no_list_reaches_another_project(world: World, route: Route) -> None:
    keys = ["q", *(filter_.key for filter_ in route.view.filters)]
    values = {OTHER[:-1], str(world.other["building_id"]), str(world.other["household_id"])}
    for query in (f"{key}={value}" for key in keys for value in sorted(values)):
        refused(visit(world, route, "GET", who="one", query=query))
    for kind in ("xlsx", "csv"):
        refused(visit(world, route, "GET", who="one", query=f"export={kind}"))
    everything = {"do": "export", "everything": "1"}
    refused(visit(world, route, "POST", who="one", body=everything))
    picked = {"do": "export", "pick": sorted({str(pk) for pk in world.other.numbers.values()})}
    refused(visit(world, route, "POST", who="one", body=picked))


def test_the_exports_hold_something(world: World) -> None:
    exported = (
        route
        for route in LISTS
        if of_own(route) and OWN in visit(world, route, "GET", who="one", query="export=csv").marks
    )

    assert len(list(islice(exported, 12))) == 12


@each_of([(route,) for route in LISTS], "route")
def test_a_saved_view_of_another_person_is_his_own(world: World, route: Route) -> None:
    who = visitor_for(route, "GET")
    with tenant_context(world.alpha):
        view = SavedView.objects.create(
            owner=User.objects.get(username=f"{OTHER}-director"),
            page=route.view.page_key,
            name=f"{OTHER} view",
            query="q=1",
            created_at=NOW,
        )
    shown = visit(world, route, "GET", who=who, query=f"view={view.pk}")
    assert f"{OTHER} view" not in shown.text
    for do in ("view-rename", "view-replace", "view-delete"):
        answer = visit(
            world, route, "POST", who=who, body={"do": do, "view": str(view.pk), "name": "mine"}
        )
        assert answer.status == 404


@pytest.mark.parametrize("text", [OTHER[:-1], "1602", "6027", "13900000017", "浙A7K3M2", "PB"])
def test_search_finds_nothing_of_another_project(world: World, text: str) -> None:
    """Not even when the projects' rooms, phones and plates are the same."""
    for query in (f"q={text}", f"q={text}&project={world.other.project.pk}"):
        for htmx in (False, True):
            answer = visit(world, None, "GET", who="one", path="/c/search/", query=query, htmx=htmx)
            refused(answer)


def test_actions_of_lists_are_known() -> None:
    """The helper above that tells whose page it is reads the views' actions."""
    unknown = [route for route in LISTS if action_of(route, "GET") is None]
    assert [route for route in unknown if not issubclass(route.view, PersonalView)] == []
