"""The list of arrears, its print and export, one household, the collection rates."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.audit.models import AuditEntry
from services.properties.models import Household, Party, UnitKind
from tenants.companies.models import Company
from tests import factories, factories_billing
from tests.console.cashier.conftest import browser_of
from tests.console.lists.conftest import signed_in
from tests.console.lists.test_export import DANGEROUS, lines, sheet
from tests.factories import NOW, TODAY
from tests.factories_cashier import (
    Bill,
    Counter,
    add_household,
    add_unit,
    fee_item,
    open_counter,
    pay,
    post_bills,
)


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


@pytest.fixture
def owing(counter: Counter) -> list[Household]:
    """101 owes 100.00 for 400 days and 30.00 for 10; 102, a shop, 50.00 for 100; 103 7.00, due."""
    households = []
    for number, bills in enumerate(
        [[("100.00", 400), ("30.00", 10)], [("50.00", 100)], [("7.00", -5)]], start=101
    ):
        household = add_household(counter.project, f"1-1-{number}", payer=f"业主{number}")
        kind = UnitKind.SHOP if number == 102 else UnitKind.RESIDENCE
        add_unit(household, household.code, kind)
        post_bills(
            household,
            [
                Bill(
                    amount,
                    period=(TODAY - timedelta(days=days)).replace(day=1),
                    due_on=TODAY - timedelta(days=days),
                )
                for amount, days in bills
            ],
        )
        households.append(household)
    return households


def url(counter: Counter, name: str = "arrears", *arguments: int) -> str:
    return reverse(name, args=[counter.project.pk, *arguments])


def text(response: Any) -> str:
    return str(response.content.decode())


def rooms(response: Any) -> list[str]:
    return re.findall(r"1-1-\d{3}(?=室</a>)", text(response))


def totals(response: Any) -> dict[str, str]:
    return {column.key: word for column, word in response.context["totals"] or [] if word}


def test_longest_overdue_first_with_totals(
    client: Client, counter: Counter, owing: list[Household]
) -> None:
    page = client.get(url(counter))

    assert rooms(page) == ["1-1-101", "1-1-102", "1-1-103"]
    assert totals(page) == {
        "to_30": "30.00",
        "to_90": "0.00",
        "to_180": "50.00",
        "to_365": "0.00",
        "over_365": "100.00",
        "overdue": "180.00",
        "not_due": "7.00",
    }
    assert [(tab.label, tab.count) for tab in page.context["tabs"]] == [
        ("All", 3),
        ("Overdue", 2),
        ("Over 180 days", 1),
        ("Over 1 year", 1),
        ("Of earlier years", 1),
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"age": "to_180"}, ["1-1-102"]),
        ({"age": ["to_180", "over_365"]}, ["1-1-101", "1-1-102"]),
        ({"age": "not_due"}, ["1-1-103"]),
        ({"amount_from": "60"}, ["1-1-101"]),
        ({"amount_from": "40", "amount_to": "60"}, ["1-1-102"]),
        ({"overdue": "1"}, ["1-1-101", "1-1-102"]),
        ({"overdue": "0"}, ["1-1-103"]),
        ({"kind": "SHOP"}, ["1-1-102"]),
        ({"state": "OWNER_OCCUPIED", "kind": "RESIDENCE"}, ["1-1-101", "1-1-103"]),
        ({"q": "业主102"}, ["1-1-102"]),
        ({"q": "6027"}, ["1-1-101", "1-1-102", "1-1-103"]),
        ({"sort": "label"}, ["1-1-101", "1-1-102", "1-1-103"]),
        ({"sort": "-overdue"}, ["1-1-101", "1-1-102", "1-1-103"]),
        ({"sort": "overdue"}, ["1-1-103", "1-1-102", "1-1-101"]),
        ({"view": "year"}, ["1-1-101", "1-1-102", "1-1-103"]),  # a view without its filters
        ({"age": "\x00"}, ["1-1-101", "1-1-102", "1-1-103"]),  # told, and not applied
    ],
)
def test_filters_and_sorting(
    client: Client, counter: Counter, owing: list[Household], query: Any, found: list[str]
) -> None:
    assert rooms(client.get(url(counter), query)) == found


def test_item_filter_counts_only_its_bills(
    client: Client, counter: Counter, owing: list[Household]
) -> None:
    post_bills(owing[0], [Bill("5.00", "SF", due_on=TODAY - timedelta(days=1))])

    page = client.get(url(counter), {"item": fee_item("SF").pk})

    assert rooms(page) == ["1-1-101"]
    assert totals(page)["overdue"] == "5.00"


def test_an_empty_project_says_so(client: Client, counter: Counter) -> None:
    assert "Nothing is open" in text(client.get(url(counter)))


def test_list_needs_at_most_thirteen_queries(
    client: Client,
    counter: Counter,
    owing: list[Household],
    django_assert_max_num_queries: Any,
) -> None:
    client.get(url(counter))

    with django_assert_max_num_queries(13 + 2):  # two put the company in force
        client.get(url(counter))


@pytest.mark.parametrize("name", DANGEROUS)
def test_export_writes_names_as_text(
    client: Client, counter: Counter, owing: list[Household], name: str
) -> None:
    Party.objects.filter(name="业主101").update(name=name)

    head, first, *_others = sheet(client.get(url(counter), {"export": "xlsx"}))

    assert first[head.index("Payer")] == name
    assert first[head.index("Overdue (CNY)")] == 130.0


def test_export_in_csv_is_neutralised_and_audited(
    client: Client, counter: Counter, owing: list[Household]
) -> None:
    Party.objects.filter(name="业主101").update(name="=1+1")

    head, first, *_others = lines(client.get(url(counter), {"export": "csv", "overdue": "1"}))

    assert first[head.index("Payer")] == "'=1+1"
    entry = AuditEntry.objects.latest("pk")
    assert entry.project_id == counter.project.pk
    assert entry.data["row_count"] == 2


def test_print_follows_the_filters_of_the_list(
    client: Client, counter: Counter, owing: list[Household]
) -> None:
    page = text(client.get(url(counter, "arrears-print"), {"overdue": "1"}))

    assert page.count("<tr>") == 4  # head, two households, totals
    assert "业主103" not in page
    assert "180.00" in page
    assert "Overdue Yes" in page


def test_household_lists_its_open_bills(
    client: Client, counter: Counter, owing: list[Household]
) -> None:
    page = text(client.get(url(counter, "arrears-household", owing[0].pk)))

    assert "100.00" in page
    assert "400" in page
    assert reverse("desk", args=[counter.project.pk]) in page


def test_rates_by_month_item_and_of_old_arrears(
    client: Client, counter: Counter, owing: list[Household]
) -> None:
    household = add_household(counter.project, "1-1-104")
    post_bills(household, [Bill("80.00", period=date(2026, 1, 1))])
    pay(counter.collector, household, "20.00")

    page = client.get(url(counter, "collection-rate"))

    rates = {each.period: each.rate.share for each in page.context["months"]}
    assert str(rates[date(2026, 1, 1)]) == "0.2500"
    assert page.context["old"].receivable == 100
    assert "25.00%" in text(page)
    for year in ("1999", "x", "9" * 20, "２０２６"):
        assert client.get(url(counter, "collection-rate"), {"year": year}).status_code == 200


@pytest.mark.parametrize("name", ["arrears", "arrears-print", "collection-rate"])
def test_who_may_look(counter: Counter, owing: list[Household], name: str) -> None:
    factories.add_actor("lijianguo", "meter_reader", project_id=counter.project.pk)
    factories.add_actor(
        "wangmin", "collector", project_id=factories_billing.add_project("BH", "滨河苑").pk
    )

    assert signed_in("fangqiming", "property_manager").get(url(counter, name)).status_code == 200
    assert browser_of("lijianguo").get(url(counter, name)).status_code == 403
    assert browser_of("wangmin").get(url(counter, name)).status_code == 404


def test_a_household_of_another_project_is_not_found(
    counter: Counter, owing: list[Household]
) -> None:
    other = open_counter("BH", "滨河苑", "wangmin")
    stranger = browser_of("wangmin")

    for project in (counter.project, other.project):
        address = reverse("arrears-household", args=[project.pk, owing[0].pk])
        assert stranger.get(address).status_code == 404


def test_a_page_sums_up_only_the_households_on_it(
    client: Client, counter: Counter, owing: list[Household], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.lists.state.PAGE_SIZES", (2, 50))

    with CaptureQueriesContext(connection) as context:
        first = client.get(url(counter), {"size": 2})
        second = client.get(url(counter), {"size": 2, "page": 2})
        captured = context.captured_queries

    assert [rooms(first), rooms(second)] == [["1-1-101", "1-1-102"], ["1-1-103"]]
    in_full = [sql for query in captured if 'AS "over_365"' in (sql := query["sql"])]
    assert sum(bool(re.search(r"IN \(SELECT .* LIMIT \d", sql)) for sql in in_full) == 2
