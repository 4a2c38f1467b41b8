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
    ]
