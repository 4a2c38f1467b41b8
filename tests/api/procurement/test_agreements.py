"""Prices of agreements, what vendors want changed, histories; held against the document."""

from decimal import Decimal
from typing import Any

import pytest

from services.procurement.orders import operations
from services.procurement.orders.models import AgreedPrice, ChangeState, OrderChange, PurchaseOrder
from services.procurement.orders.rules import NewFigures
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as orders
from tests.api.client import refusal, sign_in
from tests.api.exact import Exact
from tests.factories import NOW, TODAY
from tests.factories_properties import add_project

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def office(tenant: Company) -> contracts.Company:
    return contracts.open_company()


@pytest.fixture
def buyer(office: contracts.Company) -> Exact:
    return Exact(sign_in("buyer"))


@pytest.fixture
def outsider(office: contracts.Company) -> Exact:
    """A buyer of another project."""
    return Exact(sign_in("outsider", ("buyer", add_project("HB", "湖滨").pk)))


@pytest.fixture
def change(office: contracts.Company) -> OrderChange:
    """Return a change that the vendor wants: ten are nine."""
    order = orders.sent(office)
    return operations.propose_as_vendor(
        actor=orders.contact_of(office.vendor),
        order_id=order.pk,
        lines={order.lines.get().pk: NewFigures(quantity=Decimal(9))},
        deliver_by=None,
        reason="缺货",
        now=NOW,
        today=TODAY,
    )


def test_prices_are_written_into_the_draft_of_an_agreement(
    office: contracts.Company, buyer: Exact, outsider: Exact
) -> None:
    contract = orders.agreement(office, {}, is_signed=False)
    item = orders.add_item()
    address = f"contracts/{contract.pk}/prices/"
    price = {"item_id": item.pk, "unit_price": "56.5", "minimum_quantity": "10"}

    written = buyer("PUT", address, {"prices": [price]})

    assert written.status_code == 200, written.content
    (row,) = buyer("GET", address).json()["results"]
    assert [row] == written.json()["prices"]
    assert (row["unit_price"], row["minimum_quantity"], row["maximum_quantity"]) == (
        "56.5000",
        "10.000",
        None,
    )
    for wrong, status in (
        ([price, price], 400),
        ([{**price, "unit_price": "0"}], 422),
        ([{**price, "maximum_quantity": "9"}], 422),
        ([{**price, "item_id": 987654321}], 422),
    ):
        assert buyer("PUT", address, {"prices": wrong}).status_code == status, wrong
    assert refusal(outsider("GET", address)) == (404, "not-found")
    assert refusal(outsider("PUT", address, {"prices": []})) == (404, "not-found")
    assert AgreedPrice.objects.get().unit_price == Decimal("56.5")
    events = buyer("GET", f"contracts/{contract.pk}/history/").json()["results"]
    assert events[0]["event"] == "procurement.contract.priced"
    assert refusal(outsider("GET", f"contracts/{contract.pk}/history/")) == (404, "not-found")


def test_a_signed_agreement_keeps_its_prices(office: contracts.Company, buyer: Exact) -> None:
    item = orders.add_item()
    contract = orders.agreement(office, {item: operations.Price(unit_price=Decimal(5))})

    answer = buyer("PUT", f"contracts/{contract.pk}/prices/", {"prices": []})

    assert refusal(answer) == (409, "procurement.contract-state")
    assert AgreedPrice.objects.count() == 1


def test_what_a_vendor_wants_changed_is_taken_up(
    change: OrderChange, buyer: Exact, outsider: Exact
) -> None:
    address = f"purchase-orders/changes/{change.pk}/take-up/"
    assert refusal(outsider("POST", address)) == (404, "not-found")

    taken_up = buyer("POST", address)

    assert (taken_up.status_code, taken_up.json()["id"]) == (200, change.pk), taken_up.content
    assert refusal(buyer("POST", address)) == (409, "procurement.change-state")
    history = f"purchase-orders/{change.order_id}/history/"
    events = {entry["event"] for entry in buyer("GET", history).json()["results"]}
    assert {"procurement.order.sent", "procurement.order.change-proposed"} <= events
    assert "approvals.case.submitted" in events
    assert refusal(outsider("GET", history)) == (404, "not-found")


def test_what_a_vendor_wants_changed_is_dropped(
    change: OrderChange, buyer: Exact, outsider: Exact
) -> None:
    address = f"purchase-orders/changes/{change.pk}/drop/"
    assert refusal(outsider("POST", address)) == (404, "not-found")

    assert buyer("POST", address).json()["state"] == ChangeState.REFUSED
    assert refusal(buyer("POST", address)) == (409, "procurement.change-state")
    assert PurchaseOrder.objects.get().lines.get().quantity == 10


def test_a_reader_neither_takes_up_nor_drops(
    office: contracts.Company, change: OrderChange
) -> None:
    reader = Exact(sign_in("reader", ("property_manager", office.project.pk)))

    for step in ("take-up", "drop"):
        answer = reader("POST", f"purchase-orders/changes/{change.pk}/{step}/")
        assert refusal(answer) == (403, "access.action-denied")
    assert OrderChange.objects.get().state == ChangeState.PROPOSED


def test_a_line_that_is_named_twice_is_refused(office: contracts.Company, buyer: Exact) -> None:
    """Of two quantities of one line the second would have counted."""
    order = orders.sent(office)
    line: dict[str, Any] = {"line_id": order.lines.get().pk, "quantity": "7"}
    body = {"lines": [line, {**line, "quantity": "8"}], "reason": "减少"}

    answer = buyer("POST", f"purchase-orders/{order.pk}/changes/", body)

    assert refusal(answer) == (400, "invalid-input")
    assert not OrderChange.objects.exists()
