"""The one box that finds a household."""

from datetime import date

import pytest

from kernel import access
from kernel.access import Action, Actor, Grant
from services.properties import operations, queries
from services.properties.models import Project
from tests import factories_properties as registry
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.usefixtures("tenant")
SYSTEM = access.SYSTEM


@pytest.fixture
def project() -> Project:
    project = registry.add_project()
    flat = registry.add_home(project)
    space = registry.add_space(project, household=flat.household)
    registry.add_vehicle(flat.household, "浙A7K3M2", space)
    registry.add_meter(flat, "3-2-1602-W")
    street = registry.add_building(project, "商业街")
    shop = registry.add_unit(project, "S12", building=street, kind="SHOP")
    registry.add_occupancy(shop, registry.add_party("单伟", "0571-88001234"))
    first = registry.add_building(project, "1栋")
    low = registry.add_unit(project, "0101", building=first, entrance="1")
    registry.add_occupancy(low, registry.add_party("曾小贤", "13900006027"))
    return project


def search(text: str, **options: object) -> list[str]:
    found = queries.search_households(actor=SYSTEM, text=text, **options)  # type: ignore[arg-type]
    return [f"{hit.household.label} {hit.by}" for hit in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3-2-1602", ["3栋2单元1602 ROOM"]),
        ("321602", ["3栋2单元1602 ROOM"]),
        ("3栋2单元1602室", ["3栋2单元1602 ROOM"]),
        ("３－２－１６０２", ["3栋2单元1602 ROOM"]),
        ("3#2-1602", ["3栋2单元1602 ROOM"]),
        ("3-1602", ["3栋2单元1602 ROOM"]),
        ("1602", ["3栋2单元1602 ROOM"]),
        ("3-2-16", ["3栋2单元1602 ROOM"]),
        ("3栋", ["3栋2单元1602 ROOM"]),
        ("11101", ["1栋1单元0101 ROOM"]),
        ("101", ["1栋1单元0101 ROOM"]),
        ("0101", ["1栋1单元0101 ROOM"]),
        ("s12", ["商业街S12 ROOM"]),
        ("商业街", ["商业街S12 ROOM"]),
        ("商业街12", []),
        ("B1-0317", ["3栋2单元1602 ROOM"]),
        ("b10317", ["3栋2单元1602 ROOM"]),
        ("陈志远", ["3栋2单元1602 NAME"]),
        ("陈", ["3栋2单元1602 NAME"]),
        ("志远", ["3栋2单元1602 NAME"]),
        ("czy", ["3栋2单元1602 NAME"]),
        ("CZ", ["3栋2单元1602 NAME"]),
        ("sw", ["商业街S12 NAME"]),
        ("zxx", ["1栋1单元0101 NAME"]),
        ("6027", ["1栋1单元0101 PHONE", "3栋2单元1602 PHONE"]),
        ("46027", ["3栋2单元1602 PHONE"]),
        ("138 1234 6027", ["3栋2单元1602 PHONE"]),
        ("13812346028", []),
        ("3-2-1234", []),  # a room that is none, though a phone ends so
        ("60-27", []),
        ("88001234", ["商业街S12 PHONE"]),
        ("0571-88001234", ["商业街S12 PHONE"]),
        ("浙A·7K3M2", ["3栋2单元1602 PLATE"]),
        ("a7k3m2", ["3栋2单元1602 PLATE"]),
        ("3m2", ["3栋2单元1602 PLATE"]),
        ("3-2-1602-w", ["3栋2单元1602 METER"]),
        ("", []),
        ("\0", []),
        ("%", []),
        ("_", []),
        ("x" * 500, []),
        ("'; DROP TABLE", []),
    ],
)
def test_what_is_typed_finds_the_household(
    project: Project, text: str, expected: list[str]
) -> None:
    assert search(text) == expected


def test_phone_is_shown_masked(project: Project) -> None:
    found = queries.search_households(actor=SYSTEM, text="46027")

    assert [hit.text for hit in found] == ["陈志远 138 **** 6027"]


def test_exact_room_comes_first(project: Project) -> None:
    tower = registry.add_building(project, "32栋")
    registry.add_unit(project, "1602", building=tower)

    assert search("321602")[:2] == ["3栋2单元1602 ROOM", "32栋1602 ROOM"]
    assert search("32-1602") == ["32栋1602 ROOM"]


def test_people_who_left_are_not_found(project: Project) -> None:
    flat = queries.search_households(actor=SYSTEM, text="3-2-1602")[0].household
    unit = flat.units.get(kind="RESIDENCE")
    lessee = registry.add_party("王租客", "13700001111")
    lease = registry.add_occupancy(unit, lessee, "LESSEE", valid_from=date(2026, 1, 1))
    assert search("王租客") == ["3栋2单元1602 NAME"]

    operations.end_occupancy(
        actor=SYSTEM, occupancy_id=lease.pk, valid_to=date(2026, 12, 1), now=NOW
    )

    assert search("王租客") == []
    assert search("王租客", today=TODAY) == ["3栋2单元1602 NAME"]
    assert search("王租客", today=date(2026, 12, 1)) == []


def test_vehicles_and_meters_out_of_use_are_not_found(project: Project) -> None:
    flat = queries.search_households(actor=SYSTEM, text="3-2-1602")[0].household
    operations.remove_vehicle(actor=SYSTEM, vehicle_id=flat.vehicles.get().pk, now=NOW)

    assert search("浙A7K3M2") == []


def test_payer_who_lives_nowhere_is_found(project: Project) -> None:
    flat = queries.search_households(actor=SYSTEM, text="3-2-1602")[0].household
    flat.payer = registry.add_party("云麓置业有限公司", "")
    flat.save()

    assert search("云麓置业") == ["3栋2单元1602 NAME"]


def test_each_household_is_found_once_and_no_more_than_asked(project: Project) -> None:
    flat = queries.search_households(actor=SYSTEM, text="3-2-1602")[0].household
    unit = flat.units.get(kind="RESIDENCE")
    registry.add_occupancy(unit, registry.add_party("陈国芳", "13812340000"), "RESIDENT")
    for number in range(1, 6):
        registry.add_home(project, f"170{number}", owner=f"陈{number}")

    assert search("陈").count("3栋2单元1602 NAME") == 1
    assert len(search("陈", limit=3)) == 3


def test_search_stays_within_the_actor_s_projects(project: Project) -> None:
    other = registry.add_project("JH", "江海苑")
    registry.add_home(other)
    here = Actor("here", 1, frozenset({Grant(Action.REGISTRY_VIEW, project.pk)}))

    for text in ("3-2-1602", "1602", "陈志远", "czy", "6027", "13812346027"):
        found = queries.search_households(actor=here, text=text)
        assert {hit.household.project_id for hit in found} == {project.pk}, text
        assert len(queries.search_households(actor=SYSTEM, text=text)) > len(found), text
        assert queries.search_households(actor=here, text=text, project_id=other.pk) == []
        in_other = queries.search_households(actor=SYSTEM, text=text, project_id=other.pk)
        assert {hit.household.project_id for hit in in_other} == {other.pk}
    assert queries.search_households(actor=here, text="陈", action=Action.PAYMENT_TAKE) == []
