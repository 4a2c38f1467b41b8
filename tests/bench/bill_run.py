"""The month's bills beside a raw INSERT … SELECT of the same rows: lines a second and the ratio."""

import argparse
import json
import resource
import subprocess
import sys
from typing import Any

from django.db import connection

import services.billing.tasks  # noqa: F401 - registers what does the jobs
from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.jobs import runner
from kernel.tenancy import current_schema
from services.billing.ledger import invariants
from services.billing.runs import operations
from services.billing.runs.models import BillLine, BillRun, RunState
from tenants.provisioning.schema import owner_cursor
from tests.bench import world
from tests.bench.measure import Seconds, timed
from tests.factories import add_actor

LINES_PER_UNIT = 3
GOAL, RERUN_GOAL = 0.6, 30

# The same columns, a primary and a unique key and two indexes. "reference": keys to unit, item
# and household, as a plain Django model would have. "own": what BillLine has.
KEYS = {
    "reference": {
        "unit_id": "properties_unit",
        "item_id": "billing_feeitem",
        "household_id": "properties_household",
    },
    "own": {"unit_id": "properties_unit", "household_id": "properties_household"},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=int, nargs="+", default=[10_000, 100_000, 300_000])
    parser.add_argument("--worker", nargs=3, metavar=("DATABASE", "ACTOR", "PROJECT"), help="inner")


def run(options: argparse.Namespace) -> None:
    if options.worker:
        work(*options.worker)
        return
    with world.fresh_company():
        preparer, checker = (add_actor(name, "charging_director") for name in ("zhao", "fang"))
        print(
            f"{'lines':>8} {'floor/s':>9} {'own keys/s':>10} {'run/s':>9} {'ratio':>6}"
            f" {'to own':>6} {'processor':>9} {'to own':>6} {'compute':>8} {'post':>7} {'again':>8}"
            f" {'faster':>7} {'RSS MB':>7}"
        )
        for lines in options.lines:
            report(lines, preparer, checker)


def report(lines: int, preparer: Any, checker: Any) -> None:
    project_id = world.add_project(f"P{lines}", -(-lines // LINES_PER_UNIT))
    found = in_worker(project_id, preparer, checker)
    count, seconds = found["lines"], found["compute"] + found["post"]
    floors = {
        name: min((floor(found["run_id"], keys) for _ in range(2)), key=lambda least: least.clock)
        for name, keys in KEYS.items()
    }
    violations = invariants.check(project_id)
    assert not violations, violations
    reference, own = floors["reference"], floors["own"]
    print(
        f"{count:>8} {count / reference.clock:>9,.0f} {count / own.clock:>10,.0f}"
        f" {count / seconds:>9,.0f} {reference.clock / seconds:>6.2f} {own.clock / seconds:>6.2f}"
        f" {reference.processor / found['processor']:>9.2f}"
        f" {own.processor / found['processor']:>6.2f}"
        f" {found['compute']:>7.2f}s {found['post']:>6.2f}s"
        f" {found['again'] * 1000:>6.1f}ms {seconds / found['again']:>6.0f}x {found['rss']:>7.1f}"
    )


def in_worker(project_id: int, preparer: Any, checker: Any) -> dict[str, Any]:
    """Run the month in a process of its own, whose memory can be told from ours."""
    finished = subprocess.run(
        [
            sys.executable, "-m", "tests.bench", "bill-run", "--worker",
            str(connection.settings_dict["NAME"]),
            f"{preparer.user_id},{checker.user_id}",
            str(project_id),
        ],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
    return found


def work(database_name: str, people: str, project_id: str) -> None:
    """Prepare, compute, check and post one run, then do its posting again; print the times."""
    world.join(database_name)
    preparer, checker = (actor_of(int(user_id)) for user_id in people.split(","))
    run = operations.prepare_run(
        actor=preparer,
        project_id=int(project_id),
        period=world.PERIOD,
        now=world.NOW,
        today=world.TODAY,
    )
    compute, _none = timed(lambda: do_job(run))
    operations.check_run(
        actor=checker,
        run_id=run.pk,
        expected_lines=run.draft_lines,
        expected_amount=run.draft_amount,
        now=world.NOW,
    )
    start: dict[str, Any] = {
        "actor": checker,
        "run_id": run.pk,
        "now": world.NOW,
        "today": world.TODAY,
    }
    post, _none = timed(lambda: do_job(operations.post_run(**start)))
    assert BillRun.objects.get(pk=run.pk).state == RunState.POSTED
    # The same work once more: what a second delivery of the job's message would do.
    BillRun.objects.filter(pk=run.pk).update(state=RunState.CHECKED)
    again, _none = timed(lambda: do_job(operations.post_run(**start)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "run_id": run.pk,
                "lines": BillLine.objects.filter(run_id=run.pk).count(),
                "compute": compute.clock,
                "post": post.clock,
                "processor": (compute + post).processor,
                "again": again.clock,
                "rss": peak,
            }
        )
    )


def actor_of(user_id: int) -> Actor:
    return actor_for(user=User.objects.get(pk=user_id), today=world.TODAY)


def do_job(run: BillRun) -> None:
    assert run.job_id is not None
    runner.run(run.job_id, lambda: world.NOW)
    run.refresh_from_db()


def floor(run_id: int, keys: dict[str, str]) -> Seconds:
    """Return what one INSERT … SELECT of the run's lines into a bare table takes."""
    schema_name = current_schema()
    with owner_cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', %s, true)", [f"{schema_name},public"])
        cursor.execute(
            "CREATE TABLE bench_floor (LIKE billing_billline INCLUDING GENERATED"
            " INCLUDING IDENTITY, PRIMARY KEY (id));"
            "CREATE UNIQUE INDEX ON bench_floor (unit_id, item_id, period) WHERE NOT is_reversed;"
            "CREATE INDEX ON bench_floor (household_id, period);"
            "CREATE INDEX ON bench_floor (project_id, due_on)"
        )
        for column, table in keys.items():
            cursor.execute(
                f"ALTER TABLE bench_floor ADD FOREIGN KEY ({column}) REFERENCES {table}"
                " DEFERRABLE INITIALLY DEFERRED"
            )
        cursor.execute(f"GRANT SELECT, INSERT ON bench_floor TO {schema_name}")
    columns = ", ".join(
        str(field.column) for field in BillLine._meta.fields if field.column != "id"
    )
    insert = (
        f"INSERT INTO bench_floor ({columns}) SELECT {columns} FROM billing_billline"
        " WHERE run_id = %s ORDER BY household_id, unit_id, item_id"
    )
    with connection.cursor() as cursor:
        seconds, _none = timed(lambda: cursor.execute(insert, [run_id]))
    with owner_cursor() as cursor:
        cursor.execute(f"DROP TABLE {schema_name}.bench_floor")
    return seconds
