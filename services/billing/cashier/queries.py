"""Reads of the counter: what is open, what was taken, the receipts; and the locks on them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.billing.cashier.models import (
    Allocation,
    Payment,
    PaymentMethod,
    PaymentState,
    Receipt,
    ReceiptSeries,
)
from services.billing.cashier.rules import OpenLine
from services.billing.runs.models import BillLine
from services.billing.runs.queries import OPEN_LINE
from services.billing.standards.models import FeeVersion


@dataclass(frozen=True, slots=True)
class Takings:
    """What came in by one method on one day, voided receipts left out."""

    method: str
    label: str
    count: int
    amount: Decimal


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


def lock_open_lines(*, household_id: int, line_ids: Collection[int] | None) -> list[OpenLine]:
    """Return the household's open lines, locked in pk order until the transaction ends.

    The caller holds the household's lock.

    :param line_ids: only these; those that are paid or reversed by now are left out.
    :raises NotFound: if one of them is no line of the household.
    """
    lines = BillLine.objects.filter(household_id=household_id)
    lines = lines.filter(OPEN_LINE) if line_ids is None else lines.filter(pk__in=set(line_ids))
    found = list(lines.select_for_update(of=("self",)).select_related("item").order_by("pk"))
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
