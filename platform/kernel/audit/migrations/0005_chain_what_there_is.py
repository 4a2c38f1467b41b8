"""Chain what companies have recorded until now, in its order. By itself: a trigger runs at commit."""

from django.db import migrations

from kernel.audit.chain import digest_sql

CHAIN_WHAT_THERE_IS = migrations.RunSQL(
    f"""
    INSERT INTO audit_pending (entry_id, digest)
        SELECT e.id, {digest_sql("e")} FROM audit_auditentry e
        WHERE NOT EXISTS (SELECT FROM audit_auditlink l WHERE l.entry_id = e.id)
        ORDER BY e.id
    """,  # noqa: S608 - no value of anybody's in it
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_chain")]

    operations = [CHAIN_WHAT_THERE_IS]
