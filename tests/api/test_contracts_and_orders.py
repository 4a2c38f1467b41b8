"""Contracts and purchase orders for programs."""

from typing import Any

import pytest

from services.procurement.contracts.models import ContractState
from services.procurement.orders.models import OrderState, PurchaseOrder
from tenants.companies.models import Company
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as factories
from tests.api.client import Api, sign_in, sign_in_by_browser
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def office(tenant: Company) -> contracts.Company:
    return contracts.open_company()


@pytest.fixture
def buyer(office: contracts.Company) -> Api:
    return sign_in("buyer")


def body(office: contracts.Company, **changed: Any) -> dict[str, Any]:
    return {
        "kind": "PURCHASE",
        "vendor_id": office.vendor.pk,
        "project_id": office.project.pk,
        "title": "清洁设备采购合同",
        "amount": "60000.00",
        "valid_from": "2026-11-09",
        "valid_to": "2027-12-31",
        "using_unit": "客服部",
        "asked_by": office.asker.user_id,
        "plan": [{"condition": "验收合格后", "due_on": "2026-12-10", "amount": "60000.00"}],
        **changed,
    }


def test_a_contract_goes_to_its_review(office: contracts.Company, buyer: Api) -> None:
    made = buyer("POST", "contracts/", body(office))
    assert made.status_code == 201, made.json()
    contract = f"contracts/{made.json()['id']}/"
    assert made.json()["plan"][0]["amount"] == "60000.00"

    sent = buyer("POST", f"{contract}submit/", {})

    assert sent.json()["state"] == ContractState.REVIEW
    refused = buyer("POST", f"{contract}submit/", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "procurement.contract-state")


def test_no_other_seal_and_no_token_signs(office: contracts.Company, buyer: Api) -> None:
    contract = contracts.permitted(office)
    sign = f"contracts/{contract.pk}/sign/"
    signature = {"signed_on": "2026-11-09", "seal": "FINANCE"}

    assert sign_in("delegate")("POST", sign, signature).status_code == 403
    person = sign_in_by_browser("delegate")
    refused = person("POST", sign, signature)
    assert (refused.status_code, refused.json()["code"]) == (409, "procurement.seal-wrong")
    signed = person("POST", sign, {**signature, "seal": "CONTRACT"})
    assert signed.json()["state"] == ContractState.SIGNED, signed.json()


def test_an_order_is_made_declared_sent_and_changed(office: contracts.Company, buyer: Api) -> None:
    award = factories.simple_award(office)
    [made] = buyer("POST", f"awards/{award.pk}/orders/", {}).json()["orders"]
    order = f"purchase-orders/{made['id']}/"
    assert (made["amount"], made["lines"][0]["quantity"]) == ("1000.00", "10.000")

    refused = buyer("POST", f"{order}send/", {})
    assert refused.json()["code"] == "procurement.declaration-missing"
    assert buyer("POST", f"{order}declare/", {}).status_code == 403
    assert sign_in_by_browser("buyer")("POST", f"{order}declare/", {}).status_code == 200
    assert buyer("POST", f"{order}send/", {}).json()["state"] == OrderState.SENT

    change = {"lines": [{"line_id": made["lines"][0]["id"], "quantity": "7"}], "reason": "减少"}
    changed = buyer("POST", f"{order}changes/", change)
    assert (changed.status_code, changed.json()["amount_after"]) == (201, "700.00")
    assert buyer("GET", order).json()["changes"][0]["reason"] == "减少"


def test_an_order_out_of_reach_is_not_there(office: contracts.Company) -> None:
    factories.ordered(office)
    stranger = sign_in("stranger", ("meter_reader", office.project.pk))
    order = PurchaseOrder.objects.get()

    assert stranger("GET", f"purchase-orders/{order.pk}/").status_code == 403
