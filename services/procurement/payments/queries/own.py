"""What a vendor's contact reads of his own invoices and reconciliations (PR-65)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kernel.access import Actor
from kernel.documents.models import Attachment
from kernel.errors import NotFound
from services.procurement.orders.models import OrderLine, OrderState, PurchaseOrder
from services.procurement.orders.queries import own_orders
from services.procurement.payments.models import (
    AssessmentState,
    InvoiceLine,
    InvoiceState,
    PaymentState,
    ServiceAssessment,
    StatementState,
    VendorEntry,
    VendorInvoice,
    VendorPayment,
    VendorStatement,
)
from services.procurement.payments.queries.accounts import own_statements
from services.procurement.payments.queries.invoices import own_invoices
from services.procurement.vendors.queries import require_vendor

# Entered, and neither booked nor refused.
UNDECIDED: Final = (InvoiceState.SUBMITTED, InvoiceState.MATCHED, InvoiceState.EXCEPTION)


def get_own_invoice(*, actor: Actor, invoice_id: int) -> VendorInvoice:
    """Return an invoice of the vendor who asks. :raises NotFound: if it is none of his."""
    found = own_invoices(actor=actor).filter(pk=invoice_id).first()
    if found is None:
        raise NotFound
    return found


def orders_to_bill(*, actor: Actor) -> QuerySet[PurchaseOrder]:
    """Return the vendor's orders of which something was accepted and is on no invoice yet.

    :raises NotFound: if the actor is no vendor's contact.
    """
    require_vendor(actor, actor.vendor_id)
    undecided = (
        InvoiceLine.objects.filter(order_line=OuterRef("pk"), invoice__state__in=UNDECIDED)
        .order_by()
        .values("order_line")
        .annotate(total=Sum("quantity"))
        .values("total")
    )
    open_lines = OrderLine.objects.filter(
        order=OuterRef("pk"),
        received_quantity__gt=F("returned_quantity")
        + F("billed_quantity")
        + Coalesce(Subquery(undecided), Decimal(0)),
    )
    return own_orders(actor=actor).exclude(state=OrderState.CANCELLED).filter(Exists(open_lines))


def get_own_order_to_bill(*, actor: Actor, order_id: int) -> PurchaseOrder:
    """Return an order of the vendor's that may be billed, however much of it has come.

    :raises NotFound: if it is none of his, or was cancelled.
    """
    require_vendor(actor, actor.vendor_id)
    found = own_orders(actor=actor).exclude(state=OrderState.CANCELLED).filter(pk=order_id).first()
    if found is None:
        raise NotFound
    return found


def entered_of(order: PurchaseOrder) -> dict[int, Decimal]:
    """Return how much of an order's lines is on invoices that are not decided yet.

    The caller has checked access.
    """
    rows = (
        InvoiceLine.objects.filter(order_line__order=order, invoice__state__in=UNDECIDED)
        .order_by()
        .values_list("order_line_id")
        .annotate(total=Sum("quantity"))
    )
    return {line_id: total or Decimal(0) for line_id, total in rows}


def months_to_bill(*, actor: Actor) -> QuerySet[ServiceAssessment]:
    """Return the months of the vendor's services that were assessed and have no invoice yet.

    :raises NotFound: if the actor is no vendor's contact.
    """
    vendor_id = require_vendor(actor, actor.vendor_id)
    return (
        ServiceAssessment.objects.filter(
            contract__vendor_id=vendor_id,
            state=AssessmentState.APPROVED,
            invoice__isnull=True,
            amount__gt=0,
        )
        .select_related("contract", "project")
        .order_by("month", "pk")
    )


def get_own_month(*, actor: Actor, assessment_id: int) -> ServiceAssessment:
    """Return a month that waits for its invoice. :raises NotFound: if it is none of his."""
    found = months_to_bill(actor=actor).filter(pk=assessment_id).first()
    if found is None:
        raise NotFound
    return found


def files_of_invoices(
    *, actor: Actor, invoices: Iterable[VendorInvoice], kind: str
) -> dict[int, list[Attachment]]:
    """Return the files of one kind on invoices of the vendor's, in one query.

    :raises NotFound: if the actor is no vendor's contact.
    """
    vendor_id = require_vendor(actor, actor.vendor_id)
    found: dict[int, list[Attachment]] = {
        each.pk: [] for each in invoices if each.vendor_id == vendor_id
    }
    for attachment in Attachment.objects.filter(
        subject_type=VendorInvoice._meta.label_lower,
        subject_id__in=found,
        kind=kind,
        withdrawn_at=None,
    ).order_by("pk"):
        found[attachment.subject_id].append(attachment)
    return found


def statements_to_answer(*, actor: Actor) -> QuerySet[VendorStatement]:
    """Return the reconciliations that the vendor has not answered.

    :raises NotFound: if the actor is no vendor's contact.
    """
    return own_statements(actor=actor).filter(state=StatementState.SENT)


def own_payments(*, actor: Actor) -> QuerySet[VendorPayment]:
    """Return what the vendor who asks was paid, newest first.

    :raises NotFound: if the actor is no vendor's contact.
    """
    vendor_id = require_vendor(actor, actor.vendor_id)
    return VendorPayment.objects.filter(
        vendor_id=vendor_id, state=PaymentState.PAID, paid_at__isnull=False
    ).order_by("-pk")


def own_bookings(*, actor: Actor) -> QuerySet[VendorEntry]:
    """Return the entries of the account of the vendor who asks, in no order, without balances.

    :raises NotFound: if the actor is no vendor's contact.
    """
    return VendorEntry.objects.filter(vendor_id=require_vendor(actor, actor.vendor_id))


def get_own_statement(*, actor: Actor, statement_id: int) -> VendorStatement:
    """Return a reconciliation of his. :raises NotFound: if it is none."""
    found = own_statements(actor=actor).filter(pk=statement_id).first()
    if found is None:
        raise NotFound
    return found
