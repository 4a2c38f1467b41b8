"""Which of billing's papers are printed in batches."""

from collections.abc import Sequence
from typing import Final

from kernel.access import Action
from kernel.documents.batches import BatchKind
from kernel.documents.batches.registry import Printing
from kernel.errors import NotFound
from kernel.text import _
from services.billing.cashier.models import Receipt
from services.billing.cashier.queries import get_receipt
from services.billing.papers import operations
from services.properties.models import Household
from services.properties.queries import get_household

RECEIPTS: Final = "receipts"
NOTICES: Final = "payment-notices"


def _receipt(printing: Printing, receipt_id: int) -> tuple[str, bytes]:
    receipt = get_receipt(actor=printing.actor, receipt_id=receipt_id)
    if receipt.payment.project_id != printing.project_id:
        raise NotFound
    receipt, pdf = operations.print_receipt(
        actor=printing.actor, receipt_id=receipt_id, language=printing.language, now=printing.now
    )
    return receipt.code, pdf


def _notice(printing: Printing, household_id: int) -> tuple[str, bytes]:
    household = get_household(
        actor=printing.actor, household_id=household_id, action=Action.NOTICE_PRINT
    )
    if household.project_id != printing.project_id:
        raise NotFound
    number, pdf = operations.issue_notice(
        actor=printing.actor,
        household_id=household_id,
        language=printing.language,
        now=printing.now,
        today=printing.today,
    )
    return f"{number} {household.label}", pdf


def _codes(project_id: int, ids: Sequence[int]) -> dict[int, str]:
    found = Receipt.objects.filter(pk__in=ids, payment__project_id=project_id)
    return dict(found.values_list("pk", "code"))


def _rooms(project_id: int, ids: Sequence[int]) -> dict[int, str]:
    found = Household.objects.filter(pk__in=ids, project_id=project_id)
    return dict(found.values_list("pk", "label"))


KINDS: Final = (
    BatchKind(
        key=RECEIPTS,
        name=_("Receipts"),
        action=Action.RECEIPT_PRINT,
        labels=_codes,
        make=_receipt,
    ),
    BatchKind(
        key=NOTICES,
        name=_("Payment notices"),
        action=Action.NOTICE_PRINT,
        labels=_rooms,
        make=_notice,
    ),
)
