"""Meters, people, and readings entered through the operations."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.access import Actor
from services.billing.metering import operations
from services.billing.metering.models import Reading
from services.billing.metering.operations import ReadingEntry
from services.properties.models import Meter, Project
from tests import factories_billing as factories
from tests.factories import NOW, TODAY, add_actor
from tests.factories_billing import OCTOBER

DAY = date(2026, 10, 27)

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def project(tenant: object) -> Project:
    factories.seeded()
    return factories.add_project()


@pytest.fixture
def reader(project: Project) -> Actor:
    return add_actor("lijianguo", "meter_reader", project_id=project.pk)


@pytest.fixture
def director(project: Project) -> Actor:
    return add_actor("zhaomin", "charging_director")


def add_meters(project: Project, count: int, **values: Any) -> list[Meter]:
    offset = Meter.objects.count()
    return [
        factories.add_meter(factories.add_unit(project, f"1-{number:04d}"), **values)
        for number in range(offset, offset + count)
    ]


def entry(
    meter: Meter,
    current: str | None = "110",
    *,
    previous: str | None = "100",
    read_on: date | None = DAY,
    **values: Any,
) -> ReadingEntry:
    return ReadingEntry(
        meter_id=meter.pk,
        current=None if current is None else Decimal(current),
        previous=None if previous is None else Decimal(previous),
        read_on=read_on,
        **values,
    )


def record(
    project: Project,
    *rows: ReadingEntry,
    actor: Actor = access.SYSTEM,
    usage_month: date = OCTOBER,
    **values: Any,
) -> operations.Recorded:
    return operations.record_readings(
        actor=actor,
        project_id=project.pk,
        usage_month=usage_month,
        rows=rows,
        now=NOW,
        today=TODAY,
        **values,
    )


def month_of(project: Project, usage_month: date = OCTOBER) -> dict[str, tuple[object, ...]]:
    return {
        reading.meter.code: (reading.state, reading.faults, reading.consumption)
        for reading in Reading.objects.filter(
            project=project, usage_month=usage_month
        ).select_related("meter")
    }


def exception(project: Project, current: str | None = "99", **values: Any) -> Reading:
    [meter] = add_meters(project, 1, **values)
    record(project, entry(meter, current))
    return Reading.objects.get(meter=meter)


def resolve(reading: Reading, resolution: str, actor: Actor, **values: str) -> Reading:
    figures: dict[str, Any] = {
        name: value if name == "reason" else Decimal(value) for name, value in values.items()
    }
    return operations.resolve_reading(
        actor=actor,
        reading_id=reading.pk,
        resolution=resolution,
        now=NOW,
        **{"reason": "现场核实", **figures},
    )
