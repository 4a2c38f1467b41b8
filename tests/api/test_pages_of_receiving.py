"""What a page of goods at the door costs, however many rows there are."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from services.procurement.receiving import operations
from services.procurement.receiving.models import GoodsReceipt, Objection, SealedSample
from tenants.companies.models import Company
from tests import factories
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_order, prepare, receive
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_procurement_vendors import add_vendor

Address = Callable[[], str]


def _at(path: str) -> Address:
    return lambda: path


# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "purchase-orders/coming/": (_at("purchase-orders/coming/"), 6),
    "goods-receipts/": (_at("goods-receipts/"), 6),
    "goods-receipts/<int:goods_receipt_id>/history/": (
        lambda: f"goods-receipts/{GoodsReceipt.objects.earliest('pk').pk}/history/",
        7,
    ),
    "goods-objections/": (_at("goods-objections/"), 6),
    "goods-objections/<int:objection_id>/history/": (
        lambda: f"goods-objections/{Objection.objects.earliest('pk').pk}/history/",
        8,
    ),
    "goods-returns/": (_at("goods-returns/"), 6),
    "sealed-samples/": (_at("sealed-samples/"), 6),
    "sealed-samples/<int:sample_id>/history/": (
        lambda: f"sealed-samples/{SealedSample.objects.earliest('pk').pk}/history/",
        7,
    ),
}


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


def grow(people: People, count: int) -> None:
    """Let ``count`` more orders come, with an objection and a return of each."""
    there = GoodsReceipt.objects.count()
    for number in range(there + 1, there + count + 1):
        item = add_item(f"I{number}", name=f"物品 {number}")
        vendor, store = add_vendor(f"V-{number}"), add_warehouse(f"W{number}")
        order = add_order(people, [(item, "10", "11.30")], vendor=vendor, warehouse=store)
        line = receive(people, order, "8").lines.get()
        objection = operations.object_in_use(
            actor=people.keeper,
            receipt_line_id=line.pk,
            quantity=Decimal(1),
            text="破损",
            now=NOW,
            today=TODAY,
        )
        operations.return_goods(
            actor=people.keeper,
            objection_id=objection.pk,
            quantity=Decimal(1),
            now=NOW,
            today=TODAY,
        )
        operations.seal_sample(
            actor=people.keeper,
            item_id=item.pk,
            vendor_id=vendor.pk,
            description="10 针",
            place="封样柜",
            now=NOW,
            today=TODAY,
        )


def test_a_page_costs_the_same_however_many_rows(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)
    robot = sign_in("robot", ("property_manager", None), ("materials_keeper", None))
    grow(people, 2)
    robot("GET", "goods-receipts/")  # notes that the token is used, once in a while
    few = ask(robot)
    grow(people, 6)
    many = ask(robot)

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in LISTS:
        if "history" not in name:
            assert many[name][0] == few[name][0] + 6, f"{name} has not grown"


def ask(robot: Api) -> dict[str, tuple[int, int]]:
    return {name: asked(robot, address()) for name, (address, _cost) in LISTS.items()}
