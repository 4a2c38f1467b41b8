"""The register of contracts and a contract's page, as the buyer, the delegate and the office."""

import pytest
from django.test import Client

from kernel.tenancy import company_day
from services.procurement.contracts.models import Contract, ContractState
from tests import factories_procurement_contracts as factories
from tests.console.browser import browser_of
from tests.factories import TODAY
from tests.factories_procurement_contracts import Company

FORM = {
    "kind": "PURCHASE",
    "title": "清洁设备采购合同",
    "amount": "60,000.00",
    "valid_from": "2026-11-09",
    "valid_to": "2027-12-31",
    "using_unit": "客服部",
    "remind_days": "30",
    "plan": "2026-12-10 57000.00 验收合格后\n2027-12-10\t3000\t质保期满",
    "summary": "洗地机 2 台",
}


@pytest.fixture
def company(tenant: object) -> Company:
    return factories.open_company()


@pytest.fixture
def buyer(company: Company) -> Client:
    return browser_of("buyer")


def test_a_contract_is_drafted_in_the_sheet(company: Company, buyer: Client) -> None:
    assert buyer.get("/c/contracts/new/").status_code == 200

    answer = buyer.post(
        "/c/contracts/new/",
        {
            **FORM,
            "vendor_id": company.vendor.pk,
            "project_id": company.project.pk,
            "asked_by": company.asker.require_person(),
        },
    )

    contract = Contract.objects.get()
    assert answer.headers["Location"] == f"/c/contracts/{contract.pk}/"
    assert [line.condition for line in contract.plan.order_by("position")] == [
        "验收合格后",
        "质保期满",
    ]


@pytest.mark.parametrize("plan", ["tomorrow 1.00 x", "2026-12-10 much x", "2026-12-10 1.00"])
def test_a_line_that_is_no_payment_is_named(company: Company, buyer: Client, plan: str) -> None:
    answer = buyer.post("/c/contracts/new/", {**FORM, "plan": plan})

    assert answer.status_code == 422
    assert plan in answer.content.decode()
    assert not Contract.objects.exists()


def test_the_plan_of_a_draft_comes_back_as_it_was_written(company: Company, buyer: Client) -> None:
    contract = factories.draft(company)

    answer = buyer.get(f"/c/contracts/{contract.pk}/edit/")

    assert "2026-12-10 57000.00 验收合格后" in answer.content.decode()


def test_each_sees_the_button_that_is_his(company: Company, buyer: Client) -> None:
    contract = factories.permitted(company)
    page = f"/c/contracts/{contract.pk}/"

    assert f"{page}sign/" not in buyer.get(page).content.decode()
    assert f"{page}sign/" in browser_of("delegate").get(page).content.decode()
    assert browser_of("office").get(f"{page}sign/").status_code == 403


def test_the_delegate_confirms_the_seal(company: Company) -> None:
    contract = factories.permitted(company)
    # The page's own clock: the permission was given long before today.
    Contract.objects.update(permitted_at=contract.drafted_at)
    delegate, page = browser_of("delegate"), f"/c/contracts/{contract.pk}/sign/"
    day = company_day(contract.drafted_at).isoformat()

    assert delegate.post(page, {"signed_on": day}).status_code == 422
    assert delegate.post(page, {"signed_on": day, "is_sealed": "on"}).status_code == 302

    contract.refresh_from_db()
    assert (contract.state, contract.seal) == (ContractState.SIGNED, "CONTRACT")


def test_the_register_tells_what_ends(company: Company, buyer: Client) -> None:
    factories.signed(company, title="快到期", valid_to=TODAY)
    factories.draft(company, title="草稿")

    answer = buyer.get("/c/contracts/?ending=1").content.decode()

    assert "快到期" in answer
    assert "草稿" not in answer
