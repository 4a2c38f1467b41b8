"""Two readers at the same moment, with real commits. The race is first shown to exist."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from kernel import access
from kernel.access import Actor
from services.billing.metering import operations, queries
from services.billing.metering.models import Reading
from services.billing.metering.operations import ReadingEntry
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_billing as factories
from tests.factories import NOW, TODAY
from tests.factories_billing import OCTOBER
from tests.threads import Meeting, at_once


def read_project(*, actor: Actor, project_id: int) -> Project:
    return Project.objects.get(pk=project_id)


@pytest.fixture
def readers_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both have judged their readings before either writes."""
    meeting = Meeting()
    assess_month = queries.assess_month

    def waiting(**arguments: Any) -> Any:
        month = assess_month(**arguments)
        if arguments.get("entries"):
            meeting.come()
        return month

    monkeypatch.setattr(queries, "assess_month", waiting)


def record_at_once(company: Company) -> set[tuple[str, str]]:
    """Record a jump and, at the same moment, what it would be measured by."""
    factories.seeded()
    project = factories.add_project()
    batches = []
    for name, currents in (("jump", ["740"]), ("plain", ["110", "111", "109"])):
        meters = [
            factories.add_meter(factories.add_unit(project, f"{name}-{current}"))
            for current in currents
        ]
        batches.append(
            [
                ReadingEntry(meter.pk, Decimal(current), date(2026, 10, 27), Decimal(100))
                for meter, current in zip(meters, currents, strict=True)
            ]
        )
    outcomes = at_once(
        company,
        [
            partial(
                operations.record_readings,
                actor=access.SYSTEM,
                project_id=project.pk,
                usage_month=OCTOBER,
                rows=rows,
                now=NOW,
                today=TODAY,
            )
            for rows in batches
        ],
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    return {
        (reading.meter.unit.code, reading.state)
        for reading in Reading.objects.select_related("meter__unit")
    }


ACCEPTED = {(f"plain-{current}", "ACCEPTED") for current in ("109", "110", "111")}


@pytest.mark.usefixtures("readers_meet")
def test_without_the_lock_a_jump_slips_through(
    committed_tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "lock_month", read_project)

    assert record_at_once(committed_tenant) == ACCEPTED | {("jump-740", "ACCEPTED")}


@pytest.mark.usefixtures("readers_meet")
def test_jump_is_seen_whoever_comes_first(committed_tenant: Company) -> None:
    assert record_at_once(committed_tenant) == ACCEPTED | {("jump-740", "EXCEPTION")}
