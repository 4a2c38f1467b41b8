"""What orders wire into the product."""

from kernel.access import Action
from kernel.approvals import registry as approvals
from kernel.documents import carriers, numbers
from kernel.documents.carriers import Carrier, holding
from kernel.notifications import registry as notices
from kernel.outbox import registry as events
from kernel.text import _
from services.procurement.orders import queries, telling
from services.procurement.orders.operations import order_change
from services.procurement.orders.operations.changing import CHANGED_EVENT
from services.procurement.orders.operations.common import DELIVERY_SERIES, SERIES
from services.procurement.orders.operations.ending import CANCELLED_EVENT, CLOSED_EVENT
from services.procurement.orders.operations.sending import SENT_EVENT
from services.procurement.orders.operations.vendors import ACKNOWLEDGED_EVENT, ANNOUNCED_EVENT
from services.procurement.rounds import agreed

# Drawings, what was written to and fro with the vendor.
ORDERS = Carrier(
    model="procurement.purchaseorder",
    read=lambda actor, pk, _now: queries.get_order(actor=actor, order_id=pk),
    add=holding(Action.PURCHASE_BUY),
)


def register() -> None:
    approvals.register(order_change())
    carriers.register(ORDERS)
    notices.register(*telling.NOTICES)
    agreed.register(queries.agreed_prices)
    numbers.register(
        numbers.Series(key=SERIES, name=_("Purchase orders"), pattern="DD-{YYYY}{MM}-{NNNN}")
    )
    numbers.register(
        numbers.Series(
            key=DELIVERY_SERIES, name=_("Announced deliveries"), pattern="SH-{YYYY}{MM}-{NNNN}"
        )
    )
    events.register(SENT_EVENT, _("A purchase order was sent"))
    events.register(ACKNOWLEDGED_EVENT, _("A vendor confirmed a purchase order"))
    events.register(ANNOUNCED_EVENT, _("A vendor announced a delivery"))
    events.register(CHANGED_EVENT, _("A purchase order was changed"))
    events.register(CLOSED_EVENT, _("A purchase order was closed"))
    events.register(CANCELLED_EVENT, _("A purchase order was cancelled"))
