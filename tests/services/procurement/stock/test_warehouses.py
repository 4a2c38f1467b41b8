"""Warehouses, transfers between them, minimum stock and what expires."""

from decimal import Decimal
from typing import Any

import pytest

from kernel.access.actors import ActionDenied
from kernel.errors import DomainError, NotFound
from kernel.notifications.models import Notification
from kernel.policies.operations import set_value
from services.procurement.stock import operations, queries, rules
from services.procurement.stock.models import Lot, StockMove, Transfer, Warehouse
from tests.factories import NOW, TODAY, add_actor, add_user
from tests.factories_procurement_stock import (
    Shop,
    add_item,
    add_warehouse,
    broken_rules,
    day,
    held,
    issue,
    lay_in,
    posted,
    put_in,
    transfer,
)
from tests.factories_properties import add_project


def open_warehouse(shop: Shop, code: str = "B2", **values: Any) -> Warehouse:
    return operations.create_warehouse(
        **{
            "actor": shop.keeper,
            "project_id": shop.project.pk,
            "code": code,
            "name": "地下二层库房",
            "now": NOW,
            **values,
        }
    )


def test_a_keeper_opens_warehouses_of_his_project(shop: Shop) -> None:
    store = open_warehouse(shop, "b2")

    assert (store.code, store.project, store.kind) == ("B2", shop.project, "STORE")
    with pytest.raises(operations.WarehouseCodeTaken):
        open_warehouse(shop, "B2")
    with pytest.raises(ActionDenied):
        open_warehouse(shop, "C1", project_id=None)
    with pytest.raises(NotFound):
        open_warehouse(shop, "C1", project_id=add_project("HB", "湖滨").pk)


def test_a_technician_has_one_stock_of_his_own_in_a_project(shop: Shop) -> None:
    technician = add_user("laoma")
    open_warehouse(shop, "T1", kind="TECHNICIAN", holder_id=technician.pk)

    with pytest.raises(operations.HolderHasStock):
        open_warehouse(shop, "T2", kind="TECHNICIAN", holder_id=technician.pk)
    with pytest.raises(operations.HolderInvalid):
        open_warehouse(shop, "T3", kind="TECHNICIAN")
    with pytest.raises(operations.HolderInvalid):
        open_warehouse(shop, "T3", holder_id=technician.pk)
    with pytest.raises(operations.HolderInvalid):
        open_warehouse(shop, "T3", kind="TECHNICIAN", holder_id=0)


def test_only_an_empty_warehouse_is_closed(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "1", "10.00")

    def close() -> Warehouse:
        return operations.change_warehouse(
            actor=shop.keeper, warehouse_id=shop.store.pk, name="旧库", is_active=False, now=NOW
        )

    with pytest.raises(operations.WarehouseNotEmpty):
        close()
    issue(shop.keeper, shop.store, (shop.broom, "1"))
    assert not close().is_active
    with pytest.raises(operations.WarehouseClosed):
        lay_in(shop.keeper, shop.store, shop.glove, "1", "10.00")


def test_opening_stock_is_entered_once_for_each_article(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")

    with pytest.raises(operations.MovedAlready):
        lay_in(shop.keeper, shop.store, shop.broom, "1", "1.00")

    assert posted("1405") == Decimal(100)
    assert broken_rules() == []


def test_a_transfer_loses_nothing_and_posts_nothing(shop: Shop) -> None:
    lay_in(shop.company_keeper, shop.main, shop.broom, "3", "10.00")
    lay_in(shop.keeper, shop.store, shop.broom, "1", "5.00")

    made = transfer(shop.company_keeper, shop.main, shop.store, (shop.broom, "2"))

    assert made.number == "DB-202611-0001"
    assert held(shop.main, shop.broom) == ("1", "3.33")
    assert held(shop.store, shop.broom) == ("3", "11.67")
    assert posted("1405") == Decimal(15)
    assert broken_rules() == []


def test_transferred_goods_stay_of_their_lots(shop: Shop) -> None:
    milk = add_item("MILK")
    put_in(shop.main, milk, "2", "20.00", lot_number="A", expires_on=day(5))
    put_in(shop.main, milk, "2", "30.00", lot_number="B", expires_on=day(9))

    transfer(shop.company_keeper, shop.main, shop.store, (milk, "3"))

    lots = Lot.objects.filter(warehouse=shop.store).order_by("number")
    assert [(lot.number, lot.expires_on, lot.quantity) for lot in lots] == [
        ("A", day(5), Decimal(2)),
        ("B", day(9), Decimal(1)),
    ]
    moved = StockMove.objects.filter(kind="TRANSFER")
    assert sum(move.value for move in moved) == 0


def test_who_does_not_keep_both_transfers_nothing(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "3", "10.00")

    with pytest.raises(ActionDenied):
        transfer(shop.keeper, shop.store, shop.main, (shop.broom, "1"))
    with pytest.raises(operations.TransferInvalid):
        transfer(shop.keeper, shop.store, shop.store, (shop.broom, "1"))
    with pytest.raises(rules.StockTooSmall):
        transfer(shop.company_keeper, shop.store, shop.main, (shop.broom, "4"))

    assert not Transfer.objects.exists()


def set_minimum(shop: Shop, minimum: str | None) -> None:
    operations.set_minimum(
        actor=shop.keeper,
        warehouse_id=shop.store.pk,
        item_id=shop.broom.pk,
        minimum=None if minimum is None else Decimal(minimum),
        now=NOW,
    )


def told() -> list[tuple[int, str]]:
    found = Notification.objects.filter(kind="procurement.stock-low").order_by("user_id")
    return list(found.values_list("user_id", "url"))


def test_the_keepers_are_told_once_that_an_article_runs_short(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    set_minimum(shop, "5")

    issue(shop.keeper, shop.store, (shop.broom, "5"))
    assert told() == []
    issue(shop.keeper, shop.store, (shop.broom, "1"))
    issue(shop.keeper, shop.store, (shop.broom, "1"))

    keepers = sorted([shop.keeper.require_person(), shop.company_keeper.require_person()])
    assert [user_id for user_id, _url in told()] == keepers
    found: Any = queries.balances(actor=shop.keeper)
    (low,) = found.filter(is_low=True)
    assert (low.item, low.quantity) == (shop.broom, Decimal(3))


def test_the_setting_keeps_them_from_being_told(shop: Shop) -> None:
    admin = add_actor("xujing", "company_admin")
    set_value(actor=admin, key="stock.min_alert", text="off", now=NOW, today=TODAY)
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    set_minimum(shop, "5")

    issue(shop.keeper, shop.store, (shop.broom, "6"))

    assert told() == []


@pytest.mark.parametrize("minimum", ["-1", "0.0001", "NaN"])
def test_a_minimum_is_a_quantity(shop: Shop, minimum: str) -> None:
    with pytest.raises(DomainError):
        set_minimum(shop, minimum)


def test_what_was_used_up_stays_on_the_list_while_it_has_a_minimum(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "1", "10.00")
    issue(shop.keeper, shop.store, (shop.broom, "1"))
    assert not queries.balances(actor=shop.keeper).exists()

    set_minimum(shop, "5")
    found: Any = queries.balances(actor=shop.keeper)
    assert [row.is_low for row in found] == [True]
    set_minimum(shop, None)
    assert not queries.balances(actor=shop.keeper).exists()


def test_what_expires_is_listed_in_the_order_of_its_days(shop: Shop) -> None:
    milk = add_item("MILK")
    for number in (9, 5, 25):
        put_in(shop.store, milk, "1", "1.00", expires_on=day(number))
    put_in(shop.main, milk, "1", "1.00", expires_on=day(1))

    found = queries.lots(actor=shop.keeper, expiring_until=day(10))

    assert [lot.expires_on for lot in found] == [day(5), day(9)]


def test_a_reader_sees_what_lies_in_his_projects_only(shop: Shop) -> None:
    lay_in(shop.keeper, shop.store, shop.broom, "1", "10.00")
    lay_in(shop.company_keeper, shop.main, shop.broom, "2", "10.00")
    stranger = add_actor("liu", "materials_keeper", project_id=add_project("HB", "湖滨").pk)

    assert [row.warehouse for row in queries.balances(actor=shop.keeper)] == [shop.store]
    assert {row.warehouse for row in queries.balances(actor=shop.company_keeper)} == {
        shop.store,
        shop.main,
    }
    assert not queries.balances(actor=stranger).exists()
    with pytest.raises(NotFound):
        queries.get_warehouse(actor=stranger, warehouse_id=shop.store.pk)


def test_free_stock_counts_what_others_may_have(shop: Shop) -> None:
    """PR-06: what is set aside or a technician's is not free."""
    quarantine = add_warehouse("Q", kind="QUARANTINE")
    own = add_warehouse("T", kind="TECHNICIAN", holder_id=add_user("laoma").pk)
    for warehouse, quantity in ((shop.store, "1"), (shop.main, "4"), (quarantine, "9"), (own, "9")):
        put_in(warehouse, shop.broom, quantity, "1.00")

    found = queries.free_stock(item_ids=[shop.broom.pk, shop.glove.pk])

    assert [(each.warehouse_id, each.quantity) for each in found[shop.broom.pk]] == [
        (shop.main.pk, Decimal(4)),
        (shop.store.pk, Decimal(1)),
    ]
    assert found[shop.glove.pk] == []


@pytest.mark.parametrize("text", ["BROOM", "broom", " 6901234567892 ", "扫"])
def test_an_article_is_found_by_code_barcode_or_the_one_name(shop: Shop, text: str) -> None:
    shop.broom.barcode = "6901234567892"
    shop.broom.save()

    assert queries.find_item(text) == shop.broom
    assert queries.find_item("no such thing") is None
