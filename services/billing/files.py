"""Which records of billing carry files, and who may see and add them."""

from django.db.models import Model

from kernel.access import Action
from kernel.documents.carriers import Carrier, holding
from services.billing.cashier.models import Receipt
from services.billing.cashier.queries import get_receipt
from services.billing.standards.queries import get_standard


def _project_of_receipt(receipt: Model) -> int:
    assert isinstance(receipt, Receipt)
    return receipt.payment.project_id


# The price permit, the contract, the minutes a standard rests on (BL-01).
FEE_STANDARDS = Carrier(
    model="billing.feestandard",
    read=lambda actor, pk, _now: get_standard(actor=actor, standard_id=pk),
    add=holding(Action.FEE_STANDARD_DRAFT),
)
# The slip of a transfer, the signed copy of a voided receipt (BL-84).
RECEIPTS = Carrier(
    model="billing.receipt",
    read=lambda actor, pk, _now: get_receipt(actor=actor, receipt_id=pk),
    add=holding(Action.RECEIPT_PRINT, _project_of_receipt),
    project_id=_project_of_receipt,
)
