"""A counter and a household with open bills."""

from datetime import date

import pytest

from kernel.audit.models import AuditEntry
from services.billing.cashier.models import Allocation, Payment, Receipt, ReceiptSeries
from services.billing.ledger.models import Journal, Posting
from services.billing.runs.models import BillLine
from services.properties.models import Household
from tenants.companies.models import Company
from tests.factories_cashier import (
    Bill,
    Counter,
    add_household,
    open_counter,
    post_bills,
)

OCTOBER = date(2026, 10, 1)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    return open_counter()


@pytest.fixture
def household(counter: Counter) -> Household:
    """Owes 331.41 since October, then 331.41, 60.00 and 37.70: together 760.52."""
    household = add_household(counter.project)
    post_bills(
        household,
        [
            Bill("331.41", period=OCTOBER, due_on=date(2026, 10, 10)),
            Bill("37.70", item="SF"),
            Bill("60.00", item="CWF"),
            Bill("331.41"),
        ],
    )
    return household


def written() -> tuple[int, ...]:
    """Return how many rows there are of everything that taking money writes."""
    return tuple(
        model.objects.count()
        for model in (Payment, Allocation, Receipt, ReceiptSeries, Journal, Posting, AuditEntry)
    )


def paid_amounts(household: Household) -> list[str]:
    return [
        str(line.paid_amount)
        for line in BillLine.objects.filter(household=household).order_by(
            "due_on", "item__sort_order", "period"
        )
    ]
