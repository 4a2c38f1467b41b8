"""SQL that several migrations share. Unqualified names: they land in the schema being migrated."""

from django.db import migrations


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on ``table`` in the database itself.

    The function is made per table and schema: a company's schema must stand alone when it is
    dumped, cloned or moved.
    """
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{table} is append-only'
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = '{table}_append_only';
        END $$;
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse_change();
        """,
        f"""
        DROP TRIGGER {table}_no_truncate ON {table};
        DROP TRIGGER {table}_append_only ON {table};
        DROP FUNCTION {table}_refuse_change();
        """,
    )


def only_columns_change(
    table: str, columns: tuple[str, ...], refused: str = "false", instead: str = "reverse it"
) -> migrations.RunSQL:
    """Refuse DELETE, UPDATE of any column but ``columns``, and what ``refused`` says in SQL.

    :param instead: what to do with a wrong row, for whoever reads the refusal.
    """
    kept = " - ".join(["to_jsonb({row})", *(f"'{column}'" for column in columns)])
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR {kept.format(row="NEW")} <> {kept.format(row="OLD")}
               OR ({refused}) THEN
                RAISE EXCEPTION '{table} is not edited: {instead}'
                    USING ERRCODE = 'integrity_constraint_violation',
                          CONSTRAINT = '{table}_not_edited';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_not_edited BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_guard_change();
        """,
        f"""
        DROP TRIGGER {table}_not_edited ON {table};
        DROP FUNCTION {table}_guard_change();
        """,
    )
