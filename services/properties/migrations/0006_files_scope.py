from django.db import migrations


class Migration(migrations.Migration):
    """Gives the files' ``project_id``, which knows no service, its foreign key."""

    dependencies = [("properties", "0005_exemption_scope"), ("documents", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE documents_attachment ADD CONSTRAINT documents_attachment_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE documents_attachment DROP CONSTRAINT documents_attachment_project_fk",
        )
    ]
