"""Goods at the door for programs: taken in, objected to, sent back, compared with samples.

Every answer is held against the document.
"""

from decimal import Decimal
from typing import Any

import pytest

from services.procurement.catalogue.models import Item
from services.procurement.orders.models import PurchaseOrder
from services.procurement.receiving import operations
from services.procurement.receiving.models import (
    GoodsReceipt,
    GoodsReturn,
    Objection,
    SealedSample,
)
from services.procurement.stock.models import Warehouse
from services.properties.models import Project
from tenants.companies.models import Company
from tests.api.client import refusal, sign_in
from tests.api.exact import Exact
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_goods_order,
    add_order,
    line_of,
    prepare,
    receive,
)
from tests.factories_procurement_stock import add_item, add_warehouse, held
from tests.factories_procurement_vendors import add_vendor
from tests.factories_properties import add_project

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


@pytest.fixture
def order(people: People) -> PurchaseOrder:
    return add_goods_order(people)


@pytest.fixture
def keeper(people: People) -> Exact:
    return Exact(sign_in("keeper"))


@pytest.fixture
def buyer(people: People) -> Exact:
    return Exact(sign_in("buyer"))


def lies(warehouse: Warehouse, code: str) -> tuple[str, str]:
    return held(warehouse, Item.objects.get(code=code))


def counted(order: PurchaseOrder, arrived: str, accepted: str, **more: Any) -> dict[str, Any]:
    line = {"order_line_id": line_of(order).pk, "arrived": arrived, "accepted": accepted, **more}
    return {"lines": [line], "is_rest_to_come": True}


def test_goods_are_taken_in_and_what_is_refused_is_objected_to(
    order: PurchaseOrder, keeper: Exact, buyer: Exact
) -> None:
    (coming,) = keeper("GET", "purchase-orders/coming/").json()["results"]
    assert coming["id"] == order.pk
    to_come = keeper("GET", f"purchase-orders/{order.pk}/to-come/").json()
    assert [line["to_come"] for line in to_come["lines"]] == ["30.000"]
    body = counted(order, "20", "18", fault="WRONG", reason="型号不符")

    made = keeper("POST", f"purchase-orders/{order.pk}/goods-receipts/", body)

    assert made.status_code == 201, made.content
    slip = made.json()
    assert (slip["value"], slip["vendor_id"]) == ("900.00", order.vendor_id)
    line = slip["lines"][0]
    assert (line["accepted"], line["refused"], line["goes_to"]) == ("18.000", "2.000", "STOCK")
    assert keeper("GET", f"goods-receipts/{slip['id']}/").json() == slip
    assert [
        row["id"] for row in keeper("GET", f"goods-receipts/?order_id={order.pk}").json()["results"]
    ] == [slip["id"]]
    (objection,) = buyer("GET", "goods-objections/?state=OPEN").json()["results"]
    assert (objection["kind"], objection["quantity"], objection["settlement"]) == (
        "WRONG",
        "2.000",
        "",
    )
    events = keeper("GET", f"goods-receipts/{slip['id']}/history/").json()["results"]
    assert [entry["event"] for entry in events] == ["procurement.goods.received"]


@pytest.mark.parametrize(
    ("arrived", "accepted", "more", "status", "code"),
    [
        ("31", "31", {}, 422, "procurement.inspection-invalid"),
        ("20", "18", {}, 422, "procurement.inspection-invalid"),  # refused without a reason
        ("-1", "0", {}, 400, "invalid-input"),
        ("1", "1", {"fault": "SHORT"}, 400, "invalid-input"),
        ("1", "1", {"order_line_id": 987654321}, 422, "procurement.receipt-lines-invalid"),
    ],
)
def test_a_wrong_count_takes_nothing_in(
    order: PurchaseOrder,
    keeper: Exact,
    arrived: str,
    accepted: str,
    more: dict[str, Any],
    status: int,
    code: str,
) -> None:
    body = counted(order, arrived, accepted, **more)

    answer = keeper("POST", f"purchase-orders/{order.pk}/goods-receipts/", body)

    assert refusal(answer) == (status, code)
    assert not GoodsReceipt.objects.exists()


def test_whoever_bought_takes_nothing_in(people: People, order: PurchaseOrder) -> None:
    both = Exact(sign_in("buyer", ("materials_keeper", None)))

    answer = both("POST", f"purchase-orders/{order.pk}/goods-receipts/", counted(order, "1", "1"))

    assert answer.status_code == 403, answer.content
    assert not GoodsReceipt.objects.exists()


def test_goods_found_bad_are_set_aside_and_go_back(
    people: People, order: PurchaseOrder, keeper: Exact, buyer: Exact
) -> None:
    line = receive(people, order, "30").lines.get()
    quarantine = add_warehouse("Q", kind="QUARANTINE")
    address = f"goods-receipts/lines/{line.pk}/objections/"
    body = {"quantity": "5", "text": "漏粉", "quarantine_id": quarantine.pk}

    made = keeper("POST", address, body)

    assert made.status_code == 201, made.content
    objection = f"goods-objections/{made.json()['id']}/"
    assert lies(quarantine, "TONER") == ("5", "250.00")
    assert refusal(keeper("POST", address, {**body, "quantity": "26"})) == (
        422,
        "procurement.objection-quantity-too-large",
    )
    assert refusal(keeper("POST", f"{objection}take-up/")) == (403, "access.action-denied")
    assert buyer("POST", f"{objection}take-up/").json()["state"] == "TALKING"
    assert refusal(buyer("POST", f"{objection}take-up/")) == (
        409,
        "procurement.objection-state-wrong",
    )

    back = keeper("POST", f"{objection}returns/", {"quantity": "4"})

    assert (back.status_code, back.json()["value"]) == (201, "200.00")
    assert refusal(keeper("POST", f"{objection}returns/", {"quantity": "2"}))[0] == 422
    assert [row["id"] for row in keeper("GET", "goods-returns/").json()["results"]] == [
        back.json()["id"]
    ]
    assert keeper("GET", objection).json()["returns"] == [back.json()]
    events = buyer("GET", f"{objection}history/").json()["results"]
    assert [entry["event"] for entry in events] == [
        "procurement.goods.returned",
        "procurement.objection.taken-up",
        "procurement.objection.raised",
    ]
    assert GoodsReturn.objects.count() == 1


def test_goods_that_are_kept_go_back_to_their_place(
    people: People, order: PurchaseOrder, keeper: Exact, buyer: Exact
) -> None:
    objection = _objected(people, order)
    address = f"goods-objections/{objection.pk}/"
    settlement = {"settlement": "REDUCED", "text": "降价 10 元"}
    assert refusal(keeper("POST", f"{address}put-back/")) == (
        409,
        "procurement.objection-state-wrong",
    )
    assert refusal(buyer("POST", f"{address}settlement/", settlement)) == (
        422,
        "procurement.settlement-invalid",
    )

    settled = buyer("POST", f"{address}settlement/", {**settlement, "credit": "10.00"})

    assert (settled.json()["state"], settled.json()["credit"]) == ("SETTLED", "10.00")
    assert keeper("POST", f"{address}put-back/").json()["quarantine_id"] is None
    assert lies(Warehouse.objects.get(code="MAIN"), "TONER") == ("30", "1500.00")


def _objected(people: People, order: PurchaseOrder) -> Objection:
    return operations.object_in_use(
        actor=people.keeper,
        receipt_line_id=receive(people, order, "30").lines.get().pk,
        quantity=Decimal(5),
        text="漏粉",
        quarantine_id=add_warehouse("Q", kind="QUARANTINE").pk,
        now=NOW,
        today=TODAY,
    )


def test_a_sealed_sample_is_asked_for_at_the_door(people: People, keeper: Exact) -> None:
    item, vendor = add_item("GLOVE", name="手套", is_sampled=True), add_vendor("V-9")
    body = {
        "item_id": item.pk,
        "vendor_id": vendor.pk,
        "description": "10 针",
        "place": "封样柜",
    }
    made = keeper("POST", "sealed-samples/", body)
    assert made.status_code == 201, made.content
    assert refusal(keeper("POST", "sealed-samples/", body)) == (409, "procurement.sample-exists")
    order = add_order(people, [(item, "10", "11.30")], vendor=vendor)
    sample = f"sealed-samples/{made.json()['id']}/"
    to_come = keeper("GET", f"purchase-orders/{order.pk}/to-come/").json()
    assert to_come["lines"][0]["sample_id"] == made.json()["id"]

    unseen = keeper("POST", f"purchase-orders/{order.pk}/goods-receipts/", counted(order, "1", "1"))

    assert refusal(unseen) == (422, "procurement.sample-not-compared")
    ended = keeper("POST", f"{sample}end/").json()
    assert ended["ended_on"] == TODAY.isoformat()
    assert keeper("GET", sample).json() == ended
    assert refusal(keeper("POST", f"{sample}end/")) == (409, "procurement.sample-ended")
    assert keeper("GET", "sealed-samples/?is_ended=false").json()["results"] == []
    assert len(keeper("GET", f"{sample}history/").json()["results"]) == 2
    assert SealedSample.objects.count() == 1


def test_an_outsider_finds_nothing_and_a_reader_changes_nothing(people: People) -> None:
    project = add_project("YL", "云麓")
    item = add_item("TONER", name="硒鼓")
    order = _of_project(people, project, item)
    receipt = receive(people, order, "8")
    objection = operations.object_in_use(
        actor=people.keeper,
        receipt_line_id=receipt.lines.get().pk,
        quantity=Decimal(1),
        text="漏粉",
        now=NOW,
        today=TODAY,
    )
    elsewhere = add_project("HB", "湖滨").pk
    stranger = Exact(sign_in("stranger", ("materials_keeper", elsewhere), ("buyer", elsewhere)))
    reader = Exact(sign_in("reader", ("property_manager", project.pk)))

    for path in (
        f"goods-receipts/{receipt.pk}/",
        f"goods-receipts/{receipt.pk}/history/",
        f"goods-objections/{objection.pk}/",
        f"goods-objections/{objection.pk}/history/",
    ):
        assert refusal(stranger("GET", path)) == (404, "not-found"), path
        assert reader("GET", path).status_code == 200, path
    for name in ("goods-receipts", "goods-objections", "goods-returns", "purchase-orders/coming"):
        assert stranger("GET", f"{name}/").json()["results"] == []
    assert refusal(stranger("GET", f"purchase-orders/{order.pk}/to-come/"))[0] == 404
    for path, body in (
        (f"purchase-orders/{order.pk}/goods-receipts/", counted(order, "1", "1")),
        (
            f"goods-receipts/lines/{receipt.lines.get().pk}/objections/",
            {"quantity": "1", "text": "x"},
        ),
        (f"goods-objections/{objection.pk}/take-up/", None),
        (f"goods-objections/{objection.pk}/settlement/", {"settlement": "KEPT", "text": "x"}),
        (f"goods-objections/{objection.pk}/put-back/", None),
        (f"goods-objections/{objection.pk}/returns/", {"quantity": "1"}),
    ):
        assert refusal(stranger("POST", path, body)) == (404, "not-found"), path
        assert refusal(reader("POST", path, body)) == (403, "access.action-denied"), path
    assert (GoodsReceipt.objects.count(), Objection.objects.get().state) == (1, "OPEN")


def _of_project(people: People, project: Project, item: Item) -> PurchaseOrder:
    store = add_warehouse("YL-1", project=project)
    return add_order(people, [(item, "10", "11.30")], project=project, warehouse=store)
