"""The month's list, and the real file of 云麓花园."""

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from kernel import access
from services.billing.metering import operations, queries
from services.billing.metering.models import Reading
from services.billing.metering.operations import ReadingEntry
from services.billing.metering.queries import Outcome
from services.properties.models import Meter, Project, Unit
from tests import factories_billing as factories
from tests.factories import NOW, TODAY, add_actor
from tests.factories_billing import OCTOBER

YUNLU = Path(__file__).parents[3] / "data" / "yunlu-garden"
WHY = {
    "jump over the threshold": "JUMP",
    "reading lower than the last one": "LOWER",
    "reading missing": "MISSING",
    "outside the reading window 25-30": "OUTSIDE_WINDOW",
}


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


def yunlu_rows() -> list[dict[str, str]]:
    text = (YUNLU / "抄表记录_2026-10.csv").read_bytes().decode("gb18030")
    return list(csv.DictReader(StringIO(text)))


def add_yunlu_meters(project: Project, rows: list[dict[str, str]]) -> dict[str, Meter]:
    household = factories.add_household(project, "all")
    units = Unit.objects.bulk_create(
        Unit(
            project=project,
            household=household,
            kind="RESIDENCE",
            state="OWNER_OCCUPIED",
            number=row["房号"],
            code=row["房号"],
            label=row["房号"],
            sort_key=row["房号"],
        )
        for row in rows
    )
    meters = Meter.objects.bulk_create(
        Meter(project=project, unit=unit, kind="COLD_WATER", code=row["表号"])
        for unit, row in zip(units, rows, strict=True)
    )
    return {meter.code: meter for meter in meters}


def entries_of(rows: list[dict[str, str]], meters: dict[str, Meter]) -> list[ReadingEntry]:
    return [
        ReadingEntry(
            meter_id=meters[row["表号"]].pk,
            previous=Decimal(row["上次读数"]),
            current=Decimal(row["本次读数"]) if row["本次读数"] else None,
            read_on=date.fromisoformat(row["抄表日期"]),
            reader_name=row["抄表人"],
        )
        for row in rows
    ]


def test_real_file_has_exactly_the_exceptions_that_were_counted_by_hand(project: Project) -> None:
    rows = yunlu_rows()
    meters = add_yunlu_meters(project, rows)
    answers = json.loads((YUNLU / "answers.json").read_text())
    row_of = {meters[row["表号"]].pk: number for number, row in enumerate(rows, start=2)}

    operations.record_readings(
        actor=access.SYSTEM,
        project_id=project.pk,
        usage_month=OCTOBER,
        rows=entries_of(rows, meters),
        now=NOW,
        today=TODAY,
    )

    found = sorted(
        (row_of[reading.meter_id], reading.faults)
        for reading in Reading.objects.filter(state="EXCEPTION")
    )
    assert found == [(fault["row"], [WHY[fault["why"]]]) for fault in answers["meter_exceptions"]]
    assert Reading.objects.filter(state="ACCEPTED").count() == 910
    assert Reading.objects.count() == answers["meter_rows"] == 927


def test_rehearsal_of_a_file_says_the_same_before_there_are_meters(project: Project) -> None:
    rows = yunlu_rows()
    entries = [
        ReadingEntry(
            meter_id=None,
            kind="COLD_WATER",
            previous=Decimal(row["上次读数"]),
            current=Decimal(row["本次读数"]) if row["本次读数"] else None,
            read_on=date.fromisoformat(row["抄表日期"]),
        )
        for row in rows
    ]

    assessments = queries.assess(project_id=project.pk, usage_month=OCTOBER, entries=entries)

    assert {assessment.outcome for assessment in assessments} == {Outcome.CREATED}
    assert sum(1 for found in assessments if found.verdict and found.verdict.is_accepted) == 910
    assert Reading.objects.count() == 0


def test_list_begins_with_what_is_open_and_counts_what_is_missing(project: Project) -> None:
    meters = [
        factories.add_meter(factories.add_unit(project, f"1-{number}")) for number in range(5)
    ]
    factories.add_meter(factories.add_unit(project, "1-9"), is_active=False)
    factories.add_meter(factories.add_unit(project, "1-8"), installed_on=date(2026, 11, 3))
    operations.record_readings(
        actor=access.SYSTEM,
        project_id=project.pk,
        usage_month=OCTOBER,
        rows=[
            ReadingEntry(meter.pk, Decimal(current), date(2026, 10, 27), Decimal(100))
            for meter, current in zip(meters, ("110", "99", "111", "98"), strict=False)
        ],
        now=NOW,
        today=TODAY,
    )
    set_aside = Reading.objects.get(meter=meters[3])
    operations.resolve_reading(
        actor=access.SYSTEM,
        reading_id=set_aside.pk,
        resolution="DO_NOT_BILL",
        reason="x",
        now=NOW,
    )
    collector = add_actor("zhouting", "collector", project_id=project.pk)

    listed = queries.readings(actor=collector, project_id=project.pk, usage_month=OCTOBER)
    counts = queries.counts(actor=collector, project_id=project.pk, usage_month=OCTOBER)
    missing = queries.missing_meters(actor=collector, project_id=project.pk, usage_month=OCTOBER)

    assert [reading.meter.unit.code for reading in listed] == ["1-1", "1-3", "1-0", "1-2"]
    assert counts == queries.MonthCounts(
        meters=5, accepted=2, exceptions=1, resolved=0, rejected=1, missing=1
    )
    assert counts.read == 4
    assert list(missing) == [meters[4]]


def test_past_of_a_meter_is_in_order_and_ends_with_the_month(project: Project) -> None:
    meter = factories.add_meter(factories.add_unit(project, "1-1"))
    for month in range(1, 11):
        operations.record_readings(
            actor=access.SYSTEM,
            project_id=project.pk,
            usage_month=date(2026, month, 1),
            rows=[
                ReadingEntry(
                    meter.pk,
                    Decimal(month * 10),
                    date(2026, month, 27),
                    Decimal((month - 1) * 10),
                )
            ],
            now=NOW,
            today=TODAY,
        )

    past = queries.past_of(actor=access.SYSTEM, meter_id=meter.pk, up_to=date(2026, 9, 1), limit=3)

    assert [reading.usage_month.month for reading in past] == [7, 8, 9]


def test_meter_is_found_by_its_number_in_any_case(project: Project) -> None:
    meter = factories.add_meter(factories.add_unit(project, "3-1"), "3-1-w")

    assert queries.find_meter(actor=access.SYSTEM, project_id=project.pk, code=" 3-1-W ") == meter
