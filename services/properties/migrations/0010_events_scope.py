from django.db import migrations


class Migration(migrations.Migration):
    """Gives the events' ``project_id``, which knows no service, its foreign key."""

    dependencies = [("properties", "0009_approvals_scope"), ("outbox", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE outbox_event ADD CONSTRAINT outbox_event_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE outbox_event DROP CONSTRAINT outbox_event_project_fk",
        )
    ]
