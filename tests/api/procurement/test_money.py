"""Vendors' invoices, payments, accounts and assessments for programs.

Every answer is held against the document.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.procurement.orders.models import PurchaseOrder
from services.procurement.payments.models import (
    CreditNote,
    PaymentState,
    ServiceAssessment,
    VendorInvoice,
    VendorPayment,
    VendorStatement,
)
from services.procurement.receiving import operations as receiving
from tenants.companies.models import Company
from tests.api.client import refusal, sign_in, sign_in_by_browser
from tests.api.exact import Exact
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import (
    People,
    add_account,
    add_goods_order,
    add_order,
    add_service_contract,
    line_of,
    prepare,
    receive,
    sign,
)
from tests.factories_procurement_stock import add_item, add_warehouse
from tests.factories_procurement_vendors import add_vendor
from tests.factories_properties import add_project
from tests.services.procurement.payments.billing import enter, owed
from tests.services.procurement.payments.test_invoices import credit
from tests.services.procurement.payments.test_payments import approved, pay

pytestmark = pytest.mark.usefixtures("tenant")
KEY = {"Idempotency-Key": "payment-0001"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def people(tenant: Company) -> People:
    return prepare()


@pytest.fixture
def finance(people: People) -> Exact:
    return Exact(sign_in("finance"))


@pytest.fixture
def buyer(people: People) -> Exact:
    return Exact(sign_in("buyer"))


def bill(order: PurchaseOrder, **changed: Any) -> dict[str, Any]:
    """Return an invoice of thirty at 56.50."""
    line = {"order_line_id": line_of(order).pk, "quantity": "30", "unit_price": "56.50"}
    return {
        "number": "0042",
        "invoiced_on": "2026-11-05",
        "net_amount": "1500.00",
        "tax_amount": "195.00",
        "lines": [line],
        **changed,
    }


def test_an_invoice_is_held_matched_anew_and_booked(people: People, finance: Exact) -> None:
    order = add_goods_order(people)
    receive(people, order, "20")

    made = finance("POST", f"purchase-orders/{order.pk}/invoices/", bill(order))

    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["open_amount"]) == ("EXCEPTION", "0.00")
    assert made.json()["findings"] == [
        {"order_line_id": line_of(order).pk, "mismatch": "NOT_RECEIVED", "amount": "565.00"}
    ]
    invoice = f"vendor-invoices/{made.json()['id']}/"
    refused = finance("POST", f"{invoice}book/")
    assert refusal(refused) == (409, "procurement.invoice-mismatch")
    receive(people, order, "10")
    assert finance("POST", f"{invoice}match/").json()["state"] == "MATCHED"
    booked = finance("POST", f"{invoice}book/").json()
    assert (booked["state"], booked["open_amount"]) == ("BOOKED", "1695.00")
    assert finance("GET", invoice).json() == booked
    line = booked["match"][0]
    assert (line["accepted"], line["billed_before"], line["billed"]) == (
        "30.000",
        "0.000",
        "30.000",
    )
    events = finance("GET", f"{invoice}history/").json()["results"]
    assert [entry["event"].rpartition(".")[2] for entry in events] == [
        "booked",
        "matched",
        "entered",
    ]
    (row,) = finance("GET", "vendor-invoices/?state=BOOKED").json()["results"]
    assert row["id"] == booked["id"]


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"lines": []}, 400, "invalid-input"),
        ({"net_amount": 1500}, 400, "invalid-input"),
        ({"net_amount": "1500.01"}, 422, "procurement.invoice-invalid"),
        ({"invoiced_on": "2026-12-31"}, 422, "procurement.invoice-invalid"),
        ({"number": " "}, 400, "invalid-input"),
    ],
)
def test_a_wrong_invoice_is_not_entered(
    people: People, finance: Exact, changed: dict[str, Any], status: int, code: str
) -> None:
    order = add_goods_order(people)

    answer = finance("POST", f"purchase-orders/{order.pk}/invoices/", bill(order, **changed))

    assert refusal(answer) == (status, code)
    assert not VendorInvoice.objects.exists()


def test_an_invoice_is_refused_or_taken_back(people: People, finance: Exact) -> None:
    waiting = enter(people, add_goods_order(people), "1", "50.00", "6.50", number="0001")
    booked = owed(people)
    because = {"reason": "抬头有误"}

    assert refusal(finance("POST", f"vendor-invoices/{waiting.pk}/refuse/", {}))[0] == 400
    refused = finance("POST", f"vendor-invoices/{waiting.pk}/refuse/", because)
    assert (refused.json()["state"], refused.json()["refusal_reason"]) == ("REFUSED", "抬头有误")
    again = finance("POST", f"vendor-invoices/{waiting.pk}/refuse/", because)
    assert refusal(again) == (409, "procurement.invoice-state-wrong")
    back = finance("POST", f"vendor-invoices/{booked.pk}/reverse/", because)
    assert back.json()["state"] == "REVERSED"


def test_a_credit_note_is_taken_off_its_invoice(people: People, finance: Exact) -> None:
    invoice = owed(people)
    line = invoice.lines.get().order_line.received.get()
    objection = receiving.object_in_use(
        actor=people.keeper,
        receipt_line_id=line.pk,
        quantity=Decimal(2),
        text="漏粉",
        now=NOW,
        today=TODAY,
    )
    back = receiving.return_goods(
        actor=people.keeper, objection_id=objection.pk, quantity=Decimal(2), now=NOW, today=TODAY
    )
    address = f"vendor-invoices/{invoice.pk}/credit-notes/"
    body = {
        "number": "R-1",
        "credited_on": "2026-11-08",
        "net_amount": "100.00",
        "tax_amount": "13.00",
        "reason": "退货",
        "return_id": back.pk,
    }

    assert refusal(finance("POST", address, {**body, "net_amount": "1700.00"})) == (
        422,
        "procurement.credit-invalid",
    )
    made = finance("POST", address, body)

    assert (made.status_code, made.json()["amount"]) == (201, "113.00")
    assert refusal(finance("POST", address, {**body, "return_id": None})) == (
        409,
        "procurement.credit-exists",
    )
    detail = finance("GET", f"vendor-invoices/{invoice.pk}/").json()
    assert (detail["credit_notes"], detail["open_amount"]) == ([made.json()], "1582.00")
    (row,) = finance("GET", f"vendor-credit-notes/?invoice_id={invoice.pk}").json()["results"]
    assert row == made.json()
    assert CreditNote.objects.count() == 1


def test_a_refund_is_booked_by_the_cashier_in_person(people: People, finance: Exact) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)
    pay(people, approved(people, invoice, "1695.00"))
    credit(people, invoice, "100.00", "13.00")
    address = f"vendor-invoices/{invoice.pk}/"
    body = {"amount": "113.00", "reference": "TK-1", "refunded_on": "2026-11-09"}
    cashier = Exact(sign_in_by_browser("cashier"))

    assert finance("GET", address).json()["open_amount"] == "-113.00"
    assert refusal(Exact(sign_in("cashier"))("POST", f"{address}refunds/", body)) == (
        403,
        "access.not-by-token",
    )
    too_much = cashier("POST", f"{address}refunds/", {**body, "amount": "113.01"})
    assert refusal(too_much) == (422, "procurement.vendor-refund-invalid")
    done = cashier("POST", f"{address}refunds/", body)

    assert done.status_code == 201
    assert (done.json()["refunded_amount"], done.json()["open_amount"]) == ("113.00", "0.00")


def test_a_payment_is_asked_for_once_and_paid_by_a_person(people: People, finance: Exact) -> None:
    invoice = owed(people)
    add_account(invoice.vendor)
    address = f"vendors/{invoice.vendor_id}/payments/"
    body = {"shares": [{"invoice_id": invoice.pk, "amount": "695.00"}]}
    assert refusal(finance("POST", address, body)) == (400, "invalid-input")  # without its key

    made = finance("POST", address, body, KEY)

    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["account_tail"]) == ("SUBMITTED", "8899")
    assert finance("POST", address, body, KEY).json() == made.json()
    other = {"shares": [{"invoice_id": invoice.pk, "amount": "1.00"}]}
    reused = finance("POST", address, other, KEY)
    assert refusal(reused) == (409, "procurement.payment-key-reused")
    assert list(reused.json()["errors"]) == ["Idempotency-Key"]
    too_much = {"shares": [{"invoice_id": invoice.pk, "amount": "1000.01"}]}
    assert refusal(finance("POST", address, too_much, {"Idempotency-Key": "payment-0002"})) == (
        422,
        "procurement.payment-shares-invalid",
    )
    payment = VendorPayment.objects.get()
    pay, paid = (
        f"vendor-payments/{payment.pk}/pay/",
        {"reference": "ICBC-1", "paid_on": "2026-11-09"},
    )
    cashier = Exact(sign_in_by_browser("cashier"))
    assert refusal(cashier("POST", pay, paid)) == (409, "procurement.payment-state-wrong")
    sign("vendor.payment", payment, people.gm)

    assert refusal(Exact(sign_in("cashier"))("POST", pay, paid)) == (403, "access.not-by-token")
    done = cashier("POST", pay, paid)

    assert (done.status_code, done.json()["state"]) == (200, PaymentState.PAID)
    assert cashier("GET", f"vendor-payments/{payment.pk}/").json() == done.json()
    assert done.json()["shares"][0]["amount"] == "695.00"
    events = finance("GET", f"vendor-payments/{payment.pk}/history/").json()["results"]
    assert {"procurement.vendor-payment.paid", "approvals.case.submitted"} <= {
        entry["event"] for entry in events
    }
    undo = f"vendor-payments/{payment.pk}/undo/"
    assert refusal(finance("POST", undo, {"reason": "退回"})) == (403, "access.not-by-token")
    undone = Exact(sign_in_by_browser("finance"))("POST", undo, {"reason": "账号有误退回"})
    assert undone.json()["state"] == "REVERSED"
    (row,) = finance("GET", "vendor-payments/?state=REVERSED").json()["results"]
    assert row["reversal_reason"] == "账号有误退回"


def test_an_account_is_read_and_reconciled(people: People, finance: Exact) -> None:
    invoice = owed(people)
    vendor = f"vendors/{invoice.vendor_id}/"
    (entry,) = finance("GET", f"{vendor}account/").json()["results"]
    assert (entry["kind"], entry["amount"], entry["text"]) == ("INVOICE", "1695.00", "0042")
    assert finance("GET", f"{vendor}balance/").json()["balance"] == "1695.00"
    before = finance("GET", f"{vendor}balance/?to_day=2026-10-31").json()
    assert before == {"to_day": "2026-10-31", "balance": "0.00"}
    (row,) = finance("GET", "vendor-accounts/").json()
    assert (row["vendor_id"], row["overdue_30"], row["total"]) == (
        invoice.vendor_id,
        "1695.00",
        "1695.00",
    )
    assert finance("GET", "vendor-statements/due/").json() == []
    body = {"vendor_id": invoice.vendor_id, "to_day": "2026-11-08"}
    today = {**body, "to_day": TODAY.isoformat()}
    assert refusal(finance("POST", "vendor-statements/", today)) == (
        422,
        "procurement.statement-invalid",
    )

    sent = finance("POST", "vendor-statements/", body)

    assert (sent.status_code, sent.json()["state"]) == (201, "SENT")
    assert refusal(finance("POST", "vendor-statements/", body))[0] == 409
    statement = f"vendor-statements/{sent.json()['id']}/"
    balance = sent.json()["balance"]
    assert refusal(finance("POST", f"{statement}answer/", {"balance": "1.00"}))[0] == 422
    disputed = finance("POST", f"{statement}answer/", {"balance": "1.00", "text": "少记一笔"})
    assert (disputed.json()["state"], disputed.json()["vendor_balance"]) == ("DISPUTED", "1.00")
    agreed = finance("POST", f"{statement}answer/", {"balance": balance})
    assert agreed.json()["state"] == "AGREED"
    assert finance("GET", statement).json() == agreed.json()
    assert len(finance("GET", f"{statement}history/").json()["results"]) == 3
    assert finance("GET", "vendor-statements/?state=SENT").json()["results"] == []
    again = finance("POST", f"{statement}answer/", {"balance": balance})
    assert refusal(again) == (409, "procurement.statement-answered")


def test_a_month_of_a_service_is_assessed_and_billed(people: People, finance: Exact) -> None:
    project = add_project("YL", "云麓")
    contract = add_service_contract(people, vendor=add_vendor(), project=project)
    manager = Exact(sign_in("steward", ("cs_supervisor", project.pk)))
    body = {
        "plan_line_id": contract.plan.get().pk,
        "project_id": project.pk,
        "month": "2026-10-15",
        "score": 92,
        "deduction": "600.00",
        "text": "垃圾清运不及时",
    }
    assert refusal(manager("POST", "service-assessments/", {**body, "score": 101}))[0] == 400
    unexplained = manager("POST", "service-assessments/", {**body, "text": ""})
    assert unexplained.status_code == 422

    made = manager("POST", "service-assessments/", body)

    assert made.status_code == 201, made.content
    assert (made.json()["month"], made.json()["amount"]) == ("2026-10-01", "11400.00")
    assert refusal(manager("POST", "service-assessments/", body)) == (
        409,
        "procurement.assessment-exists",
    )
    assessment = f"service-assessments/{made.json()['id']}/"
    figures = {
        "number": "S-1",
        "invoiced_on": "2026-11-05",
        "net_amount": "10754.72",
        "tax_amount": "645.28",
    }
    unsigned = finance("POST", f"{assessment}invoice/", figures)
    assert refusal(unsigned) == (409, "procurement.assessment-missing")
    ServiceAssessment.objects.update(state="APPROVED")  # its signatures have their own tests
    off = finance("POST", f"{assessment}invoice/", {**figures, "tax_amount": "645.27"})
    assert refusal(off) == (409, "procurement.invoice-mismatch")
    billed = finance("POST", f"{assessment}invoice/", figures)
    assert (billed.status_code, billed.json()["state"]) == (201, "MATCHED")
    assert manager("GET", assessment).json()["invoice_id"] == billed.json()["id"]
    events = {entry["event"] for entry in manager("GET", f"{assessment}history/").json()["results"]}
    assert "procurement.service.assessed" in events
    (row,) = manager("GET", f"service-assessments/?contract_id={contract.pk}").json()["results"]
    assert row["score"] == 92


def test_an_outsider_finds_nothing_and_a_reader_changes_nothing(people: People) -> None:
    project, elsewhere = add_project("YL", "云麓"), add_project("HB", "湖滨").pk
    vendor, store = add_vendor(), add_warehouse("YL-1", project=project)
    order = add_order(
        people,
        [(add_item("TONER"), "10", "11.30")],
        vendor=vendor,
        project=project,
        warehouse=store,
    )
    receive(people, order, "10")
    invoice = enter(people, order, "10", "100.00", "13.00")
    VendorInvoice.objects.update(due_on=date(2026, 11, 5))
    contract = add_service_contract(people, vendor=vendor, project=project)
    VendorStatement.objects.create(
        vendor=vendor,
        number="DZ-1",
        to_day=date(2026, 10, 31),
        balance=0,
        sent_by=people.finance.require_person(),
        sent_by_label="finance",
        sent_at=NOW,
    )
    stranger = Exact(
        sign_in("stranger", *((post, elsewhere) for post in ("finance_head", "cs_supervisor")))
    )
    reader = Exact(sign_in("reader", ("property_manager", project.pk)))

    one = f"vendor-invoices/{invoice.pk}/"
    for path in (one, f"{one}history/"):
        assert refusal(stranger("GET", path)) == (404, "not-found"), path
        assert reader("GET", path).status_code == 200, path
    for name in (
        "vendor-invoices",
        "vendor-credit-notes",
        "vendor-payments",
        "service-assessments",
    ):
        assert stranger("GET", f"{name}/").json()["results"] == []
    because = {"reason": "x"}
    for path, body in (
        (f"purchase-orders/{order.pk}/invoices/", bill(order)),
        (f"{one}match/", None),
        (f"{one}book/", None),
        (f"{one}refuse/", because),
        (f"{one}reverse/", because),
    ):
        assert refusal(stranger("POST", path, body)) == (404, "not-found"), path
        assert refusal(reader("POST", path, body)) == (403, "access.action-denied"), path
    assessment = {
        "plan_line_id": contract.plan.get().pk,
        "project_id": project.pk,
        "month": "2026-10-01",
        "score": 90,
    }
    assert refusal(stranger("POST", "service-assessments/", assessment))[0] == 404
    for path in (
        "vendor-accounts/",
        "vendor-statements/",
        f"vendors/{vendor.pk}/account/",
        f"vendors/{vendor.pk}/balance/",
    ):
        assert stranger("GET", path).status_code == 403, path  # what is company-wide
    assert refusal(Exact(sign_in("finance"))("GET", "vendors/987654321/account/"))[0] == 404
    assert VendorInvoice.objects.get().state == "MATCHED"
