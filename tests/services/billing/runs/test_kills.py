"""A worker is killed with SIGKILL again and again; the run comes out as if it had not been."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from kernel.jobs.models import Job, JobState
from services.billing.ledger import invariants
from services.billing.ledger.models import Journal
from services.billing.runs import chunks
from services.billing.runs.models import (
    BillLine,
    BillRun,
    BillRunChunk,
    ChunkState,
    DraftLine,
    RunState,
)
from services.properties.models import Project
from tenants.companies.models import Company
from tests import database
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_runs import NOW, Office

HOMES = 120
UNITS = 4  # in a chunk: thirty of them
# How many chunks each worker does until it is killed, and when in the last of them: while the run
# is computed, and again while it is posted.
KILLS = ((2, "before"), (3, "after"), (1, "before"))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "UNITS_PER_CHUNK", UNITS)


@pytest.fixture
def office(committed_tenant: Company, small_chunks: None) -> Office:
    office = factories.open_office()
    fill(office.project)
    return office


def fill(project: Project) -> None:
    for number, home in enumerate(factories.add_homes(project, HOMES)):
        if number % 3 == 0:
            factories.read(billing.add_meter(home), str(number % 40))


@contextmanager
def worker_on(
    job: Job, takeover: int, count: int = 0, moment: str = ""
) -> Iterator[subprocess.Popen[str]]:
    """Start a worker process; it does the job, or ``count`` chunks of it."""
    with subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.services.billing.runs.killable",
            str(connection.settings_dict["NAME"]),
            str(job.pk),
            str(5 * takeover),
            str(UNITS),
            str(count),
            moment,
        ],
        cwd=database.ROOT,
        env=os.environ | {"PYTHONPATH": f"{database.ROOT / 'platform'}{os.pathsep}{database.ROOT}"},
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        yield worker


def done_of(run: BillRun, state: ChunkState) -> tuple[int, int]:
    """Return how many chunks are done, of how many."""
    chunks_of_run = BillRunChunk.objects.filter(run=run)
    return chunks_of_run.filter(state=state).count(), chunks_of_run.count()


def kill_again_and_again(run: BillRun, state: ChunkState) -> None:
    """Kill worker after worker in the middle, then let one finish."""
    job = factories.job_of(run)
    expected = 0
    for takeover, (count, moment) in enumerate(KILLS):
        with worker_on(job, takeover, count, moment) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "there\n"
            worker.kill()
            assert worker.wait() == -signal.SIGKILL
        expected += count if moment == "after" else count - 1  # what was not committed is lost
        assert done_of(run, state) == (expected, HOMES // UNITS)
        assert factories.job_of(run).state == JobState.RUNNING  # and nobody has noticed
    with worker_on(job, len(KILLS)) as worker:
        assert worker.wait() == 0
    run.refresh_from_db()
    assert factories.job_of(run).attempt == len(KILLS) + 1


def test_killed_workers_leave_the_run_that_an_unhurt_one_makes(
    committed_tenant: Company, office: Office
) -> None:
    unhurt = factories.open_project(office, "HB", "湖滨")
    fill(unhurt.project)
    expected = factories.bills(factories.posted(unhurt))
    run = factories.prepare(office)

    kill_again_and_again(run, ChunkState.COMPUTED)

    assert (run.state, run.draft_lines) == (RunState.PREVIEW, len(expected))
    assert DraftLine.objects.filter(run=run).count() == len(expected)
    later = NOW + timedelta(minutes=5 * len(KILLS))  # the last worker's clock
    factories.check(office, run, now=later)
    run = factories.start_posting(office, run)

    kill_again_and_again(run, ChunkState.POSTED)

    assert run.state == RunState.POSTED
    assert factories.bills(run) == expected
    assert Journal.objects.filter(project=office.project).count() == HOMES // UNITS
    assert BillLine.objects.count() == 2 * len(expected)
    assert DraftLine.objects.count() == 0
    assert invariants.check() == []
