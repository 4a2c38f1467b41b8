import django.db.models.deletion
from django.db import migrations, models

# Posts that people hold become rows; the seed, which runs after the migrations, fills them from
# the catalogue and adds the others. Foreign keys are looked at before the next change of tables.
POSTS_HELD = migrations.RunSQL(
    """
    INSERT INTO access_post (key, name, name_en, place, source, is_active)
        SELECT DISTINCT post, post, '', 'PROJECT', '', true FROM access_postholding;
    SET CONSTRAINTS ALL IMMEDIATE;
    """,
    migrations.RunSQL.noop,
)


def no_circle(table: str, column: str, above: str) -> migrations.RunSQL:
    """Refuse a row of ``table`` that stands above itself along ``above``, which names ``column``.

    Changes wait for each other: two at once could close a circle that neither sees.
    """
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {table}_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.{above} IS NULL THEN
                RETURN NEW;
            END IF;
            LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;
            IF EXISTS (
                WITH RECURSIVE line AS (
                    SELECT NEW.{above} AS place
                    UNION
                    SELECT t.{above} FROM {table} t JOIN line l ON t.{column} = l.place
                        WHERE t.{above} IS NOT NULL
                )
                SELECT FROM line WHERE place = NEW.{column}
            ) THEN
                RAISE EXCEPTION '{table} % stands above itself', NEW.{column}
                    USING ERRCODE = 'integrity_constraint_violation',
                          CONSTRAINT = '{table}_no_circle';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER {table}_no_circle BEFORE INSERT OR UPDATE OF {above} ON {table}
            FOR EACH ROW EXECUTE FUNCTION {table}_refuse_circle();
        """,  # noqa: S608 - names of tables, written below
        f"""
        DROP TRIGGER {table}_no_circle ON {table};
        DROP FUNCTION {table}_refuse_circle();
        """,
    )


class Migration(migrations.Migration):
    """Holdings point at posts; the ladder and the departments hold no circle."""

    dependencies = [("access", "0003_posts")]

    operations = [
        POSTS_HELD,
        migrations.AlterField(
            model_name="postholding",
            name="post",
            field=models.ForeignKey(
                db_column="post",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="holdings",
                to="access.post",
                to_field="key",
            ),
        ),
        no_circle("access_post", "key", "reports_to"),
        no_circle("access_department", "id", "parent_id"),
    ]
