"""Lists, sheets and search of the registry."""

from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from console.properties import search
from kernel import access
from kernel.audit.models import AuditEntry
from services.properties.models import (
    Building,
    Household,
    Meter,
    Occupancy,
    Project,
    Unit,
    Vehicle,
)
from tests import factories
from tests import factories_properties as registry
from tests.console.properties.conftest import SignIn

LISTS = ("buildings", "units", "spaces", "vehicles", "parties", "meters")
HTMX = {"hx-request": "true"}


def recorded() -> int:
    return AuditEntry.objects.filter(event__startswith="properties.").count()


@pytest.mark.parametrize("name", LISTS)
def test_lists_show_their_rows_and_lead_somewhere(flat: Unit, sign_in: SignIn, name: str) -> None:
    client = sign_in("charging_director")

    page = client.get(reverse(name, args=[flat.project_id]))

    assert page.status_code == 200
    first = page.context["rows"][0]
    assert first["url"]
    assert client.get(first["url"]).status_code == 200
    assert "13812346027" not in page.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_of_the_visitor_s_projects(flat: Unit, sign_in: SignIn, name: str) -> None:
    other = registry.add_project("JH", "江海苑")
    stranger = sign_in("meter_reader", other.pk)

    assert stranger.get(reverse(name, args=[flat.project_id])).status_code == 404
    assert stranger.get(reverse(name, args=[other.pk])).context["rows"] == []


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("units", "3-2-1602", 1),
        ("units", "321602", 1),
        ("units", "3栋2单元1602", 1),
        ("units", "陈志", 2),  # the flat and the space in its account
        ("units", "czy", 2),
        ("units", "6027", 2),
        ("units", "7k3m2", 2),
        ("units", "1602", 1),
        ("units", "nobody", 0),
        ("spaces", "b1-0317", 1),
        ("parties", "czy", 1),
        ("parties", "6027", 1),
        ("parties", "13812346027", 1),
        ("vehicles", "7K3", 1),
        ("meters", "1602", 1),
    ],
)
def test_one_box_searches_each_list(
    flat: Unit, sign_in: SignIn, name: str, text: str, count: int
) -> None:
    address = reverse(name, args=[flat.project_id])

    page = sign_in("charging_director").get(address, {"q": text})

    assert len(page.context["rows"]) == count


@pytest.mark.parametrize(
    ("name", "query", "count"),
    [
        ("units", "kind=RESIDENCE", 3),
        ("units", "state=VACANT", 1),
        ("units", "unpaid=1", 0),
        ("units", "area_from=118&area_to=119", 3),
        ("spaces", "free=0", 1),
        ("parties", "phoneless=1", 0),
        ("vehicles", "spaceless=1", 0),
        ("meters", "active=1", 1),
    ],
)
def test_filters_narrow(flat: Unit, sign_in: SignIn, name: str, query: str, count: int) -> None:
    page = sign_in("charging_director").get(f"{reverse(name, args=[flat.project_id])}?{query}")

    assert len(page.context["rows"]) == count


def test_building_filter_knows_the_project_s_buildings(flat: Unit, sign_in: SignIn) -> None:
    address = reverse("units", args=[flat.project_id])

    page = sign_in("charging_director").get(address, {"building": str(flat.building_id)})

    assert len(page.context["rows"]) == 3


def test_export_is_masked_and_noted(flat: Unit, sign_in: SignIn) -> None:
    address = reverse("units", args=[flat.project_id])

    sheet = sign_in("charging_director").get(address, {"export": "csv"})

    assert isinstance(sheet, FileResponse)
    lines = b"".join(sheet).decode("utf-8-sig")
    assert "3栋2单元1602" in lines
    assert "138 **** 6027" in lines
    assert "13812346027" not in lines
    reader = sign_in("meter_reader", flat.project_id)
    assert reader.get(address, {"export": "csv"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "count"),
    [("units", 13), ("parties", 13), ("spaces", 13), ("vehicles", 12), ("meters", 13)],
)
def test_list_queries_are_recorded(
    flat: Unit,
    sign_in: SignIn,
    name: str,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = sign_in("charging_director")
    address = reverse(name, args=[flat.project_id])
    client.get(address)

    with django_assert_num_queries(count):
        client.get(address)


def test_overview_counts(flat: Unit, sign_in: SignIn) -> None:
    page = sign_in("meter_reader", flat.project_id).get(reverse("overview", args=[flat.project_id]))

    assert page.context["figures"].total == 3
    assert page.context["spaces"] == {"total": 1, "taken": 1}


# ---- sheets -------------------------------------------------------------------------------------

# name: what stands in the address beside the project, the form, what it makes true
SHEETS: dict[str, tuple[list[str], dict[str, Any], Any]] = {
    "buildings-new": ([], {"name": "4栋"}, lambda: Building.objects.filter(code="4")),
    "buildings-rename": (
        ["building"],
        {"name": "5栋"},
        lambda: Unit.objects.filter(code="5-2-1602"),
    ),
    "units-new": (
        [],
        {"number": "S1", "kind": "SHOP", "state": "VACANT", "built_area": "90.5㎡"},
        lambda: Unit.objects.filter(code="S1", built_area="90.50"),
    ),
    "units-edit": (
        ["unit"],
        {"number": "1699", "kind": "RESIDENCE", "is_active": "on"},
        lambda: Unit.objects.filter(code="1699"),
    ),
    "units-state": (
        ["unit"],
        {"state": "VACANT", "effective_on": "2026-11-01"},
        lambda: Unit.objects.filter(code="3-2-1602", state="VACANT"),
    ),
    "spaces-new": (
        [],
        {"number": "B1-0001", "kind": "PARKING", "state": "VACANT"},
        lambda: Unit.objects.filter(code="B1-0001"),
    ),
    "parties-edit": (
        ["party"],
        {"name": "陈致远", "kind": "PERSON", "phone": ""},
        lambda: Occupancy.objects.filter(party__name="陈致远", party__phone_tail="6027"),
    ),
    "household-person": (
        ["household"],
        {"unit_id": "unit", "role": "RESIDENT", "name": "女儿", "kind": "PERSON"},
        lambda: Occupancy.objects.filter(party__name="女儿", role="RESIDENT"),
    ),
    "household-occupancy": (
        ["household", "occupancy"],
        {"share_percent": "50", "is_contact": "on"},
        lambda: Occupancy.objects.filter(share_percent=50, is_contact=True),
    ),
    "household-occupancy-end": (
        ["household", "occupancy"],
        {"valid_to": "2026-12-01"},
        lambda: Occupancy.objects.filter(valid_to="2026-12-01"),
    ),
    "household-transfer": (
        ["household"],
        {
            "unit_ids": ["unit"],
            "effective_on": "2026-11-01",
            "name": "李婉婷",
            "kind": "PERSON",
            "share_percent": "60",
            "second_name": "周明",
        },
        lambda: Occupancy.objects.filter(party__name="周明", share_percent=40),
    ),
    "household-payer": (
        ["household"],
        {"party_id": "party"},
        lambda: AuditEntry.objects.filter(event="properties.household.payer-set"),
    ),
    "household-vehicle": (
        ["household"],
        {"plate": "浙A12345"},
        lambda: Vehicle.objects.filter(plate="浙A12345"),
    ),
    "household-vehicle-edit": (
        ["household", "vehicle"],
        {"plate": "浙A54321", "space_id": ""},
        lambda: Vehicle.objects.filter(plate="浙A54321", space=None),
    ),
    "household-vehicle-remove": (
        ["household", "vehicle"],
        {},
        lambda: Vehicle.objects.filter(is_active=False),
    ),
    "household-space": (
        ["household"],
        {"space_id": "free", "effective_on": "2026-11-01"},
        lambda: Unit.objects.filter(code="B1-0009", household__code="3-2-1602"),
    ),
    "household-space-release": (
        ["household"],
        {"space_id": "space", "effective_on": "2026-11-01"},
        lambda: Household.objects.filter(code="B1-0317"),
    ),
    "household-merge": (
        ["household"],
        {"room": "B1-0009"},
        lambda: Unit.objects.filter(code="B1-0009", household__code="3-2-1602"),
    ),
    "household-split": (
        ["household"],
        {"unit_id": "space"},
        lambda: Household.objects.filter(code="B1-0317"),
    ),
    "household-meter": (
        ["household"],
        {"unit_id": "unit", "kind": "GAS", "code": "G-1", "multiplier": "1"},
        lambda: Meter.objects.filter(code="G-1"),
    ),
    "household-meter-edit": (
        ["household", "meter"],
        {"code": "W-9", "multiplier": "2"},
        lambda: Meter.objects.filter(code="W-9", multiplier=2),
    ),
    "household-meter-replace": (
        ["household", "meter"],
        {
            "closing_reading": "12.5",
            "code": "W-2",
            "opening_reading": "0",
            "effective_on": "2026-11-01",
        },
        lambda: Meter.objects.filter(code="W-2", replaces__code="3-2-1602-W"),
    ),
    "household-meter-remove": (
        ["household", "meter"],
        {"effective_on": "2026-11-01"},
        lambda: Meter.objects.filter(is_active=False),
    ),
}


def numbers(flat: Unit) -> dict[str, int]:
    """Return the ids that addresses and forms name."""
    occupancy = flat.occupancies.get()
    free = Unit.objects.filter(code="B1-0009").first() or registry.add_space(
        flat.project, "B1-0009"
    )
    return {
        "building": flat.building_id or 0,
        "unit": flat.pk,
        "household": flat.household_id,
        "party": occupancy.party_id,
        "occupancy": occupancy.pk,
        "vehicle": flat.household.vehicles.get().pk,
        "meter": flat.meters.get().pk,
        "space": Unit.objects.get(code="B1-0317").pk,
        "free": free.pk,
    }


def filled(form: dict[str, Any], ids: dict[str, int]) -> dict[str, Any]:
    return {
        name: [ids.get(each, each) for each in value]
        if isinstance(value, list)
        else ids.get(value, value)
        for name, value in form.items()
    }


@pytest.mark.parametrize("name", SHEETS)
def test_sheets_do_what_they_say(flat: Unit, sign_in: SignIn, name: str) -> None:
    parts, form, outcome = SHEETS[name]
    ids = numbers(flat)
    address = reverse(name, args=[flat.project_id, *(ids[part] for part in parts)])
    director = sign_in("charging_director")
    collector = sign_in("collector", flat.project_id)
    other = registry.add_project("JH", "江海苑")
    stranger = sign_in("charging_director", other.pk)
    entries = recorded()

    # Nobody who may not: neither the form nor what it does.
    assert collector.get(address).status_code == 403
    assert collector.post(address, filled(form, ids)).status_code == 403
    assert stranger.post(address, filled(form, ids)).status_code == 404
    assert recorded() == entries
    assert not outcome().exists()

    page, fragment = director.get(address), director.get(address, headers=HTMX)
    assert page.status_code == fragment.status_code == 200
    assert b"<html" in page.content
    assert b"<html" not in fragment.content
    assert b'id="sheet-title"' in fragment.content

    saved = director.post(address, filled(form, ids), headers=HTMX)
    assert saved.status_code == 200, saved.content.decode()[:2000]
    assert outcome().exists()
    assert recorded() > entries
    assert director.get(saved.headers["HX-Redirect"]).status_code == 200


# People belong to the company: the address only says from which project one came.
OF_ONE_PROJECT = [name for name in SHEETS if SHEETS[name][0] and name != "parties-edit"]


@pytest.mark.parametrize("name", OF_ONE_PROJECT)
def test_sheets_of_another_project_do_not_exist(flat: Unit, sign_in: SignIn, name: str) -> None:
    parts, form, outcome = SHEETS[name]
    ids = numbers(flat)
    other = registry.add_project("JH", "江海苑")
    address = reverse(name, args=[other.pk, *(ids[part] for part in parts)])
    director = sign_in("charging_director")

    assert director.get(address).status_code == 404
    assert director.post(address, filled(form, ids)).status_code == 404
    assert not outcome().exists()


OWNER = {"unit_id": "unit", "role": "OWNER", "name": "张三", "kind": "PERSON"}
SHOP = {"kind": "SHOP", "state": "VACANT"}
TOO_EARLY = {"unit_ids": ["unit"], "effective_on": "2020-01-01", "name": "李", "kind": "PERSON"}
SAME_METER = {"unit_id": "unit", "kind": "GAS", "code": "3-2-1602-W", "multiplier": "1"}


@pytest.mark.parametrize(
    ("name", "form", "field"),
    [
        ("units-new", {**SHOP, "number": "B1-0317"}, "number"),
        ("units-new", {**SHOP, "number": "X", "built_area": "x"}, "built_area"),
        ("buildings-new", {"name": "3号楼"}, "name"),
        ("household-person", {**OWNER, "phone": "1"}, "phone"),
        ("household-person", {**OWNER, "id_number": "x"}, "id_number"),
        ("household-vehicle", {"plate": "浙A7K3M2"}, "plate"),
        ("household-vehicle", {"plate": "?"}, "plate"),
        ("household-meter", SAME_METER, "code"),
        ("household-merge", {"room": "16"}, "room"),
        ("units-state", {"state": "VACANT", "effective_on": "2099-01-01"}, "effective_on"),
        ("household-transfer", TOO_EARLY, "effective_on"),
    ],
)
def test_refusals_stand_at_their_field_and_write_nothing(
    flat: Unit, sign_in: SignIn, name: str, form: dict[str, Any], field: str
) -> None:
    ids = numbers(flat)
    address = reverse(name, args=[flat.project_id, *(ids[part] for part in SHEETS[name][0])])
    entries = recorded()

    answer = sign_in("charging_director").post(address, filled(form, ids), headers=HTMX)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "data-form-errors" in answer.content.decode()
    assert recorded() == entries


def test_open_bills_must_be_taken_over_knowingly(billed: Unit, sign_in: SignIn) -> None:
    address = reverse("household-transfer", args=[billed.project_id, billed.household_id])
    units = list(billed.household.units.values_list("pk", flat=True))
    form = {"unit_ids": units, "effective_on": "2026-11-01", "name": "李婉婷", "kind": "PERSON"}
    director = sign_in("charging_director")

    refused = director.post(address, form)
    assert refused.status_code == 422
    assert "352.01" in refused.content.decode()

    assert director.post(address, {**form, "carry_open_bills": "on"}).status_code == 302
    billed.household.refresh_from_db()
    assert billed.household.payer is not None
    assert billed.household.payer.name == "李婉婷"


def test_projects_are_the_administrator_s(flat: Unit, sign_in: SignIn) -> None:
    administrator, director = sign_in("company_admin"), sign_in("charging_director")
    form = {"code": "TX", "name": "天玺中心"}

    assert director.get(reverse("projects")).status_code == 403
    assert director.post(reverse("projects-new"), form).status_code == 403
    assert Project.objects.count() == 1

    assert administrator.post(reverse("projects-new"), form).status_code == 302
    created = Project.objects.get(code="TX")
    page = administrator.get(reverse("projects"))
    assert [row["name"] for row in page.context["rows"]] == ["天玺中心", "云麓花园"]
    edit = reverse("overview-edit", args=[created.pk])
    assert administrator.post(edit, {**form, "hotline": "0571-88001234"}).status_code == 302
    created.refresh_from_db()
    assert (created.hotline, created.is_active) == ("0571-88001234", False)


# ---- Ctrl K -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "note"),
    [
        ("321602", "3栋2单元1602", "陈志远"),
        ("b10317", "3栋2单元1602", "陈志远, B1-0317"),
        ("czy", "3栋2单元1602", "陈志远"),
        ("6027", "3栋2单元1602", "陈志远 138 **** 6027"),
        ("7k3m2", "3栋2单元1602", "陈志远, 浙A7K3M2"),
        ("3-2-1602-W", "3栋2单元1602", "陈志远, 3-2-1602-W"),
    ],
)
def test_global_search_names_the_household_and_what_fitted(
    flat: Unit, text: str, title: str, note: str
) -> None:
    hits = search.find(actor=access.SYSTEM, text=text, project_id=flat.project_id)

    assert [(hit.title, hit.note, hit.badge) for hit in hits] == [(title, note, "")]
    assert hits[0].url == reverse("household", args=[flat.project_id, flat.household_id])


def test_global_search_puts_the_visitor_s_project_first_and_names_others(flat: Unit) -> None:
    other = registry.add_home(registry.add_project("AA", "安宁里"))

    hits = search.find(actor=access.SYSTEM, text="陈志远", project_id=flat.project_id)

    assert [hit.badge for hit in hits] == ["云麓花园", "安宁里"]
    here = factories.add_actor("reader", "meter_reader", project_id=other.project_id)
    found = search.find(actor=here, text="陈志远", project_id=other.project_id)
    assert [hit.url for hit in found] == [
        reverse("household", args=[other.project_id, other.household_id])
    ]
    projects = search.find_projects(actor=here, text="安宁", project_id=None)
    assert [hit.title for hit in projects] == ["安宁里"]
    assert search.find_projects(actor=here, text="云麓", project_id=None) == []


def test_global_search_answers_over_http(flat: Unit, sign_in: SignIn) -> None:
    client: Client = sign_in("charging_director")

    page = client.get(reverse("search"), {"q": "3-2-1602"})

    assert reverse("household", args=[flat.project_id, flat.household_id]) in page.content.decode()
