"""Reads of counts. A count is blind: until it is finished, nothing here tells the books."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.errors import NotFound
from kernel.tenancy import company_time_zone
from services.procurement.scope import require_of
from services.procurement.stock import rules
from services.procurement.stock.models import (
    CountLine,
    CountState,
    StockBalance,
    StockCount,
    Warehouse,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A line of a finished count whose figures differ, with what that is worth at present."""

    line: CountLine
    quantity: Decimal
    value: Decimal


def counts(*, actor: Actor) -> QuerySet[StockCount]:
    """Return the counts of warehouses in sight, newest first, with how far they are."""
    return (
        access.scoped(
            StockCount.objects.select_related("warehouse__project"),
            actor,
            Action.STOCK_VIEW,
            field="warehouse__project_id",
        )
        .annotate(
            line_count=Count("lines"),
            counted_count=Count("lines", filter=Q(lines__counted__isnull=False)),
        )
        .order_by("-started_at", "-pk")
    )


def get_count(*, actor: Actor, count_id: int, action: Action = Action.STOCK_VIEW) -> StockCount:
    """Return a count.

    :raises NotFound: if there is none, or none in the actor's sight.
    :raises access.ActionDenied: if he lacks ``action`` there.
    """
    found = StockCount.objects.select_related("warehouse__project")
    count = found.filter(pk=count_id).first()
    if count is None:
        raise NotFound
    require_of(actor, action, count.warehouse.project_id)
    return count


def count_lines(count: StockCount) -> QuerySet[CountLine]:
    """Return the articles of a count that was asked for; while it is blind without the books."""
    found = count.lines.select_related("item__category").order_by("item__code", "pk")
    if count.state == CountState.COUNTING:
        return found.defer("book_quantity", "difference", "difference_value")
    return found


def differences_of(count: StockCount) -> Iterator[Difference]:
    """Return the lines of a finished count that differ, worth what the books say at present."""
    if count.state == CountState.COUNTING:
        return
    lines = list(count_lines(count).exclude(difference=0).exclude(difference=None))
    stocks = {
        row.item_id: rules.Stock(row.quantity, row.value)
        for row in StockBalance.objects.filter(
            warehouse_id=count.warehouse_id, item_id__in=[line.item_id for line in lines]
        )
    }
    for line in lines:
        assert line.difference is not None, "excluded above"
        value = line.difference_value
        if value is None:
            value = rules.worth(stocks.get(line.item_id, rules.Stock()), line.difference)
        yield Difference(line, line.difference, value)


@dataclass(frozen=True, slots=True)
class DueCount:
    """A warehouse that is to be counted until a day."""

    warehouse: Warehouse
    last_counted_at: datetime | None
    due_on: date


def counts_due(*, actor: Actor, today: date) -> list[DueCount]:
    """Return the warehouses with goods that were not counted yet in this period (PR-36)."""
    _first, last = count_period(today)
    found: QuerySet[Any] = access.scoped(to_be_counted(today=today), actor, Action.STOCK_VIEW)
    return [DueCount(each, each.last_counted_at, last) for each in found]


def count_period(today: date) -> tuple[date, date]:
    """Return first and last day of the period in which every warehouse is counted once."""
    return rules.count_period(today, policies.get("stock.count", str))


def to_be_counted(*, today: date) -> QuerySet[Warehouse]:
    """Return those warehouses for the clock, wherever they are, with ``last_counted_at``."""
    first, _last = count_period(today)
    begun = datetime.combine(first, time.min, tzinfo=company_time_zone())
    booked = StockCount.objects.filter(warehouse=OuterRef("pk"), state=CountState.BOOKED)
    return (
        Warehouse.objects.select_related("project")
        .filter(
            Exists(StockBalance.objects.filter(warehouse_id=OuterRef("pk"), quantity__gt=0)),
            is_active=True,
        )
        .annotate(last_counted_at=Subquery(booked.order_by("-started_at").values("started_at")[:1]))
        .filter(Q(last_counted_at__isnull=True) | Q(last_counted_at__lt=begun))
        .order_by("code")
    )
