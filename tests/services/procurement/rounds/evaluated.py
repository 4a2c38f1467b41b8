"""An opened round that is scored, and what becomes of its award; for tests of deciding."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from kernel.access import Actor
from kernel.approvals import queries as approval_queries
from kernel.approvals.models import Case
from services.procurement.rounds import operations
from services.procurement.rounds.models import Award, Quote, Round
from services.procurement.rounds.queries.comparison import criteria_to_judge
from tests import factories_approvals
from tests.factories_procurement_rounds import AFTER, Quoter, open_round, send_quote
from tests.services.procurement.rounds.conftest import Asked

LATER: Final = AFTER + timedelta(hours=1)
DAY: Final = LATER.date()


def opened(asked: Asked, *prices: tuple[str | None, ...]) -> Round:
    """Let each vendor quote these prices, and open the round."""
    for quoter, own in zip(asked.quoters, prices, strict=False):
        send_quote(quoter, asked.round, *own)
    open_round(asked.round, asked.openers)
    asked.round.refresh_from_db()
    return asked.round


def score_all(
    asked: Asked,
    evaluator: Actor,
    marks: Mapping[int, int] | None = None,
    *,
    now: datetime = LATER,
) -> None:
    """Name one evaluator; he gives each vendor one mark for every criterion, and finishes."""
    operations.name_evaluators(
        actor=asked.buyer,
        round_id=asked.round.pk,
        user_ids=[evaluator.require_person()],
        now=now,
    )
    give_marks(asked, evaluator, marks, now=now)


def give_marks(
    asked: Asked,
    evaluator: Actor,
    marks: Mapping[int, int] | None = None,
    *,
    is_finished: bool = True,
    now: datetime = LATER,
) -> None:
    quotes = Quote.objects.filter(invitation__round=asked.round).select_related("invitation")
    operations.score(
        actor=evaluator,
        round_id=asked.round.pk,
        marks={
            (quote.pk, criterion): ((marks or {}).get(quote.invitation.vendor_id, 80), "")
            for quote in quotes
            for criterion in criteria_to_judge(asked.round)
        },
        is_finished=is_finished,
        now=now,
    )


def whole(asked: Asked, quoter: Quoter) -> dict[int, int]:
    """Return the award of every line to one vendor."""
    return {line.pk: quoter.vendor.pk for line in asked.round.lines.all()}


def propose(
    asked: Asked,
    award: Mapping[int, int],
    reason: str = "",
    *,
    now: datetime = LATER,
    today: date = DAY,
    actor: Actor | None = None,
) -> Award:
    return operations.propose_award(
        actor=actor or asked.buyer,
        round_id=asked.round.pk,
        award=award,
        reason=reason,
        now=now,
        today=today,
    )


def case_of(asked: Asked) -> Case:
    case = approval_queries.open_case_of(kind="purchase.award", subject=asked.round)
    assert case is not None
    return case


def sign(asked: Asked, *signers: Actor, now: datetime = LATER) -> None:
    for signer in signers:
        factories_approvals.approve(signer, case_of(asked), now=now)
