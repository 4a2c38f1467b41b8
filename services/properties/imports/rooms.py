"""Rooms as ledgers write them: in three columns or in one, and their names worked out fast."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kernel.tabular.text import squeeze
from services.properties import rules

_NUMERAL = r"第?[0-9A-Za-z一二三四五六七八九十]+"
_BUILDING = rf"{_NUMERAL}(?:号楼|#楼|栋|幢|座|楼|#)"
# A phase, a quarter or the community's name before it: 一期3栋, 东区3栋.
_PLACED_BUILDING = rf"[^-/]{{1,12}}?{_NUMERAL}(?:号楼|#楼|栋|幢|座|#)"
_ENTRANCE = r"第?[0-9A-Za-z一二三四五六七八九十甲乙丙丁东西南北中]+(?:单元|门|梯)"
_FLOOR = r"第?[0-9一二三四五六七八九十]{1,3}(?:层|楼)"
_BY_WORDS = re.compile(
    rf"(?P<building>{_BUILDING}|{_PLACED_BUILDING})[-/]?(?:(?P<entrance>{_ENTRANCE})[-/]?)?"
    rf"(?:{_FLOOR}[-/]?)?第?(?P<number>[^-/].*)"
)
_BY_THREE_DASHES = re.compile(r"(?P<building>[^-]+)-(?P<entrance>[^-]+)-(?P<number>[^-].*)")
_BY_PLACE = re.compile(
    r"(?P<building>[\u4e00-\u9fff]{2,12}?)-?(?P<entrance>)"
    r"(?P<number>(?=\d|[A-Za-z]\d)[0-9A-Za-z][0-9A-Za-z\-]*(?:号房|室|号|房|户)?)"
)
_BY_DASH = re.compile(r"(?P<building>[^-]+)-(?P<entrance>)(?P<number>[^-]+)")
# 3/2/1602, 3.2.1602 and 3—2—1602 are typed for dashes.
_OTHER_DASHES = re.compile(r"[0-9A-Za-z]+(?:[/.\\_—–][0-9A-Za-z]+){2}")
_NOT_SIGN = re.compile(r"[^0-9A-Za-z]+")
# One cell for both: 3栋2单元, 3-2.
_BUILDING_WITH_ENTRANCE = re.compile(
    rf"(?P<building>{_BUILDING}|{_PLACED_BUILDING})[-/]?(?P<entrance>{_ENTRANCE})"
)
_PAIR = re.compile(r"(?P<building>[0-9]{1,3})[-/](?P<entrance>[0-9]{1,2})")
_WHOLE_CODE = re.compile(r"[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}")


@dataclass(frozen=True, slots=True)
class RoomName:
    """A unit's name in all its forms, as the registry keeps them."""

    building: str  # as printed
    building_code: str
    building_key: str
    entrance: str  # as typed: 2
    number: str
    code: str
    label: str
    sort_key: str


def split(text: str) -> tuple[str, str, str]:
    """Return building, entrance and number of a room written in one cell.

    3栋2单元1602室, 3-2-1602 and 3#1602 are taken apart; what is only a number stays one.
    """
    value = squeeze(text)
    if _OTHER_DASHES.fullmatch(value):
        value = _NOT_SIGN.sub("-", value)
    match = (
        _BY_WORDS.fullmatch(value)
        or _BY_THREE_DASHES.fullmatch(value)
        or _BY_PLACE.fullmatch(value)
        or _BY_DASH.fullmatch(value)
    )
    if match is None:
        return "", "", value
    return match["building"], match["entrance"] or "", match["number"]


def split_place(building: str, entrance: str) -> tuple[str, str]:
    """Return building and entrance where one cell may name both: 3栋2单元, 3-2.

    A dash between numbers is none of a building's name: 3-1 is not building 31.
    """
    value = squeeze(building)
    match = _BUILDING_WITH_ENTRANCE.fullmatch(value) or _PAIR.fullmatch(value)
    if match is None:
        return building, entrance
    if not entrance or rules.entrance_code(entrance) == rules.entrance_code(match["entrance"]):
        return match["building"], match["entrance"]
    return building, entrance


class AnotherPlace(Exception):
    """The room's number names another building or entrance than its own columns."""


def within(building: str, entrance: str, number: str) -> tuple[str, str, str]:
    """Return a room whose number may repeat the columns before it: 1栋 | 1单元 | 1栋1单元102室.

    :raises AnotherPlace: if it contradicts them.
    """
    value = squeeze(number)
    if not (_BY_WORDS.fullmatch(value) or _WHOLE_CODE.fullmatch(value)):
        return building, entrance, number
    named, named_entrance, rest = split(value)
    is_other_entrance = (
        entrance
        and named_entrance
        and rules.entrance_code(entrance) != rules.entrance_code(named_entrance)
    )
    if rules.building_code(named) != rules.building_code(building) or is_other_entrance:
        raise AnotherPlace
    return building, entrance or named_entrance, rest


class RoomNamer:
    """Names rooms by the registry's rules, working out each part of a name once.

    A building's rooms repeat its name and its entrances thousands of times. A building that is
    spelled in several ways (2栋, 2号楼, 2) has the name of the registry, or else the first one.
    """

    def __init__(self, buildings: Mapping[str, str] | None = None) -> None:
        self._printed = dict(buildings or {})
        self._places: dict[tuple[str, str], _Place] = {}
        self._numbers: dict[str, tuple[str, str]] = {}

    def name(self, building: str, entrance: str, number: str) -> RoomName:
        """Return the room's name.

        :raises rules.RoomNumberMissing: if nothing of the number is left.
        """
        place = self._places.get((building, entrance))
        if place is None:
            place = self._places[building, entrance] = self._place(building, entrance)
        known = self._numbers.get(number)
        if known is None:
            code = rules.number_code(number)
            known = self._numbers[number] = (code, rules.sort_key(code))
        value, value_key = known
        if place.path and value.startswith(place.path):
            value = value.removeprefix(place.path)
            value_key = rules.sort_key(value)
        return RoomName(
            building=place.building,
            building_code=place.building_code,
            building_key=place.building_key,
            entrance=place.entrance,
            number=value,
            code=place.path + value,
            label=place.label + value,
            sort_key=f"{place.sort_key}-{value_key}" if place.sort_key else value_key,
        )

    def _place(self, building: str, entrance: str) -> "_Place":
        path = rules.room_code(building, entrance, "0").removesuffix("0")
        code = rules.building_code(building) if building else ""
        printed = self._printed.setdefault(code, rules.building_name(building)) if code else ""
        return _Place(
            building=printed,
            building_code=code,
            building_key=rules.sort_key(code),
            entrance=rules.entrance_code(entrance),
            path=path,
            label=rules.room_label(printed, entrance, "0").removesuffix("0"),
            sort_key=rules.sort_key(path),
        )


class _Place(NamedTuple):
    """What all rooms of one entrance share: its names, and what theirs begin with."""

    building: str
    building_code: str
    building_key: str
    entrance: str
    path: str
    label: str
    sort_key: str
