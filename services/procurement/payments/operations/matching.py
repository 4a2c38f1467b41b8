"""Order, goods and invoice are held against each other, line by line."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.errors import NotFound
from kernel.text import _
from services.procurement import scope
from services.procurement.orders.models import OrderLine, PurchaseOrder
from services.procurement.payments import queries, rules
from services.procurement.payments.models import InvoiceState, VendorInvoice
from services.procurement.payments.operations.errors import InvoiceMismatch, InvoiceStateWrong

OPEN_INVOICE = (InvoiceState.SUBMITTED, InvoiceState.MATCHED, InvoiceState.EXCEPTION)


@transaction.atomic
def match_invoice(*, actor: Actor, invoice_id: int, now: datetime) -> VendorInvoice:
    """Match an invoice anew, with what was received since.

    :raises NotFound: if there is no such invoice within the actor's sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    :raises InvoiceStateWrong: if it is booked or refused.
    """
    invoice = lock_invoice(actor=actor, invoice_id=invoice_id)
    require_open(invoice)
    if invoice.order_id is not None:
        find(invoice)
        record_invoice(actor, "matched", invoice, now, {"findings": invoice.findings})
    return invoice


def lock_order(order_id: int) -> PurchaseOrder:
    """Return an order, locked before anything of it. :raises NotFound: if there is none."""
    order = (
        PurchaseOrder.objects.select_for_update(of=("self",))
        .select_related("vendor")
        .filter(pk=order_id)
        .first()
    )
    if order is None:
        raise NotFound
    return order


def lock_invoice(*, actor: Actor, invoice_id: int) -> VendorInvoice:
    """Return an invoice, locked after its order, if the actor matches invoices where it lies.

    :raises NotFound: if there is no such invoice within his sight.
    :raises access.ActionDenied: without ``invoice.match`` there.
    """
    found = VendorInvoice.objects.filter(pk=invoice_id).first()
    if found is None:
        raise NotFound
    scope.require_of(actor, Action.INVOICE_MATCH, found.project_id)
    return lock_known(found)


def lock_known(found: VendorInvoice) -> VendorInvoice:
    """Lock an invoice after its order; its callers have asked."""
    if found.order_id is not None:
        lock_order(found.order_id)
    return (
        VendorInvoice.objects.select_for_update(of=("self",))
        .select_related("vendor", "order", "contract", "journal")
        .get(pk=found.pk)
    )


def require_open(invoice: VendorInvoice) -> None:
    """Return if it is neither booked nor refused. :raises InvoiceStateWrong: otherwise."""
    if invoice.state not in OPEN_INVOICE:
        raise wrong_state(invoice)


def require_matched(invoice: VendorInvoice, lines: dict[int, OrderLine]) -> None:
    """Return if an invoice agrees with order and goods. :raises InvoiceMismatch: line by line."""
    if not invoice.findings:
        return
    words = "; ".join(queries.finding_words(finding, lines) for finding in invoice.findings)
    raise InvoiceMismatch(
        _("Order, goods and invoice do not agree: %(findings)s") % {"findings": words},
        details={"findings": invoice.findings},
    )


def find(invoice: VendorInvoice) -> dict[int, OrderLine]:
    """Match a locked invoice and write down what was found; return the lines of its order."""
    assert invoice.order is not None
    lines = {
        line.pk: line
        for line in OrderLine.objects.select_for_update().filter(order=invoice.order).order_by("pk")
    }
    found = rules.match(
        [
            rules.Billed(
                line_id=line.order_line_id, quantity=line.quantity, unit_price=line.unit_price
            )
            for line in invoice.lines.order_by("order_line_id")
        ],
        [
            rules.Ordered(
                line_id=line.pk,
                unit_price=line.unit_price,
                accepted=line.received_quantity - line.returned_quantity,
                billed=line.billed_quantity,
            )
            for line in lines.values()
        ],
        tolerance_percent=queries.price_tolerance(),
    )
    freight = rules.freight_finding(
        billed=invoice.freight,
        agreed=invoice.order.freight,
        billed_before=queries.freight_billed(invoice.order_id or 0, without=invoice.pk),
    )
    billed = invoice.lines.count()
    tax = rules.tax_finding(
        tax=invoice.tax_amount,
        most=rules.most_tax(
            amount=invoice.amount,
            freight=invoice.freight,
            tax_percent=invoice.order.tax_percent,
            lines=billed,
        ),
    )
    found += [finding for finding in (freight, tax) if finding is not None]
    invoice.findings = [{**asdict(finding), "amount": f"{finding.amount:.2f}"} for finding in found]
    invoice.state = InvoiceState.EXCEPTION if found else InvoiceState.MATCHED
    invoice.save(update_fields=["findings", "state"])
    return lines


def wrong_state(invoice: VendorInvoice) -> InvoiceStateWrong:
    return InvoiceStateWrong(
        _("This is not possible any more: %(state)s.") % {"state": invoice.get_state_display()}
    )


def record_invoice(
    actor: Actor, what: str, invoice: VendorInvoice, now: datetime, data: dict[str, object]
) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.invoice.{what}",
        subject=invoice,
        project_id=invoice.project_id,
        now=now,
        data={"number": invoice.number, "amount": str(invoice.amount), **data},
    )
