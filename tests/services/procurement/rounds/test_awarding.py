"""The award: by the cheapest or with a reason, approved by others than who proposes it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kernel import access
from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import CaseState
from kernel.audit.models import AuditEntry
from kernel.outbox.models import Event
from services.procurement.rounds import operations
from services.procurement.rounds.models import (
    Award,
    AwardState,
    LetterKind,
    RoundLetter,
    RoundState,
)
from services.procurement.rounds.rules import awards
from services.procurement.vendors.rules import VendorNotFit
from tests import factories_approvals
from tests.factories import NOW, add_actor
from tests.factories_procurement_rounds import open_round, send_quote
from tests.factories_procurement_vendors import add_hold
from tests.services.procurement.rounds.conftest import Asked
from tests.services.procurement.rounds.evaluated import (
    LATER,
    case_of,
    opened,
    propose,
    score_all,
    sign,
    whole,
)


@pytest.fixture
def director() -> Actor:
    approvals.seed_chains(NOW)
    return add_actor("pm", "property_manager")


@pytest.fixture
def scored(asked: Asked, director: Actor) -> Asked:
    """Three quotes: 9 838.50, 10 362.00 and one that leaves a line out; all are scored."""
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("20", None))
    score_all(asked, director)
    return asked


def test_the_cheapest_needs_no_reason_and_is_in_force_by_two_signatures(
    scored: Asked, director: Actor
) -> None:
    made = propose(scored, whole(scored, scored.quoters[0]))
    scored.round.refresh_from_db()
    state_before = scored.round.state

    sign(scored, director, scored.openers[1])

    made.refresh_from_db()
    scored.round.refresh_from_db()
    assert (state_before, scored.round.state) == (RoundState.AWARDING, RoundState.AWARDED)
    assert (made.state, made.total, made.lowest_total) == (
        AwardState.APPROVED,
        Decimal("9838.50"),
        Decimal("9838.50"),
    )
    assert Event.objects.filter(name="procurement.round.awarded").count() == 1


def test_the_winner_and_the_others_are_written_to(scored: Asked, director: Actor) -> None:
    propose(scored, whole(scored, scored.quoters[0]))
    sign(scored, director, scored.openers[1])

    told = {
        letter.contact_id: letter.kind
        for letter in RoundLetter.objects.filter(kind__in=[LetterKind.AWARDED, LetterKind.REGRET])
    }
    first, second, third = (quoter.contact.pk for quoter in scored.quoters)
    assert told == {
        first: LetterKind.AWARDED,
        second: LetterKind.REGRET,
        third: LetterKind.REGRET,
    }
    assert all(one.told_at is not None for one in scored.round.invitations.all())


def test_a_dearer_one_says_why(scored: Asked) -> None:
    with pytest.raises(awards.ReasonMissing):
        propose(scored, whole(scored, scored.quoters[1]), "  ")
    assert not Award.objects.exists()

    made = propose(scored, whole(scored, scored.quoters[1]), "两年质保，本地备件")

    assert made.reason == "两年质保，本地备件"
    case = case_of(scored)
    assert case.facts["is_cheapest"] is False


def test_a_split_takes_each_line_from_its_own_vendor(scored: Asked) -> None:
    lamp, closer = (line.pk for line in scored.round.lines.order_by("position"))
    first, _second, third = (quoter.vendor.pk for quoter in scored.quoters)

    made = propose(scored, {lamp: third, closer: first})

    assert made.is_split
    assert made.total == Decimal("7702.50")  # 240 × 20 + 45 × 64.50
    assert {
        (line.line_id, line.quote_line.quote.invitation.vendor_id) for line in made.lines.all()
    } == {(lamp, third), (closer, first)}


def test_a_line_that_nobody_offers_is_not_awarded(scored: Asked) -> None:
    with pytest.raises(awards.AwardIncomplete):
        propose(scored, whole(scored, scored.quoters[2]))
    with pytest.raises(awards.AwardIncomplete):
        propose(scored, {})

    assert not Award.objects.exists()


def test_two_quotes_are_too_few(asked: Asked, director: Actor) -> None:
    opened(asked, ("28.90", "64.50"), ("30.80", "66"))
    score_all(asked, director)

    with pytest.raises(awards.TooFewQuotes) as refused:
        propose(asked, whole(asked, asked.quoters[0]))

    assert refused.value.details == {"count": 2, "least": 3}


def test_nothing_is_awarded_before_the_scores_are_there(asked: Asked, director: Actor) -> None:
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("33", "70"))

    with pytest.raises(operations.ScoresMissing):
        propose(asked, whole(asked, asked.quoters[0]))

    operations.name_evaluators(
        actor=asked.buyer,
        round_id=asked.round.pk,
        user_ids=[director.require_person()],
        now=LATER,
    )
    with pytest.raises(operations.ScoresMissing) as refused:
        propose(asked, whole(asked, asked.quoters[0]))
    assert len(refused.value.details["people"]) == 1


def test_a_vendor_on_hold_gets_nothing(scored: Asked) -> None:
    add_hold(scored.quoters[0].vendor)

    with pytest.raises(VendorNotFit):
        propose(scored, whole(scored, scored.quoters[0]))


def test_a_quote_that_has_run_out_is_not_awarded(asked: Asked, director: Actor) -> None:
    for quoter in asked.quoters:
        send_quote(quoter, asked.round, "28.90", "64.50", valid_to=LATER.date())
    open_round(asked.round, asked.openers)
    score_all(asked, director)
    award = whole(asked, asked.quoters[0])

    with pytest.raises(operations.QuoteExpired):
        propose(asked, award, today=LATER.date() + timedelta(days=1))

    assert propose(asked, award, today=LATER.date()).pk


def test_only_a_buyer_proposes(scored: Asked, director: Actor) -> None:
    with pytest.raises(access.ActionDenied):
        propose(scored, whole(scored, scored.quoters[0]), actor=director)


def test_an_award_under_way_is_the_only_one(scored: Asked) -> None:
    propose(scored, whole(scored, scored.quoters[0]))

    with pytest.raises(operations.RoundStateWrong):
        propose(scored, whole(scored, scored.quoters[0]))

    assert Award.objects.count() == 1


def test_a_refused_award_may_be_proposed_otherwise_on_the_same_paper(
    scored: Asked, director: Actor
) -> None:
    first = propose(scored, whole(scored, scored.quoters[1]), "更好的售后")
    case = case_of(scored)
    step = factories_approvals.step_under_way(case)
    approvals.reject(actor=director, case_id=case.pk, step_id=step.pk, text="太贵", now=LATER)
    first.refresh_from_db()
    scored.round.refresh_from_db()
    assert (first.state, scored.round.state) == (AwardState.REFUSED, RoundState.OPENED)

    second = propose(scored, whole(scored, scored.quoters[0]))
    assert case_of(scored).pk == case.pk
    sign(scored, director, scored.openers[1])

    second.refresh_from_db()
    case.refresh_from_db()
    assert (second.state, case.state) == (AwardState.APPROVED, CaseState.APPROVED)


def test_the_record_tells_who_and_what_and_why(scored: Asked) -> None:
    propose(scored, whole(scored, scored.quoters[1]), "更好的售后")

    entry = AuditEntry.objects.get(event="procurement.round.award-proposed")
    assert entry.actor_id == scored.buyer.user_id
    assert (entry.data["total"], entry.data["lowest"], entry.data["reason"]) == (
        "10362.00",
        "9838.50",
        "更好的售后",
    )
