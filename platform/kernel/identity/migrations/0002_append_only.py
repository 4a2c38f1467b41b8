from django.db import migrations

from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [append_only("identity_helditemevent"), append_only("identity_departurestep")]
