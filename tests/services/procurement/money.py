"""What the tests of vendors' money ask of the books."""

from decimal import Decimal

from django.db.models import Sum

from services.billing.ledger import invariants
from services.billing.ledger.models import AccountRole, Posting


def balance(role: AccountRole) -> Decimal:
    """Return what an account comes to, debit positive."""
    total = Posting.objects.filter(account__role=role).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)


def broken() -> list[str]:
    """Return the rules of the books that do not hold."""
    return [result.invariant.code for result in invariants.results() if result.count]
