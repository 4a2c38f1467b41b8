"""How a room is called: printed (3栋2单元1602), typed (3-2-1602) and put in order."""

import re
from typing import NamedTuple

from pypinyin import lazy_pinyin

from kernel.errors import Invalid
from kernel.tabular.text import squeeze, tidy
from kernel.text import _

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_NUMERALS = "一二三四五六七八九"
_BUILDING_WORDS = r"号楼|#楼|栋|幢|座|楼|号|#"
_ENTRANCE_WORDS = r"单元|门|梯"
_ROOM_WORDS = r"号房|室|号|房|户"
_NUMERAL = rf"[{_NUMERALS}十]{{1,3}}"

_BUILDING = re.compile(rf"第?([0-9A-Z]+|{_NUMERAL})(?:{_BUILDING_WORDS})?")
_ENTRANCE = re.compile(rf"第?([0-9A-Z]+|{_NUMERAL}|[{_HAN}]{{1,4}}?)(?:{_ENTRANCE_WORDS})?")
_ROOM_END = re.compile(rf"(?<=[0-9A-Z])(?:{_ROOM_WORDS})$")
_SPELLED = re.compile(rf"第?({_NUMERAL})(?={_BUILDING_WORDS}|{_ENTRANCE_WORDS}|{_ROOM_WORDS})")
_WORDS = re.compile(
    rf"第(?=[0-9A-Z])|(?<=[0-9A-Z])(?:{_BUILDING_WORDS}|{_ENTRANCE_WORDS}|{_ROOM_WORDS})"
)
_NO_SIGN = re.compile(rf"[^0-9A-Z{_HAN}]+")
_SCRIPT_ENDS = re.compile(rf"(?<=[{_HAN}])(?=[0-9A-Z])|(?<=[0-9A-Z])(?=[{_HAN}])")
_RUN = re.compile(rf"\d+|[A-Z]+|[{_HAN}]+")
_KEY_LENGTH = 120


class RoomNumberMissing(Invalid):
    code = "properties.room-number-missing"


class RoomSearch(NamedTuple):
    """What a text in the search box may mean if it is a room.

    ``keys`` are sort keys that fit the whole text; ``number`` is a room number without its
    building; ``ends`` are the sort keys of a building and a number with the entrance left out;
    ``prefix`` is the beginning of a code.
    """

    keys: tuple[str, ...] = ()
    number: str = ""
    ends: tuple[str, str] | None = None
    prefix: str = ""


def building_code(name: str) -> str:
    """Return what is typed for a building: ``3`` for 3栋, 3号楼 and 三栋, ``A`` for A座.

    Names that are no number stay as they are: 商业街.
    """
    value = squeeze(name).upper()
    match = _BUILDING.fullmatch(value)
    return (_plain(match[1]) if match else value.replace("-", ""))[:20]


def building_name(name: str) -> str:
    """Return what is printed for a building; a bare number or letter gets its word."""
    value = tidy(name)
    if not re.fullmatch(r"[0-9]+|[A-Za-z]", value):
        return value
    return f"{value}栋" if value.isdigit() else f"{value.upper()}座"


def entrance_code(name: str) -> str:
    """Return what is typed for an entrance: ``2`` for 2单元, 二单元 and 2门; ``""`` for none."""
    value = squeeze(name).upper()
    match = _ENTRANCE.fullmatch(value)
    return _plain(match[1]) if match else value


def number_code(number: str) -> str:
    """Return a room's number as it is typed: upper case, without 室; zeros in front stay.

    :raises RoomNumberMissing: if nothing is left.
    """
    value = _ROOM_END.sub("", squeeze(number).upper()).strip("-")
    if not value:
        raise RoomNumberMissing(_("Enter the room number."), field="number")
    return value


def room_code(building: str, entrance: str, number: str) -> str:
    """Return the code of a unit, ``3-2-1602``, out of its parts as printed or typed.

    Shops have no entrance (``商业街-S12``), parking spaces often neither building nor entrance
    (``B1-0317``). A number that repeats the parts before it is not prefixed twice.

    :raises RoomNumberMissing: if the number is empty.
    """
    parts = [part for part in (building_code(building), entrance_code(entrance)) if part]
    path = "-".join(parts)
    value = number_code(number)
    return value if not path or value.startswith(f"{path}-") else f"{path}-{value}"


def room_label(building: str, entrance: str, number: str) -> str:
    """Return how a unit is printed: ``3栋2单元1602``, ``商业街S12``, ``B1-0317``.

    :raises RoomNumberMissing: if the number is empty.
    """
    value = number_code(number)
    parts = [part for part in (building_code(building), entrance_code(entrance)) if part]
    value = value.removeprefix("-".join([*parts, ""])) if parts else value
    label = building_name(building)
    if entrance_code(entrance):
        label += f"{entrance_code(entrance)}单元"
    # Two words of Latin letters would run together: Tower 12.
    gap = " " if label[-1:].isascii() and label[-1:].isalnum() else ""
    return f"{label}{gap}{value}"


def sort_key(code: str) -> str:
    """Return what puts codes in natural order: 2栋 before 10栋, Chinese by its pinyin.

    Numbers are padded, so that ``1-1-101`` and ``1-1-0101`` have one key.

    >>> sort_key("1-1-0101")
    '000001-000001-000101'
    """
    parts = _NO_SIGN.split(squeeze(code).upper())
    return "-".join(_component_key(part) for part in parts if part)[:_KEY_LENGTH]


def room_search(text: str) -> RoomSearch:
    """Return what ``text`` may mean as a room, in whatever spelling.

    3-2-1602, 321602, 3栋2单元1602室, ３－２－１６０２, 3#2-1602 and 三栋二单元1602 all have the key
    of 3-2-1602; 3-1602 has no entrance, 1602 no building, 3-2-16 is a beginning.
    """
    spelled = _SPELLED.sub(lambda match: _plain(match[1]), squeeze(text).upper())
    dashed = _SCRIPT_ENDS.sub("-", _NO_SIGN.sub("-", _WORDS.sub("-", spelled)))
    parts = [part for part in dashed.split("-") if part]
    if not parts:
        return RoomSearch()
    if len(parts) == 1:
        return _one_word(parts[0], is_begun=dashed.endswith("-"))
    key = sort_key("-".join(parts))
    prefix = "-".join([*(_plain(part) for part in parts[:-1]), parts[-1]])
    if dashed.endswith("-"):
        prefix += "-"
    ends = (_component_key(parts[0]), _component_key(parts[1])) if len(parts) == 2 else None
    return RoomSearch(keys=(key,), ends=ends, prefix=prefix)


def _one_word(word: str, *, is_begun: bool) -> RoomSearch:
    match = re.fullmatch(r"([A-Z]?)(\d+)", word)
    if match is None:
        return RoomSearch(keys=(_component_key(word),), prefix=word)
    letter, digits = match[1], match[2]
    splits = {
        (letter + digits[:building], digits[building:cut], digits[cut:])
        for cut in range(len(digits) - 4, len(digits) - 2)  # the number has three or four digits
        for building in (cut, cut - 1)  # nothing or one digit for the entrance
        if building >= (0 if letter else 1) and building <= 3
    }
    keys = {sort_key("-".join(part for part in split if part)) for split in splits}
    return RoomSearch(
        keys=(_component_key(word), *sorted(keys)),
        number=letter + digits.lstrip("0"),
        prefix=f"{_plain(word)}-" if is_begun else "",
    )


def _component_key(part: str) -> str:
    return "".join(_run_key(run) for run in _RUN.findall(part))


def _run_key(run: str) -> str:
    if run.isdigit():
        return run.lstrip("0").zfill(6)
    return run if run.isascii() else "".join(lazy_pinyin(run)).upper()


def _plain(number: str) -> str:
    """Return a number without zeros in front; 十二 as 12."""
    if number.isdigit():
        return number.lstrip("0") or "0"
    if not re.fullmatch(_NUMERAL, number):
        return number
    tens, ten, ones = number.rpartition("十")
    if not ten:
        return "".join(str(_NUMERALS.index(sign) + 1) for sign in number)
    value = (_NUMERALS.index(tens) + 1 if tens in _NUMERALS and tens else 1) * 10
    return str(value + (_NUMERALS.index(ones) + 1 if ones and ones in _NUMERALS else 0))
