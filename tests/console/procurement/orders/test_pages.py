"""Orders on the screen: made of what may be ordered, declared and sent, changed, printed."""

from decimal import Decimal

import pytest
from django.test import Client

from services.procurement.orders.models import (
    AgreedPrice,
    ChangeState,
    Loss,
    OrderChange,
    OrderState,
    PurchaseOrder,
)
from services.procurement.orders.operations import Price, propose_as_vendor
from services.procurement.orders.rules import NewFigures
from services.procurement.requests.models import RequestLine
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.console.browser import browser_of
from tests.factories import NOW, TODAY
from tests.factories_approvals import person
from tests.factories_procurement_contracts import Company
from tests.factories_procurement_requests import add_request

NEW = "/c/purchase-orders/new/"


@pytest.fixture
def company(tenant: object) -> Company:
    return contracts.open_company()


@pytest.fixture
def buyer(company: Company) -> Client:
    return browser_of("buyer")


def page(order: PurchaseOrder, what: str = "") -> str:
    return f"/c/purchase-orders/{order.pk}/{what}"


def test_an_award_becomes_orders(company: Company, buyer: Client) -> None:
    award = factories.simple_award(company)
    address = f"/c/purchase-orders/of-award/{award.pk}/"
    assert address in buyer.get(NEW).content.decode()

    answer = buyer.post(address)

    order = PurchaseOrder.objects.get()
    assert answer.headers["Location"] == page(order)
    assert address not in buyer.get(NEW).content.decode()


def test_an_order_is_sent_with_the_declaration_only(company: Company, buyer: Client) -> None:
    order = factories.ordered(company)

    assert buyer.post(page(order, "send/"), {}).status_code == 422
    order.refresh_from_db()
    assert (order.state, order.declared_by) == (OrderState.DRAFT, None)
    assert buyer.post(page(order, "send/"), {"is_declared": "on"}).status_code == 302

    order.refresh_from_db()
    assert order.state == OrderState.SENT
    assert order.declared_by == company.buyer.user_id


def test_what_is_missing_is_told_in_the_sheet(company: Company, buyer: Client) -> None:
    order = factories.ordered(company, "600", "100.00")

    answer = buyer.post(page(order, "send/"), {"is_declared": "on"})

    assert answer.status_code == 422
    assert "60,000.00" in answer.content.decode()


def test_a_change_is_proposed_by_line(company: Company, buyer: Client) -> None:
    order = factories.sent(company)
    line = order.lines.get()
    shown = buyer.get(page(order, "change/")).content.decode()
    assert f"price_{line.pk}" in shown

    answer = buyer.post(
        page(order, "change/"),
        {
            f"quantity_{line.pk}": "7",
            f"price_{line.pk}": "100.00",
            "deliver_by": "",
            "reason": "用量减少",
        },
    )

    assert answer.status_code == 302
    change = OrderChange.objects.get()
    assert change.changes == {"lines": {str(line.pk): {"quantity": ["10.000", "7"]}}}
    assert "用量减少" in buyer.get(page(order)).content.decode()


def test_the_vendor_s_proposal_is_taken_up_or_dropped(company: Company, buyer: Client) -> None:
    order = factories.sent(company)
    change = propose_as_vendor(
        actor=factories.contact_of(company.vendor),
        order_id=order.pk,
        lines={order.lines.get().pk: NewFigures(quantity=Decimal(8))},
        deliver_by=None,
        reason="库存不足",
        now=NOW,
        today=TODAY,
    )
    other = factories.add_item()
    assert other.pk

    assert buyer.post(page(order, f"changes/{change.pk + 1}/drop/")).status_code == 404
    assert buyer.post(page(order, f"changes/{change.pk}/drop/")).status_code == 302

    change.refresh_from_db()
    assert change.state == ChangeState.REFUSED


def test_prices_are_pasted_and_goods_called_off(company: Company, buyer: Client) -> None:
    item = factories.add_item()
    line = add_request(company.project, ("洗洁精", "10", "20")).lines.get()
    RequestLine.objects.filter(pk=line.pk).update(item=item)
    contract = factories.agreement(company, {item: Price(unit_price=Decimal(1))}, is_signed=False)
    prices = f"/c/contracts/{contract.pk}/prices/"

    refused = buyer.post(prices, {"prices": "WL-9 18.5"})
    assert refused.status_code == 422
    assert "WL-9" in refused.content.decode()
    assert buyer.post(prices, {"prices": "WL-1\t18.5\t2\t8\n"}).status_code == 302
    row = AgreedPrice.objects.get()
    assert (row.unit_price, row.minimum_quantity, row.maximum_quantity) == (
        Decimal("18.5"),
        Decimal(2),
        Decimal(8),
    )


def test_the_paper_bears_number_vendor_and_total(company: Company, buyer: Client) -> None:
    order = factories.sent(company)

    paper = buyer.get(page(order, "print/")).content.decode()

    for words in (order.number, company.vendor.name, "1,000.00"):
        assert words in paper


def test_who_only_looks_has_no_buttons(company: Company) -> None:
    order = factories.ordered(company)
    looker = browser_of("delegate")

    assert page(order, "send/") not in looker.get(page(order)).content.decode()
    assert looker.post(page(order, "cancel/"), {"reason": "x"}).status_code == 403


def test_a_loss_is_written_down_by_finance_and_withdrawn(company: Company, buyer: Client) -> None:
    order = factories.sent(company)
    person("caiwu", "finance_head")
    finance = browser_of("caiwu")
    assert page(order, "loss/") in finance.get(page(order)).content.decode()
    assert page(order, "loss/") not in buyer.get(page(order)).content.decode()
    assert buyer.get(page(order, "loss/")).status_code == 403
    assert finance.post(page(order, "loss/"), {"amount": "0", "cause": "x"}).status_code == 422

    values = {"amount": "120.00", "cause": "型号报错"}
    assert finance.post(page(order, "loss/"), values).status_code == 302

    loss = Loss.objects.get()
    for address in (page(order), "/c/purchase-orders/losses/"):
        assert "型号报错" in buyer.get(address).content.decode()
    address = f"/c/purchase-orders/losses/{loss.pk}/withdraw/"
    assert "120.00" in finance.get(address).content.decode()
    assert finance.post(address, {"reason": "供应商已赔付"}).status_code == 302
    assert "供应商已赔付" in buyer.get(page(order)).content.decode()
