"""Reads of advances and claims."""

from decimal import Decimal

from django.db.models import QuerySet

from kernel import access
from kernel.access import Action, Actor
from kernel.documents import queries as documents
from kernel.errors import NotFound
from kernel.money import round_money
from services.procurement.payments.models import Advance, AdvanceState, Claim
from services.procurement.payments.rules import ClaimPaper
from services.procurement.receiving.models import GoodsReceipt

# Money that is out, or on its way out, and not accounted for (PR-74).
OPEN_ADVANCES = (AdvanceState.SUBMITTED, AdvanceState.APPROVED, AdvanceState.OPEN)
# Nobody has, had or will have money by these.
NO_MONEY = (AdvanceState.REFUSED, AdvanceState.DROPPED, AdvanceState.RETURNED)


def advances(*, actor: Actor) -> QuerySet[Advance]:
    """Return the advances within the actor's reach, newest first."""
    return access.scoped(
        Advance.objects.select_related("request__project"),
        actor,
        Action.PURCHASE_VIEW,
        field="request__project_id",
    ).order_by("-pk")


def get_advance(*, actor: Actor, advance_id: int) -> Advance:
    """Return one advance. :raises NotFound: if there is none within the actor's reach."""
    advance = advances(actor=actor).filter(pk=advance_id).first()
    if advance is None:
        raise NotFound
    return advance


def open_advances(person_id: int) -> QuerySet[Advance]:
    """Return the advances of a person that are not settled. The caller has checked access."""
    return Advance.objects.filter(person_id=person_id, state__in=OPEN_ADVANCES).order_by("pk")


def claims(*, actor: Actor) -> QuerySet[Claim]:
    """Return the claims within the actor's reach, newest first."""
    return access.scoped(
        Claim.objects.select_related(
            "receipt__order__project", "receipt__order__vendor", "invoice", "advance"
        ),
        actor,
        Action.PURCHASE_VIEW,
        field="receipt__order__project_id",
    ).order_by("-pk")


def get_claim(*, actor: Actor, claim_id: int) -> Claim:
    """Return one claim. :raises NotFound: if there is none within the actor's reach."""
    claim = claims(actor=actor).filter(pk=claim_id).first()
    if claim is None:
        raise NotFound
    return claim


def papers_of(claim: Claim) -> set[ClaimPaper]:
    """Return which papers of a claim are there: its files, and the stock-in slip (PR-71, PR-35).

    The caller has checked access.
    """
    kinds = set(documents.attachments_of(claim).values_list("kind", flat=True))
    there = {paper for paper in (ClaimPaper.SALES_SLIP, ClaimPaper.INVOICE) if paper in kinds}
    if claim.receipt.value > 0:
        there.add(ClaimPaper.STOCK_IN_SLIP)
    return there


def claimable(receipt: GoodsReceipt) -> Decimal:
    """Return what a claim for a receipt comes to, with tax. The caller has checked access."""
    return sum(
        (
            round_money(line.accepted * line.order_line.unit_price)
            for line in receipt.lines.select_related("order_line")
        ),
        Decimal(0),
    )
