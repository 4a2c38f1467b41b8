"""The chain. Row-level triggers that touch only their own schema and take one lock, last of all."""

from django.db import migrations

from kernel.audit.chain import digest_sql
from kernel.sql import append_only

# Two rounds, because the lock must come after everything that could still wait. A deferred trigger
# runs in the order in which its row came, so that of an entry may run before the checks of foreign
# keys, and those wait for others' row locks: with the lock already taken two commits could wait for
# each other. What the first round queues is run after all that was queued before it.
#
# Both run at commit, when the search path and (before PostgreSQL 18) the role may be another
# company's: they name their own schema and write as the owner of the tables. The company's role may
# write none of these tables.
FIRST_ROUND = migrations.RunSQL(
    f"""
    -- Rows live from the first round to the second, in one transaction: nothing to recover.
    CREATE UNLOGGED TABLE audit_pending (entry_id bigint PRIMARY KEY, digest bytea NOT NULL);
    CREATE FUNCTION audit_auditentry_await_chain() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        EXECUTE format(
            'INSERT INTO %I.audit_pending (entry_id, digest) VALUES ($1, $2)', TG_TABLE_SCHEMA
        ) USING NEW.id, {digest_sql("NEW")};
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER audit_auditentry_chained AFTER INSERT ON audit_auditentry
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION audit_auditentry_await_chain();
    """,  # noqa: S608 - no value of anybody's in it
    """
    DROP TRIGGER audit_auditentry_chained ON audit_auditentry;
    DROP FUNCTION audit_auditentry_await_chain();
    DROP TABLE audit_pending;
    """,
)

SECOND_ROUND = migrations.RunSQL(
    """
    CREATE FUNCTION audit_pending_chain() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE
        waiting int;
        last_seq bigint;
        last_hash bytea;
        pending record;
    BEGIN
        EXECUTE format(
            'SELECT CASE WHEN NOT EXISTS (SELECT FROM %1$I.audit_pending WHERE entry_id = $1)'
            ' THEN 0 WHEN EXISTS (SELECT FROM %1$I.audit_pending WHERE entry_id > $1)'
            ' THEN 2 ELSE 1 END', TG_TABLE_SCHEMA
        ) INTO waiting USING NEW.entry_id;
        IF waiting = 0 THEN  -- the first one of this transaction has taken it along
            RETURN NULL;
        END IF;
        IF waiting = 1 THEN
            EXECUTE format(
                'WITH head AS ('
                '    UPDATE %1$I.audit_audithead SET seq = seq + 1, hash = sha256(convert_to('
                '        encode(hash, ''hex'') || '':'' || (seq + 1) || '':'' || $1 || '':'''
                '        || encode($2, ''hex''), ''UTF8''))'
                '    WHERE id = 1 RETURNING seq, hash'
                '), done AS (DELETE FROM %1$I.audit_pending WHERE entry_id = $1'
                '    AND EXISTS (SELECT FROM head))'
                ' INSERT INTO %1$I.audit_auditlink (seq, entry_id, digest, hash)'
                ' SELECT seq, $1, $2, hash FROM head RETURNING seq', TG_TABLE_SCHEMA
            ) INTO last_seq USING NEW.entry_id, NEW.digest;
            IF last_seq IS NOT NULL THEN
                RETURN NULL;
            END IF;
        END IF;
        -- Of many the head moves once: each next move would pass by all versions before it.
        LOOP
            EXECUTE format(
                'SELECT seq, hash FROM %I.audit_audithead WHERE id = 1 FOR UPDATE', TG_TABLE_SCHEMA
            ) INTO last_seq, last_hash;
            EXIT WHEN last_seq IS NOT NULL;
            EXECUTE format(
                'INSERT INTO %I.audit_audithead (id, seq, hash)'
                ' VALUES (1, 0, decode(repeat(''00'', 32), ''hex'')) ON CONFLICT DO NOTHING',
                TG_TABLE_SCHEMA
            );
        END LOOP;
        FOR pending IN EXECUTE format(
            'WITH done AS (DELETE FROM %I.audit_pending RETURNING entry_id, digest)'
            ' SELECT entry_id, digest FROM done ORDER BY entry_id', TG_TABLE_SCHEMA
        ) LOOP
            last_seq := last_seq + 1;
            last_hash := sha256(convert_to(
                encode(last_hash, 'hex') || ':' || last_seq || ':' || pending.entry_id || ':'
                || encode(pending.digest, 'hex'), 'UTF8'));
            EXECUTE format(
                'INSERT INTO %I.audit_auditlink (seq, entry_id, digest, hash)'
                ' VALUES ($1, $2, $3, $4)', TG_TABLE_SCHEMA
            ) USING last_seq, pending.entry_id, pending.digest, last_hash;
        END LOOP;
        EXECUTE format(
            'UPDATE %I.audit_audithead SET seq = $1, hash = $2 WHERE id = 1', TG_TABLE_SCHEMA
        ) USING last_seq, last_hash;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER audit_pending_chained AFTER INSERT ON audit_pending
        DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION audit_pending_chain();
    """,
    """
    DROP TRIGGER audit_pending_chained ON audit_pending;
    DROP FUNCTION audit_pending_chain();
    """,
)

ANCHOR_TELLS_THE_HEAD = migrations.RunSQL(
    """
    CREATE FUNCTION audit_auditanchor_fill() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog AS $$
    BEGIN
        EXECUTE format('SELECT seq, hash FROM %I.audit_audithead WHERE id = 1', TG_TABLE_SCHEMA)
            INTO NEW.seq, NEW.hash;
        NEW.seq := coalesce(NEW.seq, 0);
        NEW.hash := coalesce(NEW.hash, decode(repeat('00', 32), 'hex'));
        RETURN NEW;
    END $$;
    CREATE TRIGGER audit_auditanchor_filled BEFORE INSERT ON audit_auditanchor
        FOR EACH ROW EXECUTE FUNCTION audit_auditanchor_fill();
    """,
    """
    DROP TRIGGER audit_auditanchor_filled ON audit_auditanchor;
    DROP FUNCTION audit_auditanchor_fill();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_chained_entries")]

    operations = [
        FIRST_ROUND,
        SECOND_ROUND,
        ANCHOR_TELLS_THE_HEAD,
        append_only("audit_auditlink"),
        append_only("audit_auditanchor"),
    ]
