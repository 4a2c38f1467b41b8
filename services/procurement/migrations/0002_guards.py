"""What the database itself refuses. Row-level triggers that touch only their own schema."""

from django.db import migrations

from kernel.sql import append_only, only_columns_change

# What is asked for stands once vendors were invited: a later deadline is an amendment, anything
# else another round. The key that quotes are sealed to is never another.
PUBLISHED_ROUND_STANDS = migrations.RunSQL(
    """
    CREATE FUNCTION procurement_round_check_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
            OR NEW.weights <> OLD.weights
            OR NEW.tax_percent <> OLD.tax_percent
            OR NEW.closes_at < OLD.closes_at
            OR NEW.closes_at <> OLD.closes_at AND OLD.state <> 'OPEN'
            OR NEW.state = 'DRAFT'
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
    CREATE TRIGGER procurement_round_published_stands BEFORE UPDATE OR DELETE ON procurement_round
        FOR EACH ROW EXECUTE FUNCTION procurement_round_check_change();
    """,
    """
    DROP TRIGGER procurement_round_published_stands ON procurement_round;
    DROP FUNCTION procurement_round_check_change();
    """,
)


def only_in_draft(table: str) -> migrations.RunSQL:
    """Refuse to add, change or take away what belongs to a round that is published."""
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_check_draft() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM procurement_round r
                WHERE r.id IN (NEW.round_id, OLD.round_id) AND r.published_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION '{table}: the round is published'
                    USING ERRCODE = 'integrity_constraint_violation',
                          CONSTRAINT = '{table}_only_in_draft';
            END IF;
            RETURN coalesce(NEW, OLD);
        END $$;
        CREATE TRIGGER {table}_only_in_draft BEFORE INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_check_draft();
        """,  # noqa: S608 - names of ours
        f"""
        DROP TRIGGER {table}_only_in_draft ON {table};
        DROP FUNCTION {table}_check_draft();
        """,
    )


# A deadline is a deadline whoever writes: no operation, shell or script puts a quote in late. The
# lock on the round lets no extension and no opening come between.
QUOTES_IN_TIME = migrations.RunSQL(
    """
    CREATE FUNCTION procurement_quoterevision_check_time() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        found record;
    BEGIN
        SELECT r.state, r.published_at, r.closes_at INTO found
            FROM procurement_round r JOIN procurement_invitation i ON i.round_id = r.id
            WHERE i.id = NEW.invitation_id FOR SHARE OF r;
        IF found.state <> 'OPEN' OR NEW.submitted_at < found.published_at
           OR NEW.submitted_at >= found.closes_at THEN
            RAISE EXCEPTION 'quote for a round that closed at %', found.closes_at
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_quoterevision_in_time';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER procurement_quoterevision_in_time BEFORE INSERT ON procurement_quoterevision
        FOR EACH ROW EXECUTE FUNCTION procurement_quoterevision_check_time();
    """,
    """
    DROP TRIGGER procurement_quoterevision_in_time ON procurement_quoterevision;
    DROP FUNCTION procurement_quoterevision_check_time();
    """,
)

# A share is released after the deadline, by somebody it was wrapped for.
RELEASED_AFTER_CLOSING = migrations.RunSQL(
    """
    CREATE FUNCTION procurement_release_check_time() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM procurement_round r
            JOIN procurement_keyshare s ON s.round_id = r.id AND s.side = NEW.side
            JOIN procurement_openerkey k ON k.id = s.opener_key_id AND k.user_id = NEW.user_id
            WHERE r.id = NEW.round_id AND r.state = 'OPEN' AND NEW.released_at >= r.closes_at
        ) THEN
            RAISE EXCEPTION 'share of round % released too early, or by another', NEW.round_id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_release_after_closing';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER procurement_release_after_closing BEFORE INSERT ON procurement_release
        FOR EACH ROW EXECUTE FUNCTION procurement_release_check_time();
    """,
    """
    DROP TRIGGER procurement_release_after_closing ON procurement_release;
    DROP FUNCTION procurement_release_check_time();
    """,
)

OPENED_BY_TWO = migrations.RunSQL(
    """
    CREATE FUNCTION procurement_opening_check_releases() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT count(*) FROM procurement_release l
            JOIN procurement_round r ON r.id = l.round_id
            WHERE l.round_id = NEW.round_id AND NEW.opened_at >= r.closes_at
              AND l.released_at <= NEW.opened_at) <> 2 THEN
            RAISE EXCEPTION 'round % is not released by two', NEW.round_id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_opening_by_two';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER procurement_opening_by_two BEFORE INSERT ON procurement_opening
        FOR EACH ROW EXECUTE FUNCTION procurement_opening_check_releases();
    """,
    """
    DROP TRIGGER procurement_opening_by_two ON procurement_opening;
    DROP FUNCTION procurement_opening_check_releases();
    """,
)

# The last revision counts: a price in clear is that of the last one, after the opening.
QUOTE_OF_LAST_REVISION = migrations.RunSQL(
    """
    CREATE FUNCTION procurement_quote_check_revision() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM procurement_quoterevision v
            JOIN procurement_invitation i ON i.id = v.invitation_id
            JOIN procurement_opening o ON o.round_id = i.round_id
            WHERE v.id = NEW.revision_id AND v.invitation_id = NEW.invitation_id
              AND NOT v.is_withdrawal AND NOT EXISTS (
                SELECT FROM procurement_quoterevision later
                WHERE later.invitation_id = v.invitation_id AND later.number > v.number
            )
        ) THEN
            RAISE EXCEPTION 'quote is not of the last revision of an opened round'
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_quote_of_last_revision';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER procurement_quote_of_last_revision BEFORE INSERT ON procurement_quote
        FOR EACH ROW EXECUTE FUNCTION procurement_quote_check_revision();
    """,
    """
    DROP TRIGGER procurement_quote_of_last_revision ON procurement_quote;
    DROP FUNCTION procurement_quote_check_revision();
    """,
)

# PR-31, SoD-18: whoever bought it does not take it in, whatever the settings say.
RECEIVED_BY_ANOTHER = migrations.RunSQL(
    """
    CREATE FUNCTION procurement_goodsreceipt_check_person() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM procurement_purchaseorder o WHERE o.id = NEW.order_id
              AND NEW.received_by IN (o.created_by, o.declared_by)
        ) THEN
            RAISE EXCEPTION 'order % is received by its buyer', NEW.order_id
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'procurement_goodsreceipt_by_another';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER procurement_goodsreceipt_by_another BEFORE INSERT ON procurement_goodsreceipt
        FOR EACH ROW EXECUTE FUNCTION procurement_goodsreceipt_check_person();
    """,
    """
    DROP TRIGGER procurement_goodsreceipt_by_another ON procurement_goodsreceipt;
    DROP FUNCTION procurement_goodsreceipt_check_person();
    """,
)

APPEND_ONLY = (
    "amendment",
    "keyshare",
    "release",
    "quoterevision",
    "sealedfile",
    "opening",
    "quote",
    "quoteline",
    "stockmove",
    "issuereturn",
    "goodsreceipt",
    "goodsreceiptline",
    "goodsreturn",
    "vendorentry",
    "vendorpaymentshare",
    "creditnote",
    "intermediarycheck",
    "contractcopy",
)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial")]

    operations = [
        *(append_only(f"procurement_{table}") for table in APPEND_ONLY),
        PUBLISHED_ROUND_STANDS,
        only_in_draft("procurement_roundline"),
        QUOTES_IN_TIME,
        RELEASED_AFTER_CLOSING,
        OPENED_BY_TWO,
        QUOTE_OF_LAST_REVISION,
        RECEIVED_BY_ANOTHER,
        only_columns_change(
            "procurement_bankaccount",
            ("state", "decided_at"),
            refused="OLD.state IN ('REFUSED', 'REPLACED')",
            instead="ask for another",
        ),
        only_columns_change(
            "procurement_vendorstatement",
            ("state", "vendor_balance", "answer", "answered_by_label", "answered_at"),
            refused="OLD.state = 'AGREED'",
            instead="make another",
        ),
    ]
