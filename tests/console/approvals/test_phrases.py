"""Chains in words."""

from typing import Any

import pytest
from django.utils import translation

from console.approvals import phrases
from console.approvals.phrases import Names
from kernel.approvals.rules.definitions import (
    Assignee,
    AssigneeKind,
    Branch,
    Limit,
    Mode,
    Scope,
    Step,
    StepAct,
)
from kernel.approvals.rules.facts import Condition, Fact, FactType, Operator, Setting

FACTS = {
    fact.key: fact
    for fact in (
        Fact("amount", "Amount", FactType.MONEY),
        Fact("days", "Days", FactType.NUMBER, unit="days"),
        Fact("class", "Class", FactType.CHOICE, choices=(("A", "Goods"), ("B", "Works"))),
        Fact("planned", "In the budget", FactType.YES_NO),
        Fact("applicant_posts", "Posts of the applicant", FactType.POSTS),
        Fact("applicant", "Applicant", FactType.PERSON),
    )
}
NAMES = Names(
    post=lambda key: {"cashier": "Cashier", "gm": "General manager"}.get(key, key),
    people={7: "Zhao Min"},
    projects={3: "Yunlu Garden"},
    setting=lambda key: f"<{key}>",
)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([("amount", "le", "2000")], ["Amount ≤ 2,000"]),
        ([("amount", "gt", "2000"), ("amount", "le", "20000")], ["2,000 < Amount ≤ 20,000"]),
        ([("amount", "lt", "5"), ("amount", "ge", "1")], ["1 ≤ Amount < 5"]),
        (
            [("amount", "gt", "1"), ("class", "in", ("A",)), ("amount", "lt", "9")],
            ["1 < Amount < 9", "Class is Goods"],
        ),
        ([("days", "ne", "1.5")], ["Days ≠ 1.5 days"]),
        ([("class", "not_in", ("A", "B"))], ["Class is not Goods or Works"]),
        ([("planned", "is", True)], ["In the budget: yes"]),
        ([("planned", "is", False)], ["In the budget: no"]),
        ([("applicant_posts", "in", ("gm",))], ["Posts of the applicant is General manager"]),
        ([("applicant", "in", ("7", "8"))], ["Applicant is Zhao Min or somebody who is gone"]),
        ([("amount", "ge", Setting("purchase.a"))], ["Amount ≥ <purchase.a>"]),
        ([("gone", "in", ("x",))], ["gone is x"]),
    ],
)
def test_conditions_are_told_in_words(
    conditions: list[tuple[str, str, Any]], expected: list[str]
) -> None:
    given = [Condition(fact, Operator(sign), value) for fact, sign, value in conditions]

    assert phrases.condition_lines(given, FACTS, NAMES) == expected


POST = Assignee(kind=AssigneeKind.POST, post="cashier")
WHOLE = Assignee(kind=AssigneeKind.POST, post="gm", scope=Scope.COMPANY)


@pytest.mark.parametrize(
    ("step", "title", "line", "chip"),
    [
        (Step(key="a"), "A step without signers", "no time limit", "Any one"),
        (
            Step(key="a", assignees=(POST,), limit=Limit(4)),
            "Cashier",
            "Cashier of the project, 4 working hours",
            "Any one",
        ),
        (
            Step(key="a", name="会签", name_en="Joint", assignees=(POST, WHOLE), mode=Mode.EACH),
            "Joint",
            "Cashier of the project, General manager of the company, no time limit",
            "One each",
        ),
        (
            Step(
                key="a",
                assignees=(Assignee(kind=AssigneeKind.LEADER, level=2),),
                limit=Limit(1, is_working=False),
            ),
            "the applicant’s leader, 2 levels up",
            "the applicant’s leader, 2 levels up, 1 hour round the clock",
            "Any one",
        ),
        (
            Step(key="a", assignees=(Assignee(kind=AssigneeKind.PERSON, user_id=7),)),
            "Zhao Min",
            "Zhao Min, no time limit",
            "One person",
        ),
        (
            Step(key="a", assignees=(POST,), act=StepAct.TASK),
            "Cashier",
            "Cashier of the project, no time limit",
            "Task",
        ),
        (
            Step(key="a", assignees=(POST,), mode=Mode.QUORUM, quorum=2),
            "Cashier",
            "Cashier of the project, no time limit",
            "2 agree",
        ),
    ],
)
def test_step_is_told_in_words(step: Step, title: str, line: str, chip: str) -> None:
    assert phrases.step_title(step, NAMES) == title
    assert phrases.step_line(step, NAMES) == line
    assert phrases.mode_chip(step)[0] == chip


OLD = (
    Branch(steps=(Step(key="a", assignees=(POST,)), Step(key="b", assignees=(WHOLE,)))),
    Branch(steps=(Step(key="c", assignees=(WHOLE,)),)),
)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (OLD, []),
        (OLD[:1], [("-", "Branch B is gone")]),
        (
            (Branch(steps=OLD[0].steps[:1]), OLD[1]),
            [("-", "Branch A: without “General manager”")],
        ),
        (
            (Branch(steps=OLD[0].steps[::-1]), OLD[1]),
            [("~", "Branch A: the steps follow each other otherwise")],
        ),
        (
            (
                OLD[0],
                Branch(steps=(Step(key="c", assignees=(WHOLE,), limit=Limit(8)),)),
            ),
            [
                (
                    "~",
                    (
                        "Branch B, “General manager”: General manager of the company, no time"
                        " limit, Any one; now General manager of the company, 8 working hours,"
                        " Any one"
                    ),
                )
            ],
        ),
        (
            (
                OLD[0],
                Branch(steps=(Step(key="c", assignees=(WHOLE,), may_return=False),)),
            ),
            [("~", "Branch B: settings of “General manager” changed")],
        ),
        (
            (Branch(steps=OLD[0].steps, when=(Condition("amount", Operator.LT, "5"),)), OLD[1]),
            [("~", "Branch A: “all other cases” becomes “Amount < 5”")],
        ),
    ],
)
def test_difference_is_told_in_words(
    new: tuple[Branch, ...], expected: list[tuple[str, str]]
) -> None:
    assert phrases.differences(OLD, new, FACTS, NAMES) == expected


def test_added_branch_is_told_with_its_steps() -> None:
    new = (*OLD, Branch(steps=(Step(key="d", assignees=(POST,)),)))

    assert phrases.differences(OLD, new, FACTS, NAMES) == [
        ("+", "Branch C: all other cases"),
        ("+", "Branch C, step 1: “Cashier”, Cashier of the project, no time limit, Any one"),
    ]
