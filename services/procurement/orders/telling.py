"""Who is told what of an order: the vendor by mail, the buyer and the keepers by notices."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from kernel.access import Action
from kernel.access import queries as people
from kernel.jobs.operations import enqueue_after_commit
from kernel.notifications.operations import notify
from kernel.notifications.registry import Notice
from kernel.text import _
from services.procurement.orders.models import (
    Delivery,
    LetterKind,
    OrderLetter,
    PurchaseOrder,
)
from services.procurement.vendors.models import Contact, ContactState

DELIVER_TASK: Final = "services.procurement.orders.deliver"
_FIELDS: Final[Mapping[str, Any]] = {
    "number": _("Number of the order"),
    "vendor": _("Vendor"),
}
ACKNOWLEDGED: Final = Notice(
    key="procurement.order.acknowledged",
    name=_("A vendor confirmed an order"),
    subject=_("%(vendor)s confirmed %(number)s"),
    text=_("%(vendor)s confirmed the order %(number)s and promised %(day)s."),
    fields={**_FIELDS, "day": _("Day")},
)
ANNOUNCED: Final = Notice(
    key="procurement.order.delivery-announced",
    name=_("A vendor announced a delivery"),
    subject=_("%(vendor)s delivers on %(day)s: %(number)s"),
    text=_("%(vendor)s delivers goods of the order %(number)s on %(day)s (%(delivery)s)."),
    fields={**_FIELDS, "day": _("Day"), "delivery": _("Number of the delivery")},
)
CHANGE_PROPOSED: Final = Notice(
    key="procurement.order.change-proposed",
    name=_("A vendor proposed a change of an order"),
    subject=_("%(vendor)s proposes to change %(number)s"),
    text=_("%(vendor)s proposes to change the order %(number)s. Take it up or refuse it."),
    fields=_FIELDS,
)
CHANGE_AGREED: Final = Notice(
    key="procurement.order.change-agreed",
    name=_("A vendor agreed to a change of an order"),
    subject=_("%(vendor)s agreed to the change of %(number)s"),
    text=_("%(vendor)s agreed: the change of the order %(number)s is in force."),
    fields=_FIELDS,
)
CHANGE_REFUSED: Final = Notice(
    key="procurement.order.change-refused",
    name=_("A vendor refused a change of an order"),
    subject=_("%(vendor)s refused the change of %(number)s"),
    text=_("%(vendor)s refused: the order %(number)s stays as it was."),
    fields=_FIELDS,
)
NOTICES: Final = (ACKNOWLEDGED, ANNOUNCED, CHANGE_PROPOSED, CHANGE_AGREED, CHANGE_REFUSED)


def page_of(order_id: int) -> str:
    """Return the address of an order's page in the console, also while the portal is visited."""
    return reverse("purchase-orders-order", settings.ROOT_URLCONF, args=[order_id])


def tell_vendor(order: PurchaseOrder, kind: LetterKind, *, now: datetime) -> None:
    """Write to the vendor's contacts, after the commit."""
    contacts = Contact.objects.filter(
        vendor_id=order.vendor_id, state=ContactState.ACTIVE
    ).order_by("pk")
    OrderLetter.objects.bulk_create(
        OrderLetter(order=order, contact=contact, kind=kind, written_at=now, due_at=now)
        for contact in contacts
    )
    enqueue_after_commit(DELIVER_TASK)


def tell_buyer(order: PurchaseOrder, notice: Notice, *, now: datetime, **words: str) -> None:
    """Tell whoever made the order."""
    _tell(order, notice, {order.created_by}, now=now, words=words)


def tell_keepers(order: PurchaseOrder, delivery: Delivery, *, now: datetime, today: date) -> None:
    """Tell whoever made the order and who takes goods in that something comes."""
    keepers = people.people_with(
        action=Action.GOODS_RECEIVE, project_id=order.project_id, today=today
    )
    words = {"day": delivery.expected_on.isoformat(), "delivery": delivery.number}
    people_told = {order.created_by, *(user.pk for user in keepers)}
    _tell(order, ANNOUNCED, people_told, now=now, words=words)


def _tell(
    order: PurchaseOrder,
    notice: Notice,
    to: Collection[int],
    *,
    now: datetime,
    words: Mapping[str, str],
) -> None:
    notify(
        kind=notice.key,
        to=to,
        url=page_of(order.pk),
        context={"number": order.number, "vendor": order.vendor.name, **words},
        project_id=order.project_id,
        now=now,
    )
