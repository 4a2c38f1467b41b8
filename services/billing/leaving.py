"""What a leaver still holds here: the cash of his last day, and bill runs to be finished."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.db.models import Sum
from django.urls import reverse

from kernel.access.actors import Actor
from kernel.access.models import User
from kernel.errors import Invalid
from kernel.identity.leaving import Check, Held
from kernel.identity.models import Way
from kernel.money import round_money
from kernel.text import _
from services.billing.cashier.models import Payment, PaymentMethod, PaymentState
from services.billing.runs.models import OPEN_RUN_STATES, BillRun


class CashDiffers(Invalid):
    code = "billing.cash-differs"


def _cash(*, user_id: int, today: date) -> Iterable[Held]:
    """Each project's cash of today: what was taken before then has been handed in day by day.

    The amount is part of the reference: one more payment, and the cash is to be counted again.
    """
    sums = (
        Payment.objects.filter(
            received_by=user_id,
            received_on=today,
            method=PaymentMethod.CASH,
            state=PaymentState.RECEIVED,
        )
        .order_by("project_id")
        .values("project_id", "project__name")
        .annotate(total=Sum("amount"))
    )
    for row in sums:
        yield Held(
            ref=f"{row['project_id']}:{today.isoformat()}:{row['total']}",
            what=f"{row['project__name']} {today.isoformat()} {row['total']}",
            reason=_("Money is counted and handed in before the account closes."),
            ways=(Way.TAKE_BACK,),
            must_count=True,
            project_id=row["project_id"],
        )


def _count(
    *,
    actor: Actor,
    leaver_id: int,
    ref: str,
    to_user_id: int | None,
    counted: str,
    note: str,
    now: datetime,
) -> str:
    """Return who has counted; the step of the departure is the record.

    :raises CashDiffers: if it is not what the receipts add up to.
    """
    try:
        amount = round_money(Decimal(counted))
    except (InvalidOperation, ValueError) as error:
        raise _differs() from error
    if amount != Decimal(ref.rpartition(":")[2]):
        raise _differs()
    receiver = User.objects.filter(pk=to_user_id, is_active=True).first() if to_user_id else None
    return receiver.label if receiver is not None else actor.label


def _runs(*, user_id: int, today: date) -> Iterable[Held]:
    runs = BillRun.objects.filter(prepared_by=user_id, state__in=OPEN_RUN_STATES)
    for run in runs.select_related("project").order_by("pk"):
        yield Held(
            ref=str(run.pk),
            what=f"{run.project.name} {run.period:%Y-%m}",
            reason=_("Post or cancel this bill run first."),
            url=reverse("bill-runs-run", args=[run.project_id, run.pk]),
            project_id=run.project_id,
        )


def _differs() -> CashDiffers:
    return CashDiffers(
        _("What was counted differs from the receipts. Settle the difference first."),
        field="counted",
    )


CHECKS = (
    Check(
        key="billing.cash",
        label=_("Takings not handed in"),
        find=_cash,
        settle={Way.TAKE_BACK: _count},
        by_step=True,
    ),
    Check(key="billing.runs", label=_("Bill runs"), find=_runs),
)
