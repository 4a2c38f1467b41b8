"""The table of pairs is the handbook's (02, section 2.4)."""

import pytest
from django.utils import translation

from kernel.access.catalogue import POSTS
from kernel.duties import PAIRS, Basis, Level, Step
from kernel.duties.rules import Load, pairs_between, pairs_within

HANDBOOK = [
    ("SoD-01", "TR", "Charge approval and collection must be done by different people."),
    ("SoD-02", "TR", "The approver of a charge cannot audit its collection."),
    ("SoD-03", "TR", "A collector cannot audit own collection."),
    ("SoD-04", "T", "The amount must be confirmed by someone other than the collector."),
    ("SoD-05", "R", "Meter readers cannot collect fees."),
    ("SoD-06", "TR", "Deposit amounts are set by the property manager, not by the collector."),
    ("SoD-07", "T", "Refund approver and payer must differ."),
    ("SoD-08", "TR", "The receivable ledger is closed to collectors."),
    ("SoD-09", "T", "A remittance needs two people."),
    ("SoD-10", "T", "Handover must be signed by both guards."),
    ("SoD-11", "T", "Each refund step needs a different signatory."),
    ("SoD-12", "R", "Receipt stock and receipt issue must be kept apart."),
    ("SoD-13", "T", "Used books are cancelled by finance."),
    ("SoD-14", "T", "The requester cannot verify the waiver."),
    ("SoD-15", "T", "Verifier cannot approve."),
    ("SoD-16", "T", "Approver cannot post the waiver."),
    ("SoD-17", "T", "The technician who did the job cannot revisit it."),
    ("SoD-18", "TR", "The buyer cannot inspect or accept the goods."),
    ("SoD-19", "T", "A requester cannot approve own purchase."),
    ("SoD-20", "T", "Two different approvers are required."),
    ("SoD-21", "T", "An approver cannot act as buyer."),
    ("SoD-22", "TR", "The buyer cannot settle own claim."),
    ("SoD-23", "T", "Each review party must be a different person."),
    ("SoD-24", "T", "Applicant cannot approve own access."),
    ("SoD-25", "R", "Archive keeper and supervisor must differ."),
    (
        "SoD-26",
        "R",
        "Only the management-office manager or the CS supervisor may decide penalties.",
    ),
    (
        "SoD-27",
        "T",
        "Major violation decisions take effect only with the general manager's signature.",
    ),
    ("SoD-28", "T", "You cannot approve your own leave."),
    ("SoD-29", "T", "No refunds on duty without the director's signature."),
    ("SoD-30", "T", "A valuer cannot approve the rent."),
    ("SoD-31", "T", "Vacancy must be verified by the three departments."),
    ("SoD-32", "T", "The person complained about cannot handle it."),
    ("SoD-33", "T", "First reviewer cannot approve."),
]


@pytest.mark.parametrize(("rule", "levels", "message"), HANDBOOK)
def test_a_pair_is_the_handbooks(rule: str, levels: str, message: str) -> None:
    pair = PAIRS[rule]

    assert pair.levels == {Level(letter) for letter in levels}
    with translation.override("en"):
        assert str(pair.message) == message
    assert all(side.steps for side in (pair.a, pair.b))
    if Level.POST in pair.levels:
        assert pair.posts_a
        assert pair.posts_b
        assert pair.posts_a.isdisjoint(pair.posts_b)


def test_there_are_33_pairs_in_their_order() -> None:
    assert list(PAIRS) == [f"SoD-{number:02}" for number in range(1, 34)]
    assert list(PAIRS) == [rule for rule, _levels, _message in HANDBOOK]


def test_the_handbook_tells_how_sure_each_pair_is() -> None:
    named = {rule for rule, pair in PAIRS.items() if pair.basis == Basis.NAMED}
    ours = {rule for rule, pair in PAIRS.items() if pair.basis == Basis.OURS}

    assert named == {*(f"SoD-{number:02}" for number in range(1, 9)), "SoD-18", "SoD-26"}
    assert ours == {"SoD-17", "SoD-21", "SoD-22", "SoD-32"}
    assert all(pair.source for pair in PAIRS.values() if pair.basis != Basis.OURS)


def test_every_step_belongs_to_a_pair() -> None:
    named = {step for pair in PAIRS.values() for step in pair.a.steps | pair.b.steps}

    assert named == set(Step)


@pytest.mark.parametrize("post", sorted(POSTS))
def test_no_post_of_the_catalogue_carries_both_duties_of_a_pair(post: str) -> None:
    assert pairs_within(post, Load(POSTS[post].actions)) == ()


def test_steps_are_apart_in_either_order() -> None:
    first, second = Step.PURCHASE_APPROVE_FIRST, Step.PURCHASE_APPROVE_SECOND

    assert [pair.id for pair in pairs_between(first, second)] == ["SoD-20"]
    assert pairs_between(second, first) == pairs_between(first, second)
    assert pairs_between(first, first) == ()
    # By post only: a collector may type in what was read (C-07).
    assert pairs_between(Step.METER_READ, Step.CHARGE_COLLECT) == ()
    assert [pair.id for pair in pairs_between(Step.CHARGE_COLLECT, Step.REFUND_APPROVE)] == [
        "SoD-07"
    ]
    assert [
        pair.id for pair in pairs_between(Step.CONTRACT_REVIEW_USER, Step.CONTRACT_REVIEW_BUYER)
    ] == ["SoD-23"]
