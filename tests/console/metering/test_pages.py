"""Meter reading through the pages: the month's list, a decision, reading by hand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from kernel import access
from services.billing.metering import operations
from services.billing.metering.models import Reading
from services.billing.metering.operations import ReadingEntry
from services.properties.models import Meter, Project
from tests import factories_billing as factories
from tests.console.visitor import Visitor, sign_in
from tests.factories import NOW
from tests.factories_billing import OCTOBER

MONTH = "2026-10"


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def director(project: Project) -> Visitor:
    return sign_in("zhaomin", "charging_director")


@pytest.fixture
def reader(project: Project) -> Visitor:
    return sign_in("lijianguo", "meter_reader", project_id=project.pk)


def add_meters(project: Project, count: int) -> list[Meter]:
    return [
        factories.add_meter(
            factories.add_unit(project, f"3-1-{number:04d}"), opening_reading=Decimal(100)
        )
        for number in range(1, count + 1)
    ]


def record(project: Project, **currents: Any) -> None:
    meters = {meter.code: meter for meter in Meter.objects.filter(project=project)}
    operations.record_readings(
        actor=access.SYSTEM,
        project_id=project.pk,
        usage_month=OCTOBER,
        rows=[
            ReadingEntry(
                meter.pk, None if current is None else Decimal(current), date(2026, 10, 27)
            )
            for meter, current in zip(meters.values(), currents["values"], strict=False)
        ],
        now=NOW,
        today=date(2026, 11, 9),
    )


# ---- the list -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        ("2026-11-24T15:59:59+00:00", "2026-10"),
        ("2026-11-24T16:00:00+00:00", "2026-11"),  # the 25th where the company is
        ("2026-12-31T16:30:00+00:00", "2026-12"),
        ("2028-02-29T04:00:00+00:00", "2028-02"),
    ],
)
def test_address_without_a_month_leads_to_the_one_worked_on(
    project: Project, monkeypatch: pytest.MonkeyPatch, moment: str, month: str
) -> None:
    monkeypatch.setattr("console.views.timezone.now", lambda: datetime.fromisoformat(moment))
    director = sign_in("zhaomin", "charging_director")

    unasked = director.get(reverse("readings", args=[project.pk]))

    assert unasked.headers["Location"] == reverse("readings-month", args=[project.pk, month])


def test_address_that_names_a_month_leads_to_it(project: Project, director: Visitor) -> None:
    asked = director.get(reverse("readings", args=[project.pk]), {"month": "2026年10月"})

    assert asked.headers["Location"] == reverse("readings-month", args=[project.pk, MONTH])


def test_list_begins_with_the_exceptions_and_counts(project: Project, director: Visitor) -> None:
    add_meters(project, 4)
    record(project, values=["110", "99", None])

    page = director.get(reverse("readings-month", args=[project.pk, MONTH])).content.decode()

    assert page.index("3-1-0002") < page.index("3-1-0001")
    assert "Lower than the last reading" in page
    assert "<dd>3 / 4</dd>" in page
    only = director.get(
        reverse("readings-month", args=[project.pk, MONTH]), {"fault": "MISSING"}
    ).content.decode()
    assert "3-1-0003" in only
    assert "3-1-0002" not in only
    missing = director.get(reverse("readings-missing", args=[project.pk, MONTH]))
    assert "3-1-0004" in missing.content.decode()


def test_list_takes_the_same_queries_however_many_readings(
    project: Project, director: Visitor, django_assert_max_num_queries: Any
) -> None:
    add_meters(project, 30)
    record(project, values=["110"] * 30)

    director.get(reverse("readings-month", args=[project.pk, MONTH]))  # the project is remembered

    with django_assert_max_num_queries(15):
        director.get(reverse("readings-month", args=[project.pk, MONTH]))


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "26-10", "0000-01"])
def test_months_that_there_are_not(project: Project, director: Visitor, month: str) -> None:
    assert director.get(f"/p/{project.pk}/readings/{month}/").status_code == 404


# ---- deciding -----------------------------------------------------------------------------------


def sheet_of(reading: Reading) -> str:
    return reverse("readings-reading", args=[reading.project_id, reading.pk])


@pytest.fixture
def lower(project: Project) -> Reading:
    add_meters(project, 1)
    record(project, values=["99"])
    return Reading.objects.get()


def test_exception_is_decided_in_the_sheet(director: Visitor, lower: Reading) -> None:
    fragment = director.get(sheet_of(lower), {"resolution": "ESTIMATE"}, htmx=True)
    assert "<html" not in fragment.content.decode()
    assert 'name="consumption"' in fragment.content.decode()

    response = director.post(
        sheet_of(lower),
        {"resolution": "ESTIMATE", "consumption": "9.5", "reason": "户内无人"},
        htmx=True,
    )

    assert response.headers["HX-Refresh"] == "true"
    lower.refresh_from_db()
    assert (lower.state, lower.consumption) == ("RESOLVED", Decimal("9.50"))
    page = director.get(sheet_of(lower)).content.decode()
    assert "户内无人" in page
    assert "Take the decision back" in page


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"resolution": "CORRECT", "current": "98", "reason": "x"}, "current"),
        ({"resolution": "CORRECT", "current": "", "reason": "x"}, "current"),
        ({"resolution": "CORRECT", "current": "109", "reason": ""}, "reason"),
        (
            {"resolution": "METER_REPLACED", "old_end": "1", "new_start": "0", "reason": "x"},
            "old_end",
        ),
    ],
)
def test_refused_decision_is_told_at_its_field(
    director: Visitor, lower: Reading, data: dict[str, str], field: str
) -> None:
    response = director.post(sheet_of(lower), data, htmx=True)

    assert response.status_code == 422
    assert f'id="sheet_{field}_error"' in response.content.decode()
    lower.refresh_from_db()
    assert lower.state == "EXCEPTION"


def test_own_reading_cannot_be_accepted(project: Project, director: Visitor) -> None:
    add_meters(project, 1)
    record(project, values=["110"])
    Reading.objects.update(recorded_by=director.client.session["_auth_user_id"])
    reading = Reading.objects.get()
    Reading.objects.update(state="EXCEPTION", faults=["NO_DATE"], consumption=None)

    page = director.get(sheet_of(reading)).content.decode()
    assert "You recorded this reading yourself." in page
    response = director.post(
        sheet_of(reading), {"resolution": "ACCEPT_AS_READ", "reason": "x"}, htmx=True
    )

    assert response.status_code == 422
    reading.refresh_from_db()
    assert reading.state == "EXCEPTION"


def test_counter_that_ran_over_is_filled_in(project: Project, director: Visitor) -> None:
    meter = factories.add_meter(
        factories.add_unit(project, "3-1-0001"), opening_reading=Decimal(99990)
    )
    record(project, values=["5"])
    reading = Reading.objects.get(meter=meter)

    page = director.get(sheet_of(reading), {"resolution": "METER_REPLACED"}).content.decode()

    assert "The counter seems to have run over" in page
    assert 'value="100000"' in page


def test_decision_is_taken_back_in_a_sheet(director: Visitor, lower: Reading) -> None:
    director.post(sheet_of(lower), {"resolution": "DO_NOT_BILL", "reason": "漏水"})
    address = reverse("readings-reopen", args=[lower.project_id, lower.pk])

    assert director.post(address, {"reason": ""}, htmx=True).status_code == 422
    director.post(address, {"reason": "复核"}, htmx=True)

    lower.refresh_from_db()
    assert (lower.state, lower.resolution) == ("EXCEPTION", "")


def test_reader_sees_but_does_not_decide(reader: Visitor, lower: Reading) -> None:
    page = reader.get(sheet_of(lower)).content.decode()
    assert 'name="reason"' not in page

    assert (
        reader.post(sheet_of(lower), {"resolution": "DO_NOT_BILL", "reason": "x"}).status_code
        == 403
    )
    assert (
        reader.get(reverse("readings-reopen", args=[lower.project_id, lower.pk])).status_code == 403
    )
    lower.refresh_from_db()
    assert lower.state == "EXCEPTION"


# ---- by hand ------------------------------------------------------------------------------------


def entry_page(project: Project) -> str:
    return reverse("readings-entry", args=[project.pk, MONTH])


def test_reader_goes_from_meter_to_meter(project: Project, reader: Visitor) -> None:
    first, second = add_meters(project, 2)

    page = reader.get(entry_page(project)).content.decode()
    assert first.code in page
    response = reader.post(
        entry_page(project),
        {"meter": first.pk, "current": "１１２.5", "read_on": "2026-10-27"},
    )

    reading = Reading.objects.get()
    assert response.headers["Location"] == (
        f"{entry_page(project)}?meter={second.pk}&saved={reading.pk}"
    )
    assert (reading.consumption, reading.state) == (Decimal("12.50"), "ACCEPTED")
    assert reading.reader_name == "lijianguo"
    following = reader.get(response.headers["Location"]).content.decode()
    assert "3-1-0001: 12.5 m³ saved." in following
    assert second.code in following
    last = reader.post(
        entry_page(project), {"meter": second.pk, "current": "112", "read_on": "2026-10-27"}
    )
    assert "Every meter has a reading" in reader.get(last.headers["Location"]).content.decode()


def test_doubtful_value_is_asked_about_while_the_reader_is_there(
    project: Project, reader: Visitor
) -> None:
    [meter] = add_meters(project, 1)
    typed = {"meter": meter.pk, "current": "12", "read_on": "2026-10-27"}

    asked = reader.post(entry_page(project), typed)
    assert asked.status_code == 409
    assert "Lower than the last reading" in asked.content.decode()
    assert not Reading.objects.exists()

    reader.post(entry_page(project), {**typed, "sure": "1"})
    assert Reading.objects.get().faults == ["LOWER"]


def test_meter_is_found_by_its_number(project: Project, reader: Visitor) -> None:
    _first, second = add_meters(project, 2)

    found = reader.get(entry_page(project), {"code": second.code.lower()})
    unknown = reader.get(entry_page(project), {"code": "nothing"})

    assert f'name="meter" value="{second.pk}"' in found.content.decode()
    assert unknown.status_code == 404
    assert "There is no meter of the number nothing here." in unknown.content.decode()


def test_route_is_a_building(project: Project, reader: Visitor) -> None:
    building = factories.add_building(project, "5")
    add_meters(project, 1)
    meter = factories.add_meter(factories.add_unit(project, "5-1-0101", building=building))

    page = reader.get(entry_page(project), {"building": str(building.pk)}).content.decode()

    assert f'name="meter" value="{meter.pk}"' in page
    assert "1 meter left" in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current": "abc"}, "current"),
        ({"current": "-1"}, "current"),
        ({"current": ""}, "current"),
        ({"read_on": "soon"}, "read_on"),
    ],
)
def test_wrong_digits_come_back(
    project: Project, reader: Visitor, typed: dict[str, str], field: str
) -> None:
    [meter] = add_meters(project, 1)

    response = reader.post(
        entry_page(project),
        {"meter": meter.pk, "current": "112", "read_on": "2026-10-27", **typed},
    )

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Reading.objects.exists()


def test_pages_of_another_project_do_not_exist(
    project: Project, director: Visitor, lower: Reading
) -> None:
    other = factories.add_project("HX", "海西苑")
    stranger = sign_in("stranger", "meter_reader", project_id=other.pk)
    names: dict[str, list[Any]] = {
        "readings": [project.pk],
        "readings-month": [project.pk, MONTH],
        "readings-missing": [project.pk, MONTH],
        "readings-entry": [project.pk, MONTH],
        "readings-reading": [project.pk, lower.pk],
        "readings-reopen": [project.pk, lower.pk],
    }

    for name, arguments in names.items():
        assert stranger.get(reverse(name, args=arguments)).status_code == 404, name
    mixed = reverse("readings-reading", args=[other.pk, lower.pk])
    assert director.get(mixed).status_code == 404
    assert (
        stranger.post(
            reverse("readings-entry", args=[other.pk, MONTH]),
            {"meter": lower.meter_id, "current": "1", "read_on": "2026-10-27"},
        ).status_code
        == 404
    )


def test_manager_looks_but_does_not_read_meters(project: Project) -> None:
    manager = sign_in("fangqiming", "property_manager")

    assert manager.get(reverse("readings-month", args=[project.pk, MONTH])).status_code == 200
    assert manager.get(entry_page(project)).status_code == 403
