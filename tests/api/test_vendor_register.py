"""Vendors and the catalogue for programs: the same operations, the same refusals."""

from typing import Any

import pytest

from kernel.approvals.models import Case
from kernel.approvals.operations import seed_chains
from services.procurement.vendors.models import (
    BankAccount,
    Contact,
    Supply,
    Vendor,
    VendorHold,
    VendorPaper,
)
from tests import factories_procurement_vendors as vendors
from tests.api.client import Api, sign_in
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def buyer(tenant: object) -> Api:
    return sign_in("caigou", ("buyer", None))


@pytest.fixture
def office(tenant: object) -> Api:
    return sign_in("zongban", ("general_office", None))


def sent(api: Api, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
    answer = api(method, path, body)
    assert answer.status_code in {200, 201, 204}, answer.content
    return answer.json() if answer.content else None


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_catalogue_is_kept(buyer: Api) -> None:
    category = sent(buyer, "categories/", {"code": "t", "name": "测试"})
    item = sent(buyer, "articles/", {"category_id": category["id"], "name": "灯管", "unit": "支"})
    assert item["code"].startswith("WL-")
    changed = sent(
        buyer,
        f"articles/{item['id']}/",
        {"reference_price": "9.5000", "is_active": False},
        "PATCH",
    )

    assert (changed["reference_price"], changed["is_active"]) == ("9.5000", False)
    listed = sent(buyer, f"articles/?category_id={category['id']}&is_active=false", method="GET")
    assert [row["id"] for row in listed["results"]] == [item["id"]]
    history = sent(buyer, f"articles/{item['id']}/history/", method="GET")["results"]
    assert [row["event"] for row in history] == [
        "procurement.item.retired",
        "procurement.item.changed",
        "procurement.item.created",
    ]
    taken = buyer("POST", "categories/", {"code": "T", "name": "测试"})
    assert code_of(taken) == (409, "procurement.category-code-taken")
    circle = buyer("PATCH", f"categories/{category['id']}/", {"parent_id": category["id"]})
    assert code_of(circle) == (422, "procurement.category-in-circle")


def test_a_vendor_becomes_fit_by_a_paper_that_another_checks(buyer: Api, office: Api) -> None:
    kind = vendors.add_paper_kind("licence", name="营业执照", is_required=True)
    vendor = sent(buyer, "vendors/", {"name": "信诺", "phone": "13812346027"})
    assert (vendor["phone"], vendor["is_fit"]) == ("138 **** 6027", False)
    page = f"vendors/{vendor['id']}/"
    standing = sent(buyer, f"{page}standing/", method="GET")
    assert (standing["is_fit"], standing["missing_papers"]) == (False, ["营业执照"])

    paper = sent(buyer, f"{page}papers/", {"kind_id": kind.pk, "valid_from": "2026-01-01"})
    refused = buyer("POST", f"vendor-papers/{paper['id']}/decision/", {"is_accepted": True})
    assert code_of(refused) == (403, "access.action-denied")
    sent(office, f"vendor-papers/{paper['id']}/decision/", {"is_accepted": True})

    assert VendorPaper.objects.get().state == "CHECKED"
    assert sent(buyer, page, method="GET")["is_fit"] is True
    found = sent(buyer, "vendors/?is_fit=true", method="GET")["results"]
    assert [row["id"] for row in found] == [vendor["id"]]
    shown = sent(buyer, f"{page}phone/", {"reason": "联系送货事宜"})
    assert shown == {"value": "13812346027"}


def test_an_account_is_asked_for_and_shown_to_who_checks(buyer: Api) -> None:
    seed_chains(NOW)
    finance = sign_in("caiwu", ("finance_head", None))
    vendor = vendors.add_vendor()

    account = sent(
        buyer,
        f"vendors/{vendor.pk}/accounts/",
        {"holder": vendor.name, "bank": "工商银行", "number": "6222081202001234567"},
    )

    assert (account["state"], account["number_tail"]) == ("PENDING", "4567")
    assert "6222081202001234567" not in str(account)
    assert Case.objects.get().subject_id == BankAccount.objects.get().pk
    reveal = f"vendor-accounts/{account['id']}/number/"
    assert code_of(buyer("POST", reveal, {"reason": "核对付款账号"}))[0] == 403
    assert sent(finance, reveal, {"reason": "核对付款账号"}) == {"value": "6222081202001234567"}
    again = buyer(
        "POST",
        f"vendors/{vendor.pk}/accounts/",
        {"holder": "x", "bank": "x", "number": "6222081202001234568"},
    )
    assert code_of(again) == (409, "procurement.account-pending")


def test_what_a_vendor_has_is_kept(buyer: Api, office: Api) -> None:
    seed_chains(NOW)
    vendor = vendors.add_vendor(kind="INTERMEDIARY")
    page = f"vendors/{vendor.pk}/"
    supply = sent(
        buyer,
        f"{page}supplies/",
        {"category_id": vendors.add_category().pk, "role": "BACKUP"},
    )
    contact = sent(buyer, f"{page}contacts/", {"name": "王总", "email": "w@a.cn"})
    sent(
        buyer,
        f"{page}visits/",
        {
            "visited_on": TODAY.isoformat(),
            "visitors": "许静",
            "findings": "好",
            "outcome": "KEEP",
        },
    )
    check = {
        "reputation": True,
        "technical_ability": True,
        "qualification": True,
        "performance": True,
    }
    assert sent(office, f"{page}checks/", check)["is_passed"] is True
    hold = sent(buyer, f"{page}holds/", {"reason": "延误", "first_day": TODAY.isoformat()})
    assert sent(buyer, "vendors/?is_fit=false", method="GET")["results"][0]["id"] == vendor.pk
    sent(office, f"vendor-holds/{hold['id']}/lift/", {"reason": "已整改"})
    case = sent(office, f"{page}blacklisting/", {"reason": "围标"})
    delisting = buyer("POST", f"{page}delisting/", {"reason": "围标"})

    assert code_of(delisting) == (409, "procurement.blacklist-state-wrong")
    assert case == {"case_id": Case.objects.get().pk}
    assert VendorHold.objects.get().lift_reason == "已整改"
    coverage = sent(buyer, "vendors/coverage/", method="GET")
    assert [row["backup_vendor_ids"] for row in coverage] == [[vendor.pk]]
    card = sent(buyer, f"{page}scorecard/", method="GET")
    assert (card["total"], [row["points"] for row in card["rows"]]) == (None, [None] * 4)

    sent(buyer, f"vendor-contacts/{contact['id']}/invitation/")
    sent(buyer, f"vendor-contacts/{contact['id']}/end/")
    sent(buyer, f"vendor-supplies/{supply['id']}/", method="DELETE")
    assert Contact.objects.get().state == "ENDED"
    assert not Supply.objects.exists()


def test_applications_are_decided_and_vendors_closed(buyer: Api, office: Api) -> None:
    vendor = vendors.add_vendor(state="APPLIED")
    page = f"vendors/{vendor.pk}/"
    assert buyer("POST", f"{page}decision/", {"is_accepted": True}).status_code == 403
    assert office("POST", f"{page}decision/", {"is_accepted": False}).status_code == 422
    assert sent(office, f"{page}decision/", {"is_accepted": True})["state"] == "ACTIVE"
    assert sent(buyer, page, {"note": "老客户"}, "PATCH")["note"] == "老客户"
    assert sent(buyer, f"{page}close/", {"reason": "不再合作"})["state"] == "CLOSED"
    assert sent(office, f"{page}reopen/", {"reason": "又合作"})["state"] == "ACTIVE"
    assert Vendor.objects.get().decision_reason == "又合作"


def test_kinds_of_papers_are_kept_by_who_checks(buyer: Api, office: Api) -> None:
    assert buyer("POST", "vendor-paper-kinds/", {"key": "a", "name": "甲"}).status_code == 403
    kind = sent(office, "vendor-paper-kinds/", {"key": "a", "name": "甲"})
    body = {"name": "乙", "is_required": True, "is_active": True, "category_ids": []}
    changed = sent(office, f"vendor-paper-kinds/{kind['id']}/", body, "PUT")

    assert (changed["name"], changed["is_required"]) == ("乙", True)
    assert office("GET", "vendor-paper-kinds/999999/").status_code == 404
