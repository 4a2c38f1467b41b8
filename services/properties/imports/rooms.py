"""Rooms as ledgers write them: in three columns or in one, and their names worked out fast."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kernel.tabular.text import squeeze
from services.properties import rules

_BY_WORDS = re.compile(
    r"(?P<building>第?[0-9A-Za-z一二三四五六七八九十]+(?:号楼|#楼|栋|幢|座|楼|#)|[\u4e00-\u9fff]{2,12}?(?=\d|[A-Za-z]\d))"
    r"-?(?P<entrance>第?[0-9A-Za-z一二三四五六七八九十甲乙丙丁东西南北中]+(?:单元|门|梯))?"
    r"-?(?P<number>[0-9A-Za-z][0-9A-Za-z\-]*(?:号房|室|号|房|户)?)"
)
_BY_DASHES = re.compile(r"(?P<building>[^-]+)-(?:(?P<entrance>[^-]+)-)?(?P<number>[^-]+)")


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
    match = _BY_WORDS.fullmatch(value) or _BY_DASHES.fullmatch(value)
    if match is None:
        return "", "", value
    return match["building"], match["entrance"] or "", match["number"]


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
