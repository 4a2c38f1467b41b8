"""Invoices as the tests enter them."""

from datetime import date
from decimal import Decimal
from typing import Any

from services.procurement.orders.models import PurchaseOrder
from services.procurement.payments import operations
from services.procurement.payments.models import VendorInvoice
from services.procurement.payments.operations import BilledLine, Figures
from tests.factories import NOW, TODAY
from tests.factories_procurement_money import People, add_goods_order, line_of, receive


def figures(net: str, tax: str, number: str = "0042", **values: Any) -> Figures:
    return Figures(
        **{
            "number": number,
            "invoiced_on": date(2026, 11, 5),
            "net_amount": Decimal(net),
            "tax_amount": Decimal(tax),
            **values,
        }
    )


def enter(
    people: People,
    order: PurchaseOrder,
    quantity: str,
    net: str,
    tax: str,
    *,
    price: str | None = None,
    **values: Any,
) -> VendorInvoice:
    """Enter an invoice for an order's only line."""
    named = {key: values.pop(key) for key in ("number", "freight", "invoiced_on") if key in values}
    line = line_of(order)
    billed = BilledLine(
        order_line_id=line.pk,
        quantity=Decimal(quantity),
        unit_price=line.unit_price if price is None else Decimal(price),
    )
    return operations.enter_invoice(
        **{
            "actor": people.finance,
            "order_id": order.pk,
            "figures": figures(net, tax, **named),
            "lines": [billed],
            "now": NOW,
            "today": TODAY,
            **values,
        }
    )


def book(people: People, invoice: VendorInvoice) -> VendorInvoice:
    return operations.book_invoice(
        actor=people.finance, invoice_id=invoice.pk, now=NOW, today=TODAY
    )


def owed(people: People, number: str = "0042") -> VendorInvoice:
    """Return a booked invoice of 1695.00 for goods that were accepted."""
    order = add_goods_order(people, "30", "56.50")
    receive(people, order, "30")
    return book(people, enter(people, order, "30", "1500.00", "195.00", number=number))
