"""The settings pages: groups, search, inheritance, changing in place, giving back, history."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from kernel import access, policies
from kernel.policies import operations
from kernel.policies.models import PolicyValue
from services.properties.operations import create_project
from tenants.companies.models import Company
from tests.console.visitor import Visitor, sign_in
from tests.factories import NOW, TODAY


@pytest.fixture
def admin(tenant: Company) -> Visitor:
    return sign_in("xujing", "company_admin")


@pytest.fixture
def project_id(tenant: Company) -> int:
    return create_project(actor=access.SYSTEM, code="YL", name="Yunlu", now=NOW).pk


def put(key: str, text: str, **values: Any) -> PolicyValue:
    return operations.set_value(
        actor=access.SYSTEM, key=key, text=text, now=NOW, today=TODAY, **values
    )


def page(visitor: Visitor, *args: Any, **kwargs: Any) -> str:
    response = visitor.get(*args, **kwargs)
    assert response.status_code == 200
    return str(response.content.decode())


def test_a_group_shows_its_settings_with_origin_and_unit(admin: Visitor) -> None:
    put("billing.open_day", "12")

    shown = page(admin, reverse("policies"), {"group": "meters"})

    assert "Collection opens" in shown
    assert "12 day of the month" in shown
    assert "inherited: 10 day of the month" in shown
    assert "Reading window opens" in shown
    assert "Late fee per day" not in shown


@pytest.mark.parametrize(
    ("group", "whole", "each"),
    [
        ("fees", False, True),  # some are in effect
        ("parking", True, False),
        ("complaints", True, False),
        ("control", False, True),
    ],
)
def test_what_nothing_works_by_yet_is_said_to_be_kept_only(
    admin: Visitor, group: str, *, whole: bool, each: bool
) -> None:
    shown = page(admin, reverse("policies"), {"group": group})

    assert ("Kept now, in effect once the module is in use" in shown) == whole
    assert ("kept now, not in effect yet" in shown) == each


@pytest.mark.parametrize(
    ("asked", "found", "absent"),
    [
        ({"q": "late fee"}, "Days of grace", "Reading window"),
        ({"q": "BL-85"}, "Daily close", "Days of grace"),
        ({"q": "parking.temp_day_cap"}, "Temporary parking per day", "Daily close"),
        ({"show": "unset"}, "Renovation deposit", "Daily close"),
        ({"show": "changed"}, "Collection opens", "Daily close"),
        ({"q": "nothing like that"}, "No setting found", "Daily close"),
    ],
)
def test_settings_are_searched_over_all_groups(
    admin: Visitor, asked: dict[str, str], found: str, absent: str
) -> None:
    put("billing.open_day", "12")

    shown = page(admin, reverse("policies"), asked)

    assert found in shown
    assert absent not in shown


def test_a_row_is_changed_in_place(admin: Visitor) -> None:
    url = reverse("policies-setting", args=["billing.open_day"])
    assert 'name="value"' in page(admin, url, {"edit": "1"}, htmx=True)

    response = admin.post(url, {"value": "１２"}, htmx=True)

    assert response.status_code == 200
    assert "12 day of the month" in response.content.decode()
    assert policies.get("billing.open_day", int) == 12


def test_a_refusal_names_the_bounds_in_the_row(admin: Visitor) -> None:
    url = reverse("policies-setting", args=["billing.open_day"])

    response = admin.post(url, {"value": "29"}, htmx=True)

    assert response.status_code == 422
    assert "A whole number from 1 to 28." in response.content.decode()
    assert not PolicyValue.objects.exists()


@pytest.mark.parametrize(
    ("key", "data", "text"),
    [
        ("dunning.posting", {"value": "on"}, "on"),
        ("calendar.week", {"value": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]}, "Mon-Sat"),
        ("parking.forms", {"value": ["year", "temp"]}, "year,temp"),
        ("kpi.collection_rate", {"value": "92.5"}, "92.5%"),
        ("close.large_cash", {"value": "¥8,000"}, "8000.00"),
        ("patrol.templates", {"value": "Roof\r\nLifts\r\n"}, "Roof\nLifts"),
    ],
)
def test_every_input_is_taken_as_its_kind(
    admin: Visitor, key: str, data: dict[str, Any], text: str
) -> None:
    response = admin.post(reverse("policies-setting", args=[key]), data)

    assert response.status_code == 302
    assert PolicyValue.objects.get(key=key).text == text


def test_money_is_the_managers_and_counts_from_its_day(admin: Visitor) -> None:
    url = reverse("policies-setting", args=["latefee.daily_rate"])
    assert admin.post(url, {"value": "0.05", "valid_from": "2199-01-01"}).status_code == 403
    manager = sign_in("fangqiming", "property_manager")

    manager.post(url, {"value": "0.05", "valid_from": "2199-01-01"})

    row = PolicyValue.objects.get()
    assert (row.text, f"{row.valid_from}") == ("0.05%", "2199-01-01")
    shown = page(manager, url)
    assert "from 2199-01-01" in shown
    manager.post(reverse("policies-withdraw", args=[row.pk]))
    assert not PolicyValue.objects.exists()
    assert "Planned value withdrawn: 0.05% from 2199-01-01" in page(manager, url)


def test_a_project_overrides_and_gives_back(admin: Visitor, project_id: int) -> None:
    url = reverse("policies-project-setting", args=[project_id, "billing.open_day"])
    admin.post(url, {"value": "15"})
    assert policies.get("billing.open_day", int, project_id=project_id) == 15
    company = page(admin, reverse("policies-setting", args=["billing.open_day"]))
    assert "Yunlu" in company

    admin.post(reverse("policies-project-reset", args=[project_id, "billing.open_day"]))

    assert policies.get("billing.open_day", int, project_id=project_id) == 10
    assert "15 day of the month → as inherited" in page(admin, url)


def test_the_report_shows_what_differs_and_only_that(admin: Visitor, project_id: int) -> None:
    put("billing.open_day", "12")
    put("billing.open_day", "15", project_id=project_id)
    put("meter.submit_day", "1", project_id=project_id)  # says the same as the default

    shown = page(admin, reverse("policies-differing"))

    assert shown.count("Collection opens") >= 2
    assert "Readings submitted" not in shown
    company = page(admin, reverse("policies-differing"), {"against": "project"})
    assert "12 day of the month" in company  # instead of
    assert "1 setting" in company
    sheet = admin.get(reverse("policies-differing"), {"export": "csv"})
    assert "billing.open_day" in b"".join(sheet.streaming_content).decode("utf-8-sig")


@pytest.mark.parametrize("post", ["collector", "meter_reader"])
def test_who_may_not_see_settings_gets_the_way_out(tenant: Company, post: str) -> None:
    visitor = sign_in("somebody", post)

    assert visitor.get(reverse("policies")).status_code == 403
    assert visitor.get(reverse("policies-differing")).status_code == 403


def test_who_may_only_look_has_no_buttons(tenant: Company) -> None:
    visitor = sign_in("zhaomin", "charging_director")

    shown = page(visitor, reverse("policies"), {"group": "meters"})

    assert "Collection opens" in shown
    assert "?edit=1" not in shown


def test_a_page_takes_few_queries_however_many_are_set(
    admin: Visitor, django_assert_max_num_queries: Any
) -> None:
    for day, key in enumerate(("billing.open_day", "meter.submit_day", "month.arrears_day")):
        put(key, str(10 + day))
    put("custody.fee_rate", "60%", valid_from=TODAY + timedelta(days=400))

    with django_assert_max_num_queries(12):
        admin.get(reverse("policies"), {"q": "e"})
