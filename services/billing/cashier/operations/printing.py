"""Count the prints of a receipt."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from kernel import access
from kernel.audit import operations as audit
from services.billing.cashier import queries
from services.billing.cashier.models import Receipt


@transaction.atomic
def note_printed(*, actor: access.Actor, receipt_id: int, now: datetime) -> Receipt:
    """Count one more print of a receipt; the paper says which it is (第 N 次打印).

    :raises NotFound: if there is no such receipt within the actor's reach.
    :raises access.ActionDenied: without ``receipt.print`` in its project.
    """
    project_id = queries.get_receipt(actor=actor, receipt_id=receipt_id).payment.project_id
    access.require(actor, access.Action.RECEIPT_PRINT, project_id)
    Receipt.objects.filter(pk=receipt_id).update(printed_count=F("printed_count") + 1)
    receipt = queries.get_receipt(actor=actor, receipt_id=receipt_id)
    audit.record(
        actor=actor,
        event="cashier.receipt.printed",
        subject=receipt,
        project_id=project_id,
        now=now,
        data={"receipt": receipt.code, "print": receipt.printed_count},
    )
    return receipt
