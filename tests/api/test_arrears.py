"""The endpoints of arrears: who owes what by age, the sums, the collection rate."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories
from tests import factories_cashier as counters
from tests.api.client import Api, refusal, sign_in
from tests.factories_cashier import Bill, Counter

OLD = Bill("500.00", period=date(2025, 11, 1), due_on=date(2025, 11, 10))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 9th of November in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return counters.open_counter()


@pytest.fixture
def debtor(counter: Counter) -> Household:
    """Owes 280.00 not due, 300.00 for 30 days, 60.00 for 60 days, 500.00 for a year (364 days)."""
    household = counters.add_household(counter.project)
    counters.post_bills(
        household,
        [
            OLD,
            Bill("60.00", item="CWF", period=date(2026, 9, 1), due_on=date(2026, 9, 10)),
            Bill("300.00", period=date(2026, 10, 1), due_on=date(2026, 10, 10)),
            Bill("280.00"),
        ],
    )
    return household


@pytest.fixture
def neighbour(counter: Counter, debtor: Household) -> Household:
    """Owes 200.00 of which 150.00 is paid, not due."""
    household = counters.add_household(counter.project, "1-1-101", payer="李婉婷")
    counters.post_bills(household, [Bill("200.00")])
    counters.pay(counter.collector, household, "150.00")
    return household


@pytest.fixture
def collector(counter: Counter) -> Api:
    return sign_in("zhouting")


def test_households_are_listed_with_what_they_owe_by_age(
    collector: Api, debtor: Household, neighbour: Household
) -> None:
    rows = collector("GET", "arrears/").json()["results"]

    by_code = {row["code"]: row for row in rows}
    assert set(by_code) == {debtor.code, neighbour.code}
    owes = by_code[debtor.code]
    assert {key: owes[key] for key in ("not_due", "to_30", "to_90", "to_180", "to_365")} == {
        "not_due": "280.00",
        "to_30": "300.00",
        "to_90": "60.00",
        "to_180": "0.00",
        "to_365": "500.00",
    }
    assert (owes["over_365"], owes["overdue"], owes["open_amount"]) == (
        "0.00",
        "860.00",
        "1140.00",
    )
    assert (owes["old_arrears"], owes["this_year"]) == ("500.00", "360.00")
    assert (owes["overdue_days"], owes["oldest_due_on"]) == (364, "2025-11-10")
    assert (owes["first_period"], owes["last_period"]) == ("2025-11-01", "2026-10-01")
    assert owes["payer"]["phone_masked"].endswith("6027")
    assert by_code[neighbour.code]["open_amount"] == "50.00"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("is_overdue=true", ["3-2-1602"]),
        ("is_overdue=false", ["1-1-101"]),
        ("has_old_arrears=true", ["3-2-1602"]),
        ("age=to_90", ["3-2-1602"]),
        ("age=over_365", []),
        ("overdue_min=860.00", ["3-2-1602"]),
        ("overdue_min=860.01", []),
        ("search=李婉", ["1-1-101"]),
        ("search=1602", ["3-2-1602"]),
        ("unit_kind=SHOP", []),
        ("unit_kind=SHOP&unit_kind=RESIDENCE&is_overdue=true", ["3-2-1602"]),
    ],
)
def test_the_list_is_filtered(
    collector: Api, debtor: Household, neighbour: Household, query: str, codes: list[str]
) -> None:
    rows = collector("GET", f"arrears/?{query}").json()["results"]

    assert [row["code"] for row in rows] == codes


def test_only_bills_that_count_are_summed(collector: Api, debtor: Household) -> None:
    parking = counters.fee_item("CWF")

    (row,) = collector("GET", f"arrears/?item_id={parking.pk}").json()["results"]

    assert (row["open_amount"], row["to_90"], row["not_due"]) == ("60.00", "60.00", "0.00")


def test_the_summary_adds_up_by_age(
    collector: Api, debtor: Household, neighbour: Household
) -> None:
    answer = collector("GET", f"arrears/summary/?project_id={debtor.project_id}").json()

    assert (answer["on"], answer["households"]) == ("2026-11-09", 1)
    assert (answer["overdue_amount"], answer["not_due_amount"]) == ("860.00", "330.00")
    assert [(each["age"], each["amount"], each["households"]) for each in answer["ages"]] == [
        ("not_due", "330.00", 2),
        ("to_30", "300.00", 1),
        ("to_90", "60.00", 1),
        ("to_180", "0.00", 0),
        ("to_365", "500.00", 1),
        ("over_365", "0.00", 0),
    ]


def test_the_collection_rate_is_by_month_and_by_item(
    collector: Api, debtor: Household, neighbour: Household
) -> None:
    answer = collector("GET", f"collection-rates/?project_id={debtor.project_id}").json()

    assert (answer["first_month"], answer["last_month"]) == ("2026-01-01", "2026-12-01")
    assert answer["total"] == {
        "receivable": "840.00",
        "received": "150.00",
        "open_amount": "690.00",
        "rate": "0.1786",
    }
    assert [(each["period"], each["rate"]["rate"]) for each in answer["months"]] == [
        ("2026-09-01", "0.0000"),
        ("2026-10-01", "0.0000"),
        ("2026-11-01", "0.3125"),
    ]
    assert [each["rate"]["receivable"] for each in answer["items"]] == ["780.00", "60.00"]
    assert (answer["old_arrears"]["receivable"], answer["target"]) == ("500.00", "0.9500")


def test_a_span_without_bills_has_no_rate(collector: Api, debtor: Household) -> None:
    answer = collector(
        "GET", "collection-rates/?first_month=2024-01-01&last_month=2024-12-01"
    ).json()

    assert (answer["total"]["receivable"], answer["total"]["rate"]) == ("0.00", None)
    assert Decimal(answer["total"]["open_amount"]) == 0


# ---- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("project_id=", "project_id"),
        ("project_id=1.0", "project_id"),
        ("unit_kind=CASTLE", "unit_kind"),
        ("age=old", "age"),
        ("overdue_min=1e3", "overdue_min"),
        ("overdue_min=NaN", "overdue_min"),
        ("is_overdue=yes", "is_overdue"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(collector: Api, query: str, field: str) -> None:
    answer = collector("GET", f"arrears/?{query}")

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("path", ["arrears/", "arrears/summary/", "collection-rates/"])
def test_another_project_does_not_exist(debtor: Household, path: str) -> None:
    other = counters.open_counter("HB", "湖滨", "sun")
    stranger = sign_in("sun")

    answer = stranger("GET", f"{path}?project_id={debtor.project_id}")
    own: Any = stranger("GET", f"{path}?project_id={other.project.pk}")

    assert refusal(answer) == (404, "not-found")
    assert own.status_code == 200


def test_lists_show_nothing_of_another_project(debtor: Household) -> None:
    counters.open_counter("HB", "湖滨", "sun")
    stranger = sign_in("sun")

    assert stranger("GET", "arrears/").json()["results"] == []
    assert stranger("GET", "collection-rates/").json()["total"]["receivable"] == "0.00"


@pytest.mark.parametrize("path", ["arrears/", "arrears/summary/", "collection-rates/"])
def test_a_meter_reader_is_refused(debtor: Household, path: str) -> None:
    reader = sign_in("lijianguo", ("meter_reader", debtor.project_id))

    answer = reader("GET", f"{path}?project_id={debtor.project_id}")

    assert refusal(answer) == (403, "access.action-denied")
