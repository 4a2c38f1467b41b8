"""Reads of posts, departments and staff for those who may see them."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from kernel import access
from kernel.access import classes, lines
from kernel.access.actions import Action
from kernel.access.models import Department, DepartmentHead, Post, PostHolding, ReportingLine
from kernel.access.queries import in_force
from kernel.duties.rules import NAMED_BY_PAIRS
from kernel.errors import NotFound


@dataclass(slots=True)
class Rung:
    """A post in the chart, with those who hold it and the posts that report to it."""

    post: Post
    holdings: list[PostHolding] = field(default_factory=list)
    below: list["Rung"] = field(default_factory=list)

    @property
    def is_held(self) -> bool:
        """Whether anybody holds this post or one below it."""
        return bool(self.holdings) or any(rung.is_held for rung in self.below)


@dataclass(frozen=True, slots=True)
class Countable:
    """A post of the catalogue as which another may count; ``in_pairs``: pairs of duties name it."""

    post: Post
    in_pairs: bool


def posts(*, actor: access.Actor, today: date) -> QuerySet[Post]:
    """Return the company's posts in the order they were made, retired ones too.

    Each with ``holder_count``, the people who hold it today, ``action_count``, and the post above
    it today as :func:`lines.with_above` tells it.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    holdings = in_force(today, "holdings__") & Q(holdings__user__is_active=True)
    return (
        lines.with_above(Post.objects.select_related("department"), today)
        .annotate(
            holder_count=Count("holdings__user", filter=holdings, distinct=True),
            action_count=Count("actions", filter=Q(actions__is_given=True), distinct=True),
        )
        .order_by("pk")
    )


def get_post(*, actor: access.Actor, post_id: int, today: date) -> Post:
    """Return one post, with the post above it today as :func:`lines.with_above` tells it.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such post.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    rows = lines.with_above(Post.objects.select_related("department"), today)
    post = rows.filter(pk=post_id).first()
    if post is None:
        raise NotFound
    return post


def posts_to_count_as(*, key: str) -> list[Countable]:
    """Return the posts of the catalogue as which the post may count, in the order of the rows."""
    rows = Post.objects.filter(key__in=classes.COUNTABLE - {key}).order_by("pk")
    return [Countable(row, row.key in NAMED_BY_PAIRS) for row in rows]


def posts_below(*, key: str, today: date) -> QuerySet[Post]:
    """Return the posts in use that report to a post today."""
    rows = ReportingLine.objects.filter(lines.on(today), reports_to__key=key)
    return Post.objects.filter(is_active=True, key__in=rows.values("post__key")).order_by("pk")


def posts_counted_as(*, key: str) -> QuerySet[Post]:
    """Return the posts of the catalogue as which the post counts, in the order of the rows."""
    return Post.objects.filter(counted__post__key=key).order_by("pk")


def holdings_of_post(*, actor: access.Actor, key: str) -> QuerySet[PostHolding]:
    """Return who holds, held or will hold a post, the latest first.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    return (
        PostHolding.objects.filter(post__key=key)
        .select_related("user", "post")
        .order_by("-valid_from", "-pk")
    )


def holdings(*, actor: access.Actor) -> QuerySet[PostHolding]:
    """Return every holding there is or was.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    return PostHolding.objects.select_related("user", "post").order_by("pk")


def departments(*, actor: access.Actor) -> QuerySet[Department]:
    """Return the departments, retired ones too, each with ``people_count``.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    return (
        Department.objects.select_related("parent")
        .annotate(people_count=Count("people", filter=Q(people__is_active=True)))
        .order_by("pk")
    )


def get_department(*, actor: access.Actor, department_id: int) -> Department:
    """Return one department.

    :raises access.ActionDenied: without ``user.manage``.
    :raises NotFound: if there is no such department.
    """
    department = departments(actor=actor).filter(pk=department_id).first()
    if department is None:
        raise NotFound
    return department


def heads(*, actor: access.Actor) -> QuerySet[DepartmentHead]:
    """Return who leads which department where.

    :raises access.ActionDenied: without ``user.manage``.
    """
    access.require_everywhere(actor, Action.USER_MANAGE)
    return DepartmentHead.objects.select_related("user", "department").order_by(
        "department_id", "project_id"
    )


def staff(*, actor: access.Actor, project_id: int, today: date) -> QuerySet[PostHolding]:
    """Return who holds what in a project today; the whole company's posts count there too.

    :raises NotFound: if the project is out of the actor's sight.
    :raises access.ActionDenied: without ``staff.view`` there.
    """
    access.require_in_project(actor, Action.STAFF_VIEW, project_id)
    return (
        PostHolding.objects.filter(
            in_force(today),
            Q(project_id__isnull=True) | Q(project_id=project_id),
            user__is_active=True,
            post__is_active=True,
        )
        .select_related("user__department", "post")
        .order_by("post_id", "user__name", "pk")
    )


def chart(*, actor: access.Actor, project_id: int | None, today: date) -> list[Rung]:
    """Return the ladder from the top, with those who hold each post.

    In a project with its people and the whole company's; without one, the whole company's only.

    :raises NotFound: if the project is out of the actor's sight.
    :raises access.ActionDenied: without ``staff.view`` there.
    """
    if project_id is None:
        access.require(actor, Action.STAFF_VIEW)
        found = PostHolding.objects.filter(
            in_force(today), project_id__isnull=True, user__is_active=True
        ).select_related("user", "post")
    else:
        found = staff(actor=actor, project_id=project_id, today=today)
    rows = Post.objects.filter(is_active=True).exclude(place=Post.Place.OUTSIDE).order_by("pk")
    rungs = {post.key: Rung(post) for post in rows}
    for holding in found:
        if holding.post.key in rungs:
            rungs[holding.post.key].holdings.append(holding)
    tops: list[Rung] = []
    ladder = lines.above(today)
    for rung in rungs.values():
        above = rungs.get(ladder.get(rung.post.key, ""))
        (above.below if above is not None else tops).append(rung)
    return tops
