from django.db import migrations


class Migration(migrations.Migration):
    """Gives the exemptions from the separation of duties the foreign key to their project."""

    dependencies = [
        ("properties", "0004_notices_scope"),
        ("duties", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE duties_exemption ADD CONSTRAINT duties_exemption_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE duties_exemption DROP CONSTRAINT duties_exemption_project_fk",
        ),
    ]
