"""Take money: spread it over the open bills, post it, number the receipt."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from kernel import access, policies
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.duties import operations as duties
from kernel.errors import Conflict, Invalid
from kernel.outbox import operations as outbox
from kernel.text import _
from services.billing.cashier import queries, rules
from services.billing.cashier.models import (
    Allocation,
    Payment,
    PaymentMethod,
    PaymentState,
    Receipt,
    ReceiptSeries,
)
from services.billing.cashier.operations import common
from services.billing.ledger import operations as ledger
from services.billing.ledger import queries as ledger_queries
from services.billing.ledger.models import AccountRole, JournalKind
from services.billing.runs.models import BillLine
from services.billing.standards.models import FeeVersion
from services.properties import queries as registry
from services.properties.models import Household

# Where money of a method lies until it is banked or settled.
_MONEY_ACCOUNT = {
    PaymentMethod.CASH: AccountRole.CASH,
    PaymentMethod.TRANSFER: AccountRole.BANK,
    PaymentMethod.QR: AccountRole.CHANNEL,
    PaymentMethod.CARD: AccountRole.CHANNEL,
}
_KEY = re.compile(r"[A-Za-z0-9._:-]{8,80}")


class MethodUnknown(Invalid):
    code = "cashier.method-unknown"


class KeyInvalid(Invalid):
    code = "cashier.key-invalid"


class PayerMissing(Invalid):
    code = "cashier.payer-missing"


class BillsChanged(Conflict):
    code = "cashier.bills-changed"


class NothingOpen(Conflict):
    code = "cashier.nothing-open"


class ReferenceUsed(Conflict):
    code = "cashier.reference-used"


class KeyUsed(Conflict):
    code = "cashier.key-used"


class SeriesTaken(Conflict):
    code = "cashier.series-taken"


@transaction.atomic
def take_payment(
    *,
    actor: access.Actor,
    household_id: int,
    method: str,
    expected_total: Decimal,
    idempotency_key: str,
    now: datetime,
    today: date,
    line_ids: Collection[int] | None = None,
    amount: Decimal | None = None,
    tendered: Decimal | None = None,
    reference: str = "",
    payer_name: str = "",
    note: str = "",
) -> Receipt:
    """Take money from a household, pay its bills with it, and number a receipt.

    Without ``amount`` the chosen lines (all open ones when ``line_ids`` is ``None``) are paid
    whole; an amount is spread over them, oldest first (BL-109). The household and the lines are
    locked: of two counters that take the same bill, the second is told. Posts Dr cash, bank or
    channel, Cr receivables of the household.

    :param expected_total: what the payer was shown as open on these lines.
    :param tendered: cash handed over, or nothing for the exact amount; other methods: the amount.
    :param payer_name: whose name is on the receipt; the household's payer if empty (C-19).
    :param idempotency_key: a repeat of the same request by the same person returns the receipt
        of the first and does nothing.
    :raises NotFound: if there is no such household within the actor's reach, or a line is not its.
    :raises access.ActionDenied: without ``payment.take`` in its project.
    :raises common.PostTakesNoMoney: if the company lets his post take none.
    :raises duties.DutiesMeet: if the actor confirmed the price (SoD-01), checked the bills
        (SoD-04) or posted them (SoD-08).
    :raises BillsChanged: if something else is open now than ``expected_total``.
    :raises NothingOpen: if nothing is open.
    :raises rules.AmountInvalid: if an amount is none.
    :raises rules.AmountOverOpen: if more is paid than is open.
    :raises rules.TenderedTooLittle: if the cash does not cover the amount.
    :raises rules.TenderedNotExact: if a method without change comes with another sum.
    :raises rules.ChangeTooLarge: if the change is a slip of the key.
    :raises ReferenceUsed: if the transfer or code is booked already.
    :raises KeyUsed: if the key came with another request before.
    :raises KeyInvalid: if the key is not 8 to 80 plain characters.
    :raises MethodUnknown: if there is no such method.
    :raises PayerMissing: if nobody is named.
    :raises common.TextInvalid: if a text is too long or holds control characters.
    :raises SeriesTaken: if the project's code numbered another project's receipts.
    """
    household = registry.get_household(actor=actor, household_id=household_id)
    duties.require_action(actor, access.Action.PAYMENT_TAKE, household.project_id)
    collector_id = common.require_person(actor)
    common.require_post(collector_id, household.project_id, today=today)
    request = _read_request(
        collector_id=collector_id,
        household_id=household_id,
        method=method,
        line_ids=line_ids,
        amount=amount,
        tendered=tendered,
        expected_total=expected_total,
        reference=reference,
        payer_name=payer_name,
        note=note,
        idempotency_key=idempotency_key,
    )
    earlier = _receipt_of_key(request)
    if earlier is not None:
        return earlier

    household = registry.lock_household(household_id)
    earlier = _receipt_of_key(request)  # a twin may have been first
    if earlier is not None:
        return earlier
    lines = queries.lock_open_lines(household_id=household_id, line_ids=line_ids)
    _require_as_shown(household_id, lines, line_ids, expected_total)
    paid = rules.total_open(lines) if request.amount is None else request.amount
    shares = rules.spread(lines, paid)
    _require_confirmed_by_another(actor, household, [share.line_id for share in shares], now)

    payment = _insert_payment(_build_payment(request, household, paid, actor.label, now, today))
    _allocate(payment, shares)
    _post(payment, now)
    receipt = _number_receipt(payment, household.project.code, today)
    audit.record(
        actor=actor,
        event="cashier.payment.taken",
        subject=payment,
        project_id=household.project_id,
        now=now,
        data={
            "receipt": receipt.code,
            "method": payment.method,
            "amount": str(paid),
            "lines": len(shares),
        },
    )
    outbox.publish(
        event="cashier.payment.taken",
        subject=payment,
        project_id=household.project_id,
        now=now,
        data={
            "receipt": receipt.code,
            "household_id": household_id,
            "method": payment.method,
            "amount": str(paid),
            "bills": [{"line_id": share.line_id, "amount": str(share.amount)} for share in shares],
        },
    )
    return receipt


# What parts somebody from collecting on a bill, in the order of the columns read for it.
_DONE_BEFORE = (
    ("SoD-01", _("You confirmed the price of these bills.")),
    ("SoD-04", _("You confirmed the amounts of these bills.")),
    ("SoD-08", _("You posted these bills.")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What was asked for at the counter, read and trimmed; nothing is looked up yet."""

    collector_id: int
    method: PaymentMethod
    amount: Decimal | None
    tendered: Decimal | None
    reference: str
    payer_name: str
    note: str
    idempotency_key: str
    digest: str  # tells a repeat of this request from another one with its key


def _read_request(
    *,
    collector_id: int,
    household_id: int,
    method: str,
    line_ids: Collection[int] | None,
    amount: Decimal | None,
    tendered: Decimal | None,
    expected_total: Decimal,
    reference: str,
    payer_name: str,
    note: str,
    idempotency_key: str,
) -> _Request:
    if method not in PaymentMethod.values:
        raise MethodUnknown(_("There is no such way to pay."), field="method")
    if not _KEY.fullmatch(idempotency_key):
        raise KeyInvalid(
            _("The idempotency key must have 8 to 80 letters, digits or -._: characters."),
            field="idempotency_key",
        )
    rules.require_total(expected_total, field="expected_total")
    amount = None if amount is None else rules.require_amount(amount)
    tendered = None if tendered is None else rules.require_amount(tendered, field="tendered")
    reference = common.one_line(reference, field="reference", most=60)
    payer_name = common.one_line(payer_name, field="payer_name", most=100)
    note = common.one_line(note, field="note", most=200)
    return _Request(
        collector_id=collector_id,
        method=PaymentMethod(method),
        amount=amount,
        tendered=tendered,
        reference=reference,
        payer_name=payer_name,
        note=note,
        idempotency_key=idempotency_key,
        digest=rules.request_digest(
            collector=collector_id,
            household=household_id,
            method=str(method),
            lines=None if line_ids is None else sorted(set(line_ids)),
            amount=amount,
            tendered=tendered,
            expected=expected_total,
            reference=reference,
            payer=payer_name,
            note=note,
        ),
    )


def _receipt_of_key(request: _Request) -> Receipt | None:
    receipt = (
        Receipt.objects.select_related("payment__project", "payment__household", "series")
        .filter(payment__idempotency_key=request.idempotency_key)
        .first()
    )
    if receipt is not None and receipt.payment.request_digest != request.digest:
        raise _key_used()
    return receipt


def _key_used() -> KeyUsed:
    return KeyUsed(
        _("This idempotency key came with another request before."), field="idempotency_key"
    )


def _require_as_shown(
    household_id: int,
    lines: Sequence[rules.OpenLine],
    line_ids: Collection[int] | None,
    expected_total: Decimal,
) -> None:
    open_total = rules.total_open(lines)
    if open_total != expected_total:
        raise _bills_changed(household_id, line_ids, expected_total, open_total)
    if not lines:
        raise NothingOpen(_("Nothing is open here."))


def _bills_changed(
    household_id: int,
    line_ids: Collection[int] | None,
    expected_total: Decimal,
    open_total: Decimal,
) -> BillsChanged:
    """Build the refusal that says what happened since the bills were shown.

    The newest payments that together make up the difference are what came in between.
    """
    missing = expected_total - open_total
    between: list[tuple[Payment, Decimal]] = []
    if missing > 0:
        for payment, share in queries.latest_shares(household_id=household_id, line_ids=line_ids):
            between.append((payment, share))
            missing -= share
            if missing <= 0:
                break
    details = {
        "expected_total": f"{expected_total:.2f}",
        "open_total": f"{open_total:.2f}",
        "taken": [
            {
                "receipt": payment.receipt.code,
                "by": payment.received_by_label,
                "at": payment.received_at.isoformat(),
                "amount": str(share),
            }
            for payment, share in between
            if missing == 0
        ],
    }
    if not details["taken"]:
        message = _(
            "The open bills have changed since they were shown: %(open)s is open now. Nothing "
            "was booked; look at them again."
        ) % {"open": f"{open_total:,.2f}"}
    else:
        payment, share = between[0]
        message = _(
            "%(collector)s took %(amount)s of this at %(time)s (%(receipt)s). %(open)s is open "
            "now. Nothing was booked."
        ) % {
            "collector": payment.received_by_label,
            "amount": f"{share:,.2f}",
            "time": common.local_time(payment.received_at),
            "receipt": payment.receipt.code,
            "open": f"{open_total:,.2f}",
        }
    return BillsChanged(message, details=details)


def _require_confirmed_by_another(
    actor: access.Actor, household: Household, line_ids: Collection[int], now: datetime
) -> None:
    """Refuse to take money for amounts that the collector authorised, confirmed or booked himself.

    That he may have entered readings or prepared the run is allowed (C-07): somebody else has
    checked it.
    """
    confirmed_by = FeeVersion.objects.filter(pk=OuterRef("version_id")).values("confirmed_by")
    people = list(
        BillLine.objects.filter(pk__in=line_ids)
        .order_by()
        .values_list(Subquery(confirmed_by), "run__checked_by", "run__posted_by")
        .distinct()
    )
    for index, (rule, because) in enumerate(_DONE_BEFORE):
        duties.require_apart(
            rule,
            actor=actor,
            earlier=[person[index] for person in people],
            subject=household,
            project_id=household.project_id,
            now=now,
            because=because,
        )


def _name_of_payer(household: Household) -> str:
    if household.payer is None:
        raise PayerMissing(_("Enter who pays."), field="payer_name")
    return household.payer.name


def _build_payment(
    request: _Request,
    household: Household,
    paid: Decimal,
    collector_label: str,
    now: datetime,
    today: date,
) -> Payment:
    tendered = paid if request.tendered is None else request.tendered
    return Payment(
        project_id=household.project_id,
        household=household,
        method=request.method,
        amount=paid,
        tendered=tendered,
        change=_change(request.method, paid, tendered, household.project_id),
        reference=request.reference,
        payer_name=request.payer_name or _name_of_payer(household),
        note=request.note,
        received_on=today,
        received_at=now,
        received_by=request.collector_id,
        received_by_label=collector_label[:140],
        idempotency_key=request.idempotency_key,
        request_digest=request.digest,
    )


def _change(method: PaymentMethod, paid: Decimal, tendered: Decimal, project_id: int) -> Decimal:
    if method != PaymentMethod.CASH:
        return rules.require_exact(amount=paid, tendered=tendered)
    most = policies.get("cash.max_change", Decimal, project_id=project_id)
    return rules.change_of_cash(amount=paid, tendered=tendered, most=most)


def _insert_payment(payment: Payment) -> Payment:
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError as error:
        match violated_constraint(error):
            case "payment_idempotency_key_once":  # a twin for another household
                raise _key_used() from error
            case "payment_reference_once":
                raise _reference_used(payment) from error
        raise
    return payment


def _reference_used(payment: Payment) -> ReferenceUsed:
    other = Payment.objects.select_related("receipt", "household").get(
        method=payment.method, reference=payment.reference, state=PaymentState.RECEIVED
    )
    return ReferenceUsed(
        _("This payment reference is booked already (%(receipt)s).")
        % {"receipt": other.receipt.code},
        field="reference",
        details={"receipt": other.receipt.code},
    )


def _allocate(payment: Payment, shares: Sequence[rules.Share]) -> None:
    Allocation.objects.bulk_create(
        Allocation(payment=payment, line_id=share.line_id, amount=share.amount) for share in shares
    )
    common.move_paid_amounts(payment, sign=1)


def _post(payment: Payment, now: datetime) -> None:
    money = ledger_queries.account_of_role(_MONEY_ACCOUNT[PaymentMethod(payment.method)])
    receivable = ledger_queries.account_of_role(AccountRole.RECEIVABLE)
    ledger.post_journal(
        project_id=payment.project_id,
        kind=JournalKind.PAYMENT,
        source_type="payment",
        source_id=payment.pk,
        effective_on=payment.received_on,
        now=now,
        posted_by=payment.received_by,
        postings=[
            (money.pk, None, payment.amount),
            (receivable.pk, payment.household_id, -payment.amount),
        ],
    )


def _number_receipt(payment: Payment, project_code: str, today: date) -> Receipt:
    """Give the payment the next number of its series. Last: the lock holds up other counters."""
    prefix = rules.receipt_prefix(project_code, today)
    ReceiptSeries.objects.bulk_create(
        [ReceiptSeries(project_id=payment.project_id, prefix=prefix)], ignore_conflicts=True
    )
    series = queries.lock_series(prefix=prefix)
    if series.project_id != payment.project_id:
        raise SeriesTaken(
            _("Receipts %(prefix)s… belong to another project. Change the project's code.")
            % {"prefix": prefix}
        )
    receipt = Receipt.objects.create(
        payment=payment,
        series=series,
        number=series.next_number,
        code=rules.receipt_code(prefix, series.next_number),
    )
    series.next_number += 1
    series.save(update_fields=["next_number"])
    return receipt
