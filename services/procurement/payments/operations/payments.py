"""Payments to vendors (付款单): who asks, who approves and who pays are three people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from kernel import access
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
from kernel.outbox import operations as outbox
from kernel.tenancy import company_day
from kernel.text import _, in_company_language
from services.billing.ledger.models import AccountRole, JournalKind
from services.procurement import scope
from services.procurement.contracts.models import PaymentPlanLine
from services.procurement.orders.queries import buyers_of
from services.procurement.payments import queries, rules, telling
from services.procurement.payments.models import (
    EntryKind,
    InvoiceState,
    PaymentState,
    VendorInvoice,
    VendorPayment,
    VendorPaymentShare,
)
from services.procurement.payments.operations import accounts
from services.procurement.payments.operations.errors import (
    AccountChanged,
    KeyReused,
    NoAccount,
    NotDueYet,
    PaymentStateWrong,
    PlanExceeded,
    ReferenceTaken,
    SharesInvalid,
)
from services.procurement.texts import line as one_line
from services.procurement.vendors import queries as vendors
from services.procurement.vendors.models import AccountState, BankAccount, Vendor

KIND = "vendor.payment"
SERIES = "vendor-payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The part of a payment that pays an invoice, by a line of its contract's payment plan."""

    invoice_id: int
    amount: Decimal
    plan_line_id: int | None = None


def vendor_payment() -> DocumentKind:
    """Return the kind of document that a payment is to the approvals."""
    return DocumentKind(
        key=KIND,
        name=_("Payment to a vendor"),
        module=_("Procurement"),
        facts=(Fact("amount", _("Amount"), FactType.MONEY, _("CNY")),),
        url=lambda pk, _project: reverse("vendor-payments-payment", args=[pk]),
        on_approved=_approved,
        on_withdrawn=_withdrawn,
        is_ready=True,
    )


def spread_over(*, actor: Actor, vendor_id: int, amount: Decimal) -> list[Share]:
    """Return how an amount pays what is owed to a vendor, what is due first before the rest.

    :raises access.ActionDenied: without ``vendor.view`` company-wide.
    :raises rules.AmountInvalid: if it is none, or more than is owed and not on its way.
    """
    invoices = list(queries.open_invoices(actor=actor, vendor_id=vendor_id))
    on_its_way = queries.asked_for([invoice.pk for invoice in invoices])
    rows = [
        (
            invoice.pk,
            rules.Open(
                due_on=invoice.due_on,
                amount=invoice.left - on_its_way.get(invoice.pk, Decimal(0)),
            ),
        )
        for invoice in invoices
    ]
    return [Share(invoice_id=pk, amount=part) for pk, part in rules.spread(amount, rows)]


@transaction.atomic
def ask_payment(
    *,
    actor: Actor,
    vendor_id: int,
    shares: Sequence[Share],
    idempotency_key: str,
    now: datetime,
) -> VendorPayment:
    """Ask for a payment of booked invoices to the account that the vendor has in force.

    Asked twice with one key it is one payment. Vendors on account are paid strictly by contract:
    not before the day, and by the plan where the contract has one (PR-72).

    :raises access.ActionDenied: without ``vendor-payment.ask`` where the invoices lie.
    :raises NotFound: if there is no such vendor, or no such invoice or plan line of his.
    :raises KeyReused: if the key was used for another payment.
    :raises SharesInvalid: if there is none, an invoice twice, one that is not booked or belongs to
        a claim, or more than is open of one.
    :raises NotDueYet: if an invoice of a vendor on account is not due.
    :raises PlanExceeded: if more is asked for than the plan foresees, or no line of it is named.
    :raises NoAccount: if no account of the vendor is in force.
    """
    person_id = actor.require_person()
    access.require(actor, Action.VENDOR_PAYMENT_ASK)
    vendor = Vendor.objects.select_for_update(no_key=True).filter(pk=vendor_id).first()
    if vendor is None:
        raise NotFound
    key = one_line(idempotency_key, field="idempotency_key", longest=80, is_required=True)
    total = sum((share.amount for share in shares), Decimal(0))
    earlier = VendorPayment.objects.filter(idempotency_key=key).first()
    if earlier is not None:
        return _same(earlier, actor, vendor_id, shares)
    invoices = _lock_invoices(vendor, shares)
    for project_id in {invoice.project_id for invoice in invoices.values()}:
        scope.require_of(actor, Action.VENDOR_PAYMENT_ASK, project_id)
    _check_shares(vendor, shares, invoices, today=company_day(now))
    account = BankAccount.objects.filter(vendor=vendor, state=AccountState.ACTIVE).first()
    if account is None:
        raise NoAccount(_("No bank account of this vendor is in force."))
    projects = {invoice.project_id for invoice in invoices.values()}
    project_id = projects.pop() if len(projects) == 1 else None
    payment = VendorPayment(
        number=numbers.next_number(series=SERIES, project_id=project_id, on=company_day(now)),
        vendor=vendor,
        project_id=project_id,
        account=account,
        amount=total,
        asked_by=person_id,
        asked_by_label=actor.label[:140],
        asked_at=now,
        idempotency_key=key,
    )
    # Another vendor's payment may take the key at this moment: its lock is another.
    with refusing(procurement_vendorpayment_idempotency_key_key=_key_reused()):
        payment.save(force_insert=True)
    VendorPaymentShare.objects.bulk_create(
        VendorPaymentShare(
            payment=payment,
            invoice_id=share.invoice_id,
            plan_line_id=share.plan_line_id,
            amount=share.amount,
        )
        for share in sorted(shares, key=lambda share: share.invoice_id)
    )
    _record(actor, "asked", payment, now, {"invoices": sorted(invoices)})
    with in_company_language():
        summary = {
            str(_("Vendor")): vendor.name,
            str(_("Account")): f"{account.bank} *{account.number_tail}",
            str(_("Invoices")): ", ".join(invoice.number for invoice in invoices.values()),
            **_standing_words(vendor, today=company_day(now)),
        }
    approvals.submit(
        actor=actor,
        kind=KIND,
        subject=payment,
        project_id=project_id,
        title=payment.number,
        facts={"amount": payment.amount},
        summary=summary,
        now=now,
    )
    return payment


@transaction.atomic
def pay_vendor(
    *, actor: Actor, payment_id: int, reference: str, paid_on: date, now: datetime
) -> VendorPayment:
    """Book that an approved payment was made to the account that was approved.

    :param reference: the bank's; each is booked once.
    :raises NotFound: if there is no such payment within the actor's sight.
    :raises access.ActionDenied: without ``vendor-payment.pay`` there.
    :raises duties.DutiesMeet: if the actor asked for it, or bought what it pays (SoD-22).
    :raises PaymentStateWrong: if it is not approved, or paid.
    :raises AccountChanged: if the account is not in force any more.
    :raises ReferenceTaken: if the reference is booked already.
    :raises SharesInvalid: if the day lies before the request or in the future.
    """
    found = VendorPayment.objects.filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    scope.require_of(actor, Action.VENDOR_PAYMENT_PAY, found.project_id)
    payment = _lock(found)
    shares = queries.shares_of(payment)
    _require_another(actor, payment, shares, now, asked_by=payment.asked_by)
    if payment.state != PaymentState.APPROVED:
        raise _wrong_state(payment)
    if not company_day(payment.asked_at) <= paid_on <= company_day(now):
        raise SharesInvalid(_("The day lies between the request and today."), field="paid_on")
    account = BankAccount.objects.select_for_update(of=("self",)).get(pk=payment.account_id)
    if account.state != AccountState.ACTIVE:
        raise AccountChanged(
            _("The vendor has another account by now: ask for the payment anew."),
        )
    payment.reference = one_line(reference, field="reference", longest=60, is_required=True)
    _move(shares, sign=1)
    payment.journal = accounts.book(
        vendor_id=payment.vendor_id,
        kind=EntryKind.PAYMENT,
        journal_kind=JournalKind.VENDOR_PAYMENT,
        amounts={AccountRole.PAYABLE: payment.amount, AccountRole.BANK: -payment.amount},
        source=payment,
        project_id=payment.project_id,
        effective_on=paid_on,
        text=payment.number,
        now=now,
        actor=actor,
    )
    payment.state, payment.paid_on, payment.paid_at = PaymentState.PAID, paid_on, now
    payment.paid_by, payment.paid_by_label = actor.require_person(), actor.label[:140]
    taken = ReferenceTaken(_("This payment reference is booked already."), field="reference")
    with refusing(vendorpayment_reference_once=taken):
        payment.save()
    _record(actor, "paid", payment, now, {"reference": payment.reference})
    outbox.publish(
        event="procurement.vendor.paid",
        subject=payment,
        project_id=payment.project_id,
        now=now,
        data={"number": payment.number, "amount": str(payment.amount)},
    )
    return payment


@transaction.atomic
def undo_payment(*, actor: Actor, payment_id: int, reason: str, now: datetime) -> VendorPayment:
    """Undo a payment that came back: its invoices are open again, the journal is reversed.

    :raises NotFound: if there is no such payment within the actor's sight.
    :raises access.ActionDenied: without ``vendor-payment.ask`` there.
    :raises PaymentStateWrong: if it is not paid, or the vendor gave back money of it.
    """
    found = VendorPayment.objects.filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    scope.require_of(actor, Action.VENDOR_PAYMENT_ASK, found.project_id)
    payment = _lock(found)
    if payment.state != PaymentState.PAID or payment.journal is None:
        raise _wrong_state(payment)
    shares = queries.shares_of(payment)
    for share in shares:
        if share.invoice.refunded_amount and share.invoice.left + share.amount > 0:
            raise PaymentStateWrong(
                _("The vendor gave back money of %(invoice)s: it was paid.")
                % {"invoice": share.invoice.number}
            )
    _move(shares, sign=-1)
    accounts.unbook(
        vendor_id=payment.vendor_id,
        journal=payment.journal,
        journal_kind=JournalKind.VENDOR_REVERSAL,
        source=payment,
        effective_on=company_day(now),
        text=payment.number,
        now=now,
        actor=actor,
    )
    payment.state = PaymentState.REVERSED
    payment.reversal_reason = one_line(reason, field="reason", longest=300, is_required=True)
    payment.reversed_by_label, payment.reversed_at = actor.label[:140], now
    payment.save(update_fields=["state", "reversal_reason", "reversed_by_label", "reversed_at"])
    _record(actor, "undone", payment, now, {"reason": payment.reversal_reason})
    return payment


def _same(
    earlier: VendorPayment, actor: Actor, vendor_id: int, shares: Sequence[Share]
) -> VendorPayment:
    before = earlier.shares.values_list("invoice_id", "plan_line_id", "amount")
    asked = {(share.invoice_id, share.plan_line_id, share.amount) for share in shares}
    is_same = set(before) == asked and len(asked) == len(shares)
    if (earlier.vendor_id, earlier.asked_by) != (vendor_id, actor.user_id) or not is_same:
        raise _key_reused()
    return earlier


def _key_reused() -> KeyReused:
    return KeyReused(_("Another payment was asked for with this key."))


def _standing_words(vendor: Vendor, *, today: date) -> dict[str, str]:
    """Return what is in the way of dealing with a vendor: a debt stays one, signers know of it."""
    reasons = vendors.standing_of([vendor.pk], today=today)[vendor.pk].reasons
    return {str(_("Vendor's standing")): " ".join(map(str, reasons))} if reasons else {}


def _lock_invoices(vendor: Vendor, shares: Sequence[Share]) -> dict[int, VendorInvoice]:
    ids = [share.invoice_id for share in shares]
    if not ids or len(set(ids)) < len(ids):
        raise SharesInvalid(_("Name each invoice that is paid once."), field="shares")
    invoices = (
        VendorInvoice.objects.select_for_update(of=("self",))
        .select_related("order__contract", "contract", "claim")
        .filter(pk__in=ids, vendor=vendor)
        .order_by("pk")
    )
    found = {invoice.pk: invoice for invoice in invoices}
    if len(found) < len(ids):
        raise NotFound
    return found


def _check_shares(
    vendor: Vendor,
    shares: Sequence[Share],
    invoices: dict[int, VendorInvoice],
    *,
    today: date,
) -> None:
    on_its_way = queries.asked_for(invoices)
    for share in shares:
        invoice = invoices[share.invoice_id]
        rules.require_amount(share.amount, field="shares")
        if invoice.state != InvoiceState.BOOKED or hasattr(invoice, "claim"):
            raise SharesInvalid(
                _("%(invoice)s is not booked, or paid by a claim.") % {"invoice": invoice.number},
                field="shares",
            )
        left = invoice.left
        left -= on_its_way.get(invoice.pk, Decimal(0))
        if share.amount > left:
            raise SharesInvalid(
                _("Only %(left)s of %(invoice)s are open and not asked for.")
                % {"left": f"{left:,.2f}", "invoice": invoice.number},
                field="shares",
                details={"invoice": invoice.pk, "left": f"{left:.2f}"},
            )
        if vendor.is_on_account and invoice.due_on > today:
            raise NotDueYet(
                _("%(invoice)s is due on %(day)s by contract.")
                % {"invoice": invoice.number, "day": invoice.due_on.isoformat()},
                details={"invoice": invoice.pk, "due_on": invoice.due_on.isoformat()},
            )
    _check_plan(shares, invoices)


def _check_plan(shares: Sequence[Share], invoices: dict[int, VendorInvoice]) -> None:
    """Keep to the payment plans of contracts: each share by a line with enough left (PR-72)."""
    lines = {
        line.pk: line
        for line in PaymentPlanLine.objects.select_for_update()
        .filter(pk__in=[share.plan_line_id for share in shares if share.plan_line_id is not None])
        .order_by("pk")
    }
    asked: dict[int, Decimal] = {}
    for share in shares:
        invoice = invoices[share.invoice_id]
        contract = invoice.contract or (invoice.order.contract if invoice.order else None)
        if share.plan_line_id is None:
            if contract is not None and contract.plan.exists():
                raise PlanExceeded(
                    _("%(contract)s is paid by its plan: name the line of it.")
                    % {"contract": contract.number},
                    field="plan_line",
                )
            continue
        line = lines.get(share.plan_line_id)
        if line is None or contract is None or line.contract_id != contract.pk:
            raise NotFound
        asked[line.pk] = asked.get(line.pk, Decimal(0)) + share.amount
    for pk, amount in asked.items():
        waiting = VendorPaymentShare.objects.filter(
            plan_line_id=pk, payment__state__in=[PaymentState.SUBMITTED, PaymentState.APPROVED]
        ).values_list("amount", flat=True)
        left = lines[pk].amount - lines[pk].paid_amount - sum(waiting, Decimal(0))
        if amount > left:
            raise PlanExceeded(
                _("The plan foresees only %(left)s more here.") % {"left": f"{left:,.2f}"},
                field="plan_line",
                details={"plan_line": pk, "left": f"{left:.2f}"},
            )


def _lock(found: VendorPayment) -> VendorPayment:
    """Lock a payment after its invoices, as whoever asks for one locks them."""
    ids = found.shares.order_by().values_list("invoice_id", flat=True)
    list(
        VendorInvoice.objects.select_for_update(of=("self",))
        .filter(pk__in=list(ids))
        .order_by("pk")
        .values_list("pk")
    )
    return (
        VendorPayment.objects.select_for_update(of=("self",))
        .select_related("vendor", "account", "journal")
        .get(pk=found.pk)
    )


def _move(shares: Sequence[VendorPaymentShare], *, sign: int) -> None:
    """Add what is paid to invoices and plans, or take it off again; their rows are locked."""
    for share in shares:
        share.invoice.paid_amount += sign * share.amount
    VendorInvoice.objects.bulk_update([share.invoice for share in shares], ["paid_amount"])
    planned = [share for share in shares if share.plan_line_id is not None]
    lines = (
        PaymentPlanLine.objects.select_for_update()
        .filter(pk__in=[share.plan_line_id for share in planned])
        .order_by("pk")
    )
    by_id = {line.pk: line for line in lines}
    for share in planned:
        assert share.plan_line_id is not None, "chosen above"
        by_id[share.plan_line_id].paid_amount += sign * share.amount
    PaymentPlanLine.objects.bulk_update(by_id.values(), ["paid_amount"])


def _buyers(shares: Sequence[VendorPaymentShare]) -> list[int | None]:
    orders = {share.invoice.order for share in shares if share.invoice.order is not None}
    return [person for order in orders for person in buyers_of(order)]


def _require_another(
    actor: Actor,
    payment: VendorPayment,
    shares: Sequence[VendorPaymentShare],
    now: datetime,
    *,
    asked_by: int | None = None,
) -> None:
    """Return if the actor did not buy what is paid: whatever the chain's steps say of duties."""
    duties.require_apart(
        "SoD-22",
        actor=actor,
        earlier=[asked_by, *_buyers(shares)],
        subject=payment,
        project_id=payment.project_id,
        now=now,
        is_fixed=True,
    )


def _approved(case: Case, actor: Actor, now: datetime) -> None:
    payment = VendorPayment.objects.select_related("vendor").get(pk=case.subject_id)
    _require_another(actor, payment, queries.shares_of(payment), now)
    found = VendorPayment.objects.filter(pk=case.subject_id, state=PaymentState.SUBMITTED)
    if not found.update(state=PaymentState.APPROVED):
        return
    telling.tell_cashiers(
        number=payment.number,
        payee=payment.vendor.name,
        amount=payment.amount,
        url=reverse("vendor-payments-payment", args=[payment.pk]),
        project_id=payment.project_id,
        not_to=payment.asked_by,
        now=now,
        today=company_day(now),
    )


def _withdrawn(case: Case, _actor: Actor, _now: datetime) -> None:
    VendorPayment.objects.filter(pk=case.subject_id, state=PaymentState.SUBMITTED).update(
        state=PaymentState.REFUSED
    )


def _wrong_state(payment: VendorPayment) -> PaymentStateWrong:
    return PaymentStateWrong(
        _("This is not possible any more: %(state)s.") % {"state": payment.get_state_display()}
    )


def _record(
    actor: Actor, what: str, payment: VendorPayment, now: datetime, data: dict[str, object]
) -> None:
    audit.record(
        actor=actor,
        event=f"procurement.vendor-payment.{what}",
        subject=payment,
        project_id=payment.project_id,
        now=now,
        data={"number": payment.number, "amount": str(payment.amount), **data},
    )
