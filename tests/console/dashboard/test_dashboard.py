"""A project's home: real figures, and only those that the visitor may see."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from services.billing.arrears.rules import Rate
from tenants.companies.models import Company
from tests import factories, factories_billing
from tests.console.cashier.conftest import browser_of
from tests.factories import NOW, TODAY
from tests.factories_cashier import Bill, Counter, add_household, open_counter, pay, post_bills


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock: it is 10:00 on 9 November in Shanghai."""
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return open_counter()


@pytest.fixture
def client(counter: Counter) -> Client:
    return browser_of("zhouting")


def home(client: Client, counter: Counter) -> Any:
    return client.get(reverse("project-home", args=[counter.project.pk]))


def test_figures_of_month_year_ageing_and_day(client: Client, counter: Counter) -> None:
    household = add_household(counter.project)
    post_bills(
        household,
        [
            Bill("12000.00", period=TODAY.replace(day=1), due_on=TODAY - timedelta(days=1)),
            Bill("500.00", period=date(2024, 5, 1), due_on=date(2024, 5, 10)),
        ],
    )
    pay(counter.collector, household, "3500.00", today=TODAY)
    pay(counter.collector, household, "100.00", method="QR", today=TODAY - timedelta(days=1))

    page = home(client, counter)

    assert page.context["month"] == Rate(Decimal("12000.00"), Decimal("3100.00"))
    assert page.context["year"] == page.context["month"]
    assert page.context["ageing"].overdue_amount == Decimal("8900.00")
    assert page.context["ageing"].households == 1
    assert [each["amount"] for each in page.context["ageing_rows"]] == [
        Decimal("8900.00"), 0, 0, 0, 0,
    ]  # fmt: skip
    assert (page.context["taken_count"], page.context["taken_amount"]) == (1, Decimal("3500.00"))
    assert [row["front"] for row in page.context["chart_rows"]] == [Decimal("0.31")]
    assert page.context["chart_in_ten_thousands"]
    assert "25.8%" in page.content.decode()


def test_an_empty_project_promises_nothing(client: Client, counter: Counter) -> None:
    page = home(client, counter).content.decode()

    assert "No bills yet" in page
    assert "—" in page


def test_a_meter_reader_sees_no_money(counter: Counter) -> None:
    factories.add_actor("lijianguo", "meter_reader", project_id=counter.project.pk)

    page = home(browser_of("lijianguo"), counter)

    assert page.status_code == 200
    assert "ageing" not in page.context
    assert "takings" not in page.context


def test_strangers_do_not_see_the_project(counter: Counter) -> None:
    factories.add_actor(
        "wangmin", "collector", project_id=factories_billing.add_project("BH", "滨河苑").pk
    )

    assert home(browser_of("wangmin"), counter).status_code == 404


def test_page_needs_few_queries(
    client: Client, counter: Counter, django_assert_max_num_queries: Any
) -> None:
    home(client, counter)

    with django_assert_max_num_queries(17 + 2):  # two put the company in force
        home(client, counter)
