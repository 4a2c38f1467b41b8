"""What the database itself refuses: signatures, consents and published versions do not change."""

from django.db import migrations

from kernel.sql import append_only

PUBLISHED_STAYS = migrations.RunSQL(
    """
    CREATE FUNCTION approvals_chainversion_guard_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state = 'DRAFT' AND TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF OLD.state = 'DRAFT' AND NEW.state IN ('DRAFT', 'PUBLISHED') THEN
            RETURN NEW;
        END IF;
        IF TG_OP = 'UPDATE' AND OLD.state = 'PUBLISHED' AND NEW.state = 'RETIRED'
           AND to_jsonb(NEW) - 'state' - 'retired_at' = to_jsonb(OLD) - 'state' - 'retired_at' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'a published version of a chain stays as it is'
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'approvals_chainversion_published_stays';
    END $$;
    CREATE TRIGGER approvals_chainversion_published_stays
        BEFORE UPDATE OR DELETE ON approvals_chainversion
        FOR EACH ROW EXECUTE FUNCTION approvals_chainversion_guard_change();
    """,
    """
    DROP TRIGGER approvals_chainversion_published_stays ON approvals_chainversion;
    DROP FUNCTION approvals_chainversion_guard_change();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [
        append_only("approvals_signature"),
        append_only("approvals_verbalconsent"),
        PUBLISHED_STAYS,
    ]
