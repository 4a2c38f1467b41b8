"""Moving-average stock, counting and inspecting goods. Pure: no database, no clock.

A stock keeps quantity and value; the price follows from both and is never stored, so that
nothing is lost by rounding it: whatever leaves takes its share of the value to the cent, and the
last unit takes all that is left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kernel.errors import Conflict, Invalid
from kernel.money import round_money
from kernel.text import _

NOTHING: Final = Decimal(0)
QUANTITY_PLACES: Final = Decimal("0.001")
MAX_QUANTITY: Final = Decimal("9999999.999")
MAX_VALUE: Final = Decimal(999999999999)


class QuantityInvalid(Invalid):
    code = "procurement.quantity-invalid"


class ValueInvalid(Invalid):
    code = "procurement.value-invalid"


class StockTooSmall(Conflict):
    code = "procurement.stock-too-small"


class InspectionInvalid(Invalid):
    code = "procurement.inspection-invalid"


@dataclass(frozen=True, slots=True)
class Stock:
    """What lies in one warehouse of one item."""

    quantity: Decimal = NOTHING
    value: Decimal = NOTHING

    @property
    def average(self) -> Decimal | None:
        """The price of one, unrounded; ``None`` without stock."""
        return self.value / self.quantity if self.quantity else None


def require_quantity(quantity: Decimal, *, field: str = "quantity") -> Decimal:
    """Return a quantity above zero with at most three places. :raises QuantityInvalid: else."""
    if not quantity.is_finite() or not 0 < quantity <= MAX_QUANTITY or quantity % QUANTITY_PLACES:
        raise QuantityInvalid(
            _("Enter a quantity above zero with at most three decimals."), field=field
        )
    return quantity


def require_counted(quantity: Decimal) -> Decimal:
    """Return what was counted, zero or more in three places. :raises QuantityInvalid: else."""
    if not quantity.is_finite() or not 0 <= quantity <= MAX_QUANTITY or quantity % QUANTITY_PLACES:
        raise QuantityInvalid(
            _("Enter the counted quantity with at most three decimals."), field="counted"
        )
    return quantity


def require_value(value: Decimal, *, field: str = "value") -> Decimal:
    """Return an amount of zero or more in whole cents. :raises ValueInvalid: else."""
    if not value.is_finite() or not 0 <= value <= MAX_VALUE or value != round_money(value):
        raise ValueInvalid(_("Enter an amount of zero or more in whole cents."), field=field)
    return value


def put_in(stock: Stock, *, quantity: Decimal, value: Decimal) -> Stock:
    """Return the stock after goods came in at what they cost.

    :raises QuantityInvalid: if nothing comes in, or more than can lie in one place.
    :raises ValueInvalid: if the value is none, or too much for one place.
    """
    require_quantity(quantity)
    require_value(value)
    return Stock(require_quantity(stock.quantity + quantity), require_value(stock.value + value))


def take_out(stock: Stock, *, quantity: Decimal) -> tuple[Stock, Decimal]:
    """Return the stock after goods left, and the value that left with them.

    :raises QuantityInvalid: if nothing leaves.
    :raises StockTooSmall: if there is less.
    """
    require_quantity(quantity)
    if quantity > stock.quantity:
        raise StockTooSmall(
            _("There are only %(stock)s here.") % {"stock": f"{stock.quantity.normalize():f}"},
            field="quantity",
            details={"stock": f"{stock.quantity:f}"},
        )
    if quantity == stock.quantity:
        return Stock(), stock.value
    value = round_money(stock.value * quantity / stock.quantity)
    return Stock(stock.quantity - quantity, stock.value - value), value


def count_difference(stock: Stock, *, counted: Decimal) -> tuple[Decimal, Decimal]:
    """Return by how much quantity and value change when a count is believed.

    Surplus is valued at the average; where there was nothing it has no value until somebody
    prices it.

    :raises QuantityInvalid: if less than nothing was counted.
    """
    difference = require_counted(counted) - stock.quantity
    if difference < 0:
        after, value = take_out(stock, quantity=-difference)
        return after.quantity - stock.quantity, -value
    average = stock.average or NOTHING
    return difference, round_money(average * difference)


def worth(stock: Stock, difference: Decimal) -> Decimal:
    """Return what a difference in quantity is worth at the average, at most all there is."""
    if -difference >= stock.quantity:
        return -stock.value
    return round_money((stock.average or NOTHING) * difference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What the keeper found of one line of a delivery."""

    ordered: Decimal  # still to come
    arrived: Decimal
    refused: Decimal = NOTHING  # damaged, wrong, unlike the sealed sample

    @property
    def accepted(self) -> Decimal:
        return self.arrived - self.refused

    @property
    def missing(self) -> Decimal:
        return max(self.ordered - self.arrived, NOTHING)

    @property
    def needs_objection(self) -> bool:
        """Tell whether the buyer has to settle something with the vendor (PR-32)."""
        return bool(self.missing or self.refused)


def check_inspection(inspection: Inspection, *, reason: str) -> None:
    """Return if the figures are possible and every refusal has its reason.

    Only what arrived can be accepted (S-36: 28 of 30), and no more than was ordered.

    :raises InspectionInvalid: otherwise.
    """
    figures = (inspection.arrived, inspection.refused)
    if any(not each.is_finite() or each < 0 or each % QUANTITY_PLACES for each in figures):
        raise InspectionInvalid(
            _("Enter quantities of zero or more with at most three decimals."), field="arrived"
        )
    if inspection.arrived > inspection.ordered:
        raise InspectionInvalid(
            _("Only %(open)s are still to come. Refuse the rest at the door or change the order.")
            % {"open": f"{inspection.ordered.normalize():f}"},
            field="arrived",
        )
    if inspection.refused > inspection.arrived:
        raise InspectionInvalid(_("More is refused than arrived."), field="refused")
    if inspection.refused and not reason.strip():
        raise InspectionInvalid(_("Write down why goods are refused."), field="reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A delivery's part of a stock that is still there."""

    lot_id: int
    expires_on: date | None
    received_on: date
    quantity: Decimal


def in_order_of_use(lots: Iterable[Lot]) -> list[Lot]:
    """Return lots as they are issued: what expires first, then what came first."""
    return sorted(lots, key=lambda lot: (lot.expires_on or date.max, lot.received_on, lot.lot_id))


def draw(lots: Iterable[Lot], *, quantity: Decimal) -> list[tuple[int, Decimal]]:
    """Return from which lots a quantity is taken, and how much from each.

    :raises StockTooSmall: if they hold less.
    """
    taken, left = [], quantity
    for lot in in_order_of_use(lots):
        part = min(lot.quantity, left)
        if part > 0:
            taken.append((lot.lot_id, part))
            left -= part
    if left > 0:
        raise StockTooSmall(
            _("There are only %(stock)s here.") % {"stock": f"{(quantity - left).normalize():f}"},
            field="quantity",
            details={"stock": f"{quantity - left:f}"},
        )
    return taken


# ---- counting -----------------------------------------------------------------------------------

_MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def count_period(day: date, period: str) -> tuple[date, date]:
    """Return first and last day of the period of ``stock.count`` in which ``day`` lies."""
    months = _MONTHS[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = first.month + months
    end = date(first.year + (following > 12), (following - 1) % 12 + 1, 1)
    return first, end - timedelta(days=1)
