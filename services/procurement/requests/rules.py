"""When a purchase is of which class, and by when it must be approved. Pure: no database, no clock.

Handbook 3.5 A and 3.6.4 rule 16.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from kernel.errors import Conflict, Invalid
from kernel.money import MAX_AMOUNT, round_money
from kernel.text import _


class PurchaseClass(StrEnum):
    A = "A"  # daily supplies, labour protection, non-fixed items below the threshold
    B = "B"  # equipment, furniture, fixed assets, items from the threshold on
    C = "C"  # emergency


class LineInvalid(Invalid):
    code = "procurement.line-invalid"


class LeadTooShort(Conflict):
    code = "procurement.lead-too-short"


class OverBudget(Conflict):
    code = "procurement.over-budget"


QUANTITY_PLACES = Decimal("0.001")
MAX_QUANTITY = Decimal("9999999.999")
PRICE_PLACES = Decimal("0.0001")
MAX_PRICE = Decimal("99999999.9999")


def class_of(
    *, unit_price: Decimal, is_fixed_asset: bool, is_emergency: bool, threshold: Decimal
) -> PurchaseClass:
    """Return the class of one item (PR-02; ``purchase.class_threshold`` is class B's from on)."""
    if is_emergency:
        return PurchaseClass.C
    if is_fixed_asset or unit_price >= threshold:
        return PurchaseClass.B
    return PurchaseClass.A


def class_of_request(classes: Iterable[PurchaseClass]) -> PurchaseClass:
    """Return the strictest of the items' classes: a request goes one way, the slower one."""
    found = set(classes)
    if PurchaseClass.C in found:
        return PurchaseClass.C
    return PurchaseClass.B if PurchaseClass.B in found else PurchaseClass.A


def line_amount(*, quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Return what a line comes to, rounded once.

    :raises LineInvalid: if quantity or price is not above zero, has too many places, or is no
        number; or if both together are more than the books can hold.
    """
    _require(quantity, most=MAX_QUANTITY, places=QUANTITY_PLACES, field="quantity")
    _require(unit_price, most=MAX_PRICE, places=PRICE_PLACES, field="unit_price")
    amount = round_money(quantity * unit_price)
    if amount > MAX_AMOUNT:
        raise LineInvalid(_("Quantity and price together are too large."), field="quantity")
    return amount


def purchase_month(*, approved_on: date, cutoff_day: int) -> date:
    """Return the first day of the month in whose round a class A request is bought (PR-05).

    :param approved_on: the company's day on which the last approval was given; up to and with the
        cut-off it is this month's round, after it the next one's (S-33: 24 May and 27 May).
    """
    first = approved_on.replace(day=1)
    return first if approved_on.day <= cutoff_day else (first + timedelta(days=31)).replace(day=1)


def approvals_due(*, needed_on: date, lead_days: int) -> date:
    """Return the last day on which class B's approvals may be complete (PR-06; S-34: 20 June)."""
    return needed_on - timedelta(days=lead_days)


def require_lead(*, day: date, needed_on: date, lead_days: int) -> None:
    """Return if a class B request may still go on.

    :param day: today when it is submitted, the day of the last approval when it is approved.
    :raises LeadTooShort: otherwise; only a real emergency is faster, as class C.
    """
    due = approvals_due(needed_on=needed_on, lead_days=lead_days)
    if day > due:
        raise LeadTooShort(
            _(
                "Class B must be approved by %(due)s, %(days)d days before it is needed. Choose a "
                "later day of use; class C is for real emergencies alone."
            )
            % {"due": due.isoformat(), "days": lead_days},
            field="needed_on",
            details={"due": due.isoformat(), "lead_days": lead_days},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a project may spend on a category, and below it, in a year; what is bound or spent."""

    amount: Decimal
    committed: Decimal = Decimal(0)  # approved and not yet received
    spent: Decimal = Decimal(0)

    @property
    def free(self) -> Decimal:
        return self.amount - self.committed - self.spent


def require_budget(budget: Budget, *, wanted: Decimal, exception_reason: str) -> bool:
    """Return whether ``wanted`` goes beyond the budget, with a reason that its signers will see.

    Nothing goes over a budget silently: without a reason it is refused, with one it becomes a
    fact of the approval.

    :raises OverBudget: if it goes beyond and no reason is given.
    """
    if wanted <= budget.free:
        return False
    if not exception_reason.strip():
        raise OverBudget(
            _("The budget has %(free)s left, this takes %(wanted)s. Give a reason to go over it.")
            % {"free": f"{budget.free:,.2f}", "wanted": f"{wanted:,.2f}"},
            field="budget_reason",
            details={"free": f"{budget.free:.2f}", "wanted": f"{wanted:.2f}"},
        )
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A line of a submitted request, for the watch on split purchases."""

    request_id: int
    project_id: int | None
    goods: str  # the catalogue's item, or the free line's name in one spelling
    month: date
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Requests for the same goods in one month that stay below a threshold only one by one."""

    project_id: int | None
    goods: str
    month: date
    request_ids: tuple[int, ...]
    amount: Decimal


def splits(lines: Iterable[Asked], *, threshold: Decimal) -> list[Split]:
    """Return where the same goods were asked for piecemeal (PR-10), the largest sum first.

    Two or more requests of one project, each below the threshold, together at it or above.
    """

    def place(line: Asked) -> tuple[int, str, date]:
        return (line.project_id or 0, line.goods, line.month)

    found = []
    for _key, group in groupby(sorted(lines, key=place), key=place):
        same = list(group)
        sums: dict[int, Decimal] = {}
        for line in same:
            sums[line.request_id] = sums.get(line.request_id, Decimal(0)) + line.amount
        below = {pk: amount for pk, amount in sums.items() if amount < threshold}
        total = sum(below.values(), Decimal(0))
        if len(below) > 1 and total >= threshold:
            found.append(
                Split(
                    project_id=same[0].project_id,
                    goods=same[0].goods,
                    month=same[0].month,
                    request_ids=tuple(sorted(below)),
                    amount=total,
                )
            )
    return sorted(found, key=lambda split: (-split.amount, split.goods))


def _require(value: Decimal, *, most: Decimal, places: Decimal, field: str) -> None:
    if not value.is_finite() or not 0 < value <= most or value % places:
        decimals = -int(places.as_tuple().exponent)
        raise LineInvalid(
            _("Enter a number above zero with at most %(places)d decimals.") % {"places": decimals},
            field=field,
        )
