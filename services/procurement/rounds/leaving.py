"""What of a round waits for a leaver alone: its part of the key, and his scores."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse

from kernel.access.models import User
from kernel.identity.leaving import Check, Held, Text
from kernel.text import _
from services.procurement.rounds.models import Evaluator, KeyShare, Release, Round, RoundState
from services.procurement.rounds.queries import rounds_entrusted_to


def _keys(*, user_id: int, today: date) -> Iterable[Held]:
    """Yield rounds that nobody opens without him: of his side nobody else has a share."""
    released = Release.objects.filter(round=OuterRef("round"), side=OuterRef("side"))
    for entrusted in rounds_entrusted_to(user_id):
        shares = KeyShare.objects.filter(
            ~Exists(released), round=entrusted, opener_key__ended_at__isnull=True
        )
        own = shares.filter(opener_key__user_id=user_id).first()
        if own is None:
            continue
        others = shares.filter(side=own.side).exclude(opener_key__user_id=user_id)
        there = User.objects.filter(pk__in=others.values("opener_key__user_id"), is_active=True)
        if not there.exists():
            yield _held(
                entrusted,
                _("Nobody else opens these quotes from this side. Open the round, or end it."),
            )


def _scores(*, user_id: int, today: date) -> Iterable[Held]:
    waiting = Evaluator.objects.filter(
        user_id=user_id, done_at=None, round__state=RoundState.OPENED
    ).select_related("round")
    for each in waiting.order_by("pk"):
        yield _held(
            each.round, _("The award waits for these scores. Finish them, or name somebody else.")
        )


def _held(quote_round: Round, reason: Text) -> Held:
    return Held(
        ref=str(quote_round.pk),
        what=f"{quote_round.number} {quote_round.title}",
        reason=reason,
        url=reverse("quote-rounds-round", args=[quote_round.pk]),
        project_id=quote_round.project_id,
    )


CHECKS = (
    Check(key="procurement.round-keys", label=_("Quotes to be opened"), find=_keys),
    Check(key="procurement.round-scores", label=_("Quotes to be scored"), find=_scores),
)
