"""Which records of rounds carry files, and who may see and add them."""

from datetime import datetime
from typing import Final

from django.db.models import Model

from kernel import access
from kernel.access import Action, Actor
from kernel.documents.carriers import Carrier
from kernel.documents.models import Attachment
from kernel.errors import Conflict
from kernel.text import _
from services.procurement import scope
from services.procurement.rounds import queries
from services.procurement.rounds.models import Quote, Round, RoundState

# What no vendor sees: that there are no more of them.
PROOF: Final = "proof"


class FilesStand(Conflict):
    code = "procurement.round-files-stand"


def _take(actor: Actor, subject: Model, now: datetime) -> None:
    """Return if a buyer may add a drawing or a specification: until the deadline."""
    assert isinstance(subject, Round)
    scope.require_of(actor, Action.PURCHASE_BUY, subject.project_id)
    is_open = subject.state == RoundState.OPEN and subject.closes_at and now < subject.closes_at
    if subject.state != RoundState.DRAFT and not is_open:
        raise FilesStand(_("The files of this round stand."))


def _keep(_actor: Actor, subject: Model, _attachment: Attachment) -> None:
    assert isinstance(subject, Round)
    if subject.state != RoundState.DRAFT:
        raise FilesStand(_("Vendors have this file already. Add another and amend the round."))


def _take_none(actor: Actor, subject: Model, _now: datetime) -> None:
    access.require(actor, Action.PURCHASE_VIEW, _project_of_quote(subject))
    raise FilesStand(_("What came sealed with a quote stands."))


def _project_of_quote(quote: Model) -> int | None:
    assert isinstance(quote, Quote)
    return quote.invitation.round.project_id


ROUNDS: Final = Carrier(
    model="procurement.round",
    read=lambda actor, pk, _now: queries.get_round(actor=actor, round_id=pk),
    add=_take,
    keep=_keep,
)
QUOTES: Final = Carrier(
    model="procurement.quote",
    read=lambda actor, pk, _now: queries.get_quote(actor=actor, quote_id=pk),
    add=_take_none,
    project_id=_project_of_quote,
)
