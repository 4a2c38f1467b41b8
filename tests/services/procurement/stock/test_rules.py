from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procurement.stock import rules
from services.procurement.stock.rules import Inspection, Lot, Stock

QUANTITIES = st.decimals("0.001", "5000", places=3)
VALUES = st.decimals("0", "100000", places=2)


def stock(quantity: str, value: str) -> Stock:
    return Stock(Decimal(quantity), Decimal(value))


def test_the_price_of_what_leaves_is_the_average_of_what_came() -> None:
    both = rules.put_in(stock("10", "100.00"), quantity=Decimal(20), value=Decimal("260.00"))

    left, value = rules.take_out(both, quantity=Decimal(10))

    assert value == Decimal("120.00")
    assert left == stock("20", "240.00")


def test_the_last_one_takes_the_cents_that_are_left() -> None:
    three = stock("3", "10.00")

    two, first = rules.take_out(three, quantity=Decimal(1))
    one, second = rules.take_out(two, quantity=Decimal(1))
    none, third = rules.take_out(one, quantity=Decimal(1))

    assert (first, second, third) == (Decimal("3.33"), Decimal("3.34"), Decimal("3.33"))
    assert none == Stock()


def test_more_than_there_is_cannot_leave() -> None:
    with pytest.raises(rules.StockTooSmall) as refusal:
        rules.take_out(stock("28", "3360"), quantity=Decimal(30))

    assert refusal.value.details == {"stock": "28"}


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "0.0001", "10000000"])
def test_a_quantity_that_is_none_is_refused(quantity: str) -> None:
    with pytest.raises(rules.QuantityInvalid):
        rules.take_out(stock("28", "3360"), quantity=Decimal(quantity))


@given(st.lists(st.tuples(st.booleans(), QUANTITIES, VALUES), max_size=30))
def test_nothing_is_made_or_lost_whatever_comes_and_goes(
    moves: list[tuple[bool, Decimal, Decimal]],
) -> None:
    here, came, left = Stock(), Decimal(0), Decimal(0)
    for is_in, quantity, value in moves:
        if is_in:
            here = rules.put_in(here, quantity=quantity, value=value)
            came += value
        elif here.quantity:
            here, gone = rules.take_out(here, quantity=min(quantity, here.quantity))
            left += gone
        assert here.quantity >= 0
        assert here.value >= 0
        assert here.quantity or not here.value
        assert came == left + here.value


@given(QUANTITIES, VALUES, st.decimals("0", "5000", places=3))
def test_a_count_that_is_believed_leaves_what_was_counted(
    quantity: Decimal, value: Decimal, counted: Decimal
) -> None:
    before = Stock(quantity, value)

    change, change_of_value = rules.count_difference(before, counted=counted)

    assert before.quantity + change == counted
    assert before.value + change_of_value >= 0
    assert counted or before.value + change_of_value == 0
    assert (change < 0) >= (change_of_value < 0)


def test_a_surplus_where_nothing_was_has_no_value() -> None:
    assert rules.count_difference(Stock(), counted=Decimal(3)) == (Decimal(3), Decimal("0.00"))


@pytest.mark.parametrize("counted", ["-0.001", "NaN", "0.0001"])
def test_a_count_that_is_none_is_refused(counted: str) -> None:
    with pytest.raises(rules.QuantityInvalid):
        rules.count_difference(stock("1", "1"), counted=Decimal(counted))


def inspection(arrived: str, refused: str = "0", ordered: str = "30") -> Inspection:
    return Inspection(ordered=Decimal(ordered), arrived=Decimal(arrived), refused=Decimal(refused))


def test_28_of_30_boxes_are_accepted_and_objected_to() -> None:
    found = inspection("28")

    rules.check_inspection(found, reason="")

    assert (found.accepted, found.missing, found.needs_objection) == (Decimal(28), Decimal(2), True)


def test_what_is_unlike_its_sample_is_refused_with_a_reason() -> None:
    found = inspection("30", "2")

    with pytest.raises(rules.InspectionInvalid) as refusal:
        rules.check_inspection(found, reason=" ")
    rules.check_inspection(found, reason="与封样不符")

    assert refusal.value.field == "reason"
    assert (found.accepted, found.missing, found.needs_objection) == (Decimal(28), Decimal(0), True)


def test_all_that_was_ordered_needs_no_objection() -> None:
    assert not inspection("30").needs_objection


@pytest.mark.parametrize(
    ("found", "field"),
    [
        (inspection("31"), "arrived"),
        (inspection("-1"), "arrived"),
        (inspection("NaN"), "arrived"),
        (inspection("0.0001"), "arrived"),
        (inspection("28", "29"), "refused"),
    ],
)
def test_impossible_figures_are_refused(found: Inspection, field: str) -> None:
    with pytest.raises(rules.InspectionInvalid) as refusal:
        rules.check_inspection(found, reason="破损")

    assert refusal.value.field == field


def lot(lot_id: int, quantity: str, expires: date | None, received: date) -> Lot:
    return Lot(lot_id=lot_id, quantity=Decimal(quantity), expires_on=expires, received_on=received)


def test_what_expires_first_leaves_first() -> None:
    lots = [
        lot(1, "5", None, date(2026, 1, 1)),
        lot(2, "5", date(2027, 3, 1), date(2026, 2, 1)),
        lot(3, "5", date(2027, 1, 1), date(2026, 3, 1)),
    ]

    assert rules.draw(lots, quantity=Decimal(12)) == [
        (3, Decimal(5)),
        (2, Decimal(5)),
        (1, Decimal(2)),
    ]


def test_lots_that_hold_too_little_are_refused() -> None:
    with pytest.raises(rules.StockTooSmall) as refusal:
        rules.draw([lot(1, "5", None, date(2026, 1, 1))], quantity=Decimal(6))

    assert refusal.value.details == {"stock": "5"}
