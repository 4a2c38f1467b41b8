from django.db import migrations

# Here and nowhere else: an extension made in a company's migration would land in the first
# company's schema, and dropping that schema would take every other company's exclusion
# constraints with it.
EXTENSIONS = ("btree_gist", "pg_trgm")


class Migration(migrations.Migration):
    dependencies = [("companies", "0001_initial")]

    operations = [
        migrations.RunSQL(
            f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public", migrations.RunSQL.noop
        )
        for extension in EXTENSIONS
    ]
