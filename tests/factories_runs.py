"""Bill runs for tests: a project with a tariff, the people, and the work behind the jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from kernel.access.actors import Actor
from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from services.billing import tasks
from services.billing.metering.models import Reading, ReadingState
from services.billing.runs import operations
from services.billing.runs.models import BillLine, BillRun
from services.properties.models import Meter, Project, Unit
from tests import factories, factories_billing
from tests.factories_billing import NOVEMBER, OCTOBER

__all__ = ["tasks"]  # importing them registers what does the jobs

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai, collection is open
TODAY = date(2026, 11, 22)
RESOLUTIONS: dict[str, str] = {
    ReadingState.RESOLVED: "ACCEPT_AS_READ",
    ReadingState.REJECTED: "DO_NOT_BILL",
}


@dataclass(frozen=True)
class Office:
    """A project with the tariff of 云麓花园 and the three people of a bill run."""

    project: Project
    collector: Actor  # prepares
    director: Actor  # checks and posts
    manager: Actor  # checks


def open_office() -> Office:
    factories_billing.seeded()
    project = factories_billing.add_project()
    factories_billing.tariff(project)
    return Office(
        project=project,
        collector=factories.add_actor("zhouting", "collector", project_id=project.pk),
        director=factories.add_actor("zhaomin", "charging_director"),
        manager=factories.add_actor("fangqiming", "property_manager"),
    )


def open_project(office: Office, code: str, name: str) -> Office:
    """Add a project with the same tariff; the director prepares there, the manager checks."""
    project = factories_billing.add_project(code, name)
    factories_billing.tariff(project)
    return Office(project, office.director, office.director, office.manager)


def add_homes(project: Project, count: int, *, start: int = 1) -> list[Unit]:
    """Add dwellings of 100 m² (280.00 a month), each its own household, without meters."""
    return [
        factories_billing.add_unit(project, f"1-1-{number:04d}", area="100.00")
        for number in range(start, start + count)
    ]


def read(
    meter: Meter,
    consumption: str | None,
    *,
    state: str = ReadingState.ACCEPTED,
    usage_month: date = OCTOBER,
    recorded_by: int | None = None,
) -> Reading:
    """Write the reading of a month as recording it would have."""
    used = None if consumption is None else Decimal(consumption)
    return Reading.objects.create(
        project_id=meter.project_id,
        meter=meter,
        usage_month=usage_month,
        previous=Decimal(100),
        current=100 + (used or 0),
        consumption=used if state in {ReadingState.ACCEPTED, ReadingState.RESOLVED} else None,
        state=state,
        resolution=RESOLUTIONS.get(state, ""),
        reason="seen" if state in RESOLUTIONS else "",
        recorded_by=recorded_by,
        recorded_by_label="li",
        recorded_at=NOW,
    )


def work(run: BillRun) -> JobState | None:
    """Do the run's job, as a worker would; return how it ended."""
    assert run.job_id is not None
    ended = runner.run(run.job_id, lambda: NOW)
    run.refresh_from_db()
    return ended


def prepare(office: Office, *, period: date = NOVEMBER, actor: Actor | None = None) -> BillRun:
    return operations.prepare_run(
        actor=actor or office.collector,
        project_id=office.project.pk,
        period=period,
        now=NOW,
        today=TODAY,
    )


def preview(office: Office, **values: Any) -> BillRun:
    """Prepare a run and compute it."""
    run = prepare(office, **values)
    assert work(run) == JobState.DONE
    return run


def check(
    office: Office, run: BillRun, *, actor: Actor | None = None, now: datetime = NOW
) -> BillRun:
    """Check a run with the totals that it shows."""
    run.refresh_from_db()
    return operations.check_run(
        actor=actor or office.manager,
        run_id=run.pk,
        expected_lines=run.draft_lines,
        expected_amount=run.draft_amount,
        now=now,
    )


def start_posting(office: Office, run: BillRun, *, today: date = TODAY) -> BillRun:
    return operations.post_run(actor=office.director, run_id=run.pk, now=NOW, today=today)


def posted(office: Office, **values: Any) -> BillRun:
    """Take a run all the way."""
    run = preview(office, **values)
    check(office, run)
    run = start_posting(office, run)
    assert work(run) == JobState.DONE
    return run


def bills(run: BillRun) -> list[tuple[str, str, Decimal]]:
    """Return the run's lines as unit, item and amount, in that order."""
    return list(
        BillLine.objects.filter(run=run)
        .order_by("unit__code", "item__code")
        .values_list("unit__code", "item__code", "amount")
    )


def job_of(run: BillRun) -> Job:
    """Return the job behind a run."""
    assert run.job_id is not None
    return Job.objects.get(pk=run.job_id)


def amounts(lines: Sequence[tuple[str, str, Decimal]]) -> list[Decimal]:
    return [amount for _unit, _item, amount in lines]
