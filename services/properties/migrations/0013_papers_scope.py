from django.db import migrations


class Migration(migrations.Migration):
    """Gives the papers' ``project_id``, which knows no service, its foreign key."""

    dependencies = [("properties", "0012_channels_scope"), ("documents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_project_fk FOREIGN KEY (project_id)"
            " REFERENCES properties_project (id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_project_fk",
        )
        for table in ("documents_manual", "documents_issuednumber", "documents_printtemplate")
    ]
