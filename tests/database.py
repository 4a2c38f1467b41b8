"""The test databases: one migrated template with two companies, copied for each worker."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import dj_database_url
import psycopg2
from django.conf import settings
from django.db import connection
from django_tenants.utils import schema_context

from kernel.access.seeding import seed_posts
from kernel.tenancy import tenant_connection
from tenants.provisioning import schema

ROOT = Path(__file__).resolve().parent.parent
# slug, schema: fixed names, so that roles (which are the cluster's) do not pile up.
SEEDED = ("actions.py", "catalogue/*.py", "seeding.py")
COMPANIES = (("alpha", "t_testalpha0"), ("beta", "t_testbeta00"))


@cache
def template_name() -> str:
    """Return a name that changes with any migration, so a stale template is never used."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update((ROOT / "tenants/provisioning/schema.py").read_bytes())
    for part in SEEDED:
        for path in sorted((ROOT / "platform/kernel/access").glob(part)):
            digest.update(path.read_bytes())
    for package in ("platform", "tenants", "services"):
        for path in sorted((ROOT / package).glob("**/migrations/*.py")):
            digest.update(path.read_bytes())
    return f"guanjia_template_{digest.hexdigest()[:12]}"


def worker_database() -> str:
    """Return this process's own database name."""
    return f"test_guanjia_{os.getpid()}"


def owner_parameters(database: str) -> dict[str, Any]:
    """Return libpq parameters of the owner for one database."""
    parsed = dj_database_url.parse(settings.DATABASE_OWNER_URL)
    names = {"user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    found = {key: parsed[name] for key, name in names.items() if parsed.get(name)}  # type: ignore[literal-required]
    return {**found, "dbname": database}


def execute(statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
    """Run one statement as the owner outside any transaction."""
    owner = psycopg2.connect(**owner_parameters(database))
    owner.autocommit = True
    try:
        with owner.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        owner.close()


def use(database: str) -> None:
    """Point Django's default connection at ``database``."""
    connection.close()
    settings.DATABASES["default"]["NAME"] = database
    connection.settings_dict["NAME"] = database
    tenant_connection.set_schema_to_public()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with Path(tempfile.gettempdir(), f"{template_name()}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def ensure_template() -> str:
    """Return the template's name, having built it if it is missing."""
    name = template_name()
    if execute(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        return name
    work = f"{name}_wip"
    execute(f'DROP DATABASE IF EXISTS "{work}"')
    execute(f'CREATE DATABASE "{work}"')
    migrate(work)
    use(work)
    with schema.owner_cursor() as cursor:
        dump = schema.dump_template()
        for slug, schema_name in COMPANIES:
            cursor.execute("SET search_path = public")
            cursor.execute(
                "INSERT INTO companies_company (schema_name, slug, name, name_en, time_zone,"
                " currency, status, stage, error, admin_username, admin_name, admin_email,"
                " created_at, suspended_reason)"
                " VALUES (%s, %s, %s, %s, 'Asia/Shanghai', 'CNY', 'ACTIVE', 'DONE', '', '', '', '',"
                " '2026-01-01T00:00:00Z', '') RETURNING id",
                [schema_name, slug, slug.title(), slug.title()],
            )
            row = cursor.fetchone()
            assert row is not None
            cursor.execute(
                "INSERT INTO companies_domain (domain, tenant_id, is_primary)"
                " VALUES (%s, %s, true)",
                [f"{slug}.test", row[0]],
            )
            schema.replay(cursor, schema_name, dump)
    # Holding a post needs the post: the one seed that every company of the tests has.
    for _slug, schema_name in COMPANIES:
        with schema_context(schema_name):
            seed_posts(datetime(2026, 1, 1, tzinfo=UTC))
    connection.close()
    execute(f'ALTER DATABASE "{work}" RENAME TO "{name}"')
    return name


def migrate(database: str) -> None:
    """Run the product's own migration command against ``database``, as the owner."""
    environment = os.environ | {
        "DATABASE_URL": with_name(settings.DATABASE_URL, database),
        "DATABASE_OWNER_URL": with_name(settings.DATABASE_OWNER_URL, database),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "platform", ROOT))),
    }
    subprocess.run(
        [sys.executable, "-m", "config", "migrate_all"],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def with_name(url: str, database: str) -> str:
    """Return the URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def copy_template(database: str) -> None:
    """Replace ``database`` by a fresh copy of the template."""
    with one_at_a_time():
        name = ensure_template()
        drop(database, attempts=20)
        # File by file: page by page through the log takes ten times as long, most of it computing.
        execute(f'CREATE DATABASE "{database}" TEMPLATE "{name}" STRATEGY file_copy')
    use(database)


def drop(database: str, *, attempts: int = 2) -> None:
    """Remove a worker's database; one that somebody still holds after 10 s is left behind.

    The cluster of a test run is thrown away with all that is in it.
    """
    connection.close()
    # The server itself waits 5 s for others to leave before it refuses.
    for _attempt in range(attempts):
        try:
            execute(f'DROP DATABASE IF EXISTS "{database}"')
        except psycopg2.errors.ObjectInUse:
            time.sleep(0.2)  # a server process that was just told to stop, or autovacuum
        else:
            return
