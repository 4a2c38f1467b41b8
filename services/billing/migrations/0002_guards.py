"""What the database itself refuses. Row-level triggers that touch only their own schema."""

from django.db import migrations

from kernel.sql import append_only, only_columns_change


JOURNAL_BALANCED = migrations.RunSQL(
    """
    -- Runs at commit, when the search path and (before PostgreSQL 18) the role may be another
    -- company's or nobody's: it names its own schema and reads as the owner of the tables.
    CREATE FUNCTION billing_journal_check_balance() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        total numeric;
        legs bigint;
    BEGIN
        EXECUTE format(
            'SELECT coalesce(sum(amount), 0), count(*) FROM %I.billing_posting'
            ' WHERE journal_id = $1', TG_TABLE_SCHEMA
        ) INTO total, legs USING NEW.id;
        IF total <> 0 OR legs < 2 THEN
            RAISE EXCEPTION 'journal % has % postings that sum to %', NEW.id, legs, total
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'billing_journal_balanced';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER billing_journal_balanced AFTER INSERT ON billing_journal
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION billing_journal_check_balance();
    """,
    """
    DROP TRIGGER billing_journal_balanced ON billing_journal;
    DROP FUNCTION billing_journal_check_balance();
    """,
)

# A journal is complete when its transaction ends: a posting that comes later is refused. And the
# deferred look at a journal's balance can be made early, and then nobody looks again: so each
# statement that adds postings leaves every journal as balanced as it was, all legs come in one.
# Once for a statement, not for each row: a bill run adds thousands.
POSTINGS_COMPLETE = migrations.RunSQL(
    """
    CREATE FUNCTION billing_posting_check_added() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        found_id bigint;
    BEGIN
        SELECT a.journal_id INTO found_id FROM (SELECT DISTINCT journal_id FROM added) a
            WHERE NOT EXISTS (
                SELECT FROM billing_journal j
                WHERE j.id = a.journal_id
                  AND j.transaction_id = pg_current_xact_id()::text::bigint
            ) LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'journal % is closed', found_id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'billing_posting_with_its_journal';
        END IF;
        SELECT journal_id INTO found_id FROM added
            GROUP BY journal_id HAVING sum(amount) <> 0 LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'postings added to journal % do not balance', found_id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'billing_posting_balanced';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER billing_posting_complete AFTER INSERT ON billing_posting
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION billing_posting_check_added();
    """,
    """
    DROP TRIGGER billing_posting_complete ON billing_posting;
    DROP FUNCTION billing_posting_check_added();
    """,
)

CONFIRMED_VERSION_STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION billing_feeversion_check_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'fee version % is confirmed', OLD.id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'billing_feeversion_confirmed_stands';
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.state <> 'DRAFT'
           AND to_jsonb(NEW) - 'valid_to' - 'state' <> to_jsonb(OLD) - 'valid_to' - 'state' THEN
            RAISE EXCEPTION 'fee version % is confirmed', OLD.id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'billing_feeversion_confirmed_stands';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_feeversion_confirmed_stands BEFORE UPDATE OR DELETE ON billing_feeversion
        FOR EACH ROW EXECUTE FUNCTION billing_feeversion_check_change();
    """,
    """
    DROP TRIGGER billing_feeversion_confirmed_stands ON billing_feeversion;
    DROP FUNCTION billing_feeversion_check_change();
    """,
)

# Who is charged stands once confirmed, like the price: it may end, nothing else.
CONFIRMED_ASSIGNMENT_STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION billing_feeassignment_check_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state <> 'DRAFT' AND (TG_OP = 'DELETE'
           OR to_jsonb(NEW) - 'valid_to' <> to_jsonb(OLD) - 'valid_to') THEN
            RAISE EXCEPTION 'fee assignment % is confirmed', OLD.id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'billing_feeassignment_confirmed_stands';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_feeassignment_confirmed_stands
        BEFORE UPDATE OR DELETE ON billing_feeassignment
        FOR EACH ROW EXECUTE FUNCTION billing_feeassignment_check_change();
    """,
    """
    DROP TRIGGER billing_feeassignment_confirmed_stands ON billing_feeassignment;
    DROP FUNCTION billing_feeassignment_check_change();
    """,
)

# What was billed was read: a reading stands while its unit has a bill line that is not reversed
# for the meter's kind and month of usage, or a line in the draft of a run that is open. The lines
# are found by the unit and by run and household, for which they have indexes.
BILLED_READING_STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION billing_reading_check_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT 1
            FROM properties_meter m
            JOIN billing_billline l ON l.unit_id = m.unit_id
            JOIN billing_feeversion v ON v.id = l.version_id
            WHERE m.id = OLD.meter_id AND l.usage_month = OLD.usage_month
              AND v.meter_kind = m.kind AND NOT l.is_reversed
        ) OR EXISTS (
            SELECT 1
            FROM properties_meter m
            JOIN properties_unit u ON u.id = m.unit_id
            JOIN billing_billrun r ON r.project_id = m.project_id
             AND r.state IN ('COMPUTING', 'PREVIEW', 'CHECKED', 'POSTING', 'FAILED')
            JOIN billing_draftline l ON l.run_id = r.id AND l.household_id = u.household_id
             AND l.unit_id = m.unit_id
            JOIN billing_feeversion v ON v.id = l.version_id
            WHERE m.id = OLD.meter_id AND l.usage_month = OLD.usage_month
              AND v.meter_kind = m.kind
        ) THEN
            RAISE EXCEPTION 'reading % is billed', OLD.id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'billing_reading_billed_stands';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER billing_reading_billed_stands BEFORE UPDATE OR DELETE ON billing_reading
        FOR EACH ROW EXECUTE FUNCTION billing_reading_check_change();
    """,
    """
    DROP TRIGGER billing_reading_billed_stands ON billing_reading;
    DROP FUNCTION billing_reading_check_change();
    """,
)


def stands_while_billed(table: str, column: str) -> migrations.RunSQL:
    """Refuse to delete a row of the registry that bills name: their foreign key, from its side.

    ``billing_billline`` has an index for it. A chunk that is being posted holds a key share lock
    on the row, so that a delete waits for its commit and then sees its lines.
    """
    function = f"billing_{table}_refuse_delete"
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM billing_billline WHERE {column} = OLD.id) THEN
                RAISE EXCEPTION '{table} % has bills', OLD.id
                    USING ERRCODE = 'foreign_key_violation',
                          CONSTRAINT = 'billing_{table}_has_bills';
            END IF;
            RETURN OLD;
        END $$;
        CREATE TRIGGER billing_{table}_has_bills BEFORE DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {function}();
        """,  # noqa: S608 - names of ours
        f"""
        DROP TRIGGER billing_{table}_has_bills ON {table};
        DROP FUNCTION {function}();
        """,
    )


# Postings name their account without a foreign key, which cost a tenth of a run: accounts stay.
ACCOUNTS_STAY = migrations.RunSQL(
    """
    CREATE FUNCTION billing_ledgeraccount_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'account % stays', OLD.code
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'billing_ledgeraccount_stays';
    END $$;
    CREATE TRIGGER billing_ledgeraccount_stays BEFORE DELETE ON billing_ledgeraccount
        FOR EACH ROW EXECUTE FUNCTION billing_ledgeraccount_refuse_delete();
    """,
    """
    DROP TRIGGER billing_ledgeraccount_stays ON billing_ledgeraccount;
    DROP FUNCTION billing_ledgeraccount_refuse_delete();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        append_only("billing_journal"),
        append_only("billing_posting"),
        append_only("billing_allocation"),
        JOURNAL_BALANCED,
        POSTINGS_COMPLETE,
        CONFIRMED_VERSION_STANDS,
        CONFIRMED_ASSIGNMENT_STANDS,
        BILLED_READING_STANDS,
        ACCOUNTS_STAY,
        stands_while_billed("properties_unit", "unit_id"),
        stands_while_billed("properties_household", "household_id"),
        only_columns_change(
            "billing_billline",
            ("paid_amount", "is_reversed", "reversed_at", "reversed_by", "reverse_reason"),
        ),
        only_columns_change(
            "billing_payment",
            ("state", "voided_at", "voided_by", "voided_by_label", "void_reason"),
            refused="OLD.state = 'VOIDED'",
        ),
        only_columns_change(
            "billing_receipt",
            ("printed_count", "is_void"),
            refused="OLD.is_void AND NOT NEW.is_void OR NEW.printed_count < OLD.printed_count",
        ),
    ]
