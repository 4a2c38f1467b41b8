"""What a pair of duties is, where it is checked, and how it may be softened."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from kernel.access.actions import Action
from kernel.duties.steps import Step


class Level(StrEnum):
    """Where a pair is checked; the handbook's T and R."""

    RECORD = "T"
    POST = "R"


class Basis(StrEnum):
    """How sure a pair is."""

    NAMED = "named"  # a source names the two as incompatible
    PROCEDURE = "procedure"  # a procedure gives the two steps to two posts
    OURS = "ours"  # added by us


class Mode(StrEnum):
    """What ``sod.mode`` may be."""

    BLOCK = "block"
    WARN = "warn"
    BLOCK_WITH_EXEMPTION = "block_with_exemption"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two duties: its steps on a record, and the posts that carry it.

    A post of the company's own making carries it too if it counts as one of ``posts`` or has one
    of ``actions``. ``related`` are actions that the other side is refused because of the pair,
    though they do not make a post of this one.
    """

    duty: Promise
    steps: frozenset[Step]
    posts: frozenset[str] = frozenset()
    actions: frozenset[Action] = frozenset()
    related: frozenset[Action] = frozenset()

    def is_carried_by(self, posts: Collection[str], actions: Collection[Action] = ()) -> bool:
        """Tell whether a post that counts as ``posts`` and allows ``actions`` carries this duty."""
        return not (self.posts.isdisjoint(posts) and self.actions.isdisjoint(actions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two duties that one person does not carry together."""

    id: str
    a: Side
    b: Side
    levels: frozenset[Level]
    source: str
    basis: Basis
    message: Promise

    @property
    def duty_a(self) -> Promise:
        return self.a.duty

    @property
    def duty_b(self) -> Promise:
        return self.b.duty

    @property
    def posts_a(self) -> frozenset[str]:
        return self.a.posts

    @property
    def posts_b(self) -> frozenset[str]:
        return self.b.posts

    @property
    def is_mutual(self) -> bool:
        """Every step against every other, as among the parties of a joint review."""
        return self.a.steps == self.b.steps

    def parts(self, one: Step, other: Step) -> bool:
        """Tell whether the pair keeps the two steps apart; the order does not matter."""
        if one == other:
            return False
        return (one in self.a.steps and other in self.b.steps) or (
            one in self.b.steps and other in self.a.steps
        )
