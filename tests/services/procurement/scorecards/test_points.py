"""A vendor's points, counted from orders, receipts, quotes and objections as they come about."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel.access import ActionDenied
from kernel.errors import NotFound
from services.procurement.orders.models import PurchaseOrder
from services.procurement.receiving import operations as receiving
from services.procurement.receiving.models import Objection, Settlement
from services.procurement.rounds.models import QuoteLine, RoundLine
from services.procurement.scorecards.queries import Card, scorecard_of
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_order, prepare, receive
from tests.factories_procurement_orders import Wanted, asked, award
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_procurement_vendors import add_vendor


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


@pytest.fixture
def vendor(people: People) -> Vendor:
    return add_vendor("V001")


def order(people: People, vendor: Vendor, due: int | None, **values: Any) -> PurchaseOrder:
    """Return an order of thirty pieces, due so many days from today."""
    item = add_item(f"I{PurchaseOrder.objects.count()}")
    warehouse = add_warehouse(f"W{PurchaseOrder.objects.count()}")
    return add_order(
        people,
        [(item, "30", "11.30")],
        vendor=vendor,
        warehouse=warehouse,
        deliver_by=None if due is None else TODAY + timedelta(days=due),
        **values,
    )


def card(people: People, vendor: Vendor) -> Card:
    return scorecard_of(actor=people.buyer, vendor_id=vendor.pk, today=TODAY)


def shown(found: Card) -> dict[str, tuple[int, int, Decimal | None]]:
    return {row.key: (row.part, row.whole, row.points) for row in found.rows}


def test_of_nothing_nothing_is_said(people: People, vendor: Vendor) -> None:
    found = card(people, vendor)

    assert set(shown(found).values()) == {(0, 0, None)}
    assert found.total is None
    assert found.last_day == TODAY


def test_deliveries_quality_and_disputes(people: People, vendor: Vendor) -> None:
    in_time = order(people, vendor, due=0)
    receive(people, in_time, "20")
    receive(people, in_time, "10")
    late = order(people, vendor, due=-1)
    receive(people, late, "30", "28", fault="DAMAGED")
    receive(people, order(people, vendor, due=None), "30")
    order(people, vendor, due=-2)  # nothing of it has come
    order(people, vendor, due=3)  # is not due
    order(people, vendor, due=-2, state="CANCELLED", ended_at=NOW, end_reason="不再需要")

    refused = Objection.objects.get()
    receiving.take_up_objection(actor=people.buyer, objection_id=refused.pk, now=NOW)
    receiving.settle_objection(
        actor=people.buyer,
        objection_id=refused.pk,
        settlement=Settlement.REPLACED,
        text="已换货",
        now=NOW,
    )
    receiving.object_in_use(
        actor=people.keeper,
        receipt_line_id=in_time.lines.get().received.order_by("pk")[0].pk,
        quantity=Decimal(1),
        text="漏粉",
        now=NOW,
        today=TODAY,
    )

    found = card(people, vendor)

    assert shown(found) == {
        "delivery": (2, 4, Decimal("50.0")),
        "quality": (3, 4, Decimal("75.0")),
        "price": (0, 0, None),
        "disputes": (1, 2, Decimal("50.0")),
    }


def test_a_day_that_the_vendor_moves_makes_no_delivery_punctual(
    people: People, vendor: Vendor
) -> None:
    late = order(people, vendor, due=-1, promised_on=TODAY + timedelta(days=9))
    only_promised = order(people, vendor, due=None, promised_on=TODAY)
    for one in (late, only_promised):
        receive(people, one, "30")

    assert shown(card(people, vendor))["delivery"] == (1, 2, Decimal("50.0"))


def test_the_cheapest_of_those_who_quoted_the_same_line(people: People, vendor: Vendor) -> None:
    """What he alone quoted is not judged; as cheap as another is cheapest."""
    rival = add_vendor("V002", "绿源")
    names = ("甲", "乙", "丙", "丁")
    lines = asked(None, "CG-1", *((name, "10", "20") for name in names)).lines.order_by("position")
    award(
        [Wanted(name, [line]) for name, line in zip(names, lines, strict=True)],
        {vendor: {"甲": "10", "乙": "5", "丁": "8"}, rival: {"丙": "7"}},
    )
    quote = QuoteLine.objects.get(line__name="丙").quote
    for name, price in (("甲", "9.99"), ("丁", "8")):
        QuoteLine.objects.create(
            quote=quote,
            line=RoundLine.objects.get(name=name),
            unit_price=Decimal(price),
            amount=Decimal(price) * 10,
        )

    assert shown(card(people, vendor))["price"] == (1, 2, Decimal("50.0"))
    assert shown(card(people, rival))["price"] == (2, 2, Decimal("100.0"))


def test_what_is_over_a_year_ago_or_another_s_does_not_count(
    people: People, vendor: Vendor
) -> None:
    long_ago = TODAY - timedelta(days=370)
    receive(people, order(people, vendor, due=-371), "30", today=long_ago)
    receive(people, order(people, add_vendor("V002", "绿源"), due=-1), "30")

    assert set(shown(card(people, vendor)).values()) == {(0, 0, None)}


def test_it_is_for_whoever_sees_vendors(people: People, vendor: Vendor) -> None:
    with pytest.raises(NotFound):
        scorecard_of(actor=people.buyer, vendor_id=vendor.pk + 1000, today=TODAY)
    with pytest.raises(ActionDenied):
        scorecard_of(
            actor=people.buyer.__class__(label="x", user_id=1), vendor_id=vendor.pk, today=TODAY
        )
