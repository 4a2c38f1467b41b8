from django.db import migrations


class Migration(migrations.Migration):
    """Gives the notices' ``project_id``, which knows no service, its foreign key."""

    dependencies = [("properties", "0003_append_only"), ("notifications", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE notifications_notification ADD CONSTRAINT"
            " notifications_notification_project_fk FOREIGN KEY (project_id)"
            " REFERENCES properties_project (id)",
            "ALTER TABLE notifications_notification DROP CONSTRAINT"
            " notifications_notification_project_fk",
        )
    ]
