from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0005_audit_walks"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="ladder",
            field=models.CharField(blank=True, db_default="", default="", max_length=1),
        ),
    ]
