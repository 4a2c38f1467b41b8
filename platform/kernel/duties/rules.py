"""What follows from the pairs: which steps, which posts are apart, and where two posts meet."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from kernel.access.actions import Action
from kernel.access.catalogue import POSTS, STAFF
from kernel.duties.catalogue import PAIRS
from kernel.duties.pair import Level, Pair, Side
from kernel.duties.steps import Step


class Load(NamedTuple):
    """What a post carries: what it allows, and as which posts of the catalogue it counts."""

    actions: frozenset[Action] = frozenset()
    counts_as: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Held:
    """A post that somebody holds or is to hold: where, from when, until when (exclusive)."""

    post: str
    project_id: int | None
    valid_from: date
    valid_to: date | None = None
    holding_id: int | None = None
    load: Load = field(default=Load(), compare=False)

    def carries(self, side: Side) -> bool:
        """Tell whether whoever holds the post carries the duty."""
        return side.is_carried_by({self.post, *self.load.counts_as}, self.load.actions)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two posts of one person that meet in a place (``None``: everywhere) for some days."""

    pair: Pair
    first: Held
    second: Held
    project_id: int | None
    valid_from: date
    valid_to: date | None


class Likeness(NamedTuple):
    """A post of the catalogue that another is like, and the pairs that name it."""

    post: str
    rules: tuple[str, ...]


def _named_by_post() -> dict[str, tuple[str, ...]]:
    """Return the posts on sides that no action tells, each with the pairs of those sides."""
    found: dict[str, list[str]] = {}
    for pair in PAIRS.values():
        if Level.POST in pair.levels:
            for side in (pair.a, pair.b):
                for post in sorted(side.posts) if not side.actions else ():
                    found.setdefault(post, []).append(pair.id)
    return {post: tuple(dict.fromkeys(rules)) for post, rules in found.items()}


_NAMED_BY_POST: Final = _named_by_post()
# What tells the work of such a post: not what all the staff may, and not what it may only see.
_WORK: Final = {
    post: frozenset(
        action for action in POSTS[post].actions - STAFF if not action.endswith(".view")
    )
    for post in _NAMED_BY_POST
}
NAMED_BY_PAIRS: Final = frozenset(
    post
    for pair in PAIRS.values()
    if Level.POST in pair.levels
    for post in pair.posts_a | pair.posts_b
)


def pairs_between(one: Step, other: Step) -> tuple[Pair, ...]:
    """Return the pairs that keep two steps apart on one record, by number."""
    return tuple(
        pair for pair in PAIRS.values() if Level.RECORD in pair.levels and pair.parts(one, other)
    )


def pairs_of_step(step: Step) -> tuple[Pair, ...]:
    """Return the pairs in which a step takes part on a record, by number."""
    return tuple(
        pair
        for pair in PAIRS.values()
        if Level.RECORD in pair.levels and step in pair.a.steps | pair.b.steps
    )


def pairs_of_posts(first: Held, second: Held) -> tuple[Pair, ...]:
    """Return the pairs that keep two posts apart, by number; place and time are not looked at."""
    return tuple(
        pair for pair in PAIRS.values() if Level.POST in pair.levels and _part(pair, first, second)
    )


def pairs_within(post: str, load: Load) -> tuple[Pair, ...]:
    """Return the pairs of which one post alone would carry both duties, by number."""
    names = {post, *load.counts_as}
    return tuple(
        pair
        for pair in PAIRS.values()
        if Level.POST in pair.levels
        and pair.a.is_carried_by(names, load.actions)
        and pair.b.is_carried_by(names, load.actions)
    )


def likenesses(post: str, load: Load) -> tuple[Likeness, ...]:
    """Return the posts of the catalogue whose work this one may do and as which it does not count.

    Only those of duties that no action tells: the others are seen by what the post allows. What
    the catalogue itself lets a post do beside its own work, as a collector types in readings, is
    no likeness.
    """
    names = {post, *load.counts_as}
    usual = {like for name in names & POSTS.keys() for like in _alike(POSTS[name].actions)} | names
    return tuple(
        Likeness(like, _NAMED_BY_POST[like]) for like in _alike(load.actions) if like not in usual
    )


def pair_that_denies(action: Action, held: Callable[[Action], bool]) -> Pair | None:
    """Return the first pair for which somebody is refused ``action``: he carries its other duty.

    :param held: tells whether he holds an action in the place in question.
    """
    for pair in PAIRS.values():
        for side, other in ((pair.a, pair.b), (pair.b, pair.a)):
            if action in side.actions | side.related and any(
                held(one) for one in other.actions | other.related
            ):
                return pair
    return None


def meetings(first: Held, second: Held) -> tuple[Meeting, ...]:
    """Return where two posts of one person meet: pair, place and days. Empty if nowhere."""
    if None not in {first.project_id, second.project_id} and first.project_id != second.project_id:
        return ()
    begins = max(first.valid_from, second.valid_from)
    ends = min(filter(None, (first.valid_to, second.valid_to)), default=None)
    if ends is not None and ends <= begins:
        return ()
    place = second.project_id if first.project_id is None else first.project_id
    return tuple(
        Meeting(pair, first, second, place, begins, ends) for pair in pairs_of_posts(first, second)
    )


def _part(pair: Pair, first: Held, second: Held) -> bool:
    return (first.carries(pair.a) and second.carries(pair.b)) or (
        first.carries(pair.b) and second.carries(pair.a)
    )


def _alike(actions: Collection[Action]) -> tuple[str, ...]:
    return tuple(post for post, work in _WORK.items() if work and work.issubset(actions))
