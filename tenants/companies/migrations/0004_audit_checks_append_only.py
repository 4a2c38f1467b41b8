from django.db import migrations

from kernel.sql import append_only


class Migration(migrations.Migration):
    dependencies = [("companies", "0003_audit_checks")]

    operations = [append_only("companies_auditcheck")]
