"""Give a round up before its award."""

from datetime import datetime

from django.db import transaction

from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.text import _
from services.procurement.rounds import telling
from services.procurement.rounds.models import Round, RoundState
from services.procurement.rounds.operations import fewer
from services.procurement.rounds.operations.drafting import lock_own, release_lines
from services.procurement.rounds.operations.errors import TextMissing
from services.procurement.texts import without_controls

_LONGEST = 300


@transaction.atomic
def cancel(*, actor: Actor, round_id: int, reason: str, now: datetime) -> Round:
    """Give a round up; what it had bound of requests is free again, and its vendors are told.

    Sealed quotes stay sealed.

    :raises NotFound: if there is none within his reach.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises RoundStateWrong: if its award is made or on its way.
    :raises TextMissing: without a reason of at most 300 characters.
    """
    cancelled = lock_own(actor, round_id, RoundState.DRAFT, RoundState.OPEN, RoundState.OPENED)
    words = " ".join(without_controls(reason).split())
    if not 0 < len(words) <= _LONGEST:
        raise TextMissing(
            _("Give the reason in at most %(most)d characters.") % {"most": _LONGEST},
            field="reason",
        )
    if cancelled.state == RoundState.DRAFT:
        fewer.take_back(cancelled, actor=actor, now=now)
    else:
        telling.tell_vendors(cancelled, telling.CANCELLED, now=now)
    release_lines(cancelled)
    cancelled.state, cancelled.cancelled_at = RoundState.CANCELLED, now
    cancelled.cancel_reason = words
    cancelled.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    audit.record(
        actor=actor,
        event="procurement.round.cancelled",
        subject=cancelled,
        project_id=cancelled.project_id,
        now=now,
        data={"reason": words},
    )
    return cancelled
