"""The comparison sheet (比价表): lines by vendors, points by criteria. Pure: no database, no clock.

Built once for a page, an export and the award, so that all three say the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Final, NamedTuple

from services.procurement.rounds.rules import awards
from services.procurement.rounds.rules.awards import Offer, Wanted

# Worked out from the quotes; the other criteria are judged by people.
COMPUTED: Final = frozenset({"price", "delivery"})
# A price so far from the median of the others is looked at again: a wrong unit, another article.
ABNORMAL_PERCENT: Final = Decimal(30)


class Line(NamedTuple):
    """A line of the round in words and figures."""

    line_id: int
    position: int
    name: str
    spec: str
    unit: str
    quantity: Decimal
    last_price: Decimal | None
    agreed_price: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """An opened quote with what is compared beside its prices.

    :ivar total: of what is offered, with freight.
    :ivar judged: the evaluators' scores, 0 to 100, by criterion.
    """

    quote_id: int
    vendor_id: int
    vendor_name: str
    prices: Mapping[int, Decimal]
    freight: Decimal
    delivery_days: int | None
    total: Decimal
    tax_percent: Decimal
    warranty_months: int | None = None
    payment_terms: str = ""
    valid_to: date | None = None
    note: str = ""
    judged: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @property
    def asks_ahead(self) -> bool:
        return asks_ahead(self.payment_terms)

    @property
    def offer(self) -> Offer:
        return Offer(self.vendor_id, self.prices, self.freight, self.delivery_days)


# Words of terms by which money is paid before anything is taken in, and those that say it is not.
_AHEAD: Final = re.compile(
    r"预付|预收|订金|定金|首付|先款|款到|pre-?pay|down payment|deposit|in advance|before delivery"
    r"|advance payment",
    re.IGNORECASE,
)
_NOT_AHEAD: Final = re.compile(
    r"[无免不]需?要?(?:支付|收取|收)?(?:预付|预收|订金|定金|首付)款?"
    r"|(?:no|without)(?: any)? (?:pre-?payment|down payment|deposit|advance payment)",
    re.IGNORECASE,
)


def asks_ahead(terms: str) -> bool:
    """Tell whether terms of payment ask for money before delivery.

    The company pays what was taken in and invoiced (PR-71, PR-72). Terms are free text: this is a
    hint for whoever reads them, and nothing is refused by it.
    """
    return _AHEAD.search(_NOT_AHEAD.sub("", terms)) is not None


class Cell(NamedTuple):
    """A vendor's price for a line; ``None`` where he offers none.

    ``change``: per cent against the last price, or the agreed one where there was none.
    ``deviation``: per cent from the median of the others, given only where it is abnormal.
    """

    price: Decimal | None
    change: Decimal | None = None
    is_lowest: bool = False
    deviation: Decimal | None = None


class Row(NamedTuple):
    line: Line
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A vendor's column: his bid, points by criterion (``None``: not scored yet), place."""

    bid: Bid
    missing: int
    points: Mapping[str, Decimal | None]
    score: Decimal | None  # of all criteria, to a tenth; ``None`` unless he can be compared
    rank: int | None
    against_budget: Decimal | None  # per cent, negative below

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def below(self) -> Decimal | None:
        """By how many per cent it lies below the budget."""
        return None if self.against_budget is None else -self.against_budget


@dataclass(frozen=True)
class Comparison:
    """The whole sheet. ``columns`` in the order in which the vendors were invited."""

    weights: Mapping[str, int]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    budget: Decimal | None

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        return tuple(
            Wanted(line.line_id, line.quantity, line.last_price, line.agreed_price)
            for line, _cells in self.rows
        )

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        return tuple(column.bid.offer for column in self.columns)

    @cached_property
    def best(self) -> Column | None:
        """The vendor with the most points, once every complete quote has all of its points."""
        compared = [column for column in self.columns if column.is_complete]
        if not compared or any(column.score is None for column in compared):
            return None
        return min(compared, key=lambda each: (each.rank or 0, each.bid.total, each.bid.vendor_id))

    @cached_property
    def cheapest(self) -> Column | None:
        """The complete quote that costs the least."""
        vendor_id = awards.cheapest_whole(self.offers, self.wanted)
        return next((each for each in self.columns if each.bid.vendor_id == vendor_id), None)

    @cached_property
    def cheapest_split(self) -> Mapping[int, int] | None:
        """The vendor with the lowest price for each line, if every line is offered."""
        return awards.cheapest_split(self.offers, self.wanted)

    @cached_property
    def split(self) -> awards.Simulation | None:
        """What the cheapest split comes to, with each vendor's freight."""
        if self.cheapest_split is None:
            return None
        return awards.simulate(self.cheapest_split, self.offers, self.wanted)

    @cached_property
    def ahead(self) -> tuple[Column, ...]:
        """The quotes that ask for money before delivery."""
        return tuple(column for column in self.columns if column.bid.asks_ahead)

    @cached_property
    def abnormal(self) -> tuple[tuple[Line, Column, Cell], ...]:
        """The prices that should be looked at before the award."""
        return tuple(
            (line, self.columns[place], cell)
            for line, cells in self.rows
            for place, cell in enumerate(cells)
            if cell.deviation is not None
        )

    def whole(self, vendor_id: int) -> dict[int, int]:
        """Return the award of every line to one vendor."""
        return {line.line_id: vendor_id for line, _cells in self.rows}

    def lowest_possible(self, award: Mapping[int, int]) -> Decimal:
        """Return the least that an award of this kind could cost (PR-23)."""
        return awards.lowest_possible(award, self.offers, self.wanted)


def compare(
    lines: Sequence[Line],
    bids: Sequence[Bid],
    *,
    weights: Mapping[str, int],
    budget: Decimal | None = None,
) -> Comparison:
    """Return the sheet of the opened quotes.

    :param weights: points by criterion, a hundred together.
    :param budget: what the requests estimated, with tax; ``None`` if nothing is known.
    """
    wanted = [
        Wanted(line.line_id, line.quantity, line.last_price, line.agreed_price) for line in lines
    ]
    offers = [bid.offer for bid in bids]
    points = _points(offers, bids, wanted, weights)
    scores = {
        bid.vendor_id: _sum_of(points[bid.vendor_id])
        for bid in bids
        if awards.is_complete(bid.offer, wanted)
    }
    ranks = awards.ranks({id_: score for id_, score in scores.items() if score is not None})
    columns = tuple(
        Column(
            bid=bid,
            missing=sum(line.line_id not in bid.prices for line in lines),
            points=points[bid.vendor_id],
            score=scores.get(bid.vendor_id),
            rank=ranks.get(bid.vendor_id),
            against_budget=awards.change_percent(bid.total, budget),
        )
        for bid in bids
    )
    return Comparison(
        weights=weights,
        columns=columns,
        rows=tuple(Row(line, _cells(line, bids)) for line in lines),
        budget=budget,
    )


def _points(
    offers: Sequence[Offer],
    bids: Sequence[Bid],
    wanted: Sequence[Wanted],
    weights: Mapping[str, int],
) -> dict[int, dict[str, Decimal | None]]:
    computed = {
        "price": lambda weight: awards.price_scores(offers, wanted, weight=weight),
        "delivery": lambda weight: awards.delivery_scores(offers, weight=weight),
    }
    found: dict[int, dict[str, Decimal | None]] = {bid.vendor_id: {} for bid in bids}
    for criterion, weight in weights.items():
        known = computed[criterion](weight) if criterion in COMPUTED else {}
        for bid in bids:
            if criterion in COMPUTED:
                own = known.get(bid.vendor_id)
                # Whoever names no time of delivery has no points for it; he is compared all the
                # same. An incomplete quote has no price that could be.
                if own is None and criterion == "delivery":
                    own = Decimal(0)
            else:
                own = awards.judged_score(bid.judged.get(criterion, ()), weight=weight)
            found[bid.vendor_id][criterion] = own
    return found


def _sum_of(points: Mapping[str, Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for own in points.values():
        if own is None:
            return None
        total += own
    return total


def _cells(line: Line, bids: Sequence[Bid]) -> tuple[Cell, ...]:
    prices = {bid.vendor_id: bid.prices[line.line_id] for bid in bids if line.line_id in bid.prices}
    lowest = min(prices.values(), default=None)
    deviations = awards.deviations(prices)
    before = line.last_price or line.agreed_price
    cells = []
    for bid in bids:
        price = prices.get(bid.vendor_id)
        if price is None:
            cells.append(Cell(None))
            continue
        deviation = deviations.get(bid.vendor_id)
        cells.append(
            Cell(
                price,
                awards.change_percent(price, before),
                price == lowest,
                deviation if deviation is not None and abs(deviation) >= ABNORMAL_PERCENT else None,
            )
        )
    return tuple(cells)
