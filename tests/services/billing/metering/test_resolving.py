"""Resolving exceptions, each with a reason."""

from datetime import date
from decimal import Decimal

import pytest

from kernel import access
from kernel.access import Actor
from kernel.audit.models import AuditEntry
from kernel.duties import DutiesMeet
from kernel.errors import DomainError
from services.billing.metering import operations, rules
from services.billing.metering.models import Reading, ReadingState
from services.properties.models import Project
from tests.factories import NOW, add_actor
from tests.factories_billing import NOVEMBER
from tests.services.billing.metering.conftest import (
    SEPTEMBER,
    add_meters,
    entry,
    exception,
    month_of,
    record,
    resolve,
)


@pytest.mark.parametrize(
    ("resolution", "figures", "consumption", "corrected"),
    [
        ("CORRECT", {"current": "109"}, "9.00", "109.00"),
        ("CORRECT", {"current": "99", "previous": "90"}, "9.00", "99.00"),
        ("METER_REPLACED", {"old_end": "104", "new_start": "95"}, "8.00", None),
        (
            "METER_REPLACED",
            {"old_end": "104", "new_start": "0", "current": "3"},
            "7.00",
            "3.00",
        ),
        ("ESTIMATE", {"consumption": "11.50"}, "11.50", "111.50"),
        ("ESTIMATE", {"consumption": "0"}, "0.00", "100.00"),
    ],
)
def test_exception_is_resolved(
    project: Project,
    director: Actor,
    resolution: str,
    figures: dict[str, str],
    consumption: str,
    corrected: str | None,
) -> None:
    reading = exception(project)

    resolve(reading, resolution, director, **figures)

    reading.refresh_from_db()
    assert (reading.state, reading.resolution) == ("RESOLVED", resolution)
    assert reading.consumption == Decimal(consumption)
    assert reading.corrected_current == (None if corrected is None else Decimal(corrected))
    assert (reading.previous, reading.current) == (Decimal(100), Decimal(99))  # what was read stays
    assert (reading.reason, reading.resolved_by) == ("现场核实", director.user_id)
    [audited] = AuditEntry.objects.filter(event="billing.reading.resolved")
    assert audited.data["before"]["state"] == "EXCEPTION"
    assert Decimal(audited.data["after"]["consumption"]) == Decimal(consumption)


def test_multiplier_counts_in_every_resolution(project: Project, director: Actor) -> None:
    reading = exception(project, multiplier=Decimal(40))

    resolve(reading, "CORRECT", director, current="101")
    assert reading.__class__.objects.get(pk=reading.pk).consumption == Decimal("40.00")
    resolve(reading, "METER_REPLACED", director, old_end="101", new_start="98")
    assert reading.__class__.objects.get(pk=reading.pk).consumption == Decimal("80.00")
    resolve(reading, "ESTIMATE", director, consumption="100")
    estimated = Reading.objects.get(pk=reading.pk)
    assert (estimated.consumption, estimated.corrected_current) == (Decimal(100), Decimal("102.50"))


def test_jump_is_accepted_by_another(project: Project, reader: Actor, director: Actor) -> None:
    others = add_meters(project, 3)
    record(project, *(entry(meter) for meter in others))
    [meter] = add_meters(project, 1)
    record(project, entry(meter, "740"), actor=director)
    reading = Reading.objects.get(meter=meter)

    with pytest.raises(DutiesMeet):
        resolve(reading, "ACCEPT_AS_READ", director)
    reading.refresh_from_db()
    assert reading.state == ReadingState.EXCEPTION
    colleague = add_actor("wangfang", "charging_director")
    resolve(reading, "ACCEPT_AS_READ", colleague)

    reading.refresh_from_db()
    assert (reading.state, reading.consumption) == ("RESOLVED", Decimal("640.00"))


def test_month_is_set_aside_and_the_next_takes_it_along(project: Project, director: Actor) -> None:
    reading = exception(project)
    resolve(reading, "DO_NOT_BILL", director)
    reading.refresh_from_db()
    assert (reading.state, reading.consumption) == ("REJECTED", None)

    operations.record_readings(
        actor=access.SYSTEM,
        project_id=project.pk,
        usage_month=NOVEMBER,
        rows=[entry(reading.meter, "118", previous="100", read_on=date(2026, 11, 27))],
        now=NOW,
        today=date(2026, 11, 30),
    )

    assert month_of(project, NOVEMBER)[reading.meter.code] == ("ACCEPTED", [], Decimal("18.00"))


@pytest.mark.parametrize(
    ("resolution", "figures", "error", "field"),
    [
        ("ACCEPT_AS_READ", {}, operations.ResolutionInvalid, "resolution"),
        ("SHRUG", {}, operations.ResolutionInvalid, "resolution"),
        ("CORRECT", {}, operations.ResolutionInvalid, "current"),
        ("CORRECT", {"current": "99"}, rules.ConsumptionNegative, "current"),
        ("CORRECT", {"current": "-1"}, rules.ValueInvalid, "current"),
        ("CORRECT", {"current": "NaN"}, rules.ValueInvalid, "current"),
        ("METER_REPLACED", {"old_end": "101"}, operations.ResolutionInvalid, "new_start"),
        ("METER_REPLACED", {"new_start": "0"}, operations.ResolutionInvalid, "old_end"),
        (
            "METER_REPLACED",
            {"old_end": "99", "new_start": "0"},
            rules.ConsumptionNegative,
            "old_end",
        ),
        (
            "METER_REPLACED",
            {"old_end": "101", "new_start": "100"},
            rules.ConsumptionNegative,
            "new_start",
        ),
        ("ESTIMATE", {}, operations.ResolutionInvalid, "consumption"),
        ("ESTIMATE", {"consumption": "-1"}, rules.ValueInvalid, "consumption"),
        ("CORRECT", {"current": "109", "reason": " "}, operations.ReasonMissing, "reason"),
    ],
)
def test_resolutions_that_are_refused(
    project: Project,
    director: Actor,
    resolution: str,
    figures: dict[str, str],
    error: type[DomainError],
    field: str,
) -> None:
    reading = exception(project)

    with pytest.raises(error) as refused:
        resolve(reading, resolution, director, **figures)

    assert refused.value.field == field
    reading.refresh_from_db()
    assert (reading.state, reading.resolution) == ("EXCEPTION", "")
    assert not AuditEntry.objects.filter(event="billing.reading.resolved").exists()


def test_missing_reading_cannot_be_accepted_but_estimated(
    project: Project, director: Actor
) -> None:
    reading = exception(project, None)

    with pytest.raises(operations.ResolutionInvalid):
        resolve(reading, "ACCEPT_AS_READ", director)
    with pytest.raises(operations.ResolutionInvalid):
        resolve(reading, "METER_REPLACED", director, old_end="101", new_start="0")
    resolve(reading, "ESTIMATE", director, consumption="9")

    reading.refresh_from_db()
    assert reading.consumption == Decimal("9.00")


def test_too_large_a_consumption_is_not_accepted(project: Project, director: Actor) -> None:
    reading = exception(project, "9999999999", multiplier=Decimal(2))

    with pytest.raises(rules.ValueInvalid):
        resolve(reading, "ACCEPT_AS_READ", director)


def test_correction_moves_what_the_next_month_begins_with(
    project: Project, director: Actor
) -> None:
    [meter] = add_meters(project, 1)
    record(
        project,
        entry(meter, "100", previous="90", read_on=date(2026, 9, 27)),
        usage_month=SEPTEMBER,
    )
    record(project, entry(meter, "112", previous="101"))
    september = Reading.objects.get(usage_month=SEPTEMBER)

    resolve(september, "CORRECT", director, current="101")

    assert month_of(project)[meter.code] == ("ACCEPTED", [], Decimal("11.00"))


def test_decision_is_taken_back(project: Project, director: Actor) -> None:
    reading = exception(project)
    resolve(reading, "DO_NOT_BILL", director)

    with pytest.raises(operations.ReasonMissing):
        operations.reopen_reading(actor=director, reading_id=reading.pk, reason="", now=NOW)
    operations.reopen_reading(actor=director, reading_id=reading.pk, reason="复核", now=NOW)

    reading.refresh_from_db()
    assert (reading.state, reading.faults, reading.resolution) == ("EXCEPTION", ["LOWER"], "")
    assert (reading.resolved_by, reading.resolved_at, reading.reason) == (None, None, "")
    with pytest.raises(operations.NotResolved):
        operations.reopen_reading(actor=director, reading_id=reading.pk, reason="x", now=NOW)


def test_accepted_reading_may_be_corrected_too(project: Project, director: Actor) -> None:
    [meter] = add_meters(project, 1)
    record(project, entry(meter))
    reading = Reading.objects.get()

    resolve(reading, "CORRECT", director, current="108")
    operations.reopen_reading(actor=director, reading_id=reading.pk, reason="x", now=NOW)

    assert month_of(project)[meter.code] == ("ACCEPTED", [], Decimal("10.00"))
