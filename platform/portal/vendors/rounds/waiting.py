"""What rounds tell a vendor: which wait for his quote."""

from django.utils.translation import gettext as _

from portal.vendors.views import VendorView
from portal.vendors.waiting import Waiting
from services.procurement.rounds import queries
from services.procurement.rounds.models import RoundState


def waiting(view: VendorView) -> list[Waiting]:
    """Return the rounds that the vendor has neither quoted for nor declined, by their deadline."""
    found = queries.unanswered(actor=view.actor).filter(
        round__state=RoundState.OPEN, round__closes_at__gt=view.now
    )
    return [
        Waiting(
            label=_("Quote for %(title)s") % {"title": one.round.title},
            url=view.url("portal-rounds-round", round_id=one.round_id),
            icon="tag",
            tone="warn",
            word=_("Quote"),
        )
        for one in found.order_by("round__closes_at")
    ]
