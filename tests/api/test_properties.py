"""The registry's endpoints: what each answers to whom, and that a refusal writes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from kernel.audit.models import AuditEntry
from services.properties.models import Meter, Occupancy, Party, Project, Unit, Vehicle
from tenants.companies.models import Company
from tests import factories_properties as registry
from tests.api.client import Api, Json, refusal, sign_in


@dataclass
class World:
    """Two projects; one flat with everything in the first."""

    project: Project
    other: Project
    flat: Unit
    space: Unit
    party: Party
    occupancy: Occupancy
    vehicle: Vehicle
    meter: Meter


@pytest.fixture
def world(tenant: Company) -> World:
    flat = registry.add_home()
    space = registry.add_space(flat.project)
    occupancy = flat.occupancies.get()
    return World(
        project=flat.project,
        other=registry.add_project("JH", "江海苑"),
        flat=flat,
        space=space,
        party=occupancy.party,
        occupancy=occupancy,
        vehicle=registry.add_vehicle(flat.household),
        meter=registry.add_meter(flat),
    )


@pytest.fixture
def director(world: World) -> Api:
    return sign_in("zhaomin", ("charging_director", None))


@pytest.fixture
def administrator(world: World) -> Api:
    return sign_in("xujing", ("company_admin", None))


Build = Callable[[World], tuple[str, str, Json | None]]

READS: dict[str, Build] = {
    "project": lambda w: ("GET", f"projects/{w.project.pk}/", None),
    "figures": lambda w: ("GET", f"projects/{w.project.pk}/occupancy-figures/", None),
    "building": lambda w: ("GET", f"buildings/{w.flat.building_id}/", None),
    "unit": lambda w: ("GET", f"units/{w.flat.pk}/", None),
    "states": lambda w: ("GET", f"units/{w.flat.pk}/state-changes/", None),
    "household": lambda w: ("GET", f"households/{w.flat.household_id}/", None),
    "party": lambda w: ("GET", f"parties/{w.party.pk}/", None),
    "occupancy": lambda w: ("GET", f"occupancies/{w.occupancy.pk}/", None),
    "vehicle": lambda w: ("GET", f"vehicles/{w.vehicle.pk}/", None),
    "meter": lambda w: ("GET", f"meters/{w.meter.pk}/", None),
}
WRITES: dict[str, tuple[Build, int]] = {
    "create building": (
        lambda w: ("POST", "buildings/", {"project_id": w.project.pk, "name": "4栋"}),
        201,
    ),
    "rename building": (
        lambda w: ("PATCH", f"buildings/{w.flat.building_id}/", {"name": "5栋"}),
        200,
    ),
    "create unit": (
        lambda w: (
            "POST",
            "units/",
            {"project_id": w.project.pk, "number": "S1", "kind": "SHOP", "state": "VACANT"},
        ),
        201,
    ),
    "update unit": (lambda w: ("PATCH", f"units/{w.flat.pk}/", {"note": "corner"}), 200),
    "change state": (
        lambda w: (
            "POST",
            f"units/{w.flat.pk}/state-changes/",
            {"state": "VACANT", "effective_on": "2026-11-01"},
        ),
        201,
    ),
    "move unit": (
        lambda w: ("POST", f"units/{w.space.pk}/move/", {"household_id": w.flat.household_id}),
        200,
    ),
    "assign space": (
        lambda w: (
            "POST",
            f"units/{w.space.pk}/assign/",
            {"household_id": w.flat.household_id, "effective_on": "2026-11-01"},
        ),
        200,
    ),
    "update party": (lambda w: ("PATCH", f"parties/{w.party.pk}/", {"name": "陈致远"}), 200),
    "add occupant": (
        lambda w: (
            "POST",
            "occupancies/",
            {"unit_id": w.flat.pk, "party": {"name": "女儿"}, "role": "RESIDENT"},
        ),
        201,
    ),
    "update occupancy": (
        lambda w: ("PATCH", f"occupancies/{w.occupancy.pk}/", {"is_contact": True}),
        200,
    ),
    "end occupancy": (
        lambda w: ("POST", f"occupancies/{w.occupancy.pk}/end/", {"valid_to": "2026-12-01"}),
        200,
    ),
    "transfer": (
        lambda w: (
            "POST",
            "ownership-transfers/",
            {
                "unit_ids": [w.flat.pk],
                "owners": [{"party": {"name": "李婉婷"}, "share_percent": "100"}],
                "effective_on": "2026-11-01",
            },
        ),
        201,
    ),
    "set payer": (
        lambda w: (
            "POST",
            f"households/{w.flat.household_id}/payer/",
            {"party_id": w.party.pk},
        ),
        200,
    ),
    "merge": (
        lambda w: (
            "POST",
            f"households/{w.flat.household_id}/merge/",
            {"household_id": w.space.household_id},
        ),
        200,
    ),
    "add vehicle": (
        lambda w: (
            "POST",
            "vehicles/",
            {"household_id": w.flat.household_id, "plate": "浙A12345"},
        ),
        201,
    ),
    "update vehicle": (
        lambda w: ("PATCH", f"vehicles/{w.vehicle.pk}/", {"space_id": w.space.pk}),
        200,
    ),
    "remove vehicle": (lambda w: ("POST", f"vehicles/{w.vehicle.pk}/remove/", None), 200),
    "create meter": (
        lambda w: ("POST", "meters/", {"unit_id": w.flat.pk, "kind": "GAS", "code": "G-1"}),
        201,
    ),
    "update meter": (lambda w: ("PATCH", f"meters/{w.meter.pk}/", {"code": "W-1"}), 200),
    "replace meter": (
        lambda w: (
            "POST",
            f"meters/{w.meter.pk}/replace/",
            {
                "code": "W-2",
                "closing_reading": "12.5",
                "opening_reading": "0",
                "effective_on": "2026-11-01",
            },
        ),
        201,
    ),
    "deactivate meter": (
        lambda w: ("POST", f"meters/{w.meter.pk}/deactivate/", {"effective_on": "2026-11-01"}),
        200,
    ),
}
LISTS = (
    "projects",
    "buildings",
    "units",
    "households",
    "parties",
    "occupancies",
    "vehicles",
    "meters",
)


def recorded() -> int:
    return AuditEntry.objects.filter(event__startswith="properties.").count()


@pytest.mark.parametrize("name", READS)
def test_reads(world: World, director: Api, name: str) -> None:
    entries = recorded()

    assert director(*READS[name](world)).status_code == 200
    stranger = sign_in("wu", ("charging_director", world.other.pk))
    assert stranger(*READS[name](world)).status_code == 404
    assert sign_in("nobody")(*READS[name](world)).status_code == 403
    assert recorded() == entries


@pytest.mark.parametrize("name", WRITES)
def test_writes(world: World, director: Api, name: str) -> None:
    build, status = WRITES[name]
    entries = recorded()

    # Out of sight, in sight without the action, without the action anywhere.
    stranger = sign_in("wu", ("charging_director", world.other.pk))
    assert stranger(*build(world)).status_code == 404
    mixed = sign_in("mixed", ("collector", world.project.pk), ("charging_director", world.other.pk))
    assert mixed(*build(world)).status_code == 403
    collector = sign_in("zhouting", ("collector", world.project.pk))
    refused = collector(*build(world))
    assert refused.status_code == 403
    assert refused.json()["code"] == "access.action-denied"
    assert recorded() == entries

    answer = director(*build(world))
    assert answer.status_code == status, answer.content
    assert recorded() > entries


@pytest.mark.parametrize("name", LISTS)
def test_lists_stay_within_the_actor_s_projects(world: World, director: Api, name: str) -> None:
    everything = director("GET", f"{name}/").json()["results"]
    assert everything
    here = sign_in("here", ("meter_reader", world.project.pk))("GET", f"{name}/").json()["results"]
    assert here
    away = sign_in("away", ("meter_reader", world.other.pk))("GET", f"{name}/").json()["results"]
    assert [row["id"] for row in away] == ([world.other.pk] if name == "projects" else [])
    assert sign_in("nobody")("GET", f"{name}/").status_code == 403


def test_another_company_sees_nothing(
    world: World, director: Api, companies: dict[str, Company]
) -> None:
    assert director("GET", f"units/{world.flat.pk}/").status_code == 200
    director.host = "beta.test"
    assert director("GET", f"units/{world.flat.pk}/").status_code == 401

    with tenant_context(companies["beta"]):
        theirs = sign_in("zhaomin", ("charging_director", None))
        theirs.host = "beta.test"
        assert theirs("GET", f"units/{world.flat.pk}/").status_code == 404
        assert theirs("GET", "units/").json()["results"] == []


def test_projects_are_the_administrator_s(world: World, director: Api, administrator: Api) -> None:
    body = {"code": "TX", "name": "天玺中心", "city": "杭州"}

    assert director("POST", "projects/", body).status_code == 403
    assert Project.objects.count() == 2

    created = administrator("POST", "projects/", body)
    assert created.status_code == 201
    assert created.json() == {
        "id": Project.objects.get(code="TX").pk,
        "code": "TX",
        "name": "天玺中心",
        "name_en": "",
        "city": "杭州",
        "address": "",
        "hotline": "",
        "is_active": True,
    }
    path = f"projects/{created.json()['id']}/"
    changed = administrator("PATCH", path, {"hotline": "0571-88001234"})
    assert changed.json()["hotline"] == "0571-88001234"
    assert director("PATCH", path, {"hotline": ""}).status_code == 403
    again = administrator("POST", "projects/", {**body, "name": "天玺二期"})
    assert (again.status_code, again.json()["code"]) == (409, "properties.project-code-taken")
    assert list(again.json()["errors"]) == ["code"]


def test_unit_in_full(world: World, director: Api) -> None:
    assert director("GET", f"units/{world.flat.pk}/").json() == {
        "id": world.flat.pk,
        "project_id": world.project.pk,
        "building_id": world.flat.building_id,
        "household_id": world.flat.household_id,
        "kind": "RESIDENCE",
        "state": "OWNER_OCCUPIED",
        "entrance": "2",
        "number": "1602",
        "code": "3-2-1602",
        "label": "3栋2单元1602",
        "built_area": "118.36",
        "inner_area": None,
        "handed_over_on": None,
        "note": "",
        "is_active": True,
    }


def test_household_in_full_masks_personal_data(world: World, director: Api) -> None:
    answer = director("GET", f"households/{world.flat.household_id}/")

    body = answer.json()
    assert body["payer"] == {
        "id": world.party.pk,
        "kind": "PERSON",
        "name": "陈志远",
        "phone_masked": "138 **** 6027",
        "id_number_masked": "",
    }
    assert [unit["code"] for unit in body["units"]] == ["3-2-1602"]
    assert [person["role"] for person in body["people"]] == ["OWNER"]
    assert [vehicle["plate"] for vehicle in body["vehicles"]] == ["浙A7K3M2"]
    assert [meter["code"] for meter in body["meters"]] == ["3-2-1602-W"]
    assert "13812346027" not in answer.content.decode()


def test_reveal_gives_the_value_and_records_who_asked(world: World, administrator: Api) -> None:
    path, body = f"parties/{world.party.pk}/reveal/", {"field": "phone", "reason": "leak"}
    collector = sign_in("zhouting", ("collector", world.project.pk))

    assert administrator("POST", path, body).status_code == 403
    assert sign_in("wu", ("collector", world.other.pk))("POST", path, body).status_code == 404
    silent = collector("POST", path, {"field": "phone"})
    assert (refusal(silent), list(silent.json()["errors"])) == ((400, "invalid-input"), ["reason"])
    empty = collector("POST", path, {"field": "phone", "reason": "??"})
    assert refusal(empty) == (422, "records.reason-too-short")
    assert not AuditEntry.objects.filter(event="properties.personal-data.revealed").exists()

    answer = collector("POST", path, body)
    assert answer.json() == {"field": "phone", "value": "13812346027"}
    entry = AuditEntry.objects.get(event="properties.personal-data.revealed")
    assert entry.data == {"field": "phone", "reason": "leak"}


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("3-2-1602", "ROOM"),
        ("321602", "ROOM"),
        ("陈志", "NAME"),
        ("czy", "NAME"),
        ("6027", "PHONE"),
        ("7K3M2", "PLATE"),
        ("3-2-1602-W", "METER"),
    ],
)
def test_search(world: World, director: Api, text: str, by: str) -> None:
    answer = director("GET", f"households/search/?text={text}")

    assert [(hit["household"]["code"], hit["by"]) for hit in answer.json()] == [("3-2-1602", by)]
    elsewhere = director("GET", f"households/search/?text={text}&project_id={world.other.pk}")
    assert elsewhere.json() == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("units/?kind=PARKING", 1),
        ("units/?kind=PARKING&state=LEASED", 0),
        ("units/?code=3-2-1602", 1),
        ("units/?household_id={w.flat.household_id}", 1),
        ("units/?project_id={w.other.pk}", 0),
        ("units/?is_active=false", 0),
        ("households/?code=B1-0317", 1),
        ("parties/?name=陈", 1),
        ("parties/?project_id={w.project.pk}", 1),
        ("parties/?project_id={w.other.pk}", 0),
        ("occupancies/?party_id={w.party.pk}&role=OWNER", 1),
        ("occupancies/?unit_id={w.space.pk}", 0),
        ("vehicles/?plate=浙A7K3M2", 1),
        ("meters/?kind=GAS", 0),
        ("meters/?unit_id={w.flat.pk}", 1),
        ("buildings/?project_id={w.project.pk}", 1),
        ("projects/?code=yl", 1),
    ],
)
def test_filters(world: World, director: Api, query: str, count: int) -> None:
    answer = director("GET", query.format(w=world))

    assert answer.status_code == 200
    assert len(answer.json()["results"]) == count


def test_pages_follow_the_cursor(world: World, director: Api) -> None:
    first = director("GET", "units/?page_size=1").json()
    second = director("GET", "units/?" + first["next"].partition("?")[2]).json()

    assert [row["id"] for row in first["results"] + second["results"]] == [
        world.flat.pk,
        world.space.pk,
    ]
    assert second["next"] is None


UNIT, PAYER = "units/{w.flat.pk}/", "households/{w.flat.household_id}/payer/"
FIGURES = "projects/{w.project.pk}/occupancy-figures/"
TAKEN = {"number": "B1-0317", "entrance": "", "building_id": None}
NO_ID_NUMBER = {"name": "张三", "id_number": "123456789012345678"}
NO_UNIT = {"unit_id": 999_999, "kind": "GAS", "code": "G"}


@pytest.mark.parametrize(
    ("request_", "status", "code", "field"),
    [
        (("GET", "units/?kind=CASTLE"), 400, "invalid-input", "kind"),
        (("GET", "units/?project_id=x"), 400, "invalid-input", "project_id"),
        (("GET", f"units/?project_id={10**20}"), 400, "invalid-input", "project_id"),
        (("GET", f"units/{10**20}/"), 404, "not-found", None),
        (("GET", f"{FIGURES}?on=x"), 400, "invalid-input", "on"),
        (("PATCH", UNIT, {"built_area": "-1"}), 400, "invalid-input", "built_area"),
        (("PATCH", UNIT, {"built_area": "1e400"}), 400, "invalid-input", "built_area"),
        (("PATCH", UNIT, {"number": "a\0"}), 400, "invalid-input", "number"),
        (("PATCH", UNIT, {"building_id": 10**20}), 400, "invalid-input", "building_id"),
        (("PATCH", UNIT, {"building_id": 999_999}), 404, "not-found", "building"),
        (("PATCH", UNIT, TAKEN), 409, "properties.unit-exists", "number"),
        (
            ("POST", "parties/", {"name": "张三", "phone": "1"}),
            422,
            "properties.phone-invalid",
            "phone",
        ),
        (("POST", "parties/", NO_ID_NUMBER), 422, "properties.id-number-invalid", "id_number"),
        (("POST", "occupancies/", {"unit_id": 1, "role": "OWNER"}), 400, "invalid-input", "party"),
        (("POST", "vehicles/", {"household_id": 999_999, "plate": "x"}), 404, "not-found", None),
        (("POST", "meters/", NO_UNIT), 404, "not-found", None),
        (("POST", PAYER, {"party_id": 999_999}), 409, "properties.payer-not-in-household", "party"),
        (("DELETE", UNIT), 405, "method-not-allowed", None),
    ],
)
def test_refusals_are_problem_documents(
    world: World,
    director: Api,
    request_: tuple[Any, ...],
    status: int,
    code: str,
    field: str | None,
) -> None:
    entries = recorded()
    method, path, *body = request_

    answer = director(method, path.format(w=world), *body)

    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert list(problem.get("errors", {})) == ([] if field is None else [field])
    assert recorded() == entries


def test_open_bills_do_not_change_hands_silently(world: World, director: Api) -> None:
    registry.bill(world.flat)
    body = {
        "unit_ids": [world.flat.pk],
        "owners": [{"party": {"name": "李婉婷"}}],
        "effective_on": "2026-11-01",
    }

    refused = director("POST", "ownership-transfers/", body)
    assert (refused.status_code, refused.json()["code"]) == (
        409,
        "properties.account-has-open-bills",
    )
    assert refused.json()["details"]["open_amount"] == "994.22"

    accepted = director("POST", "ownership-transfers/", {**body, "carry_open_bills": True})
    assert accepted.status_code == 201
    assert accepted.json()["payer"]["name"] == "李婉婷"
