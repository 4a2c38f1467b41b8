"""Vendors and articles in the search, and what waits for whoever checks vendors."""

import pytest

from console.procurement import search
from console.procurement.vendors import waiting
from services.procurement.catalogue.models import Item
from tests import factories
from tests import factories_procurement_vendors as vendors
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.mark.parametrize("text", ["恒达", "hzhd", "v001", "91330100MA27XL0H1G"])
def test_vendors_are_found_by_what_is_known_of_them(text: str) -> None:
    vendor = vendors.add_vendor(credit_code="91330100MA27XL0H1G", initials="hzhdjdsbyxgs")
    vendors.add_vendor("V002", "宁波信诺电气有限公司", initials="nbxndqyxgs")
    buyer = factories.add_actor("caigou", "buyer")
    collector = factories.add_actor("shoufei", "collector")

    found = search.find_vendors(actor=buyer, text=text, project_id=None)

    assert [hit.url for hit in found] == [f"/c/vendors/{vendor.pk}/"]
    assert search.find_vendors(actor=collector, text=text, project_id=None) == []


@pytest.mark.parametrize("text", ["灯管", "dg", "wl-1", "690"])
def test_articles_in_use_are_found(text: str) -> None:
    category = vendors.add_category()
    common = {"category": category, "name": "灯管", "initials": "dg", "unit": "支"}
    Item.objects.create(code="WL-1", barcode="690", **common)
    Item.objects.create(code="WL-2", is_active=False, **common)
    keeper = factories.add_actor("wuzi", "materials_keeper")
    collector = factories.add_actor("shoufei", "collector")

    found = search.find_articles(actor=keeper, text=text, project_id=None)

    assert [hit.url for hit in found] == ["/c/catalogue/?q=WL-1"]
    assert search.find_articles(actor=collector, text=text, project_id=None) == []


def test_what_is_to_be_decided_waits_for_who_checks_and_does_not_keep() -> None:
    office = factories.add_actor("zongban", "general_office")
    buyer = factories.add_actor("caigou", "buyer")
    assert waiting.find(actor=office, project_id=None, now=NOW) == []
    applied = vendors.add_vendor("V2", "宁波信诺", state="APPLIED")
    vendors.add_paper(applied, vendors.add_paper_kind("x"), state="SUBMITTED")

    found = waiting.find(actor=office, project_id=None, now=NOW)

    assert [thing.url for thing in found] == [
        f"/c/vendors/{applied.pk}/",
        "/c/vendors/papers/?state=SUBMITTED",
    ]
    assert waiting.find(actor=buyer, project_id=None, now=NOW) == []
    assert waiting.find(actor=office, project_id=1, now=NOW) == []
