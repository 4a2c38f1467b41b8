"""What requests wire into the product."""

from django.db.models import Model

from kernel.access import Action, Actor
from kernel.approvals import registry as approvals
from kernel.documents import carriers, numbers
from kernel.documents.carriers import Carrier
from kernel.identity import leaving as departures
from kernel.notifications import registry as notices
from kernel.text import _
from services.procurement import scope
from services.procurement.requests import leaving
from services.procurement.requests.models import PurchaseRequest
from services.procurement.requests.operations.approval import purchase
from services.procurement.requests.operations.drafting import SERIES
from services.procurement.requests.operations.giving_up import UNOBTAINABLE
from services.procurement.requests.operations.reminding import PLANS_DUE
from services.procurement.requests.operations.submitting import EMERGENCY
from services.procurement.requests.queries import get_request


def _may_add(actor: Actor, request: Model, _now: object) -> None:
    assert isinstance(request, PurchaseRequest)
    scope.require_of(actor, Action.PURCHASE_REQUEST, request.project_id)


# The form of an emergency, pictures of what broke, offers that the estimate rests on.
REQUESTS = Carrier(
    model="procurement.purchaserequest",
    read=lambda actor, pk, _now: get_request(actor=actor, request_id=pk),
    add=_may_add,
)


def register() -> None:
    for check in leaving.CHECKS:
        departures.register(check)
    approvals.register(purchase())
    notices.register(EMERGENCY)
    notices.register(UNOBTAINABLE, PLANS_DUE)
    carriers.register(REQUESTS)
    numbers.register(
        numbers.Series(key=SERIES, name=_("Purchase requests"), pattern="CG-{YYYY}-{NNNNN}")
    )
