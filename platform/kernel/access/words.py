"""What actions are in words, by the part of the product they belong to."""

from collections.abc import Collection
from typing import Final

from django.utils.functional import Promise

from kernel.access.actions import Action
from kernel.text import _

# The part's name, and the words before the dot of its actions.
PARTS: Final[tuple[tuple[Promise, frozenset[str]], ...]] = (
    (
        _("Company and people"),
        frozenset({"company", "user", "staff", "audit", "security", "duties", "token"}),
    ),
    (_("Property registry"), frozenset({"registry", "personal-data"})),
    (_("Fees and meters"), frozenset({"fee-standard", "reading"})),
    (_("Billing"), frozenset({"bill", "bill-run", "ledger"})),
    (_("Cashier and arrears"), frozenset({"payment", "receipt", "arrears"})),
    (_("Procurement"), frozenset({"purchase", "budget", "quote", "vendor", "contract"})),
    (
        _("Goods and vendors' accounts"),
        frozenset({"goods", "stock", "asset", "invoice", "vendor-payment", "service"}),
    ),
)
REST: Final = _("Papers, approvals and files")


def by_part(actions: Collection[Action]) -> list[tuple[Promise, list[Action]]]:
    """Return the actions under the names of the parts, in the order in which Action has them."""
    wanted = [action for action in Action if action in set(actions)]
    named = [
        (title, [action for action in wanted if prefix_of(action) in prefixes])
        for title, prefixes in PARTS
    ]
    known = frozenset[str]().union(*(prefixes for _title, prefixes in PARTS))
    rest = [action for action in wanted if prefix_of(action) not in known]
    return [(title, found) for title, found in [*named, (REST, rest)] if found]


def prefix_of(action: Action) -> str:
    """Return the word before the dot."""
    return action.value.partition(".")[0]
