"""What billing tells the registry, which may not ask it."""

from collections.abc import Collection
from decimal import Decimal

from django.db.models import F, Sum

from services.billing.runs.models import BillLine


def open_amount(household_id: int, unit_ids: Collection[int] | None = None) -> Decimal:
    """Return what is billed and not paid of a household, for some of its units or for all."""
    lines = BillLine.objects.filter(
        household_id=household_id, is_reversed=False, paid_amount__lt=F("amount")
    )
    if unit_ids is not None:
        lines = lines.filter(unit_id__in=unit_ids)
    total: Decimal | None = lines.aggregate(open=Sum(F("amount") - F("paid_amount")))["open"]
    return total or Decimal("0.00")
