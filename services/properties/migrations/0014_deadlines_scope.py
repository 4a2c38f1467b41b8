from django.db import migrations


class Migration(migrations.Migration):
    """Gives the clocks, which know no service, their foreign key to projects."""

    dependencies = [("properties", "0013_papers_scope"), ("deadlines", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE deadlines_deadline ADD CONSTRAINT deadlines_deadline_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE deadlines_deadline DROP CONSTRAINT deadlines_deadline_project_fk",
        )
    ]
