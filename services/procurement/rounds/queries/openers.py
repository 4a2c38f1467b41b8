"""Who may open a round: the people, their keys, and whether each side still has somebody."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.access.models import PostHolding, User
from kernel.access.queries import in_force
from services.procurement.rounds.models import (
    KeyShare,
    OpenerKey,
    Release,
    Round,
    RoundState,
)
from services.procurement.rounds.rules.sides import Opener


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody to whom a share was entrusted, and whether he can still release it."""

    side: int
    user_id: int
    label: str
    post: str
    has_key: bool  # not replaced since
    holds_post: bool
    has_released: bool = False

    @property
    def is_able(self) -> bool:
        return self.has_key and self.holds_post


def candidates(
    *, project_id: int | None, today: date, except_ids: Collection[int | None] = ()
) -> list[Opener]:
    """Return who may be entrusted with a share, by id, with and without a key.

    Nobody who buys anywhere, and none of ``except_ids``.
    """
    holdings = (
        _holding(Action.QUOTE_OPEN, today)
        .filter(_covering(project_id))
        .exclude(user_id__in=_holding(Action.PURCHASE_BUY, today).values("user_id"))
        .exclude(user_id__in=[pk for pk in except_ids if pk is not None])
        .select_related("user", "post")
        .order_by("user_id", "pk")
    )
    first: dict[int, PostHolding] = {}
    for holding in holdings:
        first.setdefault(holding.user_id, holding)
    keys = set(
        OpenerKey.objects.filter(user_id__in=first, ended_at__isnull=True).values_list(
            "user_id", flat=True
        )
    )
    return [
        Opener(user_id, holding.user.label, holding.post.key, has_key=user_id in keys)
        for user_id, holding in first.items()
    ]


def own_key(user_id: int) -> OpenerKey | None:
    """Return the key that somebody opens rounds with, ``None`` if he has made none."""
    return OpenerKey.objects.filter(user_id=user_id, ended_at__isnull=True).first()


def keys_of(user_id: int) -> list[int]:
    """Return the ids of all keys that somebody has made, to tell their history."""
    return list(OpenerKey.objects.filter(user_id=user_id).values_list("pk", flat=True))


def rounds_entrusted_to(user_id: int) -> QuerySet[Round]:
    """Return the rounds under way that somebody opens with another, the next deadline first."""
    return _rounds_of(user_id, is_lost=False)


def rounds_to_release(*, actor: Actor, now: datetime) -> QuerySet[Round]:
    """Return the closed rounds whose part of the key the actor can release, the oldest first."""
    if actor.user_id is None:
        return Round.objects.none()
    done = Release.objects.filter(round=OuterRef("round"), side=OuterRef("side"))
    shares = KeyShare.objects.filter(
        ~Exists(done), opener_key__user_id=actor.user_id, opener_key__ended_at__isnull=True
    )
    return access.scoped(
        Round.objects.filter(
            state=RoundState.OPEN, closes_at__lte=now, pk__in=shares.values("round")
        ),
        actor,
        Action.QUOTE_OPEN,
    ).order_by("closes_at", "pk")


def rounds_lost_to(user_id: int) -> QuerySet[Round]:
    """Return the rounds under way whose share is lost to him with a key that he replaced."""
    return _rounds_of(user_id, is_lost=True)


def _rounds_of(user_id: int, *, is_lost: bool) -> QuerySet[Round]:
    shares = KeyShare.objects.filter(
        opener_key__user_id=user_id, opener_key__ended_at__isnull=not is_lost
    )
    return Round.objects.filter(state=RoundState.OPEN, pk__in=shares.values("round")).order_by(
        "closes_at", "pk"
    )


def share_count(key: OpenerKey) -> int:
    """Return how many rounds' shares were wrapped for a key."""
    return key.shares.count()


def own_share(round_id: int, user_id: int) -> KeyShare | None:
    """Return the share that was wrapped for somebody, also for a key that he replaced since."""
    return (
        KeyShare.objects.filter(round=round_id, opener_key__user_id=user_id)
        .select_related("opener_key")
        .first()
    )


def standings(quote_round: Round, *, today: date) -> list[Standing]:
    """Return everybody to whom a share of the round was entrusted, by side, and how he stands."""
    shares = list(
        KeyShare.objects.filter(round=quote_round)
        .select_related("opener_key")
        .order_by("side", "pk")
    )
    ids = [share.opener_key.user_id for share in shares]
    held = set(
        _holding(Action.QUOTE_OPEN, today)
        .filter(_covering(quote_round.project_id), user_id__in=ids)
        .exclude(user_id__in=_holding(Action.PURCHASE_BUY, today).values("user_id"))
        .values_list("user_id", "post__key")
    )
    labels = _labels(ids)
    released = set(quote_round.releases.values_list("user_id", flat=True))
    return [
        Standing(
            side=share.side,
            user_id=share.opener_key.user_id,
            label=labels.get(share.opener_key.user_id, ""),
            post=share.post,
            has_key=share.opener_key.ended_at is None,
            holds_post=(share.opener_key.user_id, share.post) in held,
            has_released=share.opener_key.user_id in released,
        )
        for share in shares
    ]


def _holding(action: Action, today: date) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(
        in_force(today),
        user__is_active=True,
        post__is_active=True,
        post__actions__action=action,
        post__actions__is_given=True,
    )


def _covering(project_id: int | None) -> Q:
    everywhere = Q(project_id__isnull=True)
    return everywhere if project_id is None else everywhere | Q(project_id=project_id)


def _labels(user_ids: Collection[int]) -> dict[int, str]:
    return {user.pk: user.label for user in User.objects.filter(pk__in=set(user_ids))}
