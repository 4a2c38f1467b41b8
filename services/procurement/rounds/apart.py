"""Who approves of a round does not buy by it (SoD-21): what its documents tell the approvals."""

from collections.abc import Collection, Mapping
from typing import Final

from kernel.approvals.models import Case
from kernel.approvals.rules.definitions import Duty, read_duty
from services.procurement.rounds import queries
from services.procurement.rounds.models import Round

BOUGHT: Final[Duty] = read_duty("SoD-21:B")


def who_bought(case: Case) -> Mapping[Duty, Collection[int]]:
    """Return who buys by the round of a case, for the steps that keep approving apart from it."""
    return {BOUGHT: queries.buyers_of(Round.objects.get(pk=case.subject_id))}
