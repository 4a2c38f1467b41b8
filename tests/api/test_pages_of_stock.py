"""What a page of each list of the stock costs, however many rows there are."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from services.procurement.stock import operations
from services.procurement.stock.models import StockCount
from tenants.companies.models import Company
from tests import factories
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories import NOW
from tests.factories_procurement_stock import (
    Shop,
    add_item,
    add_warehouse,
    day,
    enter_asset,
    issue,
    lay_in,
    open_shop,
    put_in,
    transfer,
)

Address = Callable[[Shop], str]


def _at(path: str) -> Address:
    return lambda shop: path


# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "assets/": (_at("assets/"), 6),
    "stock/balances/": (_at("stock/balances/"), 6),
    "stock/balances/<int:balance_id>/moves/": (
        lambda shop: f"stock/balances/{shop.store.balances.get(item=shop.broom).pk}/moves/",
        7,
    ),
    "stock/counts/": (_at("stock/counts/"), 6),
    "stock/counts/<int:count_id>/lines/": (
        lambda shop: f"stock/counts/{shop.store.counts.get().pk}/lines/",
        7,
    ),
    "stock/issues/": (_at("stock/issues/"), 6),
    "stock/lots/": (_at("stock/lots/"), 6),
    "stock/transfers/": (_at("stock/transfers/"), 6),
    "stock/warehouses/": (_at("stock/warehouses/"), 6),
}


def grow(shop: Shop, count: int) -> None:
    """Let ``count`` more of everything be."""
    there = StockCount.objects.count()
    for number in range(there + 1, there + count + 1):
        item = add_item(f"I{number}", name=f"物品 {number}")
        lay_in(shop.keeper, shop.store, item, "10", "100.00")
        put_in(shop.store, item, "1", "1.00", lot_number=str(number), expires_on=day(9))
        store = add_warehouse(f"W{number}", project=shop.project)
        transfer(shop.company_keeper, shop.store, store, (item, "2"))
        issue(shop.keeper, shop.store, (shop.broom, "1"))
        operations.start_count(actor=shop.keeper, warehouse_id=store.pk, now=NOW)
        operations.add_article(
            actor=shop.keeper, count_id=shop.store.counts.get().pk, item_id=item.pk, now=NOW
        )
        enter_asset(shop.company_keeper, item, cost=Decimal(number))


def test_a_page_costs_the_same_however_many_rows(
    tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)
    shop, robot = open_shop(), sign_in("robot", ("property_manager", None))
    lay_in(shop.keeper, shop.store, shop.broom, "100", "1000.00")
    operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)
    grow(shop, 2)
    robot("GET", "stock/warehouses/")  # notes that the token is used, once in a while
    few = ask(robot, shop)
    grow(shop, 6)
    many = ask(robot, shop)

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in LISTS:
        assert many[name][0] >= few[name][0] + 6, f"{name} has not grown"


def ask(robot: Api, shop: Shop) -> dict[str, tuple[int, int]]:
    return {name: asked(robot, address(shop)) for name, (address, _cost) in LISTS.items()}
