"""How many rounds wait for a vendor, for the menu."""

from services.procurement.rounds import queries
from services.procurement.rounds.models import RoundState
from services.procurement.vendors.door import Visitor


def open_count(visitor: Visitor) -> int:
    """Return how many rounds wait for the vendor's quote."""
    return queries.unanswered(actor=visitor.actor).filter(round__state=RoundState.OPEN).count()
