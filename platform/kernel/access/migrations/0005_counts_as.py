import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A post says as which posts of the catalogue it counts."""

    dependencies = [("access", "0004_posts_held")]

    operations = [
        migrations.AddField(
            model_name="post",
            name="is_classified",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="post",
            name="stands_in",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(("stands_in", False), ("is_classified", True), _connector="OR"),
                name="post_stands_in_if_classified",
            ),
        ),
        migrations.CreateModel(
            name="CountsAs",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "counts_as",
                    models.ForeignKey(
                        db_column="counts_as",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counted",
                        to="access.post",
                        to_field="key",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        db_column="post",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counts",
                        to="access.post",
                        to_field="key",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("post", "counts_as"), name="countsas_once"),
                    models.CheckConstraint(
                        condition=models.Q(("post", models.F("counts_as")), _negated=True),
                        name="countsas_of_another",
                    ),
                ],
            },
        ),
    ]
