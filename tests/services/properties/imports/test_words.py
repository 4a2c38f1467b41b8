"""Names, words and numbers as ledgers write them; no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.tabular.cells import Cell
from kernel.tabular.problems import CellProblem
from services.properties import rules
from services.properties.imports import fields, people, rooms
from services.properties.imports.people import Owner
from services.properties.imports.rooms import RoomNamer
from services.properties.models import UnitKind, UnitState


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("住宅", UnitKind.RESIDENCE),
        (" 住 宅 ", UnitKind.RESIDENCE),
        ("高层住宅(一期)", UnitKind.RESIDENCE),
        ("商铺", UnitKind.SHOP),
        ("底商", UnitKind.SHOP),
        ("Parking space", UnitKind.PARKING),
        ("储藏室", UnitKind.STORAGE),
        ("无", None),
        (None, None),
    ],
)
def test_words_of_use(cell: Cell, kind: str | None) -> None:
    assert fields.kind(cell) == kind


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("自住", UnitState.OWNER_OCCUPIED),
        ("已入住", UnitState.OWNER_OCCUPIED),
        ("未入住", UnitState.VACANT),
        ("空置", UnitState.VACANT),
        ("未售", UnitState.UNSOLD),
        ("已售未交付", UnitState.SOLD),
        ("装修中", UnitState.RENOVATION),
        ("出租", UnitState.LEASED),
        ("owner-occupied", UnitState.OWNER_OCCUPIED),
        ("/", None),
    ],
)
def test_words_of_state(cell: Cell, state: str | None) -> None:
    assert fields.state(cell) == state


@pytest.mark.parametrize("cell", ["群租", "住", "2", 2, "半空置半出租"])
def test_a_word_of_state_that_is_not_known_is_not_guessed(cell: Cell) -> None:
    with pytest.raises(CellProblem) as problem:
        fields.state(cell)
    assert problem.value.code == "unknown-word"


@pytest.mark.parametrize(
    ("building", "number", "kind"),
    [
        ("商业街", "S01", UnitKind.SHOP),
        ("1栋", "商铺2", UnitKind.SHOP),
        ("", "车位12", UnitKind.PARKING),
        ("地下", "储藏室3", UnitKind.STORAGE),
        ("1栋", "0101", UnitKind.RESIDENCE),
    ],
)
def test_a_name_may_say_the_use(building: str, number: str, kind: str) -> None:
    assert fields.implied_kind(building, number) == kind


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("史秀子 ", ("史秀子",)),
        ("史 秀 子", ("史秀子",)),
        ("张三、李四", ("张三", "李四")),
        ("张三/李四", ("张三", "李四")),
        ("张三\n李四", ("张三", "李四")),
        ("张三和李四", ("张三", "李四")),
        ("李和平", ("李和平",)),
        ("阿依古丽•买买提", ("阿依古丽·买买提",)),
        ("上海甲,乙投资有限公司", ("上海甲,乙投资有限公司",)),
        ("John Smith", ("John Smith",)),
        ("无", None),
        (None, None),
    ],
)
def test_names(cell: Cell, names: tuple[str, ...] | None) -> None:
    assert people.names(cell) == names


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("13800001101", ("13800001101",)),
        (13800001101, ("13800001101",)),
        ("138 0000 1101", ("13800001101",)),
        ("13800001101、0571-88001234", ("13800001101", "0571-88001234")),
        ("13800001101/13800001102", ("13800001101", "13800001102")),
        ("/", None),
    ],
)
def test_phones(cell: Cell, phones: tuple[str, ...] | None) -> None:
    assert people.phones(cell) == phones


def test_one_wrong_phone_of_several_spoils_the_cell() -> None:
    with pytest.raises(CellProblem) as problem:
        people.phones("13800001101/1380000")
    assert (problem.value.code, problem.value.raw) == ("phone-invalid", "13800001101/1380000")


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("99999919690901972x", ("99999919690901972X",)),
        ("E12345678", ("E12345678",)),
        ("91330106MA27XYT123", ("91330106MA27XYT123",)),
        ("99999919690901972X、999999195706075866", ("99999919690901972X", "999999195706075866")),
        ("无", None),
    ],
)
def test_identity_numbers(cell: Cell, numbers: tuple[str, ...] | None) -> None:
    assert people.numbers(cell) == numbers


def test_each_name_has_its_own_number_and_phone() -> None:
    assert people.owners(("张三", "李四"), ("1",), ("a", "b", "c")) == (
        Owner("张三", "1", "a"),
        Owner("李四", "", "b"),
    )


@pytest.mark.parametrize(
    ("name", "is_organisation"),
    [
        ("云麓花园置业有限公司", True),
        ("杭州市第一医院", True),
        ("Acme Co. Ltd", True),
        ("史秀子", False),
        ("厂长生", False),
        ("Colin", False),
    ],
)
def test_companies_among_persons(name: str, is_organisation: bool) -> None:  # noqa: FBT001
    assert people.is_organisation(name) is is_organisation


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("3栋2单元1602室", ("3栋", "2单元", "1602室")),
        ("3-2-1602", ("3", "2", "1602")),
        ("３－２－１６０２", ("3", "2", "1602")),
        ("3#1602", ("3#", "", "1602")),
        ("3号楼1602", ("3号楼", "", "1602")),
        ("三栋二单元101", ("三栋", "二单元", "101")),
        ("A座-1201", ("A座", "", "1201")),
        ("商业街S01", ("商业街", "", "S01")),
        ("1602", ("", "", "1602")),
        ("S01", ("", "", "S01")),
    ],
)
def test_a_room_in_one_cell(text: str, parts: tuple[str, str, str]) -> None:
    assert rooms.split(text) == parts


PARTS = st.text("0123456789ABC栋单元号楼商业街甲-", min_size=1, max_size=6)


@given(st.lists(st.tuples(st.one_of(st.just(""), PARTS), st.one_of(st.just(""), PARTS), PARTS)))
def test_names_worked_out_in_parts_are_those_of_the_registry(
    places: list[tuple[str, str, str]],
) -> None:
    namer = RoomNamer()
    for building, entrance, number in places:
        try:
            expected = rules.room_code(building, entrance, number)
        except rules.RoomNumberMissing:
            with pytest.raises(rules.RoomNumberMissing):
                namer.name(building, entrance, number)
            continue

        name = namer.name(building, entrance, number)

        assert name.code == expected
        assert name.sort_key == rules.sort_key(expected)


def test_a_building_has_one_name_however_it_is_spelled() -> None:
    namer = RoomNamer({"2": "2号楼"})

    assert namer.name("2栋", "1", "101").label == "2号楼1单元101"
    assert namer.name("二幢", "", "101").building == "2号楼"
    assert namer.name("3幢", "", "101").building == "3幢"
    assert namer.name("3", "", "102").building == "3幢"
