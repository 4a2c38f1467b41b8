"""Three files of an invented community, each with faults of its own kind."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel import crypto
from kernel.access.actors import Actor
from kernel.imports import messages, operations, queries
from kernel.imports.models import ImportBatch, Severity
from services.properties.models import Building, Occupancy, Party, Project, Unit, Vehicle
from tests.data import make_ledger
from tests.data.make_ledger import BOOK, FOLDER, FORTUNE, LI, OLD_BOOK, TEXT, ZHAO
from tests.factories import NOW

ANSWERS: dict[str, dict[str, Any]] = json.loads((FOLDER / "answers.json").read_text())
FILES = (BOOK, OLD_BOOK, TEXT)


def upload(actor: Actor, project: Project, name: str) -> ImportBatch:
    return operations.upload(
        actor=actor,
        kind="unit-ledger",
        project_id=project.pk,
        file_name=name,
        content=(FOLDER / name).read_bytes(),
        options={},
        now=NOW,
    )


def imported(actor: Actor, project: Project, name: str) -> ImportBatch:
    batch = upload(actor, project, name)
    return operations.commit(actor=actor, batch_id=batch.pk, now=NOW)


def found(batch: ImportBatch, severity: str) -> list[list[Any]]:
    problems = queries.problems(batch=batch, severity=severity)
    return sorted(list(row) for row in problems.values_list("row_number", "field", "code"))


@pytest.mark.parametrize("name", FILES)
def test_the_rehearsal_finds_what_was_put_in(name: str, director: Actor, project: Project) -> None:
    batch = upload(director, project, name)

    expected = ANSWERS[name]
    assert (batch.sheet, batch.header_rows) == (expected["sheet"], expected["header_rows"])
    assert batch.counts["ignored_rows"] == expected["ignored_rows"]
    assert (batch.counts["rows"], batch.counts["accepted"]) == (
        expected["rows"],
        expected["accepted"],
    )
    assert found(batch, Severity.ERROR) == expected["rejected"]
    assert found(batch, Severity.WARNING) == expected["noted"]
    assert batch.counts["objects"] == expected["objects"]
    assert all(messages.reason(batch.kind, item) for item in queries.problems(batch=batch))


@pytest.mark.parametrize("name", FILES)
def test_importing_twice_changes_nothing_and_undoing_leaves_nothing(
    name: str, director: Actor, project: Project
) -> None:
    first = imported(director, project, name)
    counts = {model: model.objects.count() for model in (Unit, Party, Occupancy, Vehicle)}

    again = imported(director, project, name)

    assert (again.counts["created"], again.counts["changed"]) == (0, 0)
    assert again.counts["unchanged"] == ANSWERS[name]["accepted"]
    assert {model: model.objects.count() for model in counts} == counts
    operations.undo(actor=director, batch_id=again.pk, now=NOW)
    operations.undo(actor=director, batch_id=first.pk, now=NOW)
    assert not any(model.objects.exists() for model in counts)


@pytest.mark.parametrize(
    ("name", "make"),
    [(BOOK, make_ledger.book), (OLD_BOOK, make_ledger.old_book), (TEXT, make_ledger.text)],
)
def test_the_committed_file_is_what_the_script_makes(name: str, make: Any) -> None:
    assert (FOLDER / name).read_bytes() == make()


def test_every_spelling_of_the_workbook_is_understood(director: Actor, project: Project) -> None:
    imported(director, project, BOOK)

    first = Unit.objects.filter(building__code="1").order_by("sort_key")
    assert list(first.values_list("code", "state", "built_area", "handed_over_on")) == [
        ("1-101", "OWNER_OCCUPIED", Decimal("90.50"), date(2021, 3, 5)),
        ("1-102", "OWNER_OCCUPIED", Decimal("90.50"), date(2021, 3, 5)),
        ("1-201", "LEASED", Decimal("90.50"), date(2021, 3, 5)),
        ("1-202", "VACANT", Decimal("90.50"), date(2021, 3, 5)),
        ("1-301", "RENOVATION", Decimal("1090.50"), date(2021, 3, 5)),
        ("1-302", "OWNER_OCCUPIED", Decimal("90.50"), date(2021, 3, 5)),
    ]
    assert Building.objects.get(code="1").name == "1号楼"
    phones = {
        party.name: crypto.decrypt(party.phone_encrypted)
        for party in Party.objects.exclude(phone_encrypted="")
    }
    assert phones["李长青"] == "13800001101"
    assert phones["王岚"] == "13800001102"
    assert phones["阿依古丽·买买提"] == "0571-88001301"
    assert phones["杭州青岚餐饮有限公司"] == "4008208820"


def test_an_owner_is_one_party_and_a_room_may_have_two_owners(
    director: Actor, project: Project
) -> None:
    imported(director, project, BOOK)

    li = Party.objects.get(id_number_index=crypto.blind_index(LI))
    assert set(li.occupancies.values_list("unit__code", flat=True)) == {"1-101", "1-201"}
    shared = Unit.objects.get(code="1-202")
    owners = shared.occupancies.order_by("-is_contact").select_related("party")
    assert [
        (item.party.name, crypto.decrypt(item.party.id_number_encrypted), item.is_contact)
        for item in owners
    ] == [("赵敏", ZHAO, True), ("孙浩", FORTUNE, False)]
    assert shared.household.payer == owners[0].party
    shop = Party.objects.get(name="杭州青岚餐饮有限公司")
    assert (shop.kind, shop.occupancies.count()) == ("ORGANISATION", 2)


def test_a_space_goes_to_the_first_who_names_it(director: Actor, project: Project) -> None:
    imported(director, project, BOOK)

    spaces = Unit.objects.filter(kind="PARKING").order_by("code")
    assert list(spaces.values_list("code", "household__code")) == [
        ("A-01", "1-101"), ("A-02", "1-102"), ("A-03", "1-201"), ("A-04", "1-201")
    ]  # fmt: skip
    cars = Vehicle.objects.order_by("plate").values_list("plate", "space__code")
    assert list(cars) == [
        ("浙A12345", "A-01"), ("浙AD12345", "A-02"), ("浙B23456", "A-03"), ("浙B34567", "A-04")
    ]  # fmt: skip


def test_rooms_in_one_column_are_taken_apart(director: Actor, project: Project) -> None:
    imported(director, project, TEXT)

    units = Unit.objects.order_by("sort_key").values_list("code", "label", "kind", "note")
    assert list(units) == [
        ("1-1-101", "1栋1单元101", "RESIDENCE", ""),
        ("1-1-102", "1栋1单元102", "RESIDENCE", "含露台"),
        ("1-201", "1栋201", "RESIDENCE", ""),
        ("2-2-301", "2号楼2单元301", "RESIDENCE", ""),
        ("2-2-0302", "2号楼2单元0302", "RESIDENCE", ""),
        ("3-1-101", "三栋1单元101", "RESIDENCE", ""),
        ("商业街-S01", "商业街S01", "SHOP", "两层; 含地下室"),
    ]


def test_one_form_after_the_other_adds_only_what_is_new(director: Actor, project: Project) -> None:
    imported(director, project, OLD_BOOK)

    batch = upload(director, project, TEXT)

    # 1-1-101 and 1-1-102 are there; everything else is new, their owners are the same.
    assert (batch.counts["created"], batch.counts["unchanged"], batch.counts["changed"]) == (
        5,
        0,
        2,
    )
    operations.commit(actor=director, batch_id=batch.pk, now=NOW)
    assert Unit.objects.get(code="1-1-102").note == "含露台"
    assert Party.objects.filter(name="李长青").count() == 1
    operations.undo(actor=director, batch_id=batch.pk, now=NOW)
    assert Unit.objects.get(code="1-1-102").note == ""
    assert Unit.objects.count() == 7
