from django.db import migrations


class Migration(migrations.Migration):
    """Gives the ``project_id`` of batches of papers, which knows no service, its foreign key."""

    dependencies = [("properties", "0014_deadlines_scope"), ("documents", "0003_print_batches")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE documents_printbatch ADD CONSTRAINT documents_printbatch_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE documents_printbatch DROP CONSTRAINT documents_printbatch_project_fk",
        )
    ]
