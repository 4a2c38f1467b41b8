"""What the counter finds for Ctrl K: receipts by their number."""

import re

from django.urls import reverse

from console.formats import spell_money
from console.search import MOST_HITS, Hit
from kernel.access import Actor
from services.billing.cashier import queries


def find(*, actor: Actor, text: str, project_id: int | None) -> list[Hit]:
    """Return receipts whose number begins so: ``SJ-YL-202611-00001``, or as much as is typed."""
    number = text.upper()
    if not re.fullmatch(r"[A-Z]{1,4}-[A-Z0-9-]{2,40}", number):
        return []
    receipts = queries.receipts(actor=actor).filter(code__startswith=number)[:MOST_HITS]
    return [
        Hit(
            title=receipt.code,
            url=reverse("receipts-receipt", args=[receipt.payment.project_id, receipt.pk]),
            icon="receipt",
            note=receipt.payment.household.label,
            badge=f"¥{spell_money(receipt.payment.amount)}",
        )
        for receipt in receipts
    ]
