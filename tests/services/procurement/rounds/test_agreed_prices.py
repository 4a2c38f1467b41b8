"""What an article could be called off at by an agreement stands on the lines that are published."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import Actor
from services.procurement.catalogue.models import Item
from services.procurement.contracts.models import Contract
from services.procurement.orders.models import AgreedPrice
from services.procurement.rounds import agreed, operations
from services.procurement.rounds.models import Round
from services.procurement.rounds.queries.comparison import comparison_of
from services.procurement.rounds.rules.drafts import Line
from services.properties.models import Project
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_contract, prepare
from tests.factories_procurement_rounds import (
    add_opener,
    add_quoter,
    add_round,
    open_round,
    send_quote,
)
from tests.factories_procurement_stock import add_item
from tests.factories_procurement_vendors import add_vendor
from tests.factories_properties import add_project


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


@pytest.fixture
def lamp(people: People) -> Item:
    return add_item("LAMP", name="吸顶灯")


def agree(people: People, item: Item, price: str, **values: Any) -> Contract:
    most, called = values.pop("most", None), values.pop("called", "0")
    vendor = add_vendor(f"A{Contract.objects.count()}", "协议供应商")
    contract = add_contract(people, vendor=vendor)
    Contract.objects.filter(pk=contract.pk).update(**values)
    AgreedPrice.objects.create(
        contract=contract,
        item=item,
        unit_price=Decimal(price),
        maximum_quantity=most,
        called_quantity=Decimal(called),
    )
    return contract


def openers_of_the_round() -> tuple[Actor, Actor]:
    return add_opener("first", "finance_head"), add_opener("second", "company_gm")


def publish(people: People, item: Item, project: Project | None = None) -> Round:
    openers_of_the_round()
    made = add_round(
        people.buyer,
        [add_quoter(f"V{number}") for number in range(3)],
        project_id=project.pk if project else None,
        lines=[
            Line(name=item.name, unit=item.unit, quantity=Decimal(10), item_id=item.pk),
            Line(name="零星材料", unit="项", quantity=Decimal(1)),
        ],
    )
    return operations.publish(actor=people.buyer, round_id=made.pk, now=NOW, today=TODAY)


def on_lines(found: Round) -> list[Decimal | None]:
    return list(found.lines.order_by("position").values_list("agreed_price", flat=True))


def test_the_lowest_price_in_force_is_kept_when_it_is_published(people: People, lamp: Item) -> None:
    agree(people, lamp, "31.50")
    cheaper = agree(people, lamp, "30.25")

    made = publish(people, lamp)
    AgreedPrice.objects.filter(contract=cheaper).update(unit_price=Decimal(99))

    assert on_lines(made) == [Decimal("30.2500"), None]


@pytest.mark.parametrize(
    "values",
    [
        {"state": "DRAFT"},
        {"state": "ENDED", "ended_on": TODAY, "end_reason": "x"},
        {"valid_to": TODAY - timedelta(days=1), "remind_on": date(2026, 1, 2)},
        {"valid_from": TODAY + timedelta(days=1)},
        {"kind": "PURCHASE"},
        {"most": Decimal(5), "called": "5"},
    ],
    ids=["draft", "ended", "over", "to come", "no agreement", "called off whole"],
)
def test_what_cannot_be_called_off_is_no_price(
    people: People, lamp: Item, values: dict[str, Any]
) -> None:
    agree(people, lamp, "30.25", **values)

    assert on_lines(publish(people, lamp)) == [None, None]


def test_anothers_projects_agreement_is_not_the_rounds(people: People, lamp: Item) -> None:
    own, other = add_project("YL", "云麓"), add_project("QS", "青山")
    agree(people, lamp, "20.00", project=other)
    agree(people, lamp, "30.25", project=own)

    assert agreed.prices_in_force([lamp.pk], project_id=own.pk, today=TODAY) == {
        lamp.pk: Decimal("30.2500")
    }
    assert agreed.prices_in_force([lamp.pk], project_id=None, today=TODAY) == {}


def test_a_price_is_compared_with_it_where_nothing_was_bought_before(
    people: People, lamp: Item
) -> None:
    agree(people, lamp, "30.00")
    openers, quoters = openers_of_the_round(), [add_quoter(f"V{number}") for number in range(3)]
    made = add_round(
        people.buyer,
        quoters,
        lines=[Line(name="灯", unit="把", quantity=Decimal(10), item_id=lamp.pk)],
    )
    operations.publish(actor=people.buyer, round_id=made.pk, now=NOW, today=TODAY)
    for quoter, price in zip(quoters, ("27.00", "30", "33"), strict=True):
        send_quote(quoter, made, price)
    open_round(made, openers)

    (row,) = comparison_of(made).rows

    assert row.line.agreed_price == Decimal("30.0000")
    assert [cell.change for cell in row.cells] == [
        Decimal("-10.0"),
        Decimal("0.0"),
        Decimal("10.0"),
    ]
