"""What is sealed stays so whoever writes: the way round a deadline, another key, another opener."""

from django.db import migrations

from kernel.sql import only_columns_change

# As it was, and besides: no deadline is taken away and set anew by way of a cancelled round; none
# is put off without an amendment that tells the vendors, nor once a part of the key is released;
# what was opened or cancelled takes no quotes again.
PUBLISHED_ROUND_STANDS = migrations.RunSQL(
    """
    CREATE OR REPLACE FUNCTION procurement_round_check_change() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.published_at IS NOT NULL THEN
                RAISE EXCEPTION 'round % is published', OLD.number
                    USING ERRCODE = 'integrity_constraint_violation',
                          CONSTRAINT = 'procurement_round_published_stands';
            END IF;
            RETURN OLD;
        END IF;
        IF OLD.published_at IS NOT NULL AND (
            NEW.public_key IS DISTINCT FROM OLD.public_key
            OR NEW.published_at IS DISTINCT FROM OLD.published_at
            OR NEW.created_by <> OLD.created_by
            OR NEW.project_id IS DISTINCT FROM OLD.project_id
            OR NEW.weights <> OLD.weights
            OR NEW.tax_percent <> OLD.tax_percent
            OR NEW.state = 'DRAFT'
            OR NEW.state = 'OPEN' AND OLD.state <> 'OPEN'
            OR OLD.state = 'CANCELLED' AND NEW.state <> 'CANCELLED'
            OR NEW.closes_at IS DISTINCT FROM OLD.closes_at AND (
                OLD.state <> 'OPEN' OR NEW.state <> 'OPEN'
                OR NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at
                OR EXISTS (SELECT FROM procurement_release l WHERE l.round_id = NEW.id)
                OR NOT EXISTS (
                    SELECT FROM procurement_amendment a WHERE a.round_id = NEW.id
                      AND a.closes_before = OLD.closes_at AND a.closes_after = NEW.closes_at
                )
            )
        ) THEN
            RAISE EXCEPTION 'round % is published', OLD.number
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_round_published_stands';
        END IF;
        IF NEW.state IN ('OPENED', 'AWARDING', 'AWARDED')
           AND NOT EXISTS (SELECT FROM procurement_opening o WHERE o.round_id = NEW.id) THEN
            RAISE EXCEPTION 'round % is not opened', OLD.number
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_round_opened_by_opening';
        END IF;
        RETURN NEW;
    END $$;
    """,
    migrations.RunSQL.noop,
)

# As it was, and besides: not as the holder of another post than the share was wrapped for, and
# not by who made the round.
RELEASED_AFTER_CLOSING = migrations.RunSQL(
    """
    CREATE OR REPLACE FUNCTION procurement_release_check_time() RETURNS trigger
    LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM procurement_round r
            JOIN procurement_keyshare s ON s.round_id = r.id AND s.side = NEW.side
            JOIN procurement_openerkey k ON k.id = s.opener_key_id AND k.user_id = NEW.user_id
            WHERE r.id = NEW.round_id AND r.state = 'OPEN' AND NEW.released_at >= r.closes_at
              AND s.post = NEW.post AND k.ended_at IS NULL AND r.created_by <> NEW.user_id
        ) THEN
            RAISE EXCEPTION 'share of round % released too early, or by another', NEW.round_id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_release_after_closing';
        END IF;
        RETURN NEW;
    END $$;
    """,
    migrations.RunSQL.noop,
)

# To whom the halves of a key are entrusted is settled with the publication, and one person cannot
# be on both sides by a second key of his.
SHARED_IN_DRAFT = migrations.RunSQL(
    """
    CREATE FUNCTION procurement_keyshare_check_draft() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM procurement_round r
            WHERE r.id = NEW.round_id AND r.published_at IS NOT NULL
        ) OR EXISTS (
            SELECT FROM procurement_keyshare s
            JOIN procurement_openerkey k ON k.id = s.opener_key_id
            JOIN procurement_openerkey own ON own.id = NEW.opener_key_id
            WHERE s.round_id = NEW.round_id
              AND (k.user_id = own.user_id OR s.post = NEW.post AND s.side <> NEW.side)
        ) THEN
            RAISE EXCEPTION 'the key of round % is entrusted already', NEW.round_id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_keyshare_only_in_draft';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER procurement_keyshare_only_in_draft BEFORE INSERT ON procurement_keyshare
        FOR EACH ROW EXECUTE FUNCTION procurement_keyshare_check_draft();
    """,
    """
    DROP TRIGGER procurement_keyshare_only_in_draft ON procurement_keyshare;
    DROP FUNCTION procurement_keyshare_check_draft();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0006_given_up")]

    operations = [
        PUBLISHED_ROUND_STANDS,
        RELEASED_AFTER_CLOSING,
        SHARED_IN_DRAFT,
        # Whose key it is and what is sealed to it: another public half is another key.
        only_columns_change(
            "procurement_openerkey",
            ("locked_key", "ended_at"),
            refused="OLD.ended_at IS NOT NULL",
            instead="make another",
        ),
    ]
