"""Every address × the host it is asked on, and every form × the secret that must come with it."""

import pytest
from django.conf import settings as django_settings
from django.test import Client, override_settings

from kernel.tenancy import tenant_connection
from tenants.companies.models import Company, CompanyStatus
from tenants.operators import operations as operators
from tests.factories import NOW, PASSWORD
from tests.factories_operators import knock
from tests.matrix.marks import FOREIGN, OTHER, OWN
from tests.matrix.routes import COMPANY, PUBLIC, Route, routes
from tests.matrix.tables import each_of
from tests.matrix.test_company_site import CLOSED, OPEN_ROUTES, ROUTES, cases, is_api, visitor_for
from tests.matrix.visits import visit
from tests.matrix.world import World

PUBLIC_ROUTES = routes(PUBLIC)
OPEN_IN_PUBLIC = {
    "/": {"GET": 200, "POST": 422},
    "/language/": {"POST": 302},
    "/operators/sign-in/": {"GET": 200, "POST": 422},
    "/operators/sign-out/": {"POST": 302},
}
FOR_OPERATORS = [route for route in PUBLIC_ROUTES if route.path not in OPEN_IN_PUBLIC]
NOBODYS_HOSTS = ("nobody.test", "alpha.test.", "alpha.evil.example", "t_testalpha0.test")


@pytest.fixture(scope="module")
def operator(built_world: World) -> dict[str, str]:
    """Return the cookie of an operator who has signed in, once for all tests."""
    tenant_connection.set_schema_to_public()
    operators.add_operator(by="test", username="ops", name="Olga", password=PASSWORD, now=NOW)
    client = Client(headers={"host": "test"})
    knock(client)
    tenant_connection.set_schema_to_public()
    return {"operator": client.cookies["operator"].value}


def test_the_public_site_is_walked() -> None:
    assert len(FOR_OPERATORS) >= 9
    assert {route.path for route in PUBLIC_ROUTES} > OPEN_IN_PUBLIC.keys()


@each_of(cases(CLOSED), "route", "method")
def test_a_company_that_is_suspended_or_unknown_is_not_there(
    world: World, route: Route, method: str
) -> None:
    who = visitor_for(route, method)
    nowhere = visit(world, route, method, who=who, host="nobody.test")
    Company.objects.filter(pk=world.alpha.pk).update(status=CompanyStatus.SUSPENDED)

    suspended = visit(world, route, method, who=who)

    assert (suspended.status, suspended.text) == (404, "Not Found")
    assert (nowhere.status, nowhere.text) == (404, "Not Found")
    assert dict(suspended.headers).keys() == dict(nowhere.headers).keys()


@pytest.mark.parametrize("host", NOBODYS_HOSTS)
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/operators/", "/api/v1/units/", "/static/x"])
def test_an_unknown_host_tells_nothing(world: World, host: str, path: str) -> None:
    answer = visit(world, None, "GET", who="one", path=path, host=host)

    assert (answer.status, answer.text) == (404, "Not Found")


@each_of(cases(CLOSED), "route", "method")
def test_a_companys_pages_are_not_on_the_platforms_host(
    world: World, route: Route, method: str, operator: dict[str, str]
) -> None:
    if route.path == "/":
        return
    for credentials in ({}, {"session": world.sessions["wide"]}, operator):
        answer = visit(
            world, route, method, cookies=credentials, token=world.tokens["wide"], host="test"
        )
        assert answer.status == 404, answer.text[:300]
        assert answer.marks == set()


@each_of(cases(FOR_OPERATORS), "route", "method")
def test_operators_pages_are_for_operators_on_the_platforms_host(
    world: World, route: Route, method: str, operator: dict[str, str]
) -> None:
    for mine in ({}, {"session": world.sessions["admin"]}, {"operator": "x" * 43}):
        stranger = visit(world, route, method, cookies=mine, host="test")
        assert stranger.status == 302
        assert stranger.location == "/operators/sign-in/"
        assert "Alpha" not in stranger.plain()
    for cookies in (operator, {**operator, "session": world.sessions["admin"]}):
        elsewhere = visit(world, route, method, cookies=cookies, host="alpha.test")
        assert elsewhere.status == 404, elsewhere.text[:300]

    own = visit(world, route, method, cookies=operator, host="test")
    assert own.status < 500
    assert own.marks == set(), "an operator sees companies, never what is in them"
    with override_settings(OPERATOR_NETWORKS=["10.8.0.0/16"]):
        assert visit(world, route, method, cookies=operator, host="test").status == 404


@each_of(cases([r for r in PUBLIC_ROUTES if r.path in OPEN_IN_PUBLIC]), "route", "method")
def test_the_platforms_open_pages_show_no_company(world: World, route: Route, method: str) -> None:
    answer = visit(world, route, method, host="test", cookies={"session": world.sessions["one"]})

    assert answer.status == OPEN_IN_PUBLIC[route.path][method]
    assert "Alpha" not in answer.plain()
    assert answer.marks == set()


WRITING = [
    *(case for case in cases(ROUTES) if case[1] != "GET"),
    *(case for case in cases(PUBLIC_ROUTES) if case[1] != "GET"),
]


@each_of(WRITING, "route", "method")
def test_nothing_is_done_without_the_forms_secret(
    world: World, route: Route, method: str, operator: dict[str, str]
) -> None:
    """Of another company's form neither: its cookie and its field fit each other."""
    public = route.urlconf == PUBLIC
    who = "one" if route.path in OPEN_ROUTES or public else visitor_for(route, method)
    cookies = {"session": world.sessions[who], **(operator if public else {})}
    host = "test" if public else "alpha.test"

    bare = visit(world, route, method, cookies=cookies, host=host, enforce_csrf=True)
    assert bare.status == 403, bare.text[:300]

    for origin in ("http://beta.test", "http://evil.example", "null"):
        forged = Client(raise_request_exception=False, enforce_csrf_checks=True)
        secret = "A" * 32
        for name, value in {**cookies, "csrf": secret}.items():
            forged.cookies[name] = value
        sent = getattr(forged, method.lower())(
            route.fill(world.own_values()),
            {"csrfmiddlewaretoken": secret},
            headers={"host": host, "origin": origin, "X-CSRFToken": secret},
            **({"content_type": "application/json"} if is_api(route) else {}),
        )
        assert sent.status_code == 403


@pytest.mark.parametrize("link", ["alpha", "beta"])
def test_a_password_link_opens_in_its_company_only(world: World, link: str) -> None:
    path = f"/password/{world.links[link]}/"
    for host in ("alpha.test", "beta.test"):
        answer = visit(world, None, "GET", path=path, host=host)
        assert answer.status == (200 if host.startswith(link) else 422)
        assert answer.marks <= ({FOREIGN} if host == "beta.test" and link == "beta" else set())


def test_the_pages_that_are_not_there_tell_nothing(world: World) -> None:
    for path in ("/nothing/", "/p/999999/", "/api/v1/nothing/", "/c/nothing/", "/.git/config"):
        for who in ("", "one"):
            answer = visit(world, None, "GET", who=who, path=path)
            assert answer.status in {302, 401, 404}
            assert not answer.marks & {OTHER, FOREIGN}
            assert who or OWN not in answer.marks


def test_the_urlconfs_are_the_ones_in_use() -> None:
    assert django_settings.ROOT_URLCONF == COMPANY
    assert django_settings.PUBLIC_SCHEMA_URLCONF == PUBLIC
