"""Who records and resolves readings, and where."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.access import Actor
from kernel.errors import NotFound
from services.billing.metering import operations, queries
from services.billing.metering.models import Reading, ReadingState
from services.properties.models import Project
from tests import factories_billing as factories
from tests.factories import NOW, TODAY, add_actor
from tests.factories_billing import OCTOBER
from tests.services.billing.metering.conftest import (
    DAY,
    add_meters,
    entry,
    exception,
    record,
    resolve,
)


def test_reader_records_and_does_not_resolve(project: Project, reader: Actor) -> None:
    reading = exception(project)

    with pytest.raises(access.ActionDenied):
        resolve(reading, "DO_NOT_BILL", reader)
    with pytest.raises(access.ActionDenied):
        operations.reopen_reading(actor=reader, reading_id=reading.pk, reason="x", now=NOW)
    reading.refresh_from_db()
    assert reading.state == ReadingState.EXCEPTION


@pytest.mark.parametrize("post", ["company_admin", "property_manager"])
def test_posts_that_do_not_read_meters(project: Project, post: str) -> None:
    [meter] = add_meters(project, 1)

    with pytest.raises(access.ActionDenied):
        record(project, entry(meter), actor=add_actor("somebody", post))

    assert Reading.objects.count() == 0


def test_readings_of_other_projects_do_not_exist(project: Project) -> None:
    reading = exception(project)
    other = factories.add_project("HX", "海西苑")
    stranger = add_actor("wangwu", "collector", project_id=other.pk)

    calls: Sequence[Any] = [
        lambda: record(project, entry(reading.meter), actor=stranger),
        lambda: operations.record_reading(
            actor=stranger,
            meter_id=reading.meter_id,
            usage_month=OCTOBER,
            current=Decimal(1),
            read_on=DAY,
            now=NOW,
            today=TODAY,
        ),
        lambda: resolve(reading, "DO_NOT_BILL", stranger),
        lambda: queries.get_reading(actor=stranger, reading_id=reading.pk),
        lambda: queries.get_meter(actor=stranger, meter_id=reading.meter_id),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert not queries.readings(actor=stranger, project_id=project.pk, usage_month=OCTOBER)
    assert (
        queries.find_meter(actor=stranger, project_id=project.pk, code=reading.meter.code) is None
    )


def test_one_reading_by_hand(project: Project, reader: Actor) -> None:
    [meter] = add_meters(project, 1, opening_reading=Decimal(100))

    reading = operations.record_reading(
        actor=reader,
        meter_id=meter.pk,
        usage_month=OCTOBER,
        current=Decimal("112.5"),
        read_on=DAY,
        reader_name="李建国",
        now=NOW,
        today=TODAY,
    )

    assert (reading.previous, reading.consumption, reading.state) == (
        Decimal(100),
        Decimal("12.50"),
        "ACCEPTED",
    )
    with pytest.raises(operations.ReadingsRefused) as refused:
        operations.record_reading(
            actor=reader,
            meter_id=meter.pk,
            usage_month=OCTOBER,
            current=Decimal("-1"),
            read_on=DAY,
            now=NOW,
            today=TODAY,
        )
    assert refused.value.field == "current"
