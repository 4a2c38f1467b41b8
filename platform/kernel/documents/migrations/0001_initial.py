import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject_type", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("project_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("name", models.CharField(max_length=120)),
                ("content_type", models.CharField(max_length=100)),
                ("size_bytes", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("storage_key", models.CharField(max_length=120, unique=True)),
                ("is_image", models.BooleanField(default=False)),
                ("is_shown", models.BooleanField(default=False)),
                ("is_secret", models.BooleanField(default=False)),
                ("is_scanned", models.BooleanField(default=False)),
                ("added_by", models.BigIntegerField(null=True)),
                ("added_by_label", models.CharField(max_length=140)),
                ("added_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by_label", models.CharField(blank=True, max_length=140)),
                ("withdrawal_reason", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["subject_type", "subject_id", "id"], name="attachment_of_subject"
                    ),
                    models.Index(fields=["project_id", "id"], name="attachment_of_project"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gt", 0)), name="attachment_size_gt_0"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawal_reason", ""), ("withdrawn_at__isnull", True)),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawal_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="attachment_withdrawn_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                ("pattern", models.CharField(max_length=60)),
                ("is_gapless", models.BooleanField()),
                ("changed_at", models.DateTimeField(null=True)),
                ("changed_by_label", models.CharField(blank=True, max_length=140)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PrintTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=10)),
                ("project_id", models.BigIntegerField(null=True)),
                ("version", models.IntegerField()),
                ("body", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("made_by_label", models.CharField(max_length=140)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "language", "project_id", "version"),
                        name="printtemplate_version_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="printtemplate_version_gte_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Manual",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("department", models.CharField(max_length=8)),
                ("project_id", models.BigIntegerField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by_label", models.CharField(max_length=140)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("number",),
                        name="manual_number_once",
                        violation_error_message="There is a controlled document of this number.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("frame", models.CharField(max_length=120)),
                ("next_count", models.BigIntegerField(default=1)),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counters",
                        to="documents.numberseries",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "frame"), name="numbercounter_frame_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("next_count__gte", 1)), name="numbercounter_gte_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IssuedNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("frame", models.CharField(max_length=120)),
                ("count", models.BigIntegerField()),
                ("code", models.CharField(max_length=140)),
                ("project_id", models.BigIntegerField(null=True)),
                ("on", models.DateField()),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="numbers",
                        to="documents.numberseries",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("series", "code"), name="issuednumber_code_once"
                    ),
                    models.UniqueConstraint(
                        fields=("series", "frame", "count"), name="issuednumber_count_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ManualRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.CharField(max_length=1)),
                ("revision", models.IntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("SUBMITTED", "In review"),
                            ("APPROVED", "Approved, not in force yet"),
                            ("IN_FORCE", "In force"),
                            ("SUPERSEDED", "Superseded"),
                            ("DISCARDED", "Discarded"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("chapter", models.CharField(max_length=60, verbose_name="chapter")),
                ("change", models.CharField(max_length=300, verbose_name="change")),
                ("prepared_by", models.BigIntegerField()),
                ("prepared_by_label", models.CharField(max_length=140)),
                ("prepared_at", models.DateTimeField()),
                ("case_id", models.BigIntegerField(null=True)),
                ("reviewed_by", models.BigIntegerField(null=True)),
                ("reviewed_by_label", models.CharField(blank=True, max_length=140)),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("approved_by", models.BigIntegerField(null=True)),
                ("approved_by_label", models.CharField(blank=True, max_length=140)),
                ("approved_at", models.DateTimeField(null=True)),
                ("in_force_on", models.DateField(null=True)),
                ("superseded_on", models.DateField(null=True)),
                (
                    "manual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="documents.manual",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "DISCARDED"), _negated=True),
                        fields=("manual", "edition", "revision"),
                        name="manualrevision_mark_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "IN_FORCE")),
                        fields=("manual",),
                        name="manualrevision_one_in_force",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["DRAFT", "SUBMITTED", "APPROVED"])),
                        fields=("manual",),
                        name="manualrevision_one_to_come",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["APPROVED", "IN_FORCE", "SUPERSEDED"]), _negated=True
                            ),
                            models.Q(
                                ("approved_by__isnull", False),
                                ("reviewed_by__isnull", False),
                                models.Q(("reviewed_by", models.F("prepared_by")), _negated=True),
                                models.Q(("approved_by", models.F("prepared_by")), _negated=True),
                                models.Q(("approved_by", models.F("reviewed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="manualrevision_three_signatures",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("in_force_on__isnull", False),
                                ("state__in", ["IN_FORCE", "SUPERSEDED"]),
                            ),
                            models.Q(
                                models.Q(("state__in", ["IN_FORCE", "SUPERSEDED"]), _negated=True),
                                ("in_force_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="manualrevision_in_force_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revision__gte", 0),
                            ("revision__lte", 99),
                            ("edition__regex", "^[A-Z]$"),
                        ),
                        name="manualrevision_mark_valid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ManualCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("holder_id", models.BigIntegerField()),
                ("holder_label", models.CharField(max_length=140)),
                ("issued_at", models.DateTimeField()),
                ("issued_by_label", models.CharField(max_length=140)),
                ("returned_at", models.DateTimeField(null=True)),
                ("returned_to_label", models.CharField(blank=True, max_length=140)),
                ("return_note", models.CharField(blank=True, max_length=200)),
                (
                    "manual",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="documents.manual",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("returned_at__isnull", True)),
                        fields=["holder_id"],
                        name="manualcopy_held",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("returned_at__isnull", True)),
                        fields=("manual", "number"),
                        name="manualcopy_held_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("returned_at__isnull", True)),
                        fields=("manual", "holder_id"),
                        name="manualcopy_one_for_holder",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="manualcopy_number_gte_1"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ManualPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                (
                    "copy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="documents.manualcopy",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="documents.manualrevision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("copy", "revision"), name="manualpage_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ManualRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipient", models.CharField(max_length=100, verbose_name="recipient")),
                ("purpose", models.CharField(max_length=200, verbose_name="purpose")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "Requested"),
                            ("APPROVED", "Approved"),
                            ("REFUSED", "Refused"),
                        ],
                        default="REQUESTED",
                        max_length=10,
                    ),
                ),
                ("requested_by", models.BigIntegerField()),
                ("requested_by_label", models.CharField(max_length=140)),
                ("requested_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("case_id", models.BigIntegerField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="documents.manualrevision",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sent_at__isnull", True), ("state", "APPROVED"), _connector="OR"
                        ),
                        name="manualrelease_sent_if_approved",
                    )
                ],
            },
        ),
    ]
