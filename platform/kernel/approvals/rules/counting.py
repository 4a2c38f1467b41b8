"""Which earlier signatures matter at a step: those that count again, those that bar. Pure."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from kernel.approvals.rules.definitions import Duty, Step


class Duplicates(StrEnum):
    """Company setting: whether one who signed already signs again at a later step (C-01)."""

    ANY = "any"  # a signature counts for every later step
    ADJACENT = "adjacent"  # only for the step right after it
    OFF = "off"  # each step is signed anew


class Signed(NamedTuple):
    """A step that was signed, and by whom in his own right."""

    position: int
    user_ids: frozenset[int]


def counted_ids(
    mode: Duplicates, signed: Sequence[Signed], previous_position: int | None
) -> frozenset[int]:
    """Return the people whose signatures count at the step after ``previous_position``."""
    match mode:
        case Duplicates.OFF:
            return frozenset()
        case Duplicates.ADJACENT:
            return frozenset().union(
                *(step.user_ids for step in signed if step.position == previous_position)
            )
    return frozenset().union(*(step.user_ids for step in signed))


def barred(step: Step, played: Mapping[Duty, Collection[int]]) -> dict[int, str]:
    """Return who is kept apart from ``step``, with the rule: he played the other part before."""
    return {person: duty.rule for duty in step.duties for person in played.get(duty.other, ())}
