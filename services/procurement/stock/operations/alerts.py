"""Tell the keepers when an article falls below its minimum (PR-38, ``stock.min_alert``)."""

from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse

from kernel import policies
from kernel.access import Action
from kernel.access import queries as people
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.text import _
from services.procurement.stock.models import StockBalance

STOCK_LOW = Notice(
    key="procurement.stock-low",
    name=_("An article falls below its minimum"),
    subject=_("%(item)s runs short in %(warehouse)s"),
    text=_("%(quantity)s %(unit)s of %(item)s lie in %(warehouse)s, at least %(minimum)s should."),
    fields={
        "item": _("Article"),
        "warehouse": _("Warehouse"),
        "quantity": _("Quantity"),
        "minimum": _("Minimum"),
        "unit": _("Unit of measure"),
    },
)


def tell_if_low(balance: StockBalance, *, before: Decimal, today: date, now: datetime) -> None:
    """Tell whoever keeps the warehouse, once: with what takes it below the minimum.

    :param before: how much lay there before; where the minimum was raised, as much as it asks.
    """
    if balance.minimum is None or not balance.quantity < balance.minimum <= before:
        return
    if not policies.get("stock.min_alert", bool):
        return
    warehouse, item = balance.warehouse, balance.item
    keepers = people.people_with(
        action=Action.STOCK_KEEP, project_id=warehouse.project_id, today=today
    )
    # Whoever takes the last ones out is told as well: he is the one who keeps them.
    notify(
        kind=STOCK_LOW.key,
        to=[user.pk for user in keepers],
        url=reverse("stock-card", args=[balance.pk]),
        context={
            "item": item.name,
            "warehouse": warehouse.name,
            "quantity": f"{balance.quantity.normalize():f}",
            "minimum": f"{balance.minimum.normalize():f}",
            "unit": item.unit,
        },
        project_id=warehouse.project_id,
        now=now,
    )
