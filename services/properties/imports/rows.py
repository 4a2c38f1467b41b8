"""One row of the ledger after another: cleaned, checked by itself and against the rows above."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from kernel.imports.importer import Findings
from kernel.tabular import clean
from kernel.tabular.cells import Cell
from kernel.tabular.problems import CellProblem
from kernel.tabular.text import squeeze
from services.properties import rules
from services.properties.imports import fields, people, rooms
from services.properties.imports.people import Owner
from services.properties.imports.rooms import RoomName, RoomNamer
from services.properties.models import UnitKind, UnitState

T = TypeVar("T")

# A parking space or a storage room is charged by the piece and often listed without its area.
_WITHOUT_AREA = frozenset({UnitKind.PARKING, UnitKind.GARAGE, UnitKind.STORAGE, UnitKind.OTHER})
_LIST_SEPARATORS = re.compile(r"[、,;/|\n]|\s+")
_SPACE_SEPARATORS = re.compile(r"[、,;/|\n]+")
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】")
_SPACE = re.compile(r"(.*[^0-9])[0-9]{2,}")  # a space's number with what stands before it: B1-024
_SPACE_NUMBER = re.compile(r"[0-9A-Za-z]")
_SPACE_WORD = re.compile(r"^(?:产权|人防|地下|地上)?(?:车位|停车位)(?=[0-9A-Za-z])")
_COUNTED = re.compile(r"[0-9]{1,2}(?:个|位|辆)")


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row that is accepted."""

    index: int
    room: RoomName
    kind: str
    state: str
    built_area: Decimal | None
    inner_area: Decimal | None
    handed_over_on: date | None
    owners: tuple[Owner, ...]
    spaces: tuple[RoomName, ...]
    plates: tuple[str, ...]
    note: str


def read_rows(findings: Findings, buildings: Mapping[str, str]) -> list[LedgerRow]:
    """Return the accepted rows in order; the others, and what is odd, are in ``findings``.

    :param buildings: the printed names of the buildings there are, by code.
    """
    return _Reader(findings, buildings).accepted()


class _Reader:
    def __init__(self, findings: Findings, buildings: Mapping[str, str]) -> None:
        self._findings = findings
        self._namer = RoomNamer(buildings)
        table = findings.table
        self._has_building = table.has("building")
        self._building = findings.cleaned("building", _optional(_text(40)))
        self._entrance = findings.cleaned("entrance", _optional(_text(20)))
        width = _room_width(table.column("room"))
        self._room = findings.cleaned(
            "room", lambda cell: _room_text(cell, width), is_required=True
        )
        self._built_area = findings.cleaned("built_area", _optional(clean.area))
        self._inner_area = findings.cleaned("inner_area", _optional(clean.area), rejects=False)
        self._kind = findings.cleaned("kind", fields.kind)
        self._state = findings.cleaned("state", fields.state)
        self._handed_over_on = findings.cleaned("handed_over_on", _optional(fields.handover_day))
        self._owner = findings.cleaned("owner", people.names, rejects=False)
        self._identity = findings.cleaned("id_number", people.numbers, rejects=False)
        self._phone = findings.cleaned("phone", people.phones, rejects=False)
        self._parking = findings.cleaned("parking", spaces, rejects=False)
        self._plate = findings.cleaned("plate", _listed(_plate), rejects=False)
        self._note = findings.cleaned("note", _text(200), rejects=False)
        self._carry_places_down()

    def accepted(self) -> list[LedgerRow]:
        rows: list[LedgerRow] = []
        first_of: dict[str, LedgerRow] = {}
        for index in range(len(self._findings.table.rows)):
            room, kind = self._room_of(index)
            if (
                kind not in _WITHOUT_AREA
                and self._built_area[index] is None
                and not self._findings.has_problem(index, "built_area")
            ):
                self._findings.reject(index, "built_area", "missing")
            if room is None or index in self._findings.rejected:
                continue
            row = self._row(index, room, kind)
            earlier = first_of.setdefault(room.sort_key, row)
            if earlier is row:
                rows.append(row)
                self._look_at(row)
            else:
                self._repeats(row, earlier)
        return rows

    def _carry_places_down(self) -> None:
        """Give rooms the building and entrance above where a ledger names them once for a group.

        That is how merged cells come out of a spreadsheet as text. Where only some rows name
        none, it is missing in them.
        """
        rooms_of_buildings = [
            index
            for index, number in enumerate(self._room)
            if number is not None
            and self._kind[index] not in _WITHOUT_AREA
            and not rooms.split(number)[0]
        ]
        blank = [index for index in rooms_of_buildings if self._building[index] is None]
        if len(blank) * 2 <= len(rooms_of_buildings) or rooms_of_buildings[:1] == blank[:1]:
            return
        building = entrance = None
        for index in rooms_of_buildings:
            if self._building[index] is not None:
                building, entrance = self._building[index], self._entrance[index]
                continue
            if self._findings.has_problem(index, "building"):
                continue
            self._building[index] = building
            entrance = self._entrance[index] or entrance
            self._entrance[index] = entrance
            self._findings.note(index, "building", "carried-down", building)

    def _room_of(self, index: int) -> tuple[RoomName | None, str]:
        number, kind = self._room[index], self._kind[index]
        building, entrance = self._building[index] or "", self._entrance[index] or ""
        if number is None:
            return None, kind or UnitKind.RESIDENCE
        if building:
            building, entrance = rooms.split_place(building, entrance)
            try:
                building, entrance, number = rooms.within(building, entrance, number)
            except rooms.AnotherPlace:
                self._findings.reject(index, "room", "another-place", number)
                return None, kind or UnitKind.RESIDENCE
        elif kind != UnitKind.PARKING:
            building, split_entrance, number = rooms.split(number)
            entrance = entrance or split_entrance
        if kind is None:
            kind = fields.implied_kind(building, number)
            if self._findings.table.has("kind") and not self._findings.has_problem(index, "kind"):
                self._findings.note(index, "kind", "kind-assumed", kind=kind)
        if not building and self._has_building and kind not in _WITHOUT_AREA:
            self._findings.reject(index, "building", "missing")
            return None, kind
        try:
            name = self._namer.name(building, entrance, number)
        except rules.RoomNumberMissing:
            self._findings.reject(index, "room", "missing")
            return None, kind
        if not _fits(name):
            self._findings.reject(index, "room", "too-long", name.code)
            return None, kind
        return name, kind

    def _row(self, index: int, room: RoomName, kind: str) -> LedgerRow:
        names = self._owner[index] or ()
        return LedgerRow(
            index=index,
            room=room,
            kind=kind,
            state=self._state[index] or self._assumed_state(index, has_owner=bool(names)),
            built_area=self._built_area[index],
            inner_area=self._inner_area[index],
            handed_over_on=self._handed_over_on[index],
            owners=people.owners(names, self._identity[index] or (), self._phone[index] or ()),
            spaces=tuple(self._namer.name("", "", space) for space in self._parking[index] or ()),
            plates=self._plate[index] or (),
            note=self._note[index] or "",
        )

    def _assumed_state(self, index: int, *, has_owner: bool) -> str:
        """Return the state of a unit of which the ledger does not say: the one charged in full.

        Only where a ledger names owners, and none for this unit, is it taken as unsold.
        """
        table = self._findings.table
        is_unsold = table.has("owner") and not has_owner
        state = UnitState.UNSOLD if is_unsold else UnitState.OWNER_OCCUPIED
        if (is_unsold or table.has("state")) and not self._findings.has_problem(index, "state"):
            self._findings.note(index, "state", "state-assumed", state=state)
        return state

    def _look_at(self, row: LedgerRow) -> None:
        note = self._findings.note
        is_expected = row.state != UnitState.UNSOLD and self._findings.table.has("owner")
        if not row.owners and (is_expected or self._identity[row.index] or self._phone[row.index]):
            note(row.index, "owner", "owner-missing")
        if row.built_area and row.inner_area and row.inner_area > row.built_area:
            note(row.index, "inner_area", "inner-area-larger", row.inner_area)
        for owner in row.owners:
            number = owner.id_number
            if number[:17].isdigit() and not clean.has_valid_check_digit(number):
                note(row.index, "id_number", "id-number-check-digit", number)

    def _repeats(self, row: LedgerRow, earlier: LedgerRow) -> None:
        first = self._findings.table.numbers[earlier.index]
        other = [
            key for name, key in _COMPARED.items() if getattr(row, name) != getattr(earlier, name)
        ]
        if not other:
            self._findings.reject(row.index, "", "duplicate-row", row=first)
            return
        self._findings.reject(
            row.index, "", "duplicate-contradicts", row=first, fields=",".join(other)
        )
        again = self._findings.table.numbers[row.index]
        self._findings.note(earlier.index, "", "contradicted-by-row", row=again)


# What a repeated row may contradict, by the column that says it.
_COMPARED = {
    "kind": "kind",
    "state": "state",
    "built_area": "built_area",
    "inner_area": "inner_area",
    "handed_over_on": "handed_over_on",
    "owners": "owner",
    "spaces": "parking",
    "plates": "plate",
}


def _fits(name: RoomName) -> bool:
    """Tell whether the registry's columns hold a name."""
    return (
        len(name.code) <= 40
        and len(name.number) <= 30
        and len(name.entrance) <= 20
        and len(name.sort_key) <= 120
    )


def _text(longest: int) -> Callable[[Cell], str | None]:
    return lambda cell: clean.text(cell, longest=longest)


def _optional(function: Callable[[Cell], T | None]) -> Callable[[Cell], T | None]:
    """Take 无, / and the like for an empty cell."""
    return lambda cell: (
        None if isinstance(cell, str) and fields.is_nothing(squeeze(cell)) else function(cell)
    )


def _listed(clean_one: Callable[[Cell], str | None]) -> Callable[[Cell], tuple[str, ...] | None]:
    """Clean a cell that may hold several values; each is kept once."""

    def function(cell: Cell) -> tuple[str, ...] | None:
        text = clean.text(cell, longest=400)
        if text is None or (len(text) < 5 and fields.is_nothing(text)):
            return None
        try:
            whole = clean_one(text)
        except CellProblem:
            parts = [part for part in _LIST_SEPARATORS.split(text) if part]
            if parts == [text]:
                raise
            return tuple(dict.fromkeys(value for part in parts if (value := clean_one(part))))
        return None if whole is None else (whole,)

    return function


def spaces(cell: Cell) -> tuple[str, ...] | None:
    """Return the numbers of the parking spaces in a cell.

    B1-024、B1-025 and B1-024/025 are two, B1 039 is one; remarks in brackets are left out.

    :raises CellProblem: ``space-unnamed`` for 有, 1个 and 租赁, which name none; ``too-long``.
    """
    text = clean.text(cell, longest=400)
    if text is None or fields.is_nothing(text) or text == "否":
        return None
    found: list[str] = []
    for part in _SPACE_SEPARATORS.split(_REMARK.sub(" ", text)):
        words = part.split()
        # Blanks divide several numbers, or the parts of one.
        for number in words if all(_SPACE.fullmatch(word) for word in words) else ["-".join(words)]:
            found.append(_space(number, found[-1] if found else "", cell))
    if not found:
        raise CellProblem("space-unnamed", cell)
    return tuple(dict.fromkeys(found))


def _space(text: str, before: str, cell: Cell) -> str:
    """Return one number; what is only figures goes on from the one before: B1-024/025."""
    number = _SPACE_WORD.sub("", text) or text
    if not _SPACE_NUMBER.search(number) or _COUNTED.fullmatch(number):
        raise CellProblem("space-unnamed", cell)
    if len(number) > 30:
        raise CellProblem("too-long", cell)
    area = _SPACE.fullmatch(before)
    return f"{area[1]}{number}" if area and number.isdecimal() else number


def _plate(cell: Cell) -> str | None:
    return clean.plate(_REMARK.sub("", cell) if isinstance(cell, str) else cell)


def _room_width(cells: list[Cell]) -> int:
    """Return how many digits room numbers have here if they begin with zeros, else 0.

    Where most rooms are written like 0101, a 101 typed as a number has lost its zero.
    """
    numbers = [squeeze(cell) for cell in cells if isinstance(cell, str)]
    numbers = [number for number in numbers if number.isdecimal()]
    padded = Counter(len(number) for number in numbers if number.startswith("0"))
    if not padded:
        return 0
    width, count = padded.most_common(1)[0]
    return width if count > sum(len(number) < width for number in numbers) else 0


def _room_text(cell: Cell, width: int) -> str | None:
    value = clean.text(cell, longest=60)
    if value is None or fields.is_nothing(value):
        return None
    return value.zfill(width) if isinstance(cell, int) else value
