"""Buyers' advances and claims for programs. Every answer is held against the document."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services.procurement.payments.models import Advance, Claim
from services.procurement.receiving.models import GoodsReceipt
from services.procurement.requests.models import PurchaseRequest
from tenants.companies.models import Company
from tests.api.client import refusal, sign_in, sign_in_by_browser
from tests.api.exact import Exact
from tests.factories import NOW
from tests.factories_procurement_money import (
    PNG,
    People,
    add_order,
    add_request,
    prepare,
    receive,
    sign,
)
from tests.factories_procurement_stock import add_item, add_warehouse
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
def buyer(people: People) -> Exact:
    return Exact(sign_in("buyer"))


@pytest.fixture
def cashier(people: People) -> Exact:
    return Exact(sign_in_by_browser("cashier"))


@pytest.fixture
def request_(people: People) -> PurchaseRequest:
    return add_request(people, "113.00", purchase_class="A")


@pytest.fixture
def receipt(people: People, request_: PurchaseRequest) -> GoodsReceipt:
    order = add_order(
        people,
        [(add_item("TAPE"), "10", "11.30")],
        vendor=add_vendor(),
        warehouse=add_warehouse("MAIN"),
        request=request_,
    )
    return receive(people, order, "10")


PAPER: dict[str, Any] = {
    "number": "0042",
    "invoiced_on": "2026-11-05",
    "net_amount": "100.00",
    "tax_amount": "13.00",
    "sales_slip": "XS-3",
}
CASH = {"paid_from": "CASH"}


def test_an_advance_is_asked_for_and_paid_out_by_a_person(
    people: People, request_: PurchaseRequest, buyer: Exact, cashier: Exact
) -> None:
    body = {"request_id": request_.pk, "amount": "113.00", "purpose": "零星采购"}
    far = buyer("POST", "advances/", {**body, "amount": "200.00"})
    assert refusal(far) == (422, "procurement.advance-out-of-range")

    made = buyer("POST", "advances/", body)

    assert (made.status_code, made.json()["state"]) == (201, "SUBMITTED"), made.content
    assert refusal(buyer("POST", "advances/", body)) == (409, "procurement.advance-taken")
    advance = f"advances/{made.json()['id']}/"
    assert refusal(cashier("POST", f"{advance}pay/", CASH)) == (
        409,
        "procurement.advance-state-wrong",
    )
    sign("purchase.advance", Advance.objects.get(), people.finance)
    assert refusal(Exact(sign_in("cashier"))("POST", f"{advance}pay/", CASH))[1] == (
        "access.not-by-token"
    )
    assert refusal(cashier("POST", f"{advance}pay/", {"paid_from": "PAYABLE"}))[0] == 400
    assert cashier("POST", f"{advance}pay/", CASH).json()["state"] == "OPEN"
    assert buyer("GET", advance).json()["paid_by_label"]
    events = {entry["event"] for entry in buyer("GET", f"{advance}history/").json()["results"]}
    assert {"procurement.advance.asked", "procurement.advance.paid"} <= events
    (row,) = buyer("GET", "advances/?state=OPEN").json()["results"]
    assert row["amount"] == "113.00"
    back = {"paid_into": "CASH", "reason": "未采购"}
    unused = {"reason": "不再需要"}
    assert refusal(buyer("POST", f"{advance}drop/", unused))[1] == "procurement.advance-state-wrong"
    assert refusal(cashier("POST", f"{advance}give-back/", {**back, "reason": ""}))[0] == 400
    assert cashier("POST", f"{advance}give-back/", back).json()["state"] == "RETURNED"


def test_an_advance_that_is_not_needed_is_given_up(
    people: People, request_: PurchaseRequest, buyer: Exact
) -> None:
    body = {"request_id": request_.pk, "amount": "113.00", "purpose": "零星采购"}
    advance = f"advances/{buyer('POST', 'advances/', body).json()['id']}/"
    sign("purchase.advance", Advance.objects.get(), people.finance)

    dropped = buyer("POST", f"{advance}drop/", {"reason": "不再需要"})

    assert (dropped.json()["state"], dropped.json()["end_reason"]) == ("DROPPED", "不再需要")


def test_a_claim_goes_with_its_papers_and_is_settled_by_a_person(
    people: People, receipt: GoodsReceipt, buyer: Exact, cashier: Exact
) -> None:
    address = f"goods-receipts/{receipt.pk}/claims/"
    assert refusal(buyer("POST", address, {**PAPER, "net_amount": "100.01"})) == (
        422,
        "procurement.invoice-invalid",
    )

    made = buyer("POST", address, PAPER)

    assert made.status_code == 201, made.content
    assert (made.json()["amount"], made.json()["papers"]) == ("113.00", ["STOCK_IN_SLIP"])
    claim = f"claims/{made.json()['id']}/"
    assert refusal(buyer("POST", f"{claim}submit/")) == (422, "procurement.claim-papers-missing")
    for kind in ("SALES_SLIP", "INVOICE"):
        added = buyer.api.upload(
            "files/",
            {
                "subject_type": "procurement.claim",
                "subject_id": made.json()["id"],
                "kind": kind,
                "file": SimpleUploadedFile(f"{kind}.png", PNG),
            },
        )
        assert added.status_code == 201, added.content
    assert buyer("POST", f"{claim}submit/").json()["state"] == "SUBMITTED"
    assert refusal(buyer("POST", f"{claim}discard/")) == (409, "procurement.claim-state-wrong")
    assert refusal(cashier("POST", f"{claim}settle/", CASH)) == (
        409,
        "procurement.claim-state-wrong",
    )
    sign("purchase.claim", Claim.objects.get(), people.finance)
    by_token = Exact(sign_in("cashier"))("POST", f"{claim}settle/", CASH)
    assert refusal(by_token) == (403, "access.not-by-token")
    settled = cashier("POST", f"{claim}settle/", CASH)
    assert (settled.json()["state"], settled.json()["paid_out"]) == ("PAID", "113.00")
    assert buyer("GET", claim).json() == settled.json()
    invoice = buyer("GET", f"vendor-invoices/{settled.json()['invoice_id']}/").json()
    assert (invoice["claim_id"], invoice["open_amount"]) == (settled.json()["id"], "0.00")
    events = {entry["event"] for entry in buyer("GET", f"{claim}history/").json()["results"]}
    assert {"procurement.claim.drafted", "procurement.claim.settled"} <= events


def test_a_draft_is_given_up_and_begun_anew(receipt: GoodsReceipt, buyer: Exact) -> None:
    address = f"goods-receipts/{receipt.pk}/claims/"
    made = buyer("POST", address, PAPER).json()
    twice = buyer("POST", address, {**PAPER, "number": "0043"})
    assert refusal(twice) == (409, "procurement.claim-exists")

    assert buyer("POST", f"claims/{made['id']}/discard/").json()["state"] == "REFUSED"
    assert buyer("POST", address, PAPER).status_code == 201
    rows = buyer("GET", f"claims/?goods_receipt_id={receipt.pk}").json()["results"]
    assert [row["state"] for row in rows] == ["REFUSED", "DRAFT"]


def test_an_outsider_finds_nothing_and_a_reader_changes_nothing(people: People) -> None:
    project, elsewhere = add_project("YL", "云麓"), add_project("HB", "湖滨").pk
    request = add_request(people, "113.00", project=project)
    order = add_order(
        people,
        [(add_item("TAPE"), "10", "11.30")],
        vendor=add_vendor(),
        project=project,
        warehouse=add_warehouse("YL-1", project=project),
        request=request,
    )
    taken_in = receive(people, order, "10")
    buyer = Exact(sign_in("buyer"))
    asking = {"request_id": request.pk, "amount": "113.00", "purpose": "零星采购"}
    advance = f"advances/{buyer('POST', 'advances/', asking).json()['id']}/"
    claims = f"goods-receipts/{taken_in.pk}/claims/"
    claim = f"claims/{buyer('POST', claims, PAPER).json()['id']}/"
    posts = (("buyer", elsewhere), ("cashier", elsewhere))
    stranger = Exact(sign_in("stranger", *posts))
    seated = Exact(sign_in_by_browser("stranger"))
    reader = Exact(sign_in_by_browser("reader", ("property_manager", project.pk)))

    for path in (advance, f"{advance}history/", claim, f"{claim}history/"):
        assert refusal(stranger("GET", path)) == (404, "not-found"), path
        assert reader("GET", path).status_code == 200, path
    for name in ("advances", "claims"):
        assert stranger("GET", f"{name}/").json()["results"] == []
    for path, body in (
        ("advances/", asking),
        (f"{advance}pay/", CASH),
        (f"{advance}drop/", {"reason": "x"}),
        (f"{advance}give-back/", {"paid_into": "CASH", "reason": "x"}),
        (claims, PAPER),
        (f"{claim}submit/", None),
        (f"{claim}discard/", None),
        (f"{claim}settle/", CASH),
    ):
        assert refusal(seated("POST", path, body)) == (404, "not-found"), path
        assert refusal(reader("POST", path, body)) == (403, "access.action-denied"), path
    assert (Advance.objects.get().state, Claim.objects.get().state) == ("SUBMITTED", "DRAFT")
