"""What a page of each list of vendors and of the catalogue costs, however many rows there are."""

from collections.abc import Callable

import pytest

from kernel.access import Action, Actor, Grant
from services.procurement.catalogue import operations as catalogue
from services.procurement.catalogue.models import Item
from services.procurement.vendors import operations
from services.procurement.vendors.models import BankAccount, PaperKind, Vendor
from tenants.companies.models import Company
from tests import factories_procurement_vendors as vendors
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories import NOW, TODAY

Address = Callable[[Vendor], str]


def _at(path: str) -> Address:
    return lambda _vendor: path


def _of(part: str) -> Address:
    return lambda vendor: f"vendors/{vendor.pk}/{part}/"


# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "articles/": (_at("articles/"), 6),
    "articles/<int:article_id>/history/": (
        lambda _vendor: f"articles/{Item.objects.earliest('pk').pk}/history/",
        7,
    ),
    "categories/": (_at("categories/?page_size=200"), 6),
    "categories/<int:category_id>/history/": (
        lambda _vendor: f"categories/{Item.objects.earliest('pk').category_id}/history/",
        7,
    ),
    "vendor-paper-kinds/": (_at("vendor-paper-kinds/"), 7),
    "vendor-paper-kinds/<int:paper_kind_id>/history/": (
        lambda _vendor: f"vendor-paper-kinds/{PaperKind.objects.earliest('pk').pk}/history/",
        8,
    ),
    "vendor-papers/": (_at("vendor-papers/"), 6),
    # One finds who is active, eight tell who of them is fit, one how often vendors are visited.
    "vendors/": (_at("vendors/"), 16),
    "vendors/<int:vendor_id>/accounts/": (_of("accounts"), 7),
    "vendors/<int:vendor_id>/checks/": (_of("checks"), 7),
    "vendors/<int:vendor_id>/contacts/": (_of("contacts"), 7),
    "vendors/<int:vendor_id>/history/": (_of("history"), 7),
    "vendors/<int:vendor_id>/holds/": (_of("holds"), 7),
    "vendors/<int:vendor_id>/papers/": (_of("papers"), 7),
    "vendors/<int:vendor_id>/supplies/": (_of("supplies"), 7),
    "vendors/<int:vendor_id>/visits/": (_of("visits"), 7),
}
KEEPER = Actor(
    label="采购员",
    user_id=1,
    grants=frozenset({Grant(Action.PURCHASE_BUY, None), Grant(Action.VENDOR_MANAGE, None)}),
)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


@pytest.fixture
def robot(tenant: Company) -> Api:
    return sign_in("robot", ("property_manager", None), ("general_office", None))


def grow(vendor: Vendor, count: int) -> None:
    """Let ``count`` more of everything be, all about one vendor."""
    there = Vendor.objects.count()
    for number in range(there, there + count):
        category = vendors.add_category(f"C{number}", f"分类 {number}")
        first = Item.objects.order_by("pk").first()
        item = Item.objects.create(category=category, code=f"I{number}", name="物料", unit="个")
        kind = vendors.add_paper_kind(f"kind-{number}", category)
        vendors.add_vendor(f"V{number}", f"供应商 {number}")
        vendors.add_paper(vendor, kind)
        vendors.add_supply(vendor, category)
        vendors.add_contact(vendor, f"{number}@hengda.cn")
        vendors.add_hold(vendor, last=TODAY)
        vendors.add_check(vendor)
        operations.record_visit(
            actor=KEEPER,
            vendor_id=vendor.pk,
            visited_on=TODAY,
            visitors="许静",
            findings="好",
            outcome="KEEP",
            now=NOW,
        )
        BankAccount.objects.create(
            vendor=vendor,
            holder="恒达",
            bank="工商银行",
            number_encrypted="x",
            number_index="x",
            number_tail="4567",
            state="REFUSED",
            asked_by_label="许静",
            asked_at=NOW,
        )
        catalogue.change_item(
            actor=KEEPER,
            item_id=(first or item).pk,
            changes={"name": f"物料 {number}"},
            now=NOW,
        )
        catalogue.change_category(
            actor=KEEPER,
            category_id=(first or item).category_id,
            changes={"name": f"首类 {number}"},
            now=NOW,
        )
        change_kind(PaperKind.objects.earliest("pk"), f"证照 {number}")


def change_kind(kind: PaperKind, name: str) -> None:
    operations.change_paper_kind(
        actor=Actor(label="综合办", grants=frozenset({Grant(Action.VENDOR_CHECK, None)})),
        kind_id=kind.pk,
        name=name,
        is_required=False,
        is_active=True,
        category_ids=[],
        now=NOW,
    )


def test_a_page_costs_the_same_however_many_rows(robot: Api) -> None:
    vendor = vendors.add_vendor("V-ONE", "恒达", kind="INTERMEDIARY")
    grow(vendor, 2)
    robot("GET", "projects/")  # notes that the token is used, once in a while
    few = {name: asked(robot, address(vendor)) for name, (address, _cost) in LISTS.items()}
    grow(vendor, 6)
    many = {name: asked(robot, address(vendor)) for name, (address, _cost) in LISTS.items()}

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in LISTS:
        assert many[name][0] >= few[name][0] + 6, f"{name} has not grown"
