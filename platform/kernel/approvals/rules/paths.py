"""The path of a document through a chain, and who has to sign at a step of it.

The engine and "who would sign this?" both come here, so that neither can promise what the other
does not do.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kernel.approvals.rules.definitions import Branch, Definition, Mode, Step
from kernel.approvals.rules.facts import Fact, FactsInvalid, FactValue, all_hold
from kernel.text import _


@dataclass(frozen=True, slots=True)
class Route:
    """The branch that was taken, and its steps: those that the conditions leave out apart."""

    number: int
    branch: Branch
    steps: tuple[Step, ...]
    left_out: tuple[Step, ...]


class Outcome(StrEnum):
    OPEN = "open"  # somebody has to sign
    COUNTED = "counted"  # signatures given earlier are enough
    STUCK = "stuck"  # nobody may sign, or too few


@dataclass(frozen=True, slots=True)
class Slot:
    """One person's place at a step.

    :ivar parties: which of the step's assignees the person stands for.
    :ivar is_signed: by him, or by a signature of his that is counted.
    :ivar is_extra: a signer who was added and must sign whatever the mode says.
    :ivar is_for_all: a signer who was named for a step that had stopped: his signature is enough,
        and where he has not signed the step is as incomplete as it was without him.
    """

    user_id: int
    parties: frozenset[int]
    is_signed: bool = False
    is_extra: bool = False
    is_for_all: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens when a step is reached.

    ``vacant`` holds the numbers of the assignees for whom nobody may sign.
    """

    outcome: Outcome
    slots: tuple[Slot, ...] = ()
    vacant: tuple[int, ...] = ()


def route(
    definition: Definition, facts: Mapping[str, Fact], values: Mapping[str, FactValue]
) -> Route:
    """Return the way that a document with these facts takes.

    :raises FactsInvalid: if no branch fits, or a condition does not fit its fact.
    """
    for number, branch in enumerate(definition.branches):
        if all_hold(branch.when, facts, values):
            taken = [all_hold(step.when, facts, values) for step in branch.steps]
            return Route(
                number,
                branch,
                tuple(step for step, is_in in zip(branch.steps, taken, strict=True) if is_in),
                tuple(step for step, is_in in zip(branch.steps, taken, strict=True) if not is_in),
            )
    raise FactsInvalid(_("The chain has no branch for this document."))


def plan(
    step: Step,
    parties: Sequence[Collection[int]],
    *,
    excluded: Collection[int],
    signed: Collection[int],
) -> Plan:
    """Return who has to sign at ``step``.

    :param parties: for each assignee of the step the ids of the people that it means.
    :param excluded: who may not sign here: whose paper it is, and those kept apart.
    :param signed: whose earlier signatures count here (C-01); empty if each step is signed anew.
    """
    eligible = [
        list(dict.fromkeys(person for person in party if person not in excluded))
        for party in parties
    ]
    counted = frozenset(signed) if step.may_be_counted else frozenset()
    slots = tuple(
        Slot(
            person,
            frozenset(number for number, party in enumerate(eligible) if person in party),
            is_signed=person in counted,
        )
        for person in dict.fromkeys(person for party in eligible for person in party)
    )
    vacant = tuple(number for number, party in enumerate(eligible) if not party)
    if not is_complete(step, len(parties), [_signed(slot) for slot in slots]):
        return Plan(Outcome.STUCK, slots, vacant)
    if is_complete(step, len(parties), slots):
        return Plan(Outcome.COUNTED, slots)
    return Plan(Outcome.OPEN, slots)


def is_complete(step: Step, party_count: int, slots: Collection[Slot]) -> bool:
    """Tell whether the signatures given are enough.

    Where all or each must sign, an assignee for whom there is no place at all is never passed over.
    """
    if any(slot.is_extra and not slot.is_signed for slot in slots):
        return False
    if any(slot.is_for_all and slot.is_signed for slot in slots):
        return True
    own = [slot for slot in slots if not (slot.is_extra or slot.is_for_all)]
    signed = [slot for slot in own if slot.is_signed]
    match step.mode:
        case Mode.ANY:
            return bool(signed)
        case Mode.QUORUM:
            return len({slot.user_id for slot in signed}) >= max(step.quorum, 1)
        case Mode.ALL if len(signed) < len(own):
            return False
    if step.needs_different_people:
        return _matched([slot.parties for slot in signed]) == party_count
    return len(frozenset[int]().union(*(slot.parties for slot in signed))) == party_count


def is_needed(step: Step, party_count: int, slots: Sequence[Slot], index: int) -> bool:
    """Tell whether the signature of the slot ``index`` still brings the step further."""
    slot = slots[index]
    if slot.is_signed or slot.is_extra or slot.is_for_all or step.mode != Mode.EACH:
        return not slot.is_signed
    signed = [other.parties for other in slots if other.is_signed and not other.is_extra]
    if step.needs_different_people:
        return _matched([*signed, slot.parties]) > _matched(signed)
    return not slot.parties <= frozenset[int]().union(*signed)


def _signed(slot: Slot) -> Slot:
    return replace(slot, is_signed=True)


def _matched(people: Sequence[frozenset[int]]) -> int:
    """Return for how many parties the people can stand, each for one (augmenting paths)."""
    person_of: dict[int, int] = {}

    def place(person: int, tried: set[int]) -> bool:
        for party in sorted(people[person] - tried):
            tried.add(party)
            if party not in person_of or place(person_of[party], tried):
                person_of[party] = person
                return True
        return False

    return sum(place(person, set()) for person in range(len(people)))
