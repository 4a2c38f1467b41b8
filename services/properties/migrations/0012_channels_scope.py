from django.db import migrations


class Migration(migrations.Migration):
    """Gives the channels' ``project_id``, which knows no service, its foreign key."""

    dependencies = [("properties", "0011_settings_scope"), ("notifications", "0002_channels")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE notifications_channel ADD CONSTRAINT notifications_channel_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE notifications_channel DROP CONSTRAINT notifications_channel_project_fk",
        )
    ]
