"""What a vendor did before stands in his column: counted from orders, receipts, objections."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.procurement.orders.models import PurchaseOrder
from services.procurement.receiving.models import Objection, ObjectionState
from services.procurement.scorecards.queries import Cooperation, cooperation_of
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_order, prepare, receive
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_procurement_vendors import add_vendor


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


def delivered(
    people: People, vendor: Vendor, *, due: int | None = 0, refused: str = "", **values: Any
) -> None:
    """Order ten and take them in today; ``due``: days from today on which they were promised."""
    item = add_item(f"I{vendor.code}{vendor.orders.count()}")
    order = add_order(
        people,
        [(item, "10", "5.00")],
        vendor=vendor,
        warehouse=add_warehouse(f"W{item.code}"[:20]),
        promised_on=TODAY + timedelta(days=due) if due is not None else None,
        **values,
    )
    receive(people, order, "10", str(10 - Decimal(refused)) if refused else None)


def test_who_was_never_ordered_from(people: People) -> None:
    vendor = add_vendor("V1")
    order = add_order(people, [(None, "1", "5.00")], vendor=vendor)
    PurchaseOrder.objects.filter(pk=order.pk).update(state="DRAFT", sent_at=None)

    assert cooperation_of([vendor.pk], today=TODAY) == {vendor.pk: Cooperation(is_first=True)}


def test_orders_deliveries_lines_and_disputes_are_counted(people: People) -> None:
    vendor = add_vendor("V1")
    delivered(people, vendor, due=0)
    delivered(people, vendor, due=-1)  # late
    delivered(people, vendor, due=3, refused="2")
    delivered(people, vendor, due=None)  # without a day it is neither in time nor late
    add_order(people, [(None, "1", "5.00")], vendor=vendor, state="CANCELLED", end_reason="误操作")
    delivered(people, add_vendor("V2"), due=-5)
    delivered(people, vendor, due=None, refused="1")
    settled = Objection.objects.filter(order_line__order__vendor=vendor).order_by("pk").first()
    assert settled is not None
    Objection.objects.filter(pk=settled.pk).update(
        state=ObjectionState.SETTLED, settlement="REPLACED", settled_at=NOW
    )

    found = cooperation_of([vendor.pk], today=TODAY)[vendor.pk]

    assert found == Cooperation(
        is_first=False,
        orders=5,
        deliveries=3,
        on_time=2,
        lines=5,
        lines_refused=2,
        disputes=2,
        disputes_settled=1,
    )
    assert (found.on_time_percent, found.quality_percent) == (Decimal(67), Decimal(60))
    assert found.disputes_open == 1


def test_what_is_older_than_a_year_makes_him_no_stranger(people: People) -> None:
    vendor = add_vendor("V1")
    delivered(people, vendor)

    later = cooperation_of([vendor.pk], today=TODAY + timedelta(days=400))[vendor.pk]

    assert later == Cooperation(is_first=False)
    assert later.on_time_percent is None


def test_it_takes_as_many_statements_for_many(people: People) -> None:
    vendors = [add_vendor(f"V{number}") for number in range(4)]
    for vendor in vendors:
        delivered(people, vendor)

    with CaptureQueriesContext(connection) as taken:
        found = cooperation_of([vendor.pk for vendor in vendors], today=TODAY)

    assert len(taken) == 5
    assert {record.orders for record in found.values()} == {1}
