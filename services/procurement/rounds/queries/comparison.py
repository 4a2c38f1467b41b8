"""The comparison sheet of an opened round, read in six statements however many lines it has."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import F, Sum

from kernel.errors import Conflict
from kernel.money import round_money
from kernel.text import _
from services.procurement.rounds.models import (
    Evaluator,
    Opening,
    Quote,
    QuoteLine,
    Round,
    RoundLine,
    RoundSource,
    Score,
)
from services.procurement.rounds.rules import awards
from services.procurement.rounds.rules.comparison import COMPUTED, Bid, Comparison, Line, compare


class RoundNotOpened(Conflict):
    code = "procurement.round-not-opened"


def require_opened(quote_round: Round) -> None:
    """Return if the quotes of a round may be read. :raises RoundNotOpened: otherwise."""
    if not Opening.objects.filter(round=quote_round).exists():
        raise RoundNotOpened(_("The quotes are sealed until two people open them."))


def comparison_of(quote_round: Round) -> Comparison:
    """Return the sheet of a round that the caller has found for the actor.

    :raises RoundNotOpened: before the opening.
    """
    require_opened(quote_round)
    lines = [
        Line(*values)
        for values in RoundLine.objects.filter(round=quote_round)
        .order_by("position")
        .values_list(
            "pk", "position", "name", "spec", "unit", "quantity", "last_price", "agreed_price"
        )
    ]
    prices: dict[int, dict[int, Decimal]] = defaultdict(dict)
    offered = QuoteLine.objects.filter(quote__invitation__round=quote_round).order_by()
    for quote_id, line_id, price in offered.values_list("quote_id", "line_id", "unit_price"):
        prices[quote_id][line_id] = price
    judged = _judged(quote_round)
    bids = [
        Bid(
            quote_id=quote.pk,
            vendor_id=quote.invitation.vendor_id,
            vendor_name=quote.invitation.vendor.name,
            prices=prices[quote.pk],
            freight=quote.freight,
            delivery_days=quote.delivery_days,
            total=quote.total,
            tax_percent=quote.tax_percent,
            warranty_months=quote.warranty_months,
            payment_terms=quote.payment_terms,
            valid_to=quote.valid_to,
            note=quote.note,
            judged=judged[quote.pk],
        )
        for quote in Quote.objects.filter(invitation__round=quote_round)
        .select_related("invitation__vendor")
        .order_by("invitation_id")
    ]
    return compare(lines, bids, weights=quote_round.weights, budget=budget_of(quote_round, lines))


def budget_of(quote_round: Round, lines: list[Line]) -> Decimal | None:
    """Return what the requests estimated, else what the last prices come to; with tax.

    ``None`` where neither is known of every line.
    """
    estimates = dict(
        RoundSource.objects.filter(line__round=quote_round)
        .order_by()
        .values_list("line_id")
        .annotate(amount=Sum(F("quantity") * F("request_line__unit_price")))
    )
    total = Decimal(0)
    for line in lines:
        if line.line_id in estimates:
            total += round_money(estimates[line.line_id])
        elif line.last_price is not None:
            total += awards.amount_of(line.last_price, line.quantity)
        else:
            return None
    return total


def criteria_to_judge(quote_round: Round) -> list[str]:
    """Return the criteria that people score, in the order of the round's weights."""
    return [criterion for criterion in quote_round.weights if criterion not in COMPUTED]


def evaluators_of(quote_round: Round) -> list[Evaluator]:
    """Return who scores the round, in the order in which they were named."""
    return list(Evaluator.objects.filter(round=quote_round).order_by("pk"))


def scores_by(evaluator: Evaluator) -> dict[tuple[int, str], Score]:
    """Return one evaluator's scores by quote and criterion."""
    return {
        (score.quote_id, score.criterion): score
        for score in Score.objects.filter(evaluator=evaluator).order_by("pk")
    }


def _judged(quote_round: Round) -> dict[int, dict[str, list[int]]]:
    """Return the scores of those who have finished: nobody is led by another's."""
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    finished = Score.objects.filter(
        evaluator__round=quote_round, evaluator__done_at__isnull=False
    ).order_by("pk")
    for quote_id, criterion, points in finished.values_list("quote_id", "criterion", "points"):
        found[quote_id][criterion].append(points)
    return found
