"""Whether there are people for the steps of a chain, project by project, before it is used."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kernel.access import queries as access_queries
from kernel.approvals.rules import reaching
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Branch,
    Definition,
    Duty,
    Mode,
    Scope,
    Step,
)


class Gap(StrEnum):
    """What is missing; the first three block publishing."""

    NOBODY = "nobody"  # nobody holds the post anywhere: the step would stop every case
    SAME_PERSON = "same-person"  # the only signer plays both parts of a pair, in every project
    UNREACHABLE = "unreachable"  # an earlier branch takes all of its documents
    NOBODY_HERE = "nobody-here"  # nobody in some projects
    SAME_PERSON_HERE = "same-person-here"


BLOCKING = frozenset({Gap.NOBODY, Gap.SAME_PERSON, Gap.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class Finding:
    """One gap, where it is, and what it is about.

    :ivar project_ids: the projects concerned; empty for all of them.
    :ivar other: the other step of a pair, or the branch that hides this one.
    """

    gap: Gap
    branch: int
    step: int | None = None
    post: str = ""
    rule: str = ""
    project_ids: tuple[int, ...] = ()
    other: int | None = None

    @property
    def is_blocking(self) -> bool:
        return self.gap in BLOCKING

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return {
            "gap": self.gap.value,
            "branch": self.branch,
            "step": self.step,
            "post": self.post,
            "rule": self.rule,
            "project_ids": list(self.project_ids),
        }


def staffing_of(
    definition: Definition, *, project_ids: Collection[int], today: date
) -> list[Finding]:
    """Return the gaps of a chain as the posts are held today, in the order of its steps.

    Leaders and heads of departments depend on who applies: the simulation tells about them.
    """
    holders = _Holders(definition, project_ids, today)
    found = [
        Finding(Gap.UNREACHABLE, branch, other=earlier)
        for branch, earlier in reaching.unreachable(definition).items()
    ]
    for number, branch in enumerate(definition.branches):
        for index, step in enumerate(branch.steps):
            found.extend(_vacant(number, index, step, holders))
            found.extend(_meeting(number, index, branch, holders))
    return found


class _Holders:
    """Who holds which post where, read at once."""

    def __init__(self, definition: Definition, project_ids: Collection[int], today: date) -> None:
        posts = {
            assignee.post
            for branch in definition.branches
            for step in branch.steps
            for assignee in step.assignees
            if assignee.kind == AssigneeKind.POST
        }
        self.places: tuple[int | None, ...] = tuple(sorted(project_ids)) or (None,)
        meant = access_queries.meanings_of_posts(posts=sorted(posts))
        held: dict[str, list[tuple[int, int | None]]] = {}
        for post, user_id, project_id in (
            access_queries.holders_of(posts=sorted(frozenset().union(*meant.values())), today=today)
            .filter(user__is_active=True, post__is_active=True)
            .values_list("post__key", "user_id", "project_id")
        ):
            held.setdefault(post, []).append((user_id, project_id))
        self._holdings = {
            post: [place for key in sorted(keys) for place in held.get(key, ())]
            for post, keys in meant.items()
        }

    def of(self, assignee: Assignee, place: int | None) -> frozenset[int]:
        if assignee.kind == AssigneeKind.PERSON:
            return frozenset({assignee.user_id} - {None})  # type: ignore[arg-type]
        wanted = place if assignee.scope == Scope.PROJECT else None
        return frozenset(
            user_id
            for user_id, project_id in self._holdings.get(assignee.post, ())
            if project_id is None or project_id == wanted
        )

    def at(self, step: Step, place: int | None) -> frozenset[int]:
        return frozenset().union(*(self.of(one, place) for one in step.assignees if _is_known(one)))


def _is_known(assignee: Assignee) -> bool:
    return assignee.kind in {AssigneeKind.POST, AssigneeKind.PERSON}


def _vacant(number: int, index: int, step: Step, holders: _Holders) -> Iterator[Finding]:
    """Tell of posts without anybody, where the step cannot do without them."""
    known = [one for one in step.assignees if _is_known(one)]
    needs_all = step.mode in {Mode.ALL, Mode.EACH}
    if len(known) < len(step.assignees) and not needs_all:
        return
    for assignee in known if needs_all else known[:1]:
        if assignee.kind != AssigneeKind.POST:
            continue
        empty = tuple(
            place
            for place in holders.places
            if not (holders.of(assignee, place) if needs_all else holders.at(step, place))
        )
        if len(empty) == len(holders.places):
            yield Finding(Gap.NOBODY, number, index, post=assignee.post)
        elif empty:
            places = tuple(place for place in empty if place is not None)
            yield Finding(Gap.NOBODY_HERE, number, index, post=assignee.post, project_ids=places)


def _meeting(number: int, index: int, branch: Branch, holders: _Holders) -> Iterator[Finding]:
    """Tell where a pair of duties comes down to one and the same person."""
    step = branch.steps[index]
    for duty in step.duties:
        for other, earlier in enumerate(branch.steps[:index]):
            if duty.other not in earlier.duties:
                continue
            met = tuple(place for place in holders.places if _is_one(step, earlier, holders, place))
            if len(met) == len(holders.places):
                yield _same(Gap.SAME_PERSON, number, index, duty, other, ())
            elif met:
                places = tuple(place for place in met if place is not None)
                yield _same(Gap.SAME_PERSON_HERE, number, index, duty, other, places)


def _same(
    gap: Gap, number: int, index: int, duty: Duty, other: int, places: tuple[int, ...]
) -> Finding:
    return Finding(gap, number, index, rule=duty.rule, project_ids=places, other=other)


def _is_one(step: Step, earlier: Step, holders: _Holders, place: int | None) -> bool:
    if not all(_is_known(one) for one in (*step.assignees, *earlier.assignees)):
        return False
    mine, theirs = holders.at(step, place), holders.at(earlier, place)
    return len(mine) == 1 and mine == theirs
