"""A second round: those who quoted, the same lines, and no price above the first."""

from datetime import timedelta

import pytest

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import CaseState
from services.procurement.rounds import operations, queries
from services.procurement.rounds.models import Round, RoundState
from services.procurement.rounds.queries.comparison import comparison_of
from services.procurement.rounds.rules.sheets import SheetInvalid
from tests import factories_approvals
from tests.factories import NOW, add_actor
from tests.factories_procurement_rounds import send_quote
from tests.services.procurement.rounds.conftest import Asked
from tests.services.procurement.rounds.evaluated import (
    DAY,
    LATER,
    case_of,
    opened,
    propose,
    score_all,
    whole,
)

CLOSES = LATER + timedelta(days=2)


@pytest.fixture
def second(asked: Asked) -> Round:
    opened(asked, ("28.90", "64.50"), ("30.80", None))
    return operations.ask_second(actor=asked.buyer, round_id=asked.round.pk, now=LATER, today=DAY)


def published(asked: Asked, second: Round) -> Round:
    Round.objects.filter(pk=second.pk).update(
        closes_at=CLOSES, is_fewer_allowed=True, fewer_reason="x"
    )
    return operations.publish(actor=asked.buyer, round_id=second.pk, now=LATER, today=DAY)


def test_it_asks_those_who_quoted_for_the_same(asked: Asked, second: Round) -> None:
    asked.round.refresh_from_db()

    assert asked.round.state == RoundState.REPEATED
    assert (second.state, second.earlier_id) == (RoundState.DRAFT, asked.round.pk)
    assert [one.vendor_id for one in second.invitations.order_by("pk")] == [
        quoter.vendor.pk for quoter in asked.quoters[:2]
    ]
    assert list(second.lines.order_by("position").values_list("name", "quantity")) == list(
        asked.round.lines.order_by("position").values_list("name", "quantity")
    )
    assert len(comparison_of(asked.round).columns) == 2  # the first stays readable


def test_no_price_rises_above_what_was_offered(asked: Asked, second: Round) -> None:
    again = published(asked, second)
    first, other, _third = asked.quoters

    with pytest.raises(SheetInvalid) as refused:
        send_quote(first, again, "28.91", "64.50", now=LATER)
    assert refused.value.details["offered"] == "28.9000"

    assert send_quote(first, again, "28.90", "60", now=LATER).number == 1
    # The line that he left out before is free.
    assert send_quote(other, again, "29", "900", now=LATER).number == 1


def test_an_earlier_offer_is_the_vendors_own(asked: Asked, second: Round) -> None:
    again = published(asked, second)
    invitation = queries.get_invitation(actor=asked.quoters[1].actor, round_id=again.pk)

    assert [str(price) for price in queries.prices_of_first(invitation).values()] == ["30.8000"]


def test_a_round_without_quotes_has_no_second(asked: Asked) -> None:
    opened(asked)

    with pytest.raises(operations.RoundStateWrong):
        operations.ask_second(actor=asked.buyer, round_id=asked.round.pk, now=LATER, today=DAY)

    asked.round.refresh_from_db()
    assert asked.round.state == RoundState.OPENED


def test_a_round_whose_award_is_under_way_has_no_second(asked: Asked) -> None:
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("33", "70"))
    approvals.seed_chains(NOW)
    director: Actor = add_actor("pm", "property_manager")
    score_all(asked, director)
    propose(asked, whole(asked, asked.quoters[0]))
    case = case_of(asked)

    with pytest.raises(operations.RoundStateWrong):
        operations.ask_second(actor=asked.buyer, round_id=asked.round.pk, now=LATER, today=DAY)

    # Once it is rejected the round may go the other way, and its paper ends.
    step = factories_approvals.step_under_way(case)
    approvals.reject(actor=director, case_id=case.pk, step_id=step.pk, text="再谈", now=LATER)
    operations.ask_second(actor=asked.buyer, round_id=asked.round.pk, now=LATER, today=DAY)
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN
