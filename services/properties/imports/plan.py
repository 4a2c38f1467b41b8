"""What the accepted rows would change in the registry as it is now."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from kernel import crypto
from kernel.imports.importer import Context, Findings
from kernel.tenancy import company_time_zone
from services.properties.imports.people import Owner
from services.properties.imports.rooms import RoomName
from services.properties.imports.rows import LedgerRow
from services.properties.models import (
    Building,
    Occupancy,
    OccupancyRole,
    Party,
    PartyKind,
    Unit,
    UnitKind,
    UnitState,
    Vehicle,
)

# Values of a unit that a ledger may correct. State, use and owner have a day from which they
# hold, which a ledger does not tell: differences are only noted.
_CORRECTED = ("built_area", "inner_area", "handed_over_on", "note")


@dataclass(frozen=True, slots=True)
class KnownUnit:
    pk: int
    household_id: int
    payer_id: int | None
    kind: str
    state: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KnownOwner:
    pk: int
    name: str
    id_index: str


@dataclass(slots=True)
class NewUnit:
    """A room or a space to be made; a space joins the household of ``room``."""

    name: RoomName
    kind: str
    state: str
    row: LedgerRow | None = None
    joins: "NewUnit | KnownUnit | None" = None


@dataclass(slots=True)
class Work:
    """What is to be written. Parties are named by keys until they have ids."""

    buildings: dict[str, tuple[str, str]] = field(default_factory=dict)  # code: name, sort key
    known_buildings: dict[str, int] = field(default_factory=dict)  # by name and by code
    units: list[NewUnit] = field(default_factory=list)
    spaces: list[NewUnit] = field(default_factory=list)
    vehicles: list[tuple[str, NewUnit | KnownUnit, NewUnit | KnownUnit | None]] = field(
        default_factory=list
    )
    parties: dict[tuple[str, ...], Owner] = field(default_factory=dict)
    known_parties: dict[tuple[str, ...], int] = field(default_factory=dict)
    owners: list[tuple[NewUnit | KnownUnit, tuple[tuple[str, ...], ...]]] = field(
        default_factory=list
    )
    unit_changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    household_payers: dict[int, tuple[str, ...]] = field(default_factory=dict)


class Planner:
    """Compares rows with the registry and collects the work."""

    def __init__(self, findings: Findings, context: Context) -> None:
        self._findings = findings
        self._project_id = context.project_id
        self._today = context.now.astimezone(company_time_zone()).date()
        self._cipher = crypto.cipher()
        self.work = Work()
        self.created = self.changed = self.unchanged = 0
        self._space_rows: dict[str, int] = {}
        self._plate_rows: dict[str, int] = {}

    def plan(self, rows: list[LedgerRow]) -> None:
        self._load()
        self._identify_owners(rows)
        # All rooms first: a space in one row may have a row of its own below.
        self._new = {
            row.room.sort_key: NewUnit(row.room, row.kind, row.state, row)
            for row in rows
            if row.room.sort_key not in self._units
        }
        for row in rows:
            known = self._units.get(row.room.sort_key)
            if known is None:
                self._new_unit(row, self._new[row.room.sort_key])
            else:
                self._known_unit(row, known)

    # ---- what there is ---------------------------------------------------------------------

    def _load(self) -> None:
        self.work.known_buildings = {
            label: pk
            for pk, *labels in Building.objects.filter(project_id=self._project_id).values_list(
                "pk", "name", "code"
            )
            for label in labels
        }
        units = Unit.objects.filter(project_id=self._project_id).values_list(
            "sort_key", "pk", "household_id", "household__payer_id", "kind", "state",
            *_CORRECTED,
        )  # fmt: skip
        self._units = {
            key: KnownUnit(
                pk, household, payer, kind, state, dict(zip(_CORRECTED, values, strict=True))
            )
            for key, pk, household, payer, kind, state, *values in units.iterator()
        }
        self._owners: dict[int, list[KnownOwner]] = {}
        if self._units:
            current = Occupancy.objects.filter(
                Q(valid_to__isnull=True) | Q(valid_to__gt=self._today),
                role=OccupancyRole.OWNER,
                unit__project_id=self._project_id,
            ).values_list("unit_id", "party_id", "party__name", "party__id_number_index")
            for unit_id, pk, name, id_index in current.iterator():
                self._owners.setdefault(unit_id, []).append(KnownOwner(pk, name, id_index))
        self._vehicles = dict(
            Vehicle.objects.filter(project_id=self._project_id, is_active=True).values_list(
                "plate", "household_id"
            )
        )

    def _identify_owners(self, rows: list[LedgerRow]) -> None:
        """Give every owner one key however often he is listed, and find whom we know."""
        listed = [(row, owner) for row in rows for owner in row.owners]
        # Whoever is listed with his number in one row and without it in another is one.
        self._by_contact: dict[tuple[str, str], tuple[str, ...]] = {}
        self._by_name: dict[str, tuple[str, ...]] = {}
        for _row, owner in listed:
            if not owner.id_number:
                continue
            if owner.phone:
                self._by_contact.setdefault((owner.name, owner.phone), ("id", owner.id_number))
            if owner.kind == PartyKind.ORGANISATION:
                self._by_name.setdefault(owner.name, ("id", owner.id_number))
        parties: dict[tuple[str, ...], Owner] = {}
        first_row: dict[tuple[str, ...], int] = {}
        for row, owner in listed:
            key = self._key(row, owner)
            earlier = parties.get(key)
            if earlier is None:
                parties[key] = owner
                first_row[key] = self._findings.table.numbers[row.index]
                continue
            self._compare_owner(row, owner, earlier, first_row[key])
            if owner.phone and not earlier.phone:
                parties[key] = Owner(earlier.name, earlier.id_number, owner.phone)
        self._parties = parties
        self.work.known_parties = self._known_parties(parties)

    def _key(self, row: LedgerRow, owner: Owner) -> tuple[str, ...]:
        if owner.id_number:
            return ("id", owner.id_number)
        if owner.kind == PartyKind.ORGANISATION:
            return self._by_name.get(owner.name, ("organisation", owner.name))
        if owner.phone:
            contact = (owner.name, owner.phone)
            return self._by_contact.get(contact, ("contact", *contact))
        # Two people of one name are two people until something says otherwise.
        return ("row", str(row.index), owner.name)

    def _compare_owner(self, row: LedgerRow, owner: Owner, earlier: Owner, first: int) -> None:
        if owner.name != earlier.name:
            self._findings.note(row.index, "owner", "owner-differs-in-file", owner.name, row=first)
        elif owner.phone and earlier.phone and owner.phone != earlier.phone:
            self._findings.note(row.index, "phone", "phone-differs-in-file", row=first)

    def _known_parties(self, parties: dict[tuple[str, ...], Owner]) -> dict[tuple[str, ...], int]:
        if not Party.objects.exists():
            return {}
        by_id = {self._cipher.blind_index(key[1]): key for key in parties if key[0] == "id"}
        by_name = {key[1]: key for key in parties if key[0] == "organisation"}
        by_contact = {
            (key[1], self._cipher.blind_index(key[2])): key
            for key in parties
            if key[0] == "contact"
        }
        known: dict[tuple[str, ...], int] = {}
        for pk, index in _in_slices(by_id, "id_number_index"):
            known.setdefault(by_id[index], pk)
        organisations = Party.objects.filter(kind=PartyKind.ORGANISATION, name__in=by_name)
        for pk, name in organisations.order_by("pk").values_list("pk", "name"):
            known.setdefault(by_name[name], pk)
        phones = {index for _name, index in by_contact}
        for pk, index, name in _in_slices(phones, "phone_index", "name"):
            if (name, index) in by_contact:
                known.setdefault(by_contact[name, index], pk)
        return known

    # ---- a row -----------------------------------------------------------------------------

    def _new_unit(self, row: LedgerRow, unit: NewUnit) -> None:
        self.work.units.append(unit)
        self._add_building(row.room)
        self._set_owners(unit, row)
        self._add_spaces(row, unit, None)
        self.created += 1

    def _known_unit(self, row: LedgerRow, known: KnownUnit) -> None:
        changes = {}
        for name in _CORRECTED:
            value = getattr(row, name)
            if value not in (None, "") and value != known.values[name]:
                changes[name] = value
        if changes:
            self.work.unit_changes[known.pk] = changes
            self._findings.note(row.index, "", "will-change", fields=",".join(changes))
        if row.state != known.state:
            self._findings.note(row.index, "state", "state-differs", state=known.state)
        if row.kind != known.kind:
            self._findings.note(row.index, "kind", "kind-differs", kind=known.kind)
        gained = self._compare_owners(row, known)
        gained = self._add_spaces(row, known, known.household_id) or gained
        if changes or gained:
            self.changed += 1
        else:
            self.unchanged += 1

    def _add_building(self, room: RoomName) -> None:
        known = self.work.known_buildings
        if room.building_code and room.building_code not in known and room.building not in known:
            self.work.buildings.setdefault(room.building_code, (room.building, room.building_key))

    def _set_owners(self, unit: NewUnit | KnownUnit, row: LedgerRow) -> None:
        keys = tuple(dict.fromkeys(self._key(row, owner) for owner in row.owners))
        for key in keys:
            if key not in self.work.known_parties:
                self.work.parties.setdefault(key, self._parties[key])
        if keys:
            self.work.owners.append((unit, keys))

    def _compare_owners(self, row: LedgerRow, known: KnownUnit) -> bool:
        """Note an owner other than the registry's; add one where it has none."""
        present = self._owners.get(known.pk, [])
        if not row.owners:
            return False
        if not present:
            self._set_owners(known, row)
            if known.payer_id is None:
                self.work.household_payers[known.household_id] = self._key(row, row.owners[0])
            return True
        names = {owner.name for owner in present}
        indexes = {owner.id_index for owner in present if owner.id_index}
        for owner in row.owners:
            index = self._cipher.blind_index(owner.id_number)
            if owner.name not in names and index not in indexes:
                self._findings.note(row.index, "owner", "owner-differs", owner.name)
        return False

    def _add_spaces(
        self, row: LedgerRow, unit: NewUnit | KnownUnit, household_id: int | None
    ) -> bool:
        """Give the row's spaces and vehicles to its household; tell whether any is new to it."""
        gained = False
        spaces: list[NewUnit | KnownUnit] = []
        for name in row.spaces:
            known = self._units.get(name.sort_key)
            if known is not None:
                if known.household_id == household_id:
                    spaces.append(known)
                else:
                    self._findings.note(row.index, "parking", "space-of-another", name.number)
            elif self._is_first(self._space_rows, name.sort_key, row, "parking", name.number):
                spaces.append(self._new_space(name, unit))
                gained = True
        return self._add_vehicles(row, unit, household_id, spaces) or gained

    def _new_space(self, name: RoomName, unit: NewUnit | KnownUnit) -> NewUnit:
        listed = self._new.get(name.sort_key)
        if listed is not None and listed is not unit:
            listed.joins = unit
            return listed
        space = NewUnit(name, UnitKind.PARKING, UnitState.OWNER_OCCUPIED, joins=unit)
        self.work.spaces.append(space)
        return space

    def _is_first(
        self, rows: dict[str, int], value: str, row: LedgerRow, key: str, shown: str
    ) -> bool:
        """Tell whether no row above has the value; note it otherwise."""
        number = self._findings.table.numbers[row.index]
        first = rows.setdefault(value, number)
        if first != number:
            self._findings.note(row.index, key, "given-before", shown, row=first)
        return first == number

    def _add_vehicles(
        self,
        row: LedgerRow,
        unit: NewUnit | KnownUnit,
        household_id: int | None,
        spaces: list[NewUnit | KnownUnit],
    ) -> bool:
        gained = False
        for number, plate in enumerate(row.plates):
            if plate in self._vehicles:
                if self._vehicles[plate] != household_id:
                    self._findings.note(row.index, "plate", "plate-of-another", plate)
                continue
            if not self._is_first(self._plate_rows, plate, row, "plate", plate):
                continue
            space = spaces[number] if number < len(spaces) else None
            self.work.vehicles.append((plate, unit, space))
            gained = True
        return gained


def _in_slices(values: Iterable[str], column: str, *columns: str) -> Iterable[tuple[Any, ...]]:
    """Look parties up by a value, some thousands at a time; the oldest record comes first."""
    listed = sorted(set(values))
    for start in range(0, len(listed), 5000):
        found = Party.objects.filter(**{f"{column}__in": listed[start : start + 5000]})
        yield from found.order_by("pk").values_list("pk", column, *columns)
