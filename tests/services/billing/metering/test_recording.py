"""Recording readings: what is taken, judged, refused."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kernel.access import Actor
from kernel.audit.models import AuditEntry
from kernel.db import violated_constraint
from services.billing.metering import operations, rules
from services.billing.metering.models import Reading
from services.billing.runs.models import OPEN_RUN_STATES, BillLine, BillRun, DraftLine
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import NOW
from tests.factories_billing import NOVEMBER, OCTOBER
from tests.services.billing.metering.conftest import (
    DAY,
    SEPTEMBER,
    add_meters,
    entry,
    month_of,
    record,
    resolve,
)


def bill_water(reading: Reading, *, reading_id: int | None) -> BillLine:
    version = factories.tariff(reading.project).water
    unit = reading.meter.unit
    run = BillRun.objects.create(
        project=reading.project,
        period=NOVEMBER,
        state="POSTED",
        due_on=NOVEMBER,
        prepared_by=1,
        prepared_by_label="x",
        prepared_at=NOW,
        checked_by=2,
    )
    return BillLine.objects.create(
        run=run,
        project=reading.project,
        household_id=unit.household_id,
        unit=unit,
        item=version.standard.item,
        account_id=version.standard.item.account_id,
        version_id=version.pk,
        reading_id=reading_id,
        period=NOVEMBER,
        usage_month=reading.usage_month,
        quantity=10,
        rate=1,
        amount=29,
        due_on=NOVEMBER,
        issued_on=NOVEMBER,
    )


# ---- recording ----------------------------------------------------------------------------------


def test_readings_are_recorded_and_judged(project: Project, reader: Actor) -> None:
    plain, lower, missing = add_meters(project, 3)

    recorded = record(
        project,
        entry(plain, reader_name="李建国", note="门内"),
        entry(lower, "99"),
        entry(missing, None),
        actor=reader,
        import_batch_id=7,
    )

    assert month_of(project) == {
        plain.code: ("ACCEPTED", [], Decimal("10.00")),
        lower.code: ("EXCEPTION", ["LOWER"], None),
        missing.code: ("EXCEPTION", ["MISSING"], None),
    }
    assert (len(recorded.created), recorded.changed, recorded.unchanged) == (3, [], 0)
    assert recorded.exceptions == 2
    reading = Reading.objects.get(meter=plain)
    assert (reading.reader_name, reading.note, reading.read_on) == ("李建国", "门内", DAY)
    assert (reading.recorded_by, reading.import_batch_id) == (reader.user_id, 7)
    [audited] = AuditEntry.objects.filter(event="billing.readings.recorded")
    assert (audited.data["created"], audited.data["exceptions"]) == (3, 2)


def test_same_readings_twice_change_nothing(project: Project, reader: Actor) -> None:
    meters = add_meters(project, 5)
    rows = [entry(meter, str(105 + number)) for number, meter in enumerate(meters)]
    record(project, *rows)
    before = list(Reading.objects.order_by("pk").values())

    recorded = record(project, *reversed(rows), actor=reader, import_batch_id=8)

    assert (recorded.created, recorded.changed, recorded.unchanged) == ([], [], 5)
    assert list(Reading.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.filter(event="billing.readings.recorded").count() == 1


def test_other_figures_take_the_place_of_the_first(project: Project, reader: Actor) -> None:
    [meter] = add_meters(project, 1)
    record(project, entry(meter, "99"), import_batch_id=7)

    recorded = record(project, entry(meter, "112"), actor=reader, import_batch_id=8)

    reading = Reading.objects.get()
    assert (reading.current, reading.state, reading.consumption) == (
        Decimal(112),
        "ACCEPTED",
        Decimal(12),
    )
    assert (reading.recorded_by, reading.import_batch_id) == (reader.user_id, 7)
    assert recorded.changed == [reading.pk]
    assert recorded.before[reading.pk]["current"] == Decimal("99.00")
    assert recorded.before[reading.pk]["faults"] == ["LOWER"]


def test_new_figures_make_a_decision_void(project: Project, director: Actor) -> None:
    [meter] = add_meters(project, 1)
    record(project, entry(meter, "99"))
    reading = Reading.objects.get()
    operations.resolve_reading(
        actor=director,
        reading_id=reading.pk,
        resolution="CORRECT",
        current=Decimal(109),
        reason="看错",
        now=NOW,
    )

    unchanged = record(project, entry(meter, "99"))
    assert unchanged.unchanged == 1
    reading.refresh_from_db()
    assert (reading.state, reading.corrected_current) == ("RESOLVED", Decimal(109))

    record(project, entry(meter, "108"))
    reading.refresh_from_db()
    assert (reading.state, reading.consumption) == ("ACCEPTED", Decimal(8))
    assert (reading.resolution, reading.reason, reading.corrected_current) == ("", "", None)
    audited = AuditEntry.objects.filter(event="billing.readings.recorded").order_by("pk").last()
    assert audited is not None
    assert audited.data["decisions_void"] == [reading.pk]


def test_previous_reading_is_found_where_it_is_not_given(project: Project) -> None:
    [known] = add_meters(project, 1)
    [opened] = add_meters(project, 1, opening_reading=Decimal(5))
    [unknown] = add_meters(project, 1)
    record(
        project,
        entry(known, "120", previous="110", read_on=date(2026, 9, 27)),
        usage_month=SEPTEMBER,
    )

    record(project, entry(known, "131", previous=None), entry(opened, "9", previous=None))
    with pytest.raises(operations.ReadingsRefused) as refused:
        record(project, entry(unknown, "131", previous=None))

    assert refused.value.details["rows"][0]["code"] == "previous-unknown"
    readings = {
        reading.meter_id: reading for reading in Reading.objects.filter(usage_month=OCTOBER)
    }
    assert (readings[known.pk].previous, readings[known.pk].consumption) == (
        Decimal(120),
        Decimal(11),
    )
    assert (readings[opened.pk].previous, readings[opened.pk].consumption) == (
        Decimal(5),
        Decimal(4),
    )


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"current": "-1"}, "value-invalid"),
        ({"current": "NaN"}, "value-invalid"),
        ({"current": "1.001"}, "value-invalid"),
        ({"previous": "99999999999"}, "value-invalid"),
    ],
)
def test_one_bad_row_refuses_all(project: Project, values: dict[str, Any], code: str) -> None:
    good, bad = add_meters(project, 2)

    with pytest.raises(operations.ReadingsRefused) as refused:
        record(project, entry(good), entry(bad, **values))

    assert [(row["index"], row["code"]) for row in refused.value.details["rows"]] == [(1, code)]
    assert Reading.objects.count() == 0
    assert not AuditEntry.objects.filter(event="billing.readings.recorded").exists()


def test_meters_that_cannot_be_read(project: Project) -> None:
    [here] = add_meters(project, 1)
    elsewhere = factories.add_meter(
        factories.add_unit(factories.add_project("HX", "海西苑"), "9-1")
    )
    [gone] = add_meters(project, 1, is_active=False, removed_on=date(2026, 9, 30))
    [replaced] = add_meters(project, 1, is_active=False, removed_on=date(2026, 10, 12))

    with pytest.raises(operations.ReadingsRefused) as refused:
        record(project, entry(here), entry(here), entry(elsewhere), entry(gone), entry(replaced))

    assert [(row["index"], row["code"]) for row in refused.value.details["rows"]] == [
        (1, "meter-twice"),
        (2, "meter-unknown"),
        (3, "meter-out-of-use"),
    ]
    assert Reading.objects.count() == 0


@pytest.mark.parametrize("usage_month", [date(2026, 10, 2), date(2026, 12, 1)])
def test_months_that_cannot_be_read(project: Project, usage_month: date) -> None:
    [meter] = add_meters(project, 1)

    with pytest.raises(rules.MonthInvalid):
        record(project, entry(meter), usage_month=usage_month)

    assert Reading.objects.count() == 0


def test_jump_is_measured_by_the_whole_month_in_whatever_order_it_comes(project: Project) -> None:
    """The first meter typed has nothing to be measured by; it is judged anew with the others."""
    meters = add_meters(project, 3)
    currents = ["740", "110", "111"]

    for order in permutations(range(3)):
        Reading.objects.all().delete()
        for number in order:
            record(project, entry(meters[number], currents[number]))

        states = month_of(project)
        assert states[meters[0].code] == ("EXCEPTION", ["JUMP"], None), order
        assert [states[meter.code][0] for meter in meters[1:]] == ["ACCEPTED"] * 2


def test_kinds_of_meters_are_measured_apart(project: Project) -> None:
    water = add_meters(project, 3)
    power = [
        factories.add_meter(meter.unit, f"{meter.code}-E", kind="ELECTRICITY") for meter in water
    ]

    record(
        project,
        *(entry(meter, "110") for meter in water),
        *(entry(meter, "268", previous="100") for meter in power),
    )

    assert {state for state, _faults, _consumption in month_of(project).values()} == {"ACCEPTED"}


def test_jump_is_measured_by_the_meters_own_past_first(project: Project) -> None:
    heavy, *others = add_meters(project, 4)
    for month, (previous, current) in enumerate(
        [("0", "100"), ("100", "200"), ("200", "300"), ("300", "400")], start=6
    ):
        record(
            project,
            entry(heavy, current, previous=previous, read_on=date(2026, month, 27)),
            usage_month=date(2026, month, 1),
        )

    record(
        project,
        entry(heavy, "700", previous="400"),
        *(entry(meter, "110") for meter in others),
    )

    reading = Reading.objects.get(meter=heavy, usage_month=OCTOBER)
    assert (reading.state, reading.usual) == ("ACCEPTED", Decimal("100.00"))
    record(project, entry(heavy, "700.01", previous="400"))
    reading.refresh_from_db()
    assert reading.faults == ["JUMP"]


def test_month_must_begin_where_the_last_one_ended(project: Project) -> None:
    [meter] = add_meters(project, 1)
    record(
        project,
        entry(meter, "100", previous="90", read_on=date(2026, 9, 27)),
        usage_month=SEPTEMBER,
    )

    record(project, entry(meter, "112", previous="101"))

    assert month_of(project)[meter.code] == ("EXCEPTION", ["NOT_CONTINUOUS"], None)
    record(
        project,
        entry(meter, "101", previous="90", read_on=date(2026, 9, 27)),
        usage_month=SEPTEMBER,
    )
    assert month_of(project)[meter.code] == ("ACCEPTED", [], Decimal("11.00"))


def test_thousands_are_one_statement(project: Project, django_assert_num_queries: Any) -> None:
    meters = add_meters(project, 60)
    rows = [entry(meter) for meter in meters]

    with django_assert_num_queries(11):  # whatever the number of rows
        record(project, *rows)

    assert Reading.objects.count() == 60


# ---- billed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("names_reading", [True, False])
def test_billed_reading_stands(project: Project, director: Actor, *, names_reading: bool) -> None:
    """Also where a unit has several meters and the line can name none of the readings."""
    billed, other = add_meters(project, 2)
    record(project, entry(billed), entry(other))
    reading = Reading.objects.get(meter=billed)
    line = bill_water(reading, reading_id=reading.pk if names_reading else None)

    with pytest.raises(operations.ReadingsRefused) as refused:
        record(project, entry(billed, "111"), entry(other, "111"))
    assert refused.value.details["rows"][0]["code"] == "billed"
    with pytest.raises(operations.ReadingBilled):
        operations.resolve_reading(
            actor=director,
            reading_id=reading.pk,
            resolution="DO_NOT_BILL",
            reason="x",
            now=NOW,
        )
    with pytest.raises(IntegrityError) as stands, transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(consumption=1)
    assert violated_constraint(stands.value) == "billing_reading_billed_stands"
    with pytest.raises(IntegrityError), transaction.atomic():
        reading.delete()
    assert month_of(project)[billed.code] == ("ACCEPTED", [], Decimal("10.00"))

    assert record(project, entry(billed), entry(other)).unchanged == 2  # the same file again
    BillLine.objects.filter(pk=line.pk).update(is_reversed=True, reversed_at=NOW)
    record(project, entry(billed, "111"))
    assert month_of(project)[billed.code] == ("ACCEPTED", [], Decimal("11.00"))


@pytest.mark.parametrize("state", OPEN_RUN_STATES)
def test_reading_in_the_draft_of_an_open_run_stands(
    project: Project, director: Actor, state: str
) -> None:
    """What is posted is what was computed and checked: the run is cancelled first."""
    drafted, other = add_meters(project, 2)
    record(project, entry(drafted), entry(other))
    reading = Reading.objects.get(meter=drafted)
    version = factories.tariff(project).water
    run = BillRun.objects.create(
        project=project,
        period=NOVEMBER,
        state="PREVIEW",
        due_on=NOVEMBER,
        prepared_by=1,
        prepared_by_label="x",
        prepared_at=NOW,
        checked_by=2,
    )
    BillRun.objects.filter(pk=run.pk).update(state=state)
    DraftLine.objects.create(
        run_id=run.pk,
        household_id=drafted.unit.household_id,
        unit_id=drafted.unit_id,
        item_id=version.standard.item_id,
        version_id=version.pk,
        usage_month=OCTOBER,
        quantity=10,
        rate=1,
        amount=29,
    )

    with pytest.raises(operations.ReadingsRefused) as refused:
        record(project, entry(drafted, "111"), entry(other, "111"))
    assert [row["code"] for row in refused.value.details["rows"]] == ["in-open-run"]
    with pytest.raises(operations.ReadingBilled):
        resolve(reading, "DO_NOT_BILL", director)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reading.objects.filter(pk=reading.pk).update(consumption=1)

    record(project, entry(other, "111"))
    BillRun.objects.filter(pk=run.pk).update(state="CANCELLED")
    record(project, entry(drafted, "111"))
    assert month_of(project)[drafted.code] == ("ACCEPTED", [], Decimal("11.00"))
