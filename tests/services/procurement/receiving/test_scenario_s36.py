"""S-36: goods found bad in use are set aside; the buyer settles; they go back (PR-32, PR-33)."""

from decimal import Decimal
from typing import Any

import pytest

from kernel.access import ActionDenied
from services.billing.ledger.models import AccountRole
from services.procurement.orders import operations as orders
from services.procurement.orders.models import OrderLine, OrderState
from services.procurement.receiving import operations
from services.procurement.receiving.models import (
    GoodsReceipt,
    Objection,
    ObjectionState,
    Settlement,
)
from services.procurement.requests.models import RequestLine
from services.procurement.stock import rules as stock_rules
from services.procurement.stock.models import StockBalance, Warehouse, WarehouseKind
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_goods_order, line_of, receive
from tests.factories_procurement_requests import add_request as add_wanted
from tests.factories_procurement_stock import add_warehouse
from tests.factories_properties import add_project
from tests.services.procurement.money import balance, broken


@pytest.fixture
def quarantine(people: People) -> Warehouse:
    return add_warehouse("Q", kind=WarehouseKind.QUARANTINE)


@pytest.fixture
def receipt(people: People) -> GoodsReceipt:
    return receive(people, add_goods_order(people, "30", "56.50"), "30")


def object_to(
    people: People, receipt: GoodsReceipt, place: Warehouse | None, **changed: Any
) -> Objection:
    values: dict[str, Any] = {
        "actor": people.keeper,
        "receipt_line_id": receipt.lines.get().pk,
        "quantity": Decimal(4),
        "text": "硒鼓漏粉",
        "quarantine_id": place.pk if place is not None else None,
        "now": NOW,
        "today": TODAY,
        **changed,
    }
    return operations.object_in_use(**values)


def lying(place: str) -> tuple[Decimal, Decimal]:
    found = StockBalance.objects.get(warehouse__code=place)
    return found.quantity, found.value


def settle(people: People, objection: Objection, settlement: Settlement, credit: str = "0"):  # type: ignore[no-untyped-def]
    return operations.settle_objection(
        actor=people.buyer,
        objection_id=objection.pk,
        settlement=settlement,
        text="供应商同意",
        credit=Decimal(credit),
        now=NOW,
    )


def test_bad_goods_are_set_aside_with_what_they_are_worth(
    people: People, receipt: GoodsReceipt, quarantine: Warehouse
) -> None:
    objection = object_to(people, receipt, quarantine)

    assert lying("MAIN") == (Decimal(26), Decimal("1300.00"))
    assert lying("Q") == (Decimal(4), Decimal("200.00"))
    assert objection.state == ObjectionState.OPEN
    assert broken() == []


def test_they_go_back_to_the_vendor_and_come_again(
    people: People, receipt: GoodsReceipt, quarantine: Warehouse
) -> None:
    objection = object_to(people, receipt, quarantine)
    operations.take_up_objection(actor=people.buyer, objection_id=objection.pk, now=NOW)
    settle(people, objection, Settlement.REPLACED)

    back = operations.return_goods(
        actor=people.keeper,
        objection_id=objection.pk,
        quantity=Decimal(4),
        now=NOW,
        today=TODAY,
    )

    order = receipt.order
    order.refresh_from_db()
    assert back.value == Decimal("200.00")
    assert lying("Q") == (Decimal(0), Decimal(0))
    assert balance(AccountRole.ACCRUED) == Decimal("-1300.00")
    assert line_of(order).returned_quantity == 4
    assert order.state == OrderState.DELIVERING
    again = receive(people, order, "4")
    assert again.value == Decimal("200.00")
    order.refresh_from_db()
    assert order.state == OrderState.RECEIVED
    assert broken() == []


def test_no_more_goes_back_than_was_objected_to(
    people: People, receipt: GoodsReceipt, quarantine: Warehouse
) -> None:
    objection = object_to(people, receipt, quarantine)
    values: dict[str, Any] = {
        "actor": people.keeper,
        "objection_id": objection.pk,
        "now": NOW,
        "today": TODAY,
    }
    operations.return_goods(quantity=Decimal(3), **values)

    with pytest.raises(operations.QuantityTooLarge):
        operations.return_goods(quantity=Decimal(2), **values)


def test_goods_that_are_kept_are_put_back(
    people: People, receipt: GoodsReceipt, quarantine: Warehouse
) -> None:
    objection = object_to(people, receipt, quarantine)
    settle(people, objection, Settlement.REDUCED, "45.20")

    operations.put_back(actor=people.keeper, objection_id=objection.pk, now=NOW, today=TODAY)

    assert lying("MAIN") == (Decimal(30), Decimal("1500.00"))
    with pytest.raises(operations.ObjectionStateWrong):
        operations.return_goods(
            actor=people.keeper,
            objection_id=objection.pk,
            quantity=Decimal(1),
            now=NOW,
            today=TODAY,
        )
    assert broken() == []


def test_no_more_is_objected_to_than_was_accepted(
    people: People, receipt: GoodsReceipt, quarantine: Warehouse
) -> None:
    object_to(people, receipt, None, quantity=Decimal(28))

    with pytest.raises(operations.QuantityTooLarge):
        object_to(people, receipt, None, quantity=Decimal(3))

    assert Objection.objects.count() == 1


def test_what_is_not_in_the_warehouse_is_not_set_aside(
    people: People, receipt: GoodsReceipt, quarantine: Warehouse
) -> None:
    StockBalance.objects.filter(warehouse__code="MAIN").update(quantity=1, value=50)

    with pytest.raises(stock_rules.StockTooSmall):
        object_to(people, receipt, quarantine)


def test_only_a_quarantine_takes_what_is_set_aside(people: People, receipt: GoodsReceipt) -> None:
    with pytest.raises(operations.WarehouseWrong):
        object_to(people, receipt, Warehouse.objects.get(code="MAIN"))


def test_the_keeper_objects_and_the_buyer_settles(people: People, receipt: GoodsReceipt) -> None:
    with pytest.raises(ActionDenied):
        object_to(people, receipt, None, actor=people.buyer)
    objection = object_to(people, receipt, None)
    with pytest.raises(ActionDenied):
        operations.settle_objection(
            actor=people.keeper,
            objection_id=objection.pk,
            settlement=Settlement.KEPT,
            text="x",
            now=NOW,
        )


@pytest.mark.parametrize(
    ("settlement", "credit"),
    [(Settlement.REFUNDED, "0"), (Settlement.KEPT, "5"), ("GIFT", "0"), (Settlement.REDUCED, "-1")],
)
def test_a_settlement_says_what_is_given_back(
    people: People, receipt: GoodsReceipt, settlement: Settlement, credit: str
) -> None:
    objection = object_to(people, receipt, None)

    with pytest.raises(operations.SettlementInvalid):
        settle(people, objection, settlement, credit)

    objection.refresh_from_db()
    assert objection.state == ObjectionState.OPEN


def test_it_is_settled_once(people: People, receipt: GoodsReceipt) -> None:
    objection = object_to(people, receipt, None)
    settle(people, objection, Settlement.KEPT)

    with pytest.raises(operations.ObjectionStateWrong):
        settle(people, objection, Settlement.REFUNDED, "10")
    with pytest.raises(operations.ObjectionStateWrong):
        operations.take_up_objection(actor=people.buyer, objection_id=objection.pk, now=NOW)


def test_of_goods_that_went_back_in_part_the_rest_is_put_back(
    people: People, receipt: GoodsReceipt, quarantine: Warehouse
) -> None:
    """Another's set aside goods lie beside them: they stay."""
    ours, theirs = (object_to(people, receipt, quarantine) for _each in range(2))
    operations.return_goods(
        actor=people.keeper, objection_id=ours.pk, quantity=Decimal(3), now=NOW, today=TODAY
    )
    settle(people, ours, Settlement.KEPT)

    operations.put_back(actor=people.keeper, objection_id=ours.pk, now=NOW, today=TODAY)

    assert lying("Q") == (Decimal(4), Decimal("200.00"))
    assert lying("MAIN") == (Decimal(23), Decimal("1150.00"))
    assert theirs.quantity == 4
    assert broken() == []


def test_what_went_back_before_the_rest_was_kept_goes_back_once(
    people: People, receipt: GoodsReceipt
) -> None:
    first = object_to(people, receipt, None, quantity=Decimal(30))
    operations.return_goods(
        actor=people.keeper, objection_id=first.pk, quantity=Decimal(20), now=NOW, today=TODAY
    )
    settle(people, first, Settlement.KEPT)

    with pytest.raises(operations.QuantityTooLarge, match="10"):
        object_to(people, receipt, None, quantity=Decimal(11))
    assert object_to(people, receipt, None, quantity=Decimal(10)).quantity == 10


def test_what_goes_back_of_an_order_closed_short_may_be_bought_anew(people: People) -> None:
    wanted = add_wanted(add_project(), ("硒鼓", "30", "60"), number="CG-9").lines.get()
    order = add_goods_order(people, "30", "56.50")
    OrderLine.objects.filter(order=order).update(request_line=wanted)
    RequestLine.objects.filter(pk=wanted.pk).update(bound_quantity=Decimal(30))
    receipt = receive(people, order, "10")
    orders.close_short(actor=people.buyer, order_id=order.pk, reason="停产", now=NOW)
    wanted.refresh_from_db()
    assert wanted.bound_quantity == 10
    objection = object_to(people, receipt, None)

    operations.return_goods(
        actor=people.keeper, objection_id=objection.pk, quantity=Decimal(4), now=NOW, today=TODAY
    )

    wanted.refresh_from_db()
    assert wanted.bound_quantity == 6
    assert broken() == []
