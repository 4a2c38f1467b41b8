from django.db import migrations


class Migration(migrations.Migration):
    """Gives settings that a project overrides, which know no service, their foreign key."""

    dependencies = [("properties", "0010_events_scope"), ("policies", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE policies_policyvalue ADD CONSTRAINT policies_policyvalue_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE policies_policyvalue DROP CONSTRAINT policies_policyvalue_project_fk",
        )
    ]
