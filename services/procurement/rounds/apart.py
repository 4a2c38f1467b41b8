"""Who approves of a round does not buy by it (SoD-21): what its documents tell the approvals."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from kernel.access import Actor
from kernel.approvals.models import Case
from kernel.approvals.rules.definitions import Duty, read_duty
from kernel.duties import Step
from kernel.duties import operations as duties
from services.procurement.rounds import queries
from services.procurement.rounds.models import Round

BOUGHT: Final[Duty] = read_duty("SoD-21:B")


def who_bought(case: Case) -> Mapping[Duty, Collection[int]]:
    """Return who buys by the round of a case, for the steps that keep approving apart from it."""
    return {BOUGHT: queries.buyers_of(Round.objects.get(pk=case.subject_id))}


def require_no_buyer(quote_round: Round, actor: Actor, now: datetime) -> None:
    """Return if the actor does not buy by a round that he approves of.

    Whatever the chain's steps say of duties.

    :raises duties.DutiesMeet: otherwise (SoD-21).
    """
    duties.require_step_apart(
        Step.PURCHASE_APPROVE_SECOND,
        actor=actor,
        done={Step.PURCHASE_BUY: queries.buyers_of(quote_round)},
        subject=quote_round,
        project_id=quote_round.project_id,
        now=now,
    )
