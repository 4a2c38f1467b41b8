"""How many reconciliations wait for a vendor, for the menu."""

from services.procurement.payments import queries
from services.procurement.vendors.door import Visitor


def count(visitor: Visitor) -> int:
    """Return how many reconciliations wait for the vendor's answer."""
    return queries.statements_to_answer(actor=visitor.actor).count()
