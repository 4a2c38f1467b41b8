"""Reads of invoices, credit notes and monthly assessments."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet, Sum

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from kernel.text import _
from services.procurement.orders.models import OrderLine, PurchaseOrder
from services.procurement.payments import rules
from services.procurement.payments.models import (
    CreditNote,
    InvoiceLine,
    InvoiceState,
    ServiceAssessment,
    VendorInvoice,
)
from services.procurement.receiving.models import GoodsReceiptLine, GoodsReturn
from services.procurement.vendors.queries import require_vendor

ZERO = Decimal(0)
# A price with tax that is computed from one without may differ in its last place; no more.
PRICE_TOLERANCE_PERCENT: Final = Decimal("0.01")
_ENDED = (InvoiceState.REFUSED, InvoiceState.REVERSED)

MISMATCHES: Final = {
    rules.Mismatch.NOT_ORDERED: _("not ordered"),
    rules.Mismatch.NOT_RECEIVED: _("more is billed than was accepted"),
    rules.Mismatch.PRICE: _("the price is higher than agreed"),
    rules.Mismatch.BILLED_BEFORE: _("billed before"),
    rules.Mismatch.FREIGHT: _("more freight than agreed"),
    rules.Mismatch.TAX: _("more tax than the agreed rate makes"),
}


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A line of the three-way match: what was agreed, what came, what is billed, what is wrong."""

    line: OrderLine
    billed: InvoiceLine | None
    accepted: Decimal
    billed_before: Decimal
    findings: tuple[str, ...]


def price_tolerance() -> Decimal:
    """Return by how many per cent a price may be higher than agreed."""
    return PRICE_TOLERANCE_PERCENT


def invoices(*, actor: Actor) -> QuerySet[VendorInvoice]:
    """Return the vendors' invoices within the actor's reach, newest first."""
    found = VendorInvoice.objects.select_related("vendor", "project", "order", "contract")
    return access.scoped(found, actor, Action.PURCHASE_VIEW).order_by("-pk")


def get_invoice(*, actor: Actor, invoice_id: int) -> VendorInvoice:
    """Return one invoice. :raises NotFound: if there is none within the actor's reach."""
    invoice = (
        invoices(actor=actor)
        .select_related("claim", "assessment", "journal")
        .filter(pk=invoice_id)
        .first()
    )
    if invoice is None:
        raise NotFound
    return invoice


def order_to_bill(*, actor: Actor, order_id: int) -> PurchaseOrder:
    """Return an order whose invoices the actor matches. :raises NotFound: if there is none."""
    orders = PurchaseOrder.objects.select_related("vendor").filter(pk=order_id)
    order = access.scoped(orders, actor, Action.INVOICE_MATCH).first()
    if order is None:
        raise NotFound
    return order


def own_invoices(*, actor: Actor) -> QuerySet[VendorInvoice]:
    """Return the invoices of the vendor who asks, newest first (PR-65).

    :raises NotFound: if the actor is no vendor.
    """
    vendor_id = require_vendor(actor, actor.vendor_id)
    return (
        VendorInvoice.objects.filter(vendor_id=vendor_id)
        .select_related("order", "contract")
        .order_by("-pk")
    )


def credit_notes(*, actor: Actor) -> QuerySet[CreditNote]:
    """Return the vendors' credit notes within the actor's reach, newest first."""
    return access.scoped(
        CreditNote.objects.select_related("vendor", "invoice__project", "goods_return"),
        actor,
        Action.PURCHASE_VIEW,
        field="invoice__project_id",
    ).order_by("-pk")


def assessments(*, actor: Actor) -> QuerySet[ServiceAssessment]:
    """Return the monthly assessments of services within the actor's reach, newest first."""
    found = ServiceAssessment.objects.select_related("contract__vendor", "project", "invoice")
    return access.scoped(found, actor, Action.PURCHASE_VIEW).order_by("-month", "-pk")


def get_assessment(*, actor: Actor, assessment_id: int) -> ServiceAssessment:
    """Return one assessment. :raises NotFound: if there is none within the actor's reach."""
    assessment = (
        assessments(actor=actor).select_related("plan_line").filter(pk=assessment_id).first()
    )
    if assessment is None:
        raise NotFound
    return assessment


def match_view(invoice: VendorInvoice) -> list[MatchLine]:
    """Return the order's lines beside what the invoice says. The caller has checked access."""
    if invoice.order_id is None:
        return []
    billed = {line.order_line_id: line for line in invoice.lines.all()}
    is_booked = invoice.state == InvoiceState.BOOKED
    found: dict[int, list[str]] = {}
    for finding in invoice.findings:
        found.setdefault(finding["line_id"], []).append(_words(finding))
    return [
        MatchLine(
            line=line,
            billed=billed.get(line.pk),
            accepted=line.received_quantity - line.returned_quantity,
            billed_before=line.billed_quantity
            - (billed[line.pk].quantity if is_booked and line.pk in billed else ZERO),
            findings=tuple(found.get(line.pk, ())),
        )
        for line in OrderLine.objects.filter(order_id=invoice.order_id).order_by("position")
    ]


def finding_words(finding: Mapping[str, Any], lines: Mapping[int, OrderLine]) -> str:
    """Return what the match found of a line, in words."""
    line = lines.get(finding["line_id"])
    return f"{line.name}: {_words(finding)}" if line is not None else _words(finding)


def freight_billed(order_id: int, *, without: int) -> Decimal:
    """Return how much freight of an order is on booked invoices, one left out."""
    booked = VendorInvoice.objects.filter(order_id=order_id, state=InvoiceState.BOOKED)
    total: Decimal | None = booked.exclude(pk=without).aggregate(total=Sum("freight"))["total"]
    return total or ZERO


def accrued_of(line_ids: Iterable[int]) -> dict[int, Decimal]:
    """Return what stands in the books of each line as received and not invoiced."""
    ids = sorted(line_ids)
    sums = dict.fromkeys(ids, ZERO)
    received = GoodsReceiptLine.objects.filter(order_line_id__in=ids)
    returned = GoodsReturn.objects.filter(objection__order_line_id__in=ids)
    invoiced = InvoiceLine.objects.filter(order_line_id__in=ids, invoice__state=InvoiceState.BOOKED)
    for rows, path, column, sign in (
        (received, "order_line_id", "value", 1),
        (returned, "objection__order_line_id", "value", -1),
        (returned.filter(credit_note__isnull=False), "objection__order_line_id", "value", 1),
        (invoiced, "order_line_id", "accrued", -1),
    ):
        for row in rows.order_by().values(path).annotate(total=Sum(column)):
            sums[row[path]] += sign * row["total"]
    return sums


def _words(finding: Mapping[str, Any]) -> str:
    return _("%(what)s (%(amount)s)") % {
        "what": MISMATCHES[rules.Mismatch(finding["mismatch"])],
        "amount": finding["amount"],
    }
