"""Reads of people and posts."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet

from kernel import access
from kernel.access.actions import POSTS
from kernel.access.models import ApiToken, Integration, PostHolding, User, is_named
from kernel.errors import NotFound
from kernel.text import _


def holdings_of(*, user_id: int, today: date) -> QuerySet[PostHolding]:
    """Return the posts in force on ``today``, in the order they were given."""
    return PostHolding.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today), user_id=user_id, valid_from__lte=today
    ).order_by("pk")


def holders_of(*, posts: Sequence[str], today: date) -> QuerySet[PostHolding, int]:
    """Return the ids of the people who hold one of ``posts`` on ``today``, anywhere."""
    return (
        PostHolding.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=today), post__in=posts, valid_from__lte=today
        )
        .order_by()
        .values_list("user_id", flat=True)
    )


def actor_for(*, user: User, today: date, request_id: str = "") -> access.Actor:
    """Return the actor that ``user`` is on ``today``; one query. Inactive users hold nothing."""
    grants: set[access.Grant] = set()
    if user.is_active:
        for post, project_id in holdings_of(user_id=user.pk, today=today).values_list(
            "post", "project_id"
        ):
            grants.update(access.Grant(action, project_id) for action in POSTS[post].actions)
    return access.Actor(
        label=user.label,
        user_id=user.pk,
        grants=frozenset(grants),
        request_id=request_id,
    )


def users(*, actor: access.Actor) -> QuerySet[User]:
    """Return the company's people by user name.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    return User.objects.order_by("username")


def get_person(*, actor: access.Actor, user_id: int) -> User:
    """Return one of the company's people.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such person.
    """
    user = users(actor=actor).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def all_holdings_of(*, actor: access.Actor, user_id: int) -> QuerySet[PostHolding]:
    """Return all posts a person holds, held or will hold, the latest first.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, access.Action.USER_MANAGE)
    return PostHolding.objects.filter(user_id=user_id).order_by("-valid_from", "-pk")


def tokens_of(*, user_id: int) -> QuerySet[ApiToken]:
    """Return a person's API tokens, the newest first; revoked ones too. The caller may see them."""
    return ApiToken.objects.filter(user_id=user_id).order_by("-pk")


def get_token_of(*, user_id: int, token_id: int) -> ApiToken:
    """Return a token of this very person.

    :raises NotFound: if it is another's or there is none.
    """
    token = ApiToken.objects.filter(pk=token_id, user_id=user_id).first()
    if token is None:
        raise NotFound
    return token


def integrations(*, actor: access.Actor) -> QuerySet[Integration]:
    """Return the programs the company has let in, the newest first; ended ones too.

    :raises access.ActionDenied: without ``token.manage``.
    """
    access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    return Integration.objects.select_related("keeper").order_by("-pk")


def get_integration(*, actor: access.Actor, integration_id: int) -> Integration:
    """Return one program.

    :raises access.ActionDenied: without ``token.manage``.
    :raises NotFound: if there is none.
    """
    found = integrations(actor=actor).filter(pk=integration_id).first()
    if found is None:
        raise NotFound
    return found


def tokens_of_integration(*, actor: access.Actor, integration_id: int) -> QuerySet[ApiToken]:
    """Return a program's tokens, the newest first; revoked ones too.

    :raises access.ActionDenied: without ``token.manage``.
    """
    access.require_everywhere(actor, access.Action.TOKEN_MANAGE)
    return ApiToken.objects.filter(integration_id=integration_id).order_by("-pk")


def get_user(*, username: str) -> User:
    """Return the person with this user name, whatever its case.

    :raises NotFound: if there is none.
    """
    user = User.objects.filter(is_named(username)).first()
    if user is None:
        raise NotFound(_("There is nobody with this user name."))
    return user


def people_of_login(*, user_id: int | None = None, login: str = "") -> list[User]:
    """Return the active people with an address who have this id, user name or address.

    For the mail with the password link only. An address that many share reaches five of them.
    """
    found = User.objects.filter(is_active=True).exclude(email="").order_by("pk")
    if user_id is not None:
        return list(found.filter(pk=user_id))
    if not login:
        return []
    return list(found.filter(Q(is_named(login)) | Q(email__iexact=login))[:5])


def lock_user(user_id: int) -> User:
    """Return the person, locked until the transaction ends.

    :raises NotFound: if there is none.
    """
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user
