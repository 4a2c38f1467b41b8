"""Figures of arrears to the cent, against sums made the slow way."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import access
from services.billing.arrears import queries
from services.billing.arrears.queries import LineFilter
from services.billing.arrears.rules import Age, Rate, age_of
from services.billing.cashier import operations
from services.billing.runs.models import BillLine
from services.properties.models import UnitKind, UnitState
from tenants.companies.models import Company
from tests import factories, factories_billing
from tests.factories import NOW
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

TODAY = date(2026, 11, 20)
WANTED = [
    *(age.value for age in Age),
    "overdue",
    "open_amount",
    "old_arrears",
    "this_year",
]


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return open_counter()


def owed(counter: Counter, **lines: Any) -> dict[str, dict[str, str]]:
    return {
        household.code: {
            name: str(getattr(household, name)) for name in WANTED if getattr(household, name)
        }
        for household in queries.households(
            actor=counter.collector,
            project_id=counter.project.pk,
            today=TODAY,
            lines=LineFilter(**lines),
        ).order_by("sort_key")
    }


def test_each_household_by_age(counter: Counter) -> None:
    first = add_household(counter.project, "1-1-101")
    post_bills(
        first,
        [
            Bill("1.00", period=date(2025, 9, 1), due_on=date(2025, 9, 10)),
            Bill("20.00", period=date(2025, 12, 1), due_on=date(2025, 12, 10)),
            Bill("300.00", period=date(2026, 7, 1), due_on=date(2026, 7, 10)),
            Bill("4000.00", period=date(2026, 9, 1), due_on=date(2026, 9, 30)),
            Bill("50000.00", period=date(2026, 11, 1), due_on=date(2026, 11, 10)),
            Bill("600000.00", period=date(2026, 12, 1), due_on=date(2026, 12, 10)),
        ],
    )
    second = add_household(counter.project, "1-1-102")
    post_bills(second, [Bill("7.00", due_on=TODAY)])
    paid = add_household(counter.project, "1-1-103")
    post_bills(paid, [Bill("9.00")])
    pay(counter.collector, paid)

    assert owed(counter) == {
        "1-1-101": {
            "over_365": "1.00",
            "to_365": "20.00",
            "to_180": "300.00",
            "to_90": "4000.00",
            "to_30": "50000.00",
            "not_due": "600000.00",
            "overdue": "54321.00",
            "open_amount": "654321.00",
            "old_arrears": "21.00",
            "this_year": "54300.00",
        },
        "1-1-102": {"not_due": "7.00", "open_amount": "7.00"},
    }


def test_periods_and_the_oldest_due_day(counter: Counter) -> None:
    household = add_household(counter.project)
    post_bills(
        household,
        [
            Bill("1.00", period=date(2026, 8, 1), due_on=date(2026, 8, 10)),
            Bill("1.00", "CWF", period=date(2026, 8, 1), due_on=date(2026, 8, 10)),
            Bill("1.00", period=date(2026, 10, 1), due_on=date(2026, 10, 10)),
            Bill("1.00", period=date(2026, 12, 1), due_on=date(2026, 12, 10)),
        ],
    )

    row = queries.households(actor=counter.collector, project_id=None, today=TODAY).get()

    assert (row.first_period, row.last_period) == (date(2026, 8, 1), date(2026, 10, 1))
    assert (row.oldest_due_on, row.overdue_days) == (date(2026, 8, 10), 102)


def test_what_is_not_due_is_no_day_overdue(counter: Counter) -> None:
    post_bills(add_household(counter.project), [Bill("1.00", due_on=date(2026, 12, 10))])

    row = queries.households(actor=counter.collector, project_id=None, today=TODAY).get()

    assert (row.overdue_days, row.first_period, row.overdue) == (0, None, 0)


def test_part_payments_and_voids_count(counter: Counter) -> None:
    household = add_household(counter.project)
    post_bills(household, [Bill("100.00")])
    receipt = pay(counter.collector, household, "30.00")
    assert owed(counter)["3-2-1602"]["overdue"] == "70.00"

    operations.void_payment(
        actor=counter.collector,
        payment_id=receipt.payment_id,
        reason="x",
        now=NOW,
        today=factories.TODAY,
    )

    assert owed(counter)["3-2-1602"]["overdue"] == "100.00"


def test_filters_count_only_their_bills(counter: Counter) -> None:
    household = add_household(counter.project)
    add_unit(household, "3-2-1602")
    post_bills(household, [Bill("100.00"), Bill("5.00", "SF")])
    shop = add_household(counter.project, "S-1")
    add_unit(shop, "S-1", UnitKind.SHOP, state=UnitState.LEASED)
    post_bills(shop, [Bill("30.00")])

    water = owed(counter, item_ids=[fee_item("SF").pk])
    shops = owed(counter, unit_kinds=[UnitKind.SHOP])
    leased = owed(counter, unit_states=[UnitState.LEASED], item_ids=[fee_item("WYF").pk])

    assert {code: row["overdue"] for code, row in water.items()} == {"3-2-1602": "5.00"}
    assert {code: row["overdue"] for code, row in shops.items()} == {"S-1": "30.00"}
    assert leased == shops


def test_totals_and_counts_over_the_whole_result(counter: Counter) -> None:
    for number in range(5):
        household = add_household(counter.project, f"1-1-{number}")
        post_bills(household, [Bill("10.00"), Bill("1.50", "SF"), Bill("2.00", "CWF")])

    rows = queries.households(
        actor=counter.collector, project_id=counter.project.pk, today=TODAY
    ).filter(overdue__gte=1)

    assert rows.order_by().aggregate(
        count=Count("pk"), total=Sum("overdue"), parts=Sum("to_30")
    ) == {"count": 5, "total": Decimal("67.50"), "parts": Decimal("67.50")}


def test_only_projects_within_reach(counter: Counter) -> None:
    post_bills(add_household(counter.project), [Bill("10.00")])
    stranger = factories.add_actor(
        "stranger", "collector", project_id=factories_billing.add_project("BH", "滨河苑").pk
    )

    assert not queries.households(actor=stranger, project_id=None, today=TODAY)
    assert not queries.households(
        actor=stranger, project_id=counter.project.pk, today=TODAY
    ).exists()
    for read in (queries.ageing, queries.old_arrears_rate):
        with pytest.raises(access.ActionDenied):
            read(actor=stranger, project_id=counter.project.pk, today=TODAY)
    month = date(2026, 11, 1)
    for rates in (queries.rate, queries.rates_by_month, queries.rates_by_item):
        with pytest.raises(access.ActionDenied):
            rates(actor=stranger, project_id=counter.project.pk, first=month, last=month)
    assert queries.rate(actor=stranger, project_id=None, first=month, last=month) == Rate(
        Decimal(0), Decimal(0)
    )


def test_ageing_of_the_project(counter: Counter) -> None:
    first = add_household(counter.project, "1-1-101")
    post_bills(
        first,
        [
            Bill("100.00", period=date(2026, 9, 1), due_on=date(2026, 9, 30)),
            Bill("10.00", "SF", period=date(2026, 9, 1), due_on=date(2026, 9, 30)),
            Bill("7.00", due_on=TODAY),
        ],
    )
    post_bills(add_household(counter.project, "1-1-102"), [Bill("1.00")])

    ageing = queries.ageing(actor=counter.collector, project_id=counter.project.pk, today=TODAY)

    assert [(each.age, str(each.amount), each.households) for each in ageing.by_age] == [
        (Age.NOT_DUE, "7.00", 1),
        (Age.TO_30, "1.00", 1),
        (Age.TO_90, "110.00", 1),
        (Age.TO_180, "0.00", 0),
        (Age.TO_365, "0.00", 0),
        (Age.OVER_365, "0.00", 0),
    ]
    assert (ageing.households, ageing.overdue_amount, ageing.not_due_amount) == (
        2,
        Decimal("111.00"),
        Decimal("7.00"),
    )


def test_collection_rate_of_months_and_items(counter: Counter) -> None:
    household = add_household(counter.project)
    post_bills(
        household,
        [
            Bill("100.00", period=date(2026, 10, 1), due_on=date(2026, 10, 10)),
            Bill("50.00", "SF", period=date(2026, 10, 1), due_on=date(2026, 10, 10)),
            Bill("200.00"),
            Bill("80.00", period=date(2026, 12, 1), due_on=date(2026, 12, 10)),
        ],
    )
    # In November: October whole, November in part, and December's bill by name.
    december = BillLine.objects.get(period=date(2026, 12, 1))
    pay(counter.collector, household, line_ids=[december.pk], expected_total=Decimal("80.00"))
    pay(counter.collector, household, "210.00")

    def rates(first: int, last: int) -> dict[str, Any]:
        return {
            "actor": counter.collector,
            "project_id": counter.project.pk,
            "first": date(2026, first, 1),
            "last": date(2026, last, 1),
        }

    assert [
        (each.period.month, each.rate.share) for each in queries.rates_by_month(**rates(1, 12))
    ] == [
        (10, Decimal("1.0000")),
        (11, Decimal("0.3000")),
        (12, Decimal("1.0000")),
    ]
    assert queries.rate(**rates(10, 11)) == Rate(Decimal("350.00"), Decimal("210.00"))
    assert [(each.item, each.rate) for each in queries.rates_by_item(**rates(10, 12))] == [
        ("物业服务费", Rate(Decimal("380.00"), Decimal("240.00"))),
        ("代收水费", Rate(Decimal("50.00"), Decimal("50.00"))),
    ]


def test_old_arrears_have_a_rate_of_their_own(counter: Counter) -> None:
    household = add_household(counter.project)
    post_bills(
        household,
        [
            Bill("100.00", period=date(2025, 10, 1), due_on=date(2025, 10, 10)),
            Bill("300.00", period=date(2025, 11, 1), due_on=date(2025, 11, 10)),
            Bill("50.00"),
        ],
    )
    pay(counter.collector, household, "60.00", today=date(2025, 12, 1))  # last year: not open since
    pay(counter.collector, household, "140.00")
    void = pay(counter.collector, household, "1.00")
    operations.void_payment(
        actor=counter.collector,
        payment_id=void.payment_id,
        reason="x",
        now=NOW,
        today=factories.TODAY,
    )

    old = queries.old_arrears_rate(
        actor=counter.collector, project_id=counter.project.pk, today=TODAY
    )

    assert (old.receivable, old.received, old.open) == (
        Decimal("340.00"),
        Decimal("140.00"),
        Decimal("200.00"),
    )


bills = st.builds(
    lambda cents, item, month: Bill(
        f"{cents / 100:.2f}",
        item,
        date(2025 + month // 12, month % 12 + 1, 1),
        date(2025 + month // 12, month % 12 + 1, 10),
    ),
    st.integers(1, 100_000),
    st.sampled_from(["WYF", "CWF", "SF"]),
    st.integers(0, 23),
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    owed_by=st.lists(st.lists(bills, min_size=1, max_size=5), min_size=1, max_size=4),
    paid_percent=st.integers(0, 100),
)
def test_any_bills_agree_with_sums_made_line_by_line(
    counter: Counter, owed_by: list[list[Bill]], paid_percent: int
) -> None:
    number = BillLine.objects.count()  # examples share the fixture: codes must not
    for index, bills_of_one in enumerate(owed_by):
        household = add_household(counter.project, f"9-{number}-{index}")
        lines = post_bills(household, bills_of_one)
        amount = sum(line.amount for line in lines) * paid_percent // 100
        if amount:
            pay(counter.collector, household, str(amount))

    by_age = dict.fromkeys(Age, Decimal(0))
    for line in BillLine.objects.all():
        by_age[age_of(line.due_on, TODAY)] += line.amount - line.paid_amount
    rows = list(
        queries.households(actor=counter.collector, project_id=counter.project.pk, today=TODAY)
    )
    ageing = queries.ageing(actor=counter.collector, project_id=counter.project.pk, today=TODAY)

    assert {each.age: each.amount for each in ageing.by_age} == by_age
    assert {age: sum(getattr(row, age) for row in rows) for age in Age} == by_age
    assert sum(row.open_amount for row in rows) == sum(by_age.values())
    assert all(row.old_arrears + row.this_year == row.overdue for row in rows)
