"""What orders, call-offs, changes and announced deliveries may say. Pure: no database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kernel.errors import Conflict, Invalid
from kernel.text import _
from services.procurement.requests.rules import (
    MAX_PRICE,
    MAX_QUANTITY,
    PRICE_PLACES,
    QUANTITY_PLACES,
    line_amount,
)

LONGEST_REASON: Final = 300


class OrderInvalid(Invalid):
    code = "procurement.order-invalid"


class ChangeInvalid(Invalid):
    code = "procurement.order-change-invalid"


class DeliveryInvalid(Invalid):
    code = "procurement.delivery-invalid"


class PriceLimits(Conflict):
    """Less or more than the agreement lets be called off; ``details`` say what it lets."""

    code = "procurement.call-off-limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A line of an order as it stands."""

    line_id: int
    quantity: Decimal
    unit_price: Decimal
    received: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)

    @property
    def here(self) -> Decimal:
        """What arrived and was kept."""
        return self.received - self.returned

    @property
    def to_come(self) -> Decimal:
        return self.quantity - self.here


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFigures:
    """What a line is to be; what is ``None`` stays."""

    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a change comes to.

    :ivar lines: only those that differ, as they are to be: quantity and price.
    :ivar deltas: by how much each of their quantities rises, or falls.
    """

    lines: Mapping[int, tuple[Decimal, Decimal]]
    deltas: Mapping[int, Decimal]
    amount: Decimal


def check_quantity(quantity: Decimal, *, field: str = "quantity") -> Decimal:
    """Return a quantity above zero, to three places. :raises OrderInvalid: otherwise."""
    if not quantity.is_finite() or not 0 < quantity <= MAX_QUANTITY:
        raise OrderInvalid(_("Enter a quantity above zero."), field=field)
    if quantity != quantity.quantize(QUANTITY_PLACES):
        raise OrderInvalid(_("A quantity has at most three decimals."), field=field)
    return quantity


def check_price(price: Decimal, *, field: str = "unit_price") -> Decimal:
    """Return a price above zero, to four places. :raises OrderInvalid: otherwise."""
    if not price.is_finite() or not 0 < price <= MAX_PRICE:
        raise OrderInvalid(_("Enter a price above zero."), field=field)
    if price != price.quantize(PRICE_PLACES):
        raise OrderInvalid(_("A price has at most four decimals."), field=field)
    return price


def check_call_off(
    quantity: Decimal, *, minimum: Decimal, maximum: Decimal | None, called: Decimal
) -> None:
    """Return if an agreement lets so much be called off at once.

    :raises PriceLimits: if it is less than the least, or more than is left of the most.
    """
    left = None if maximum is None else maximum - called
    if quantity < minimum:
        raise PriceLimits(
            _("At least %(minimum)s are called off at once.") % {"minimum": f"{minimum:f}"},
            field="quantity",
            details={"minimum": f"{minimum:f}"},
        )
    if left is not None and quantity > left:
        raise PriceLimits(
            _("The agreement lets %(left)s more be called off.") % {"left": f"{left:f}"},
            field="quantity",
            details={"left": f"{left:f}"},
        )


def check_agreed_amount(amount: Decimal, *, agreed: Decimal, called: Decimal) -> None:
    """Return if an agreement lets be called off for so much; one without an amount always does.

    :raises PriceLimits: if less is left of it.
    """
    left = max(agreed - called, Decimal(0))
    if agreed and amount > left:
        raise PriceLimits(
            _("The agreement comes to %(agreed)s; %(left)s of it are left, this takes %(amount)s.")
            % {"agreed": f"{agreed:,.2f}", "left": f"{left:,.2f}", "amount": f"{amount:,.2f}"},
            field="quantity",
            details={"left": f"{left:.2f}", "amount": f"{amount:.2f}"},
        )


def change_of(
    lines: Iterable[Ordered], wanted: Mapping[int, NewFigures], *, freight: Decimal
) -> Change:
    """Return what a change of figures makes of an order.

    :raises ChangeInvalid: if a line is not the order's, falls below what has arrived, or a price
        would change of which something has arrived.
    :raises OrderInvalid: if a figure is none.
    """
    rows = {line.line_id: line for line in lines}
    if not wanted.keys() <= rows.keys():
        raise ChangeInvalid(_("This line is not of this order."), field="lines")
    changed: dict[int, tuple[Decimal, Decimal]] = {}
    deltas: dict[int, Decimal] = {}
    amount = freight
    for pk, line in rows.items():
        new = wanted.get(pk, NewFigures())
        quantity = line.quantity if new.quantity is None else check_quantity(new.quantity)
        price = line.unit_price if new.unit_price is None else check_price(new.unit_price)
        if quantity < line.here:
            raise ChangeInvalid(
                _("%(here)s of this line have arrived already.") % {"here": f"{line.here:f}"},
                field="lines",
                details={"line_id": pk, "here": f"{line.here:f}"},
            )
        if price != line.unit_price and line.received:
            raise ChangeInvalid(
                _("The price of what has arrived is not changed."),
                field="lines",
                details={"line_id": pk},
            )
        if (quantity, price) != (line.quantity, line.unit_price):
            changed[pk] = (quantity, price)
        if quantity != line.quantity:
            deltas[pk] = quantity - line.quantity
        amount += line_amount(quantity=quantity, unit_price=price)
    return Change(lines=changed, deltas=deltas, amount=amount)


def check_announced(
    lines: Iterable[Ordered],
    announced: Mapping[int, Decimal],
    *,
    on_the_way: Mapping[int, Decimal],
) -> None:
    """Return if a vendor may announce so much of each line.

    :param on_the_way: what he announced before and has not arrived.
    :raises DeliveryInvalid: if it is nothing, or more than is still to come.
    :raises OrderInvalid: if a quantity is none.
    """
    rows = {line.line_id: line for line in lines}
    if not announced or not announced.keys() <= rows.keys():
        raise DeliveryInvalid(_("Say how much of which line is delivered."), field="lines")
    for pk, quantity in announced.items():
        check_quantity(quantity, field="lines")
        left = rows[pk].to_come - on_the_way.get(pk, Decimal(0))
        if quantity > left:
            raise DeliveryInvalid(
                _("Only %(left)s of this line are still to come.") % {"left": f"{left:f}"},
                field="lines",
                details={"line_id": pk, "left": f"{left:f}"},
            )


def check_promise(day: date, *, today: date) -> None:
    """Return if a day can be promised. :raises OrderInvalid: if it is over."""
    if day < today:
        raise OrderInvalid(_("This day is over."), field="promised_on")


def check_reason(reason: str) -> str:
    """Return a reason without blanks around it. :raises OrderInvalid: if it is none."""
    text = reason.strip()
    if not 0 < len(text) <= LONGEST_REASON:
        raise OrderInvalid(
            _("Say why, in at most %(most)d characters.") % {"most": LONGEST_REASON}, field="reason"
        )
    return text
