"""The endpoints of settings, the calendar and time limits."""

from datetime import date, datetime, timedelta

import pytest

from kernel import access, policies
from kernel.calendar.models import CalendarException
from kernel.deadlines import operations as clocks
from kernel.policies.models import PolicyValue
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests.api.client import Api, refusal, sign_in
from tests.factories import NOW, TODAY


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def project(tenant: Company) -> Project:
    return billing.add_project()


@pytest.fixture
def admin(project: Project) -> Api:
    return sign_in("xujing", ("company_admin", None))


def test_a_setting_is_read_set_overridden_and_given_back(project: Project, admin: Api) -> None:
    before = admin("GET", "policies/billing.open_day/").json()
    assert (before["value"], before["origin"], before["default"]) == ("10", "default", "10")

    assert admin("PUT", "policies/billing.open_day/", {"value": "12"}).json()["value"] == "12"
    place = f"projects/{project.pk}/policies/billing.open_day/"
    there = admin("PUT", place, {"value": "15"}).json()

    assert (there["value"], there["origin"], there["inherited"]) == ("15", "project", "12")
    assert policies.get("billing.open_day", int, project_id=project.pk) == 15
    back = admin("DELETE", place).json()
    assert (back["value"], back["origin"]) == ("12", "company")
    history = admin("GET", f"{place}history/").json()
    assert [(one["before"], one["after"]) for one in history] == [("15", None), (None, "15")]


def test_all_settings_are_listed_and_narrowed(project: Project, admin: Api) -> None:
    admin("PUT", "policies/billing.open_day/", {"value": "12"})

    everything = admin("GET", "policies/").json()
    assert len(everything) == len(policies.REGISTRY)
    awaited = {one["key"] for one in everything if one["is_awaited"]}
    assert {"close.hour", "cs.call.max_rings"} <= awaited
    assert "billing.open_day" not in awaited
    changed = admin("GET", "policies/?origin=company").json()
    assert [one["key"] for one in changed] == ["billing.open_day"]
    parking = admin("GET", f"projects/{project.pk}/policies/?group=parking").json()
    assert {one["group"] for one in parking} == {"parking"}
    unset = admin("GET", "policies/?origin=unset").json()
    assert "card.fee_amount" in {one["key"] for one in unset}


def test_a_dated_value_is_planned(project: Project) -> None:
    manager = sign_in("fangqiming", ("property_manager", None))
    day = f"{TODAY + timedelta(days=30)}"

    answer = manager(
        "PUT", "policies/custody.fee_rate/", {"value": "60%", "valid_from": day}
    ).json()

    assert answer["value"] == "70%"
    assert answer["planned"] == [{"valid_from": day, "value": "60%"}]


@pytest.mark.parametrize(
    ("key", "body", "status", "code"),
    [
        ("billing.open_day", {"value": "29"}, 422, "policies.value-refused"),
        (
            "billing.open_day",
            {"value": "12", "valid_from": "2026-12-01"},
            422,
            "policies.day-refused",
        ),
        ("meter.window_from", {"value": "31"}, 422, "policies.values-disagree"),
        ("custody.fee_rate", {"value": "60%"}, 403, "access.action-denied"),
        ("no.such", {"value": "1"}, 404, "not-found"),
    ],
)  # fmt: skip
def test_refusals_write_nothing(
    admin: Api, key: str, body: dict[str, str], status: int, code: str
) -> None:
    answer = admin("PUT", f"policies/{key}/", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not PolicyValue.objects.exists()


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        ("2026-11-09T15:59:59+00:00", "2026-11-09"),  # a second before midnight in Shanghai
        ("2026-11-09T16:00:00+00:00", "2026-11-10"),
    ],
)
def test_a_day_begins_where_the_company_is(
    project: Project, monkeypatch: pytest.MonkeyPatch, moment: str, today: str
) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: datetime.fromisoformat(moment))
    manager = sign_in("fangqiming", ("property_manager", None))
    before = str(date.fromisoformat(today) - timedelta(days=1))
    path = f"projects/{project.pk}/policies/custody.fee_rate/"
    assert manager("PUT", path, {"value": "60%", "valid_from": today}).status_code == 200

    assert manager("GET", path).json()["value"] == "60%"
    late = {"value": "50%", "valid_from": before}
    assert refusal(manager("PUT", path, late)) == (422, "policies.day-refused")
    assert PolicyValue.objects.get().valid_from == date.fromisoformat(today)


def test_a_body_of_another_type_is_refused(admin: Api) -> None:
    assert refusal(admin("PUT", "policies/billing.open_day/", {"value": 12}))
    assert refusal(admin("PUT", "policies/billing.open_day/", {"value": "12", "walue": "1"}))
    assert not PolicyValue.objects.exists()


def test_the_calendar_is_read_and_changed(admin: Api) -> None:
    body = {"first_day": "2026-11-20", "is_working": False, "name": "司庆"}
    (added,) = admin("POST", "calendar/exceptions/", body).json()
    days = {one["day"]: one for one in admin("GET", "calendar/days/?year=2026").json()}

    assert days["2026-11-20"] == {
        "day": "2026-11-20", "is_working": False, "origin": "company", "name": "司庆",
    }  # fmt: skip
    assert days["2026-10-01"]["origin"] == "public"
    assert days["2026-02-14"]["is_working"] is True
    assert admin("DELETE", f"calendar/exceptions/{added['id']}/").status_code == 204
    assert not CalendarException.objects.exists()
    assert admin("DELETE", f"calendar/exceptions/{added['id']}/").status_code == 404


def test_time_limits_are_listed_with_what_is_left(project: Project) -> None:
    deadline = clocks.start(
        clock="complaint.remedy", subject=project, project_id=project.pk,
        started_at=NOW - timedelta(hours=12), title="T-1",
    )  # fmt: skip
    watcher = sign_in("zhuren", ("mo_director", project.pk))

    (listed,) = watcher("GET", "deadlines/?state=RUNNING&is_breached=false").json()["results"]
    assert (listed["clock"], listed["limit_seconds"]) == ("complaint.remedy", 72 * 3600)
    one = watcher("GET", f"deadlines/{deadline.pk}/").json()
    assert (one["used_seconds"], one["remaining_seconds"], one["overrun_seconds"]) == (
        12 * 3600, 60 * 3600, 0,
    )  # fmt: skip
    assert watcher("GET", "deadlines/?is_breached=true").json()["results"] == []
    clocks.pause(
        actor=access.SYSTEM, clock="complaint.remedy", subject=project, reason="x", now=NOW
    )
    assert watcher("GET", f"deadlines/{deadline.pk}/").json()["pauses"][0]["reason"] == "x"
