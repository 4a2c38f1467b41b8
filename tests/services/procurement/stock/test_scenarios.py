"""What the handbook's scenarios say of goods on the shelf: parts of S-36 and S-73.

And a quarter in the life of a store, from the first broom to a count that finance signs.
"""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.approvals import operations as approvals
from kernel.approvals.queries import open_case_of
from kernel.identity.leaving import held_by
from kernel.notifications.models import Notification
from services.procurement.stock import operations, queries
from services.procurement.stock.models import CountState, MoveKind, StockMove
from tests.factories import NOW, TODAY, add_actor, add_user
from tests.factories_approvals import step_under_way
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
    transfer,
)


def test_s36_damaged_toner_is_set_aside_and_never_issued(shop: Shop) -> None:
    """PR-33: the unit tells the keeper, who sets the goods aside until the buyer has settled."""
    toner = add_item("TONER", name="硒鼓")
    quarantine = add_warehouse("Q", name="隔离区", project=shop.project, kind="QUARANTINE")
    lay_in(shop.keeper, shop.store, toner, "28", "5600.00")
    used = issue(shop.keeper, shop.store, (toner, "2"), unit="客服部", purpose="打印")

    operations.give_back(
        actor=shop.keeper,
        line_id=used.lines.get().pk,
        quantity=Decimal(1),
        reason="漏粉",
        today=TODAY,
        now=NOW,
    )
    transfer(shop.keeper, shop.store, quarantine, (toner, "1"))

    assert held(quarantine, toner) == ("1", "200.00")
    assert held(shop.store, toner) == ("26", "5200.00")
    with pytest.raises(operations.SetAside):
        issue(shop.keeper, quarantine, (toner, "1"))
    assert queries.free_stock(item_ids=[toner.pk])[toner.pk][0].quantity == Decimal(26)
    returned = operations.take_out(
        warehouse_id=quarantine.pk,
        item_id=toner.pk,
        quantity=Decimal(1),
        source_type="goodsreturn",
        source_id=1,
        moved_on=TODAY,
        now=NOW,
        actor=shop.keeper,
        kind=MoveKind.RETURN,
    )
    assert returned.value == Decimal("200.00")
    assert held(quarantine, toner) == ("0", "0.00")


def test_s73_a_technician_takes_spare_parts_along_and_leaves_none_behind(shop: Shop) -> None:
    """PR-37: parts of his own stock are the company's; he does not leave with them."""
    technician = add_user("laoma", name="老马")
    own = operations.create_warehouse(
        actor=shop.keeper,
        project_id=shop.project.pk,
        code="T1",
        name="老马备件",
        kind="TECHNICIAN",
        holder_id=technician.pk,
        now=NOW,
    )
    belt = add_item("BELT", name="发电机皮带")
    lay_in(shop.keeper, shop.store, belt, "5", "400.00")
    transfer(shop.keeper, shop.store, own, (belt, "2"))

    issue(
        shop.keeper,
        own,
        (belt, "1"),
        unit="工程部",
        person_id=technician.pk,
        purpose="发电机故障抢修",
        reference_type="equipment",
        reference_id=7,
    )

    assert posted("6401.01", journal__kind="ISSUE") == Decimal("80.00")
    (group,) = held_by(user_id=technician.pk, today=TODAY)
    assert (group.check.key, group.blocking[0].what) == ("procurement.stock", "T1 老马备件 (1)")
    transfer(shop.keeper, own, shop.store, (belt, "1"))
    operations.change_warehouse(
        actor=shop.keeper, warehouse_id=own.pk, name=own.name, is_active=False, now=NOW
    )
    assert held_by(user_id=technician.pk, today=TODAY) == []
    assert held(shop.store, belt) == ("4", "320.00")
    assert broken_rules() == []


def test_a_quarter_of_a_store(shop: Shop) -> None:
    """PR-36 to PR-39: goods come at two prices, go out, run short, are counted and signed."""
    finance = add_actor("caiwu", "finance_head")
    bleach = add_item("BLEACH", name="消毒液", has_expiry=True)
    lay_in(shop.keeper, shop.store, shop.broom, "10", "100.00")
    for number, expires_on, value in (("A", day(5), "60.00"), ("B", day(25), "84.00")):
        operations.enter_opening(
            actor=shop.keeper,
            warehouse_id=shop.store.pk,
            item_id=bleach.pk,
            quantity=Decimal(12),
            value=Decimal(value),
            lot_number=number,
            expires_on=expires_on,
            today=TODAY,
            now=NOW,
        )
    operations.set_minimum(
        actor=shop.keeper,
        warehouse_id=shop.store.pk,
        item_id=bleach.pk,
        minimum=Decimal(10),
        now=NOW,
    )

    issue(shop.keeper, shop.store, (shop.broom, "3"), (bleach, "15"))
    told = Notification.objects.filter(kind="procurement.stock-low")
    assert shop.keeper.user_id in told.values_list("user_id", flat=True)
    assert [lot.number for lot in queries.lots(actor=shop.keeper)] == ["B"]

    count = operations.start_count(actor=shop.keeper, warehouse_id=shop.store.pk, now=NOW)
    for item, counted in ((shop.broom, "6"), (bleach, "9")):
        operations.enter_counted(
            actor=shop.keeper,
            count_id=count.pk,
            line_id=count.lines.get(item=item).pk,
            counted=Decimal(counted),
            now=NOW,
        )
    operations.finish_count(actor=shop.keeper, count_id=count.pk, now=NOW)
    (missing,) = queries.differences_of(queries.get_count(actor=shop.keeper, count_id=count.pk))
    assert (missing.line.item, missing.value) == (shop.broom, Decimal("-10.00"))
    operations.submit_count(
        actor=shop.keeper, count_id=count.pk, reasons={missing.line.pk: "断柄报废"}, now=NOW
    )
    case = open_case_of(kind="stock.count", subject=count)
    assert case is not None
    assert "断柄报废" in dict(case.summary)["BROOM 扫帚"]
    approvals.approve(
        actor=finance,
        case_id=case.pk,
        step_id=step_under_way(case).pk,
        now=NOW + timedelta(days=1),
    )

    count.refresh_from_db()
    assert count.state == CountState.BOOKED
    assert held(shop.store, shop.broom) == ("6", "60.00")
    assert held(shop.store, bleach) == ("9", "54.00")
    assert posted("1405") == Decimal("114.00")
    assert posted("6711.01") == Decimal("10.00")
    assert posted("6401.01", journal__kind="ISSUE") == Decimal("120.00")
    assert queries.counts_due(actor=shop.keeper, today=TODAY) == []
    assert broken_rules() == []
    kinds = StockMove.objects.filter(item=shop.broom).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["OPENING", "ISSUE", "COUNT"]
