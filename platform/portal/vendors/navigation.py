"""The menu of a company's pages for vendors. A page is in it by an entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.vendors.orders import counts as orders
from portal.vendors.rounds import counts as rounds
from portal.vendors.statement import counts as statement
from services.procurement.vendors.door import Visitor


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu; a page belongs to it whose route begins with its name.

    ``count`` tells how many things wait there.
    """

    route: str
    icon: str
    label: Any
    count: Callable[[Visitor], int] | None = None


class Item(NamedTuple):
    url: str
    icon: str
    label: str
    waiting: int
    is_current: bool


ENTRIES: Final[tuple[Entry, ...]] = (
    Entry("portal-home", "home", _("Start page")),
    Entry("portal-rounds", "tag", _("Inquiries"), count=rounds.open_count),
    Entry("portal-orders", "cart", _("Orders"), count=orders.count),
    Entry("portal-deliveries", "truck", pgettext_lazy("of a vendor", "Deliveries")),
    Entry("portal-invoices", "receipt", pgettext_lazy("of a vendor", "Invoices")),
    Entry(
        "portal-statement",
        "exchange",
        pgettext_lazy("of a vendor", "Account"),
        count=statement.count,
    ),
    Entry("portal-papers", "file-text", _("Licences and papers")),
    Entry("portal-company", "building", _("Company data")),
    Entry("portal-messages", "bell", _("Messages")),
)


def menu(visitor: Visitor, place: str, route: str) -> list[Item]:
    """Return the menu for one page: of the entries that fit its route, the longest is current."""
    fitting = [
        each.route for each in ENTRIES if route == each.route or route.startswith(f"{each.route}-")
    ]
    current = max(fitting, key=len, default="")
    return [
        Item(
            reverse(each.route, kwargs={"place": place}),
            each.icon,
            str(each.label),
            each.count(visitor) if each.count is not None else 0,
            each.route == current,
        )
        for each in ENTRIES
    ]
