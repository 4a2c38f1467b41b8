"""Who owes what, since when, and how much of the billed money came in. One statement each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from kernel import access
from kernel.access import Action, Actor
from services.billing.arrears.rules import AGE_LABELS, Age, Rate, due_between
from services.billing.cashier.models import Allocation, PaymentState
from services.billing.runs.models import BillLine
from services.properties.models import Household

ZERO = Decimal("0.00")
_MONEY: "DecimalField[Decimal, Decimal]" = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True, kw_only=True)
class LineFilter:
    """Which bills count. Empty sequences mean all."""

    item_ids: Sequence[int] = ()
    building_ids: Sequence[int] = ()
    unit_kinds: Sequence[str] = ()
    unit_states: Sequence[str] = ()

    def q(self, prefix: str = "") -> Q:
        """Return the condition on bill lines reached by ``prefix``."""
        paths = {
            "item_id__in": self.item_ids,
            "unit__building_id__in": self.building_ids,
            "unit__kind__in": self.unit_kinds,
            "unit__state__in": self.unit_states,
        }
        return Q(**{f"{prefix}{path}": list(values) for path, values in paths.items() if values})


ALL_LINES = LineFilter()


@dataclass(frozen=True, slots=True)
class AgeSum:
    """The open amount of one age, and how many households owe it."""

    age: Age
    amount: Decimal
    households: int

    @property
    def label(self) -> str:
        return str(AGE_LABELS[self.age])


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open in a project by age. ``households`` counts those with anything overdue."""

    by_age: list[AgeSum] = field(default_factory=list)
    households: int = 0

    @property
    def overdue(self) -> list[AgeSum]:
        return [each for each in self.by_age if each.age != Age.NOT_DUE]

    @property
    def not_due_amount(self) -> Decimal:
        return sum((e.amount for e in self.by_age if e.age == Age.NOT_DUE), ZERO)

    @property
    def overdue_amount(self) -> Decimal:
        return sum((each.amount for each in self.overdue), ZERO)


@dataclass(frozen=True, slots=True)
class MonthRate:
    """A month's bills and what came in for them."""

    period: date
    rate: Rate


@dataclass(frozen=True, slots=True)
class ItemRate:
    """A fee item's bills and what came in for them."""

    item_id: int
    item: str
    rate: Rate


def households(
    *, actor: Actor, project_id: int | None, today: date, lines: LineFilter = ALL_LINES
) -> QuerySet[Any]:
    """Return the households with open bills, each annotated with what it owes.

    Amounts count only the bills that ``lines`` lets through. Annotations: ``not_due``, ``to_30``,
    ``to_90``, ``to_180``, ``to_365``, ``over_365`` by days overdue; ``overdue`` their sum without
    the first, ``open_amount`` with it; ``old_arrears`` the overdue bills of earlier years (BL-99),
    ``this_year`` those of this; ``oldest_due_on``; ``first_period``, ``last_period`` and
    ``periods`` (how many months) of what is overdue.

    :param project_id: ``None`` for all projects within the actor's reach.
    """
    found = access.scoped(Household.objects.select_related("payer"), actor, Action.ARREARS_VIEW)
    not_reversed = Q(bill_lines__is_reversed=False)
    if project_id is not None:
        found = found.filter(project_id=project_id)
        not_reversed &= Q(bill_lines__project_id=project_id)
    left = F("owed__amount") - F("owed__paid_amount")
    is_overdue = Q(owed__due_on__lt=today)
    of_earlier_years = Q(owed__period__lt=date(today.year, 1, 1))
    return (
        # That something is open compares two columns, and is no condition of the relation: there
        # Django 5.2 joins the lines once more, and every sum counts double.
        found.annotate(owed=FilteredRelation("bill_lines", condition=not_reversed))
        .filter(Q(owed__paid_amount__lt=F("owed__amount")) & lines.q("owed__"))
        .annotate(
            open_amount=Sum(left),
            overdue=_sum(left, is_overdue),
            old_arrears=_sum(left, is_overdue & of_earlier_years),
            this_year=_sum(left, is_overdue & ~of_earlier_years),
            oldest_due_on=Min("owed__due_on"),
            overdue_days=Func(
                Value(today),
                Min("owed__due_on"),
                template="GREATEST(%(expressions)s, 0)",
                arg_joiner=" - ",
                output_field=IntegerField(),
            ),
            first_period=Min("owed__period", filter=is_overdue),
            last_period=Max("owed__period", filter=is_overdue),
            **{age.value: _sum(left, _due_in(age, today, "owed__due_on")) for age in Age},
        )
    )


def ageing(*, actor: Actor, project_id: int, today: date, lines: LineFilter = ALL_LINES) -> Ageing:
    """Return what is open in a project by age, every age named, youngest first.

    :raises access.ActionDenied: without ``arrears.view`` in the project.
    """
    access.require(actor, Action.ARREARS_VIEW, project_id)
    open_lines = BillLine.objects.filter(
        lines.q(), project_id=project_id, is_reversed=False, paid_amount__lt=F("amount")
    )
    left = F("amount") - F("paid_amount")
    figures = open_lines.order_by().aggregate(
        households=Count("household_id", filter=Q(due_on__lt=today), distinct=True),
        **{f"{age}_amount": _sum(left, _due_in(age, today)) for age in Age},
        **{
            f"{age}_households": Count("household_id", filter=_due_in(age, today), distinct=True)
            for age in Age
        },
    )
    return Ageing(
        [AgeSum(age, figures[f"{age}_amount"], figures[f"{age}_households"]) for age in Age],
        figures["households"],
    )


def rate(*, actor: Actor, project_id: int | None, first: date, last: date) -> Rate:
    """Return the collection rate of the months from ``first`` to ``last``, both inclusive.

    Received is what was paid, whenever, on the bills of these months: money for a later month
    counts in that month (handbook 3.6.4, rule 17). Reversed bills and voided payments count
    nowhere.

    :raises access.ActionDenied: without ``arrears.view`` in the project.
    """
    figures = _billed(actor, project_id, first, last).aggregate(
        receivable=_sum(F("amount")), received=_sum(F("paid_amount"))
    )
    return Rate(figures["receivable"], figures["received"])


def rates_by_month(
    *, actor: Actor, project_id: int | None, first: date, last: date
) -> list[MonthRate]:
    """Return the collection rate of each month that has bills, in their order.

    :raises access.ActionDenied: without ``arrears.view`` in the project.
    """
    return [
        MonthRate(row["period"], Rate(row["receivable"], row["received"]))
        for row in _billed(actor, project_id, first, last)
        .values("period")
        .annotate(receivable=_sum(F("amount")), received=_sum(F("paid_amount")))
        .order_by("period")
    ]


def rates_by_item(
    *, actor: Actor, project_id: int | None, first: date, last: date
) -> list[ItemRate]:
    """Return the collection rate of each fee item that was billed, in the order of items.

    :raises access.ActionDenied: without ``arrears.view`` in the project.
    """
    return [
        ItemRate(row["item_id"], row["item__name"], Rate(row["receivable"], row["received"]))
        for row in _billed(actor, project_id, first, last)
        .values("item_id", "item__name", "item__sort_order")
        .annotate(receivable=_sum(F("amount")), received=_sum(F("paid_amount")))
        .order_by("item__sort_order", "item_id")
    ]


def old_arrears_rate(*, actor: Actor, project_id: int | None, today: date) -> Rate:
    """Return how much of what earlier years left open came in this year (BL-99, rule 17).

    :raises access.ActionDenied: without ``arrears.view`` in the project.
    """
    _require(actor, project_id)
    new_year = date(today.year, 1, 1)
    left_open = _scope(actor, project_id).filter(
        period__lt=new_year, is_reversed=False, paid_amount__lt=F("amount")
    )
    still = left_open.aggregate(total=_sum(F("amount") - F("paid_amount")))["total"]
    taken = Allocation.objects.filter(
        payment__state=PaymentState.RECEIVED,
        payment__received_on__gte=new_year,
        line__period__lt=new_year,
    )
    if project_id is not None:
        taken = taken.filter(payment__project_id=project_id)
    received = access.scoped(
        taken, actor, Action.ARREARS_VIEW, field="payment__project_id"
    ).aggregate(total=_sum(F("amount")))["total"]
    return Rate(still + received, received)


def _billed(actor: Actor, project_id: int | None, first: date, last: date) -> QuerySet[BillLine]:
    _require(actor, project_id)
    return _scope(actor, project_id).filter(period__gte=first, period__lte=last, is_reversed=False)


def _scope(actor: Actor, project_id: int | None) -> QuerySet[BillLine]:
    lines = access.scoped(BillLine.objects.order_by(), actor, Action.ARREARS_VIEW)
    return lines if project_id is None else lines.filter(project_id=project_id)


def _require(actor: Actor, project_id: int | None) -> None:
    access.require(actor, Action.ARREARS_VIEW, project_id)


def _sum(amount: Any, where: Q | None = None) -> Coalesce:
    return Coalesce(Sum(amount, filter=where), Value(ZERO), output_field=_MONEY)


def _due_in(age: Age, today: date, path: str = "due_on") -> Q:
    oldest, newest = due_between(age, today)
    within = Q()
    if oldest is not None:
        within &= Q(**{f"{path}__gte": oldest})
    if newest is not None:
        within &= Q(**{f"{path}__lte": newest})
    return within
