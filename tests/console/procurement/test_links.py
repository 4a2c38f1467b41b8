"""From one paper to those that hang together with it: each link opens, for whoever may see it."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from services.procurement.payments import operations as payments
from services.procurement.payments.models import VendorInvoice, VendorPayment
from services.procurement.payments.operations import Share
from services.procurement.payments.operations.payments import KIND
from services.procurement.receiving.models import GoodsReceipt
from services.procurement.requests.models import PurchaseRequest, RequestLine
from services.procurement.rounds.models import RoundSource
from services.procurement.stock.models import Asset
from tenants.companies.models import Company
from tests import factories_procurement_orders as orders
from tests.console.browser import browser_of
from tests.factories import NOW, add_actor
from tests.factories_procurement_contracts import open_company
from tests.factories_procurement_money import (
    People,
    add_account,
    add_goods_order,
    prepare,
    sign,
)
from tests.factories_procurement_requests import NEEDED, add_request
from tests.factories_procurement_stock import add_item, add_warehouse, enter_asset, put_in
from tests.factories_properties import add_project
from tests.services.procurement.payments.billing import owed


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


@pytest.fixture
def invoice(people: People) -> VendorInvoice:
    """A booked invoice of goods that were taken in, with a payment that is approved."""
    found = owed(people)
    add_account(found.vendor)
    payment = payments.ask_payment(
        actor=people.finance,
        vendor_id=found.vendor_id,
        shares=[Share(invoice_id=found.pk, amount=Decimal("500.00"), plan_line_id=None)],
        idempotency_key="once",
        now=NOW,
    )
    sign(KIND, payment, people.gm)
    return found


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def papers(text: str) -> set[str]:
    """Return the addresses of single papers that a page leads to."""
    return set(re.findall(r'href="(/c/[a-z-]+/\d+/)"', text))


def test_an_order_leads_to_what_became_of_it(people: People, invoice: VendorInvoice) -> None:
    finance = browser_of("finance")
    receipt, payment = GoodsReceipt.objects.get(), VendorPayment.objects.get()
    assert invoice.order is not None

    found = papers(shown(finance, f"/c/purchase-orders/{invoice.order_id}/"))

    expected = {
        f"/c/goods-receipts/{receipt.pk}/",
        f"/c/vendor-invoices/{invoice.pk}/",
        f"/c/vendor-payments/{payment.pk}/",
        f"/c/vendors/{invoice.vendor_id}/",
        f"/c/contracts/{invoice.order.contract_id}/",
    }
    assert expected <= found
    for address in expected:
        shown(finance, address)


def test_a_contract_leads_to_its_orders_invoices_and_payments(
    people: People, invoice: VendorInvoice
) -> None:
    assert invoice.order is not None

    found = papers(shown(browser_of("finance"), f"/c/contracts/{invoice.order.contract_id}/"))

    assert {
        f"/c/purchase-orders/{invoice.order_id}/",
        f"/c/vendor-invoices/{invoice.pk}/",
        f"/c/vendor-payments/{VendorPayment.objects.get().pk}/",
    } <= found


def test_the_keeper_takes_in_and_finance_bills_from_the_order(people: People) -> None:
    order = add_goods_order(people)
    page = f"/c/purchase-orders/{order.pk}/"
    take_in = f"/c/goods-receipts/coming/{order.pk}/"
    bill = f"/c/vendor-invoices/of-order/{order.pk}/"

    for who, leads, leads_not in (("keeper", take_in, bill), ("finance", bill, take_in)):
        browser = browser_of(who)
        text = shown(browser, page)
        assert f'href="{leads}"' in text, who
        assert f'href="{leads_not}"' not in text, who
        shown(browser, leads)


def test_before_it_is_sent_nothing_is_taken_in_or_billed(tenant: Company) -> None:
    order = orders.ordered(open_company())
    add_actor("keeper", "materials_keeper")
    add_actor("finance", "finance_head")

    for who in ("keeper", "finance"):
        text = shown(browser_of(who), f"/c/purchase-orders/{order.pk}/")
        assert f"/of-order/{order.pk}/" not in text
        assert f"/coming/{order.pk}/" not in text


def test_a_vendor_leads_to_his_account_open_orders_and_scorecard(
    people: People, invoice: VendorInvoice
) -> None:
    running = add_goods_order(people)
    finance = browser_of("finance")

    text = shown(finance, f"/c/vendors/{invoice.vendor_id}/")

    account = f"/c/vendor-accounts/{invoice.vendor_id}/"
    assert {account, f"/c/purchase-orders/{running.pk}/"} <= papers(text)
    assert f"/c/purchase-orders/{invoice.order_id}/" not in papers(text)  # all of it is here
    assert "?tab=scorecard" in text
    shown(finance, account)


def test_a_request_leads_to_its_rounds_and_orders(tenant: Company) -> None:
    company = open_company()
    order = orders.ordered(company)
    source = RoundSource.objects.get()

    found = papers(
        shown(browser_of("buyer"), f"/c/purchase-requests/{source.request_line.request_id}/")
    )

    assert {
        f"/c/quote-rounds/{source.line.round_id}/",
        f"/c/purchase-orders/{order.pk}/",
    } <= found


def test_what_lies_in_another_project_is_not_told(tenant: Company) -> None:
    """An order that buys for two projects together is the company's own."""
    company = open_company()
    orders.ordered(company)
    source = RoundSource.objects.get()
    project_id = source.request_line.request.project_id
    add_actor("chief", "mo_manager", project_id=project_id)
    order = source.request_line.order_lines.get().order
    type(order).objects.filter(pk=order.pk).update(project=add_project("QS", "青山"))

    text = shown(browser_of("chief"), f"/c/purchase-requests/{source.request_line.request_id}/")

    assert order.number not in text


class TestExistingGoods:
    """PR-06: whoever wants equipment is told what the company has already."""

    @pytest.fixture
    def asset(self, people: People) -> Asset:
        return enter_asset(people.keeper, add_item("PRINTER", name="打印机"))

    def request(self, asset: Asset, **values: Any) -> PurchaseRequest:
        made = add_request(
            None,
            ("激光打印机", "1", "2600"),
            purchase_class="B",
            needed_on=NEEDED,
            reallocation_note="各项目均无",
            reallocation_by=1,
            reallocation_by_label="周岚",
            **{"state": "DRAFT", **values},
        )
        RequestLine.objects.filter(request=made).update(
            item=asset.item, category=asset.item.category
        )
        return made

    def test_idle_assets_and_free_stock_are_shown(self, people: People, asset: Asset) -> None:
        put_in(add_warehouse("MAIN"), asset.item, "3", "900.00")
        made = self.request(asset)

        text = shown(browser_of("buyer"), f"/c/purchase-requests/{made.pk}/")

        assert "What the company has already" in text
        assert asset.code in text
        assert "仓库 MAIN" in text

    def test_that_there_is_nothing_is_said(self, people: People, asset: Asset) -> None:
        Asset.objects.update(state="IN_USE")

        text = shown(browser_of("buyer"), f"/c/purchase-requests/{self.request(asset).pk}/")

        assert "Nothing stands idle" in text
        assert asset.code not in text

    @pytest.mark.parametrize(
        "values", [{"purchase_class": "A"}, {"state": "APPROVED"}, {"state": "CANCELLED"}]
    )
    def test_not_where_nothing_is_decided_by_it(
        self, people: People, asset: Asset, values: dict[str, str]
    ) -> None:
        made = self.request(asset)
        PurchaseRequest.objects.filter(pk=made.pk).update(**values)

        text = shown(browser_of("buyer"), f"/c/purchase-requests/{made.pk}/")

        assert "What the company has already" not in text

    def test_only_who_looks_after_stock_is_led_to_the_asset(
        self, people: People, asset: Asset
    ) -> None:
        project = add_project("YL", "云麓")
        made = self.request(asset)
        PurchaseRequest.objects.filter(pk=made.pk).update(project=project)
        add_actor("office", "mo_manager", project_id=project.pk)

        text = shown(browser_of("office"), f"/c/purchase-requests/{made.pk}/")

        assert asset.code in text  # the company's own: he sees that it is there
        assert f"/c/assets/{asset.pk}/" not in text
