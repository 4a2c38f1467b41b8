from django.db import migrations


class Migration(migrations.Migration):
    """Gives the kernel's ``project_id`` columns, which know no service, their foreign keys."""

    dependencies = [
        ("properties", "0001_initial"),
        ("access", "0001_initial"),
        ("jobs", "0001_initial"),
        ("imports", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_project_fk FOREIGN KEY (project_id)"
            " REFERENCES properties_project (id)",
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_project_fk",
        )
        for table in ("access_postholding", "jobs_job", "imports_importbatch")
    ]
