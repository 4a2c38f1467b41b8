"""People with their posts and the projects' names, for the pages of this folder."""

from datetime import date

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from kernel.access import Actor, queries
from kernel.access.models import PostHolding, User
from services.properties.models import Project


def with_project_names(holdings: QuerySet[PostHolding]) -> QuerySet[PostHolding]:
    """Add ``project_name``, ``None`` for a post in the whole company."""
    names = Project.objects.filter(pk=OuterRef("project_id")).values("name")[:1]
    return holdings.annotate(project_name=Subquery(names))


def people_with_posts(*, actor: Actor, today: date) -> QuerySet[User]:
    """Return the company's people, each with ``posts_now``."""
    in_force = PostHolding.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=today), valid_from__lte=today
    )
    return queries.users(actor=actor).prefetch_related(
        Prefetch(
            "holdings",
            with_project_names(in_force).select_related("post").order_by("post", "pk"),
            to_attr="posts_now",
        )
    )
