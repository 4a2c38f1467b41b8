"""What the pages about chains call things, and what their selects offer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext

from console.approvals.phrases import Names
from kernel import duties
from kernel.access import Action, Actor
from kernel.access import queries as people
from kernel.access.models import User
from kernel.approvals import queries
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.definitions import Side
from kernel.approvals.rules.facts import Fact
from services.properties import queries as registry

Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the selects offer."""

    facts: Mapping[str, Fact]
    posts: Choices
    people: Choices
    projects: Choices
    duties: Choices
    names: Names


class Lookup:
    """Names of posts, people and projects; each is read once, and only if it is asked for."""

    def __init__(self, actor: Actor, today: date) -> None:
        self.actor, self.today = actor, today

    @cached_property
    def posts(self) -> dict[str, str]:
        return {post.key: post.label for post in people.posts_to_give()}

    @cached_property
    def users(self) -> list[User]:
        """Everybody who may sign in, by name: for administrators, and to tell names by."""
        return list(queries.colleagues(project_ids=None, today=self.today))

    def colleagues(self, project_ids: Collection[int] | None = None) -> list[User]:
        """Return whom the actor may name: who holds a post in these projects, or in his own."""
        if self.actor.may_everywhere(Action.APPROVAL_CONFIGURE):
            return self.users
        own = list(self.projects) if project_ids is None else project_ids
        return list(queries.colleagues(project_ids=own, today=self.today))

    @cached_property
    def projects(self) -> dict[int, str]:
        return {project.pk: project.name for project in registry.projects(actor=self.actor)}

    def post(self, key: str) -> str:
        return self.posts.get(key) or people.post_label(key)

    def setting(self, key: str) -> str:
        return gettext("the setting %(key)s") % {"key": key}

    @cached_property
    def names(self) -> Names:
        return Names(
            post=self.post,
            people={user.pk: user.name for user in self.users},
            projects=self.projects,
            setting=self.setting,
        )

    def catalogue(self, kind: DocumentKind) -> Catalogue:
        return Catalogue(
            facts=kind.all_facts(),
            posts=list(self.posts.items()),
            people=[(str(user.pk), user.name) for user in self.users],
            projects=[(str(pk), name) for pk, name in self.projects.items()],
            duties=duty_choices(),
            names=self.names,
        )


def duty_choices() -> Sequence[tuple[str, str]]:
    """Return both sides of every pair that is kept apart on a record."""
    return [
        (f"{pair.id}:{side}", f"{pair.id} {duty}")
        for pair in duties.PAIRS.values()
        if duties.Level.RECORD in pair.levels
        for side, duty in ((Side.A, pair.duty_a), (Side.B, pair.duty_b))
    ]
