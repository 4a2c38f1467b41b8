"""Brings the catalogue's posts and departments to a company, whatever it has changed meanwhile."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from kernel import policies
from kernel.access.catalogue import DEPARTMENTS, LADDERS, Ladder
from kernel.access.catalogue import Post as PostSeed
from kernel.access.models import Department, Post, PostAction, ReportingLine


@transaction.atomic
def seed_posts(_now: datetime) -> None:
    """Add what is missing of the catalogue. Repeatable; for new companies and at every migration.

    What a company has changed stays: names, lines, departments, actions taken from a post. A new
    action reaches the posts that the catalogue gives it to. A new post comes by the ladder that
    the company follows.
    """
    ladder = LADDERS[policies.get("org.reporting_lines", str)]
    _add_departments()
    _add_missing(ladder)
    _add_actions(ladder.seeds())


def _add_departments() -> None:
    known = set(Department.objects.values_list("key", flat=True))
    Department.objects.bulk_create(
        Department(key=key, name=seed.name, name_en=seed.name_en)
        for key, seed in DEPARTMENTS.items()
        if key not in known
    )


def add_posts(keys: Collection[str], ladder: Ladder) -> None:
    """Add posts of a ladder with their lines and what they may do."""
    seeds = {key: ladder.seeds()[key] for key in keys}
    departments = dict(Department.objects.values_list("key", "pk"))
    Post.objects.bulk_create(
        (
            Post(
                key=key,
                name=ladder.name_of(key)[0],
                name_en=ladder.name_of(key)[1],
                place=seed.place.value,
                department_id=departments.get(seed.department or ""),
                source=seed.source,
            )
            for key, seed in seeds.items()
        ),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "name_en", "place", "department", "source"],
    )
    _draw_lines(keys, ladder)
    _add_actions(seeds)


def _add_missing(ladder: Ladder) -> None:
    """Add the posts, and fill those that a migration made because somebody held them."""
    filled = dict(Post.objects.values_list("key", "source"))
    new = [key for key in ladder.seeds() if not filled.get(key)]
    if new:
        add_posts(new, ladder)


def _draw_lines(keys: Collection[str], ladder: Ladder) -> None:
    in_use = set(Post.objects.filter(is_active=True).values_list("key", flat=True))
    drawn = set(ReportingLine.objects.values_list("post__key", flat=True))
    ReportingLine.objects.bulk_create(
        ReportingLine(post_id=key, reports_to_id=above)
        for key in keys
        if key not in drawn and (above := ladder.nearest_above(key, in_use)) is not None
    )


def _add_actions(seeds: Mapping[str, PostSeed]) -> None:
    known = set(PostAction.objects.values_list("post__key", "action"))
    PostAction.objects.bulk_create(
        PostAction(post_id=key, action=action.value)
        for key, seed in seeds.items()
        for action in sorted(seed.actions)
        if (key, action.value) not in known
    )
