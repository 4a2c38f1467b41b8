"""Write a worked-out ledger: ids reserved, then one COPY per table."""

from collections.abc import Iterator
from typing import Any

from kernel import crypto
from kernel.imports import bulk, changes
from kernel.imports.importer import Context
from services.properties import rules
from services.properties.imports.people import Owner
from services.properties.imports.plan import KnownUnit, NewUnit, Work
from services.properties.models import (
    Building,
    Household,
    Occupancy,
    OccupancyRole,
    Party,
    Unit,
    Vehicle,
)

_PARTY = (
    "id", "kind", "name", "initials", "sort_key", "id_number_encrypted", "id_number_index",
    "id_number_tail", "phone_encrypted", "phone_index", "phone_head", "phone_tail",
    "import_batch_id",
)  # fmt: skip
_UNIT = (
    "id", "project", "building", "household", "kind", "state", "entrance", "number", "code",
    "label", "sort_key", "built_area", "inner_area", "handed_over_on", "note", "is_active",
    "import_batch_id",
)  # fmt: skip


def write(work: Work, context: Context) -> None:
    """Insert everything new and change what is corrected, in the commit's transaction."""
    _Writer(work, context).write()


class _Writer:
    def __init__(self, work: Work, context: Context) -> None:
        self._work = work
        self._project_id = context.project_id
        self._batch_id = context.batch_id
        self._party_ids = dict(work.known_parties)
        self._building_ids = dict(work.known_buildings)
        self._unit_ids: dict[int, int] = {}  # by the identity of the NewUnit
        self._household_ids: dict[int, int] = {}

    def write(self) -> None:
        work = self._work
        self._reserve()
        bulk.copy_rows(
            Building, ("id", "project", "name", "code", "sort_key", "import_batch_id"),
            self._buildings(),
        )  # fmt: skip
        bulk.copy_rows(Party, _PARTY, self._parties())
        bulk.copy_rows(
            Household,
            ("id", "project", "payer", "label", "code", "sort_key", "import_batch_id"),
            self._households(),
        )
        bulk.copy_rows(Unit, _UNIT, self._units())
        bulk.copy_rows(
            Occupancy,
            ("unit", "party", "role", "is_contact", "import_batch_id"),
            self._occupancies(),
        )
        bulk.copy_rows(
            Vehicle,
            ("project", "household", "space", "plate", "is_active", "import_batch_id"),
            self._vehicles(),
        )
        changes.write(self._batch_id, Unit, work.unit_changes)
        payers = {
            pk: {"payer_id": self._party_ids[key]} for pk, key in work.household_payers.items()
        }
        changes.write(self._batch_id, Household, payers)

    def _reserve(self) -> None:
        work = self._work
        self._building_ids |= zip(
            work.buildings, bulk.reserve_ids(Building, len(work.buildings)), strict=True
        )
        self._party_ids |= zip(
            work.parties, bulk.reserve_ids(Party, len(work.parties)), strict=True
        )
        units = [*work.units, *work.spaces]
        ids = bulk.reserve_ids(Unit, len(units))
        self._unit_ids = {id(unit): pk for unit, pk in zip(units, ids, strict=True)}
        settling = [unit for unit in units if unit.joins is None]
        ids = bulk.reserve_ids(Household, len(settling))
        self._household_ids = {id(unit): pk for unit, pk in zip(settling, ids, strict=True)}

    def _household_of(self, unit: NewUnit | KnownUnit) -> int:
        """Return the household of a unit; one that joins another has that one's."""
        if isinstance(unit, KnownUnit):
            return unit.household_id
        return self._household_of(unit.joins) if unit.joins else self._household_ids[id(unit)]

    def _unit_id(self, unit: NewUnit | KnownUnit) -> int:
        return unit.pk if isinstance(unit, KnownUnit) else self._unit_ids[id(unit)]

    def _building_of(self, unit: NewUnit) -> int | None:
        if not unit.name.building_code:
            return None
        by_code = self._building_ids.get(unit.name.building_code)
        return by_code or self._building_ids[unit.name.building]

    def _buildings(self) -> Iterator[tuple[Any, ...]]:
        for code, (name, sort_key) in self._work.buildings.items():
            pk = self._building_ids[code]
            yield pk, self._project_id, name, code, sort_key, self._batch_id

    def _parties(self) -> Iterator[tuple[Any, ...]]:
        cipher = crypto.cipher()
        for key, owner in self._work.parties.items():
            yield (self._party_ids[key], *_party(owner, cipher), self._batch_id)

    def _households(self) -> Iterator[tuple[Any, ...]]:
        payers = {id(unit): keys[0] for unit, keys in self._work.owners}
        for unit in (*self._work.units, *self._work.spaces):
            if unit.joins is not None:
                continue
            key = payers.get(id(unit))
            name = unit.name
            yield (
                self._household_ids[id(unit)], self._project_id,
                self._party_ids[key] if key else None,
                name.label, name.code, name.sort_key, self._batch_id,
            )  # fmt: skip

    def _units(self) -> Iterator[tuple[Any, ...]]:
        for unit in (*self._work.units, *self._work.spaces):
            name, row = unit.name, unit.row
            yield (
                self._unit_ids[id(unit)], self._project_id, self._building_of(unit),
                self._household_of(unit), unit.kind, unit.state, name.entrance, name.number,
                name.code, name.label, name.sort_key,
                row.built_area if row else None,
                row.inner_area if row else None,
                row.handed_over_on if row else None,
                row.note if row else "",
                True, self._batch_id,
            )  # fmt: skip

    def _occupancies(self) -> Iterator[tuple[Any, ...]]:
        for unit, keys in self._work.owners:
            for position, key in enumerate(keys):
                yield (
                    self._unit_id(unit), self._party_ids[key], OccupancyRole.OWNER.value,
                    position == 0, self._batch_id,
                )  # fmt: skip

    def _vehicles(self) -> Iterator[tuple[Any, ...]]:
        for plate, unit, space in self._work.vehicles:
            yield (
                self._project_id, self._household_of(unit),
                self._unit_id(space) if space else None,
                plate, True, self._batch_id,
            )  # fmt: skip


def _party(owner: Owner, cipher: crypto.FieldCipher) -> tuple[str, ...]:
    """Return a party's columns between its id and its batch, in the order of ``_PARTY``."""
    key = rules.name_key(owner.name)
    head, tail = rules.phone_parts(owner.phone)
    return (
        owner.kind,
        owner.name,
        rules.initials_of_key(key),
        key,
        cipher.encrypt(owner.id_number),
        cipher.blind_index(owner.id_number),
        rules.id_tail(owner.id_number),
        cipher.encrypt(owner.phone),
        cipher.blind_index(owner.phone),
        head,
        tail,
    )
