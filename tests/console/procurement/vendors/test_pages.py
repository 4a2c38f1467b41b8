"""The register's pages: as the buyer keeps it, the office checks it, finance signs."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from kernel.approvals.models import Case
from kernel.approvals.operations import seed_chains
from kernel.tenancy import company_day
from services.procurement.vendors.models import (
    BankAccount,
    Contact,
    ContactState,
    IntermediaryCheck,
    PaperKind,
    Supply,
    Vendor,
    VendorHold,
    VendorPaper,
    VendorState,
    Visit,
)
from tests import factories
from tests import factories_procurement_vendors as vendors
from tests.console.browser import Browser, browser_of
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def buyer(tenant: object) -> Browser:
    factories.add_actor("caigou", "buyer")
    return browser_of("caigou")


@pytest.fixture
def office(tenant: object) -> Browser:
    factories.add_actor("zongban", "general_office")
    return browser_of("zongban")


@pytest.fixture
def vendor(tenant: object) -> Vendor:
    return vendors.add_vendor()


@pytest.fixture
def today(tenant: object) -> date:
    return company_day(timezone.now())


def page_of(vendor: Vendor, tab: str = "") -> str:
    return f"/c/vendors/{vendor.pk}/" + (f"?tab={tab}" if tab else "")


def test_a_vendor_is_entered_and_changed(buyer: Browser) -> None:
    form = {
        "name": "宁波信诺电气有限公司",
        "kind": "GOODS",
        "phone": "13812346027",
        "tax_percent": "13",
        "payment_days": "30",
        "is_on_account": "on",
        "language": "zh-hans",
    }
    answer = buyer.post("/c/vendors/new/", form)
    vendor = Vendor.objects.get()
    assert answer.headers["Location"] == page_of(vendor)
    shown = buyer.get(page_of(vendor)).content.decode()
    assert "138 **** 6027" in shown
    assert "13812346027" not in shown

    edit = f"{page_of(vendor)}edit/"
    assert "13812346027" not in buyer.get(edit).content.decode()
    assert buyer.post(edit, {**form, "phone": "", "payment_days": "45"}).status_code == 302

    vendor.refresh_from_db()
    assert (vendor.payment_days, vendor.phone_tail) == (45, "6027")
    assert "Vendor changed" in buyer.get(page_of(vendor, "history")).content.decode()
    assert buyer.post(edit, {**form, "credit_code": "1"}).status_code == 422


@pytest.mark.parametrize(
    "tab",
    ["", "papers", "accounts", "supplies", "contacts", "holds", "visits", "files", "history",
     "scorecard"],
)  # fmt: skip
def test_each_part_is_shown_empty_and_filled(buyer: Browser, vendor: Vendor, tab: str) -> None:
    assert buyer.get(page_of(vendor, tab)).status_code == 200
    Vendor.objects.update(kind="INTERMEDIARY")
    ids = vendors.add_rows("marked")
    Supply.objects.create(vendor=vendor, category_id=ids["category_id"], role="BACKUP")
    for model in (VendorPaper, BankAccount, Contact, VendorHold):
        row = model.objects.exclude(vendor=vendor).first()
        assert row is not None
        row.pk, row.vendor, row._state.adding = None, vendor, True
        row.save()
    Visit.objects.create(
        vendor=vendor,
        visited_on=NOW.date(),
        visitors="许静",
        findings="好",
        outcome="KEEP",
        written_by_label="许静",
        written_at=NOW,
    )
    vendors.add_check(vendor, reputation=False)

    answer = buyer.get(page_of(vendor, tab))

    assert answer.status_code == 200
    assert "6222081202001234567" not in answer.content.decode()
    assert buyer.get(page_of(vendor, "nothing")).status_code == 404


def test_the_scorecard_of_a_new_vendor_invents_nothing(buyer: Browser, vendor: Vendor) -> None:
    assert (
        "No figures: there are no quotes"
        in buyer.get(page_of(vendor, "scorecard")).content.decode()
    )


def test_a_paper_is_put_in_and_checked_by_another(
    buyer: Browser, office: Browser, today: date
) -> None:
    vendor = vendors.add_vendor(has_licence=False)
    kind = vendors.add_paper_kind("licence", name="营业执照", is_required=True)
    assert "Not fit" in buyer.get("/c/vendors/?fit=0").content.decode()

    answer = buyer.post(
        f"{page_of(vendor)}papers/new/",
        {"kind_id": kind.pk, "number": "9133", "valid_from": "2026-01-01", "valid_to": ""},
    )
    paper = VendorPaper.objects.get()
    assert answer.headers["Location"] == f"/c/files/procurement.vendorpaper/{paper.pk}/"
    assert buyer.get(answer.headers["Location"]).status_code == 200
    check = f"/c/vendors/papers/{paper.pk}/"
    assert buyer.get(check).status_code == 403
    assert check in office.get(page_of(vendor, "papers")).content.decode()
    assert check not in buyer.get(page_of(vendor, "papers")).content.decode()

    assert office.post(check, {"is_accepted": "0", "note": ""}).status_code == 422
    assert office.post(check, {"is_accepted": "1", "note": ""}).status_code == 302

    paper.refresh_from_db()
    assert paper.state == "CHECKED"
    assert vendor.name in buyer.get("/c/vendors/?fit=1").content.decode()
    assert "9133" in buyer.get("/c/vendors/papers/").content.decode()


def test_the_list_is_narrowed(buyer: Browser, today: date) -> None:
    top = vendors.add_category("T", "顶")
    supplier = vendors.add_vendor("V1", "甲供应商")
    vendors.add_supply(supplier, vendors.add_category("T1", "下", top), "BACKUP")
    ending = vendors.add_vendor("V2", "乙供应商")
    vendors.add_paper(ending, vendors.add_paper_kind("x"), today + timedelta(days=10))
    waiting = vendors.add_vendor("V3", "丙供应商", kind="SERVICE")
    vendors.add_paper(waiting, vendors.add_paper_kind("y"), state="SUBMITTED")

    def found(query: str) -> str:
        text = buyer.get(f"/c/vendors/?{query}").content.decode()
        return "".join(name for name in "甲乙丙" if f"{name}供应商" in text)

    assert found("") == "甲乙丙"
    assert found(f"category={top.pk}") == "甲"
    assert found("role=BACKUP") == "甲"
    assert found("role=CONTRACT") == ""
    assert found("ending=1") == "乙"
    assert found("ending=0") == "甲丙"
    assert found("to_check=1") == "丙"
    assert found("kind=SERVICE") == "丙"
    assert found("state=CLOSED") == ""


def test_an_application_is_decided_by_who_does_not_keep(buyer: Browser, office: Browser) -> None:
    vendor = vendors.add_vendor(state="APPLIED")
    decide = f"{page_of(vendor)}decision/"
    assert decide not in buyer.get(page_of(vendor)).content.decode()
    assert buyer.post(decide, {"is_accepted": "1"}).status_code == 403
    assert decide in office.get(page_of(vendor)).content.decode()

    assert office.post(decide, {"is_accepted": "0"}).status_code == 422
    assert office.post(decide, {"is_accepted": "1"}).status_code == 302

    vendor.refresh_from_db()
    assert vendor.state == VendorState.ACTIVE


def test_a_vendor_is_closed_and_taken_up_again(
    buyer: Browser, office: Browser, vendor: Vendor
) -> None:
    assert buyer.post(f"{page_of(vendor)}close/", {"reason": "不再合作"}).status_code == 302
    vendor.refresh_from_db()
    assert vendor.state == VendorState.CLOSED
    assert buyer.post(f"{page_of(vendor)}reopen/", {"reason": "又合作"}).status_code == 403
    assert office.post(f"{page_of(vendor)}reopen/", {"reason": "又合作"}).status_code == 302
    vendor.refresh_from_db()
    assert vendor.state == VendorState.ACTIVE


def test_an_account_goes_to_be_approved_and_is_shown_for_a_reason(
    buyer: Browser, vendor: Vendor
) -> None:
    seed_chains(NOW)
    factories.add_actor("caiwu", "finance_head")
    finance = browser_of("caiwu")
    form = {"holder": vendor.name, "bank": "工商银行", "number": "6222 0812 0200 1234 567"}

    assert buyer.post(f"{page_of(vendor)}account/", {**form, "number": "1"}).status_code == 422
    assert buyer.post(f"{page_of(vendor)}account/", form).status_code == 302

    account = BankAccount.objects.get()
    case = Case.objects.get()
    shown = finance.get(reverse("approvals-case", args=[case.pk])).content.decode()
    assert "No other vendor has this number." in shown
    assert "4567" in shown
    assert "6222081202001234567" not in shown
    reveal = f"/c/vendors/accounts/{account.pk}/"
    assert reveal in finance.get(page_of(vendor, "accounts")).content.decode()
    assert reveal not in buyer.get(page_of(vendor, "accounts")).content.decode()
    assert finance.post(reveal, {"reason": ""}).status_code == 422
    assert (
        "6222081202001234567" in finance.post(reveal, {"reason": "核对付款账号"}).content.decode()
    )
    assert buyer.post(reveal, {"reason": "核对付款账号"}).status_code == 403


def test_a_phone_is_shown_for_a_reason(buyer: Browser) -> None:
    buyer.post(
        "/c/vendors/new/",
        {
            "name": "信诺",
            "kind": "GOODS",
            "phone": "13812346027",
            "tax_percent": "13",
            "payment_days": "0",
            "language": "en",
        },
    )
    reveal = f"{page_of(Vendor.objects.get())}phone/"

    assert buyer.get(reveal).status_code == 200
    assert "13812346027" in buyer.post(reveal, {"reason": "联系送货事宜"}).content.decode()


def test_supplies_contacts_and_visits_are_entered(
    buyer: Browser, vendor: Vendor, today: date
) -> None:
    category = vendors.add_category()
    page = page_of(vendor)
    buyer.post(f"{page}supplies/new/", {"category_id": category.pk, "role": "BACKUP"})
    buyer.post(f"{page}contacts/new/", {"name": "王总", "email": "w@a.cn"})
    buyer.post(
        f"{page}visits/new/",
        {
            "visited_on": today.isoformat(),
            "visitors": "许静",
            "findings": "仓库整洁",
            "outcome": "PROMOTE",
        },
    )
    supply, contact = Supply.objects.get(), Contact.objects.get()
    assert (supply.role, contact.name, Visit.objects.get().outcome) == ("BACKUP", "王总", "PROMOTE")
    again = buyer.post(f"{page}contacts/new/", {"name": "王总", "email": "W@a.cn"})
    assert again.status_code == 422

    buyer.post(f"/c/vendors/contacts/{contact.pk}/again/")
    buyer.post(f"/c/vendors/contacts/{contact.pk}/end/")
    buyer.post(f"/c/vendors/supplies/{supply.pk}/end/")

    contact.refresh_from_db()
    assert contact.state == ContactState.ENDED
    assert not Supply.objects.exists()
    assert buyer.post(f"/c/vendors/supplies/{supply.pk}/end/").status_code == 404


def test_holds_are_set_lifted_and_the_blacklist_asked_for(
    buyer: Browser, office: Browser, vendor: Vendor, today: date
) -> None:
    seed_chains(NOW)
    page = page_of(vendor)
    form = {"reason": "送货延误", "first_day": today.isoformat()}
    assert buyer.post(f"{page}holds/new/", form).status_code == 302
    hold = VendorHold.objects.get()
    assert "送货延误" in buyer.get(page_of(vendor, "holds")).content.decode()
    assert buyer.post(f"/c/vendors/holds/{hold.pk}/", {"reason": "好了"}).status_code == 403
    assert office.post(f"/c/vendors/holds/{hold.pk}/", {"reason": "已整改"}).status_code == 302

    assert buyer.post(f"{page}blacklist/", {"reason": "围标串标"}).status_code == 302
    assert buyer.post(f"{page}delist/", {"reason": "围标串标"}).status_code == 422

    hold.refresh_from_db()
    assert hold.lift_reason == "已整改"
    assert vendor.name in Case.objects.get().title


def test_an_intermediary_is_checked(office: Browser, buyer: Browser) -> None:
    agent = vendors.add_vendor(kind="INTERMEDIARY")
    check = f"{page_of(agent)}checks/new/"
    assert check in office.get(page_of(agent, "visits")).content.decode()
    assert buyer.post(check, {}).status_code == 403

    office.post(check, {"reputation": "on", "technical_ability": "on", "qualification": "on"})

    assert not IntermediaryCheck.objects.get().is_passed


def test_backups_that_are_missing_are_listed(buyer: Browser, vendor: Vendor) -> None:
    category = vendors.add_category("T", "缺备选")
    enough = vendors.add_category("U", "够备选")
    vendors.add_supply(vendor, category, "BACKUP")
    for code in ("V8", "V9"):
        vendors.add_supply(vendors.add_vendor(code, code), enough, "BACKUP")

    page = buyer.get("/c/vendors/coverage/").content.decode()
    missing = buyer.get("/c/vendors/coverage/?missing=1").content.decode()

    assert "1 missing" in page
    assert "够备选" in page
    assert "缺备选" in missing
    assert "够备选" not in missing


def test_kinds_of_papers_are_kept_by_who_checks(buyer: Browser, office: Browser) -> None:
    category = vendors.add_category()
    assert buyer.get("/c/vendors/kinds/new/").status_code == 403

    office.post(
        "/c/vendors/kinds/new/",
        {"key": "food", "name": "食品许可", "category_ids": [category.pk]},
    )
    kind = PaperKind.objects.get(key="food")
    assert list(kind.categories.all()) == [category]
    office.post(f"/c/vendors/kinds/{kind.pk}/", {"name": "食品经营许可", "is_required": "on"})

    kind.refresh_from_db()
    assert (kind.name, kind.is_required, kind.is_active, kind.categories.count()) == (
        "食品经营许可",
        True,
        False,
        0,
    )
    assert "食品经营许可" in buyer.get("/c/vendors/kinds/").content.decode()


def test_who_sees_no_vendors_sees_no_page() -> None:
    factories.add_actor("wuzi", "materials_keeper")
    keeper = browser_of("wuzi")
    vendor = vendors.add_vendor()

    for address in ("/c/vendors/", page_of(vendor), "/c/vendors/coverage/", "/c/vendors/papers/"):
        assert keeper.get(address).status_code == 403
