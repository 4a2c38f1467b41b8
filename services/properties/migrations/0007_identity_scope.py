from django.db import migrations


class Migration(migrations.Migration):
    """Gives the kernel's ``project_id`` of company items its foreign key."""

    dependencies = [("properties", "0006_files_scope"), ("identity", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE identity_helditem ADD CONSTRAINT identity_helditem_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE identity_helditem DROP CONSTRAINT identity_helditem_project_fk",
        )
    ]
