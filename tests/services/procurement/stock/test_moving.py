"""Goods in and out: balance, value, lots and the chain of moves."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel.errors import NotFound
from services.procurement.stock import operations, rules
from services.procurement.stock.models import Lot, StockBalance, StockMove
from tests.factories import NOW, TODAY
from tests.factories_procurement_stock import (
    LINES,
    add_item,
    add_warehouse,
    day,
    put_in,
    take_out,
)

pytestmark = pytest.mark.usefixtures("tenant")


def held() -> tuple[Decimal, Decimal]:
    return StockBalance.objects.values_list("quantity", "value").get()


def test_goods_lie_at_their_moving_average() -> None:
    store, broom = add_warehouse(), add_item()
    put_in(store, broom, "10", "100.00")
    put_in(store, broom, "20", "260.00")

    taken = take_out(store, broom, "10")

    assert (taken.quantity, taken.value) == (Decimal(10), Decimal("120.00"))
    assert held() == (Decimal(20), Decimal("240.00"))


def test_the_last_one_takes_the_cents_that_are_left() -> None:
    store, broom = add_warehouse(), add_item()
    put_in(store, broom, "3", "10.00")

    values = [take_out(store, broom, "1").value for _one in range(3)]

    assert values == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert held() == (Decimal(0), Decimal(0))


def test_each_move_says_what_it_left() -> None:
    store, broom = add_warehouse(), add_item()
    put_in(store, broom, "3", "10.00")
    take_out(store, broom, "2")

    moves = StockMove.objects.order_by("pk").values_list(
        "kind", "quantity", "value", "quantity_after", "value_after", "moved_on", "moved_at"
    )

    assert list(moves) == [
        ("RECEIPT", Decimal(3), Decimal(10), Decimal(3), Decimal(10), TODAY, NOW),
        ("ISSUE", Decimal(-2), Decimal("-6.67"), Decimal(1), Decimal("3.33"), TODAY, NOW),
    ]


def test_more_than_lies_there_does_not_leave() -> None:
    store, broom = add_warehouse(), add_item()
    put_in(store, broom, "2", "10.00")

    with pytest.raises(rules.StockTooSmall) as refusal:
        take_out(store, broom, "2.001")

    assert refusal.value.details == {"stock": "2.000"}
    assert held() == (Decimal(2), Decimal(10))
    assert StockMove.objects.count() == 1


def test_what_expires_first_leaves_first_and_what_never_does_leaves_last() -> None:
    store, milk = add_warehouse(), add_item("SANITISER")
    put_in(store, milk, "5", "50.00")
    late = put_in(store, milk, "5", "50.00", lot_number="B", expires_on=day(20))
    soon = put_in(store, milk, "5", "50.00", lot_number="A", expires_on=day(10))

    taken = take_out(store, milk, "12")

    assert [(move.lot_id, move.quantity) for move in taken.moves] == [
        (soon.lot_id, Decimal(-5)),
        (late.lot_id, Decimal(-5)),
        (None, Decimal(-2)),
    ]
    assert sum(move.value for move in taken.moves) == -taken.value == Decimal("-120.00")
    assert list(Lot.objects.order_by("number").values_list("quantity", flat=True)) == [0, 0]


def test_the_value_of_several_lots_is_that_of_the_whole_to_the_cent() -> None:
    store, milk = add_warehouse(), add_item("SANITISER")
    for number, value in enumerate(("3.34", "3.33", "3.33")):
        put_in(store, milk, "1", value, lot_number=str(number), expires_on=day(10 + number))

    taken = take_out(store, milk, "2")

    assert taken.value == Decimal("6.67")
    assert sorted(-move.value for move in taken.moves) == [Decimal("3.33"), Decimal("3.34")]
    assert held() == (Decimal(1), Decimal("3.33"))


def test_what_has_expired_does_not_leave_unless_it_is_named() -> None:
    store, milk = add_warehouse(), add_item("SANITISER", has_expiry=True)
    old = put_in(store, milk, "5", "50.00", expires_on=TODAY)
    put_in(store, milk, "2", "20.00", expires_on=day(10))
    tomorrow = TODAY + timedelta(days=1)

    with pytest.raises(operations.StockExpired) as refusal:
        take_out(store, milk, "3", moved_on=tomorrow)
    assert refusal.value.details == {"usable": "2.000"}

    named = take_out(store, milk, "3", moved_on=tomorrow, lot_id=old.lot_id)
    assert [move.lot_id for move in named.moves] == [old.lot_id]
    assert take_out(store, milk, "1").moves[0].lot_id == old.lot_id  # on its last day it is good


def test_a_named_lot_gives_no_more_than_it_holds() -> None:
    store, milk = add_warehouse(), add_item("SANITISER")
    lot = put_in(store, milk, "5", "50.00", expires_on=day(10)).lot_id
    assert lot is not None
    put_in(store, milk, "5", "50.00", expires_on=day(20))

    with pytest.raises(rules.StockTooSmall):
        take_out(store, milk, "6", lot_id=lot)
    with pytest.raises(operations.LotInvalid):
        take_out(store, milk, "1", lot_id=-lot)


def test_goods_that_expire_come_with_their_day() -> None:
    store, milk = add_warehouse(), add_item("SANITISER", has_expiry=True)

    with pytest.raises(operations.LotInvalid):
        put_in(store, milk, "5", "50.00")
    with pytest.raises(operations.LotInvalid):
        put_in(store, milk, "5", "50.00", expires_on=TODAY - timedelta(days=1))

    assert not StockMove.objects.exists()


def test_a_line_moves_its_goods_once() -> None:
    store, broom = add_warehouse(), add_item()
    line = next(LINES)
    put_in(store, broom, "5", "50.00", source_id=line)

    with pytest.raises(operations.MovedAlready):
        put_in(store, broom, "5", "50.00", source_id=line)

    assert held() == (Decimal(5), Decimal(50))


@pytest.mark.parametrize(
    ("quantity", "value", "error"),
    [
        ("0", "1.00", rules.QuantityInvalid),
        ("-1", "1.00", rules.QuantityInvalid),
        ("0.0001", "1.00", rules.QuantityInvalid),
        ("NaN", "1.00", rules.QuantityInvalid),
        ("1", "-0.01", rules.ValueInvalid),
        ("1", "0.001", rules.ValueInvalid),
        ("1", "NaN", rules.ValueInvalid),
        ("1", "1000000000000", rules.ValueInvalid),
    ],
)
def test_figures_that_are_none_are_refused(
    quantity: str, value: str, error: type[Exception]
) -> None:
    store, broom = add_warehouse(), add_item()

    with pytest.raises(error):
        put_in(store, broom, quantity, value)

    assert not StockMove.objects.exists()


def test_more_than_a_place_can_hold_is_refused_with_words() -> None:
    store, broom = add_warehouse(), add_item()
    put_in(store, broom, "9999999.999", "999999999999")

    with pytest.raises(rules.QuantityInvalid):
        put_in(store, broom, "0.001", "0.00")
    take_out(store, broom, "1")
    with pytest.raises(rules.ValueInvalid):
        put_in(store, broom, "1", "999999999999")


def test_a_closed_warehouse_moves_nothing() -> None:
    store, broom = add_warehouse(is_active=False), add_item()

    with pytest.raises(operations.WarehouseClosed):
        put_in(store, broom, "1", "1.00")
    with pytest.raises(NotFound):
        operations.lock_balances([(store.pk + 1, broom.pk)])
    store.is_active = True
    store.save()
    with pytest.raises(NotFound):
        operations.lock_balances([(store.pk, broom.pk + 1)])

    assert not StockBalance.objects.exists()
