"""From the gate to the bank on the pages: taken in, matched, claimed, asked for and paid."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_tenants.utils import tenant_context

from kernel.tenancy import company_day
from services.procurement.orders.models import PurchaseOrder
from services.procurement.payments.models import (
    Advance,
    AdvanceState,
    Claim,
    ClaimState,
    InvoiceState,
    PaymentState,
    VendorInvoice,
    VendorPayment,
)
from services.procurement.payments.operations.advances import KIND as ADVANCE
from services.procurement.payments.operations.payments import KIND
from services.procurement.receiving.models import GoodsReceipt, Objection, ObjectionState
from tenants.companies.models import Company
from tests.console.browser import browser_of
from tests.factories import TODAY
from tests.factories_procurement_money import (
    PNG,
    People,
    add_account,
    add_goods_order,
    add_order,
    add_request,
    line_of,
    prepare,
    receive,
    sign,
)
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.services.procurement.payments.billing import owed
from tests.services.procurement.payments.test_payments import approved, pay


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_keeper_counts_at_the_gate(tenant: Company, people: People) -> None:
    order = add_goods_order(people, "30", "56.50")
    line = line_of(order).pk
    keeper = browser_of("keeper")
    assert order.number in shown(keeper, "/c/goods-receipts/coming/")
    address = f"/c/goods-receipts/coming/{order.pk}/"
    assert f"arrived_{line}" in shown(keeper, address)
    values = {f"arrived_{line}": "28", f"accepted_{line}": "30", f"fault_{line}": "DAMAGED"}

    assert keeper.post(address, values).status_code == 422
    answer = keeper.post(address, {**values, f"accepted_{line}": "", "sales_slip": "XH-1"})

    with tenant_context(tenant):
        receipt = GoodsReceipt.objects.get()
        objection = Objection.objects.get()
    assert answer.headers["Location"] == f"/c/goods-receipts/{receipt.pk}/"
    assert receipt.number in shown(keeper, "/c/goods-receipts/")
    assert "XH-1" in shown(keeper, f"/c/goods-receipts/{receipt.pk}/")
    assert receipt.number in shown(keeper, f"/c/goods-receipts/{receipt.pk}/print/")
    assert objection.number in shown(keeper, "/c/goods-objections/")
    buyer = browser_of("buyer")
    page = f"/c/goods-objections/{objection.pk}/"
    assert objection.number in shown(buyer, page)
    assert buyer.post(f"{page}take-up/").status_code == 302
    settled = buyer.post(f"{page}settle/", {"settlement": "REPLACED", "text": "周五补送"})
    assert settled.status_code == 302
    with tenant_context(tenant):
        assert Objection.objects.get().state == ObjectionState.SETTLED
    assert buyer.get("/c/goods-receipts/coming/").status_code == 403


def test_finance_enters_matches_and_books(tenant: Company, people: People) -> None:
    order = add_goods_order(people, "30", "56.50")
    receive(people, order, "28")
    line = line_of(order).pk
    finance = browser_of("finance")
    values = {
        "number": "0042",
        "invoiced_on": TODAY.isoformat(),
        "net_amount": "1500.00",
        "tax_amount": "195.00",
        f"quantity_{line}": "30",
        f"price_{line}": "56.50",
    }

    answer = finance.post(f"/c/vendor-invoices/of-order/{order.pk}/", values)

    with tenant_context(tenant):
        invoice = VendorInvoice.objects.get()
    page = f"/c/vendor-invoices/{invoice.pk}/"
    assert answer.headers["Location"] == page
    assert "113.00" in shown(finance, page)  # what is billed and was not accepted
    assert finance.post(f"{page}book/").status_code == 422
    with tenant_context(tenant):
        receive(people, order, "2")
    assert finance.post(f"{page}match/").status_code == 302
    assert finance.post(f"{page}book/").status_code == 302
    with tenant_context(tenant):
        assert VendorInvoice.objects.get().state == InvoiceState.BOOKED
    assert "1,695.00" in shown(finance, "/c/vendor-accounts/")
    assert "0042" in shown(finance, f"/c/vendor-accounts/{order.vendor_id}/")


def test_a_payment_is_asked_for_and_booked(tenant: Company, people: People) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)
    finance, cashier = browser_of("finance"), browser_of("cashier")
    address = f"/c/vendor-accounts/{invoice.vendor_id}/pay/"
    assert "1,695.00" in shown(finance, address)

    asked = finance.post(address, {"key": "k", f"amount_{invoice.pk}": "1000.00"})

    with tenant_context(tenant):
        payment = VendorPayment.objects.get()
        sign(KIND, payment, people.gm)
    page = f"/c/vendor-payments/{payment.pk}/"
    assert asked.headers["Location"] == page
    assert payment.number in shown(cashier, page)
    asked_on = company_day(payment.asked_at).isoformat()
    day = {"reference": "ICBC-1", "paid_on": asked_on}
    assert cashier.post(f"{page}pay/", day).status_code == 302
    with tenant_context(tenant):
        assert VendorPayment.objects.get().state == PaymentState.PAID
    assert "ICBC-1" in shown(cashier, page)
    assert payment.number in shown(cashier, f"{page}print/")
    assert finance.post(f"{page}undo/", {"reason": "退回"}).status_code == 302
    with tenant_context(tenant):
        assert VendorInvoice.objects.get().paid_amount == Decimal(0)


def test_an_advance_that_is_not_used_goes_back(tenant: Company, people: People) -> None:
    request = add_request(people)
    buyer, cashier = browser_of("buyer"), browser_of("cashier")
    values = {"request": request.pk, "amount": "2400.00", "purpose": "采购办公用品"}
    assert buyer.post("/c/advances/new/", values).status_code == 302
    with tenant_context(tenant):
        advance = Advance.objects.get()
        sign(ADVANCE, advance, people.finance)
    page = f"/c/advances/{advance.pk}/"
    assert f"{page}drop/" in shown(buyer, page)
    assert "2,400.00" in shown(cashier, f"{page}print/")
    assert cashier.post(f"{page}pay/", {"paid_from": "CASH"}).status_code == 302
    assert f"{page}take-back/" in shown(cashier, page)
    assert f"{page}take-back/" not in shown(buyer, page)
    assert buyer.post(f"{page}drop/", {"reason": "不用了"}).status_code == 422
    assert "2,400.00" in shown(cashier, f"{page}take-back/")

    back = cashier.post(f"{page}take-back/", {"paid_into": "CASH", "reason": "市场无货"})

    assert back.status_code == 302
    with tenant_context(tenant):
        assert Advance.objects.get().state == AdvanceState.RETURNED
    assert "市场无货" in shown(buyer, page)


@pytest.fixture
def bought(people: People) -> PurchaseOrder:
    request = add_request(people, purchase_class="C")
    order = add_order(
        people, [(add_item("PAPER"), "10", "11.30")], request=request, warehouse=add_warehouse()
    )
    receive(people, order, "10")
    return order


def test_a_claim_takes_its_papers(tenant: Company, bought: PurchaseOrder) -> None:
    receipt = bought.receipts.get()
    buyer = browser_of("buyer")
    address = f"/c/claims/of-receipt/{receipt.pk}/"
    assert "100.00" in shown(buyer, address)
    values = {
        "sales_slip": "XH-1",
        "number": "0042",
        "invoiced_on": TODAY.isoformat(),
        "net_amount": "100.00",
        "tax_amount": "13.00",
    }

    assert buyer.post(address, values).status_code == 302

    with tenant_context(tenant):
        claim = Claim.objects.get()
    page = f"/c/claims/{claim.pk}/"
    assert "XH-1" in shown(buyer, f"{page}print/")
    assert receipt.number in shown(buyer, page)
    assert buyer.post(f"{page}submit/").status_code == 422
    for kind in ("SALES_SLIP", "INVOICE"):
        paper = SimpleUploadedFile("paper.png", PNG, content_type="image/png")
        assert buyer.post(f"{page}attach/", {"kind": kind, "file": paper}).status_code == 302
    assert buyer.post(f"{page}submit/").status_code == 302
    with tenant_context(tenant):
        assert Claim.objects.get().state == ClaimState.SUBMITTED


def test_a_vendor_gives_back_what_was_credited_after_its_payment(
    tenant: Company, people: People
) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)
    pay(people, approved(people, invoice, "1695.00"))
    finance, cashier = browser_of("finance"), browser_of("cashier")
    page = f"/c/vendor-invoices/{invoice.pk}/"
    values = {"number": "R-1", "invoiced_on": TODAY.isoformat(), "reason": "降价"}

    credited = finance.post(f"{page}credit/", {**values, "net_amount": "200", "tax_amount": "26"})

    assert credited.status_code == 302
    assert f"{page}refund/" not in shown(finance, page)
    assert f"{page}refund/" in shown(cashier, page)
    assert "-226.00" in shown(finance, "/c/vendor-accounts/").replace("\u2212", "-")
    assert "226.00" in shown(finance, f"/c/vendor-accounts/{invoice.vendor_id}/")
    assert 'value="226.00"' in shown(cashier, f"{page}refund/")
    came = {"amount": "226.01", "reference": "TK-1", "refunded_on": TODAY.isoformat()}
    assert cashier.post(f"{page}refund/", came).status_code == 422
    assert cashier.post(f"{page}refund/", {**came, "amount": "226.00"}).status_code == 302
    assert "TK-1" in shown(finance, page)
    with tenant_context(tenant):
        assert VendorInvoice.objects.get().left == 0
