"""The catalogue's pages, as the buyer and as the materials keeper."""

import pytest

from services.procurement.catalogue.models import Category, Item
from tests import factories
from tests import factories_procurement_vendors as vendors
from tests.console.browser import Browser, browser_of

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def buyer() -> Browser:
    factories.add_actor("caigou", "buyer")
    return browser_of("caigou")


@pytest.fixture
def category() -> Category:
    return vendors.add_category("TEST", "测试")


def test_an_article_is_entered_changed_and_taken_out_of_use(
    buyer: Browser, category: Category
) -> None:
    assert "测试" in buyer.get("/c/catalogue/new/").content.decode()

    answer = buyer.post(
        "/c/catalogue/new/",
        {
            "category_id": category.pk,
            "name": "开关",
            "unit": "个",
            "reference_price": "12.5",
            "is_sampled": "on",
        },
    )
    assert answer.headers["Location"] == "/c/catalogue/"
    item = Item.objects.get()
    assert (item.name, item.is_sampled, str(item.reference_price)) == ("开关", True, "12.5000")

    page = f"/c/catalogue/{item.pk}/"
    assert "Article entered" in buyer.get(page).content.decode()
    changed = {"category_id": category.pk, "name": "开关 二开", "unit": "个", "code": item.code}
    assert buyer.post(page, changed).status_code == 302
    buyer.post(f"{page}use/", {"is_active": "0"})

    item.refresh_from_db()
    assert (item.name, item.is_active, item.reference_price) == ("开关 二开", False, None)
    assert "Out of use" in buyer.get("/c/catalogue/").content.decode()


def test_what_is_refused_is_told_at_its_field(buyer: Browser, category: Category) -> None:
    Item.objects.create(category=category, code="A1", name="灯", unit="个")

    answer = buyer.post(
        "/c/catalogue/new/", {"category_id": category.pk, "name": "灯", "unit": "个", "code": "a1"}
    )

    assert answer.status_code == 422
    assert "There is an article with this code." in answer.content.decode()
    assert Item.objects.count() == 1


def test_articles_are_found_by_a_category_and_what_is_below_it(
    buyer: Browser, category: Category
) -> None:
    below = vendors.add_category("TEST-1", "下级", category)
    Item.objects.create(category=below, code="A1", name="灯管", unit="个", initials="dg")
    Item.objects.create(
        category=vendors.add_category("ELSE", "别的"), code="A2", name="扫帚", unit="把"
    )

    found = buyer.get(f"/c/catalogue/?category={category.pk}").content.decode()
    assert "灯管" in found
    assert "扫帚" not in found
    assert "灯管" in buyer.get("/c/catalogue/?q=dg").content.decode()


def test_a_category_is_entered_below_another_and_moved(buyer: Browser, category: Category) -> None:
    page = "/c/catalogue/categories/"
    buyer.post(f"{page}new/", {"code": "T2", "name": "下级", "parent_id": category.pk})
    below = Category.objects.get(code="T2")
    assert below.parent == category

    refused = buyer.post(
        f"{page}{category.pk}/",
        {"code": "TEST", "name": "测试", "parent_id": below.pk, "is_active": "on"},
    )
    assert refused.status_code == 422
    buyer.post(
        f"{page}{below.pk}/", {"code": "T2", "name": "下级", "parent_id": "", "is_active": ""}
    )

    below.refresh_from_db()
    assert (below.parent_id, below.is_active) == (None, False)
    assert "下级" in buyer.get(page).content.decode()


def test_the_keeper_reads_and_enters_nothing(category: Category) -> None:
    factories.add_actor("wuzi", "materials_keeper")
    keeper = browser_of("wuzi")
    Item.objects.create(category=category, code="A1", name="灯管", unit="个")

    page = keeper.get("/c/catalogue/").content.decode()

    assert "灯管" in page
    assert "New article" not in page
    assert keeper.get("/c/catalogue/new/").status_code == 403
    assert keeper.get("/c/catalogue/categories/").status_code == 200
