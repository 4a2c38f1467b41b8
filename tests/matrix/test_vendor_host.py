"""Every address of the vendors' host × method × visitor: an exact answer for each.

Read off the URLconf: a route without a line in ``ROWS`` fails. Besides, nobody finds a word of
another vendor or company in what he gets, signed in or not.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from api.vendors.views import VendorApiView
from kernel.tenancy import tenant_connection
from portal.vendors.views import SignedInView, VendorView
from tenants.companies.models import Company, CompanyStatus
from tests import database
from tests.matrix import vendor_world
from tests.matrix.marks import FOREIGN, OTHER, OWN
from tests.matrix.routes import VENDORS, Route, routes
from tests.matrix.tables import each_of
from tests.matrix.vendor_world import OUTSIDERS, STRANGERS, VISITORS, VendorWorld
from tests.matrix.visits import Answer, assert_is_kept_by_nobody, visit

ROUTES = routes(VENDORS)
HOST = "vendors.test"


class Row(NamedTuple):
    """What a request answers: to strangers, to the vendor whose address it is, to another vendor
    of the same company, and to those who are contacts elsewhere, were one, or whose vendor is
    closed."""

    stranger: int
    own: int
    other: int
    outsider: int


def of_company(own: int, other: int | None = None) -> Row:
    """Return the row of a company's page: ``other`` is 404 where the address names a record."""
    return Row(302, own, own if other is None else other, 404)


def of_person(answer: int) -> Row:
    return Row(302, answer, answer, answer)


def open_to_all(answer: int) -> Row:
    return Row(answer, answer, answer, answer)


_ROUND = "/v/<place:place>/rounds/<int:round_id>/"
_API = "/v/<place:place>/api/v1/"
_API_ROUND = f"{_API}rounds/<int:round_id>/"
_API_ORDER = f"{_API}orders/<int:order_id>/"
ROWS: dict[tuple[str, str], Row] = {
    ("/", "GET"): of_person(200),
    ("/sign-in/", "GET"): Row(200, 302, 302, 302),
    ("/sign-in/", "POST"): open_to_all(422),
    ("/sign-out/", "POST"): open_to_all(302),
    ("/language/", "POST"): open_to_all(302),
    ("/password/", "GET"): open_to_all(200),
    ("/password/", "POST"): open_to_all(422),
    ("/password/<str:token>/", "GET"): open_to_all(422),
    ("/password/<str:token>/", "POST"): open_to_all(422),
    ("/invitations/<str:key>/", "GET"): open_to_all(200),
    # Nothing typed; whoever is signed in is another than was invited.
    ("/invitations/<str:key>/", "POST"): Row(422, 409, 409, 409),
    ("/join/<slug:slug>/", "GET"): open_to_all(200),
    ("/join/<slug:slug>/", "POST"): open_to_all(422),
    ("/account/", "GET"): of_person(200),
    ("/account/", "POST"): of_person(422),
    ("/account/password/", "GET"): of_person(302),
    ("/account/password/", "POST"): of_person(422),
    ("/account/sessions/<int:session_id>/end/", "POST"): of_person(302),
    ("/account/tokens/", "GET"): of_person(302),
    ("/account/tokens/", "POST"): of_person(422),
    ("/account/tokens/<int:token_id>/revoke/", "POST"): Row(302, 302, 404, 404),
    ("/api/v1/schema/", "GET"): of_person(200),
    ("/api/v1/me/", "GET"): of_person(200),
    ("/api/v1/companies/", "GET"): of_person(200),
    ("/v/<place:place>/", "GET"): of_company(200),
    ("/v/<place:place>/papers/", "GET"): of_company(200),
    ("/v/<place:place>/papers/new/", "GET"): of_company(200),
    ("/v/<place:place>/papers/new/", "POST"): of_company(422),
    ("/v/<place:place>/company/", "GET"): of_company(200),
    ("/v/<place:place>/company/account/", "GET"): of_company(200),
    ("/v/<place:place>/company/account/", "POST"): of_company(422),
    ("/v/<place:place>/messages/", "GET"): of_company(200),
    ("/v/<place:place>/rounds/", "GET"): of_company(200),
    # Another vendor of the company is not invited: for him there is no such round.
    (f"{_ROUND}", "GET"): of_company(200, 404),
    (f"{_ROUND}", "POST"): of_company(302, 404),
    ("/v/<place:place>/rounds/quotes/", "GET"): of_company(200),
    (f"{_ROUND}template/", "GET"): of_company(200, 404),
    (f"{_ROUND}receipts/", "GET"): of_company(200, 404),
    (f"{_ROUND}withdraw/", "POST"): of_company(409, 404),
    (f"{_ROUND}decline/", "POST"): of_company(302, 404),
    (f"{_ROUND}ask/", "POST"): of_company(422, 404),
    (f"{_ROUND}seen/", "POST"): of_company(302, 404),
    (f"{_ROUND}files/<int:round_file_id>/", "GET"): of_company(200, 404),
    ("/v/<place:place>/api/v1/rounds/", "GET"): of_company(200),
    (f"{_API}quotes/", "GET"): of_company(200),
    (f"{_API_ROUND}", "GET"): of_company(200, 404),
    (f"{_API_ROUND}quotes/", "POST"): of_company(400, 404),
    (f"{_API_ROUND}withdrawal/", "POST"): of_company(409, 404),
    (f"{_API_ROUND}decline/", "POST"): of_company(200, 404),
    (f"{_API_ROUND}questions/", "POST"): of_company(400, 404),
    ("/v/<place:place>/files/<int:attachment_id>/", "GET"): of_company(200, 404),
    ("/v/<place:place>/api/v1/vendor/", "GET"): of_company(200),
    ("/v/<place:place>/api/v1/papers/", "GET"): of_company(200),
    ("/v/<place:place>/api/v1/papers/", "POST"): Row(302, 415, 415, 404),
    ("/v/<place:place>/api/v1/paper-kinds/", "GET"): of_company(200),
    ("/v/<place:place>/api/v1/files/<int:attachment_id>/content/", "POST"): of_company(200, 404),
    (f"{_API}orders/", "GET"): of_company(200),
    (f"{_API_ORDER}", "GET"): of_company(200, 404),
    # An empty body; no change waits for an answer.
    (f"{_API_ORDER}acknowledgement/", "POST"): of_company(400, 404),
    (f"{_API_ORDER}answer/", "POST"): of_company(400, 404),
    (f"{_API_ORDER}changes/", "POST"): of_company(400, 404),
    (f"{_API_ORDER}deliveries/", "POST"): of_company(400, 404),
    (f"{_API_ORDER}invoices/", "POST"): of_company(400, 404),
    (f"{_API}deliveries/", "GET"): of_company(200),
    (f"{_API}deliveries/<int:delivery_id>/cancellation/", "POST"): of_company(200, 404),
    (f"{_API}receipts/", "GET"): of_company(200),
    (f"{_API}objections/", "GET"): of_company(200),
    (f"{_API}invoices/", "GET"): of_company(200),
    (f"{_API}invoices/<int:invoice_id>/", "GET"): of_company(200, 404),
    (f"{_API}invoices/<int:invoice_id>/scan/", "POST"): of_company(415, 404),
    (f"{_API}months/", "GET"): of_company(200),
    (f"{_API}months/<int:assessment_id>/invoice/", "POST"): of_company(400, 404),
    (f"{_API}entries/", "GET"): of_company(200),
    (f"{_API}statements/", "GET"): of_company(200),
    (f"{_API}statements/<int:statement_id>/answer/", "POST"): of_company(400, 404),
    (f"{_API}messages/", "GET"): of_company(200),
    ("/v/<place:place>/statement/", "GET"): of_company(200),
    ("/v/<place:place>/statement/<int:statement_id>/answer/", "POST"): of_company(422, 404),
    ("/v/<place:place>/deliveries/", "GET"): of_company(200),
    ("/v/<place:place>/deliveries/<int:receipt_id>/", "GET"): of_company(200, 404),
    ("/v/<place:place>/invoices/", "GET"): of_company(200),
    ("/v/<place:place>/invoices/<int:invoice_id>/", "GET"): of_company(200, 404),
    ("/v/<place:place>/invoices/orders/<int:order_id>/", "GET"): of_company(200, 404),
    ("/v/<place:place>/invoices/orders/<int:order_id>/", "POST"): of_company(422, 404),
    ("/v/<place:place>/invoices/months/<int:assessment_id>/", "GET"): of_company(200, 404),
    ("/v/<place:place>/invoices/months/<int:assessment_id>/", "POST"): of_company(422, 404),
    ("/v/<place:place>/orders/", "GET"): of_company(200),
    ("/v/<place:place>/orders/<int:order_id>/", "GET"): of_company(200, 404),
    # Nothing typed, and no change waits for an answer.
    ("/v/<place:place>/orders/<int:order_id>/acknowledge/", "POST"): of_company(422, 404),
    ("/v/<place:place>/orders/<int:order_id>/answer/", "POST"): of_company(409, 404),
    ("/v/<place:place>/orders/<int:order_id>/changes/", "POST"): of_company(422, 404),
    ("/v/<place:place>/orders/<int:order_id>/deliveries/", "POST"): of_company(422, 404),
    (
        "/v/<place:place>/orders/<int:order_id>/deliveries/<int:delivery_id>/cancel/",
        "POST",
    ): of_company(302, 404),
}
# Says for whom it invites, to whoever has the link.
SHOWS_OWN_TO_ALL = {"/invitations/<str:key>/"}
OF_COMPANY = [route for route in ROUTES if route.path.startswith("/v/")]
CASES = [(route, method) for route in ROUTES for method in route.methods]
OF_COMPANY_CASES = [(route, method) for route in OF_COMPANY for method in route.methods]


@pytest.fixture(scope="module")
def built(
    test_database: str, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[VendorWorld]:
    with django_db_blocker.unblock():
        database.copy_template(test_database)  # numbers begin at 1, whatever has run before
        tenant_connection.set_schema_to_public()
        with transaction.atomic():
            companies = {company.slug: company for company in Company.objects.all()}
            yield vendor_world.build(companies["alpha"], companies["beta"])
            transaction.set_rollback(True)


@pytest.fixture
def world(built: VendorWorld) -> Iterator[VendorWorld]:
    tenant_connection.set_schema_to_public()
    with transaction.atomic():
        yield built
        tenant_connection.set_schema_to_public()
        transaction.set_rollback(True)


def ask(world: VendorWorld, route: Route, method: str, who: str, **changed: Any) -> Answer:
    values = {**world.values, **changed.pop("values", {})}
    return visit(
        None,  # type: ignore[arg-type]  # only its sessions would be read, and these are others
        route,
        method,
        path=route.fill(values),
        host=changed.pop("host", HOST),
        cookies=world.cookies.get(who, {}),
        token=world.tokens.get(who, ""),
        **changed,
    )


def is_api(route: Route) -> bool:
    return "/api/" in route.path


def expected(route: Route, method: str, who: str) -> int:
    row = ROWS[route.path, method]
    if who == "program":  # a token of his: the API is open to it as to him, no page is
        who = "own" if is_api(route) else "stranger"
    if who in STRANGERS:
        return 401 if is_api(route) and row.stranger == 302 else row.stranger
    return row.outsider if who in OUTSIDERS else getattr(row, who)


def test_every_address_and_method_has_a_line() -> None:
    asked = {(route.path, method) for route, method in CASES}

    assert ROWS.keys() == asked
    assert all("<place:place>" in route.path for route in OF_COMPANY)


@pytest.mark.parametrize("route", OF_COMPANY, ids=str)
def test_a_companys_page_is_made_of_the_view_that_opens_the_door(route: Route) -> None:
    assert issubclass(route.view, VendorApiView if is_api(route) else VendorView)


@pytest.mark.parametrize("who", VISITORS)
@each_of(CASES, "route", "method")
def test_each_visitor_gets_his_answer(
    world: VendorWorld, route: Route, method: str, who: str
) -> None:
    answer = ask(world, route, method, who)

    assert answer.status == expected(route, method, who), answer.text[:300]
    if answer.status == 302 and who in STRANGERS and issubclass(route.view, SignedInView):
        assert answer.location.startswith("/sign-in/")
    allowed = {OWN} if who in {"own", "program"} or route.path in SHOWS_OWN_TO_ALL else set()
    allowed |= {"other": {OTHER}, "foreign": {FOREIGN}, "ended": {OWN}, "closed": {OTHER}}.get(
        who, set()
    )
    assert answer.marks <= allowed
    assert_is_kept_by_nobody(answer)


@pytest.mark.parametrize("place", ["beta", "nobody", "alpha.{other}", "alpha.{ended}", "beta.1"])
@each_of(OF_COMPANY_CASES, "route", "method")
def test_no_other_place_opens(world: VendorWorld, route: Route, method: str, place: str) -> None:
    values = {"place": place.format(**world.contacts)}

    answer = ask(world, route, method, "own", values=values)

    assert answer.status == 404
    assert answer.marks == set()


@each_of(OF_COMPANY_CASES, "route", "method")
def test_a_suspended_company_is_not_there(world: VendorWorld, route: Route, method: str) -> None:
    Company.objects.filter(slug="alpha").update(status=CompanyStatus.SUSPENDED)

    assert ask(world, route, method, "own").status == 404


@pytest.mark.parametrize("host", ["alpha.test", "test", "nobody.test"])
@each_of(OF_COMPANY_CASES, "route", "method")
def test_the_pages_are_on_the_vendors_host_only(
    world: VendorWorld, route: Route, method: str, host: str
) -> None:
    answer = ask(world, route, method, "own", host=host)

    assert answer.status == 404
    assert answer.marks == set()


@each_of([case for case in CASES if case[1] != "GET"], "route", "method")
def test_nothing_is_done_without_the_forms_secret(
    world: VendorWorld, route: Route, method: str
) -> None:
    assert ask(world, route, method, "own", enforce_csrf=True).status == 403
    for origin in ("http://alpha.test", "http://evil.example", "null"):
        forged = Client(raise_request_exception=False, enforce_csrf_checks=True)
        secret = "A" * 32
        for name, value in {**world.cookies["own"], "csrf": secret}.items():
            forged.cookies[name] = value
        sent = getattr(forged, method.lower())(
            route.fill(world.values),
            {"csrfmiddlewaretoken": secret},
            headers={"host": HOST, "origin": origin, "X-CSRFToken": secret},
            **({"content_type": "application/json"} if is_api(route) else {}),
        )
        assert sent.status_code == 403


def test_staff_pages_are_not_here(world: VendorWorld) -> None:
    for path in ("/c/account/", "/operators/", "/api/v1/units/", "/p/1/", "/desk/"):
        for who in ("own", "staff", "token", "operator"):
            answer = visit(
                None,  # type: ignore[arg-type]  # as above
                None,
                "GET",
                path=path,
                host=HOST,
                cookies=world.cookies.get(who, {}),
                token=world.tokens.get(who, ""),
            )
            assert answer.status == 404
            assert answer.marks == set()
