from django.db import migrations

from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("operators", "0002_app_and_attempts")]

    operations = [append_only("operators_operatoraction")]
