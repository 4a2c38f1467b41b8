"""The real ledger of 云麓花园, against what is known to be in it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel import crypto
from kernel.access.actors import Actor
from kernel.imports import operations, queries
from kernel.imports.models import BatchState, ImportBatch, Severity
from services.properties.models import (
    Building,
    Household,
    Occupancy,
    Party,
    PartyKind,
    Project,
    Unit,
    UnitKind,
    Vehicle,
)
from tests.factories import NOW

DATA = Path(__file__).parents[3] / "data" / "yunlu-garden"
ANSWERS: dict[str, Any] = json.loads((DATA / "answers.json").read_text())
# How the answers say it, and how we do.
CODES = {
    ("built_area", "missing"): "area missing",
    ("built_area", "approximate"): "area not a number",
    ("built_area", "not-a-number"): "area not a number",
    ("built_area", "negative"): "negative area",
    ("handed_over_on", "impossible-date"): "impossible date",
    ("room", "missing"): "unit number missing",
    ("", "duplicate-row"): "duplicate of an earlier row",
}


def upload(actor: Actor, project: Project) -> ImportBatch:
    return operations.upload(
        actor=actor,
        kind="unit-ledger",
        project_id=project.pk,
        file_name="房屋业主台账.xlsx",
        content=(DATA / "房屋业主台账.xlsx").read_bytes(),
        options={},
        now=NOW,
    )


def commit(actor: Actor, batch: ImportBatch) -> ImportBatch:
    return operations.commit(actor=actor, batch_id=batch.pk, now=NOW)


@pytest.fixture
def imported(director: Actor, project: Project) -> ImportBatch:
    return commit(director, upload(director, project))


def test_the_rehearsal_says_what_is_known_of_the_file(director: Actor, project: Project) -> None:
    batch = upload(director, project)

    rejected = queries.problems(batch=batch, severity=Severity.ERROR)
    assert [
        {"row": problem.row_number, "why": CODES[problem.field, problem.code]}
        for problem in rejected
    ] == ANSWERS["rejected"]
    assert batch.state == BatchState.REHEARSED
    assert batch.counts["rows"] == ANSWERS["units_in_file"]
    assert batch.counts["accepted"] == batch.counts["created"] == ANSWERS["imported"]
    assert batch.counts["ignored_rows"] == [ANSWERS["footer_row_to_ignore"]]
    assert batch.counts["objects"]["buildings"] == ANSWERS["buildings"]
    assert batch.counts["objects"]["parking_spaces"] == ANSWERS["parking_spaces"]
    assert not queries.problems(batch=batch, severity=Severity.WARNING).exists()
    assert not Unit.objects.exists()


def test_the_commit_makes_the_registry(imported: ImportBatch, project: Project) -> None:
    rooms = Unit.objects.exclude(kind=UnitKind.PARKING)
    assert rooms.count() == ANSWERS["imported"]
    assert Unit.objects.filter(kind=UnitKind.PARKING).count() == ANSWERS["parking_spaces"]
    assert Building.objects.count() == ANSWERS["buildings"]
    assert rooms.filter(kind=UnitKind.SHOP).count() == 24
    assert set(rooms.filter(kind=UnitKind.SHOP).values_list("building__name", flat=True)) == {
        "商业街"
    }
    assert Household.objects.count() == ANSWERS["imported"]
    assert Occupancy.objects.count() == ANSWERS["imported"]
    assert Vehicle.objects.filter(space__isnull=False).count() == Vehicle.objects.count() > 500
    assert {item.import_batch_id for item in Unit.objects.all()} == {imported.pk}


def test_a_room_has_its_owner_its_space_and_its_car(imported: ImportBatch) -> None:
    unit = Unit.objects.select_related("building", "household__payer").get(code="1-1-0101")

    assert (unit.label, unit.number, unit.entrance) == ("1栋1单元0101", "0101", "1")
    assert (unit.building and unit.building.name, unit.kind, unit.state) == (
        "1栋", "RESIDENCE", "OWNER_OCCUPIED"
    )  # fmt: skip
    assert (unit.built_area, unit.inner_area) == (Decimal("128.90"), Decimal("103.55"))
    assert str(unit.handed_over_on) == "2022-01-07"
    payer = unit.household.payer
    assert payer is not None
    assert (payer.name, payer.initials, payer.phone_masked) == ("史秀子", "sxz", "163 **** 1757")
    assert crypto.decrypt(payer.phone_encrypted) == "16396401757"
    assert crypto.decrypt(payer.id_number_encrypted) == "99999919690901972X"
    space = Unit.objects.get(code="B1-0001")
    assert (space.household_id, space.kind) == (unit.household_id, "PARKING")
    assert Vehicle.objects.get(plate="浙AV1SMJ").space == space


def test_spellings_of_the_file_are_one_in_the_registry(imported: ImportBatch) -> None:
    # Row 6 is typed 143.77㎡, some rooms １８０１, some phones as numbers or with spaces.
    assert Unit.objects.get(code="1-1-0302").built_area == Decimal("143.77")
    assert not Unit.objects.filter(number__regex="[０-９]").exists()
    assert set(Unit.objects.exclude(kind="PARKING").exclude(kind="SHOP").values_list(
        "number", flat=True
    )) == {f"{floor:02d}{door:02d}" for floor in range(1, 19) for door in (1, 2)}  # fmt: skip
    assert not Party.objects.filter(phone_tail="").exists()


def test_an_owner_of_several_rooms_is_one_party(imported: ImportBatch) -> None:
    index = crypto.blind_index("99999919690901972X")

    party = Party.objects.get(id_number_index=index)

    assert party.occupancies.count() == 2
    developer = Party.objects.get(kind=PartyKind.ORGANISATION)
    assert developer.name == "云麓花园置业有限公司"
    assert set(developer.occupancies.values_list("unit__state", flat=True)) == {"UNSOLD"}


def test_the_same_file_again_changes_nothing(
    imported: ImportBatch, director: Actor, project: Project
) -> None:
    before = {model: model.objects.count() for model in (Unit, Party, Household, Vehicle)}

    again = commit(director, upload(director, project))

    assert (again.counts["unchanged"], again.counts["created"], again.counts["changed"]) == (
        951, 0, 0
    )  # fmt: skip
    assert again.counts["rejected"] == 12
    assert {model: model.objects.count() for model in before} == before


def test_the_undo_leaves_nothing(imported: ImportBatch, director: Actor) -> None:
    operations.undo(actor=director, batch_id=imported.pk, now=NOW)

    for model in (Unit, Building, Party, Household, Occupancy, Vehicle):
        assert not model._default_manager.exists()
