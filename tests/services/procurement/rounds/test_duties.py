"""SoD-20 and SoD-21 on a round: who buys by it approves neither its award nor fewer quotes."""

from dataclasses import replace

import pytest

from kernel.access import Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import CaseState
from kernel.duties import DutiesMeet
from services.procurement.orders.models import PurchaseOrder
from services.procurement.orders.operations import order_award
from services.procurement.rounds.models import Award, AwardState, RoundState
from tests.factories import add_actor
from tests.factories_approvals import person
from tests.services.procurement.rounds.conftest import Asked
from tests.services.procurement.rounds.evaluated import (
    DAY,
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
    approvals.seed_chains(LATER)
    return add_actor("pm", "property_manager")


@pytest.fixture
def scored(asked: Asked, director: Actor) -> Asked:
    opened(asked, ("28.90", "64.50"), ("30.80", "66"), ("20", None))
    score_all(asked, director)
    return asked


@pytest.mark.parametrize("which", [0, 1])
def test_neither_of_the_award_s_signers_orders_it(
    scored: Asked, director: Actor, which: int
) -> None:
    """SoD-21, from the quotes to the order: also where he may buy by now."""
    award = propose(scored, whole(scored, scored.quoters[0]))
    signers = (director, scored.openers[1])
    sign(scored, *signers)
    signer = signers[which]
    award.refresh_from_db()
    assert award.state == AwardState.APPROVED

    with pytest.raises(DutiesMeet) as refusal:
        order_award(
            actor=replace(signer, grants=signer.grants | scored.buyer.grants),
            award_id=award.pk,
            now=LATER,
            today=DAY,
        )

    assert refusal.value.details["rule"] == "SoD-21"
    assert not PurchaseOrder.objects.exists()


def test_who_buys_by_the_round_does_not_sign_its_award(scored: Asked, director: Actor) -> None:
    """Also where the paper is another buyer's."""
    propose(scored, whole(scored, scored.quoters[0]))
    Award.objects.update(proposed_by=director.require_person())

    with pytest.raises(DutiesMeet) as refusal:
        sign(scored, director)

    assert refusal.value.details["rule"] == "SoD-21"
    scored.round.refresh_from_db()
    assert scored.round.state == RoundState.AWARDING


def test_nor_gives_the_last_signature(scored: Asked, director: Actor) -> None:
    propose(scored, whole(scored, scored.quoters[0]))
    sign(scored, director)
    last = scored.openers[1]
    Award.objects.update(proposed_by=last.require_person())

    with pytest.raises(DutiesMeet) as refusal:
        sign(scored, last)

    assert refusal.value.details["rule"] == "SoD-21"
    assert scored.round.awards.get().state == AwardState.SUBMITTED


def test_one_person_gives_one_of_the_two_signatures(scored: Asked) -> None:
    """SoD-20: a property manager who is the company's general manager as well."""
    both = person("both", "property_manager", "company_gm")
    propose(scored, whole(scored, scored.quoters[0]))
    sign(scored, both)

    with pytest.raises(DutiesMeet) as refusal:
        sign(scored, both)

    assert refusal.value.details["rule"] == "SoD-20"
    assert case_of(scored).state == CaseState.RUNNING
    assert scored.round.awards.get().state == AwardState.SUBMITTED
