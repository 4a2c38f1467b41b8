"""Reads of what a run would bill, or has billed: totals, changes, and what it left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, QuerySet

from kernel.access import Actor
from services.billing.runs import queries
from services.billing.runs.models import BillRun, DraftLine, RunSkip, RunState, SkipReason
from services.billing.standards.models import FeeItem
from services.billing.standards.rules import shift_month


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """An item's lines and amount in the run, beside those of the month before."""

    item: FeeItem
    lines: int
    amount: Decimal
    last_lines: int
    last_amount: Decimal

    @property
    def change(self) -> Decimal:
        return self.amount - self.last_amount


@dataclass(frozen=True, slots=True)
class HouseholdChange:
    """A household whose bill differs from the month before."""

    household_id: int
    label: str
    amount: Decimal
    last_amount: Decimal

    @property
    def change(self) -> Decimal:
        return self.amount - self.last_amount


@dataclass(frozen=True, slots=True)
class SkipCount:
    """How many units of an item have no line, and why. ``item`` is ``None`` for all items."""

    reason: SkipReason
    item: FeeItem | None
    count: int


def item_totals(run: BillRun) -> list[ItemTotal]:
    """Return the totals that were kept when the draft was computed, in the order of the items."""
    items = FeeItem.objects.in_bulk([row["item_id"] for row in run.totals])
    return [
        ItemTotal(
            item=items[row["item_id"]],
            lines=row["lines"],
            amount=Decimal(row["amount"]),
            last_lines=row["last_lines"],
            last_amount=Decimal(row["last_amount"]),
        )
        for row in run.totals
    ]


def sum_of(totals: Iterable[ItemTotal]) -> tuple[Decimal, Decimal]:
    """Return the amounts of the run and of the month before, over all items."""
    rows = list(totals)
    zero = Decimal("0.00")
    return (
        sum((row.amount for row in rows), zero),
        sum((row.last_amount for row in rows), zero),
    )


def biggest_changes(run: BillRun, limit: int = 20) -> list[HouseholdChange]:
    """Return the households whose bill differs most from the month before, either way."""
    is_posted = run.state == RunState.POSTED
    now = (
        "SELECT household_id, amount FROM billing_billline"
        " WHERE project_id = %(project_id)s AND period = %(period)s AND run_id = %(run_id)s"
        if is_posted
        else "SELECT household_id, amount FROM billing_draftline WHERE run_id = %(run_id)s"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH now AS (
                SELECT household_id, sum(amount) AS amount FROM ({now}) n GROUP BY household_id
            ),
            before AS (
                SELECT household_id, sum(amount) AS amount FROM billing_billline
                WHERE project_id = %(project_id)s AND period = %(before)s AND NOT is_reversed
                GROUP BY household_id
            ),
            changed AS (
                SELECT coalesce(n.household_id, b.household_id) AS household_id,
                       coalesce(n.amount, 0.00) AS amount, coalesce(b.amount, 0.00) AS before
                FROM now n FULL JOIN before b ON b.household_id = n.household_id
                WHERE n.amount IS DISTINCT FROM b.amount
                ORDER BY abs(coalesce(n.amount, 0) - coalesce(b.amount, 0)) DESC, 1
                LIMIT %(limit)s
            )
            SELECT c.household_id, h.label, c.amount, c.before
            FROM changed c JOIN properties_household h ON h.id = c.household_id
            ORDER BY abs(c.amount - c.before) DESC, h.sort_key
            """,  # noqa: S608 - one of two constants
            {
                "run_id": run.pk,
                "project_id": run.project_id,
                "period": run.period,
                "before": shift_month(run.period, -1),
                "limit": limit,
            },
        )
        return [HouseholdChange(*row) for row in cursor.fetchall()]


def draft_lines(*, actor: Actor, run_id: int) -> QuerySet[DraftLine]:
    """Return the draft of a run by id, with household, unit and item.

    :raises NotFound: if there is no such run within reach.
    """
    run = queries.get_run(actor=actor, run_id=run_id)
    return (
        DraftLine.objects.filter(run=run).select_related("household", "unit", "item").order_by("pk")
    )


def skips(*, actor: Actor, run_id: int) -> QuerySet[RunSkip]:
    """Return what the run left out by id, with unit, building and item.

    :raises NotFound: if there is no such run within reach.
    """
    run = queries.get_run(actor=actor, run_id=run_id)
    return (
        RunSkip.objects.filter(run=run)
        .select_related("unit__building", "unit__household", "item")
        .order_by("pk")
    )


def skip_counts(run: BillRun) -> list[SkipCount]:
    """Return what the run left out, counted by reason and item, the commonest first."""
    rows = list(
        RunSkip.objects.filter(run=run)
        .order_by()
        .values("reason", "item_id")
        .annotate(count=Count("pk"))
        .order_by("-count", "reason", "item_id")
    )
    items = FeeItem.objects.in_bulk([row["item_id"] for row in rows if row["item_id"]])
    return [
        SkipCount(
            reason=SkipReason(row["reason"]), item=items.get(row["item_id"]), count=row["count"]
        )
        for row in rows
    ]
