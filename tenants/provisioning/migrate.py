"""Brings every schema to the code's state: public, the template, the companies."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, router, transaction
from django.db.migrations.loader import MigrationLoader
from django_tenants.utils import get_public_schema_name, schema_context
from psycopg2 import sql

from kernel import seeds
from kernel.locks import LockClass
from tenants.companies.queries import schemas_set_up
from tenants.provisioning import fingerprint, schema

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Say = Callable[[str], None]


class MigrationFailed(RuntimeError):
    """Some schemas are not in the code's state; the message names each with its reason."""


def migrate_all(say: Say, clock: Clock) -> None:
    """Migrate public, the template and every company, set roles and grants, seed. Repeatable.

    Runs as the owner (``GUANJIA_AS_OWNER``), one at a time. A schema that has every migration
    costs its grants and what its seeds ask to find nothing missing. A company that fails stops no
    other.

    :raises MigrationFailed: if another run is at it, a company failed, or schemas differ.
    """
    with schema.session_lock(LockClass.MIGRATION, 0) as is_mine:
        if not is_mine:
            raise MigrationFailed("another migration is running")
        _migrate_public()
        with schema.owner_cursor() as cursor:
            schema.grant_public(cursor)
            cursor.execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(
                    sql.Identifier(schema.TEMPLATE_SCHEMA)
                )
            )
        say("public")
        _migrate([schema.TEMPLATE_SCHEMA], say, clock)
        companies = schemas_set_up()
        failures = _migrate(companies, say, clock)
        problems = check_schemas()
    if failures or problems:
        raise MigrationFailed("\n".join([*failures, *problems]))


def _migrate_public() -> None:
    """Migrate what is shared, and note as done what is the companies' and does nothing here.

    To follow what each of those does to the models took as long as a company's own migration.
    """
    migrate = partial(call_command, "migrate_schemas", shared=True, interactive=False, verbosity=0)
    loader = MigrationLoader(None, ignore_no_migrations=True)
    wanted = set(loader.graph.nodes)
    if wanted <= _applied(get_public_schema_name()):
        migrate()
        return
    for label in sorted(loader.migrated_apps):
        if router.allow_migrate(DEFAULT_DB_ALIAS, label):
            migrate(label)
    migrate(fake=True)
    migrate()  # what Django does once everything is there: the types of all models


def check_schemas() -> list[str]:
    """Return how the schemas of the companies differ from the template; see ``fingerprint``."""
    companies = schemas_set_up()
    with schema.web_cursor() as cursor:
        return fingerprint.problems(cursor, schemas=companies)


def _migrate(names: Iterable[str], say: Say, clock: Clock) -> list[str]:
    """Migrate, grant and seed; return what failed. The template's failure is not survived.

    The seeds bring an existing company what a release has new of posts, fees and the like. The
    template stays empty: what it holds is not replayed.
    """
    wanted = set(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)
    failures = []
    for name in names:
        try:
            if not wanted <= _applied(name):
                call_command(
                    "migrate_schemas", schema_name=name, tenant=True, interactive=False, verbosity=0
                )
            with schema.owner_cursor() as cursor:
                schema.grant(cursor, name)
            if name != schema.TEMPLATE_SCHEMA:
                with schema_context(name), transaction.atomic():
                    seeds.run_all(clock())
        except Exception as error:
            if name == schema.TEMPLATE_SCHEMA:
                raise
            logger.exception("a company could not be migrated", extra={"company": name})
            failures.append(f"{name}: {error}")
        else:
            say(name)
    return failures


def _applied(name: str) -> set[tuple[str, str]]:
    """Return the migrations that the schema has."""
    with schema.owner_cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{name}.django_migrations"])
        if cursor.fetchone() == (None,):
            return set()
        cursor.execute(
            sql.SQL("SELECT app, name FROM {}.django_migrations").format(sql.Identifier(name))
        )
        return set(cursor.fetchall())
