"""A vendor's orders on his pages: confirmed, announced, changed."""

from decimal import Decimal

import pytest
from django.test import Client
from django_tenants.utils import tenant_context

from services.procurement.orders.models import (
    ChangeState,
    Delivery,
    LetterKind,
    OrderChange,
    OrderLetter,
    OrderState,
    PurchaseOrder,
)
from services.procurement.vendors.models import Vendor
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.factories import NOW
from tests.factories_portal import HOST, Person, join, session_of
from tests.factories_procurement_contracts import Company as Office

DAY = "2099-12-10"


@pytest.fixture
def office(alpha: Company) -> Office:
    with tenant_context(alpha):
        return contracts.open_company()


@pytest.fixture
def order(alpha: Company, office: Office) -> PurchaseOrder:
    with tenant_context(alpha):
        return factories.sent(office)


@pytest.fixture
def visitor(alpha: Company, office: Office, order: PurchaseOrder) -> Client:
    """Return the browser of the vendor's contact."""
    return browser_of(join(alpha, office.vendor, "lao@zhou.example", name="老周"))


def browser_of(person: Person) -> Client:
    client = Client(headers={"host": HOST})
    client.cookies["vendor"] = session_of(person.login)
    return client


def page(order: PurchaseOrder, what: str = "") -> str:
    return f"/v/alpha/orders/{order.pk}/{what}"


def again(alpha: Company, order: PurchaseOrder) -> PurchaseOrder:
    with tenant_context(alpha):
        return PurchaseOrder.objects.get(pk=order.pk)


def test_he_reads_who_buys_and_not_what_the_buyer_signs_in_with(
    alpha: Company, order: PurchaseOrder, visitor: Client
) -> None:
    with tenant_context(alpha):
        PurchaseOrder.objects.filter(pk=order.pk).update(created_by_label="何伟 (hewei)")

    shown = visitor.get(page(order)).content.decode()

    assert "何伟" in shown
    assert "hewei" not in shown


def test_he_confirms_and_announces(alpha: Company, order: PurchaseOrder, visitor: Client) -> None:
    assert order.number in visitor.get("/v/alpha/orders/").content.decode()
    assert (
        visitor.post(page(order, "acknowledge/"), {"promise-promised_on": "x"}).status_code == 422
    )

    answer = visitor.post(page(order, "acknowledge/"), {"promise-promised_on": DAY})

    assert answer.headers["Location"] == page(order)
    assert again(alpha, order).state == OrderState.ACKNOWLEDGED
    with tenant_context(alpha):
        line = order.lines.get()
    name = f"announce-quantity_{line.pk}"
    sent = visitor.post(page(order, "deliveries/"), {name: "11", "announce-expected_on": DAY})
    assert sent.status_code == 422
    sent = visitor.post(page(order, "deliveries/"), {name: "4", "announce-expected_on": DAY})
    assert sent.status_code == 302
    with tenant_context(alpha):
        assert Delivery.objects.get().lines.get().quantity == Decimal(4)


def test_he_proposes_a_change(alpha: Company, order: PurchaseOrder, visitor: Client) -> None:
    with tenant_context(alpha):
        line = order.lines.get()

    answer = visitor.post(
        page(order, "changes/"),
        {f"propose-quantity_{line.pk}": "8", "propose-reason": "库存不足"},
    )

    assert answer.status_code == 302
    with tenant_context(alpha):
        change = OrderChange.objects.get()
        assert (change.state, change.proposed_by) == (ChangeState.PROPOSED, None)
        assert change.amount_after == Decimal("800.00")


def test_another_vendor_finds_nothing(alpha: Company, order: PurchaseOrder) -> None:
    with tenant_context(alpha):
        other = Vendor.objects.create(
            code="V9", name="绿源", created_by_label="x", created_at=order.created_at
        )
    client = browser_of(join(alpha, other, "lv@yuan.example", name="小吕"))

    assert order.number not in client.get("/v/alpha/orders/").content.decode()
    assert client.get(page(order)).status_code == 404
    assert client.post(page(order, "acknowledge/"), {"promise-promised_on": DAY}).status_code == 404
    assert again(alpha, order).state == OrderState.SENT


def test_what_waits_and_what_was_written_are_told(
    alpha: Company, order: PurchaseOrder, visitor: Client
) -> None:
    assert f"Confirm the order {order.number}" in visitor.get("/v/alpha/").content.decode()
    with tenant_context(alpha):
        vendor = order.vendor
    # Of the letters those are his that went to himself: he came after the order was sent.
    assert order.number not in visitor.get("/v/alpha/messages/").content.decode()
    with tenant_context(alpha):
        contact = vendor.contacts.latest("pk")
        OrderLetter.objects.create(
            order=order, contact=contact, kind=LetterKind.CHANGE, written_at=NOW, due_at=NOW
        )

    told = visitor.get("/v/alpha/messages/").content.decode()

    assert f"A change waits for the answer: {order.number}" in told
