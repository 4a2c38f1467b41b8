"""What invoices tell a vendor: what he can bill, and which of his invoices were refused."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from console.formats import spell_month
from portal.vendors.views import VendorView
from portal.vendors.waiting import Waiting
from services.procurement.payments import queries
from services.procurement.payments.models import InvoiceState

MOST_TOLD: Final = 20
# So long after it was entered a refused invoice is told of.
RECENTLY: Final = timedelta(days=60)


def waiting(view: VendorView) -> list[Waiting]:
    refused = queries.own_invoices(actor=view.actor).filter(
        state=InvoiceState.REFUSED, submitted_at__gt=view.now - RECENTLY
    )
    found = [
        Waiting(
            label=_("Your invoice %(number)s was refused") % {"number": one.number},
            url=view.url("portal-invoices-invoice", invoice_id=one.pk),
            icon="receipt",
            tone="bad",
            word=_("Refused"),
        )
        for one in refused[:MOST_TOLD]
    ]
    orders = queries.orders_to_bill(actor=view.actor)[:MOST_TOLD]
    found += [
        Waiting(
            label=_("Goods of %(number)s were accepted and can be billed")
            % {"number": order.number},
            url=view.url("portal-invoices-order", order_id=order.pk),
            icon="receipt",
            tone="info",
            word=_("Enter the invoice"),
        )
        for order in orders
    ]
    months = queries.months_to_bill(actor=view.actor)[:MOST_TOLD]
    found += [
        Waiting(
            label=_("%(title)s, %(month)s can be billed")
            % {"title": one.contract.title, "month": spell_month(one.month)},
            url=view.url("portal-invoices-month", assessment_id=one.pk),
            icon="receipt",
            tone="info",
            word=_("Enter the invoice"),
        )
        for one in months
    ]
    return found
