"""Who bought by a round and who approved of it: nobody does both (SoD-21)."""

from kernel.approvals import queries as approvals
from kernel.approvals.models import Act
from services.procurement.requests.models import PurchaseRequest
from services.procurement.rounds.models import Round, RoundSource


def buyers_of(quote_round: Round) -> set[int]:
    """Return who buys by it: made it, proposed an award, or bought of one of its requests."""
    sources = RoundSource.objects.filter(line__round=quote_round)
    requests = PurchaseRequest.objects.filter(lines__in=sources.values("request_line"))
    people = {quote_round.created_by}
    people.update(quote_round.awards.values_list("proposed_by", flat=True))
    for buyer_ids in requests.values_list("buyer_ids", flat=True):
        people.update(buyer_ids)
    return people


def approvers_of(quote_round: Round, *kinds: str) -> set[int | None]:
    """Return who signed cases of these kinds on a round, and for whom: they do not buy by it."""
    people: set[int | None] = set()
    for kind in kinds:
        case = approvals.case_of(kind=kind, subject=quote_round)
        if case is not None:
            signed = case.signatures.filter(act__in=[Act.APPROVED, Act.COUNTED])
            for pair in signed.values_list("user_id", "for_user_id"):
                people.update(pair)
    return people
