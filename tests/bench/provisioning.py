"""A new company's schema replayed from the template, beside the same schema by migrations."""

import argparse
import os
import subprocess
import sys
import time
from statistics import median

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from psycopg2 import sql

from kernel.tenancy import public
from tenants.companies.models import Company
from tenants.provisioning import operations, schema, setup
from tests import database
from tests.bench import world
from tests.bench.measure import Seconds, timed

GOAL = 0.5  # seconds of database time


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--migrate", nargs=2, metavar=("DATABASE", "SCHEMA"), help="inner")


def run(options: argparse.Namespace) -> None:
    if options.migrate:
        migrate(*options.migrate)
        return
    with world.fresh_company(), public():
        dump_seconds, dump = timed(schema.dump_template)
        replays = [replay(dump) for _ in range(options.companies)]
        whole = [company(number) for number in range(options.companies)]
        by_migrations = migrated()
    replayed = median(seconds.clock for seconds in replays)
    print(f"pg_dump of the template    {dump_seconds.clock:6.2f} s  ({len(dump) // 1024} KiB)")
    print(f"replay, role, grants       {replayed:6.2f} s  (goal {GOAL} s)")
    print(f"a company, seeds and all   {median(seconds.clock for seconds in whole):6.2f} s")
    print(f"the same by migrations     {by_migrations:6.2f} s")
    print(f"replay is faster by        {by_migrations / replayed:6.1f} x")


def replay(dump: str) -> Seconds:
    name = schema.new_schema_name()

    def work() -> None:
        with schema.owner_cursor() as cursor:
            schema.replay(cursor, name, dump)

    seconds, _none = timed(work)
    remove(name)
    return seconds


def company(number: int) -> Seconds:
    """Set a company up as the task does: its own dump, the replay, the seeds, its first person."""
    made: Company = operations.create_company(
        by="bench",
        slug=f"bench-{number}",
        name=f"Bench {number}",
        name_en="",
        admin_username="admin",
        admin_name="Admin",
        admin_email=f"admin@bench-{number}.example",
        now=world.NOW,
    )
    seconds, _status = timed(lambda: setup.set_up(company_id=made.pk, clock=timezone.now))
    remove(made.schema_name)
    return seconds


def migrated() -> float:
    """Return the seconds that the migrations of one schema take, in a process of the owner's."""
    name = schema.new_schema_name()
    with schema.owner_cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
    finished = subprocess.run(
        [
            sys.executable, "-m", "tests.bench", "provisioning", "--migrate",
            str(connection.settings_dict["NAME"]), name,
        ],
        env=os.environ | {"GUANJIA_AS_OWNER": "1"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    remove(name)
    return float(finished.stdout.splitlines()[-1])


def migrate(database_name: str, schema_name: str) -> None:
    database.use(database_name)
    started = time.perf_counter()
    call_command(
        "migrate_schemas", schema_name=schema_name, tenant=True, interactive=False, verbosity=0
    )
    print(time.perf_counter() - started)


def remove(name: str) -> None:
    """Drop a schema and its role, which outlives the bench's database otherwise."""
    with schema.owner_cursor() as cursor:
        schema.drop(cursor, name)
