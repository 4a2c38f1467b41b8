"""Every way in which a company's schema can differ is found; each was made to differ here."""

from collections.abc import Iterator

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from psycopg2.extensions import cursor as PgCursor  # noqa: N812

from kernel.access.models import User
from kernel.tenancy import tenant_connection
from tenants.companies.models import Company
from tenants.provisioning import fingerprint, schema
from tests.database import COMPANIES

ALPHA, BETA = (name for _slug, name in COMPANIES)


@pytest.fixture
def owner(django_db_setup: None) -> Iterator[PgCursor]:
    """A transaction as the owner that is rolled back."""

    class Undo(Exception):
        pass

    try:
        with schema.owner_cursor() as cursor:
            yield cursor
            raise Undo
    except Undo:
        pass


def found(cursor: PgCursor) -> list[str]:
    return fingerprint.problems(cursor, schemas=[ALPHA, BETA])


def test_companies_made_by_replay_are_exactly_the_template(owner: PgCursor) -> None:
    assert found(owner) == []


DAMAGES = {
    "table": "DROP TABLE {alpha}.billing_allocation CASCADE",
    "column": "ALTER TABLE {alpha}.access_user DROP COLUMN density",
    "type": "ALTER TABLE {alpha}.access_user ALTER name TYPE varchar(61)",
    "null": "ALTER TABLE {alpha}.access_user ALTER name DROP NOT NULL",
    "default": "ALTER TABLE {alpha}.access_user ALTER name SET DEFAULT ''",
    "index": "DROP INDEX {alpha}.job_active",
    "check": "ALTER TABLE {alpha}.access_postholding DROP CONSTRAINT postholding_days_in_order",
    "unique": "DROP INDEX {alpha}.user_username_once",
    "foreign key": "ALTER TABLE {alpha}.access_postholding"
    " DROP CONSTRAINT access_postholding_project_fk",
    "not valid": "ALTER TABLE {alpha}.access_postholding"
    " DROP CONSTRAINT postholding_days_in_order,"
    " ADD CONSTRAINT postholding_days_in_order"
    " CHECK (valid_to IS NULL OR valid_to > valid_from) NOT VALID",
    "trigger": "DROP TRIGGER audit_auditentry_append_only ON {alpha}.audit_auditentry",
    "disabled trigger": "ALTER TABLE {alpha}.audit_auditentry"
    " DISABLE TRIGGER audit_auditentry_append_only",
    "function": "CREATE OR REPLACE FUNCTION {alpha}.audit_auditentry_refuse_change()"
    " RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "privilege": "GRANT UPDATE ON {alpha}.audit_auditentry TO {alpha}",
    "foreign privilege": "GRANT SELECT ON {alpha}.access_user TO {beta}",
    "public privilege": "GRANT SELECT ON {alpha}.access_user TO PUBLIC",
    "extra table": "CREATE TABLE {alpha}.secret_notes (id int)",
    "owner": "ALTER TABLE {alpha}.access_user OWNER TO {alpha}",
    "all": "DROP SCHEMA {alpha} CASCADE",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_difference_is_found_and_named(owner: PgCursor, damage: str) -> None:
    if "OWNER TO" in damage:
        owner.execute(f"GRANT CREATE ON SCHEMA {ALPHA} TO {ALPHA}; GRANT {ALPHA} TO CURRENT_USER")
    owner.execute(damage.format(alpha=ALPHA, beta=BETA))

    problems = found(owner)

    assert problems
    assert all(line.startswith(f"{ALPHA}: ") for line in problems)


def test_a_missing_column_is_found_by_the_cheap_check_too(owner: PgCursor) -> None:
    owner.execute(f"ALTER TABLE {ALPHA}.access_user DROP COLUMN density")

    assert fingerprint.company_problems(owner, schemas=[ALPHA, BETA], full=False) == [
        f"{ALPHA}: lacks the column r access_user.density character varying12 t"
    ]


def test_many_differences_are_counted_not_listed(owner: PgCursor) -> None:
    owner.execute(f"DROP SCHEMA {ALPHA} CASCADE")

    lines = fingerprint.company_problems(owner, schemas=[ALPHA], full=False)

    assert len(lines) == fingerprint.EXAMPLES_SHOWN + 1
    assert "more of column" in lines[-1]


def test_a_companys_table_in_public_is_found(owner: PgCursor) -> None:
    owner.execute("CREATE TABLE public.access_user (id bigint, name text)")

    assert found(owner) == ["public: has the table access_user of the companies"]


def test_an_extension_outside_public_is_found(owner: PgCursor) -> None:
    # In a company's schema it would go, and everybody's exclusion constraints with it, when that
    # company goes.
    try:
        owner.execute(f"CREATE EXTENSION citext SCHEMA {ALPHA}")
    except psycopg2.errors.FeatureNotSupported:
        owner.connection.rollback()
        owner.execute(f"ALTER EXTENSION pg_trgm SET SCHEMA {ALPHA}")

    assert f"{ALPHA}: has the extension" in found(owner)[0]


def test_a_schema_of_no_company_is_listed(owner: PgCursor) -> None:
    owner.execute("CREATE SCHEMA t_leftover00")

    assert fingerprint.orphans(owner, schemas=[ALPHA, BETA]) == ["t_leftover00"]


def test_a_missing_table_is_an_error_and_never_the_public_one(committed_tenant: Company) -> None:
    with schema.owner_cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE public.access_user AS TABLE {BETA}.access_user;"
            "INSERT INTO public.access_user (id, username, name, created_at)"
            " VALUES (7, 'beta', 'of beta', now());"
            f"DROP TABLE {ALPHA}.access_user CASCADE"
        )

    # The path does lead to public: only the missing privilege refuses.
    with pytest.raises(Exception, match="permission denied for table access_user"):
        User.objects.filter(pk=7).exists()
    tenant_connection.rollback()
    with pytest.raises(CommandError) as told:
        call_command("schema_check")
    assert "public: has the table access_user of the companies" in str(told.value)
    assert f"{ALPHA}: lacks the column" in str(told.value)

    with schema.owner_cursor() as cursor:
        cursor.execute("DROP TABLE public.access_user")
    with pytest.raises(Exception, match='relation "access_user" does not exist'):
        User.objects.filter(pk=7).exists()
