"""The year view and the sheet of exceptions, through the pages."""

from typing import Any

import pytest
from django.urls import reverse

from kernel.calendar.models import CalendarException
from tenants.companies.models import Company
from tests.console.visitor import sign_in


def test_the_year_shows_holidays_worked_weekends_and_exceptions(tenant: Company) -> None:
    visitor = sign_in("xujing", "company_admin")
    CalendarException.objects.create(
        day="2026-11-20", is_working=False, name="anniversary", set_at="2026-01-01T00:00:00Z"
    )

    page = visitor.get(reverse("calendar-year", args=[2026])).content.decode()

    assert 'is-own-rest" href="/c/calendar/days/?day=2026-11-20"' in page
    assert 'is-holiday" href="/c/calendar/days/?day=2026-10-01"' in page
    assert 'is-shifted" href="/c/calendar/days/?day=2026-02-14"' in page
    assert "anniversary" in page


@pytest.mark.parametrize("year", [2000, 2101, 99999])
def test_years_out_of_reach_are_not_there(tenant: Company, year: int) -> None:
    visitor = sign_in("xujing", "company_admin")

    assert visitor.get(reverse("calendar-year", args=[year])).status_code == 404


def test_who_may_not_change_it_sees_it_without_links(tenant: Company) -> None:
    visitor = sign_in("lijianguo", "meter_reader")

    page = visitor.get(reverse("calendar"))

    assert page.status_code == 200
    assert reverse("calendar-days") not in page.content.decode()
    assert visitor.get(reverse("calendar-days")).status_code == 403


def test_adding_changing_and_taking_back(tenant: Company) -> None:
    visitor = sign_in("xujing", "company_admin")
    facts = {"first_day": "2026-11-20", "last_day": "", "counts_as": "resting", "name": "司庆"}

    response = visitor.post(reverse("calendar-days"), facts)

    assert response.url == reverse("calendar-year", args=[2026])
    row = CalendarException.objects.get()
    sheet = visitor.get(reverse("calendar-days"), {"day": "2026-11-20"}, htmx=True).content.decode()
    assert "司庆" in sheet
    visitor.post(reverse("calendar-remove", args=[row.pk]))
    assert not CalendarException.objects.exists()


def test_a_refusal_stays_in_the_sheet(tenant: Company) -> None:
    visitor = sign_in("xujing", "company_admin")
    facts = {"first_day": "2026-11-20", "last_day": "2026-11-19", "counts_as": "resting"}

    response = visitor.post(reverse("calendar-days"), {**facts, "name": "司庆"}, htmx=True)

    assert response.status_code == 422
    assert "The last day lies before the first." in response.content.decode()
    assert not CalendarException.objects.exists()


def test_the_page_takes_few_queries(tenant: Company, django_assert_max_num_queries: Any) -> None:
    visitor = sign_in("xujing", "company_admin")

    with django_assert_max_num_queries(12):
        visitor.get(reverse("calendar"))
