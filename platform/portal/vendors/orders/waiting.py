"""What orders tell a vendor: which wait for him."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.vendors.views import VendorView
from portal.vendors.waiting import Waiting
from services.procurement.orders import queries
from services.procurement.orders.models import OrderState


def waiting(view: VendorView) -> list[Waiting]:
    """Return the orders that he has to confirm, and those with a change to answer."""
    return [
        Waiting(
            label=_("Confirm the order %(number)s") % {"number": order.number}
            if order.state == OrderState.SENT
            else _("Answer the change of the order %(number)s") % {"number": order.number},
            url=view.url("portal-orders-order", order_id=order.pk),
            icon="cart",
            tone="warn",
            word=pgettext("of a vendor", "Confirm")
            if order.state == OrderState.SENT
            else pgettext("of a vendor", "Answer"),
        )
        for order in queries.waiting_for_vendor(actor=view.actor)
    ]
