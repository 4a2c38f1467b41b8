"""Ctrl K over real rows: every source finds only what lies in the visitor's reach."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from console import search
from kernel import access
from kernel.access import Actor
from services.properties.models import Unit
from tenants.companies.models import Company
from tests import factories, factories_cashier
from tests import factories_properties as registry
from tests.factories_cashier import Bill, open_counter, pay, post_bills

# What names the same things in two projects: room, name, initials, phone end, plate, meter number.
TEXTS = ("321602", "陈志远", "czy", "6027", "浙A7K3M2", "3-2-1602-W")


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def homes(tenant: Company) -> dict[str, Unit]:
    """Two projects with the same room, people, plates and meters."""
    homes = {}
    for code, name in (("YL", "云麓花园"), ("JH", "江海苑")):
        unit = registry.add_home(registry.add_project(code, name))
        registry.add_vehicle(unit.household)
        registry.add_meter(unit)
        homes[code] = unit
    return homes


def found_by(actor: Actor, text: str, unit: Unit) -> dict[str, list[str]]:
    return {
        group.label: [hit.url for hit in group.hits]
        for group in search.find(actor=actor, text=text, project_id=unit.project_id)
    }


@pytest.mark.parametrize("text", TEXTS)
def test_each_way_to_name_a_household_stays_in_reach(homes: dict[str, Unit], text: str) -> None:
    own, other = homes["YL"], homes["JH"]
    here = factories.add_actor("zhouting", "collector", project_id=own.project_id)

    found = found_by(here, text, own)

    assert found["Households"] == [reverse("household", args=[own.project_id, own.household_id])]
    everything = str(found)
    assert f"/p/{other.project_id}/" not in everything
    assert len(found_by(access.SYSTEM, text, own)["Households"]) == 2


@pytest.mark.parametrize("text", ["陈志远", "czy", "6027"])
def test_people_are_those_of_the_visitors_project(homes: dict[str, Unit], text: str) -> None:
    own, other = homes["YL"], homes["JH"]
    here = factories.add_actor("zhouting", "collector", project_id=own.project_id)
    (owner,) = {occupancy.party_id for occupancy in own.occupancies.all()}

    assert found_by(here, text, own)["Owners and residents"] == [
        reverse("parties-party", args=[own.project_id, owner])
    ]
    assert found_by(here, text, other).get("Owners and residents") is None
    nobody = Actor(label="nobody", user_id=99)
    assert found_by(nobody, text, own) == {}


def test_receipts_of_another_project_are_not_found(tenant: Company) -> None:
    own = open_counter()
    other = open_counter("JH", "江海苑", "wangmin")
    codes = {}
    for counter in (own, other):
        household = factories_cashier.add_household(counter.project)
        post_bills(household, [Bill("331.41")])
        codes[counter.project.code] = pay(counter.collector, household).code

    def receipts(text: str) -> list[str]:
        groups = search.find(actor=own.collector, text=text, project_id=own.project.pk)
        return [hit.title for group in groups if group.label == "Receipts" for hit in group.hits]

    assert receipts(codes["YL"]) == [codes["YL"]]
    assert receipts(codes["JH"]) == []
    assert receipts("SJ-") == []
    assert receipts("sj-yl") == [codes["YL"]]


def test_pages_are_those_of_the_visitors_menu(homes: dict[str, Unit]) -> None:
    unit = homes["YL"]
    reader = factories.add_actor("lijianguo", "meter_reader", project_id=unit.project_id)
    manager = factories.add_actor("fangqiming", "property_manager")

    def pages(actor: Actor, text: str) -> list[str]:
        return found_by(actor, text, unit).get("Pages", [])

    assert pages(manager, "arrears") == [reverse("arrears", args=[unit.project_id])]
    assert pages(reader, "arrears") == []
    assert pages(reader, "readings") == [reverse("readings", args=[unit.project_id])]
    assert pages(reader, "DOWNLOADS") == [reverse("downloads")]
    assert pages(manager, "users and posts") == []
    # The menu names the list of runs twice: it is one page.
    assert pages(manager, "bill runs") == [reverse("bill-runs", args=[unit.project_id])]


def test_pages_speak_the_visitors_language(homes: dict[str, Unit]) -> None:
    unit = homes["YL"]
    manager = factories.add_actor("fangqiming", "property_manager")

    with translation.override("zh-hans"):
        assert reverse("arrears", args=[unit.project_id]) in str(found_by(manager, "欠费", unit))
