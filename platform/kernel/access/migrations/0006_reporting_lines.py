import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

# The lines that there are count since ever.
LINES = migrations.RunSQL(
    """
    INSERT INTO access_reportingline (post, reports_to)
        SELECT key, reports_to FROM access_post WHERE reports_to IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    DROP TRIGGER access_post_no_circle ON access_post;
    DROP FUNCTION access_post_refuse_circle();
    """,
    migrations.RunSQL.noop,
)

# Followed upwards day by day: only the days that a line shares with the ones below it go on.
# Changes wait for each other: two at once could close a circle that neither sees.
NO_CIRCLE = migrations.RunSQL(
    """
    CREATE FUNCTION access_reportingline_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(5, hashtext(current_schema()));  -- LockClass.LADDER
        IF EXISTS (
            WITH RECURSIVE line AS (
                SELECT NEW.reports_to AS place, daterange(NEW.valid_from, NEW.valid_to) AS days
                UNION
                SELECT r.reports_to, l.days * daterange(r.valid_from, r.valid_to)
                    FROM access_reportingline r JOIN line l ON r.post = l.place
                    WHERE r.id <> NEW.id AND l.days && daterange(r.valid_from, r.valid_to)
            )
            SELECT FROM line WHERE place = NEW.post
        ) THEN
            RAISE EXCEPTION 'access_reportingline % stands above itself', NEW.post
                USING ERRCODE = 'integrity_constraint_violation',
                      CONSTRAINT = 'access_reportingline_no_circle';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER access_reportingline_no_circle BEFORE INSERT OR UPDATE ON access_reportingline
        FOR EACH ROW EXECUTE FUNCTION access_reportingline_refuse_circle();
    """,
    """
    DROP TRIGGER access_reportingline_no_circle ON access_reportingline;
    DROP FUNCTION access_reportingline_refuse_circle();
    """,
)


class Migration(migrations.Migration):
    """To whom a post reports has dates."""

    dependencies = [("access", "0005_counts_as")]

    operations = [
        migrations.CreateModel(
            name="ReportingLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "valid_from",
                    models.DateField(blank=True, help_text="Empty: since ever.", null=True),
                ),
                ("valid_to", models.DateField(blank=True, help_text="Exclusive.", null=True)),
                (
                    "post",
                    models.ForeignKey(
                        db_column="post",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="access.post",
                        to_field="key",
                    ),
                ),
                (
                    "reports_to",
                    models.ForeignKey(
                        db_column="reports_to",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines_below",
                        to="access.post",
                        to_field="key",
                    ),
                ),
            ],
            options={
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("post", "="),
                            (
                                models.Func(
                                    models.F("valid_from"),
                                    models.F("valid_to"),
                                    function="daterange",
                                    output_field=(
                                        django.contrib.postgres.fields.ranges.DateRangeField()
                                    ),
                                ),
                                "&&",
                            ),
                        ],
                        name="reportingline_one_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="reportingline_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("post", models.F("reports_to")), _negated=True),
                        name="reportingline_to_another",
                    ),
                ],
            },
        ),
        LINES,
        migrations.RemoveField(model_name="post", name="reports_to"),
        NO_CIRCLE,
    ]
