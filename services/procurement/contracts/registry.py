"""What contracts wire into the product."""

from kernel.access import Action
from kernel.approvals import registry as approvals
from kernel.documents import carriers, numbers
from kernel.documents.carriers import Carrier, holding
from kernel.notifications import registry as notices
from kernel.outbox import registry as events
from kernel.text import _
from services.procurement.contracts import notices as words
from services.procurement.contracts.operations import joint_review
from services.procurement.contracts.operations.drafting import SERIES
from services.procurement.contracts.operations.review import PERMITTED_EVENT
from services.procurement.contracts.operations.signing import SIGNED_EVENT
from services.procurement.contracts.queries import get_contract

# The text that is reviewed, and the scan of what was signed.
CONTRACTS = Carrier(
    model="procurement.contract",
    read=lambda actor, pk, _now: get_contract(actor=actor, contract_id=pk),
    add=lambda actor, subject, now: holding(
        Action.CONTRACT_ARCHIVE if actor.may(Action.CONTRACT_ARCHIVE) else Action.CONTRACT_DRAFT
    )(actor, subject, now),
)


def register() -> None:
    approvals.register(joint_review())
    carriers.register(CONTRACTS)
    notices.register(*words.ALL)
    numbers.register(
        numbers.Series(key=SERIES, name=_("Contracts with vendors"), pattern="HT-{YYYY}-{NNNN}")
    )
    events.register(PERMITTED_EVENT, _("A contract passed its joint review"))
    events.register(SIGNED_EVENT, _("A contract with a vendor was signed"))
