"""How many of a vendor's orders wait for him, for the menu."""

from services.procurement.orders import queries
from services.procurement.vendors.door import Visitor


def count(visitor: Visitor) -> int:
    """Return how many orders wait to be confirmed, or for an answer to a change."""
    return queries.waiting_for_vendor(actor=visitor.actor).count()
