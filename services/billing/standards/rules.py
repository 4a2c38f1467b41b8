"""The arithmetic of a fee and what makes a price acceptable. Pure: no database, no clock.

``sql`` says the same for whole projects at once; a test proves that both agree to the cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from typing import Final, Literal, NamedTuple

from kernel.errors import Invalid
from kernel.money import round_money
from kernel.text import _

MethodName = Literal["PER_AREA", "FIXED", "TIERED_METER"]

# 12 digits of area or consumption, 9 of price, 5 of rate, some for the sum: no product of a fee
# is ever rounded before the one rounding at the end, and the trap proves it.
_EXACT: Final = Context(prec=60, traps=[Inexact])

_RATE_PLACES: Final = Decimal("0.0001")
MAX_PRICE: Final = Decimal("99999.9999")
MAX_TIERS: Final = 10
MAX_LAG_MONTHS: Final = 12
TENFOLD: Final = Decimal(9)  # ten times the price is a change of +900 %


class PriceMissing(Invalid):
    code = "standards.price-missing"


class PriceInvalid(Invalid):
    code = "standards.price-invalid"


class TiersInvalid(Invalid):
    code = "standards.tiers-invalid"


class FiguresInvalid(Invalid):
    code = "standards.figures-invalid"


class MonthInvalid(Invalid):
    code = "standards.month-invalid"


class Tier(NamedTuple):
    """A price up to a monthly consumption, the limit included; ``None`` is without limit."""

    up_to: Decimal | None
    price: Decimal


@dataclass(frozen=True, slots=True)
class Pricing:
    """The figures of a version that decide an amount.

    ``price`` is per m² and month, per unit and month, or per unit of consumption where there
    are no tiers.
    """

    method: MethodName
    price: Decimal | None = None
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that a version says, as plain values; months are firsts, ``valid_to`` excluded."""

    pricing: Pricing
    valid_from: date
    valid_to: date | None = None
    area_basis: str = "BUILT"
    meter_kind: str = ""
    reduced_rate: Decimal = Decimal(1)
    reduced_states: tuple[str, ...] = ()
    usage_lag_months: int = 0

    def rate_of(self, state: str) -> Decimal:
        """Return the share charged of a unit in ``state``."""
        return self.reduced_rate if state in self.reduced_states else Decimal(1)

    def is_in_force(self, month: date) -> bool:
        return self.valid_from <= month and (self.valid_to is None or month < self.valid_to)


def share_of_month(
    figures: Figures, month: date, state: str, changes: Sequence[tuple[date, str]]
) -> Decimal:
    """Return the share charged of a unit that changes its state: by the days in each state.

    Part months go by days (handbook 3.6.4, rule 1). To four places, half up, as bills keep it.

    :param state: at the beginning of the month.
    :param changes: days from which another state holds, with it, in order; those after the month
        do not count.
    """
    end = month_after(month)
    charged, begin = Decimal(0), month
    for day, following in (*changes, (end, "")):
        until = min(max(day, begin), end)
        charged += (until - begin).days * figures.rate_of(state)
        begin, state = until, following
    return (charged / (end - month).days).quantize(_RATE_PLACES, ROUND_HALF_UP)


class Slab(NamedTuple):
    """A part of a quantity and its price; ``above`` exclusive, ``up_to`` inclusive."""

    quantity: Decimal
    price: Decimal
    above: Decimal
    up_to: Decimal | None

    @property
    def exact(self) -> Decimal:
        """The part's amount before any rounding."""
        return _EXACT.multiply(self.quantity, self.price)


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an amount came about: the full fee Σ (quantity × price), rounded; × rate, rounded."""

    method: MethodName
    quantity: Decimal
    rate: Decimal
    slabs: tuple[Slab, ...]
    gross: Decimal  # Σ (quantity × price) before any rounding
    full: Decimal  # the same to the cent
    exact: Decimal  # full × rate, before the second rounding
    amount: Decimal

    @property
    def price(self) -> Decimal | None:
        """The single price, ``None`` where tiers have several."""
        return self.slabs[0].price if len(self.slabs) == 1 else None


def explain(pricing: Pricing, quantity: Decimal, rate: Decimal = Decimal(1)) -> Explanation:
    """Return the amount of one month and every step to it.

    :param quantity: m² of charging area, 1 for a fixed fee, or the month's consumption.
    :param rate: the share that is charged, 0.70 for a vacant dwelling. It is a share of the full
        fee, which is an amount of its own and rounded to the cent (handbook 3.6.4, rule 1), and
        the product is rounded again (rule 2: 184.23 × 0.70 = 128.961, so 128.96).
    :raises PriceMissing: if the version has no price (BL-02).
    """
    slabs = _slabs(pricing, quantity)
    gross = Decimal(0)
    for slab in slabs:
        gross = _EXACT.add(gross, slab.exact)
    full = round_money(gross)
    exact = _EXACT.multiply(full, rate)
    return Explanation(
        pricing.method, quantity, rate, slabs, gross, full, exact, round_money(exact)
    )


def amount(pricing: Pricing, quantity: Decimal, rate: Decimal = Decimal(1)) -> Decimal:
    """Return the amount of one month; zero for a meter that stood still, which is a bill, too.

    :raises PriceMissing: if the version has no price.
    """
    return explain(pricing, quantity, rate).amount


def read_tiers(stored: Sequence[Mapping[str, str | None]]) -> tuple[Tier, ...]:
    """Return the tiers of a version's ``tiers`` column."""
    return tuple(
        Tier(None if tier["up_to"] is None else Decimal(tier["up_to"]), Decimal(str(tier["price"])))
        for tier in stored
    )


def write_tiers(tiers: Sequence[Tier]) -> list[dict[str, str | None]]:
    """Return what a version's ``tiers`` column stores: ``{"up_to": "14", "price": "2.90"}``."""
    return [
        {"up_to": None if tier.up_to is None else f"{tier.up_to:f}", "price": f"{tier.price:f}"}
        for tier in tiers
    ]


def check_pricing(pricing: Pricing) -> None:
    """Return if the figures can be drafted; a price that is not known yet is no fault.

    :raises PriceInvalid: for a price of zero or less, too large or with over four decimals.
    :raises TiersInvalid: for tiers out of order, without an open end, or not asked for.
    """
    if pricing.price is not None:
        _check_price(pricing.price, field="price")
    if not pricing.tiers:
        return
    if pricing.method != "TIERED_METER":
        raise TiersInvalid(_("Only metered items have tiers."), field="tiers")
    if pricing.price is not None:
        raise TiersInvalid(_("Set either one price or tiers, not both."), field="tiers")
    check_tiers(pricing.tiers)


def check_tiers(tiers: Sequence[Tier]) -> None:
    """Return if the limits ascend, only the last tier is open, and every price is positive.

    :raises PriceInvalid: for a price of zero or less, too large or with over four decimals.
    :raises TiersInvalid: otherwise; ``details["tier"]`` counts from 1.
    """
    if len(tiers) > MAX_TIERS:
        raise TiersInvalid(_("There can be at most ten tiers."), field="tiers")
    above = Decimal(0)
    for number, tier in enumerate(tiers, start=1):
        _check_price(tier.price, field="tiers", tier=number)
        is_last = number == len(tiers)
        if tier.up_to is None:
            if not is_last:
                raise TiersInvalid(
                    _("Only the last tier is without a limit."),
                    field="tiers",
                    details={"tier": number},
                )
            return
        if not tier.up_to.is_finite() or tier.up_to <= above:
            raise TiersInvalid(
                _("Each limit must be greater than the one before."),
                field="tiers",
                details={"tier": number},
            )
        if _places(tier.up_to) > 2:
            raise TiersInvalid(
                _("A limit has at most two decimals."), field="tiers", details={"tier": number}
            )
        above = tier.up_to
    raise TiersInvalid(
        _("The last tier must be without a limit, or large consumption has no price."),
        field="tiers",
        details={"tier": len(tiers)},
    )


def check_reduction(rate: Decimal, states: Sequence[str]) -> None:
    """Return if a reduced rate and the unit states that it is for go together.

    :raises FiguresInvalid: for a rate outside (0, 1], or one without states, or states with 1.
    """
    if not rate.is_finite() or not 0 < rate <= 1 or _places(rate) > 4:
        raise FiguresInvalid(
            _("The reduced rate must be over 0 % and at most 100 %."), field="reduced_rate"
        )
    if rate < 1 and not states:
        raise FiguresInvalid(
            _("Say for which states of a unit the reduced rate is."), field="reduced_states"
        )
    if rate == 1 and states:
        raise FiguresInvalid(
            _("A reduced rate of 100 % reduces nothing: leave the states empty."),
            field="reduced_rate",
        )


def check_figures(figures: Figures) -> None:
    """Return if the figures can be drafted; a price that is not known yet is no fault.

    :raises PriceInvalid: see :func:`check_pricing`.
    :raises TiersInvalid: see :func:`check_pricing`.
    :raises MonthInvalid: if an end is not the first of a month or not after the beginning.
    :raises FiguresInvalid: if the reduction or the lag is out of range, or a metered item does
        not say which meters, or another item does.
    """
    check_pricing(figures.pricing)
    check_months(figures.valid_from, figures.valid_to)
    check_reduction(figures.reduced_rate, figures.reduced_states)
    if not 0 <= figures.usage_lag_months <= MAX_LAG_MONTHS:
        raise FiguresInvalid(
            _("The usage billed lies at most twelve months back."), field="usage_lag_months"
        )
    is_metered = figures.pricing.method == "TIERED_METER"
    if is_metered and not figures.meter_kind:
        raise FiguresInvalid(_("Say which kind of meter is billed."), field="meter_kind")
    if not is_metered and (figures.meter_kind or figures.usage_lag_months):
        raise FiguresInvalid(_("Only metered items have meters and usage."), field="meter_kind")


def price_places(price: Decimal) -> int:
    """Return with how many decimals a unit price is shown: those it has, at least two."""
    return max(2, _places(price))


def check_complete(figures: Figures) -> None:
    """Return if a draft may be confirmed: no price, no bill (BL-02).

    :raises PriceMissing: without a price; otherwise as :func:`check_figures`.
    """
    check_figures(figures)
    if not _has_price(figures.pricing):
        raise PriceMissing(
            _("This version has no price. Without a price nothing can be billed."), field="price"
        )


def check_months(valid_from: date, valid_to: date | None) -> None:
    """Return if both are firsts of months, in order. ``valid_to`` is excluded, ``None`` is open.

    :raises MonthInvalid: otherwise.
    """
    check_month(valid_from, field="valid_from")
    if valid_to is None:
        return
    check_month(valid_to, field="valid_to")
    if valid_to <= valid_from:
        raise MonthInvalid(_("The end must lie after the beginning."), field="valid_to")


def check_month(day: date, *, field: str) -> None:
    """Return if ``day`` begins a month: fees are charged for whole months.

    :raises MonthInvalid: otherwise.
    """
    if day.day != 1:
        raise MonthInvalid(_("Choose the first day of a month."), field=field)


def largest_change(old: Pricing, new: Pricing) -> Decimal | None:
    """Return by which share the amounts change, e.g. 0.1071; the one furthest from zero.

    Tiers are compared at every limit of either version and at twice the highest. ``None`` where
    nothing can be compared: another method, or a version without a price.
    """
    if old.method != new.method or not _has_price(old) or not _has_price(new):
        return None
    changes = []
    for quantity in _reference_quantities(old, new):
        before, after = explain(old, quantity).gross, explain(new, quantity).gross
        changes.append(after / before - 1)
    return max(changes, key=abs)


def month_after(month: date) -> date:
    """Return the first day of the next month."""
    return shift_month(month, 1)


def shift_month(month: date, months: int) -> date:
    """Return the first day of the month ``months`` later, or earlier if it is negative."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _slabs(pricing: Pricing, quantity: Decimal) -> tuple[Slab, ...]:
    if not pricing.tiers:
        if pricing.price is None:
            raise PriceMissing(_("This version has no price."), field="price")
        return (Slab(quantity, pricing.price, Decimal(0), None),)
    slabs: list[Slab] = []
    above = Decimal(0)
    for tier in pricing.tiers:
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        if top > above or not slabs:
            slabs.append(Slab(max(top - above, Decimal(0)), tier.price, above, tier.up_to))
        if tier.up_to is None or quantity <= tier.up_to:
            break
        above = tier.up_to
    return tuple(slabs)


def _check_price(price: Decimal, *, field: str, tier: int | None = None) -> None:
    details = {"tier": tier} if tier else None
    if not price.is_finite() or price <= 0:
        raise PriceInvalid(_("A price must be greater than zero."), field=field, details=details)
    if price > MAX_PRICE:
        raise PriceInvalid(_("A price may be at most 99,999.9999."), field=field, details=details)
    if _places(price) > 4:
        raise PriceInvalid(_("A price has at most four decimals."), field=field, details=details)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _has_price(pricing: Pricing) -> bool:
    return pricing.price is not None or bool(pricing.tiers)


def _reference_quantities(old: Pricing, new: Pricing) -> list[Decimal]:
    limits = {tier.up_to for tier in (*old.tiers, *new.tiers) if tier.up_to is not None}
    return [Decimal(1), *sorted(limits), 2 * max(limits, default=Decimal(1))]
