"""Fixed assets: entered, handed over, moved, repaired, scrapped; and what a leaver holds."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.access.actors import SYSTEM, ActionDenied, Actor
from kernel.audit.models import AuditEntry
from kernel.errors import NotFound
from kernel.identity.leaving import held_by
from kernel.identity.models import Way
from services.procurement.catalogue.models import Category
from services.procurement.stock import operations, queries, rules
from services.procurement.stock.leaving import CHECKS
from services.procurement.stock.models import Asset, AssetState
from services.procurement.texts import TextInvalid
from tests.factories import NOW, TODAY, add_actor, add_user
from tests.factories_procurement_stock import (
    Shop,
    add_category,
    add_item,
    add_warehouse,
    enter_asset,
    lay_in,
    put_in,
)
from tests.factories_properties import add_project


def test_a_receipt_brings_pieces_whose_cost_adds_up(shop: Shop) -> None:
    assets = operations.add_received(
        actor=SYSTEM,
        item_id=shop.broom.pk,
        project_id=shop.project.pk,
        pieces=3,
        value=Decimal("1000.00"),
        receipt_line_id=7,
        serial_numbers=["S1"],
        received_on=TODAY,
        now=NOW,
    )

    assert [asset.code for asset in assets] == ["ZC-000001", "ZC-000002", "ZC-000003"]
    assert [asset.cost for asset in assets] == [
        Decimal("333.34"),
        Decimal("333.33"),
        Decimal("333.33"),
    ]
    assert {(asset.state, asset.receipt_line_id) for asset in assets} == {("IDLE", 7)}
    assert [asset.serial_number for asset in assets] == ["S1", "", ""]


@pytest.mark.parametrize(("pieces", "serials"), [(0, []), (501, []), (1, ["A", "B"])])
def test_a_receipt_of_no_pieces_is_refused(shop: Shop, pieces: int, serials: list[str]) -> None:
    with pytest.raises(operations.AssetInvalid):
        operations.add_received(
            actor=SYSTEM,
            item_id=shop.broom.pk,
            project_id=None,
            pieces=pieces,
            value=Decimal(1),
            receipt_line_id=7,
            serial_numbers=serials,
            received_on=TODAY,
            now=NOW,
        )
    assert not Asset.objects.exists()


def test_an_asset_goes_from_hand_to_repair_and_to_scrap(shop: Shop) -> None:
    keeper = shop.company_keeper
    user = add_user("laoma", name="老马")
    asset = enter_asset(keeper, shop.broom)
    assert asset.state == AssetState.IDLE

    def now_is(state: AssetState, holder_id: int | None) -> bool:
        asset.refresh_from_db()
        return (asset.state, asset.holder_id) == (state, holder_id)

    operations.hand_over(
        actor=keeper, asset_id=asset.pk, holder_id=user.pk, place="工程部", now=NOW
    )
    assert now_is(AssetState.IN_USE, user.pk)
    assert asset.place == "工程部"
    operations.send_to_repair(actor=keeper, asset_id=asset.pk, reason="不通电", now=NOW)
    assert now_is(AssetState.REPAIR, user.pk)
    with pytest.raises(operations.AssetStateWrong):
        operations.hand_over(actor=keeper, asset_id=asset.pk, holder_id=user.pk, now=NOW)
    operations.end_repair(actor=keeper, asset_id=asset.pk, now=NOW)
    assert now_is(AssetState.IN_USE, user.pk)
    operations.take_back(actor=keeper, asset_id=asset.pk, now=NOW)
    assert now_is(AssetState.IDLE, None)
    with pytest.raises(TextInvalid):
        operations.scrap(actor=keeper, asset_id=asset.pk, reason=" ", now=NOW)
    operations.scrap(actor=keeper, asset_id=asset.pk, reason="无法修复", now=NOW)
    assert now_is(AssetState.SCRAPPED, None)
    assert asset.note == "无法修复"

    refused: list[Callable[[], Asset]] = [
        lambda: operations.scrap(actor=keeper, asset_id=asset.pk, reason="x", now=NOW),
        lambda: operations.move_asset(
            actor=keeper, asset_id=asset.pk, project_id=None, place="", now=NOW
        ),
        lambda: operations.end_repair(actor=keeper, asset_id=asset.pk, now=NOW),
        lambda: operations.take_back(actor=keeper, asset_id=asset.pk, now=NOW),
    ]
    for again in refused:
        with pytest.raises(operations.AssetStateWrong):
            again()
    entries = AuditEntry.objects.filter(object_type="procurement.asset").order_by("pk")
    assert [entry.event.rpartition(".")[2] for entry in entries] == [
        "entered",
        "handed-over",
        "sent-to-repair",
        "repaired",
        "taken-back",
        "scrapped",
    ]


def test_an_asset_is_moved_by_who_keeps_both_places(shop: Shop) -> None:
    asset = enter_asset(shop.keeper, shop.broom, project_id=shop.project.pk)

    def move(actor: Actor, project_id: int | None) -> Asset:
        return operations.move_asset(
            actor=actor, asset_id=asset.pk, project_id=project_id, place="库房", now=NOW
        )

    with pytest.raises(ActionDenied):
        move(shop.keeper, None)
    with pytest.raises(NotFound):
        move(add_actor("liu", "materials_keeper", project_id=add_project("HB", "湖滨").pk), None)
    assert move(shop.keeper, shop.project.pk).place == "库房"
    assert move(shop.company_keeper, None).project_id is None


def test_an_asset_is_entered_with_figures_that_can_be(shop: Shop) -> None:
    with pytest.raises(rules.ValueInvalid):
        enter_asset(shop.company_keeper, shop.broom, cost=Decimal("-1"))
    with pytest.raises(operations.AssetInvalid):
        enter_asset(shop.company_keeper, shop.broom, warranty_to=TODAY - timedelta(days=1))
    with pytest.raises(ActionDenied):
        enter_asset(shop.keeper, shop.broom)
    assert not Asset.objects.exists()


def test_what_stands_idle_anywhere_is_found_by_article_and_category(shop: Shop) -> None:
    """PR-06."""
    above = add_category("OFFICE", "办公设备")
    printers = Category.objects.create(code="PRINT", name="打印机", parent=above)
    printer = add_item("PRINTER", category=printers)
    idle = enter_asset(shop.company_keeper, printer)
    used = enter_asset(shop.company_keeper, printer)
    operations.hand_over(
        actor=shop.company_keeper, asset_id=used.pk, holder_id=add_user("x").pk, now=NOW
    )
    enter_asset(shop.company_keeper, shop.broom)

    assert list(queries.idle_assets(item_id=printer.pk)) == [idle]
    assert list(queries.idle_assets(category_id=above.pk)) == [idle]
    assert queries.idle_assets().count() == 2


def test_a_leaver_is_told_of_his_stock_his_assets_and_his_counts(shop: Shop) -> None:
    leaver = shop.keeper.require_person()
    own = add_warehouse("T1", kind="TECHNICIAN", holder_id=leaver, project=shop.project)
    put_in(own, shop.glove, "2", "5.00")
    asset = enter_asset(shop.company_keeper, shop.broom)
    operations.hand_over(actor=shop.company_keeper, asset_id=asset.pk, holder_id=leaver, now=NOW)
    lay_in(shop.keeper, shop.store, shop.broom, "1", "1.00")
    operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)

    groups = {
        group.check.key: [thing.ref for thing in group.blocking]
        for group in held_by(user_id=leaver, today=TODAY)
    }

    assert groups["procurement.stock"] == [str(own.pk)]
    assert groups["procurement.assets"] == [str(asset.pk)]
    assert len(groups["procurement.counts"]) == 1


@pytest.mark.parametrize("way", [Way.HAND_OVER, Way.TAKE_BACK])
def test_a_leaver_s_asset_goes_to_his_successor_or_back(shop: Shop, way: Way) -> None:
    leaver, successor = add_user("laoma"), add_user("xiaoma")
    asset = enter_asset(shop.company_keeper, shop.broom)
    operations.hand_over(actor=shop.company_keeper, asset_id=asset.pk, holder_id=leaver.pk, now=NOW)
    (check,) = [each for each in CHECKS if each.key == "procurement.assets"]

    check.settle[way](
        actor=shop.company_keeper,
        leaver_id=leaver.pk,
        ref=str(asset.pk),
        to_user_id=successor.pk if way == Way.HAND_OVER else None,
        counted="",
        note="",
        now=NOW,
    )

    asset.refresh_from_db()
    expected = {
        Way.HAND_OVER: (AssetState.IN_USE, successor.pk),
        Way.TAKE_BACK: (AssetState.IDLE, None),
    }
    assert (asset.state, asset.holder_id) == expected[way]
    assert not held_by(user_id=leaver.pk, today=TODAY)
