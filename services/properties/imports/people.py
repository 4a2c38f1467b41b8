"""Owners as ledgers write them: several in a cell, companies among persons, phones in a row."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kernel.tabular import clean
from kernel.tabular.cells import Cell
from kernel.tabular.problems import CellProblem
from kernel.tabular.text import tidy
from services.properties.imports.fields import is_nothing, says_nobody
from services.properties.models import PartyKind

_SEPARATORS = re.compile(r"[、,;/&|\n]|和(?=[\u4e00-\u9fff]{2,4}$)")
_LIST = re.compile(r"[、,;/|\n或和]|\s{2,}")
_LABEL = re.compile(r"[\u4e00-\u9fff]{1,4}[:：]?(?=[0-9A-Z+])|(?<=[0-9])[\u4e00-\u9fff]{1,4}$")
_LONG = re.compile(r"[0-9]{7,}")  # a number of its own, not a group of digits of one
_BRACKETED = re.compile(r"\([^)]*\)")
# A surname with its given name. A blank stands between two such names, and in the midst of one
# (张 三, 欧阳 修文) where one part is no name by itself.
_FULL_NAME = re.compile(
    r"(?!(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|夏侯|端木|南宫|百里|呼延)$)"
    r"[\u4e00-\u9fff]{2,3}"
)
_PERSON = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")
_ORGANISATION = re.compile(
    r"公司|集团|银行|医院|学校|学院|大学|中学|小学|幼儿园|委员会|居委会|合作社|事务所|工作室|服务部|"
    r"经营部|商行|超市|酒店|饭店|餐厅|宾馆|厂$|中心$|协会|政府|管理局|派出所|"
    r"\b(co|ltd|inc|llc|gmbh|limited|company|corporation|bank|school)\b",
    re.IGNORECASE,
)
# Registered numbers besides the resident's: passports, permits, unified social credit codes.
_OTHER_NUMBER = re.compile(r"[A-Z]{1,3}\d{5,15}|[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")


@dataclass(frozen=True, slots=True)
class Owner:
    """One owner of a row, with what is known of him."""

    name: str
    id_number: str = ""
    phone: str = ""

    @property
    def kind(self) -> str:
        return PartyKind.ORGANISATION if is_organisation(self.name) else PartyKind.PERSON


def is_organisation(name: str) -> bool:
    """Tell whether a name is a company's or an institution's."""
    return bool(_ORGANISATION.search(name))


def names(cell: Cell) -> tuple[str, ...] | None:
    """Return the names in a cell; 张三、李四 are two, a company with a comma in its name is one.

    :raises CellProblem: ``too-long``.
    """
    whole = clean.person_name(cell)
    if whole is None or is_nothing(whole) or says_nobody(whole):
        return None
    if (whole == cell and _PERSON.fullmatch(whole)) or is_organisation(whole):
        return (whole,)
    raw = _BRACKETED.sub("", _raw_text(cell))
    parts = [part.strip() for part in _SEPARATORS.split(raw) if part.strip()]
    cleaned = [clean.person_name(part) or "" for part in parts]
    if len(cleaned) > 1 and all(_PERSON.fullmatch(name) for name in cleaned):
        return tuple(dict.fromkeys(cleaned))
    apart = raw.split()
    if len(apart) > 1 and all(_FULL_NAME.fullmatch(part) for part in apart):
        return tuple(dict.fromkeys(apart))
    return (whole,)


def numbers(cell: Cell) -> tuple[str, ...] | None:
    """Return the identity numbers in a cell, in the order of the names.

    :raises CellProblem: as ``clean.identity_number``, if one of them is none.
    """
    return _several(cell, _identity)


def phones(cell: Cell) -> tuple[str, ...] | None:
    """Return the phone numbers in a cell, in the order of the names.

    :raises CellProblem: ``phone-invalid`` if one of them is none.
    """
    return _several(cell, clean.phone)


def owners(
    found: tuple[str, ...], identities: tuple[str, ...], telephones: tuple[str, ...]
) -> tuple[Owner, ...]:
    """Give each name its number and its phone; what is left over is not used."""
    return tuple(
        Owner(
            name,
            identities[index] if index < len(identities) else "",
            telephones[index] if index < len(telephones) else "",
        )
        for index, name in enumerate(found)
    )


def _several(cell: Cell, clean_one: Callable[[Cell], str | None]) -> tuple[str, ...] | None:
    try:
        value = clean_one(cell)
    except CellProblem:
        if isinstance(cell, str) and is_nothing(tidy(cell)):
            return None
        if not isinstance(cell, str):
            raise
        # Whose number it is, is said in words: 13800001101(父亲), 手机:13800001101.
        listed = _LIST.split(_BRACKETED.sub("", _raw_text(cell)))
        parts = [_LABEL.sub("", part.strip()) for part in listed if part.strip()]
        if len(parts) == 1:
            words = parts[0].split()
            parts = words if len(words) > 1 and all(_LONG.search(word) for word in words) else parts
        if parts == [cell]:
            raise
        return _each(parts, cell, clean_one)
    return None if value is None else (value,)


def _each(parts: list[str], cell: Cell, clean_one: Callable[[Cell], str | None]) -> tuple[str, ...]:
    try:
        values = [clean_one(part) for part in parts]
    except CellProblem as problem:
        raise CellProblem(problem.code, cell) from problem
    return tuple(value for value in values if value)


def _identity(cell: Cell) -> str | None:
    try:
        return clean.identity_number(cell)
    except CellProblem:
        value = re.sub(r"[\s\-]", "", tidy(str(cell))).upper()
        if isinstance(cell, str) and _OTHER_NUMBER.fullmatch(value):
            return value
        raise


def _raw_text(cell: Cell) -> str:
    """Return a cell's text with its line breaks, which separate, and signs of one width."""
    return "\n".join(tidy(line) for line in str(cell).splitlines())
