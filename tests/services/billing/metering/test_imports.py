"""Meter readings from a file: the real one, and what can be wrong in others."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kernel import access
from kernel.access.actors import Actor
from kernel.imports import operations, queries
from kernel.imports.models import BatchState, ImportBatch, Severity
from services.billing.metering import operations as metering
from services.billing.metering.imports import MeterKindUnknown, UsageMonthMissing
from services.billing.metering.models import Reading
from services.properties.models import Meter, Project, Unit
from tests import factories_billing as factories
from tests.factories import NOW, add_actor
from tests.factories_billing import OCTOBER

YUNLU = Path(__file__).parents[3] / "data" / "yunlu-garden"
ANSWERS: dict[str, Any] = json.loads((YUNLU / "answers.json").read_text())
FAULTS = {
    "JUMP": "jump over the threshold",
    "LOWER": "reading lower than the last one",
    "MISSING": "reading missing",
    "OUTSIDE_WINDOW": "outside the reading window 25-30",
}


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def director(project: Project) -> Actor:
    return add_actor("zhao", "charging_director", project_id=project.pk)


def upload(actor: Actor, project: Project, content: bytes | str, **options: str) -> ImportBatch:
    return operations.upload(
        actor=actor,
        kind="meter-readings",
        project_id=project.pk,
        file_name="抄表记录.csv",
        content=content.encode() if isinstance(content, str) else content,
        options={"usage_month": "2026-10", **options},
        now=NOW,
    )


def commit(actor: Actor, batch: ImportBatch) -> ImportBatch:
    return operations.commit(actor=actor, batch_id=batch.pk, now=NOW)


def import_yunlu_ledger(project: Project) -> None:
    batch = operations.upload(
        actor=access.SYSTEM,
        kind="unit-ledger",
        project_id=project.pk,
        file_name="房屋业主台账.xlsx",
        content=(YUNLU / "房屋业主台账.xlsx").read_bytes(),
        options={},
        now=NOW,
    )
    commit(access.SYSTEM, batch)


@pytest.fixture
def yunlu(project: Project, director: Actor) -> ImportBatch:
    import_yunlu_ledger(project)
    return upload(director, project, (YUNLU / "抄表记录_2026-10.csv").read_bytes())


@pytest.fixture
def rooms(project: Project) -> list[Unit]:
    household = factories.add_household(project, "1")
    return [
        Unit.objects.create(
            project=project, household=household, kind="RESIDENCE", state="OWNER_OCCUPIED",
            number=f"010{number}", code=f"1-1-010{number}", label=f"1栋1单元010{number}",
            sort_key=f"000001-000001-00010{number}",
        )
        for number in (1, 2, 3)
    ]  # fmt: skip


def problems(batch: ImportBatch, severity: str = Severity.ERROR) -> list[tuple[int, str]]:
    found = queries.problems(batch=batch, severity=severity)
    return list(found.values_list("row_number", "code"))


def test_the_rehearsal_of_the_real_file_names_its_exceptions(yunlu: ImportBatch) -> None:
    assert yunlu.counts["accepted"] == yunlu.counts["created"] == ANSWERS["meter_rows"]
    assert yunlu.counts["rejected"] == 0
    assert yunlu.counts["objects"] == {"readings": 927, "meters": 927, "exceptions": 17}
    assert [
        {"row": problem.row_number, "why": FAULTS[problem.params["faults"]]}
        for problem in queries.problems(batch=yunlu)
    ] == ANSWERS["meter_exceptions"]
    assert not Meter.objects.exists()


def test_the_commit_of_the_real_file_makes_meters_and_readings(
    yunlu: ImportBatch, director: Actor
) -> None:
    commit(director, yunlu)

    assert Meter.objects.count() == Reading.objects.count() == ANSWERS["meter_rows"]
    assert Reading.objects.filter(state="EXCEPTION").count() == len(ANSWERS["meter_exceptions"])
    reading = Reading.objects.select_related("meter__unit").get(meter__code="1-1-0101-W")
    assert (reading.meter.unit.code, reading.meter.kind) == ("1-1-0101", "COLD_WATER")
    assert (reading.previous, reading.current, reading.consumption) == (
        Decimal(626),
        Decimal(628),
        Decimal(2),
    )
    assert (reading.read_on, reading.reader_name) == (date(2026, 10, 25), "李建国")
    assert (reading.usage_month, reading.recorded_by) == (OCTOBER, director.user_id)


def test_the_same_file_again_changes_nothing(
    yunlu: ImportBatch, director: Actor, project: Project
) -> None:
    commit(director, yunlu)

    again = upload(director, project, (YUNLU / "抄表记录_2026-10.csv").read_bytes())

    assert (again.counts["unchanged"], again.counts["created"]) == (927, 0)
    commit(director, again)
    assert Reading.objects.count() == Meter.objects.count() == 927


def test_the_undo_leaves_no_reading_and_no_meter(yunlu: ImportBatch, director: Actor) -> None:
    commit(director, yunlu)

    operations.undo(actor=director, batch_id=yunlu.pk, now=NOW)

    assert not Reading.objects.exists()
    assert not Meter.objects.exists()
    assert Unit.objects.count() == 951 + 572


def test_the_undo_restores_the_readings_that_were_there(
    rooms: list[Unit], director: Actor, project: Project
) -> None:
    first = "表号,房号,上次读数,本次读数,抄表日期\nA1,1-1-0101,10,12,2026-10-26\n"
    commit(director, upload(director, project, first))
    before = Reading.objects.values().get()

    second = upload(director, project, first.replace(",12,", ",15,"))
    assert second.counts["changed"] == 1
    commit(director, second)
    assert Reading.objects.get().current == 15

    operations.undo(actor=director, batch_id=second.pk, now=NOW)
    assert Reading.objects.values().get() == before


def test_a_resolved_exception_stands_in_the_way_of_an_undo(
    yunlu: ImportBatch, director: Actor, project: Project
) -> None:
    commit(director, yunlu)
    other = add_actor("qian", "charging_director", project_id=project.pk)
    reading = Reading.objects.filter(state="EXCEPTION", faults=["JUMP"]).earliest("pk")
    metering.resolve_reading(
        actor=other, reading_id=reading.pk, resolution="ACCEPT_AS_READ", reason="已核实",
        now=NOW.replace(hour=5),
    )  # fmt: skip

    with pytest.raises(operations.InUse):
        operations.undo(actor=director, batch_id=yunlu.pk, now=NOW)
    assert Reading.objects.count() == 927


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("A1,9-1-0101,1,2,2026-10-26", "room-unknown"),
        (",,1,2,2026-10-26", "meter-or-room-missing"),
        ("A1,,1,2,2026-10-26", "meter-unknown"),
        ("A1,1-1-0101,x,2,2026-10-26", "not-a-number"),
        ("A1,1-1-0101,1,-2,2026-10-26", "negative"),
        ("A1,1-1-0101,1,2.345,2026-10-26", "too-many-decimals"),
        ("A1,1-1-0101,1,2,2026-02-30", "impossible-date"),
        ("A1,1-1-0101,,2,2026-10-26", "previous-unknown"),
    ],
)
def test_rows_that_cannot_be_recorded_say_why(
    rooms: list[Unit], director: Actor, project: Project, row: str, code: str
) -> None:
    batch = upload(director, project, f"表号,房号,上次读数,本次读数,抄表日期\n{row}\n")

    assert problems(batch) == [(2, code)]
    assert not Meter.objects.exists()


def test_a_meter_that_is_named_twice_is_read_once(
    rooms: list[Unit], director: Actor, project: Project
) -> None:
    batch = upload(
        director,
        project,
        "表号,房号,上次读数,本次读数,抄表日期\n"
        "A1,1-1-0101,1,2,2026-10-26\nA1,1-1-0101,1,3,2026-10-26\n",
    )

    assert problems(batch) == [(3, "duplicate-row")]
    assert batch.counts["created"] == 1


def test_rooms_in_any_spelling_and_meters_without_numbers(
    rooms: list[Unit], director: Actor, project: Project
) -> None:
    batch = upload(
        director,
        project,
        "楼栋,单元,房间号,上期读数,本期读数\n"
        '1栋,1单元,101,1,"1,002.5"\n,,1栋1单元0102室,５,６\n,,１－１－０１０３,7,9\n合计,,,,1\n',
    )
    commit(director, batch)

    readings = Reading.objects.order_by("meter__unit__code").values_list(
        "meter__code", "meter__unit__code", "previous", "current"
    )
    assert list(readings) == [
        ("1-1-0101-W", "1-1-0101", Decimal(1), Decimal("1002.50")),
        ("1-1-0102-W", "1-1-0102", Decimal(5), Decimal(6)),
        ("1-1-0103-W", "1-1-0103", Decimal(7), Decimal(9)),
    ]
    assert batch.counts["ignored_rows"] == [5]


def test_a_meter_of_another_room_is_refused(
    rooms: list[Unit], director: Actor, project: Project
) -> None:
    Meter.objects.create(project=project, unit=rooms[1], kind="COLD_WATER", code="A1")

    batch = upload(
        director, project, "表号,房号,上次读数,本次读数\nA1,1-1-0101,1,2\na1,1-1-0102,1,2\n"
    )

    assert problems(batch) == [(2, "meter-of-another-room")]
    commit(director, batch)
    assert Meter.objects.count() == 1
    assert Reading.objects.get().meter.code == "A1"


def test_a_meter_reader_registers_the_meters_that_he_finds(
    rooms: list[Unit], project: Project
) -> None:
    reader = add_actor("li", "meter_reader", project_id=project.pk)
    Meter.objects.create(project=project, unit=rooms[0], kind="COLD_WATER", code="A1")

    batch = upload(
        reader, project, "表号,房号,上次读数,本次读数\nA1,1-1-0101,1,2\nA2,1-1-0102,1,2\n"
    )

    assert batch.counts["objects"]["meters"] == 1
    assert commit(reader, batch).state == BatchState.COMMITTED
    assert Meter.objects.count() == Reading.objects.count() == 2


def test_the_kind_of_meter_comes_from_the_row_or_the_options(
    rooms: list[Unit], director: Actor, project: Project
) -> None:
    batch = upload(
        director,
        project,
        "表号,房号,表类型,倍率,上次读数,本次读数\n"
        "A1,1-1-0101,,20,1,2\nA2,1-1-0101,水表,,1,2\nA3,1-1-0101,核能,,1,2\n",
        meter_kind="ELECTRICITY",
    )
    commit(director, batch)

    assert problems(batch) == [(4, "unknown-word")]
    assert list(Meter.objects.order_by("code").values_list("code", "kind", "multiplier")) == [
        ("A1", "ELECTRICITY", Decimal(20)),
        ("A2", "COLD_WATER", Decimal(1)),
    ]


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "October"])
def test_the_month_of_usage_must_be_given(director: Actor, project: Project, month: str) -> None:
    with pytest.raises(UsageMonthMissing):
        upload(director, project, "表号,本次读数\n", usage_month=month)


def test_an_unknown_kind_of_meter_is_refused(director: Actor, project: Project) -> None:
    with pytest.raises(MeterKindUnknown):
        upload(director, project, "表号,本次读数\n", meter_kind="NUCLEAR")


@pytest.mark.parametrize("room", ["1-1-0101", ""])
def test_a_multiplier_that_is_not_the_registrys_is_not_overlooked(
    director: Actor, project: Project, rooms: list[Unit], room: str
) -> None:
    factories.add_meter(rooms[0], "1-1-0101-W", multiplier=Decimal(40))
    rows = f"表号,房号,上次读数,本次读数,抄表日期,倍率\n1-1-0101-W,{room},0,10,2026-10-26,1\n"

    batch = upload(director, project, rows)

    assert problems(batch) == [(2, "multiplier-differs")]
    assert batch.counts["accepted"] == 0


@pytest.mark.parametrize("mark", ["未抄", "/", "-", "锁门", ""])
def test_a_meter_that_could_not_be_read_goes_on_the_exception_list(
    director: Actor, project: Project, rooms: list[Unit], mark: str
) -> None:
    rows = f"表号,房号,上次读数,本次读数,抄表日期\n1-1-0101-W,1-1-0101,5,{mark},2026-10-26\n"

    commit(director, upload(director, project, rows))

    assert Reading.objects.get().faults == ["MISSING"]


@pytest.mark.parametrize("place", ["1-1,,101", "1栋1单元,1单元,0101", "1栋,1单元,1栋1单元0101室"])
def test_the_room_of_a_reading_is_found_in_any_spelling(
    director: Actor, project: Project, rooms: list[Unit], place: str
) -> None:
    rows = f"表号,楼栋,单元,房号,上次读数,本次读数,抄表日期\nA-7,{place},0,10,2026-10-26\n"

    commit(director, upload(director, project, rows))

    assert Meter.objects.get().unit == rooms[0]
