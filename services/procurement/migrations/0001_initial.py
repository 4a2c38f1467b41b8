import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("billing", "0003_purchases"),
        ("properties", "0015_batches_scope"),
    ]

    operations = [
        migrations.CreateModel(
            name="Award",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "In approval"),
                            ("APPROVED", "Approved"),
                            ("REFUSED", "Refused"),
                        ],
                        default="SUBMITTED",
                        max_length=9,
                    ),
                ),
                ("is_split", models.BooleanField(default=False)),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                ("lowest_total", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("proposed_by", models.BigIntegerField()),
                ("proposed_by_label", models.CharField(max_length=140)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("email", models.EmailField(max_length=254)),
                (
                    "state",
                    models.CharField(
                        choices=[("INVITED", "Invited"), ("ACTIVE", "Active"), ("ENDED", "Ended")],
                        default="INVITED",
                        max_length=8,
                    ),
                ),
                ("invited_by_label", models.CharField(max_length=140)),
                ("invited_at", models.DateTimeField()),
                ("joined_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("public_key", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("expected_on", models.DateField()),
                ("carrier", models.CharField(blank=True, max_length=100)),
                ("tracking_number", models.CharField(blank=True, max_length=60)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("announced_by_label", models.CharField(max_length=140)),
                ("announced_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("invited_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
                ("declined_at", models.DateTimeField(null=True)),
                ("decline_reason", models.CharField(blank=True, max_length=200)),
                ("told_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StockCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("COUNTING", "Being counted"),
                            ("COUNTED", "Counted, to be explained"),
                            ("SUBMITTED", "In approval"),
                            ("BOOKED", "Booked"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="COUNTING",
                        max_length=9,
                    ),
                ),
                ("started_by", models.BigIntegerField()),
                ("started_by_label", models.CharField(max_length=140)),
                ("started_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("booked_at", models.DateTimeField(null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("reason", models.CharField(max_length=200)),
                ("moved_by", models.BigIntegerField()),
                ("moved_by_label", models.CharField(max_length=140)),
                ("moved_on", models.DateField()),
                ("moved_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Advance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("person_id", models.BigIntegerField()),
                ("person_label", models.CharField(max_length=140)),
                ("purpose", models.CharField(max_length=200)),
                ("estimate", models.DecimalField(decimal_places=2, max_digits=14)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "In approval"),
                            ("APPROVED", "Approved, to be paid out"),
                            ("OPEN", "Paid out"),
                            ("SETTLED", "Settled"),
                            ("REFUSED", "Refused"),
                        ],
                        default="SUBMITTED",
                        max_length=9,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("paid_by", models.BigIntegerField(null=True)),
                ("paid_by_label", models.CharField(blank=True, max_length=140)),
                ("paid_at", models.DateTimeField(null=True)),
                (
                    "journal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.journal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("name_en", models.CharField(blank=True, max_length=60)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="procurement.category",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("set_by_label", models.CharField(max_length=140)),
                ("set_at", models.DateTimeField()),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="properties.project",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budgets",
                        to="procurement.category",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Contract",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PURCHASE", "Purchase"),
                            ("FRAMEWORK", "Framework agreement"),
                            ("SERVICE", "Outsourced service"),
                        ],
                        max_length=9,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("using_unit", models.CharField(max_length=100)),
                ("asked_by", models.BigIntegerField()),
                ("asked_by_label", models.CharField(max_length=140)),
                ("summary", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("REVIEW", "In joint review"),
                            ("PERMITTED", "Permitted, to be signed"),
                            ("SIGNED", "Signed and sealed"),
                            ("ARCHIVED", "Archived"),
                            ("ENDED", "Ended"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="DRAFT",
                        max_length=9,
                    ),
                ),
                ("drafted_by", models.BigIntegerField()),
                ("drafted_by_label", models.CharField(max_length=140)),
                ("drafted_at", models.DateTimeField()),
                ("permitted_at", models.DateTimeField(null=True)),
                ("signed_on", models.DateField(null=True)),
                ("signed_by", models.BigIntegerField(null=True)),
                ("signed_by_label", models.CharField(blank=True, max_length=140)),
                (
                    "seal",
                    models.CharField(
                        blank=True, choices=[("CONTRACT", "Contract seal")], max_length=10
                    ),
                ),
                ("archived_at", models.DateTimeField(null=True)),
                ("archive_place", models.CharField(blank=True, max_length=100)),
                ("ended_on", models.DateField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=300)),
                ("remind_days", models.IntegerField(default=30)),
                ("remind_on", models.DateField()),
                ("reminded_at", models.DateTimeField(null=True)),
                (
                    "award",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contracts",
                        to="procurement.award",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="properties.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ContractCopy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("department", models.CharField(max_length=100)),
                ("copies", models.IntegerField(default=1)),
                ("received_by_label", models.CharField(max_length=140)),
                ("given_by_label", models.CharField(max_length=140)),
                ("given_on", models.DateField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="procurement.contract",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoodsReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("sales_slip", models.CharField(blank=True, max_length=60)),
                ("received_by", models.BigIntegerField()),
                ("received_by_label", models.CharField(max_length=140)),
                ("received_on", models.DateField()),
                ("received_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=300)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="procurement.delivery",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("person_id", models.BigIntegerField()),
                ("person_label", models.CharField(max_length=140)),
                ("sales_slip", models.CharField(max_length=60)),
                ("invoice_number", models.CharField(max_length=60)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "In approval"),
                            ("APPROVED", "Approved, to be paid out"),
                            ("PAID", "Settled"),
                            ("REFUSED", "Refused"),
                        ],
                        default="SUBMITTED",
                        max_length=9,
                    ),
                ),
                ("claimed_at", models.DateTimeField()),
                ("settled_by", models.BigIntegerField(null=True)),
                ("settled_by_label", models.CharField(blank=True, max_length=140)),
                ("settled_at", models.DateTimeField(null=True)),
                ("paid_out", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("given_back", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                (
                    "advance",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim",
                        to="procurement.advance",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.journal",
                    ),
                ),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim",
                        to="procurement.goodsreceipt",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("unit", models.CharField(max_length=100)),
                ("person_id", models.BigIntegerField(null=True)),
                ("person_label", models.CharField(max_length=140)),
                ("purpose", models.CharField(max_length=200)),
                ("reference_type", models.CharField(blank=True, max_length=40)),
                ("reference_id", models.BigIntegerField(null=True)),
                ("issued_by", models.BigIntegerField()),
                ("issued_by_label", models.CharField(max_length=140)),
                ("issued_on", models.DateField()),
                ("issued_at", models.DateTimeField()),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="properties.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IssueLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "returned_quantity",
                    models.DecimalField(decimal_places=3, default=0, max_digits=12),
                ),
                ("returned_value", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.issue",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="IssueReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reason", models.CharField(max_length=200)),
                ("returned_by", models.BigIntegerField()),
                ("returned_by_label", models.CharField(max_length=140)),
                ("returned_on", models.DateField()),
                ("returned_at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="procurement.issueline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("spec", models.CharField(blank=True, max_length=200)),
                ("initials", models.CharField(blank=True, max_length=100)),
                ("unit", models.CharField(max_length=10)),
                ("brand", models.CharField(blank=True, max_length=60)),
                ("barcode", models.CharField(blank=True, max_length=40)),
                ("is_fixed_asset", models.BooleanField(default=False)),
                ("is_sampled", models.BooleanField(default=False)),
                ("has_expiry", models.BooleanField(default=False)),
                (
                    "reference_price",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="procurement.category",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="issueline",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="procurement.item"
            ),
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
                ("place", models.CharField(blank=True, max_length=100)),
                ("holder_id", models.BigIntegerField(null=True)),
                ("holder_label", models.CharField(blank=True, max_length=140)),
                ("serial_number", models.CharField(blank=True, max_length=80)),
                ("cost", models.DecimalField(decimal_places=2, max_digits=14)),
                ("received_on", models.DateField()),
                ("warranty_to", models.DateField(blank=True, null=True)),
                ("receipt_line_id", models.BigIntegerField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("IN_USE", "In use"),
                            ("IDLE", "Idle"),
                            ("REPAIR", "In repair"),
                            ("SCRAPPED", "Scrapped"),
                        ],
                        default="IN_USE",
                        max_length=8,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="properties.project",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assets",
                        to="procurement.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgreedPrice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=12)),
                (
                    "minimum_quantity",
                    models.DecimalField(decimal_places=3, default=0, max_digits=12),
                ),
                (
                    "maximum_quantity",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True),
                ),
                (
                    "called_quantity",
                    models.DecimalField(decimal_places=3, default=0, max_digits=12),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="procurement.contract",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreed_prices",
                        to="procurement.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=60)),
                ("received_on", models.DateField()),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="procurement.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GoodsReceiptLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("arrived", models.DecimalField(decimal_places=3, max_digits=12)),
                ("accepted", models.DecimalField(decimal_places=3, max_digits=12)),
                ("refused", models.DecimalField(decimal_places=3, max_digits=12)),
                ("refusal_reason", models.CharField(blank=True, max_length=200)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                ("agrees_with_sample", models.BooleanField(null=True)),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.goodsreceipt",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.lot",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OpenerKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("public_key", models.BinaryField()),
                ("locked_key", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user_id",),
                        name="openerkey_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.IntegerField()),
                ("name", models.CharField(max_length=100)),
                ("spec", models.CharField(blank=True, max_length=300)),
                ("brand", models.CharField(blank=True, max_length=100)),
                ("unit", models.CharField(max_length=10)),
                ("is_fixed_asset", models.BooleanField(default=False)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=12)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "received_quantity",
                    models.DecimalField(decimal_places=3, default=0, max_digits=12),
                ),
                (
                    "returned_quantity",
                    models.DecimalField(decimal_places=3, default=0, max_digits=12),
                ),
                (
                    "billed_quantity",
                    models.DecimalField(decimal_places=3, default=0, max_digits=12),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order_lines",
                        to="procurement.item",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("SHORT", "Too little arrived"),
                            ("DAMAGED", "Damaged"),
                            ("UNLIKE_SAMPLE", "Unlike the sealed sample"),
                            ("WRONG", "Wrong goods"),
                            ("IN_USE", "Found in use"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("OPEN", "Open"),
                            ("TALKING", "Buyer talks with the vendor"),
                            ("SETTLED", "Settled"),
                        ],
                        default="OPEN",
                        max_length=8,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("text", models.CharField(max_length=500)),
                ("raised_by", models.BigIntegerField()),
                ("raised_by_label", models.CharField(max_length=140)),
                ("raised_at", models.DateTimeField()),
                (
                    "settlement",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("REPLACED", "Delivered again"),
                            ("REFUNDED", "Credited"),
                            ("REDUCED", "Price reduced"),
                            ("KEPT", "Kept as it is"),
                        ],
                        max_length=8,
                    ),
                ),
                ("settlement_text", models.CharField(blank=True, max_length=500)),
                ("credit", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("settled_by", models.BigIntegerField(null=True)),
                ("settled_by_label", models.CharField(blank=True, max_length=140)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "receipt_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="procurement.goodsreceiptline",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="procurement.orderline",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="goodsreceiptline",
            name="order_line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="received",
                to="procurement.orderline",
            ),
        ),
        migrations.CreateModel(
            name="DeliveryLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.delivery",
                    ),
                ),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announced",
                        to="procurement.orderline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaperKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=60)),
                ("name_en", models.CharField(blank=True, max_length=60)),
                ("is_required", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "categories",
                    models.ManyToManyField(
                        blank=True, related_name="paper_kinds", to="procurement.category"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentPlanLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.IntegerField()),
                ("condition", models.CharField(max_length=200)),
                ("due_on", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("paid_amount", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("reminded_at", models.DateTimeField(null=True)),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan",
                        to="procurement.contract",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PurchaseOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("SENT", "Sent to the vendor"),
                            ("ACKNOWLEDGED", "Confirmed by the vendor"),
                            ("DELIVERING", "Partly received"),
                            ("RECEIVED", "Received"),
                            ("CLOSED", "Closed short"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="DRAFT",
                        max_length=12,
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=200)),
                ("deliver_by", models.DateField(blank=True, null=True)),
                ("terms", models.TextField(blank=True)),
                ("tax_percent", models.DecimalField(decimal_places=2, default=13, max_digits=5)),
                ("freight", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("declared_by", models.BigIntegerField(null=True)),
                ("declared_by_label", models.CharField(blank=True, max_length=140)),
                ("declared_at", models.DateTimeField(null=True)),
                ("created_by", models.BigIntegerField()),
                ("created_by_label", models.CharField(max_length=140)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by_label", models.CharField(blank=True, max_length=140)),
                ("promised_on", models.DateField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=300)),
                ("version", models.IntegerField(default=1)),
                (
                    "award",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="procurement.award",
                    ),
                ),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="procurement.contract",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase_orders",
                        to="properties.project",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="orderline",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="procurement.purchaseorder",
            ),
        ),
        migrations.CreateModel(
            name="OrderChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("APPROVED", "Approved, waits for the vendor"),
                            ("AGREED", "Agreed"),
                            ("REFUSED", "Refused"),
                        ],
                        default="PROPOSED",
                        max_length=8,
                    ),
                ),
                ("changes", models.JSONField()),
                ("amount_before", models.DecimalField(decimal_places=2, max_digits=14)),
                ("amount_after", models.DecimalField(decimal_places=2, max_digits=14)),
                ("reason", models.CharField(max_length=300)),
                ("proposed_by_label", models.CharField(max_length=140)),
                ("proposed_by", models.BigIntegerField(null=True)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by_label", models.CharField(blank=True, max_length=140)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="procurement.purchaseorder",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="goodsreceipt",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="receipts",
                to="procurement.purchaseorder",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="procurement.purchaseorder",
            ),
        ),
        migrations.CreateModel(
            name="PurchaseRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("unit", models.CharField(max_length=100)),
                ("title", models.CharField(max_length=100)),
                (
                    "purchase_class",
                    models.CharField(
                        choices=[
                            ("A", "A: daily supplies"),
                            ("B", "B: equipment and fixed assets"),
                            ("C", "C: emergency"),
                        ],
                        max_length=1,
                    ),
                ),
                ("reason", models.CharField(max_length=500)),
                ("needed_on", models.DateField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("amount", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("CONSENTED", "Consented to by word"),
                            ("SUBMITTED", "In approval"),
                            ("APPROVED", "Approved"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="DRAFT",
                        max_length=9,
                    ),
                ),
                ("reallocation_note", models.CharField(blank=True, max_length=300)),
                ("reallocation_by", models.BigIntegerField(null=True)),
                ("reallocation_by_label", models.CharField(blank=True, max_length=140)),
                ("is_over_budget", models.BooleanField(default=False)),
                ("budget_reason", models.CharField(blank=True, max_length=300)),
                ("asked_by", models.BigIntegerField()),
                ("asked_by_label", models.CharField(max_length=140)),
                ("created_at", models.DateTimeField()),
                ("submitted_at", models.DateTimeField(null=True)),
                ("approved_on", models.DateField(null=True)),
                ("purchase_month", models.DateField(null=True)),
                ("copied_from_id", models.BigIntegerField(null=True)),
                (
                    "buyer_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase_requests",
                        to="properties.project",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="procurement.purchaserequest",
            ),
        ),
        migrations.AddField(
            model_name="advance",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="advances",
                to="procurement.purchaserequest",
            ),
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_by_label", models.CharField(blank=True, max_length=140)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="procurement.invitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tax_percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("freight", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("delivery_days", models.IntegerField(null=True)),
                ("warranty_months", models.IntegerField(null=True)),
                ("payment_terms", models.CharField(blank=True, max_length=200)),
                ("valid_to", models.DateField(null=True)),
                ("note", models.TextField(blank=True)),
                ("total", models.DecimalField(decimal_places=2, max_digits=14)),
                ("is_complete", models.BooleanField()),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quote",
                        to="procurement.invitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuoteDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("saved_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.contact",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="procurement.invitation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuoteLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=12)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("brand", models.CharField(blank=True, max_length=100)),
                ("delivery_days", models.IntegerField(null=True)),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.quote",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="orderline",
            name="quote_line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_lines",
                to="procurement.quoteline",
            ),
        ),
        migrations.CreateModel(
            name="QuoteRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("is_withdrawal", models.BooleanField(default=False)),
                ("sealed", models.BinaryField()),
                ("own_copy", models.BinaryField()),
                ("receipt", models.CharField(max_length=64)),
                ("contact_id", models.BigIntegerField()),
                ("contact_label", models.CharField(max_length=140)),
                ("submitted_at", models.DateTimeField()),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="procurement.invitation",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="quote",
            name="revision",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quote",
                to="procurement.quoterevision",
            ),
        ),
        migrations.CreateModel(
            name="RequestLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.IntegerField()),
                ("name", models.CharField(max_length=100)),
                ("spec", models.CharField(blank=True, max_length=200)),
                ("unit", models.CharField(max_length=10)),
                ("is_fixed_asset", models.BooleanField(default=False)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=12)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("note", models.CharField(blank=True, max_length=200)),
                ("bound_quantity", models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.category",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.item",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.purchaserequest",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="orderline",
            name="request_line",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="order_lines",
                to="procurement.requestline",
            ),
        ),
        migrations.CreateModel(
            name="BudgetUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("committed", models.DecimalField(decimal_places=2, max_digits=14)),
                ("spent", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                (
                    "budget",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="procurement.budget",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="budget_use",
                        to="procurement.requestline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=100)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("OPEN", "Quoting"),
                            ("OPENED", "Being evaluated"),
                            ("AWARDING", "Award in approval"),
                            ("AWARDED", "Awarded"),
                            ("REPEATED", "Asked again"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="DRAFT",
                        max_length=9,
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=200)),
                ("needed_on", models.DateField(blank=True, null=True)),
                ("terms", models.TextField(blank=True)),
                ("weights", models.JSONField(default=dict)),
                ("tax_percent", models.DecimalField(decimal_places=2, default=13, max_digits=5)),
                ("closes_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("public_key", models.BinaryField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("fewer_reason", models.CharField(blank=True, max_length=500)),
                ("is_fewer_allowed", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
                ("created_by", models.BigIntegerField()),
                ("created_by_label", models.CharField(max_length=140)),
                ("created_at", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancel_reason", models.CharField(blank=True, max_length=300)),
                (
                    "earlier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="later",
                        to="procurement.round",
                    ),
                ),
                (
                    "paper_kinds",
                    models.ManyToManyField(
                        blank=True, related_name="+", to="procurement.paperkind"
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quote_rounds",
                        to="properties.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("side", models.IntegerField()),
                ("share", models.BinaryField()),
                ("user_id", models.BigIntegerField()),
                ("user_label", models.CharField(max_length=140)),
                ("post", models.CharField(max_length=60)),
                ("released_at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="procurement.round",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("minutes", models.JSONField()),
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="opening",
                        to="procurement.round",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="KeyShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("side", models.IntegerField()),
                ("post", models.CharField(max_length=60)),
                ("wrapped", models.BinaryField()),
                (
                    "opener_key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="procurement.openerkey",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="procurement.round",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="invitation",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="procurement.round",
            ),
        ),
        migrations.CreateModel(
            name="Evaluator",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField()),
                ("user_label", models.CharField(max_length=140)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evaluators",
                        to="procurement.round",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="award",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="procurement.round",
            ),
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("text", models.TextField()),
                ("closes_before", models.DateTimeField()),
                ("closes_after", models.DateTimeField()),
                ("made_by", models.BigIntegerField()),
                ("made_by_label", models.CharField(max_length=140)),
                ("made_at", models.DateTimeField()),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendments",
                        to="procurement.round",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoundLetter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Given up")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PUBLISHED", "Invitation to quote"),
                            ("ANSWERED", "A question was answered"),
                            ("AMENDED", "The round was amended"),
                            ("REMINDED", "Reminder before the deadline"),
                            ("CANCELLED", "The round was cancelled"),
                            ("OPENED", "The quotes were opened"),
                            ("AWARDED", "Award"),
                            ("REGRET", "Letter of regret"),
                        ],
                        max_length=9,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.contact",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letters",
                        to="procurement.round",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoundLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.IntegerField()),
                ("name", models.CharField(max_length=100)),
                ("spec", models.CharField(blank=True, max_length=300)),
                ("unit", models.CharField(max_length=10)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("last_price", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ("agreed_price", models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.item",
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.round",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="quoteline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="offers",
                to="procurement.roundline",
            ),
        ),
        migrations.CreateModel(
            name="AwardLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "award",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.award",
                    ),
                ),
                (
                    "quote_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.quoteline",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.roundline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RoundSource",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sources",
                        to="procurement.roundline",
                    ),
                ),
                (
                    "request_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.requestline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=20)),
                ("points", models.IntegerField()),
                ("note", models.CharField(blank=True, max_length=200)),
                (
                    "evaluator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="procurement.evaluator",
                    ),
                ),
                (
                    "quote",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="procurement.quote",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SealedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.IntegerField()),
                ("storage_key", models.CharField(max_length=120, unique=True)),
                ("receipt", models.CharField(max_length=64)),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="procurement.quoterevision",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SealedSample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("description", models.CharField(max_length=300)),
                ("place", models.CharField(max_length=100)),
                ("sealed_on", models.DateField()),
                ("sealed_by", models.BigIntegerField()),
                ("sealed_by_label", models.CharField(max_length=140)),
                ("ended_on", models.DateField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="samples",
                        to="procurement.item",
                    ),
                ),
                (
                    "replaced_by",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaces",
                        to="procurement.sealedsample",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="goodsreceiptline",
            name="sample",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="compared",
                to="procurement.sealedsample",
            ),
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("counted", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("counted_by", models.BigIntegerField(null=True)),
                ("counted_by_label", models.CharField(blank=True, max_length=140)),
                ("book_quantity", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                ("difference", models.DecimalField(decimal_places=3, max_digits=12, null=True)),
                (
                    "difference_value",
                    models.DecimalField(decimal_places=2, max_digits=14, null=True),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.item",
                    ),
                ),
                (
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.stockcount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.item",
                    ),
                ),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.transfer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Vendor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=100)),
                ("initials", models.CharField(blank=True, max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("GOODS", "Goods"),
                            ("SERVICE", "Services"),
                            ("INTERMEDIARY", "Intermediary"),
                        ],
                        default="GOODS",
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("APPLIED", "Applied"),
                            ("ACTIVE", "Active"),
                            ("REFUSED", "Refused"),
                            ("CLOSED", "Closed"),
                        ],
                        default="ACTIVE",
                        max_length=8,
                    ),
                ),
                ("credit_code", models.CharField(blank=True, max_length=18)),
                ("contact_name", models.CharField(blank=True, max_length=60)),
                ("phone_encrypted", models.CharField(blank=True, max_length=200)),
                ("phone_head", models.CharField(blank=True, max_length=4)),
                ("phone_tail", models.CharField(blank=True, max_length=4)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("tax_percent", models.DecimalField(decimal_places=2, default=13, max_digits=5)),
                ("is_on_account", models.BooleanField(default=False)),
                ("payment_days", models.IntegerField(default=0)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("created_by", models.BigIntegerField(null=True)),
                ("created_by_label", models.CharField(max_length=140)),
                ("created_at", models.DateTimeField()),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_by_label", models.CharField(blank=True, max_length=140)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_reason", models.CharField(blank=True, max_length=200)),
                ("reviewed_on", models.DateField(null=True)),
                ("reconciled_to", models.DateField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["state", "name"], name="vendor_by_name")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("credit_code", ""), _negated=True),
                        fields=("credit_code",),
                        name="vendor_credit_code_once",
                        violation_error_message="There is a vendor with this credit code.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax_percent__gte", 0), ("tax_percent__lte", 100)),
                        name="vendor_tax_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payment_days__gte", 0), ("payment_days__lte", 365)),
                        name="vendor_payment_days_in_range",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Supply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("CONTRACT", "Contract vendor"),
                            ("BACKUP", "Backup vendor"),
                            ("CANDIDATE", "Candidate"),
                        ],
                        default="CANDIDATE",
                        max_length=9,
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplies",
                        to="procurement.category",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supplies",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="sealedsample",
            name="vendor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="samples",
                to="procurement.vendor",
            ),
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="vendor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="procurement.vendor",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="vendor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="procurement.vendor",
            ),
        ),
        migrations.CreateModel(
            name="IntermediaryCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reputation", models.BooleanField()),
                ("technical_ability", models.BooleanField()),
                ("qualification", models.BooleanField()),
                ("performance", models.BooleanField()),
                ("note", models.TextField(blank=True)),
                ("checked_by", models.BigIntegerField()),
                ("checked_by_label", models.CharField(max_length=140)),
                ("checked_at", models.DateTimeField()),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checks",
                        to="procurement.vendor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="contract",
            name="vendor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contracts",
                to="procurement.vendor",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="vendor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="procurement.vendor",
            ),
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("holder", models.CharField(max_length=100)),
                ("bank", models.CharField(max_length=100)),
                ("number_encrypted", models.CharField(max_length=200)),
                ("number_index", models.CharField(max_length=32)),
                ("number_tail", models.CharField(max_length=4)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PENDING", "In approval"),
                            ("ACTIVE", "In force"),
                            ("REFUSED", "Refused"),
                            ("REPLACED", "Replaced"),
                        ],
                        default="PENDING",
                        max_length=8,
                    ),
                ),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_by_label", models.CharField(max_length=140)),
                ("asked_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("INVOICE", "Invoice"),
                            ("PAYMENT", "Payment"),
                            ("CREDIT", "Credit"),
                        ],
                        max_length=7,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("effective_on", models.DateField()),
                ("source_type", models.CharField(max_length=30)),
                ("source_id", models.BigIntegerField()),
                ("text", models.CharField(max_length=100)),
                (
                    "journal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.journal",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("HOLD", "On hold"), ("BLACKLIST", "Blacklisted")], max_length=9
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(blank=True, null=True)),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_by_label", models.CharField(max_length=140)),
                ("set_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                ("lifted_by_label", models.CharField(blank=True, max_length=140)),
                ("lift_reason", models.CharField(blank=True, max_length=300)),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorInvoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("invoiced_on", models.DateField()),
                ("due_on", models.DateField()),
                ("net_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("paid_amount", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                (
                    "credited_amount",
                    models.DecimalField(decimal_places=2, default=0, max_digits=14),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "To be matched"),
                            ("MATCHED", "Matched"),
                            ("EXCEPTION", "Does not match"),
                            ("BOOKED", "Booked"),
                            ("REFUSED", "Refused"),
                        ],
                        default="SUBMITTED",
                        max_length=9,
                    ),
                ),
                ("findings", models.JSONField(default=list)),
                ("submitted_by", models.BigIntegerField(null=True)),
                ("submitted_by_label", models.CharField(max_length=140)),
                ("submitted_at", models.DateTimeField()),
                ("booked_by", models.BigIntegerField(null=True)),
                ("booked_by_label", models.CharField(blank=True, max_length=140)),
                ("booked_at", models.DateTimeField(null=True)),
                ("refusal_reason", models.CharField(blank=True, max_length=300)),
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="procurement.contract",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.journal",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="procurement.purchaseorder",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoices",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ServiceAssessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("score", models.IntegerField()),
                ("deduction", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("text", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SCORED", "Scored"),
                            ("SUBMITTED", "In approval"),
                            ("APPROVED", "Approved"),
                            ("REFUSED", "Refused"),
                        ],
                        default="SCORED",
                        max_length=9,
                    ),
                ),
                ("scored_by", models.BigIntegerField()),
                ("scored_by_label", models.CharField(max_length=140)),
                ("scored_at", models.DateTimeField()),
                (
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="procurement.contract",
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="properties.project",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment",
                        to="procurement.vendorinvoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("unit_price", models.DecimalField(decimal_places=4, max_digits=12)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "order_line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invoiced",
                        to="procurement.orderline",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="procurement.vendorinvoice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(blank=True, max_length=80)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "To be checked"),
                            ("CHECKED", "Checked"),
                            ("REFUSED", "Refused"),
                        ],
                        default="SUBMITTED",
                        max_length=9,
                    ),
                ),
                ("added_by", models.BigIntegerField(null=True)),
                ("added_by_label", models.CharField(max_length=140)),
                ("is_added_by_vendor", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField()),
                ("checked_by", models.BigIntegerField(null=True)),
                ("checked_by_label", models.CharField(blank=True, max_length=140)),
                ("checked_at", models.DateTimeField(null=True)),
                ("check_note", models.CharField(blank=True, max_length=200)),
                ("reminded_days", models.SmallIntegerField(null=True)),
                (
                    "kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="procurement.paperkind",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorPayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SUBMITTED", "In approval"),
                            ("APPROVED", "Approved, to be paid"),
                            ("PAID", "Paid"),
                            ("REFUSED", "Refused"),
                        ],
                        default="SUBMITTED",
                        max_length=9,
                    ),
                ),
                ("asked_by", models.BigIntegerField()),
                ("asked_by_label", models.CharField(max_length=140)),
                ("asked_at", models.DateTimeField()),
                ("paid_by", models.BigIntegerField(null=True)),
                ("paid_by_label", models.CharField(blank=True, max_length=140)),
                ("paid_on", models.DateField(null=True)),
                ("paid_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("idempotency_key", models.CharField(max_length=80, unique=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.bankaccount",
                    ),
                ),
                (
                    "journal",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.journal",
                    ),
                ),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorPaymentShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="procurement.vendorinvoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="procurement.vendorpayment",
                    ),
                ),
                (
                    "plan_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shares",
                        to="procurement.paymentplanline",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="VendorStatement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("to_day", models.DateField()),
                ("balance", models.DecimalField(decimal_places=2, max_digits=14)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SENT", "Sent to the vendor"),
                            ("AGREED", "Agreed"),
                            ("DISPUTED", "Disputed"),
                        ],
                        default="SENT",
                        max_length=8,
                    ),
                ),
                ("sent_by_label", models.CharField(max_length=140)),
                ("sent_by", models.BigIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("vendor_balance", models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("answered_by_label", models.CharField(blank=True, max_length=140)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="procurement.vendor",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("visited_on", models.DateField()),
                ("visitors", models.CharField(max_length=200)),
                ("findings", models.TextField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("KEEP", "Go on as it is"),
                            ("PROMOTE", "Take up as backup or contract vendor"),
                            ("REPLACE", "Replace by a better one"),
                            ("DROP", "Drop"),
                        ],
                        max_length=7,
                    ),
                ),
                ("written_by", models.BigIntegerField(null=True)),
                ("written_by_label", models.CharField(max_length=140)),
                ("written_at", models.DateTimeField()),
                (
                    "vendor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="procurement.vendor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Warehouse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("STORE", "Warehouse"),
                            ("TECHNICIAN", "Technician's own stock"),
                            ("QUARANTINE", "Quarantine"),
                        ],
                        default="STORE",
                        max_length=10,
                    ),
                ),
                ("holder_id", models.BigIntegerField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "project",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="properties.project",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="transfer",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procurement.warehouse",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="target",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procurement.warehouse",
            ),
        ),
        migrations.CreateModel(
            name="StockMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RECEIPT", "Received"),
                            ("RETURN", "Returned to the vendor"),
                            ("ISSUE", "Issued"),
                            ("GIVE_BACK", "Given back"),
                            ("TRANSFER", "Transferred"),
                            ("COUNT", "Difference of a count"),
                            ("OPENING", "Opening stock"),
                        ],
                        max_length=9,
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                ("quantity_after", models.DecimalField(decimal_places=3, max_digits=12)),
                ("value_after", models.DecimalField(decimal_places=2, max_digits=14)),
                ("source_type", models.CharField(max_length=30)),
                ("source_id", models.BigIntegerField()),
                ("moved_on", models.DateField()),
                ("moved_at", models.DateTimeField()),
                ("moved_by", models.BigIntegerField(null=True)),
                ("moved_by_label", models.CharField(max_length=140)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="procurement.item",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="procurement.lot",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="procurement.warehouse",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="stockcount",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="counts",
                to="procurement.warehouse",
            ),
        ),
        migrations.CreateModel(
            name="StockBalance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=3, default=0, max_digits=12)),
                ("value", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                (
                    "minimum",
                    models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True),
                ),
                ("counted_on", models.DateField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balances",
                        to="procurement.item",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="balances",
                        to="procurement.warehouse",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="purchaseorder",
            name="warehouse",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procurement.warehouse",
            ),
        ),
        migrations.AddField(
            model_name="lot",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lots",
                to="procurement.warehouse",
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issues",
                to="procurement.warehouse",
            ),
        ),
        migrations.CreateModel(
            name="GoodsReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, unique=True)),
                ("quantity", models.DecimalField(decimal_places=3, max_digits=12)),
                ("value", models.DecimalField(decimal_places=2, max_digits=14)),
                ("returned_by", models.BigIntegerField()),
                ("returned_by_label", models.CharField(max_length=140)),
                ("returned_on", models.DateField()),
                ("returned_at", models.DateTimeField()),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="procurement.objection",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="procurement.warehouse",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="goodsreceipt",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="procurement.warehouse",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.UniqueConstraint(
                fields=("project", "category", "year"),
                name="budget_once",
                nulls_distinct=False,
                violation_error_message="There is a budget for this year already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("amount__lte", 999999999999)),
                name="budget_amount_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="budget",
            constraint=models.CheckConstraint(
                condition=models.Q(("year__gte", 2000), ("year__lte", 2100)),
                name="budget_year_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="contractcopy",
            constraint=models.CheckConstraint(
                condition=models.Q(("copies__gte", 1)), name="contractcopy_gte_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 999999999999)),
                name="claim_amount_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sales_slip", ""), _negated=True),
                    models.Q(("invoice_number", ""), _negated=True),
                ),
                name="claim_has_its_papers",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("settled_by__isnull", True),
                    models.Q(("settled_by", models.F("person_id")), _negated=True),
                    _connector="OR",
                ),
                name="claim_settled_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(("paid_out", 0), ("given_back", 0), _connector="OR"),
                name="claim_one_difference",
            ),
        ),
        migrations.AddConstraint(
            model_name="issuereturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("quantity__lte", 9999999.999),
                    ("value__gte", 0),
                    ("value__lte", 999999999999),
                ),
                name="issuereturn_gt_0",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["category", "name"], name="item_by_name"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reference_price__isnull", True),
                    models.Q(("reference_price__gt", 0), ("reference_price__lt", 100000000)),
                    _connector="OR",
                ),
                name="item_reference_price_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("barcode", ""), _negated=True),
                fields=("barcode",),
                name="item_barcode_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="issueline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("quantity__lte", 9999999.999),
                    ("value__gte", 0),
                    ("value__lte", 999999999999),
                ),
                name="issueline_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="issueline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("returned_quantity__gte", 0),
                    ("returned_quantity__lte", models.F("quantity")),
                    ("returned_value__gte", 0),
                    ("returned_value__lte", models.F("value")),
                ),
                name="issueline_returned_at_most_all",
            ),
        ),
        migrations.AddIndex(
            model_name="asset",
            index=models.Index(fields=["item", "state"], name="asset_by_state"),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(("cost__gte", 0), ("cost__lte", 999999999999)),
                name="asset_cost_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="asset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("warranty_to__isnull", True),
                    ("warranty_to__gte", models.F("received_on")),
                    _connector="OR",
                ),
                name="asset_warranty_after_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreedprice",
            constraint=models.UniqueConstraint(
                fields=("contract", "item"), name="agreedprice_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="agreedprice",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gt", 0), ("unit_price__lt", 100000000)),
                name="agreedprice_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreedprice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("called_quantity__gte", 0),
                    models.Q(
                        ("maximum_quantity__isnull", True),
                        ("called_quantity__lte", models.F("maximum_quantity")),
                        _connector="OR",
                    ),
                ),
                name="agreedprice_called_at_most_all",
            ),
        ),
        migrations.AddIndex(
            model_name="objection",
            index=models.Index(fields=["state", "id"], name="objection_by_state"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("quantity__lte", 9999999.999),
                    ("credit__gte", 0),
                    ("credit__lte", 999999999999),
                ),
                name="objection_figures",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "SETTLED"), _negated=True),
                    models.Q(
                        ("settled_at__isnull", False), models.Q(("settlement", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="objection_settled_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryline",
            constraint=models.UniqueConstraint(
                fields=("delivery", "order_line"), name="deliveryline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliveryline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0), ("quantity__lte", 9999999.999)),
                name="deliveryline_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentplanline",
            constraint=models.UniqueConstraint(
                fields=("contract", "position"), name="planline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentplanline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("amount__lte", 999999999999),
                    ("paid_amount__gte", 0),
                    ("paid_amount__lte", models.F("amount")),
                ),
                name="planline_paid_at_most_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderchange",
            constraint=models.UniqueConstraint(fields=("order", "number"), name="orderchange_once"),
        ),
        migrations.AddConstraint(
            model_name="orderchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["PROPOSED", "APPROVED"])),
                fields=("order",),
                name="orderchange_one_open",
                violation_error_message="A change of this order is open already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="orderchange_has_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="purchaserequest",
            index=models.Index(fields=["project", "-id"], name="purchaserequest_of_project"),
        ),
        migrations.AddIndex(
            model_name="purchaserequest",
            index=models.Index(fields=["state", "purchase_month"], name="purchaserequest_by_month"),
        ),
        migrations.AddConstraint(
            model_name="purchaserequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("amount__lte", 999999999999)),
                name="purchaserequest_amount_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaserequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_over_budget", True), _negated=True),
                    models.Q(("budget_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="purchaserequest_over_budget_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaserequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purchase_class", "B"), _negated=True),
                    ("state__in", ["DRAFT", "CANCELLED"]),
                    models.Q(
                        ("needed_on__isnull", False),
                        models.Q(("reallocation_note", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="purchaserequest_b_is_checked",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaserequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "APPROVED"), _negated=True),
                    models.Q(("approved_on__isnull", False), ("purchase_month__isnull", False)),
                    _connector="OR",
                ),
                name="purchaserequest_approved_has_month",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaserequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purchase_month__isnull", True), ("purchase_month__day", 1), _connector="OR"
                ),
                name="purchaserequest_month_is_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaserequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "CONSENTED"), _negated=True),
                    ("purchase_class", "C"),
                    _connector="OR",
                ),
                name="purchaserequest_only_c_is_consented",
            ),
        ),
        migrations.AddIndex(
            model_name="advance",
            index=models.Index(fields=["person_id", "state"], name="advance_of_person"),
        ),
        migrations.AddConstraint(
            model_name="advance",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 999999999999)),
                name="advance_amount_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="advance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["OPEN", "SETTLED"]), _negated=True),
                    models.Q(
                        ("paid_by__isnull", False),
                        models.Q(("paid_by", models.F("person_id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="advance_paid_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True)),
                    models.Q(
                        ("answered_at__isnull", False), models.Q(("answer", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="question_answered_with_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="quotedraft",
            constraint=models.UniqueConstraint(
                fields=("invitation", "contact"), name="quotedraft_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="quoterevision",
            constraint=models.UniqueConstraint(
                fields=("invitation", "number"), name="quoterevision_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="quoterevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="quoterevision_number_gte_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total__gte", 0),
                    ("total__lte", 999999999999),
                    ("freight__gte", 0),
                    ("freight__lte", 999999999999),
                ),
                name="quote_amounts_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestline",
            constraint=models.UniqueConstraint(
                fields=("request", "position"), name="requestline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="requestline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("quantity__lte", 9999999.999),
                    ("unit_price__gt", 0),
                    ("unit_price__lt", 100000000),
                ),
                name="requestline_figures_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("amount__lte", 999999999999)),
                name="requestline_amount_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bound_quantity__gte", 0), ("bound_quantity__lte", models.F("quantity"))
                ),
                name="requestline_bound_at_most_all",
            ),
        ),
        migrations.AddIndex(
            model_name="orderline",
            index=models.Index(fields=["item", "-id"], name="orderline_of_item"),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.UniqueConstraint(fields=("order", "position"), name="orderline_once"),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("quantity__lte", 9999999.999),
                    ("unit_price__gt", 0),
                    ("unit_price__lt", 100000000),
                    ("amount__gte", 0),
                    ("amount__lte", 999999999999),
                ),
                name="orderline_figures_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("received_quantity__gte", 0),
                    (
                        "received_quantity__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("quantity"), "+", models.F("returned_quantity")
                        ),
                    ),
                    ("returned_quantity__gte", 0),
                    ("returned_quantity__lte", models.F("received_quantity")),
                ),
                name="orderline_received_at_most_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("billed_quantity__gte", 0),
                    ("billed_quantity__lte", models.F("received_quantity")),
                ),
                name="orderline_billed_at_most_received",
            ),
        ),
        migrations.AddConstraint(
            model_name="budgetuse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("committed__gte", 0),
                    ("committed__lte", 999999999999),
                    ("spent__gte", 0),
                    ("spent__lte", 999999999999),
                ),
                name="budgetuse_gte_0",
            ),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(fields=["state", "closes_at"], name="round_by_deadline"),
        ),
        migrations.AddIndex(
            model_name="round",
            index=models.Index(fields=["project", "-id"], name="round_of_project"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["DRAFT", "CANCELLED"]),
                    models.Q(
                        ("closes_at__isnull", False),
                        ("public_key__isnull", False),
                        ("published_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="round_published_is_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_at__isnull", True),
                    ("closes_at__gt", models.F("published_at")),
                    _connector="OR",
                ),
                name="round_closes_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_fewer_allowed", True), _negated=True),
                    models.Q(("fewer_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="round_fewer_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "CANCELLED"), _negated=True),
                    models.Q(("cancel_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="round_cancelled_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(fields=("round", "side"), name="release_once"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                fields=("round", "user_id"), name="release_by_two_people"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.UniqueConstraint(
                fields=("round", "post"), name="release_by_two_posts"
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", [1, 2])), name="release_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="keyshare",
            constraint=models.UniqueConstraint(
                fields=("round", "opener_key"), name="keyshare_one_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="keyshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", [1, 2])), name="keyshare_side"
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluator",
            constraint=models.UniqueConstraint(fields=("round", "user_id"), name="evaluator_once"),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["SUBMITTED", "APPROVED"])),
                fields=("round",),
                name="award_one_of_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total__lte", models.F("lowest_total")),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="award_dearer_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.CheckConstraint(
                condition=models.Q(("total__gt", 0), ("total__lte", 999999999999)),
                name="award_total_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.UniqueConstraint(fields=("round", "number"), name="amendment_once"),
        ),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closes_after__gte", models.F("closes_before")),
                    ("made_at__lt", models.F("closes_before")),
                ),
                name="amendment_extends_before_closing",
            ),
        ),
        migrations.AddIndex(
            model_name="roundletter",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["due_at"],
                name="roundletter_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="roundletter",
            index=models.Index(fields=["contact", "-id"], name="roundletter_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="roundline",
            constraint=models.UniqueConstraint(fields=("round", "position"), name="roundline_once"),
        ),
        migrations.AddConstraint(
            model_name="roundline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0), ("quantity__lte", 9999999.999)),
                name="roundline_quantity_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.UniqueConstraint(fields=("quote", "line"), name="quoteline_once"),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unit_price__gt", 0),
                    ("unit_price__lt", 100000000),
                    ("amount__gte", 0),
                    ("amount__lte", 999999999999),
                ),
                name="quoteline_price_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardline",
            constraint=models.UniqueConstraint(fields=("award", "line"), name="awardline_once"),
        ),
        migrations.AddConstraint(
            model_name="roundsource",
            constraint=models.UniqueConstraint(
                fields=("line", "request_line"), name="roundsource_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="roundsource",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0), ("quantity__lte", 9999999.999)),
                name="roundsource_quantity_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.UniqueConstraint(
                fields=("evaluator", "quote", "criterion"), name="score_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gte", 0), ("points__lte", 100)), name="score_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="sealedfile",
            constraint=models.UniqueConstraint(
                fields=("revision", "position"), name="sealedfile_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsreceiptline",
            constraint=models.UniqueConstraint(
                fields=("receipt", "order_line"), name="goodsreceiptline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsreceiptline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "arrived",
                        django.db.models.expressions.CombinedExpression(
                            models.F("accepted"), "+", models.F("refused")
                        ),
                    ),
                    ("accepted__gte", 0),
                    ("arrived__lte", 9999999.999),
                    ("refused__gte", 0),
                ),
                name="goodsreceiptline_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsreceiptline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refused", 0), models.Q(("refusal_reason", ""), _negated=True), _connector="OR"
                ),
                name="goodsreceiptline_refused_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsreceiptline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sample__isnull", True), ("agrees_with_sample__isnull", False), _connector="OR"
                ),
                name="goodsreceiptline_compared_with_sample",
            ),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.UniqueConstraint(fields=("count", "item"), name="countline_once"),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counted__isnull", True),
                    models.Q(("counted__gte", 0), ("counted__lte", 9999999.999)),
                    _connector="OR",
                ),
                name="countline_counted_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="countline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("difference__isnull", True),
                    (
                        "difference",
                        django.db.models.expressions.CombinedExpression(
                            models.F("counted"), "-", models.F("book_quantity")
                        ),
                    ),
                    _connector="OR",
                ),
                name="countline_difference_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0), ("quantity__lte", 9999999.999)),
                name="transferline_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="supply",
            constraint=models.UniqueConstraint(fields=("vendor", "category"), name="supply_once"),
        ),
        migrations.AddConstraint(
            model_name="sealedsample",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on__isnull", True)),
                fields=("item", "vendor"),
                name="sealedsample_one_in_force",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["vendor", "-id"], name="invitation_of_vendor"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(fields=("round", "vendor"), name="invitation_once"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["state", "remind_on"], name="contract_by_end"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(fields=["vendor", "-id"], name="contract_of_vendor"),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                name="contract_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("amount__lte", 999999999999)),
                name="contract_amount_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(("remind_days__gte", 0), ("remind_days__lte", 365)),
                name="contract_remind_days_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["SIGNED", "ARCHIVED", "ENDED"]), _negated=True),
                    models.Q(
                        ("permitted_at__isnull", False),
                        ("seal", "CONTRACT"),
                        ("signed_by__isnull", False),
                        ("signed_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="contract_signed_after_permission",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "ARCHIVED"), _negated=True),
                    models.Q(("archive_place", ""), _negated=True),
                    _connector="OR",
                ),
                name="contract_archived_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ENDED"), _negated=True),
                fields=("vendor", "email"),
                name="contact_of_vendor_once",
                violation_error_message="This person is invited already.",
            ),
        ),
        migrations.AddIndex(
            model_name="bankaccount",
            index=models.Index(fields=["number_index"], name="bankaccount_by_number"),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ACTIVE")),
                fields=("vendor",),
                name="bankaccount_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PENDING")),
                fields=("vendor",),
                name="bankaccount_one_pending",
                violation_error_message="A change of this account is in approval already.",
            ),
        ),
        migrations.AddIndex(
            model_name="vendorentry",
            index=models.Index(fields=["vendor", "id"], name="vendorentry_of_vendor"),
        ),
        migrations.AddConstraint(
            model_name="vendorentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount", 0), _negated=True),
                    ("amount__gte", -999999999999),
                    ("amount__lte", 999999999999),
                ),
                name="vendorentry_amount_ne_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorentry",
            constraint=models.UniqueConstraint(
                fields=("kind", "source_type", "source_id"), name="vendorentry_source_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorhold",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="vendorhold_has_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("last_day__isnull", True),
                    ("last_day__gte", models.F("first_day")),
                    _connector="OR",
                ),
                name="vendorhold_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lifted_at__isnull", True),
                    models.Q(("lift_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="vendorhold_lifted_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("last_day__isnull", True), ("lifted_at__isnull", True)),
                fields=("vendor",),
                name="vendorhold_one_without_end",
            ),
        ),
        migrations.AddIndex(
            model_name="vendorinvoice",
            index=models.Index(fields=["state", "due_on"], name="vendorinvoice_by_day"),
        ),
        migrations.AddIndex(
            model_name="vendorinvoice",
            index=models.Index(fields=["vendor", "-id"], name="vendorinvoice_of_vendor"),
        ),
        migrations.AddConstraint(
            model_name="vendorinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("amount__lte", 999999999999),
                    (
                        "amount",
                        django.db.models.expressions.CombinedExpression(
                            models.F("net_amount"), "+", models.F("tax_amount")
                        ),
                    ),
                    ("net_amount__gte", 0),
                    ("tax_amount__gte", 0),
                ),
                name="vendorinvoice_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited_amount__gte", 0),
                    ("paid_amount__gte", 0),
                    (
                        "paid_amount__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("amount"), "-", models.F("credited_amount")
                        ),
                    ),
                ),
                name="vendorinvoice_paid_at_most_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("invoiced_on"))),
                name="vendorinvoice_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "BOOKED"), _negated=True),
                    models.Q(("booked_by__isnull", False), ("journal__isnull", False)),
                    _connector="OR",
                ),
                name="vendorinvoice_booked_with_journal",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorinvoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "REFUSED"), _negated=True),
                fields=("vendor", "number"),
                name="vendorinvoice_number_once",
                violation_error_message="This invoice is here already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceassessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "REFUSED"), _negated=True),
                fields=("contract", "project", "month"),
                name="serviceassessment_once",
                violation_error_message="This month is assessed already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="serviceassessment_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(("score__gte", 0), ("score__lte", 100)),
                name="serviceassessment_score_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="serviceassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gte", 0),
                    ("amount__lte", 999999999999),
                    ("deduction__gte", 0),
                    ("deduction__lte", 999999999999),
                ),
                name="serviceassessment_amounts_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.UniqueConstraint(
                fields=("invoice", "order_line"), name="invoiceline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("quantity__lte", 9999999.999),
                    ("unit_price__gt", 0),
                    ("unit_price__lt", 100000000),
                    ("amount__gte", 0),
                    ("amount__lte", 999999999999),
                ),
                name="invoiceline_figures_gt_0",
            ),
        ),
        migrations.AddIndex(
            model_name="vendorpaper",
            index=models.Index(fields=["valid_to"], name="vendorpaper_by_end"),
        ),
        migrations.AddIndex(
            model_name="vendorpaper",
            index=models.Index(fields=["vendor", "kind"], name="vendorpaper_of_vendor"),
        ),
        migrations.AddConstraint(
            model_name="vendorpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="vendorpaper_days_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "SUBMITTED"), ("checked_at__isnull", False), _connector="OR"
                ),
                name="vendorpaper_checked_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="vendorpayment",
            index=models.Index(fields=["vendor", "-id"], name="vendorpayment_of_vendor"),
        ),
        migrations.AddConstraint(
            model_name="vendorpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 999999999999)),
                name="vendorpayment_amount_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "PAID"), _negated=True),
                    models.Q(
                        ("journal__isnull", False),
                        ("paid_on__isnull", False),
                        models.Q(("reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="vendorpayment_paid_with_journal",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorpayment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("paid_by__isnull", True),
                    models.Q(("paid_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="vendorpayment_paid_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorpayment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("reference",),
                name="vendorpayment_reference_once",
                violation_error_message="This payment reference is booked already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorpaymentshare",
            constraint=models.UniqueConstraint(
                fields=("payment", "invoice"), name="vendorpaymentshare_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorpaymentshare",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 999999999999)),
                name="vendorpaymentshare_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorstatement",
            constraint=models.UniqueConstraint(
                fields=("vendor", "to_day"), name="vendorstatement_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="vendorstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "AGREED"), _negated=True),
                    ("vendor_balance", models.F("balance")),
                    _connector="OR",
                ),
                name="vendorstatement_agreed_on_one_balance",
            ),
        ),
        migrations.AddConstraint(
            model_name="warehouse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("holder_id__isnull", False), ("kind", "TECHNICIAN")),
                    models.Q(
                        models.Q(("kind", "TECHNICIAN"), _negated=True), ("holder_id__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="warehouse_holder_of_own_stock",
            ),
        ),
        migrations.AddConstraint(
            model_name="warehouse",
            constraint=models.UniqueConstraint(
                condition=models.Q(("holder_id__isnull", False), ("is_active", True)),
                fields=("holder_id", "project"),
                name="warehouse_one_of_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", models.F("target")), _negated=True),
                name="transfer_to_another_warehouse",
            ),
        ),
        migrations.AddIndex(
            model_name="stockmove",
            index=models.Index(fields=["warehouse", "item", "id"], name="stockmove_of_stock"),
        ),
        migrations.AddIndex(
            model_name="stockmove",
            index=models.Index(fields=["item", "id"], name="stockmove_of_item"),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quantity", 0), _negated=True),
                    ("quantity__gte", -9999999.999),
                    ("quantity__lte", 9999999.999),
                    models.Q(
                        models.Q(
                            ("quantity__gt", 0), ("value__gte", 0), ("value__lte", 999999999999)
                        ),
                        models.Q(
                            ("quantity__lt", 0), ("value__gte", -999999999999), ("value__lte", 0)
                        ),
                        _connector="OR",
                    ),
                ),
                name="stockmove_signs_agree",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity_after__gte", 0), ("value_after__gte", 0)),
                name="stockmove_leaves_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockmove",
            constraint=models.UniqueConstraint(
                fields=("kind", "source_type", "source_id", "warehouse", "lot"),
                name="stockmove_source_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="stockcount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["COUNTING", "COUNTED", "SUBMITTED"])),
                fields=("warehouse",),
                name="stockcount_one_open",
                violation_error_message="This warehouse is being counted already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockbalance",
            constraint=models.UniqueConstraint(
                fields=("warehouse", "item"), name="stockbalance_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="stockbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gte", 0),
                    ("quantity__lte", 9999999.999),
                    ("value__gte", 0),
                    ("value__lte", 999999999999),
                ),
                name="stockbalance_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quantity", 0), _negated=True), ("value", 0), _connector="OR"
                ),
                name="stockbalance_nothing_is_worth_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="stockbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum__isnull", True), ("minimum__gte", 0), _connector="OR"),
                name="stockbalance_minimum",
            ),
        ),
        migrations.AddIndex(
            model_name="purchaseorder",
            index=models.Index(fields=["vendor", "-id"], name="purchaseorder_of_vendor"),
        ),
        migrations.AddIndex(
            model_name="purchaseorder",
            index=models.Index(fields=["project", "-id"], name="purchaseorder_of_project"),
        ),
        migrations.AddIndex(
            model_name="purchaseorder",
            index=models.Index(fields=["state", "deliver_by"], name="purchaseorder_by_day"),
        ),
        migrations.AddConstraint(
            model_name="purchaseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__gt", 0),
                    ("amount__lte", 999999999999),
                    ("freight__gte", 0),
                    ("freight__lte", models.F("amount")),
                ),
                name="purchaseorder_amount_gt_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["DRAFT", "CANCELLED"]),
                    ("declared_by__isnull", False),
                    _connector="OR",
                ),
                name="purchaseorder_sent_with_declaration",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("award__isnull", False), ("request__isnull", True)),
                    models.Q(
                        ("award__isnull", True),
                        ("contract__isnull", False),
                        ("request__isnull", True),
                    ),
                    models.Q(
                        ("award__isnull", True),
                        ("contract__isnull", True),
                        ("request__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="purchaseorder_has_its_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseorder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["CLOSED", "CANCELLED"]), _negated=True),
                    models.Q(("end_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="purchaseorder_ended_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchaseorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("award__isnull", False), models.Q(("state", "CANCELLED"), _negated=True)
                ),
                fields=("award", "vendor", "project"),
                name="purchaseorder_of_award_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("quantity__gt", 0)),
                fields=["warehouse", "item", "expires_on"],
                name="lot_in_stock",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                condition=models.Q(("quantity__gt", 0)), fields=["expires_on"], name="lot_by_expiry"
            ),
        ),
        migrations.AddConstraint(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gte", 0), ("quantity__lte", 9999999.999)),
                name="lot_gte_0",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purpose", ""), _negated=True),
                    models.Q(("unit", ""), _negated=True),
                    models.Q(("person_label", ""), _negated=True),
                ),
                name="issue_says_to_whom_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="goodsreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("quantity__gt", 0),
                    ("quantity__lte", 9999999.999),
                    ("value__gte", 0),
                    ("value__lte", 999999999999),
                ),
                name="goodsreturn_gt_0",
            ),
        ),
        migrations.AddIndex(
            model_name="goodsreceipt",
            index=models.Index(fields=["order", "-id"], name="goodsreceipt_of_order"),
        ),
        migrations.AddConstraint(
            model_name="goodsreceipt",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", 0), ("value__lte", 999999999999)),
                name="goodsreceipt_value_gte_0",
            ),
        ),
    ]
