"""The pages about the separation of duties, and the security log."""

import csv
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from kernel import access
from kernel.access import operations as people
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.duties import Mode
from kernel.duties.models import Exemption, ExemptionState
from kernel.security.models import SecurityEvent, SecurityKind
from services.properties.models import Project
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests import factories_duties as duties
from tests.console.browser import Browser, browser_of
from tests.factories import NOW, add_actor, add_user, hold_post


@pytest.fixture
def project(tenant: Company) -> Project:
    return create_project(actor=access.SYSTEM, code="YL", name="云麓花园", now=NOW)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW)


@pytest.fixture
def admin(project: Project) -> Actor:
    return add_actor("admin", "company_admin")


@pytest.fixture
def manager(project: Project) -> Actor:
    return add_actor("manager", "property_manager")


@pytest.fixture
def office(admin: Actor) -> Browser:
    return browser_of("admin")


@pytest.fixture
def clerk(project: Project) -> User:
    """A person who held both posts before anybody looked."""
    user = add_user("clerk", name="Zhou")
    hold_post(user, "collector", project.pk)
    hold_post(user, "sales_accountant")
    return user


def shown(browser: Browser, route: str, *args: Any, **query: str) -> str:
    answer = browser.get(reverse(route, args=args), query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_every_conflict_is_shown_with_its_place_and_way_out(
    office: Browser, clerk: User, project: Project
) -> None:
    text = shown(office, "duties")

    assert "The receivable ledger is closed to collectors." in text
    assert "SoD-08" in text
    assert project.name in text
    assert reverse("people-person", args=[clerk.pk]) in text
    assert "Ask for an exemption" not in text  # the mode knows none


def test_nobody_in_conflict_is_told_so(office: Browser) -> None:
    assert "Nobody holds two posts that are kept apart." in shown(office, "duties")


def test_the_pairs_are_told_in_words_with_how_they_stand(office: Browser, clerk: User) -> None:
    text = shown(office, "duties-pairs")

    assert all(f"SoD-{number:02}" in text for number in range(1, 34))
    assert "Reading meters (water, power, heat)" in text
    assert "Meter reader" in text
    assert text.count("1 conflict") == 1
    assert text.count(">Kept<") == 32


def test_conflicts_take_the_same_queries_however_many_people(
    office: Browser, clerk: User, project: Project, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        user = add_user(f"user{number}")
        hold_post(user, "collector", project.pk)
        hold_post(user, "charging_director")

    with django_assert_max_num_queries(18):
        shown(office, "duties")


def test_an_exemption_is_asked_for_approved_and_ended_on_the_pages(
    office: Browser,
    manager: Actor,
    clerk: User,
    project: Project,
) -> None:
    duties.set_mode(Mode.BLOCK_WITH_EXEMPTION)
    assert "Ask for an exemption" in shown(office, "duties")
    facts = {
        "rule": "SoD-08",
        "user_id": clerk.pk,
        "project_id": project.pk,
        "valid_from": "2026-11-01",
        "last_day": "2026-12-31",
        "reason": "one clerk",
    }

    assert office.post(reverse("duties-exemptions-new"), facts).status_code == 302
    exemption = Exemption.objects.get()
    assert "waits for the property manager" in shown(office, "duties-exemptions-one", exemption.pk)
    chief = browser_of("manager")
    approve = reverse("duties-exemptions-approve", args=[exemption.pk])
    assert office.post(approve, {}).status_code == 403
    assert approve in shown(chief, "duties-exemptions-one", exemption.pk)
    assert chief.post(approve, {"opinion": "this year only"}).status_code == 302

    assert "Exempt until 2026-12-31" in shown(office, "duties")
    assert "An exemption allows both until 2026-12-31" in shown(office, "people-person", clerk.pk)
    assert "one clerk" in shown(
        office, "duties-exemptions", days_from="2026-10-01", days_to="2026-12-31"
    )
    assert "one clerk" not in shown(
        office, "duties-exemptions", days_from="2027-01-01", days_to="2027-03-31"
    )
    end = reverse("duties-exemptions-end", args=[exemption.pk])
    assert office.post(end, {"reason": ""}).status_code == 422
    assert office.post(end, {"reason": "a second clerk came"}).status_code == 302
    exemption.refresh_from_db()
    assert (exemption.state, exemption.ended_on) == (ExemptionState.ENDED, date(2026, 11, 9))
    assert "Ask for an exemption" in shown(office, "duties")


def test_an_exemption_is_turned_down_with_a_reason(
    office: Browser,
    admin: Actor,
    manager: Actor,
    clerk: User,
) -> None:
    duties.set_mode(Mode.BLOCK_WITH_EXEMPTION)
    exemption = duties.ask(admin, clerk, "SoD-08")
    reject = reverse("duties-exemptions-reject", args=[exemption.pk])
    chief = browser_of("manager")

    assert chief.post(reject, {"opinion": ""}).status_code == 422
    assert chief.post(reject, {"opinion": "hire somebody"}).status_code == 302

    assert "hire somebody" in shown(office, "duties-exemptions-one", exemption.pk)
    assert Exemption.objects.get().state == ExemptionState.REJECTED


def test_a_persons_page_warns_of_a_conflict(office: Browser, clerk: User) -> None:
    text = shown(office, "people-person", clerk.pk)

    assert "The receivable ledger is closed to collectors." in text
    assert "End one of the two posts below, or ask for an exemption." in text


def test_who_may_not_see_it_is_refused_and_written_down(
    office: Browser, clerk: User, project: Project
) -> None:
    browser = browser_of("clerk")

    for route in ("duties", "duties-pairs", "duties-exemptions", "security"):
        assert browser.get(reverse(route)).status_code == 403

    events = list(SecurityEvent.objects.order_by("pk"))
    assert [event.kind for event in events] == [SecurityKind.ACTION_DENIED] * 4
    assert events[0].path == "GET /c/duties/"
    assert events[0].user_id == clerk.pk
    assert events[0].data == {"action": "duties.view"}


# ---- the log ------------------------------------------------------------------------------------


def test_the_log_shows_filters_and_exports(office: Browser, clerk: User, project: Project) -> None:
    browser_of("clerk").get(reverse("security"))
    browser_of("clerk").get(reverse("project-home", args=[project.pk + 99]))

    text = shown(office, "security")
    assert "GET /c/security/" in text
    assert "Record out of reach" in text
    denied = shown(office, "security", kind="ACTION_DENIED")
    assert f"/p/{project.pk + 99}/" not in denied
    sheet: Any = office.get(reverse("security"), {"export": "csv"})
    assert sheet.status_code == 200
    assert b"GET /c/security/" in b"".join(sheet.streaming_content)


def test_the_log_and_its_sheet_tell_how_often_the_same_was_refused(
    office: Browser, clerk: User, project: Project
) -> None:
    browser = browser_of("clerk")
    for _try in range(47):
        browser.get(reverse("security"))

    assert SecurityEvent.objects.get(kind="ACTION_DENIED").times == 47
    assert ">47<" in re.sub(r"\s", "", shown(office, "security"))
    sheet: Any = office.get(reverse("security"), {"export": "csv"})
    head, line = b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines()
    cells = dict(zip(next(csv.reader([head])), next(csv.reader([line])), strict=True))
    assert cells["Times"] == "47"
    assert cells["Last time"].startswith("2026-11-09 10:00")


def test_signing_in_and_resets_are_written_down(office: Browser, clerk: User) -> None:
    stranger = Browser(headers={"host": "alpha.test"})
    for name in ("clerk", "nobody-of-that-name"):
        stranger.post(reverse("login"), {"username": name, "password": "wrong"})
    people.set_preferences(user_id=clerk.pk, language="en")
    User.objects.filter(pk=clerk.pk).update(email="clerk@example.com")
    office.post(reverse("people-link", args=[clerk.pk]))

    events = list(SecurityEvent.objects.order_by("pk").values_list("kind", "user_id", "actor"))
    assert events == [
        (SecurityKind.SIGN_IN_FAILED, clerk.pk, clerk.label),
        (SecurityKind.SIGN_IN_FAILED, None, ""),
        (SecurityKind.PASSWORD_RESET, User.objects.get(username="admin").pk, "admin (admin)"),
    ]


def test_a_lock_out_is_written_down_once_reached(
    project: Project, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # the lock-out counts by the real clock
    stranger = Browser(headers={"host": "alpha.test"})

    for _try in range(6):
        stranger.post(reverse("login"), {"username": "clerk", "password": "wrong"})

    kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[:4] == [SecurityKind.SIGN_IN_FAILED] * 4
    assert set(kinds[4:]) == {SecurityKind.LOCKED_OUT}
