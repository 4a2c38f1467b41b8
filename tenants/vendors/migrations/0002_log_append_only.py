from django.db import migrations

from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("vendors", "0001_initial")]

    operations = [append_only("vendors_vendoraction")]
