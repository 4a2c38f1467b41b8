"""Brings every schema to the code's state: public, the template, the companies."""

from collections.abc import Callable

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django_tenants.utils import schema_context

from kernel.tenancy import public
from tenants.companies.models import Company, CompanyStatus
from tenants.provisioning import schema

Say = Callable[[str], None]


def migrate_all(say: Say) -> None:
    """Migrate public, the template and every company, then set roles and grants. Repeatable.

    Runs as the owner (``GUANJIA_AS_OWNER``). A schema whose plan is empty costs one query.
    """
    call_command("migrate_schemas", shared=True, interactive=False, verbosity=0)
    with schema.owner_cursor() as cursor:
        schema.grant_public(cursor)
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema.TEMPLATE_SCHEMA}")
    say("public")
    _migrate(schema.TEMPLATE_SCHEMA)
    say("template")
    with public():
        companies = list(
            Company.objects.exclude(
                status__in=[CompanyStatus.PROVISIONING, CompanyStatus.FAILED]
            ).order_by("pk")
        )
    for company in companies:
        _migrate(company.schema_name)
        say(company.slug)


def _migrate(schema_name: str) -> None:
    if _has_plan(schema_name):
        call_command(
            "migrate_schemas", schema_name=schema_name, tenant=True, interactive=False, verbosity=0
        )
    with schema.owner_cursor() as cursor:
        schema.grant(cursor, schema_name)


def _has_plan(schema_name: str) -> bool:
    with schema_context(schema_name):
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
