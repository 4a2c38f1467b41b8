from django.db import migrations

from kernel.sql import append_only, only_columns_change


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [
        only_columns_change(
            "documents_attachment",
            ("withdrawn_at", "withdrawn_by_label", "withdrawal_reason"),
            "OLD.withdrawn_at IS NOT NULL",
            instead="withdraw it",
        ),
        append_only("documents_issuednumber"),
        append_only("documents_printtemplate"),
        # What was submitted is what is signed; a signature is not taken off again.
        only_columns_change(
            "documents_manualrevision",
            (
                "state",
                "body",
                "chapter",
                "change",
                "prepared_by",
                "prepared_by_label",
                "prepared_at",
                "case_id",
                "reviewed_by",
                "reviewed_by_label",
                "reviewed_at",
                "approved_by",
                "approved_by_label",
                "approved_at",
                "in_force_on",
                "superseded_on",
            ),
            """
            OLD.state <> 'DRAFT' AND (NEW.body, NEW.chapter, NEW.change, NEW.prepared_by)
                IS DISTINCT FROM (OLD.body, OLD.chapter, OLD.change, OLD.prepared_by)
            OR OLD.approved_at IS NOT NULL AND (NEW.reviewed_by, NEW.approved_by, NEW.approved_at)
                IS DISTINCT FROM (OLD.reviewed_by, OLD.approved_by, OLD.approved_at)
            OR OLD.state = 'SUPERSEDED'
            """,
            instead="draft the next revision",
        ),
        only_columns_change(
            "documents_manualcopy",
            ("returned_at", "returned_to_label", "return_note"),
            "OLD.returned_at IS NOT NULL",
            instead="register its return",
        ),
        only_columns_change(
            "documents_manualpage", ("acknowledged_at",), "OLD.acknowledged_at IS NOT NULL"
        ),
    ]
