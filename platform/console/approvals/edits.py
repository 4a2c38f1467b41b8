"""Changes of a chain's definition, one command of the designer each. Pure."""

from dataclasses import dataclass, replace
from typing import Any

from kernel.approvals.rules.definitions import Assignee, AssigneeKind, Branch, Definition, Step
from kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class At:
    """A place in a definition: a branch, or one of its steps. Written ``1`` and ``1.0``."""

    branch: int
    step: int | None = None

    def __str__(self) -> str:
        return str(self.branch) if self.step is None else f"{self.branch}.{self.step}"


def read_at(text: str) -> At:
    """Return the place that an address or a button names.

    :raises NotFound: if it names none.
    """
    branch, dot, step = text.partition(".")
    parts = [branch, step] if dot else [branch]
    if not all(part.isascii() and part.isdecimal() and len(part) < 4 for part in parts):
        raise NotFound
    return At(int(branch), int(step) if dot else None)


def step_at(definition: Definition, at: At) -> Step:
    """Return the step there.

    :raises NotFound: if there is none.
    """
    branch = branch_at(definition, at)
    if at.step is None or at.step >= len(branch.steps):
        raise NotFound
    return branch.steps[at.step]


def branch_at(definition: Definition, at: At) -> Branch:
    """Return the branch there.

    :raises NotFound: if there is none.
    """
    if at.branch >= len(definition.branches):
        raise NotFound
    return definition.branches[at.branch]


def with_step(definition: Definition, at: At, **values: Any) -> Definition:
    """Return the definition with some values of one step changed."""
    step = step_at(definition, at)
    branch = branch_at(definition, at)
    steps = list(branch.steps)
    steps[at.step or 0] = replace(step, **values)
    return with_branch(definition, at, steps=tuple(steps))


def with_branch(definition: Definition, at: At, **values: Any) -> Definition:
    """Return the definition with some values of one branch changed."""
    branches = list(definition.branches)
    branches[at.branch] = replace(branch_at(definition, at), **values)
    return replace(definition, branches=tuple(branches))


def add_branch(definition: Definition) -> tuple[Definition, At]:
    """Add a branch before the last one, which takes all the rest and has no condition."""
    branches = list(definition.branches)
    place = max(len(branches) - 1, 0)
    step = Step(key=_new_key(definition), assignees=(Assignee(kind=AssigneeKind.LEADER),))
    branches.insert(place, Branch(steps=(step,)))
    return replace(definition, branches=tuple(branches)), At(place)


def add_step(definition: Definition, at: At) -> tuple[Definition, At]:
    """Add a step at a place; the one that was there and those below follow it."""
    branch = branch_at(definition, at)
    place = len(branch.steps) if at.step is None else min(at.step, len(branch.steps))
    step = Step(key=_new_key(definition), assignees=(Assignee(kind=AssigneeKind.LEADER),))
    steps = (*branch.steps[:place], step, *branch.steps[place:])
    return with_branch(definition, at, steps=steps), At(at.branch, place)


def remove(definition: Definition, at: At) -> tuple[Definition, At]:
    """Remove a step, or a branch while there is another.

    The last branch takes every case: with it gone, the one before it loses its condition.

    :raises NotFound: if there is nothing there to remove.
    """
    if at.step is not None:
        step_at(definition, at)
        steps = branch_at(definition, at).steps
        left = tuple(step for number, step in enumerate(steps) if number != at.step)
        place = At(at.branch, min(at.step, len(left) - 1)) if left else At(at.branch)
        return with_branch(definition, at, steps=left), place
    branch_at(definition, at)
    branches = [branch for number, branch in enumerate(definition.branches) if number != at.branch]
    if not branches:
        raise NotFound
    branches[-1] = replace(branches[-1], when=())
    return replace(definition, branches=tuple(branches)), At(min(at.branch, len(branches) - 1))


def move_step(definition: Definition, at: At, by: int) -> tuple[Definition, At]:
    """Move a step up or down in its branch; at the end of it nothing changes."""
    step_at(definition, at)
    steps = list(branch_at(definition, at).steps)
    place = (at.step or 0) + by
    if not 0 <= place < len(steps):
        return definition, at
    steps.insert(place, steps.pop(at.step or 0))
    return with_branch(definition, at, steps=tuple(steps)), At(at.branch, place)


def move_branch(definition: Definition, at: At, by: int) -> tuple[Definition, At]:
    """Move a branch among those with conditions; the last one stays the last."""
    branch_at(definition, at)
    branches = list(definition.branches)
    place, last = at.branch + by, len(branches) - 1
    if at.branch == last or not 0 <= place < last:
        return definition, at
    branches.insert(place, branches.pop(at.branch))
    return replace(definition, branches=tuple(branches)), At(place)


def _new_key(definition: Definition) -> str:
    used = {step.key for branch in definition.branches for step in branch.steps}
    number = len(used) + 1
    while f"step-{number}" in used:
        number += 1
    return f"step-{number}"
