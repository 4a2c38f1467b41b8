"""Reads of second factors, sessions, company items and departures."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from kernel import access
from kernel.access.models import PostHolding, User
from kernel.access.queries import holdings_of
from kernel.errors import NotFound
from kernel.identity.models import (
    AuthenticatorApp,
    Departure,
    FactorDuty,
    HeldItem,
    HeldItemEvent,
    Passkey,
    RecoveryCode,
    SignIn,
)

# ---- second factors -----------------------------------------------------------------------------


def app_of(*, user_id: int) -> AuthenticatorApp | None:
    """Return a person's authenticator app, if he has one. The caller may see it."""
    return AuthenticatorApp.objects.filter(user_id=user_id).first()


def passkeys_of(*, user_id: int) -> QuerySet[Passkey]:
    """Return a person's passkeys in the order they came. The caller may see them."""
    return Passkey.objects.filter(user_id=user_id).order_by("pk")


def recovery_codes_left(*, user_id: int) -> int:
    """Return how many recovery codes still open."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def has_factor(*, user_id: int) -> bool:
    """Tell whether the person has an app or a passkey."""
    return (
        AuthenticatorApp.objects.filter(user_id=user_id).exists()
        or Passkey.objects.filter(user_id=user_id).exists()
    )


def must_have_factor(*, user_id: int, today: date) -> bool:
    """Tell whether a post that he holds today asks for a second factor."""
    posts = holdings_of(user_id=user_id, today=today).values("post")
    return FactorDuty.objects.filter(post__in=posts).exists()


def posts_with_factor() -> frozenset[str]:
    """Return the posts that must have a second factor."""
    return frozenset(FactorDuty.objects.values_list("post", flat=True))


# ---- sessions -----------------------------------------------------------------------------------


def sessions_of(*, user_id: int, now: datetime) -> QuerySet[SignIn]:
    """Return a person's living sessions, the one seen last first. The caller may see them."""
    oldest = now - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SignIn.objects.filter(
        user_id=user_id, epoch=F("user__session_epoch"), ended_at=None, last_seen_at__gt=oldest
    ).order_by("-last_seen_at", "-pk")


# ---- company items ------------------------------------------------------------------------------


def items(*, actor: access.Actor) -> QuerySet[HeldItem]:
    """Return the company items in sight, those in somebody's hands first.

    :raises access.ActionDenied: without ``item.manage``.
    """
    access.require(actor, access.Action.ITEM_MANAGE)
    found = HeldItem.objects.select_related("holder").order_by("-since", "-pk")
    if actor.may_everywhere(access.Action.ITEM_MANAGE):
        return found
    return access.scoped(found, actor, access.Action.ITEM_MANAGE)


def get_item(*, actor: access.Actor, item_id: int) -> HeldItem:
    """Return one company item.

    :raises access.ActionDenied: without ``item.manage``.
    :raises NotFound: if there is none in sight.
    """
    item = items(actor=actor).filter(pk=item_id).first()
    if item is None:
        raise NotFound
    return item


def possible_holders(*, actor: access.Actor, today: date) -> QuerySet[User]:
    """Return the active people to whom the actor may issue something, by name.

    Whoever manages items in some projects only sees the people with a post there or everywhere.

    :raises access.ActionDenied: without ``item.manage``.
    """
    access.require(actor, access.Action.ITEM_MANAGE)
    people = User.objects.filter(is_active=True).order_by("name", "pk")
    projects = actor.projects(access.Action.ITEM_MANAGE)
    if projects == access.ALL_PROJECTS:
        return people
    there = PostHolding.objects.filter(
        Q(project_id__isnull=True) | Q(project_id__in=sorted(projects)),
        Q(valid_to__isnull=True) | Q(valid_to__gt=today),
        valid_from__lte=today,
    )
    return people.filter(pk__in=there.values("user"))


def events_of_item(*, actor: access.Actor, item_id: int) -> QuerySet[HeldItemEvent]:
    """Return through whose hands an item went, the latest first.

    :raises access.ActionDenied: without ``item.manage``.
    :raises NotFound: if there is none in sight.
    """
    item = get_item(actor=actor, item_id=item_id)
    return item.events.select_related("from_user", "to_user").order_by("-pk")


def items_held_by(*, user_id: int) -> QuerySet[HeldItem]:
    """Return what a person has of the company's. The caller may see it."""
    return HeldItem.objects.filter(holder_id=user_id).order_by("kind", "number")


# ---- departures ---------------------------------------------------------------------------------


def departures(*, actor: access.Actor) -> QuerySet[Departure]:
    """Return who is leaving and has left, the latest first.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    return Departure.objects.select_related("user").order_by("-pk")


def open_departures(*, actor: access.Actor) -> QuerySet[Departure]:
    """Return whose leaving is begun and not closed, the last day first; not the actor's own.

    :raises access.ActionDenied: without ``user.manage``.
    """
    found = departures(actor=actor).filter(closed_at=None, taken_back_at=None)
    return found.exclude(user_id=actor.user_id or 0).order_by("last_day", "pk")


def get_departure(*, actor: access.Actor, departure_id: int) -> Departure:
    """Return one departure.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is none.
    """
    found = departures(actor=actor).filter(pk=departure_id).first()
    if found is None:
        raise NotFound
    return found


def open_departure_of(*, user_id: int) -> Departure | None:
    """Return the departure that a person is in. The caller may see it."""
    return Departure.objects.filter(user_id=user_id, closed_at=None, taken_back_at=None).first()
