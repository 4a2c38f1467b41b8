"""What vendors' money wires into the product: kinds, numbers, files, rules of the books."""

from datetime import datetime

from django.db.models import Model

from kernel import access
from kernel.access import Action
from kernel.approvals import registry as approvals
from kernel.documents import carriers, numbers
from kernel.documents.carriers import Carrier
from kernel.identity import leaving as departures
from kernel.notifications import registry as notices
from kernel.outbox import registry as events
from kernel.text import _, _p
from services.billing.ledger import invariants as books
from services.procurement.payments import leaving, queries, telling
from services.procurement.payments.invariants import VENDORS_MONEY
from services.procurement.payments.models import Claim, ClaimState, VendorInvoice
from services.procurement.payments.operations import (
    advances,
    assessments,
    claims,
    own_invoices,
    payments,
    statements,
)
from services.procurement.payments.operations.errors import ClaimStateWrong, InvoiceStateWrong
from services.procurement.vendors import letters

_SERIES = (
    (advances.SERIES, _p("purchase", "Advances to buyers"), "JK-{YYYY}{MM}-{NNNN}"),
    (claims.SERIES, _("Claims of buyers"), "BX-{YYYY}{MM}-{NNNN}"),
    (payments.SERIES, _("Payments to vendors"), "FK-{YYYY}{MM}-{NNNN}"),
    (statements.SERIES, _("Reconciliations with vendors"), "DZ-{YYYY}{MM}-{NNNN}"),
)


def _project_of_claim(claim: Model) -> int | None:
    assert isinstance(claim, Claim)
    return claim.receipt.order.project_id


def _add_to_claim(actor: access.Actor, claim: Model, _now: datetime) -> None:
    """Let the claimant add papers while his claim is a draft."""
    assert isinstance(claim, Claim)
    access.require(actor, Action.PURCHASE_BUY, _project_of_claim(claim))
    if claim.state != ClaimState.DRAFT or claim.person_id != actor.user_id:
        raise ClaimStateWrong(_("The papers of a claim are attached before it is submitted."))


def _invoice(actor: access.Actor, pk: int, _now: datetime) -> VendorInvoice:
    if actor.vendor_id is not None:
        return queries.get_own_invoice(actor=actor, invoice_id=pk)
    return queries.get_invoice(actor=actor, invoice_id=pk)


def _add_to_invoice(actor: access.Actor, invoice: Model, _now: datetime) -> None:
    """Let finance add papers, and the vendor his scan as long as nothing is decided."""
    assert isinstance(invoice, VendorInvoice)
    if actor.vendor_id is None:
        access.require(actor, Action.INVOICE_MATCH, invoice.project_id)
    elif invoice.state not in queries.UNDECIDED:
        raise InvoiceStateWrong(_("This invoice is decided already."))


def register() -> None:
    for kind in (
        advances.purchase_advance(),
        claims.purchase_claim(),
        payments.vendor_payment(),
        assessments.service_assessment(),
    ):
        approvals.register(kind)
    for key, name, pattern in _SERIES:
        numbers.register(numbers.Series(key=key, name=name, pattern=pattern))
    events.register("procurement.invoice.booked", _("A vendor's invoice was booked"))
    events.register("procurement.vendor.paid", _("A vendor was paid"))
    notices.register(telling.TO_PAY)
    letters.register(telling.STATEMENT_SENT)
    books.register(*VENDORS_MONEY)
    for check in leaving.CHECKS:
        departures.register(check)
    carriers.register(
        Carrier(
            model="procurement.vendorinvoice",
            read=_invoice,
            add=_add_to_invoice,
            is_for_vendors=True,
            # What finance hangs on it is the company's own.
            vendor_kinds=frozenset({own_invoices.SCAN}),
        )
    )
    carriers.register(
        Carrier(
            model="procurement.claim",
            read=lambda actor, pk, _now: queries.get_claim(actor=actor, claim_id=pk),
            add=_add_to_claim,
            project_id=_project_of_claim,
        )
    )
