import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_guards"),
        ("properties", "0015_batches_scope"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="journal",
            name="journal_reversal_says_so",
        ),
        migrations.AlterField(
            model_name="journal",
            name="kind",
            field=models.CharField(
                choices=[
                    ("BILLS", "Bills posted"),
                    ("PAYMENT", "Payment received"),
                    ("PAYMENT_REVERSAL", "Payment voided"),
                    ("BILL_REVERSAL", "Bill reversed"),
                    ("GOODS", "Goods taken in"),
                    ("GOODS_RETURN", "Goods returned to the vendor"),
                    ("STOCK_OPENING", "Opening stock"),
                    ("ISSUE", "Goods issued"),
                    ("ISSUE_RETURN", "Issued goods given back"),
                    ("STOCK_COUNT", "Difference of a stock count"),
                    ("VENDOR_INVOICE", "Vendor's invoice matched"),
                    ("INVOICE_REVERSAL", "Vendor's invoice taken back"),
                    ("VENDOR_CREDIT", "Vendor's credit note"),
                    ("VENDOR_PAYMENT", "Vendor paid"),
                    ("VENDOR_REVERSAL", "Payment to a vendor undone"),
                    ("ADVANCE", "Advance paid to a buyer"),
                    ("CLAIM", "Claim for what was bought settled"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="journal",
            name="project",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="properties.project",
            ),
        ),
        migrations.AlterField(
            model_name="ledgeraccount",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("RECEIVABLE", "Receivables from households"),
                    ("CASH", "Cash"),
                    ("BANK", "Bank"),
                    ("CHANNEL", "Payment channels"),
                    ("PAYABLE", "Payables to vendors"),
                    ("ACCRUED", "Goods received, not invoiced"),
                    ("STOCK", "Goods in stock"),
                    ("ASSET", "Fixed assets"),
                    ("ADVANCE", "Advances to buyers"),
                    ("INPUT_TAX", "Input tax"),
                    ("MATERIAL", "Cost of materials"),
                    ("SERVICE", "Cost of outsourced services"),
                    ("COUNT_LOSS", "Differences of stock counts"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="journal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reverses__isnull", True),
                    (
                        "kind__in",
                        [
                            "PAYMENT_REVERSAL",
                            "BILL_REVERSAL",
                            "INVOICE_REVERSAL",
                            "VENDOR_REVERSAL",
                        ],
                    ),
                    _connector="OR",
                ),
                name="journal_reversal_says_so",
            ),
        ),
        migrations.AddConstraint(
            model_name="journal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("project__isnull", False),
                    models.Q(
                        ("kind__in", ["BILLS", "PAYMENT", "PAYMENT_REVERSAL", "BILL_REVERSAL"]),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="journal_of_households_has_project",
            ),
        ),
    ]
