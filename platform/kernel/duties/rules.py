"""What follows from the pairs: which steps, which posts are apart, and where two posts meet."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date

from kernel.access.actions import Action
from kernel.duties.catalogue import PAIRS
from kernel.duties.pair import Level, Pair
from kernel.duties.steps import Step


@dataclass(frozen=True, slots=True)
class Held:
    """A post that somebody holds or is to hold: where, from when, until when (exclusive)."""

    post: str
    project_id: int | None
    valid_from: date
    valid_to: date | None = None
    holding_id: int | None = None
    actions: frozenset[Action] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two posts of one person that meet in a place (``None``: everywhere) for some days."""

    pair: Pair
    first: Held
    second: Held
    project_id: int | None
    valid_from: date
    valid_to: date | None


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


def pairs_within(post: str, actions: Collection[Action]) -> tuple[Pair, ...]:
    """Return the pairs of which one post alone would carry both duties, by number."""
    return tuple(
        pair
        for pair in PAIRS.values()
        if Level.POST in pair.levels
        and pair.a.is_carried_by(post, actions)
        and pair.b.is_carried_by(post, actions)
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
    return (
        pair.a.is_carried_by(first.post, first.actions)
        and pair.b.is_carried_by(second.post, second.actions)
    ) or (
        pair.b.is_carried_by(first.post, first.actions)
        and pair.a.is_carried_by(second.post, second.actions)
    )
