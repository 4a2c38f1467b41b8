"""Advances, claims, the three-way match and what is owed for how long. Pure.

Handbook 3.5 F and 3.6.4 rule 15.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kernel.errors import Conflict, Invalid
from kernel.money import CENT, MAX_AMOUNT, round_money
from kernel.text import _


class AdvanceOutOfRange(Invalid):
    code = "procurement.advance-out-of-range"


class AdvanceOpen(Conflict):
    code = "procurement.advance-open"


class PapersMissing(Invalid):
    code = "procurement.claim-papers-missing"


class AmountInvalid(Invalid):
    code = "procurement.amount-invalid"


def require_amount(amount: Decimal, *, field: str = "amount") -> Decimal:
    """Return ``amount`` as whole cents above zero. :raises AmountInvalid: if it is none."""
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT or amount % CENT:
        raise AmountInvalid(_("Enter an amount above zero with at most two decimals."), field=field)
    return amount.quantize(CENT)


def advance_range(*, estimate: Decimal, tolerance_percent: int) -> tuple[Decimal, Decimal]:
    """Return the least and the most that may be advanced, both inclusive (S-37: 2 280 to 2 520)."""
    difference = estimate * tolerance_percent / 100
    # Inwards: a rounded limit must not allow what the unrounded one refuses.
    least = (estimate - difference).quantize(CENT, rounding="ROUND_CEILING")
    return least, (estimate + difference).quantize(CENT, rounding="ROUND_FLOOR")


def require_advance(amount: Decimal, *, estimate: Decimal, tolerance_percent: int) -> Decimal:
    """Return an advance near enough to the estimate (PR-70).

    :raises AmountInvalid: if it is no amount.
    :raises AdvanceOutOfRange: if it differs by more than the tolerance.
    """
    amount = require_amount(amount)
    least, most = advance_range(estimate=estimate, tolerance_percent=tolerance_percent)
    if not least <= amount <= most:
        raise AdvanceOutOfRange(
            _("This is more than ±%(percent)d %% off the estimate: %(least)s to %(most)s.")
            % {"percent": tolerance_percent, "least": f"{least:,.2f}", "most": f"{most:,.2f}"},
            field="amount",
            details={"least": f"{least:.2f}", "most": f"{most:.2f}"},
        )
    return amount


def require_no_open_advance(*, open_count: int, most: int) -> None:
    """Return if a person may have one more advance (PR-74). :raises AdvanceOpen: otherwise."""
    if open_count >= most:
        raise AdvanceOpen(
            _("An advance is open. It is settled before there is another."),
            details={"open": open_count, "most": most},
        )


class ClaimPaper(StrEnum):
    """What a claim takes (PR-71)."""

    SALES_SLIP = "SALES_SLIP"
    STOCK_IN_SLIP = "STOCK_IN_SLIP"
    INVOICE = "INVOICE"


def require_papers(given: Collection[ClaimPaper], *, words: Mapping[ClaimPaper, object]) -> None:
    """Return if all three papers are there (PR-35, PR-71).

    :param words: the papers' names for people.
    :raises PapersMissing: naming those that are not.
    """
    missing = [paper for paper in ClaimPaper if paper not in given]
    if missing:
        raise PapersMissing(
            _("Missing: %(papers)s.") % {"papers": ", ".join(str(words[each]) for each in missing)},
            field="papers",
            details={"missing": [each.value for each in missing]},
        )


def settle(*, advance: Decimal, claim: Decimal) -> tuple[Decimal, Decimal]:
    """Return what is paid out to the claimant and what he gives back; one of them is zero."""
    difference = claim - advance
    return max(difference, Decimal(0)), max(-difference, Decimal(0))


class Mismatch(StrEnum):
    NOT_ORDERED = "NOT_ORDERED"
    NOT_RECEIVED = "NOT_RECEIVED"  # more is billed than was accepted
    PRICE = "PRICE"
    BILLED_BEFORE = "BILLED_BEFORE"
    FREIGHT = "FREIGHT"  # more freight is billed than was agreed; of no line
    TAX = "TAX"  # more of it is tax than the agreed rate makes; of no line


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """An order's line: what was agreed, what the keeper accepted, what was billed before."""

    line_id: int
    unit_price: Decimal  # with tax
    accepted: Decimal
    billed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A line of the vendor's invoice."""

    line_id: int
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where order, goods and invoice disagree, and by how much money."""

    line_id: int
    mismatch: Mismatch
    amount: Decimal


def match(
    invoice: Iterable[Billed], ordered: Iterable[Ordered], *, tolerance_percent: Decimal
) -> list[Finding]:
    """Return where an invoice asks for more than was ordered and accepted; empty if it may be paid.

    Quantities match exactly. A price may be higher by the tolerance; a lower one is no fault.
    """
    by_line = {line.line_id: line for line in ordered}
    left = {line.line_id: line.accepted - line.billed for line in by_line.values()}
    found = []
    for billed in invoice:
        line = by_line.get(billed.line_id)
        if line is None:
            amount = round_money(billed.quantity * billed.unit_price)
            found.append(_finding(billed, Mismatch.NOT_ORDERED, amount))
            continue
        over = billed.quantity - max(left[line.line_id], Decimal(0))
        left[line.line_id] -= billed.quantity
        if over > 0:
            is_again = line.accepted >= billed.quantity
            mismatch = Mismatch.BILLED_BEFORE if is_again else Mismatch.NOT_RECEIVED
            found.append(_finding(billed, mismatch, round_money(over * billed.unit_price)))
        if billed.unit_price > line.unit_price * (100 + tolerance_percent) / 100:
            difference = round_money((billed.unit_price - line.unit_price) * billed.quantity)
            found.append(_finding(billed, Mismatch.PRICE, difference))
    return found


def _finding(billed: Billed, mismatch: Mismatch, amount: Decimal) -> Finding:
    return Finding(line_id=billed.line_id, mismatch=mismatch, amount=amount)


def freight_finding(*, billed: Decimal, agreed: Decimal, billed_before: Decimal) -> Finding | None:
    """Return by how much more freight is billed than was agreed; ``None`` if by none."""
    over = billed - max(agreed - billed_before, Decimal(0))
    return Finding(line_id=0, mismatch=Mismatch.FREIGHT, amount=over) if over > 0 else None


def most_tax(*, amount: Decimal, freight: Decimal, tax_percent: Decimal, lines: int) -> Decimal:
    """Return the most of an invoice that can be tax; a cent of each line may be rounding.

    Freight has the rate of the goods, or that of transport where this is higher.
    """
    of_freight = max(tax_percent, FREIGHT_TAX_PERCENT)
    goods = (amount - freight) * tax_percent / (100 + tax_percent)
    return round_money(goods + freight * of_freight / (100 + of_freight)) + CENT * lines


def tax_finding(*, tax: Decimal, most: Decimal) -> Finding | None:
    """Return by how much more an invoice says is tax than can be; ``None`` if by none.

    What is called tax is claimed from the state, not counted as cost. Less than the rate is the
    vendor's to explain to his own office; the price with tax is what was agreed.
    """
    return Finding(line_id=0, mismatch=Mismatch.TAX, amount=tax - most) if tax > most else None


def released(*, accrued: Decimal, open_quantity: Decimal, quantity: Decimal) -> Decimal:
    """Return what an invoice takes out of the goods received and not invoiced of a line.

    The last part takes all that is left, so that nothing remains of a line that is invoiced.
    """
    if quantity >= open_quantity:
        return accrued
    return round_money(accrued * quantity / open_quantity)


def spread(amount: Decimal, rows: Sequence[tuple[int, "Open"]]) -> list[tuple[int, Decimal]]:
    """Pay what is owed, what is due first before the rest; together the parts are the amount.

    :raises AmountInvalid: if the amount is none, or more than is owed.
    """
    left = require_amount(amount)
    shares = []
    for key, row in sorted(rows, key=lambda pair: (pair[1].due_on, pair[0])):
        part = min(left, row.amount)
        if part > 0:
            shares.append((key, part))
            left -= part
    if left:
        raise AmountInvalid(
            _("Only %(open)s are owed.") % {"open": f"{amount - left:,.2f}"}, field="amount"
        )
    return shares


FREIGHT_TAX_PERCENT: Final = Decimal(9)
HIGHEST_TAX_PERCENT: Final = Decimal(13)  # of all rates there are

AGES: Final = (0, 30, 60, 90)  # days overdue from which a column begins, after "not yet due"


def age_column(*, due_on: date, today: date) -> int:
    """Return the column of the ageing: 0 for not overdue, then 1 to 30 days, 31 to 60, and so on.

    A due day is no day overdue.
    """
    days = (today - due_on).days
    if days <= 0:
        return 0
    return 1 + sum(days > begin for begin in AGES[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An amount that is owed to a vendor."""

    due_on: date
    amount: Decimal


def ageing(rows: Sequence[Open], *, today: date) -> list[Decimal]:
    """Return the sums of the columns; together they are what is owed."""
    columns = [Decimal(0)] * (len(AGES) + 1)
    for row in rows:
        columns[age_column(due_on=row.due_on, today=today)] += row.amount
    return columns
