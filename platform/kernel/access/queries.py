"""Reads of people and posts."""

from datetime import date

from django.db.models import Q, QuerySet

from kernel import access
from kernel.access.actions import POSTS
from kernel.access.models import PostHolding, User


def holdings_of(*, user_id: int, today: date) -> QuerySet[PostHolding]:
    """Return the posts in force on ``today``, in the order they were given."""
    return PostHolding.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today), user_id=user_id, valid_from__lte=today
    ).order_by("pk")


def actor_for(*, user: User, today: date, request_id: str = "") -> access.Actor:
    """Return the actor that ``user`` is on ``today``; one query. Inactive users hold nothing."""
    grants: set[access.Grant] = set()
    if user.is_active:
        for post, project_id in holdings_of(user_id=user.pk, today=today).values_list(
            "post", "project_id"
        ):
            grants.update(access.Grant(action, project_id) for action in POSTS[post].actions)
    return access.Actor(
        label=f"{user.name} ({user.username})",
        user_id=user.pk,
        grants=frozenset(grants),
        request_id=request_id,
    )


def users(*, actor: access.Actor) -> QuerySet[User]:
    """Return the company's people by user name.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require(actor, access.Action.USER_MANAGE)
    return User.objects.order_by("username")
