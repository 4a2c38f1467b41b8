"""What opened quotes come to, their scores, what an award costs. Pure: no database, no clock.

Prices are per unit and with tax, to four places; a line is rounded once, totals are sums of
rounded lines. A vendor who leaves a line out has no total that could be compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from kernel.errors import Conflict, Invalid
from kernel.money import round_money
from kernel.text import _

CRITERIA: Final = ("price", "quality", "delivery", "after_sales", "qualification")
FULL_WEIGHT: Final = 100
FULL_SCORE: Final = 100
_TENTH: Final = Decimal("0.1")
_PLACES: Final = Decimal("0.01")


class WeightsInvalid(Invalid):
    code = "procurement.weights-invalid"


class AwardIncomplete(Invalid):
    code = "procurement.award-incomplete"


class ReasonMissing(Invalid):
    code = "procurement.award-reason-missing"


class TooFewQuotes(Conflict):
    code = "procurement.too-few-quotes"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of the round: what is asked for, and what was paid for it before, if ever."""

    line_id: int
    quantity: Decimal
    last_price: Decimal | None = None
    agreed_price: Decimal | None = None  # of a framework agreement in force


@dataclass(frozen=True, slots=True)
class Offer:
    """A vendor's opened quote: prices by line; a line that is missing is not offered."""

    vendor_id: int
    prices: Mapping[int, Decimal]
    freight: Decimal = Decimal(0)
    delivery_days: int | None = None


def check_weights(weights: Mapping[str, int], *, criteria: Sequence[str] = CRITERIA) -> None:
    """Return if the weights are one for each criterion and a hundred together.

    Price may not be everything: the handbook evaluates by all criteria (PR-21).

    :param criteria: those of ``purchase.criteria``.
    :raises WeightsInvalid: otherwise.
    """
    if set(weights) != set(criteria) or any(weight < 1 for weight in weights.values()):
        raise WeightsInvalid(_("Give every criterion a weight of at least 1."), field="weights")
    total = sum(weights.values())
    if total != FULL_WEIGHT:
        raise WeightsInvalid(
            _("The weights must be 100 together; they are %(total)d.") % {"total": total},
            field="weights",
            details={"total": total},
        )


def amount_of(price: Decimal, quantity: Decimal) -> Decimal:
    """Return what a line costs, with tax, rounded once."""
    return round_money(price * quantity)


def net_of(amount: Decimal, *, tax_percent: Decimal) -> Decimal:
    """Return the part of an amount with tax that is no tax."""
    return round_money(amount * 100 / (100 + tax_percent))


def is_complete(offer: Offer, wanted: Sequence[Wanted]) -> bool:
    """Tell whether a vendor offers every line."""
    return all(line.line_id in offer.prices for line in wanted)


def total_of(offer: Offer, wanted: Sequence[Wanted]) -> Decimal:
    """Return what the lines that a vendor offers cost together, with freight."""
    return offer.freight + sum(
        (
            amount_of(offer.prices[line.line_id], line.quantity)
            for line in wanted
            if line.line_id in offer.prices
        ),
        Decimal(0),
    )


def change_percent(price: Decimal, before: Decimal | None) -> Decimal | None:
    """Return by how many per cent a price differs from an earlier one, to a tenth."""
    if not before:
        return None
    return ((price - before) * 100 / before).quantize(_TENTH, ROUND_HALF_UP)


def deviations(prices: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return by how many per cent each vendor's price for a line differs from the others' median.

    With fewer than two others there is nothing to compare with, and the result is empty.
    """
    if len(prices) < 3:
        return {}
    in_order = sorted(prices.items(), key=lambda each: each[1])
    found = {}
    for place, (vendor_id, price) in enumerate(in_order):
        middle = _median_without(in_order, place)
        found[vendor_id] = ((price - middle) * 100 / middle).quantize(_TENTH, ROUND_HALF_UP)
    return found


def _median_without(in_order: Sequence[tuple[int, Decimal]], place: int) -> Decimal:
    """Return the median of sorted prices without the one at ``place``: no sorting for each."""
    half, is_odd = divmod(len(in_order) - 1, 2)

    def price_at(index: int) -> Decimal:
        return in_order[index if index < place else index + 1][1]

    return price_at(half) if is_odd else (price_at(half - 1) + price_at(half)) / 2


def price_scores(
    offers: Sequence[Offer], wanted: Sequence[Wanted], *, weight: int
) -> dict[int, Decimal]:
    """Return the points for the price: the cheapest complete quote has all of them.

    Each other has the share that the cheapest total is of his. An incomplete quote has no entry:
    it is not scored, and not awarded as a whole.
    """
    totals = {
        offer.vendor_id: total_of(offer, wanted) for offer in offers if is_complete(offer, wanted)
    }
    lowest = min(totals.values(), default=Decimal(0))
    return {
        vendor_id: (weight * lowest / total).quantize(_PLACES, ROUND_HALF_UP)
        if total
        else Decimal(weight)
        for vendor_id, total in totals.items()
    }


def delivery_scores(offers: Sequence[Offer], *, weight: int) -> dict[int, Decimal]:
    """Return the points for delivery: the quickest has all of them, the others his share.

    Whoever names no time has no entry.
    """
    days = {offer.vendor_id: offer.delivery_days for offer in offers if offer.delivery_days}
    quickest = min(days.values(), default=0)
    return {
        vendor_id: (Decimal(weight) * quickest / own).quantize(_PLACES, ROUND_HALF_UP)
        for vendor_id, own in days.items()
    }


def judged_score(scores: Sequence[int], *, weight: int) -> Decimal | None:
    """Return the points for a criterion that people judge: the mean of their scores of 0 to 100.

    ``None`` until somebody has scored it.
    """
    if not scores:
        return None
    mean = Decimal(sum(scores)) / len(scores)
    return (weight * mean / FULL_SCORE).quantize(_PLACES, ROUND_HALF_UP)


def ranks(points: Mapping[int, Decimal]) -> dict[int, int]:
    """Return each vendor's place, the most points first; equal points share a place."""
    in_order = sorted(points.values(), reverse=True)
    return {vendor_id: in_order.index(own) + 1 for vendor_id, own in points.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What an award comes to: by vendor, with each one's freight, and together."""

    total: Decimal
    by_vendor: Mapping[int, Decimal]

    @property
    def orders(self) -> int:
        return len(self.by_vendor)


def simulate(
    award: Mapping[int, int], offers: Sequence[Offer], wanted: Sequence[Wanted]
) -> Simulation:
    """Return what it costs to buy each line from the vendor that ``award`` names for it.

    :param award: vendor by line.
    :raises AwardIncomplete: if a line has no vendor, or one who does not offer it.
    """
    by_id = {offer.vendor_id: offer for offer in offers}
    by_vendor: dict[int, Decimal] = {}
    for line in wanted:
        offer = by_id.get(award.get(line.line_id, 0))
        price = offer.prices.get(line.line_id) if offer else None
        if offer is None or price is None:
            raise AwardIncomplete(
                _("Choose for every line a vendor who offers it."),
                field="award",
                details={"line_id": line.line_id},
            )
        before = by_vendor.setdefault(offer.vendor_id, offer.freight)
        by_vendor[offer.vendor_id] = before + amount_of(price, line.quantity)
    return Simulation(total=sum(by_vendor.values(), Decimal(0)), by_vendor=by_vendor)


def cheapest_split(offers: Sequence[Offer], wanted: Sequence[Wanted]) -> dict[int, int] | None:
    """Return the vendor with the lowest price for each line, ``None`` if nobody offers one.

    Where prices are equal, the vendor of the lower number. Freight is not weighed here: the
    simulation says what the orders together come to.
    """
    award = {}
    for line in wanted:
        bids = [
            (offer.prices[line.line_id], offer.vendor_id)
            for offer in offers
            if line.line_id in offer.prices
        ]
        if not bids:
            return None
        award[line.line_id] = min(bids)[1]
    return award


def cheapest_whole(offers: Sequence[Offer], wanted: Sequence[Wanted]) -> int | None:
    """Return whose complete quote costs the least, ``None`` if no quote is complete."""
    complete = [offer for offer in offers if is_complete(offer, wanted)]
    best = min(complete, key=lambda each: (total_of(each, wanted), each.vendor_id), default=None)
    return best.vendor_id if best else None


def lowest_possible(
    award: Mapping[int, int], offers: Sequence[Offer], wanted: Sequence[Wanted]
) -> Decimal:
    """Return the least that an award of this kind could cost, which it is measured by (PR-23).

    One to a single vendor is measured against the cheapest complete quote, a split against the
    cheapest vendor of each line, which a split can always reach.

    :raises AwardIncomplete: if a line has no vendor, or one who does not offer it.
    """
    possible = [simulate(award, offers, wanted).total]
    if len(set(award.values())) > 1 and (split := cheapest_split(offers, wanted)):
        possible.append(simulate(split, offers, wanted).total)
    possible += [total_of(offer, wanted) for offer in offers if is_complete(offer, wanted)]
    return min(possible)


def needs_reason(
    award: Mapping[int, int], offers: Sequence[Offer], wanted: Sequence[Wanted]
) -> bool:
    """Tell whether an award costs more than it could (PR-23)."""
    return simulate(award, offers, wanted).total > lowest_possible(award, offers, wanted)


def require_reason(
    award: Mapping[int, int],
    offers: Sequence[Offer],
    wanted: Sequence[Wanted],
    *,
    reason: str,
) -> None:
    """Return if the award is the cheapest or says why not. :raises ReasonMissing: otherwise."""
    if not reason.strip() and needs_reason(award, offers, wanted):
        raise ReasonMissing(
            _("This is not the cheapest award. Write down the reason for it."), field="reason"
        )


def require_quotes(*, count: int, least: int, is_allowed: bool) -> None:
    """Return if enough vendors have quoted, or fewer were specially approved (PR-20, PR-24).

    :raises TooFewQuotes: otherwise.
    """
    if count < least and not is_allowed:
        raise TooFewQuotes(
            _(
                "%(count)d vendors have quoted, %(least)d are needed. Ask for the special "
                "approval, with proof that there are no more vendors."
            )
            % {"count": count, "least": least},
            details={"count": count, "least": least},
        )
