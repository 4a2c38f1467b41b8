"""Vendors, their papers and what they supply, for tests."""

from datetime import date
from typing import Any

from kernel import crypto
from services.procurement.catalogue.models import Category, Item
from services.procurement.vendors.models import (
    BankAccount,
    Contact,
    ContactState,
    HoldKind,
    IntermediaryCheck,
    PaperKind,
    PaperState,
    Supply,
    SupplyRole,
    Vendor,
    VendorHold,
    VendorPaper,
)
from tests.factories import NOW, TODAY


def add_category(code: str = "WJ", name: str = "五金", parent: Category | None = None) -> Category:
    return Category.objects.create(code=code, name=name, parent=parent)


def add_vendor(
    code: str = "V001",
    name: str = "杭州恒达机电设备有限公司",
    *,
    has_licence: bool = True,
    **values: Any,
) -> Vendor:
    """Enter a vendor with the papers that every vendor needs: quotes and orders may go to him."""
    vendor = Vendor.objects.create(
        code=code, name=name, created_by_label="许静", created_at=NOW, **values
    )
    if has_licence:
        for kind in PaperKind.objects.filter(is_required=True, is_active=True):
            add_paper(vendor, kind)
    return vendor


def add_supply(vendor: Vendor, category: Category, role: str = SupplyRole.CONTRACT) -> Supply:
    return Supply.objects.create(vendor=vendor, category=category, role=role)


def add_paper_kind(key: str = "test-licence", *categories: Category, **values: Any) -> PaperKind:
    kind: PaperKind = PaperKind.objects.create(key=key, **{"name": key, **values})
    kind.categories.set(categories)
    return kind


def add_paper(
    vendor: Vendor, kind: PaperKind, to: date | None = None, state: str = PaperState.CHECKED
) -> VendorPaper:
    return VendorPaper.objects.create(
        vendor=vendor,
        kind=kind,
        valid_from=date(2026, 1, 1),
        valid_to=to,
        state=state,
        added_by_label="许静",
        added_at=NOW,
        checked_by_label="钱会计",
        checked_at=NOW,
    )


def add_hold(
    vendor: Vendor, first: date = TODAY, last: date | None = None, *, blacklist: bool = False
) -> VendorHold:
    return VendorHold.objects.create(
        vendor=vendor,
        kind=HoldKind.BLACKLIST if blacklist else HoldKind.HOLD,
        reason="送货延误",
        first_day=first,
        last_day=last,
        set_by_label="许静",
        set_at=NOW,
    )


def add_contact(vendor: Vendor, email: str = "wang@hengda.cn") -> Contact:
    """Let somebody have joined for a vendor."""
    return Contact.objects.create(
        vendor=vendor,
        name="王总",
        email=email,
        state=ContactState.ACTIVE,
        invited_by_label="许静",
        invited_at=NOW,
        joined_at=NOW,
    )


def add_check(vendor: Vendor, **failed: bool) -> IntermediaryCheck:
    found = {
        "reputation": True,
        "technical_ability": True,
        "qualification": True,
        "performance": True,
    }
    return IntermediaryCheck.objects.create(
        vendor=vendor,
        **{**found, **failed},
        checked_by=1,
        checked_by_label="钱会计",
        checked_at=NOW,
    )


def add_rows(mark: str) -> dict[str, int]:
    """Return the ids of one of each, every text in them marked, for tests that visit every page."""
    category = add_category("MARKED", f"{mark} category")
    item = Item.objects.create(
        category=category, code=f"{mark}-item", name=f"{mark} item", unit="个"
    )
    vendor = add_vendor("V-MARKED", f"{mark} vendor", note=f"{mark} note")
    kind = add_paper_kind("marked", category, name=f"{mark} kind")
    paper = add_paper(vendor, kind, state=PaperState.SUBMITTED)
    account = BankAccount.objects.create(
        vendor=vendor,
        holder=f"{mark} holder",
        bank=f"{mark} bank",
        number_encrypted=crypto.encrypt("6222081202001234567"),
        number_index=crypto.blind_index("6222081202001234567"),
        number_tail="4567",
        asked_by_label=mark,
        asked_at=NOW,
    )
    return {
        "category_id": category.pk,
        "article_id": item.pk,
        "vendor_id": vendor.pk,
        "paper_kind_id": kind.pk,
        "vendor_paper_id": paper.pk,
        "vendor_hold_id": add_hold(vendor).pk,
        "vendor_contact_id": add_contact(vendor).pk,
        "supply_id": add_supply(vendor, category).pk,
        "bank_account_id": account.pk,
    }
