"""The endpoints of meter readings: recorded, judged, decided about."""

from collections.abc import Callable
from typing import Any

import pytest

from services.billing.metering.models import Reading
from services.properties.models import Meter, Project
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.api.client import Api, Json, refusal, sign_in

OCTOBER = "2026-10-01"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 22nd in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@pytest.fixture
def project(tenant: Company) -> Project:
    return billing.add_project()


@pytest.fixture
def meters(project: Project) -> list[Meter]:
    """Two meters that have shown 100, in two flats."""
    homes = [billing.add_unit(project, f"1-1-010{number}") for number in (1, 2)]
    return [billing.add_meter(home, opening_reading="100.00") for home in homes]


@pytest.fixture
def reader(project: Project) -> Api:
    return sign_in("lijianguo", ("meter_reader", project.pk))


@pytest.fixture
def director(project: Project) -> Api:
    return sign_in("zhaomin", ("charging_director", None))


def month_of(project: Project, *readings: Json) -> Json:
    return {"project_id": project.pk, "usage_month": OCTOBER, "readings": list(readings)}


def shown(meter: Meter, current: str | None, **values: Any) -> Json:
    read_on = None if current is None else "2026-10-28"
    return {"meter_id": meter.pk, "current": current, "read_on": read_on, **values}


def test_a_month_is_recorded_judged_and_decided(
    project: Project, meters: list[Meter], reader: Api, director: Api
) -> None:
    good, bad = meters
    month = month_of(project, shown(good, "112.50"), shown(bad, "90"))

    expected = reader("POST", "meter-readings/assess/", month)
    assert [(each["outcome"], each["consumption"], each["faults"]) for each in expected.json()] == [
        ("CREATED", "12.50", []),
        ("CREATED", None, ["LOWER"]),
    ]
    assert not Reading.objects.exists()

    recorded = reader("POST", "meter-readings/", month)
    again = reader("POST", "meter-readings/", month)
    assert (recorded.status_code, recorded.json()) == (
        201,
        {"created": 2, "changed": 0, "unchanged": 0, "exceptions": 1},
    )
    assert again.json() == {"created": 0, "changed": 0, "unchanged": 2, "exceptions": 0}

    (exception,) = director(
        "GET", f"meter-readings/?usage_month={OCTOBER}&state=EXCEPTION&fault=LOWER"
    ).json()["results"]
    assert (exception["meter_code"], exception["unit_code"]) == ("1-1-0102-W", "1-1-0102")
    path = f"meter-readings/{exception['id']}/"
    decided = director(
        "POST", f"{path}resolve/", {"resolution": "CORRECT", "current": "109", "reason": "misread"}
    )
    assert decided.status_code == 200, decided.json()
    assert (decided.json()["state"], decided.json()["consumption"]) == ("RESOLVED", "9.00")
    assert decided.json()["resolved_by_label"].startswith("zhaomin")
    assert director("GET", path).json() == decided.json()
    assert [row["id"] for row in director("GET", f"{path}past/").json()] == [exception["id"]]

    progress = reader(
        "GET", f"meter-readings/progress/?project_id={project.pk}&usage_month={OCTOBER}"
    ).json()
    assert progress == {
        "meters": 2,
        "read": 2,
        "accepted": 1,
        "exceptions": 0,
        "resolved": 1,
        "rejected": 0,
        "missing": 0,
    }


def test_a_decision_is_taken_back(
    project: Project, meters: list[Meter], reader: Api, director: Api
) -> None:
    reader("POST", "meter-readings/", month_of(project, shown(meters[0], "90")))
    path = f"meter-readings/{Reading.objects.get().pk}/"
    director("POST", f"{path}resolve/", {"resolution": "DO_NOT_BILL", "reason": "read again"})

    reopened = director("POST", f"{path}reopen/", {"reason": "it is right after all"})
    again = director("POST", f"{path}reopen/", {"reason": "once more"})

    assert (reopened.json()["state"], reopened.json()["faults"]) == ("EXCEPTION", ["LOWER"])
    assert reopened.json()["resolution"] == ""
    assert refusal(again) == (409, "metering.not-resolved")


def test_nobody_waves_his_own_reading_through(
    project: Project, meters: list[Meter], director: Api
) -> None:
    director("POST", "meter-readings/", month_of(project, shown(meters[0], "500", note="leak")))
    reading = Reading.objects.get()
    Reading.objects.update(state="EXCEPTION", faults=["JUMP"], consumption=None)

    answer = director(
        "POST",
        f"meter-readings/{reading.pk}/resolve/",
        {"resolution": "ACCEPT_AS_READ", "reason": "so it is"},
    )

    assert refusal(answer) == (403, "duties.meet")
    assert Reading.objects.get().state == "EXCEPTION"


def test_meters_without_a_reading_are_listed(
    project: Project, meters: list[Meter], reader: Api
) -> None:
    reader("POST", "meter-readings/", month_of(project, shown(meters[0], "110")))
    path = f"meter-readings/missing/?project_id={project.pk}&usage_month={OCTOBER}"

    assert [row["id"] for row in reader("GET", path).json()["results"]] == [meters[1].pk]
    assert reader("GET", f"{path}&kind=GAS").json()["results"] == []


def test_a_list_with_a_fault_is_refused_whole(
    project: Project, meters: list[Meter], reader: Api
) -> None:
    month = month_of(project, shown(meters[0], "110"), shown(meters[0], "111"))

    answer = reader("POST", "meter-readings/", month)

    assert refusal(answer) == (409, "metering.readings-refused")
    assert [(row["index"], row["code"]) for row in answer.json()["details"]["rows"]] == [
        (1, "meter-twice")
    ]
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"current": 110}, "readings"),
        ({"current": "-1"}, "readings"),
        ({"current": "1.234"}, "readings"),
        ({"read_on": "28/10/2026"}, "readings"),
        ({"value": "110"}, "readings"),
        ({"meter_id": "1"}, "readings"),
    ],
)
def test_a_reading_of_another_type_is_refused(
    project: Project, meters: list[Meter], reader: Api, change: Json, field: str
) -> None:
    month = month_of(project, {**shown(meters[0], "110"), **change})

    answer = reader("POST", "meter-readings/", month)

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == [field]
    assert not Reading.objects.exists()


@pytest.mark.parametrize(
    ("decision", "status", "code"),
    [
        ({"resolution": "CORRECT", "reason": "x"}, 422, "metering.resolution-invalid"),
        (
            {"resolution": "CORRECT", "current": "99", "reason": "x"},
            422,
            "metering.consumption-negative",
        ),
        ({"resolution": "CORRECT", "current": "110"}, 400, "invalid-input"),
        ({"resolution": "GUESS", "reason": "x"}, 400, "invalid-input"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    project: Project,
    meters: list[Meter],
    reader: Api,
    director: Api,
    decision: Json,
    status: int,
    code: str,
) -> None:
    reader("POST", "meter-readings/", month_of(project, shown(meters[0], "90")))
    reading = Reading.objects.get()

    answer = director("POST", f"meter-readings/{reading.pk}/resolve/", decision)

    assert refusal(answer) == (status, code)
    assert Reading.objects.get().state == "EXCEPTION"


# ---- who may ------------------------------------------------------------------------------------

Address = Callable[[Reading], tuple[str, str, Json | None]]
ADDRESSES: list[Address] = [
    lambda r: ("GET", f"meter-readings/{r.pk}/", None),
    lambda r: ("GET", f"meter-readings/{r.pk}/past/", None),
    lambda r: (
        "POST",
        f"meter-readings/{r.pk}/resolve/",
        {"resolution": "DO_NOT_BILL", "reason": "x"},
    ),
    lambda r: ("POST", f"meter-readings/{r.pk}/reopen/", {"reason": "x"}),
    lambda r: ("POST", "meter-readings/", month_of(r.project, shown(r.meter, "120"))),
    lambda r: ("POST", "meter-readings/assess/", month_of(r.project, shown(r.meter, "120"))),
    lambda r: (
        "GET",
        f"meter-readings/progress/?project_id={r.project_id}&usage_month={OCTOBER}",
        None,
    ),
    lambda r: (
        "GET",
        f"meter-readings/missing/?project_id={r.project_id}&usage_month={OCTOBER}",
        None,
    ),
]


@pytest.fixture
def reading(project: Project, meters: list[Meter], reader: Api) -> Reading:
    reader("POST", "meter-readings/", month_of(project, shown(meters[0], "90")))
    return Reading.objects.get()


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_projects_readings_do_not_exist(reading: Reading, address: Address) -> None:
    other = billing.add_project("HB", "湖滨")
    stranger = sign_in("sun", ("charging_director", other.pk))
    before = Reading.objects.values().get()

    answer = stranger(*address(reading))

    assert refusal(answer) == (404, "not-found")
    assert Reading.objects.values().get() == before
    assert stranger("GET", "meter-readings/").json()["results"] == []


@pytest.mark.parametrize("address", ADDRESSES[2:4])
def test_a_reader_does_not_decide(reading: Reading, reader: Api, address: Address) -> None:
    assert refusal(reader(*address(reading))) == (403, "access.action-denied")
    assert Reading.objects.get().state == "EXCEPTION"


@pytest.mark.parametrize("address", ADDRESSES)
def test_somebody_without_a_post_is_refused(reading: Reading, address: Address) -> None:
    assert refusal(sign_in("nobody")(*address(reading))) == (403, "access.action-denied")
