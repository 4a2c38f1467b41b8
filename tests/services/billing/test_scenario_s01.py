"""S-01 of the handbook: a month from the meter window to the 10th, by its five people."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest

from kernel import access
from kernel.access import ActionDenied
from kernel.access import operations as people
from kernel.access.actors import Actor
from kernel.duties import DutiesMeet
from kernel.jobs import runner
from kernel.jobs.models import JobState
from services.billing import tasks
from services.billing.ledger import invariants
from services.billing.metering import operations as metering
from services.billing.runs import operations as runs
from services.billing.runs.models import BillLine, BillRun
from services.properties import operations as registry
from services.properties.models import Meter, Project
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests.factories import add_actor

__all__ = ["tasks"]  # importing them registers what does the jobs

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


class Garden(NamedTuple):
    project: Project
    meter: Meter
    li: Actor  # reads meters
    wang: Actor  # collects
    zhao: Actor  # directs the charging


@pytest.fixture
def garden(tenant: Company) -> Garden:
    """Garden One with the flat 3-2-1201: 102.35 m² at 1.80, electricity at 0.56."""
    billing.seeded()
    project = billing.add_project("G1", "Garden One")
    billing.add_fee(project, "WYF", "RESIDENCE", price="1.80")
    billing.add_fee(
        project,
        "DF",
        "RESIDENCE",
        method="TIERED_METER",
        price="0.56",
        meter_kind="ELECTRICITY",
        usage_lag_months=1,
    )
    flat = billing.add_unit(project, "3-2-1201", area="102.35")
    meter = registry.create_meter(
        actor=access.SYSTEM,
        unit_id=flat.pk,
        kind="ELECTRICITY",
        code="3-2-1201-E",
        opening_reading=Decimal(12450),
        now=at(OCTOBER),
    )
    return Garden(
        project,
        meter,
        add_actor("li", "meter_reader", project_id=project.pk),
        add_actor("wang", "collector", project_id=project.pk),
        add_actor("zhao", "charging_director", project_id=project.pk),
    )


def read(garden: Garden, day: date) -> str:
    reading = metering.record_reading(
        actor=garden.li,
        meter_id=garden.meter.pk,
        usage_month=OCTOBER,
        current=Decimal(12618),
        read_on=day,
        now=at(day),
        today=day,
    )
    return reading.state


def prepared(garden: Garden, day: date) -> BillRun:
    run = runs.prepare_run(
        actor=garden.wang, project_id=garden.project.pk, period=NOVEMBER, now=at(day), today=day
    )
    return worked(run, day)


def worked(run: BillRun, day: date) -> BillRun:
    assert run.job_id is not None
    assert runner.run(run.job_id, lambda: at(day)) == JobState.DONE
    run.refresh_from_db()
    return run


def audit(run: BillRun, actor: Actor, day: date) -> BillRun:
    return runs.check_run(
        actor=actor,
        run_id=run.pk,
        expected_lines=run.draft_lines,
        expected_amount=run.draft_amount,
        now=at(day),
    )


def test_the_month_goes_from_the_window_to_the_tenth(garden: Garden) -> None:
    assert read(garden, date(2026, 10, 27)) == "ACCEPTED"
    run = prepared(garden, date(2026, 11, 2))
    ninth, tenth = date(2026, 11, 9), date(2026, 11, 10)

    with pytest.raises(ActionDenied):  # (b) SoD-04
        audit(run, garden.wang, ninth)
    with pytest.raises(runs.NotChecked):  # (e)
        runs.post_run(actor=garden.zhao, run_id=run.pk, now=at(tenth), today=tenth)
    audit(run, garden.zhao, ninth)
    with pytest.raises(runs.CollectionNotOpen) as early:  # (d)
        runs.post_run(actor=garden.zhao, run_id=run.pk, now=at(ninth), today=ninth)
    assert early.value.details == {"opens_on": "2026-11-10"}
    assert not BillLine.objects.exists()
    worked(runs.post_run(actor=garden.zhao, run_id=run.pk, now=at(tenth), today=tenth), tenth)

    bills = dict(BillLine.objects.values_list("item__code", "amount"))
    assert bills == {"WYF": Decimal("184.23"), "DF": Decimal("94.08")}
    assert sum(bills.values()) == Decimal("278.31")
    assert set(BillLine.objects.values_list("issued_on", "due_on")) == {(tenth, tenth)}
    assert invariants.check() == []


def test_a_reading_of_the_22nd_needs_the_directors_reason(garden: Garden) -> None:
    """S-01 (a): outside the window it is an exception; only the director decides, with a reason."""
    assert read(garden, date(2026, 10, 22)) == "EXCEPTION"
    reading = garden.meter.readings.get()
    assert reading.faults == ["OUTSIDE_WINDOW"]
    run = prepared(garden, date(2026, 11, 2))
    assert [line.item.code for line in run.drafts.select_related("item")] == ["WYF"]
    runs.cancel_run(actor=garden.wang, run_id=run.pk, now=at(date(2026, 11, 2)))

    with pytest.raises(ActionDenied):
        decide(garden.li, reading.pk, "storm on the 25th")
    with pytest.raises(metering.ReasonMissing):
        decide(garden.zhao, reading.pk, " ")
    decide(garden.zhao, reading.pk, "storm on the 25th")

    run = prepared(garden, date(2026, 11, 3))
    assert run.draft_amount == Decimal("278.31")


def decide(actor: Actor, reading_id: int, reason: str) -> None:
    metering.resolve_reading(
        actor=actor,
        reading_id=reading_id,
        resolution="ACCEPT_AS_READ",
        reason=reason,
        now=at(date(2026, 11, 1)),
    )


def test_who_collects_does_not_read_meters(garden: Garden) -> None:
    """S-01 (c)."""
    assert garden.wang.user_id is not None

    with pytest.raises(DutiesMeet) as refusal:
        people.give_post(
            actor=access.SYSTEM,
            user_id=garden.wang.user_id,
            post="meter_reader",
            project_id=garden.project.pk,
            valid_from=NOVEMBER,
            now=at(NOVEMBER),
        )

    assert refusal.value.details["rule"] == "SoD-05"
