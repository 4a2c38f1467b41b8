from django.db import migrations

TABLES = ("approvals_case", "approvals_chain")


class Migration(migrations.Migration):
    """Gives the approvals' ``project_id``, which knows no service, its foreign keys."""

    dependencies = [("properties", "0008_heads_scope"), ("approvals", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_project_fk",
        )
        for table in TABLES
    ]
