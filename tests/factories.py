"""Objects for tests. Every factory goes through an operation or fills only what it must."""

from datetime import UTC, date, datetime

from kernel import access
from kernel.access import operations
from kernel.access.actors import Actor
from kernel.access.models import PostHolding, User
from kernel.access.queries import actor_for

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TODAY = date(2026, 11, 9)
PASSWORD = "correct-horse-battery"


def add_user(username: str, *, name: str = "", email: str = "") -> User:
    return operations.add_user(
        actor=access.SYSTEM,
        username=username,
        name=name or username,
        email=email,
        password=PASSWORD,
        now=NOW,
    )


def add_actor(username: str, post: str, *, project_id: int | None = None) -> Actor:
    """Add a person with one post and return the actor that he is."""
    user = add_user(username)
    operations.give_post(
        actor=access.SYSTEM,
        user_id=user.pk,
        post=post,
        project_id=project_id,
        valid_from=date(2026, 1, 1),
        now=NOW,
    )
    return actor_for(user=user, today=TODAY)


def hold_post(user: User, post: str, project_id: int | None = None) -> PostHolding:
    """Let a person hold a post whatever else he holds.

    For one visitor who may do everything: the posts that check each other are not given together.
    """
    return PostHolding.objects.create(
        user=user, post_id=post, project_id=project_id, valid_from=date(2025, 1, 1)
    )
