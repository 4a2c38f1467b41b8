"""Brings the catalogue's posts and departments to a company, whatever it has changed meanwhile."""

from datetime import datetime

from django.db import transaction

from kernel.access.catalogue import DEPARTMENTS, POSTS
from kernel.access.models import Department, Post, PostAction, ReportingLine


@transaction.atomic
def seed_posts(_now: datetime) -> None:
    """Add what is missing of the catalogue. Repeatable; for new companies and at every migration.

    What a company has changed stays: names, lines, departments, actions taken from a post. A new
    action reaches the posts that the catalogue gives it to.
    """
    _add_departments()
    _add_posts()
    _add_actions()


def _add_departments() -> None:
    known = set(Department.objects.values_list("key", flat=True))
    Department.objects.bulk_create(
        Department(key=key, name=seed.name, name_en=seed.name_en)
        for key, seed in DEPARTMENTS.items()
        if key not in known
    )


def _add_posts() -> None:
    """Add the posts, and fill those that a migration made because somebody held them."""
    filled = dict(Post.objects.values_list("key", "source"))
    new = [key for key in POSTS if not filled.get(key)]
    if not new:
        return
    departments = dict(Department.objects.values_list("key", "pk"))
    Post.objects.bulk_create(
        (
            Post(
                key=key,
                name=POSTS[key].name,
                name_en=POSTS[key].name_en,
                place=POSTS[key].place.value,
                department_id=departments.get(POSTS[key].department or ""),
                source=POSTS[key].source,
            )
            for key in new
        ),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["name", "name_en", "place", "department", "source"],
    )
    drawn = set(ReportingLine.objects.values_list("post__key", flat=True))
    ReportingLine.objects.bulk_create(
        ReportingLine(post_id=key, reports_to_id=above)
        for key in new
        if key not in drawn and (above := POSTS[key].reports_to) is not None
    )


def _add_actions() -> None:
    known = set(PostAction.objects.values_list("post__key", "action"))
    PostAction.objects.bulk_create(
        PostAction(post_id=key, action=action.value)
        for key, seed in POSTS.items()
        for action in sorted(seed.actions)
        if (key, action.value) not in known
    )
