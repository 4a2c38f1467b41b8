"""No figure is NaN, which PostgreSQL holds for greater than every number: a lower bound lets it in."""

from django.db import migrations

COLUMNS = {
    "agreedprice": ("called_quantity", "maximum_quantity", "minimum_quantity"),
    "countline": ("book_quantity",),
    "creditnote": ("net_amount", "tax_amount"),
    "deliveryline": ("quantity",),
    "goodsreturn": ("quantity",),
    "invoiceline": ("quantity",),
    "issueline": ("quantity", "returned_quantity"),
    "issuereturn": ("quantity",),
    "lot": ("quantity",),
    "objection": ("quantity",),
    "orderchange": ("amount_after", "amount_before"),
    "orderline": ("billed_quantity", "quantity", "received_quantity", "returned_quantity"),
    "paymentplanline": ("paid_amount",),
    "requestline": ("bound_quantity", "quantity"),
    "roundline": ("agreed_price", "last_price", "quantity"),
    "roundsource": ("quantity",),
    "stockbalance": ("quantity",),
    "stockmove": ("quantity_after",),
    "transferline": ("quantity",),
    "vendorinvoice": ("credited_amount", "net_amount", "paid_amount", "tax_amount"),
    "vendorstatement": ("balance", "vendor_balance"),
}


def no_nan(name: str, columns: tuple[str, ...]) -> migrations.RunSQL:
    """Refuse NaN in these columns of a table."""
    table = f"procurement_{name}"
    checks = " AND ".join(f"{column} <> 'NaN'::numeric" for column in columns)
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_no_nan CHECK ({checks})",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_no_nan",
    )


class Migration(migrations.Migration):
    dependencies = [("procurement", "0002_guards")]

    operations = [no_nan(name, columns) for name, columns in COLUMNS.items()]
