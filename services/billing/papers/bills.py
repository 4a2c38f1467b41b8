"""Bill lines as a counter shows and a receipt prints them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext

from kernel.spelling import spell_number, spell_price, spell_share
from services.billing.arrears.rules import overdue_days
from services.billing.cashier import queries
from services.billing.cashier.models import Receipt
from services.billing.runs import queries as runs
from services.billing.runs.models import BillLine
from services.billing.standards import queries as standards
from services.billing.standards import rules as pricing
from services.billing.standards.models import FeeVersion, Method
from services.properties.models import Household, Meter


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill line in words."""

    line: BillLine
    period: str  # 2026年11月
    detail: str  # whose unit or which month's usage, where that is not plain
    basis: str  # 118.36㎡ × 2.80
    overdue_days: int

    @property
    def left(self) -> Decimal:
        return self.line.amount - self.line.paid_amount


def open_bills(household: Household, today: date) -> list[Bill]:
    """Return what a household owes, in the turn in which it is paid. Two queries."""
    return in_words(runs.open_lines_of_household(household.pk), household, today)


def paid_bills(receipt: Receipt) -> list[tuple[Bill, Decimal]]:
    """Return the bills that a receipt paid, with how much of each. Two queries."""
    allocations = list(queries.allocations_of([receipt.payment_id]))
    worded = in_words(
        (allocation.line for allocation in allocations),
        receipt.payment.household,
        receipt.payment.received_on,
    )
    return [(bill, allocation.amount) for bill, allocation in zip(worded, allocations, strict=True)]


def in_words(lines: Iterable[BillLine], household: Household, today: date) -> list[Bill]:
    """Return the lines with their words; units and items come with them. One query."""
    lines = list(lines)
    versions = queries.versions_of(lines)
    return [
        Bill(
            line=line,
            period=spell_month(line.period),
            detail=_detail(line, household),
            basis=spell_basis(line, versions.get(line.version_id)),
            overdue_days=overdue_days(line.due_on, today),
        )
        for line in lines
    ]


def spell_month(month: date) -> str:
    """Return ``2026年11月``, ``November 2026``."""
    return date_format(month, "YEAR_MONTH_FORMAT")


def spell_basis(line: BillLine, version: FeeVersion | None) -> str:
    """Return what the amount came from: ``118.36㎡ × 2.80``, ``14m³ × 2.90 + 6m³ × 3.85``."""
    if version is None or version.method == Method.FIXED:
        price = line.price if line.price is not None else line.amount
        text = gettext("%(price)s per month") % {"price": spell_price(price)}
    else:
        text = " + ".join(
            f"{spell_number(slab.quantity)}{_unit_of(version)} × {spell_price(slab.price)}"
            for slab in pricing.explain(standards.pricing_of(version), line.quantity).slabs
        )
    if line.rate == 1:
        return text
    share = spell_share(line.rate)
    return f"({text}) × {share}" if "+" in text else f"{text} × {share}"


def _unit_of(version: FeeVersion) -> str:
    return Meter.UNITS_OF_MEASURE.get(version.meter_kind, "") if version.meter_kind else "㎡"


def _detail(line: BillLine, household: Household) -> str:
    facts = []
    if line.unit.code != household.code:
        facts.append(line.unit.label)
    if line.usage_month is not None and line.usage_month != line.period:
        facts.append(gettext("used in %(month)s") % {"month": spell_month(line.usage_month)})
    return gettext(", ").join(facts)
