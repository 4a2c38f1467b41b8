"""Many cases in one test: each is asked, each that is wrong is named, and none leaves a trace."""

import inspect

import pytest
from django.core.cache import cache
from django_tenants.utils import tenant_context

from kernel.access.models import User
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tests import factories
from tests.matrix.routes import Route
from tests.matrix.tables import each_of, run
from tests.matrix.test_company_site import ROUTES, cases


def test_every_case_is_asked_once_with_the_fixtures(tenant: Company) -> None:
    asked: list[tuple[Route, str]] = []

    @each_of(cases(ROUTES), "route", "method")
    def check(tenant: Company, route: Route, method: str) -> None:
        assert tenant.slug == "alpha"
        asked.append((route, method))

    (parts,) = [mark.args[1] for mark in check.pytestmark if mark.name == "parametrize"]
    for part in parts:
        check(part=part, tenant=tenant)

    assert list(inspect.signature(check).parameters) == ["part", "tenant"]
    assert {"/", "/c/people/", "/p/bills/", "/api/v1/units/"} <= set(parts)
    assert sorted(asked, key=str) == sorted(cases(ROUTES), key=str)


def test_each_case_that_is_wrong_is_named(tenant: Company) -> None:
    known = [(route, "GET") for route in ROUTES if route.path in {"/sign-in/", "/c/people/"}]

    def check(case: tuple[Route, str]) -> None:
        assert str(case[0]) == "/sign-in/", "not the door"

    def break_down(case: tuple[Route, str]) -> None:
        raise KeyError(str(case[0]))

    with pytest.raises(AssertionError, match=r"(?s)1 of 2.*GET /c/people/: .*not the door"):
        run(known, check)
    with pytest.raises(AssertionError, match=r"(?s)2 of 2.*GET /c/people/: KeyError.*GET /sign-in"):
        run(sorted(known, key=str), break_down)


def test_a_case_finds_nothing_of_the_one_before_it(tenant: Company) -> None:
    seen: list[tuple[bool, bool, str]] = []

    def check(case: tuple[str]) -> None:
        schema = tenant_connection.schema_name
        with tenant_context(tenant):
            seen.append((User.objects.exists(), cache.get("trace") is None, schema))
            factories.add_user("trace")
            cache.set("trace", "1")
        tenant_connection.set_tenant(tenant)
        assert case == ("right",)

    with pytest.raises(AssertionError):
        run([("wrong",), ("right",), ("right",)], check)

    assert seen == [(False, True, "public")] * 3
