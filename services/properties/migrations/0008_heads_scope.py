from django.db import migrations


class Migration(migrations.Migration):
    """Gives the heads of departments, which know no service, their foreign key to projects."""

    dependencies = [("properties", "0007_identity_scope"), ("access", "0003_posts")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE access_departmenthead ADD CONSTRAINT access_departmenthead_project_fk"
            " FOREIGN KEY (project_id) REFERENCES properties_project (id)",
            "ALTER TABLE access_departmenthead DROP CONSTRAINT access_departmenthead_project_fk",
        )
    ]
