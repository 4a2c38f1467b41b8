from django.db import migrations

from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("properties", "0002_scope")]

    operations = [append_only("properties_unitstatechange")]
