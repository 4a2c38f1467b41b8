"""Separation of duties and the security log, for programs."""

import pytest

from kernel import access
from kernel.access import tokens
from kernel.access.models import ApiToken, User
from kernel.duties import Mode
from kernel.duties.models import Exemption
from kernel.security.models import SecurityEvent, SecurityKind
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.api.client import Api, sign_in, sign_in_by_browser
from tests.factories import NOW, add_user, hold_post
from tests.factories_duties import set_mode


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


@pytest.fixture
def clerk(project: Project) -> User:
    user = add_user("clerk")
    hold_post(user, "collector", project.pk)
    hold_post(user, "sales_accountant")
    return user


def test_an_exemption_goes_its_way(
    project: Project, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)
    set_mode(Mode.BLOCK_WITH_EXEMPTION)
    admin, chief = (
        sign_in("admin", ("company_admin", None)),
        sign_in_by_browser("chief", ("property_manager", None)),
    )
    (conflict,) = admin("GET", "duties/conflicts/").json()
    assert (conflict["rule"], conflict["user_id"], conflict["project_id"]) == (
        "SoD-08",
        clerk.pk,
        project.pk,
    )
    assert conflict["exemption_id"] is None
    year = {"valid_from": "2026-11-01", "last_day": "2027-10-31"}
    facts = {"rule": "SoD-08", "user_id": clerk.pk, "project_id": project.pk, "reason": "one clerk"}

    asked = admin("POST", "duties/exemptions/", {**facts, **year})
    one = f"duties/exemptions/{asked.json()['id']}/"
    assert (asked.status_code, asked.json()["state"]) == (201, "REQUESTED")
    assert admin("POST", f"{one}approve/", {}).status_code == 403
    assert chief("POST", f"{one}reject/", {"opinion": ""}).status_code == 400
    approved = chief("POST", f"{one}approve/", {"opinion": "this year"})
    assert (approved.status_code, approved.json()["opinion"]) == (200, "this year")
    listed = chief("GET", "duties/exemptions/of-days/?first_day=2026-10-01&last_day=2026-12-31")
    assert [row["reason"] for row in listed.json()] == ["one clerk"]
    (conflict,) = admin("GET", "duties/conflicts/").json()
    assert conflict["exemption_id"] == asked.json()["id"]
    ended = admin("POST", f"{one}end/", {"reason": "hired"})
    assert ended.json()["state"] == "ENDED"
    assert admin("GET", one).json() == ended.json()
    assert Exemption.objects.count() == 1


def test_the_pairs_are_told(project: Project) -> None:
    answer = sign_in("admin", ("company_admin", None))("GET", "duties/pairs/").json()

    assert answer["mode"] == "block"
    assert [pair["rule"] for pair in answer["pairs"]] == [f"SoD-{n:02}" for n in range(1, 34)]
    assert answer["pairs"][4]["levels"] == ["R"]
    assert answer["pairs"][4]["a"]["posts"] == ["meter_reader"]


def test_what_the_api_refuses_is_in_the_log(project: Project, clerk: User) -> None:
    admin = sign_in("admin", ("company_admin", None))
    reader = sign_in("reader", ("meter_reader", project.pk))

    assert reader("GET", "security-events/").status_code == 403
    assert reader("GET", "duties/exemptions/9/").status_code == 403
    assert admin("GET", "duties/exemptions/987654/").status_code == 404

    rows = admin("GET", "security-events/").json()["results"]
    assert [(row["kind"], row["path"]) for row in rows] == [
        ("ACTION_DENIED", "GET /api/v1/security-events/"),
        ("ACTION_DENIED", "GET /api/v1/duties/exemptions/9/"),
        ("OUT_OF_REACH", "GET /api/v1/duties/exemptions/987654/"),
    ]
    found = admin("GET", "security-events/?kind=OUT_OF_REACH").json()["results"]
    assert [row["id"] for row in found] == [rows[2]["id"]]


def test_the_log_says_how_often_and_when_last_the_same_was_refused(project: Project) -> None:
    admin, chief = sign_in("admin", ("company_admin", None)), sign_in("chief")

    for _try in range(2):
        assert chief("GET", "security-events/").status_code == 403
    assert chief("GET", "duties/exemptions/").status_code == 403

    rows = admin("GET", "security-events/?kind=ACTION_DENIED").json()["results"]
    assert [(row["path"], row["times"], row["last_at"] is None) for row in rows] == [
        ("GET /api/v1/security-events/", 2, False),
        ("GET /api/v1/duties/exemptions/", 1, True),
    ]
    assert rows[0]["last_at"] > rows[0]["at"]


def test_a_token_that_is_void_leaves_a_line_and_a_guess_none(project: Project) -> None:
    chief = sign_in("chief", ("property_manager", None))
    owner = User.objects.get(username="chief")
    tokens.revoke_token(actor=access.SYSTEM, token_id=ApiToken.objects.get(user=owner).pk, now=NOW)

    assert chief("GET", "duties/pairs/").status_code == 401
    assert Api(chief.client, "gj_guessed")("GET", "duties/pairs/").status_code == 401

    kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", "user_id"))
    assert kinds == [
        (SecurityKind.TOKEN_REVOKED, None),
        (SecurityKind.TOKEN_REFUSED, owner.pk),
    ]


def test_a_person_who_confirms_prices_is_told_why_he_takes_no_money(project: Project) -> None:
    chief = sign_in("chief", ("property_manager", None))

    answer = chief("POST", "payments/", {})

    assert answer.status_code == 403
    assert answer.json()["code"] == "duties.meet"
    assert answer.json()["details"]["rule"] == "SoD-01"
    assert SecurityEvent.objects.get().rule == "SoD-01"
