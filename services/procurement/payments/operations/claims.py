"""Claims of buyers (报销单): three papers, the match, finance's word, the cashier's money."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from kernel.access import Action, Actor
from kernel.approvals import operations as approvals
from kernel.approvals.models import Case
from kernel.approvals.registry import DocumentKind
from kernel.approvals.rules.facts import Fact, FactType
from kernel.audit import operations as audit
from kernel.db import refusing
from kernel.documents import numbers
from kernel.duties import operations as duties
from kernel.errors import NotFound
from kernel.tenancy import company_day
from kernel.text import _, in_company_language
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement import scope
from services.procurement.orders.models import PurchaseOrder
from services.procurement.orders.queries import buyers_of
from services.procurement.payments import queries, rules, telling
from services.procurement.payments.models import (
    Advance,
    AdvanceState,
    Claim,
    ClaimState,
    EntryKind,
    VendorInvoice,
)
from services.procurement.payments.operations import accounts, booking
from services.procurement.payments.operations.advances import require_money_account
from services.procurement.payments.operations.entering import BilledLine, Figures, write_invoice
from services.procurement.payments.operations.errors import (
    ClaimExists,
    ClaimInvalid,
    ClaimStateWrong,
    OnAccount,
)
from services.procurement.payments.operations.matching import (
    find,
    lock_known,
    lock_order,
    require_matched,
)
from services.procurement.payments.rules import ClaimPaper
from services.procurement.receiving.models import GoodsReceipt
from services.procurement.requests import operations as requests
from services.procurement.texts import line as one_line

KIND = "purchase.claim"
SERIES = "purchase-claim"
PAPERS = {
    ClaimPaper.SALES_SLIP: _("sales slip"),
    ClaimPaper.STOCK_IN_SLIP: _("stock-in slip"),
    ClaimPaper.INVOICE: _("invoice"),
}


def purchase_claim() -> DocumentKind:
    """Return the kind of document that a claim is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Claim for what was bought"),
        module=_("Procurement"),
        facts=(
            Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),
            Fact("advance", _("Advance"), FactType.MONEY, _("CNY"), is_required=False),
        ),
        url=lambda pk, _project: reverse("claims-claim", args=[pk]),
        on_approved=_approved,
        on_withdrawn=_withdrawn,
        is_ready=True,
    )


@transaction.atomic
def draft_claim(
    *,
    actor: Actor,
    receipt_id: int,
    sales_slip: str,
    figures: Figures,
    advance_id: int | None = None,
    now: datetime,
    today: date,
) -> Claim:
    """Begin a claim for what a receipt took in; its papers are attached before it is submitted.

    The invoice that it pays is entered with it, at the order's prices for what was accepted.

    :raises NotFound: if there is no such receipt within the actor's sight, or no such advance.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises OnAccount: if the vendor is settled with by contract (PR-72).
    :raises ClaimInvalid: if the advance is not open, another's, or for something else.
    :raises rules.PapersMissing: if nothing was accepted: without a stock-in slip there is no claim.
    :raises ClaimExists: if the receipt or the advance has its claim.
    :raises InvoiceInvalid, InvoiceExists: as when an invoice is entered.
    """
    person_id = actor.require_person()
    receipt = GoodsReceipt.objects.select_related("order").filter(pk=receipt_id).first()
    if receipt is None:
        raise NotFound
    scope.require_of(actor, Action.PURCHASE_BUY, receipt.order.project_id)
    order = lock_order(receipt.order_id)
    if order.vendor.is_on_account:
        raise OnAccount(_("This vendor is on account: he is paid by contract, not in cash."))
    lines = _lines_of(receipt)
    invoice = write_invoice(
        actor=actor, order=order, figures=figures, lines=lines, now=now, today=today
    )
    claim = Claim(
        number=numbers.next_number(series=SERIES, project_id=order.project_id, on=today),
        person_id=person_id,
        person_label=actor.label[:140],
        advance=_open_advance(advance_id, person_id, order),
        receipt=receipt,
        invoice=invoice,
        sales_slip=one_line(sales_slip, field="sales_slip", longest=60, is_required=True),
        invoice_number=invoice.number,
        amount=invoice.amount,
        claimed_at=now,
    )
    exists = ClaimExists(_("There is a claim for this already."), field="receipt")
    with refusing(claim_of_receipt_once=exists, claim_of_advance_once=exists):
        claim.save(force_insert=True)
    _record(actor, "drafted", claim, now)
    return claim


@transaction.atomic
def submit_claim(*, actor: Actor, claim_id: int, now: datetime) -> Claim:
    """Send a claim with its three papers to finance (PR-71).

    :raises NotFound: if there is no such claim within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises ClaimStateWrong: if it is no draft, or another's.
    :raises rules.PapersMissing: naming those that are not there (PR-35).
    :raises InvoiceMismatch: if order, goods and invoice do not agree.
    :raises approvals.BackfillOverdue, approvals.NotApproved, approvals.ConsentMissing: if an
        emergency's request is not effective (S-35).
    """
    claim = _lock(actor, claim_id, Action.PURCHASE_BUY)
    _require_own_draft(actor, claim)
    rules.require_papers(queries.papers_of(claim), words=PAPERS)
    require_matched(claim.invoice, find(claim.invoice))
    _require_effective(claim, now)
    claim.state = ClaimState.SUBMITTED
    claim.claimed_at = now
    claim.save(update_fields=["state", "claimed_at"])
    _record(actor, "submitted", claim, now)
    with in_company_language():
        summary = {
            str(_("Stock-in slip")): claim.receipt.number,
            str(_("Sales slip")): claim.sales_slip,
            str(_("Invoice")): claim.invoice_number,
        }
    approvals.submit(
        actor=actor,
        kind=KIND,
        subject=claim,
        project_id=claim.receipt.order.project_id,
        title=claim.number,
        facts={
            "amount": claim.amount,
            "advance": claim.advance.amount if claim.advance is not None else None,
        },
        summary=summary,
        author_ids=[claim.receipt.order.created_by, claim.receipt.order.declared_by],
        now=now,
    )
    return claim


@transaction.atomic
def discard_claim(*, actor: Actor, claim_id: int, now: datetime) -> Claim:
    """Give up a draft; its invoice may be entered again.

    :raises NotFound: if there is no such claim within the actor's sight.
    :raises access.ActionDenied: without ``purchase.buy`` there.
    :raises ClaimStateWrong: if it is no draft, or another's.
    """
    claim = _lock(actor, claim_id, Action.PURCHASE_BUY)
    _require_own_draft(actor, claim)
    _refuse(claim, actor, now)
    return claim


@transaction.atomic
def settle_claim(
    *, actor: Actor, claim_id: int, paid_from: AccountRole | str, now: datetime
) -> Claim:
    """Settle an approved claim: against its advance, the difference in money (PR-74).

    :raises NotFound: if there is no such claim within the actor's sight.
    :raises access.ActionDenied: without ``vendor-payment.pay`` there.
    :raises duties.DutiesMeet: if it is the actor's own, or he bought (SoD-22).
    :raises ClaimStateWrong: if it is not approved, or settled.
    :raises approvals.BackfillOverdue, approvals.NotApproved: if a request is not effective (S-35).
    """
    claim = _lock(actor, claim_id, Action.VENDOR_PAYMENT_PAY)
    order = claim.receipt.order
    _require_another(actor, claim, now)
    if claim.state != ClaimState.APPROVED:
        raise _wrong_state(claim)
    _require_effective(claim, now)
    role, today = require_money_account(paid_from), company_day(now)
    advance = _lock_advance(claim.advance_id)
    lent = advance.amount if advance is not None else Decimal(0)
    claim.paid_out, claim.given_back = rules.settle(advance=lent, claim=claim.amount)
    claim.journal = accounts.book(
        vendor_id=order.vendor_id,
        kind=EntryKind.PAYMENT,
        journal_kind=JournalKind.CLAIM,
        amounts={
            AccountRole.PAYABLE: claim.amount,
            AccountRole.ADVANCE: -lent,
            role: claim.given_back - claim.paid_out,
        },
        source=claim,
        project_id=order.project_id,
        effective_on=today,
        text=claim.number,
        now=now,
        actor=actor,
    )
    claim.invoice.paid_amount += claim.amount
    claim.invoice.save(update_fields=["paid_amount"])
    claim.state = ClaimState.PAID
    claim.settled_by, claim.settled_by_label = actor.require_person(), actor.label[:140]
    claim.settled_at = now
    claim.save(
        update_fields=[
            "paid_out",
            "given_back",
            "journal",
            "state",
            "settled_by",
            "settled_by_label",
            "settled_at",
        ]
    )
    if advance is not None:
        advance.state = AdvanceState.SETTLED
        advance.save(update_fields=["state"])
    _record(actor, "settled", claim, now)
    return claim


def _lines_of(receipt: GoodsReceipt) -> list[BilledLine]:
    """Return the lines of the invoice that a claim comes with: what its receipt accepted."""
    lines = [
        BilledLine(
            order_line_id=line.order_line_id,
            quantity=line.accepted,
            unit_price=line.order_line.unit_price,
        )
        for line in receipt.lines.select_related("order_line").order_by("order_line_id")
        if line.accepted
    ]
    if not lines:
        rules.require_papers([ClaimPaper.SALES_SLIP, ClaimPaper.INVOICE], words=PAPERS)
    return lines


def _open_advance(advance_id: int | None, person_id: int, order: PurchaseOrder) -> Advance | None:
    advance = _lock_advance(advance_id)
    if advance is None:
        return None
    bought = {order.request_id, *order.lines.values_list("request_line__request_id", flat=True)}
    if (
        advance.state != AdvanceState.OPEN
        or advance.person_id != person_id
        or advance.request_id not in bought
    ):
        raise ClaimInvalid(_("This is not your open advance for what was bought."), field="advance")
    return advance


def _lock_advance(advance_id: int | None) -> Advance | None:
    if advance_id is None:
        return None
    advance = Advance.objects.select_for_update(of=("self",)).filter(pk=advance_id).first()
    if advance is None:
        raise NotFound(_("There is no such advance."), field="advance")
    return advance


def _lock(actor: Actor, claim_id: int, action: Action) -> Claim:
    """Return a claim, locked after its order and its invoice."""
    found = Claim.objects.select_related("receipt__order", "invoice").filter(pk=claim_id).first()
    if found is None:
        raise NotFound
    scope.require_of(actor, action, found.receipt.order.project_id)
    invoice = lock_known(found.invoice)
    return _lock_known(claim_id, invoice)


def _lock_known(claim_id: int, invoice: VendorInvoice) -> Claim:
    claim = (
        Claim.objects.select_for_update(of=("self",))
        .select_related("receipt__order", "advance")
        .get(pk=claim_id)
    )
    claim.invoice = invoice
    return claim


def _require_own_draft(actor: Actor, claim: Claim) -> None:
    if claim.state != ClaimState.DRAFT or claim.person_id != actor.user_id:
        raise _wrong_state(claim)


def _require_effective(claim: Claim, now: datetime) -> None:
    order = claim.receipt.order
    lines = order.lines.filter(request_line__isnull=False)
    bought = {order.request_id, *lines.values_list("request_line__request_id", flat=True)}
    for request_id in sorted(pk for pk in bought if pk is not None):
        requests.require_effective(request_id, now=now)


def _require_another(actor: Actor, claim: Claim, now: datetime) -> None:
    """Return if the actor neither claims nor bought: whatever the chain's steps say of duties."""
    order = claim.receipt.order
    duties.require_apart(
        "SoD-22",
        actor=actor,
        earlier=[claim.person_id, *buyers_of(order)],
        subject=claim,
        project_id=order.project_id,
        now=now,
        is_fixed=True,
    )


def _approved(case: Case, actor: Actor, now: datetime) -> None:
    found = Claim.objects.select_related("invoice").get(pk=case.subject_id)
    claim = _lock_known(found.pk, lock_known(found.invoice))
    _require_another(actor, claim, now)
    booking.book(actor=actor, invoice=claim.invoice, now=now, today=company_day(now))
    claim.state = ClaimState.APPROVED
    claim.save(update_fields=["state"])
    lent = claim.advance.amount if claim.advance is not None else Decimal(0)
    to_pay, _given_back = rules.settle(advance=lent, claim=claim.amount)
    if to_pay:
        telling.tell_cashiers(
            number=claim.number,
            payee=claim.person_label,
            amount=to_pay,
            url=reverse("claims-claim", args=[claim.pk]),
            project_id=claim.receipt.order.project_id,
            not_to=claim.person_id,
            now=now,
            today=company_day(now),
        )


def _withdrawn(case: Case, actor: Actor, now: datetime) -> None:
    found = Claim.objects.select_related("invoice").get(pk=case.subject_id)
    _refuse(_lock_known(found.pk, lock_known(found.invoice)), actor, now)


def _refuse(claim: Claim, actor: Actor, now: datetime) -> None:
    claim.state = ClaimState.REFUSED
    claim.save(update_fields=["state"])
    booking.refuse(actor=actor, invoice=claim.invoice, reason=claim.number, now=now)
    _record(actor, "discarded", claim, now)


def _wrong_state(claim: Claim) -> ClaimStateWrong:
    return ClaimStateWrong(
        _("This is not possible any more: %(state)s.") % {"state": claim.get_state_display()}
    )


def _record(actor: Actor, what: str, claim: Claim, now: datetime) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.claim.{what}",
        subject=claim,
        project_id=claim.receipt.order.project_id,
        now=now,
        data={"number": claim.number, "amount": str(claim.amount)},
    )
