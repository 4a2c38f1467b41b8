"""How money is spread over bills, and what a counter may accept. Pure: no database, no clock."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.errors import Invalid
from kernel.money import CENT, MAX_AMOUNT
from kernel.text import _


class AmountInvalid(Invalid):
    code = "cashier.amount-invalid"


class AmountOverOpen(Invalid):
    code = "cashier.amount-over-open"


class TenderedTooLittle(Invalid):
    code = "cashier.tendered-too-little"


class TenderedNotExact(Invalid):
    code = "cashier.tendered-not-exact"


class ChangeTooLarge(Invalid):
    code = "cashier.change-too-large"


@dataclass(frozen=True, slots=True)
class OpenLine:
    """What is still open of one bill line, with what decides its turn."""

    line_id: int
    due_on: date
    item_order: int
    period: date
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a payment that goes to one bill line."""

    line_id: int
    amount: Decimal


def require_amount(amount: Decimal, *, field: str = "amount") -> Decimal:
    """Return ``amount`` as a whole number of cents above zero that the ledger can hold.

    :raises AmountInvalid: if it is zero or less, no number, or has a fraction of a cent.
    """
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT or amount % CENT:
        raise AmountInvalid(_("Enter an amount above zero with at most two decimals."), field=field)
    return amount.quantize(CENT)


def require_total(total: Decimal, *, field: str) -> Decimal:
    """Return ``total`` if it is a number that a sum of bills can be; zero is one.

    :raises AmountInvalid: if it is not.
    """
    if not total.is_finite() or not 0 <= total <= MAX_AMOUNT:
        raise AmountInvalid(_("Enter an amount of zero or more."), field=field)
    return total


def in_turn(lines: Iterable[OpenLine]) -> list[OpenLine]:
    """Return the lines in the order they are paid (BL-109, ``pay.allocation=oldest_first``).

    Oldest due day first, then the items in their order, then the earlier month.
    """
    return sorted(lines, key=lambda line: (line.due_on, line.item_order, line.period, line.line_id))


def spread(lines: Iterable[OpenLine], amount: Decimal) -> list[Share]:
    """Divide ``amount`` over the lines, each paid whole before the next in turn gets anything.

    The shares are all above zero and sum to ``amount`` exactly.

    :raises AmountInvalid: if the amount is none.
    :raises AmountOverOpen: if more is paid than is open: there are no advance accounts yet.
    """
    rest = require_amount(amount)
    shares: list[Share] = []
    lines = in_turn(lines)
    for line in lines:
        part = min(rest, line.open_amount)
        if part > 0:
            shares.append(Share(line.line_id, part))
            rest -= part
    if rest:
        open_total = total_open(lines)
        raise AmountOverOpen(
            _(
                "%(amount)s is more than the %(open)s that is open. Money in advance cannot be "
                "taken yet."
            )
            % {"amount": f"{amount:,.2f}", "open": f"{open_total:,.2f}"},
            field="amount",
            details={"open_amount": str(open_total)},
        )
    return shares


def total_open(lines: Sequence[OpenLine]) -> Decimal:
    """Return the sum of what is open; zero for no lines."""
    return sum((line.open_amount for line in lines), Decimal("0.00"))


def change_of_cash(*, amount: Decimal, tendered: Decimal, most: Decimal) -> Decimal:
    """Return the change for ``tendered`` cash.

    :param most: a change above this is a slip of the key, not money (``cash.max_change``).
    :raises TenderedTooLittle: if it does not cover the amount.
    :raises ChangeTooLarge: if the change is above ``most``.
    """
    change = tendered - amount
    if change < 0:
        raise TenderedTooLittle(
            _("The cash received is %(missing)s less than the amount.")
            % {"missing": f"{-change:,.2f}"},
            field="tendered",
        )
    if change > most:
        raise ChangeTooLarge(
            _("The change would be %(change)s. Look at the cash received again.")
            % {"change": f"{change:,.2f}"},
            field="tendered",
        )
    return change


def require_exact(*, amount: Decimal, tendered: Decimal) -> Decimal:
    """Return zero: nobody gets change from a transfer, a code or a card.

    :raises TenderedNotExact: if another sum than the amount was entered.
    """
    if tendered != amount:
        raise TenderedNotExact(
            _("Without cash the money received must equal the amount, %(amount)s.")
            % {"amount": f"{amount:,.2f}"},
            field="tendered",
        )
    return Decimal("0.00")


def receipt_prefix(project_code: str, day: date) -> str:
    """Return the prefix of the series that a receipt of ``day`` belongs to: ``SJ-YL-202611-``."""
    return f"SJ-{project_code}-{day:%Y%m}-"


def receipt_code(prefix: str, number: int) -> str:
    """Return the number as printed, ``SJ-YL-202611-00001``."""
    return f"{prefix}{number:05d}"


def request_digest(**parts: Any) -> str:
    """Return 64 hex digits that are equal for equal requests.

    Amounts are equal by value, however many zeros they were written with.
    """
    plain = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(plain.encode()).hexdigest()


def _plain(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
