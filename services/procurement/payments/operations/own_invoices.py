"""An invoice with its scan, as a vendor's contact enters it: both are kept, or neither."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import IO, Final

from django.db import transaction

from kernel.access import Actor
from kernel.documents import operations as documents
from services.procurement.payments import queries
from services.procurement.payments.models import VendorInvoice
from services.procurement.payments.operations.entering import (
    BilledLine,
    Figures,
    enter_invoice,
    enter_service_invoice,
)

# The kind of file that a vendor's scan is; he sees these and no others.
SCAN: Final = "vendor-scan"


@transaction.atomic
def put_in_invoice(
    *,
    actor: Actor,
    order_id: int,
    figures: Figures,
    lines: Sequence[BilledLine],
    upload: IO[bytes],
    name: str,
    now: datetime,
    today: date,
) -> VendorInvoice:
    """Enter the invoice of an order with its scan, matched at once.

    :raises NotFound: if no such order was sent to the actor's vendor, or it was cancelled.
    :raises InvoiceInvalid, InvoiceExists: as :func:`enter_invoice`; and what ``documents.attach``
        raises of the file.
    """
    queries.get_own_order_to_bill(actor=actor, order_id=order_id)
    invoice = enter_invoice(
        actor=actor, order_id=order_id, figures=figures, lines=lines, now=now, today=today
    )
    _hang(actor, invoice, upload, name, now)
    return invoice


@transaction.atomic
def put_in_month(
    *,
    actor: Actor,
    assessment_id: int,
    figures: Figures,
    upload: IO[bytes],
    name: str,
    now: datetime,
    today: date,
) -> VendorInvoice:
    """Enter the invoice of a service for an assessed month with its scan.

    :raises NotFound: if it is no month of the actor's vendor that waits for its invoice.
    :raises InvoiceMismatch, InvoiceInvalid, InvoiceExists: as :func:`enter_service_invoice`; and
        what ``documents.attach`` raises of the file.
    """
    queries.get_own_month(actor=actor, assessment_id=assessment_id)
    invoice = enter_service_invoice(
        actor=actor, assessment_id=assessment_id, figures=figures, now=now, today=today
    )
    _hang(actor, invoice, upload, name, now)
    return invoice


@transaction.atomic
def put_in_scan(
    *, actor: Actor, invoice_id: int, upload: IO[bytes], name: str, now: datetime
) -> VendorInvoice:
    """Hang a scan on an invoice of the vendor's that is not decided yet.

    :raises NotFound: if it is none of his.
    :raises InvoiceStateWrong: if it is booked or refused; and what ``documents.attach`` raises.
    """
    invoice = queries.get_own_invoice(actor=actor, invoice_id=invoice_id)
    _hang(actor, invoice, upload, name, now)
    return invoice


def _hang(
    actor: Actor, invoice: VendorInvoice, upload: IO[bytes], name: str, now: datetime
) -> None:
    documents.attach(
        actor=actor,
        subject=invoice,
        project_id=invoice.project_id,
        upload=upload,
        name=name,
        kind=SCAN,
        now=now,
    )
