"""Ids of another company in every act on chains, cases and deputies: nothing of it is there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, reverse
from django_tenants.utils import tenant_context

from api.v1.approvals.urls import urlpatterns as api_routes
from console.approvals.acts import ActSheet
from console.approvals.urls import urlpatterns as console_routes
from kernel.access import SYSTEM
from kernel.access.models import User
from kernel.approvals import operations
from kernel.approvals.models import (
    Assignment,
    Case,
    CaseStep,
    Chain,
    ChainVersion,
    Delegation,
    Signature,
)
from kernel.approvals.rules.definitions import definition_as_json
from kernel.tenancy import tenant_connection
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_approvals as approvals
from tests import factories_properties as registry
from tests.api.client import Api, sign_in_by_browser
from tests.factories import NOW, TODAY

_ADMINISTRATORS = re.compile("approval-chain|name-signer|replace-signer")
_UNKNOWN_FIELDS = {400, 422}  # a body may not hold what its act does not ask for
TABLES = (Assignment, Case, CaseStep, Chain, ChainVersion, Delegation, Signature)
FAR = 5_000  # ids further on than those of the own company


def leap(own: Company) -> None:
    """Let the ids that the company in force gives begin far on from those of the own company."""
    for table in [model._meta.db_table for model in (*TABLES, User, Project)]:
        with tenant_context(own):
            reached = next_id(table)
        missing = reached + FAR - next_id(table)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count({NEXT}) FROM generate_series(1, %s)", [table, missing])


NEXT = "nextval(pg_get_serial_sequence(%s, 'id'))"


def next_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {NEXT}", [table])
        number: int = cursor.fetchone()[0]
    return number


def written() -> dict[str, list[tuple[Any, ...]]]:
    return {model._meta.label: list(model.objects.order_by("pk").values_list()) for model in TABLES}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def abroad(companies: dict[str, Company]) -> Iterator[dict[str, int]]:
    """Return ids of everything there is in beta, from where alpha has none."""
    with approvals.paper_kind(), tenant_context(companies["beta"]):
        leap(companies["alpha"])
        project = registry.add_project()
        version = approvals.publish(
            approvals.line(approvals.step("charging_director"), approvals.step("property_manager"))
        )
        checker, manager = (
            approvals.person("zhaomin", "charging_director"),
            approvals.person("fangqiming", "property_manager"),
        )
        case = approvals.submit(approvals.person("zhouting", "steward"), project_id=project.pk)
        approvals.approve(checker, case)
        given = operations.delegate(
            actor=manager,
            deputy_id=checker.require_person(),
            valid_from=TODAY,
            valid_to=TODAY.replace(day=28),
            reason="Away",
            now=NOW,
        )
        draft = operations.draft_version(actor=SYSTEM, chain_id=version.chain_id, now=NOW)
        found = {
            "case_id": case.pk,
            "step_id": approvals.step_under_way(case).pk,
            "to_step_id": case.steps.get(state="DONE").pk,
            "chain_id": version.chain_id,
            "draft_id": draft.pk,
            "delegation_id": given.pk,
            "user_id": manager.require_person(),
            "project_id": project.pk,
        }
        assert min(found.values()) > FAR
        before = written()
    with approvals.paper_kind():
        yield found
    with tenant_context(companies["beta"]):
        assert written() == before


@dataclass
class Home:
    """The own company: its signer and administrator, and a case that waits for the signer."""

    signer: Api
    admin: Api
    case: Case


@pytest.fixture
def home(tenant: Company, abroad: dict[str, int]) -> Home:
    project = registry.add_project()
    approvals.publish(
        approvals.line(approvals.step("charging_director"), approvals.step("property_manager"))
    )
    checker = approvals.person("zhaomin", "charging_director")
    signer = sign_in_by_browser("fangqiming", ("property_manager", None))
    admin = sign_in_by_browser("xujing", ("company_admin", None))
    case = approvals.submit(approvals.person("zhouting", "steward"), project_id=project.pk)
    approvals.approve(checker, case)
    return Home(signer, admin, case)


def bodies(ids: dict[str, int]) -> dict[str, Any]:
    """Return what every act might ask for, all of it abroad."""
    return {
        **ids,
        "from_user_id": ids["user_id"],
        "deputy_id": ids["user_id"],
        "for_user_id": ids["user_id"],
        "applicant_id": ids["user_id"],
        "where": "before",
        "text": "words",
        "reason": "words",
        "note": "words",
        "opinion": "words",
        "facts": {"amount": "1.00"},
        "valid_from": TODAY.isoformat(),
        "valid_to": TODAY.replace(day=28).isoformat(),
        "definition": definition_as_json(approvals.line(approvals.step("charging_director"))),
        "cases": [{"case_id": ids["case_id"], "step_id": ids["step_id"]}],
    }


def of_route(route: URLPattern) -> list[str]:
    return list(route.pattern.converters)


API = [route for route in api_routes if of_route(route)]
CONSOLE = [route for route in console_routes if of_route(route)]


@pytest.mark.parametrize("route", API, ids=lambda route: str(route.pattern))
def test_no_endpoint_knows_an_id_of_another_company(
    home: Home, abroad: dict[str, int], route: URLPattern
) -> None:
    before = written()
    path = str(route.pattern)
    for name in of_route(route):
        path = path.replace(f"<int:{name}>", str(abroad[name]))

    for who in (home.signer, home.admin):
        for method in ("GET", "POST", "PUT", "DELETE"):
            body = {} if method == "GET" else bodies(abroad)
            answer = who(method, path, body)
            may = who is home.admin or not _ADMINISTRATORS.search(path)
            lacks = set() if may else {403}
            assert answer.status_code in {404, 405, *lacks, *_UNKNOWN_FIELDS}, answer.content
            if answer.status_code in _UNKNOWN_FIELDS:
                allowed = answer.json()["errors"]
                kept = {key: value for key, value in body.items() if key not in allowed}
                assert who(method, path, kept).status_code in {404, *lacks}, (method, path)
    assert written() == before


@pytest.mark.parametrize("route", CONSOLE, ids=lambda route: str(route.pattern))
def test_no_page_knows_an_id_of_another_company(
    home: Home, abroad: dict[str, int], route: URLPattern
) -> None:
    before = written()
    acts = list(ActSheet.words) if "act" in of_route(route) else [""]
    for act in acts:
        values = {name: abroad[name] for name in of_route(route) if name != "act"}
        address = reverse(str(route.name), kwargs={**values, **({"act": act} if act else {})})
        for who in (home.signer, home.admin):
            for send in (who.client.get, who.client.post):
                answer = ask(who.client, send, f"{address}?step={abroad['step_id']}", abroad)
                assert answer.status_code in {403, 404, 405}, (address, answer.status_code)
    assert written() == before


def ask(client: Client, send: Any, address: str, ids: dict[str, int]) -> Any:
    company = tenant_connection.tenant
    data = {"do": "approve", "case": ids["case_id"], "step": ids["step_id"], **bodies(ids)}
    data = {key: value for key, value in data.items() if not isinstance(value, (dict, list))}
    try:
        return send(address, data, headers={"host": "alpha.test", "HX-Request": "true"})
    finally:
        tenant_connection.set_tenant(company)


@pytest.mark.parametrize(
    ("act", "field"),
    [
        ("approve", "step_id"),
        ("reject", "step_id"),
        ("return", "step_id"),
        ("return", "to_step_id"),
        ("hand-over", "step_id"),
        ("hand-over", "user_id"),
        ("add-signer", "step_id"),
        ("add-signer", "user_id"),
        ("replace-signer", "from_user_id"),
        ("replace-signer", "user_id"),
        ("approve", "for_user_id"),
    ],
)
def test_own_case_takes_no_step_and_no_person_of_another_company(
    home: Home, abroad: dict[str, int], act: str, field: str
) -> None:
    case = home.case
    colleague = approvals.person("someone", "steward").require_person()
    signer = User.objects.get(username="fangqiming").pk
    own: dict[str, Any] = {"step_id": approvals.step_under_way(case).pk, "text": "words"}
    if act == "return":
        own["to_step_id"] = case.steps.get(state="DONE").pk
    if act in {"hand-over", "add-signer", "replace-signer"}:
        own["user_id"] = colleague
    if act == "add-signer":
        own["where"] = "before"
    if act == "replace-signer":
        own["from_user_id"] = signer
    foreign = bodies(abroad)[field]
    before = written()
    who = home.admin if act == "replace-signer" else home.signer

    answer = who("POST", f"approval-cases/{case.pk}/{act}/", {**own, field: foreign})

    assert answer.status_code in {403, 404, 422}, answer.content
    assert written() == before


def test_inbox_signs_no_case_and_no_step_of_another_company(
    home: Home, abroad: dict[str, int]
) -> None:
    before = written()
    own = {"case": home.case.pk, "step": approvals.step_under_way(home.case).pk}
    foreign = {"case": abroad["case_id"], "step": abroad["step_id"]}
    for mixed in (foreign, {**own, "step": foreign["step"]}, {**own, "case": foreign["case"]}):
        answer = home.signer.client.post(
            "/approvals/", {**mixed, "do": "approve"}, headers={"host": "alpha.test"}
        )
        tenant_connection.set_tenant(Company.objects.get(slug="alpha"))
        assert answer.status_code == 404, mixed
    answer = home.signer.client.post(
        "/approvals/together/",
        {"pick": [foreign["case"]], f"step-{foreign['case']}": foreign["step"]},
        headers={"host": "alpha.test"},
    )
    tenant_connection.set_tenant(Company.objects.get(slug="alpha"))
    ((_words, is_signed),) = answer.context["results"]
    assert not is_signed
    assert written() == before


@pytest.mark.parametrize("field", ["deputy_id", "project_ids"])
def test_nobody_of_another_company_becomes_a_deputy(
    home: Home, abroad: dict[str, int], field: str
) -> None:
    deputy = approvals.person("someone", "steward").require_person()
    values = {
        "deputy_id": deputy,
        "valid_from": TODAY.isoformat(),
        "valid_to": TODAY.replace(day=28).isoformat(),
        "reason": "Away",
        "kinds": [],
        "project_ids": [],
    }
    values |= {field: abroad["user_id"] if field == "deputy_id" else [abroad["project_id"]]}
    before = written()

    answer = home.signer("POST", "approval-delegations/", values)

    assert answer.status_code in {404, 422}, answer.content
    assert written() == before
