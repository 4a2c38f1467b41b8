"""Reads of people and posts; who holds a post, who leads whom.

A holding counts in a project if it is of that project or of the whole company; with ``project_id``
``None`` only the whole company's count. People who were shut out hold and lead nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from kernel import access
from kernel.access import lines
from kernel.access.models import (
    ApiToken,
    CountsAs,
    Department,
    DepartmentHead,
    Integration,
    Post,
    PostHolding,
    User,
    is_named,
)
from kernel.errors import NotFound
from kernel.text import _


def in_force(today: date, path: str = "") -> Q:
    """Return the condition for a holding on ``today``; its end is exclusive.

    ``path`` leads to the holding, such as ``"holdings__"``.
    """
    begun = Q(**{f"{path}valid_from__lte": today})
    not_over = Q(**{f"{path}valid_to__isnull": True}) | Q(**{f"{path}valid_to__gt": today})
    return begun & not_over


def _covering(project_id: int | None) -> Q:
    """Return the condition for what counts in the project."""
    everywhere = Q(project_id__isnull=True)
    return everywhere if project_id is None else everywhere | Q(project_id=project_id)


def holdings_of(*, user_id: int, today: date) -> QuerySet[PostHolding]:
    """Return the posts in force on ``today``, in the order they were given."""
    return PostHolding.objects.filter(in_force(today), user_id=user_id).order_by("pk")


def holders_of(*, posts: Sequence[str], today: date) -> QuerySet[PostHolding, int]:
    """Return the ids of the people who hold one of ``posts`` on ``today``, anywhere."""
    return (
        PostHolding.objects.filter(in_force(today), post__key__in=posts)
        .order_by()
        .values_list("user_id", flat=True)
    )


def actor_for(*, user: User, today: date, request_id: str = "", address: str = "") -> access.Actor:
    """Return the actor that ``user`` is on ``today``; one query.

    Inactive users hold nothing, retired posts give nothing.
    """
    posts: dict[access.Grant, str] = {}
    if user.is_active:
        known = {action.value: action for action in access.Action}
        given = (
            holdings_of(user_id=user.pk, today=today)
            .filter(post__is_active=True, post__actions__is_given=True)
            .values_list("post__key", "project_id", "post__actions__action")
        )
        for post, project_id, action in given:
            if action in known:  # one that an older release knew gives nothing
                posts.setdefault(access.Grant(known[action], project_id), post)
    return access.Actor(
        label=user.label,
        user_id=user.pk,
        grants=frozenset(posts),
        request_id=request_id,
        address=address,
        posts=posts,
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
    return (
        PostHolding.objects.filter(user_id=user_id)
        .select_related("post")
        .order_by("-valid_from", "-pk")
    )


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


def people_of_post(*, post: str, project_id: int | None, today: date) -> list[User]:
    """Return the active people whom ``post`` means in the project, in the order of their ids.

    Those who hold it, or a post of the company that stands in for it.
    """
    return people_of_posts(posts=[post], project_id=project_id, today=today)


def people_of_posts(*, posts: Sequence[str], project_id: int | None, today: date) -> list[User]:
    """Return whom any of ``posts`` means in the project, each once, in the order of their ids."""
    return _holders(_meaning(posts), project_id, today)


def _holders(posts: Q, project_id: int | None, today: date) -> list[User]:
    holders = PostHolding.objects.filter(
        posts, in_force(today), _covering(project_id), post__is_active=True
    )
    return list(
        User.objects.filter(is_active=True, pk__in=holders.values("user_id")).order_by("pk")
    )


def _meaning(posts: Sequence[str]) -> Q:
    """Return the condition for a holding of one of ``posts``, or of what stands in for one."""
    stand_ins = CountsAs.objects.filter(counts_as__key__in=posts, post__stands_in=True)
    return Q(post__key__in=posts) | Q(post__in=stand_ins.values("post"))


def meanings_of_posts(*, posts: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return the posts that each of ``posts`` means: itself, and what stands in for it."""
    found = {post: {post} for post in posts}
    stand_ins = CountsAs.objects.filter(counts_as__key__in=posts, post__stands_in=True)
    for post, stand_in in stand_ins.values_list("counts_as__key", "post__key"):
        found[post].add(stand_in)
    return {post: frozenset(keys) for post, keys in found.items()}


def people_with(*, action: access.Action, project_id: int | None, today: date) -> QuerySet[User]:
    """Return the active people whose posts let them do ``action`` in the project, by id."""
    holders = PostHolding.objects.filter(
        in_force(today),
        _covering(project_id),
        post__is_active=True,
        post__actions__action=action,
        post__actions__is_given=True,
    )
    return User.objects.filter(is_active=True, pk__in=holders.values("user_id")).order_by("pk")


def posts_of(*, user_id: int, project_id: int | None, today: date) -> frozenset[str]:
    """Return the keys of the posts that a person holds for the project."""
    return frozenset(
        PostHolding.objects.filter(
            in_force(today),
            _covering(project_id),
            user_id=user_id,
            user__is_active=True,
            post__is_active=True,
        ).values_list("post__key", flat=True)
    )


def posts_meant_of(*, user_id: int, project_id: int | None, today: date) -> frozenset[str]:
    """Return the posts of a person in the project, and those for which one of them stands in."""
    held = posts_of(user_id=user_id, project_id=project_id, today=today)
    stands_in = CountsAs.objects.filter(post__key__in=held, post__stands_in=True)
    return held | frozenset(stands_in.values_list("counts_as__key", flat=True))


def posts_that_let(
    *, user_id: int, action: access.Action, project_id: int, today: date
) -> list[frozenset[str]]:
    """Return the posts by which a person may do ``action``: each with those it counts as."""
    held = (
        holdings_of(user_id=user_id, today=today)
        .filter(
            _covering(project_id),
            post__is_active=True,
            post__actions__action=action,
            post__actions__is_given=True,
        )
        .values_list("post__key", "post__counts__counts_as__key")
    )
    found: dict[str, set[str]] = {}
    for key, counts_as in held:
        found.setdefault(key, {key}).update({counts_as} - {None})
    return [frozenset(keys) for keys in found.values()]


def leader_of(*, user_id: int, project_id: int | None, level: int, today: date) -> list[User]:
    """Return who stands ``level`` steps above a person in the project, never himself.

    Counted up the ladder of that day from his highest post there; an empty list if nobody holds the
    post so reached, or the ladder ends before it.
    """
    ladder = lines.above(today)
    held = posts_of(user_id=user_id, project_id=project_id, today=today)
    if not held:
        return []
    highest = min(held, key=lambda post: (len(line_above(post, ladder)), post))
    line = line_above(highest, ladder)
    if not 1 <= level <= len(line):
        return []
    found = _holders(Q(post__key=line[level - 1]), project_id, today)
    return [leader for leader in found if leader.pk != user_id]


def head_of_department_of(*, user_id: int, project_id: int | None, today: date) -> list[User]:
    """Return the head of a person's department, of the project's before the company's.

    Nobody leads himself: for a head, and for a department that has none, it is the head of the
    department above. A head has no dates; ``today`` is there as in every question of this kind.
    """
    start = User.objects.filter(pk=user_id).values_list("department_id", flat=True).first()
    parents = dict(Department.objects.values_list("pk", "parent_id"))
    heads = {
        (head.department_id, head.project_id): head.user
        for head in DepartmentHead.objects.filter(
            _covering(project_id), user__is_active=True
        ).select_related("user")
    }
    department = start
    while department is not None:
        for place in dict.fromkeys((project_id, None)):
            head = heads.get((department, place))
            if head is not None and head.pk != user_id:
                return [head]
        department = parents[department]
    return []


def posts_to_give() -> list[Post]:
    """Return the posts that staff may hold, in the order in which they were made."""
    return list(
        Post.objects.filter(is_active=True).exclude(place=Post.Place.OUTSIDE).order_by("pk")
    )


def line_above(post: str, ladder: Mapping[str, str]) -> list[str]:
    """Return the posts above ``post``, the nearest first. The database refuses circles."""
    line: list[str] = []
    above = ladder.get(post)
    while above is not None:
        line.append(above)
        above = ladder.get(above)
    return line


def post_label(key: str) -> str:
    """Return the post's name in the language in force; the key itself for one there never was."""
    post = Post.objects.filter(key=key).first()
    return post.label if post is not None else key
