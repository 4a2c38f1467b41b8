"""Conditions, definitions, who has to sign: no database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.approvals import registry
from kernel.approvals.catalogue import DEFAULT_CHAINS
from kernel.approvals.rules import counting, paths
from kernel.approvals.rules.checks import Known, Level, problems_of
from kernel.approvals.rules.definitions import (
    Branch,
    Definition,
    DefinitionInvalid,
    Mode,
    Step,
    StepAct,
    definition_as_json,
    read_definition,
    read_duty,
)
from kernel.approvals.rules.delegations import Mandate, closes_circle
from kernel.approvals.rules.facts import (
    Condition,
    Fact,
    FactsInvalid,
    FactType,
    FactValue,
    Operator,
    Setting,
    as_json,
    bind,
    check_values,
    from_json,
    holds,
)
from kernel.approvals.rules.paths import Outcome, Slot
from kernel.duties import PAIRS
from tests.factories_approvals import line, post, step

DAYS = Fact("days", "Days", FactType.NUMBER)
CLASS = Fact("class", "Class", FactType.CHOICE, choices=(("A", "A"), ("B", "B")))
URGENT = Fact("urgent", "Urgent", FactType.YES_NO)
HELD = Fact("held", "Posts", FactType.POSTS)


@pytest.mark.parametrize(
    ("operator", "limit", "met"),
    [
        ("lt", "3", False),
        ("le", "3", True),
        ("eq", "3", True),
        ("eq", "3.00", True),
        ("ne", "3", False),
        ("ge", "3", True),
        ("gt", "3", False),
        ("gt", "2.99", True),
        ("lt", "3.01", True),
    ],
)
def test_three_days_against_a_limit(operator: str, limit: str, met: bool) -> None:  # noqa: FBT001
    assert holds(Condition("days", Operator(operator), limit), DAYS, Decimal(3)) is met


@pytest.mark.parametrize(
    ("fact", "operator", "operand", "value", "met"),
    [
        (CLASS, "in", ("A",), "A", True),
        (CLASS, "in", ("A",), "B", False),
        (CLASS, "not_in", ("A",), "B", True),
        (URGENT, "is", True, True, True),
        (URGENT, "is", False, True, False),
        (HELD, "in", ("buyer", "steward"), frozenset({"steward", "cleaner"}), True),
        (HELD, "not_in", ("buyer",), frozenset({"steward"}), True),
        (HELD, "not_in", ("steward",), frozenset({"steward"}), False),
        (DAYS, "ne", "3", None, False),
        (CLASS, "not_in", ("A",), None, False),
    ],
)
def test_conditions_by_type(
    fact: Fact, operator: str, operand: Any, value: FactValue, *, met: bool
) -> None:
    assert holds(Condition(fact.key, Operator(operator), operand), fact, value) is met


@pytest.mark.parametrize(
    ("fact", "operator", "operand"),
    [
        (DAYS, "is", True),
        (DAYS, "gt", "many"),
        (DAYS, "gt", "NaN"),
        (URGENT, "gt", "1"),
        (CLASS, "in", "A"),
        (DAYS, "gt", Setting("leave.director_over_days")),
    ],
)
def test_a_condition_that_does_not_fit_its_fact_is_refused(
    fact: Fact, operator: str, operand: Any
) -> None:
    value: FactValue = Decimal(1) if fact is DAYS else True if fact is URGENT else "A"
    with pytest.raises(FactsInvalid):
        holds(Condition(fact.key, Operator(operator), operand), fact, value)


def test_a_setting_is_put_in_before_it_is_compared() -> None:
    [bound] = bind((Condition("days", Operator.GT, Setting("limit")),), {"limit": "3"}.__getitem__)
    assert bound.operand == "3"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"days": None},
        {"days": "many"},
        {"days": True},
        {"days": Decimal("NaN")},
        {"days": 1, "other": 2},
    ],
)
def test_facts_are_complete_and_of_their_type(values: dict[str, object]) -> None:
    with pytest.raises(FactsInvalid):
        check_values({"days": DAYS}, values)


def test_facts_come_back_from_json_as_they_were() -> None:
    facts = {fact.key: fact for fact in (DAYS, CLASS, URGENT, HELD)}
    values = check_values(
        facts, {"days": "2.50", "class": "B", "urgent": False, "held": ["b", "a"]}
    )
    assert as_json(values) == {"days": "2.50", "class": "B", "urgent": False, "held": ["a", "b"]}
    assert from_json(facts, as_json(values)) == values


@pytest.mark.parametrize("default", DEFAULT_CHAINS, ids=lambda one: one.key)
def test_a_default_chain_can_be_published_and_read_back(default: Any) -> None:
    kind = registry.kind_of(default.kind)
    known = Known(
        facts=kind.all_facts(),
        posts={
            assignee.post
            for branch in default.definition.branches
            for one in branch.steps
            for assignee in one.assignees
        },
        user_ids=(),
        settings={
            "leave.director_over_days",
            "leave.manager_over_days",
            "purchase.c_backfill_wd",
        },
        rules=frozenset(PAIRS),
        apart_posts={"company_admin"},
    )
    errors = [p for p in problems_of(default.definition, known) if p.level == Level.ERROR]
    assert errors == []
    assert read_definition(definition_as_json(default.definition)) == default.definition


def test_every_chain_of_the_handbook_is_there() -> None:
    keys = {default.key for default in DEFAULT_CHAINS}
    assert keys >= {
        "waiver.general",
        "waiver.statutory_heating",
        "heating.vacancy_50",
        "deposit.refund",
        "refund.on_duty",
        "rent.valuation",
        "fee_standard.change",
        "purchase.A",
        "purchase.B",
        "purchase.C",
        "contract.joint_review",
        "archive.access",
        "archive.disposal",
        "violation.major",
        "leave",
        "duty.swap",
        "duty.comp_rest",
        "training.plan",
        "overtime",
        "quality.penalty",
        "project.rules",
        "renovation",
    }
    assert all(default.source for default in DEFAULT_CHAINS)


@pytest.mark.parametrize(
    "stored",
    [
        {"branches": [{"steps": [{}]}]},
        {"branches": [{"steps": [{"key": 1}]}]},
        {"branches": [{"steps": [{"key": "a", "mode": "some"}]}]},
        {"branches": [{"steps": [{"key": "a", "duties": ["SoD-01"]}]}]},
        {"branches": [{"when": [{"fact": "a", "op": "gt"}]}]},
        {"branches": 1},
        {"branches": ["x"]},
        {"branches": [{"steps": [{"key": "a", "limit": {"hours": "8"}}]}]},
    ],
)
def test_what_is_no_definition_is_refused(stored: Any) -> None:
    with pytest.raises(DefinitionInvalid):
        read_definition(stored)


KNOWN = Known(
    facts={"days": DAYS, "class": CLASS},
    posts={"a", "b", "company_admin"},
    user_ids={7},
    settings={"limit"},
    rules={"SoD-20"},
    apart_posts={"company_admin"},
)
OVER = (Condition("days", Operator.GT, "3"),)


@pytest.mark.parametrize(
    ("definition", "part"),
    [
        (Definition(branches=()), "at least one branch"),
        (Definition(branches=(Branch(steps=(step("a"),), when=OVER),)), "last branch"),
        (Definition(branches=(Branch(steps=(step("a"),)), Branch(steps=(step("b"),)))), "hides"),
        (line(), "somebody has to approve"),
        (line(step("a", act=StepAct.TASK)), "somebody has to approve"),
        (line(step("a"), step("a")), "different keys"),
        (line(Step(key="a")), "who signs"),
        (line(step("x")), "no post"),
        (line(step("company_admin")), "takes no part"),
        (line(step("a", mode=Mode.QUORUM)), "how many"),
        (line(step("a", when=(Condition("hours", Operator.GT, "3"),))), "no fact"),
        (line(step("a", when=(Condition("days", Operator.IS, "3"),))), "compared in this way"),
        (line(step("a", when=(Condition("days", Operator.GT, "x"),))), "does not fit"),
        (line(step("a", when=(Condition("class", Operator.IN, ("C",)),))), "does not fit"),
        (line(step("a", when=(Condition("days", Operator.GT, Setting("no")),))), "no setting"),
        (line(step("a", duties="SoD-99:A")), "no pair"),
        (line(step("a"), verbal_days_setting="no"), "no setting"),
    ],
)
def test_a_definition_with_a_fault_is_told(definition: Definition, part: str) -> None:
    errors = [str(p.message) for p in problems_of(definition, KNOWN) if p.level == Level.ERROR]
    assert [message for message in errors if part in message], errors


def test_the_same_post_on_both_sides_of_a_pair_is_warned_of() -> None:
    definition = line(step("s1", "a", duties="SoD-20:A"), step("s2", "a", duties="SoD-20:B"))
    warnings = [p for p in problems_of(definition, KNOWN) if p.level == Level.WARNING]
    assert [(p.branch, p.step) for p in warnings] == [(0, 0), (0, 1)]


@pytest.mark.parametrize(
    ("mode", "quorum", "parties", "excluded", "signed", "outcome"),
    [
        ("any", 0, [[1, 2]], [], [], "open"),
        ("any", 0, [[1, 2]], [1], [], "open"),
        ("any", 0, [[1]], [1], [], "stuck"),
        ("any", 0, [[]], [], [], "stuck"),
        ("any", 0, [[1, 2]], [], [2], "counted"),
        ("all", 0, [[1, 2]], [], [1], "open"),
        ("all", 0, [[1, 2]], [], [1, 2], "counted"),
        ("all", 0, [[1], [2]], [2], [], "stuck"),  # a vacant post is never passed over
        ("all", 0, [[1, 2], [2]], [1], [2], "counted"),
        ("each", 0, [[1], [2]], [], [], "open"),
        ("each", 0, [[1], []], [], [1], "stuck"),
        ("each", 0, [[1, 2], [1]], [], [1], "counted"),  # C-01: one person in both posts
        ("quorum", 2, [[1, 2, 3]], [], [], "open"),
        ("quorum", 2, [[1, 2, 3]], [2, 3], [], "stuck"),
        ("quorum", 2, [[1], [1]], [], [], "stuck"),  # one person is one signature
        ("quorum", 2, [[1, 2]], [], [1, 2], "counted"),
    ],
)
def test_who_has_to_sign(
    mode: str,
    quorum: int,
    parties: list[list[int]],
    excluded: list[int],
    signed: list[int],
    outcome: str,
) -> None:
    one = Step(
        key="s",
        mode=Mode(mode),
        quorum=quorum,
        assignees=tuple(post(str(number)) for number in range(len(parties))),
    )
    assert paths.plan(one, parties, excluded=excluded, signed=signed).outcome == Outcome(outcome)


@pytest.mark.parametrize("values", [{"opinion_required": True}, {"attachment_required": True}])
def test_no_earlier_signature_stands_for_an_opinion_or_a_file(values: dict[str, Any]) -> None:
    found = paths.plan(step("a", **values), [[1]], excluded=[], signed=[1])
    assert found.outcome == Outcome.OPEN


def test_no_earlier_signature_stands_for_a_task() -> None:
    found = paths.plan(step("a", act=StepAct.TASK), [[1]], excluded=[], signed=[1])
    assert found.outcome == Outcome.OPEN


def test_parties_of_a_joint_review_are_different_people() -> None:
    """SoD-23: two opinions by one person are refused, whoever is free for which."""
    review = step("r", "a", "b", duties="SoD-23:A SoD-23:B")
    assert paths.plan(review, [[1], [1]], excluded=[], signed=[]).outcome == Outcome.STUCK
    # 1 may stand for both, 2 only for the first: together they are enough, in any order.
    slots = [
        Slot(1, frozenset({0, 1}), is_signed=True),
        Slot(2, frozenset({0}), is_signed=True),
    ]
    assert paths.is_complete(review, 2, slots)
    assert paths.is_complete(review, 2, slots[::-1])
    assert not paths.is_complete(review, 2, slots[:1])


def test_an_added_signer_must_sign_whatever_the_mode() -> None:
    slots = [Slot(1, frozenset({0}), is_signed=True), Slot(2, frozenset(), is_extra=True)]
    assert not paths.is_complete(step("a"), 1, slots)
    signed = [slots[0], Slot(2, frozenset(), is_signed=True, is_extra=True)]
    assert paths.is_complete(step("a"), 1, signed)
    assert not paths.is_complete(step("a"), 1, signed[1:])


people = st.lists(st.lists(st.integers(1, 5), max_size=4), min_size=1, max_size=3)


@given(
    parties=people,
    excluded=st.lists(st.integers(1, 5), max_size=3),
    signed=st.lists(st.integers(1, 5), max_size=3),
    mode=st.sampled_from(list(Mode)),
    duties=st.sampled_from(["", "SoD-23:A SoD-23:B"]),
)
def test_a_plan_never_asks_the_excluded_and_can_always_be_completed(
    parties: list[list[int]], excluded: list[int], signed: list[int], mode: Mode, duties: str
) -> None:
    one = Step(
        key="s",
        mode=mode,
        quorum=2 if mode == Mode.QUORUM else 0,
        assignees=tuple(post(str(number)) for number in range(len(parties))),
        duties=tuple(read_duty(duty) for duty in duties.split()),
    )
    found = paths.plan(one, parties, excluded=excluded, signed=signed)
    assert not {slot.user_id for slot in found.slots} & set(excluded)
    assert len({slot.user_id for slot in found.slots}) == len(found.slots)
    everybody = [Slot(slot.user_id, slot.parties, is_signed=True) for slot in found.slots]
    assert paths.is_complete(one, len(parties), everybody) is (found.outcome != Outcome.STUCK)
    if found.outcome == Outcome.COUNTED:
        assert {slot.user_id for slot in found.slots if slot.is_signed} <= set(signed)


@given(parties=people, order=st.randoms(use_true_random=False), mode=st.sampled_from(list(Mode)))
def test_whoever_is_still_needed_leads_to_the_end(
    parties: list[list[int]], order: Any, mode: Mode
) -> None:
    """Closing the places of those not needed never leaves a step that cannot be finished."""
    one = Step(
        key="s",
        mode=mode,
        quorum=1 if mode == Mode.QUORUM else 0,
        assignees=tuple(post(str(number)) for number in range(len(parties))),
        duties=(read_duty("SoD-23:A"), read_duty("SoD-23:B")),
    )
    found = paths.plan(one, parties, excluded=[], signed=[])
    slots = list(found.slots)
    if found.outcome == Outcome.STUCK:
        return
    open_ones = set(range(len(slots)))
    while not paths.is_complete(one, len(parties), slots):
        assert open_ones
        index = order.choice(sorted(open_ones))
        slots[index] = Slot(slots[index].user_id, slots[index].parties, is_signed=True)
        open_ones = {
            number
            for number in open_ones
            if number != index and paths.is_needed(one, len(parties), slots, number)
        }


@pytest.mark.parametrize(
    ("mode", "previous", "counted"),
    [("any", 2, {1, 2}), ("adjacent", 2, {2}), ("adjacent", None, set()), ("off", 2, set())],
)
def test_whose_signatures_count_again(mode: str, previous: int | None, counted: set[int]) -> None:
    signed = [counting.Signed(1, frozenset({1})), counting.Signed(2, frozenset({2}))]
    assert counting.counted_ids(counting.Duplicates(mode), signed, previous) == counted


def test_whoever_played_the_other_part_is_kept_apart() -> None:
    played = {read_duty("SoD-20:A"): {1}, read_duty("SoD-19:B"): {2}}
    assert counting.barred(step("s", duties="SoD-20:B"), played) == {1: "SoD-20"}
    assert counting.barred(step("s", duties="SoD-20:A"), played) == {}


def mandate(principal: int, deputy: int, first: int = 1, last: int = 10, **values: Any) -> Mandate:
    return Mandate(
        principal_id=principal,
        deputy_id=deputy,
        valid_from=date(2026, 11, first),
        valid_to=date(2026, 11, last),
        **values,
    )


@pytest.mark.parametrize(
    ("day", "kind", "project", "covered"),
    [
        (1, "leave", 5, True),
        (9, "leave", 5, True),
        (10, "leave", 5, False),  # the end is excluded
        (5, "overtime", 5, False),
        (5, "leave", 6, False),
        (5, "leave", None, False),
    ],
)
def test_a_deputy_acts_in_the_period_and_the_scope(
    day: int, kind: str, project: int | None, *, covered: bool
) -> None:
    one = mandate(1, 2, kinds=frozenset({"leave"}), project_ids=frozenset({5}))
    assert one.covers(kind=kind, project_id=project, today=date(2026, 11, day)) is covered


@pytest.mark.parametrize(
    ("others", "closed"),
    [
        ([], False),
        ([mandate(2, 1)], True),
        ([mandate(2, 3), mandate(3, 1)], True),
        ([mandate(2, 3)], False),
        ([mandate(2, 1, 10, 20)], False),  # begins when the first has ended
        ([mandate(2, 1, kinds=frozenset({"leave"}))], True),
        ([mandate(2, 3), mandate(3, 4), mandate(4, 2)], False),
    ],
)
def test_delegations_close_no_circle(others: list[Mandate], *, closed: bool) -> None:
    assert closes_circle(mandate(1, 2), others) is closed


def test_delegations_of_different_matters_are_no_circle() -> None:
    one = mandate(1, 2, kinds=frozenset({"leave"}))
    assert not closes_circle(one, [mandate(2, 1, kinds=frozenset({"overtime"}))])
