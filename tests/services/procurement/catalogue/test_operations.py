"""The catalogue: categories in a tree, articles with codes and barcodes of their own."""

from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.access import ActionDenied, Actor
from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from services.procurement.catalogue import operations, queries
from services.procurement.catalogue.models import Category, Item
from services.procurement.catalogue.operations import ItemFacts
from services.procurement.catalogue.seeding import CATEGORIES, seed_categories
from services.procurement.texts import TextInvalid
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def buyer() -> Actor:
    return factories.add_actor("caigou", "buyer")


@pytest.fixture
def category(buyer: Actor) -> Category:
    return operations.create_category(actor=buyer, code="t-a", name="测试", now=NOW)


def facts(category: Category, **values: Any) -> ItemFacts:
    return ItemFacts(**{"category_id": category.pk, "name": "开关插座", "unit": "个", **values})


def last_entry() -> AuditEntry:
    return AuditEntry.objects.latest("pk")


def test_a_category_is_entered_below_another_and_written_down(
    buyer: Actor, category: Category
) -> None:
    below = operations.create_category(
        actor=buyer, code=" t-b ", name="插座 ", name_en="Sockets", parent_id=category.pk, now=NOW
    )

    below.refresh_from_db()
    assert (below.code, below.name, below.name_en, below.parent_id) == (
        "T-B",
        "插座",
        "Sockets",
        category.pk,
    )
    assert last_entry().event == "procurement.category.created"
    assert last_entry().data == {"code": "T-B", "name": "插座", "parent": category.pk}


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"code": "T-a"}, operations.CategoryCodeTaken),
        ({"code": ""}, TextInvalid),
        ({"name": " "}, TextInvalid),
        ({"name": "长" * 61}, TextInvalid),
        ({"code": "X" * 21}, TextInvalid),
        ({"parent_id": 10**9}, NotFound),
    ],
)
def test_a_category_that_cannot_be_is_refused(
    buyer: Actor, category: Category, values: dict[str, Any], error: type[DomainError]
) -> None:
    count = Category.objects.count()

    with pytest.raises(error):
        operations.create_category(
            actor=buyer, now=NOW, **{"code": "T-Z", "name": "别的", **values}
        )

    assert Category.objects.count() == count
    assert last_entry().data["code"] == category.code


def test_a_category_does_not_stand_below_itself(buyer: Actor, category: Category) -> None:
    below = operations.create_category(
        actor=buyer, code="T-B", name="下", parent_id=category.pk, now=NOW
    )

    for parent in (below, category):
        with pytest.raises(operations.CategoryInCircle):
            operations.change_category(
                actor=buyer, category_id=category.pk, changes={"parent_id": parent.pk}, now=NOW
            )

    category.refresh_from_db()
    assert category.parent_id is None


def test_a_category_in_use_is_not_retired(buyer: Actor, category: Category) -> None:
    item = operations.create_item(actor=buyer, facts=facts(category), now=NOW)

    with pytest.raises(operations.CategoryInUse):
        operations.change_category(
            actor=buyer, category_id=category.pk, changes={"is_active": False}, now=NOW
        )
    operations.retire_item(actor=buyer, item_id=item.pk, is_active=False, now=NOW)
    operations.change_category(
        actor=buyer, category_id=category.pk, changes={"is_active": False}, now=NOW
    )

    assert last_entry().data == {"before": {"is_active": True}, "after": {"is_active": False}}
    with pytest.raises(operations.CategoryRetired):
        operations.create_item(actor=buyer, facts=facts(category), now=NOW)
    with pytest.raises(operations.CategoryRetired):
        operations.retire_item(actor=buyer, item_id=item.pk, is_active=True, now=NOW)
    with pytest.raises(operations.CategoryRetired):
        operations.create_category(
            actor=buyer, code="T-C", name="下", parent_id=category.pk, now=NOW
        )


def test_an_article_gets_its_number_and_initials(buyer: Actor, category: Category) -> None:
    item = operations.create_item(actor=buyer, facts=facts(category), now=NOW)
    other = operations.create_item(actor=buyer, facts=facts(category, name="灯管"), now=NOW)

    assert (item.initials, other.initials) == ("kgcz", "dg")
    assert item.code.startswith("WL-")
    assert item.code != other.code
    assert last_entry().data == {"code": other.code, "name": "灯管", "spec": "", "unit": "个"}


def test_codes_and_barcodes_are_given_once(buyer: Actor, category: Category) -> None:
    operations.create_item(actor=buyer, facts=facts(category, code="a1", barcode="690"), now=NOW)

    with pytest.raises(operations.ItemCodeTaken) as code:
        operations.create_item(actor=buyer, facts=facts(category, code="A1"), now=NOW)
    with pytest.raises(operations.BarcodeTaken) as barcode:
        operations.create_item(actor=buyer, facts=facts(category, barcode=" ６９０"), now=NOW)
    operations.create_item(actor=buyer, facts=facts(category), now=NOW)
    operations.create_item(actor=buyer, facts=facts(category), now=NOW)  # without one: as many

    assert (code.value.field, barcode.value.field) == ("code", "barcode")
    assert Item.objects.filter(category=category).count() == 3


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": ""}, TextInvalid),
        ({"unit": ""}, TextInvalid),
        ({"unit": "很长很长很长很长很长的"}, TextInvalid),
        ({"spec": "x" * 201}, TextInvalid),
        ({"reference_price": Decimal(0)}, operations.PriceInvalid),
        ({"reference_price": Decimal("1.00001")}, operations.PriceInvalid),
        ({"reference_price": Decimal("NaN")}, operations.PriceInvalid),
        ({"reference_price": Decimal(100_000_000)}, operations.PriceInvalid),
        ({"category_id": 10**9}, NotFound),
    ],
)
def test_an_article_that_cannot_be_is_refused(
    buyer: Actor, category: Category, values: dict[str, Any], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        operations.create_item(actor=buyer, facts=facts(category, **values), now=NOW)

    assert not Item.objects.filter(category=category).exists()


def test_a_change_of_an_article_writes_down_what_differs(buyer: Actor, category: Category) -> None:
    item = operations.create_item(actor=buyer, facts=facts(category), now=NOW)
    entries = AuditEntry.objects.count()

    operations.change_item(
        actor=buyer,
        item_id=item.pk,
        changes={"name": "开关", "unit": "个", "reference_price": Decimal("12.5")},
        now=NOW,
    )

    item.refresh_from_db()
    assert (item.name, item.initials) == ("开关", "kg")
    assert last_entry().data == {
        "before": {"name": "开关插座", "initials": "kgcz", "reference_price": None},
        "after": {"name": "开关", "initials": "kg", "reference_price": "12.5"},
    }
    operations.change_item(actor=buyer, item_id=item.pk, changes={"name": "开关"}, now=NOW)
    assert AuditEntry.objects.count() == entries + 1


def test_an_article_of_a_retired_category_is_still_corrected(
    buyer: Actor, category: Category
) -> None:
    item = operations.create_item(actor=buyer, facts=facts(category), now=NOW)
    Category.objects.filter(pk=category.pk).update(is_active=False)

    operations.change_item(
        actor=buyer,
        item_id=item.pk,
        changes={"category_id": category.pk, "brand": "公牛"},
        now=NOW,
    )

    item.refresh_from_db()
    assert item.brand == "公牛"


@pytest.mark.parametrize("post", ["materials_keeper", "finance_head", "mo_manager"])
def test_only_who_buys_keeps_the_catalogue(post: str, category: Category) -> None:
    other = factories.add_actor("qita", post)
    count = Category.objects.count()

    with pytest.raises(ActionDenied):
        operations.create_category(actor=other, code="T-Q", name="别的", now=NOW)
    with pytest.raises(ActionDenied):
        operations.change_category(
            actor=other, category_id=category.pk, changes={"name": "别的"}, now=NOW
        )
    with pytest.raises(ActionDenied):
        operations.create_item(actor=other, facts=facts(category), now=NOW)

    assert Category.objects.count() == count
    assert not Item.objects.exists()


def test_who_sees_purchases_reads_the_catalogue_and_others_do_not(category: Category) -> None:
    keeper = factories.add_actor("wuzi", "materials_keeper")
    collector = factories.add_actor("shoufei", "collector")

    assert queries.get_category(actor=keeper, category_id=category.pk) == category
    with pytest.raises(NotFound):
        queries.get_category(actor=keeper, category_id=10**9)
    with pytest.raises(ActionDenied):
        queries.categories(actor=collector)
    with pytest.raises(ActionDenied):
        queries.items(actor=collector)


def test_a_company_starts_with_a_tree_and_keeps_what_it_changed() -> None:
    seed_categories(NOW)
    codes = {entry.code for entry in CATEGORIES}
    assert set(Category.objects.filter(code__in=codes).values_list("code", flat=True)) == codes
    Category.objects.filter(code="BG").update(name="办公", is_active=False)
    Category.objects.filter(code="JJ").delete()

    seed_categories(NOW)

    assert Category.objects.get(code="BG").name == "办公"
    assert Category.objects.get(code="JJ").name == "家具"
    assert Category.objects.get(code="BG-DN").parent == Category.objects.get(code="BG")


def test_the_tree_is_read_from_the_top() -> None:
    seed_categories(NOW)
    branches = [branch for branch in queries.tree() if branch.category.code.startswith("WX")]

    assert [(branch.category.code, branch.depth) for branch in branches] == [
        ("WX", 0),
        ("WX-DG", 1),
        ("WX-SN", 1),
        ("WX-TJ", 1),
        ("WX-WJ", 1),
    ]
    assert branches[1].path == "Maintenance materials / Electrical materials"
    top = branches[0].category
    assert set(queries.below(top.pk)) == {branch.category.pk for branch in branches}


def test_the_system_may_do_all_of_it(category: Category) -> None:
    item = operations.create_item(actor=access.SYSTEM, facts=facts(category), now=NOW)

    assert queries.get_item(actor=access.SYSTEM, item_id=item.pk) == item
