"""Reads of the counter: what is open, what was taken, the receipts; and the locks on them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.billing.cashier import rules
from services.billing.cashier.models import (
    Allocation,
    Payment,
    PaymentMethod,
    PaymentState,
    Receipt,
    ReceiptSeries,
)
from services.billing.cashier.rules import OpenLine, Share
from services.billing.runs.models import BillLine
from services.billing.runs.queries import OPEN_LINE
from services.billing.standards.models import FeeVersion
from services.properties import queries as registry


@dataclass(frozen=True, slots=True)
class Takings:
    """What came in by one method on one day, voided receipts left out."""

    method: str
    label: str
    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Quote:
    """What a payment would do: ``open_total`` is open on the chosen lines, ``amount`` is taken."""

    open_total: Decimal
    amount: Decimal
    change: Decimal
    shares: list[Share]

    @property
    def rest(self) -> Decimal:
        return self.open_total - self.amount


def payments(*, actor: Actor) -> QuerySet[Payment]:
    """Return the payments within the actor's reach, newest first, with household and receipt."""
    return access.scoped(
        Payment.objects.select_related("project", "household", "receipt"),
        actor,
        Action.PAYMENT_VIEW,
    ).order_by("-pk")


def get_payment(*, actor: Actor, payment_id: int) -> Payment:
    """Return one payment. :raises NotFound: if there is none within the actor's reach."""
    payment = payments(actor=actor).filter(pk=payment_id).first()
    if payment is None:
        raise NotFound
    return payment


def payment_of_key(*, actor: Actor, idempotency_key: str) -> Payment | None:
    """Return the payment that a request of the actor's made, if it did.

    Answers what became of a request whose answer was lost.
    """
    if actor.user_id is None:
        return None
    return (
        payments(actor=actor)
        .filter(idempotency_key=idempotency_key, received_by=actor.user_id)
        .first()
    )


def receipts(*, actor: Actor) -> QuerySet[Receipt]:
    """Return the receipts within the actor's reach, newest first, with payment and household."""
    return access.scoped(
        Receipt.objects.select_related("payment__project", "payment__household", "series"),
        actor,
        Action.PAYMENT_VIEW,
        field="payment__project_id",
    ).order_by("-pk")


def get_receipt(*, actor: Actor, receipt_id: int) -> Receipt:
    """Return one receipt. :raises NotFound: if there is none within the actor's reach."""
    receipt = receipts(actor=actor).filter(pk=receipt_id).first()
    if receipt is None:
        raise NotFound
    return receipt


def collectors(*, actor: Actor, project_id: int | None) -> list[tuple[int, str]]:
    """Return who has taken money in the project, by name: id and label."""
    found = access.scoped(Payment.objects.all(), actor, Action.PAYMENT_VIEW)
    if project_id is not None:
        found = found.filter(project_id=project_id)
    return list(
        found.order_by("received_by_label", "received_by")
        .values_list("received_by", "received_by_label")
        .distinct()
    )


def allocations_of(payment_ids: Collection[int]) -> QuerySet[Allocation]:
    """Return what the payments paid, each payment's in the turn in which it was paid."""
    return (
        Allocation.objects.filter(payment_id__in=payment_ids)
        .select_related("line__item", "line__unit")
        .order_by("payment_id", "pk")
    )


def versions_of(lines: Iterable[BillLine]) -> dict[int, FeeVersion]:
    """Return the prices that the lines were computed with, by id; they explain the amounts."""
    return FeeVersion.objects.in_bulk({line.version_id for line in lines})


def payments_of_line(*, actor: Actor, line_id: int) -> QuerySet[Allocation]:
    """Return what payments within the actor's reach paid of a bill, oldest first.

    Voided ones are among them. Payment and receipt come with it.
    """
    return access.scoped(
        Allocation.objects.filter(line_id=line_id).select_related("payment__receipt"),
        actor,
        Action.PAYMENT_VIEW,
        field="payment__project_id",
    ).order_by("pk")


def takings(*, actor: Actor, project_id: int, day: date, by: int | None = None) -> list[Takings]:
    """Return what came in on ``day`` by method, every method named, in the counter's order.

    :param by: only what this person took.
    :raises access.ActionDenied: without ``payment.view`` in the project.
    """
    access.require(actor, Action.PAYMENT_VIEW, project_id)
    taken = Payment.objects.filter(
        project_id=project_id, received_on=day, state=PaymentState.RECEIVED
    )
    if by is not None:
        taken = taken.filter(received_by=by)
    sums = {
        row["method"]: row
        for row in taken.order_by()
        .values("method")
        .annotate(count=Count("pk"), total=Sum("amount"))
    }
    return [
        Takings(
            method=method.value,
            label=str(method.label),
            count=sums[method]["count"] if method in sums else 0,
            amount=sums[method]["total"] if method in sums else Decimal("0.00"),
        )
        for method in (
            PaymentMethod.QR,
            PaymentMethod.CASH,
            PaymentMethod.CARD,
            PaymentMethod.TRANSFER,
        )
    ]


def quote(
    *,
    actor: Actor,
    household_id: int,
    method: str = PaymentMethod.CASH,
    line_ids: Collection[int] | None = None,
    amount: Decimal | None = None,
    tendered: Decimal | None = None,
) -> Quote:
    """Return what a payment of a household would pay if it were taken now. Books nothing.

    The figures are those of ``operations.take_payment``, which takes ``open_total`` as what the
    payer was shown. Where nothing is open there is nothing to take.

    :raises NotFound: if there is no such household within the actor's reach, or a line is not its.
    :raises access.ActionDenied: without ``payment.take`` in its project.
    :raises rules.AmountInvalid: if an amount is none.
    :raises rules.AmountOverOpen: if more is paid than is open.
    :raises rules.TenderedTooLittle: if the cash does not cover the amount.
    :raises rules.TenderedNotExact: if a method without change comes with another sum.
    :raises rules.ChangeTooLarge: if the change is a slip of the key.
    """
    household = registry.get_household(
        actor=actor, household_id=household_id, action=Action.PAYMENT_TAKE
    )
    lines = _open_lines(_lines_of(household_id, line_ids), line_ids)
    open_total = rules.total_open(lines)
    if amount is None and not open_total:
        return Quote(open_total=open_total, amount=open_total, change=open_total, shares=[])
    due = rules.require_amount(open_total if amount is None else amount)
    shares = rules.spread(lines, due)
    handed = due if tendered is None else rules.require_amount(tendered, field="tendered")
    if method == PaymentMethod.CASH:
        most = policies.get("cash.max_change", Decimal, project_id=household.project_id)
        change = rules.change_of_cash(amount=due, tendered=handed, most=most)
    else:
        change = rules.require_exact(amount=due, tendered=handed)
    return Quote(open_total=open_total, amount=due, change=change, shares=shares)


def lock_open_lines(*, household_id: int, line_ids: Collection[int] | None) -> list[OpenLine]:
    """Return the household's open lines, locked in pk order until the transaction ends.

    The caller holds the household's lock.

    :param line_ids: only these; those that are paid or reversed by now are left out.
    :raises NotFound: if one of them is no line of the household.
    """
    return _open_lines(_lines_of(household_id, line_ids).select_for_update(of=("self",)), line_ids)


def lock_payment(*, payment_id: int) -> Payment:
    """Return the payment, locked. The caller holds the household's lock and has checked access."""
    return Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)


def lock_lines_of_payment(*, payment_id: int) -> None:
    """Lock the lines that a payment paid, in pk order."""
    list(
        BillLine.objects.filter(allocations__payment_id=payment_id)
        .select_for_update(of=("self",))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def lock_series(*, prefix: str) -> ReceiptSeries:
    """Return the series, locked: whoever holds it is the only one who numbers receipts."""
    return ReceiptSeries.objects.select_for_update(of=("self",)).get(prefix=prefix)


def latest_shares(
    *, household_id: int, line_ids: Collection[int] | None
) -> list[tuple[Payment, Decimal]]:
    """Return the newest ten payments on the lines and what they paid of them, newest first.

    :param line_ids: ``None`` for all lines of the household.
    """
    on_lines = Q() if line_ids is None else Q(allocations__line_id__in=line_ids)
    newest = (
        Payment.objects.filter(household_id=household_id, state=PaymentState.RECEIVED)
        .annotate(share=Sum("allocations__amount", filter=on_lines or None))
        .filter(share__gt=0)
        .select_related("receipt")
        .order_by("-pk")[:10]
    )
    return [(payment, payment.share) for payment in newest]


def _lines_of(household_id: int, line_ids: Collection[int] | None) -> QuerySet[BillLine]:
    lines = BillLine.objects.filter(household_id=household_id)
    return lines.filter(OPEN_LINE) if line_ids is None else lines.filter(pk__in=set(line_ids))


def _open_lines(lines: QuerySet[BillLine], line_ids: Collection[int] | None) -> list[OpenLine]:
    found = list(lines.select_related("item").order_by("pk"))
    if line_ids is not None and len(found) != len(set(line_ids)):
        raise NotFound
    return [
        OpenLine(
            line_id=line.pk,
            due_on=line.due_on,
            item_order=line.item.sort_order,
            period=line.period,
            open_amount=line.amount - line.paid_amount,
        )
        for line in found
        if not line.is_reversed and line.paid_amount < line.amount
    ]
