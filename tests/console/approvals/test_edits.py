"""Commands of the designer on a definition."""

from collections.abc import Callable

import pytest

from console.approvals import edits
from console.approvals.edits import At
from kernel.approvals.rules.definitions import Assignee, AssigneeKind, Branch, Definition, Step
from kernel.approvals.rules.facts import Condition, Operator
from kernel.errors import NotFound


def step(key: str) -> Step:
    return Step(key=key, assignees=(Assignee(kind=AssigneeKind.POST, post="cashier"),))


SMALL = Condition("amount", Operator.LE, "2000")
CHAIN = Definition(
    branches=(
        Branch(steps=(step("a1"), step("a2")), when=(SMALL,)),
        Branch(steps=(step("b1"),), when=(Condition("amount", Operator.LE, "20000"),)),
        Branch(steps=(step("c1"), step("c2"), step("c3"))),
    )
)


def keys(definition: Definition) -> list[list[str]]:
    return [[one.key for one in branch.steps] for branch in definition.branches]


@pytest.mark.parametrize(
    ("change", "expected", "at"),
    [
        (lambda: edits.add_step(CHAIN, At(0, 0)), [["step-7", "a1", "a2"], ["b1"]], At(0, 0)),
        (lambda: edits.add_step(CHAIN, At(0, 2)), [["a1", "a2", "step-7"], ["b1"]], At(0, 2)),
        (lambda: edits.add_step(CHAIN, At(0, 9)), [["a1", "a2", "step-7"], ["b1"]], At(0, 2)),
        (lambda: edits.move_step(CHAIN, At(0, 0), 1), [["a2", "a1"], ["b1"]], At(0, 1)),
        (lambda: edits.move_step(CHAIN, At(0, 1), 1), [["a1", "a2"], ["b1"]], At(0, 1)),
        (lambda: edits.move_step(CHAIN, At(0, 0), -1), [["a1", "a2"], ["b1"]], At(0, 0)),
        (lambda: edits.remove(CHAIN, At(0, 1)), [["a1"], ["b1"]], At(0, 0)),
        (lambda: edits.remove(CHAIN, At(1, 0)), [["a1", "a2"], []], At(1)),
        (lambda: edits.remove(CHAIN, At(0)), [["b1"], ["c1", "c2", "c3"]], At(0)),
        (lambda: edits.move_branch(CHAIN, At(0), 1), [["b1"], ["a1", "a2"]], At(1)),
        (lambda: edits.move_branch(CHAIN, At(1), 1), [["a1", "a2"], ["b1"]], At(1)),
    ],
)
def test_command_changes_the_order_and_keeps_the_eye_on_what_it_changed(
    change: Callable[[], tuple[Definition, At]], expected: list[list[str]], at: At
) -> None:
    changed, place = change()

    assert keys(changed)[:2] == expected
    assert place == at


def test_new_branch_stands_before_the_one_for_all_the_rest() -> None:
    changed, at = edits.add_branch(CHAIN)

    assert at == At(2)
    assert keys(changed)[3] == ["c1", "c2", "c3"]
    assert [one.assignees[0].kind for one in changed.branches[2].steps] == [AssigneeKind.LEADER]


def test_last_branch_never_has_a_condition() -> None:
    changed, at = edits.remove(CHAIN, At(2))

    assert at == At(1)
    assert changed.branches[-1].when == ()
    assert changed.branches[0].when == (SMALL,)


def test_last_branch_stays_the_last() -> None:
    assert edits.move_branch(CHAIN, At(2), -1) == (CHAIN, At(2))


def test_only_branch_cannot_be_removed() -> None:
    only = Definition(branches=(Branch(steps=(step("a"),)),))

    with pytest.raises(NotFound):
        edits.remove(only, At(0))


@pytest.mark.parametrize("text", ["", "x", "1.", ".1", "-1", "1.2.3", "9999", "１"])
def test_place_that_is_none_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        edits.read_at(text)


@pytest.mark.parametrize(("text", "at"), [("0", At(0)), ("2.1", At(2, 1))])
def test_place_is_written_as_it_is_read(text: str, at: At) -> None:
    assert edits.read_at(text) == at
    assert str(at) == text


@pytest.mark.parametrize("at", [At(3), At(0, 2)])
def test_command_on_nothing_is_not_found(at: At) -> None:
    with pytest.raises(NotFound):
        edits.remove(CHAIN, at)
