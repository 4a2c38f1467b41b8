import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.properties import rules

CODES = [
    # building, entrance, number, code, label
    ("1栋", "1单元", "0101", "1-1-0101", "1栋1单元0101"),
    ("3", "2", "1602室", "3-2-1602", "3栋2单元1602"),
    ("03栋", "02单元", "1602", "3-2-1602", "03栋2单元1602"),
    ("３栋", "２单元", "１６０２", "3-2-1602", "3栋2单元1602"),
    ("三号楼", "二单元", "301", "3-2-301", "三号楼2单元301"),
    ("十二栋", "1", "101", "12-1-101", "十二栋1单元101"),
    ("二十栋", "", "101", "20-101", "二十栋101"),
    ("12幢", "甲单元", "101", "12-甲-101", "12幢甲单元101"),
    ("A座", "", "1201", "A-1201", "A座1201"),
    ("a", "", "1201", "A-1201", "A座1201"),
    ("6#", "1门", "502", "6-1-502", "6#1单元502"),
    ("商业街", "", "S12", "商业街-S12", "商业街S12"),
    ("商业街", "", "s12号", "商业街-S12", "商业街S12"),
    ("", "", "B1-0317", "B1-0317", "B1-0317"),
    ("", "", "b1－0317", "B1-0317", "B1-0317"),
    ("3栋", "2单元", "3-2-1602", "3-2-1602", "3栋2单元1602"),
    ("Tower", "", "12", "TOWER-12", "Tower 12"),
]


@pytest.mark.parametrize(("building", "entrance", "number", "code", "label"), CODES)
def test_code_and_label(building: str, entrance: str, number: str, code: str, label: str) -> None:
    assert rules.room_code(building, entrance, number) == code
    assert rules.room_label(building, entrance, number) == label


@pytest.mark.parametrize("number", ["", " ", "-", "\u3000"])
def test_a_room_needs_a_number(number: str) -> None:
    with pytest.raises(rules.RoomNumberMissing) as refusal:
        rules.room_code("3栋", "2单元", number)
    assert refusal.value.field == "number"


def test_natural_order() -> None:
    codes = ["10-1-0101", "商业街-S2", "2-2-0101", "2-1-1001", "2-1-0902", "商业街-S10", "B1-0317"]

    assert sorted(codes, key=rules.sort_key) == [
        "2-1-0902",
        "2-1-1001",
        "2-2-0101",
        "10-1-0101",
        "B1-0317",
        "商业街-S2",
        "商业街-S10",
    ]


def test_zeros_in_front_make_no_other_room() -> None:
    assert rules.sort_key("1-1-101") == rules.sort_key("1-1-0101") == "000001-000001-000101"


@pytest.mark.parametrize(
    "text",
    [
        "3-2-1602",
        "321602",
        "3栋2单元1602",
        "3栋2单元1602室",
        "３－２－１６０２",
        "3#2-1602",
        "3#楼2单元1602",
        "3号楼2单元1602",
        "第3栋第2单元1602号",
        "三栋二单元1602",
        "3 - 2 - 1602",
        "3—2—1602",
        "3/2/1602",
        "3.2.1602",
        "03-02-1602",
        "3-2-01602",
    ],
)
def test_every_spelling_finds_the_room(text: str) -> None:
    assert rules.sort_key("3-2-1602") in rules.room_search(text).keys


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("110101", "1-1-0101"),
        ("11101", "1-1-0101"),
        ("1-1-101", "1-1-0101"),
        ("12-1-1001", "12-1-1001"),
        ("1211001", "12-1-1001"),
        ("3301", "3-301"),
        ("A1201", "A-1201"),
        ("a座1201", "A-1201"),
        ("商业街S12", "商业街-S12"),
        ("商业街-s12", "商业街-S12"),
        ("商业街 s 12", "商业街-S12"),
        ("b1-0317", "B1-0317"),
        ("B10317", "B1-0317"),
        ("b1317", "B1-0317"),
        ("S12", "S12"),
    ],
)
def test_what_is_typed_finds_the_code(text: str, code: str) -> None:
    assert rules.sort_key(code) in rules.room_search(text).keys


def test_a_number_alone_is_looked_for_in_every_building() -> None:
    assert rules.room_search("1602").number == "1602"
    assert rules.room_search("0101").number == "101"
    assert rules.room_search("s12").number == "S12"


def test_building_and_number_leave_the_entrance_open() -> None:
    assert rules.room_search("3-1602").ends == ("000003", "001602")
    assert rules.room_search("3栋1602").ends == ("000003", "001602")
    assert rules.room_search("3-2-1602").ends is None


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("3-2-16", "3-2-16"),
        ("3栋2单元", "3-2-"),
        ("3栋", "3-"),
        ("3-", "3-"),
        ("03栋", "3-"),
        ("商业街", "商业街"),
        ("1602", ""),
    ],
)
def test_a_beginning_is_a_prefix_of_codes(text: str, prefix: str) -> None:
    assert rules.room_search(text).prefix == prefix


@pytest.mark.parametrize("text", ["", "  ", "——", "#", "。，"])
def test_nothing_typed_means_no_room(text: str) -> None:
    assert rules.room_search(text) == rules.RoomSearch()


buildings = st.integers(1, 199).map(str)
entrances = st.integers(1, 9).map(str)
numbers = st.builds(
    lambda floor, door: f"{floor:02}{door:02}", st.integers(1, 60), st.integers(1, 20)
)


@given(buildings, entrances, numbers)
def test_label_and_code_lead_to_the_same_room(building: str, entrance: str, number: str) -> None:
    code = rules.room_code(building, entrance, number)
    label = rules.room_label(f"{building}栋", f"{entrance}单元", number)

    key = rules.sort_key(code)
    assert rules.room_search(code).keys == (key,)
    assert rules.room_search(label).keys == (key,)
    assert key in rules.room_search(code.replace("-", "")).keys


@given(st.text(max_size=60))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    search = rules.room_search(text)

    assert all(key == key.upper() for key in search.keys)


SIGNS = string.printable + "栋单元室座商业街一二十"


@given(st.text(SIGNS, max_size=40))
def test_a_key_is_short_and_a_building_has_no_dash_in_its_code(text: str) -> None:
    assert len(rules.sort_key(text)) <= 120
    assert "-" not in rules.building_code(text)


@given(st.text(SIGNS.replace("-", ""), max_size=20))
def test_a_code_of_a_building_stands_for_itself(name: str) -> None:
    assert rules.building_code(rules.building_code(name)) == rules.building_code(name)


def test_a_building_with_a_dash_is_not_the_one_without() -> None:
    assert rules.building_code("3-1栋") != rules.building_code("31栋")
