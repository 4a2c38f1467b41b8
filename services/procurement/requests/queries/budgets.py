"""Reads of budgets: how much there is, what is bound of it, what is spent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.requests import rules
from services.procurement.requests.models import (
    Budget,
    BudgetUse,
    PurchaseRequest,
    RequestLine,
)

_MONEY = DecimalField(max_digits=14, decimal_places=2)
_NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a request takes of one category's budget, and what others have bound and spent of it.

    :ivar budget: ``None``: nobody has set one for the year, and nothing is held against it.
    """

    category_id: int
    category: str
    wanted: Decimal
    budget: Budget | None
    committed: Decimal
    spent: Decimal

    @property
    def counted(self) -> rules.Budget | None:
        if self.budget is None:
            return None
        return rules.Budget(amount=self.budget.amount, committed=self.committed, spent=self.spent)

    @property
    def left(self) -> Decimal | None:
        """What would be left after the request; below zero where it goes beyond."""
        return None if self.counted is None else self.counted.free - self.wanted

    @property
    def is_over(self) -> bool:
        return self.left is not None and self.left < 0


def budget_places(
    request: PurchaseRequest, lines: Sequence[RequestLine], *, year: int
) -> list[Place]:
    """Return what a request takes of which budgets, by category. The caller has checked access."""
    spent_of_line = dict(
        BudgetUse.objects.filter(line__request_id=request.pk).values_list("line_id", "spent")
    )
    wanted: dict[int, Decimal] = {}
    names: dict[int, str] = {}
    for line in lines:
        takes = max(line.amount, spent_of_line.get(line.pk, _NOTHING))
        wanted[line.category_id] = wanted.get(line.category_id, _NOTHING) + takes
        names[line.category_id] = line.category.name
    budgets = {
        budget.category_id: budget
        for budget in Budget.objects.filter(
            Q(project=request.project_id), category_id__in=wanted, year=year
        )
    }
    used = _used_by_others(request, budgets.values())
    return [
        Place(
            category_id=category_id,
            category=names[category_id],
            wanted=wanted[category_id],
            budget=budget,
            committed=committed,
            spent=spent,
        )
        for category_id in sorted(wanted, key=lambda pk: (names[pk], pk))
        for budget in [budgets.get(category_id)]
        for committed, spent in [used.get(budget.pk if budget else 0, (_NOTHING, _NOTHING))]
    ]


def budgets(*, actor: Actor, year: int | None = None) -> QuerySet[Budget]:
    """Return budgets with ``committed``, ``spent``, ``used`` and ``left``, as far as one sees.

    :raises access.ActionDenied: without ``purchase.view`` anywhere.
    """
    access.require(actor, Action.PURCHASE_VIEW)
    found = access.scoped(Budget.objects.all(), actor, Action.PURCHASE_VIEW)
    if year is not None:
        found = found.filter(year=year)
    return (
        found.select_related("project", "category")
        .annotate(committed=_sum_of("committed"), spent=_sum_of("spent"))
        .annotate(used=F("committed") + F("spent"))
        .annotate(left=F("amount") - F("used"))
    )


def get_budget(*, actor: Actor, budget_id: int) -> Budget:
    """Return one budget. :raises NotFound: if the actor may not know of it."""
    found = budgets(actor=actor).filter(pk=budget_id).first()
    if found is None:
        raise NotFound
    return found


def _used_by_others(
    request: PurchaseRequest, found: Iterable[Budget]
) -> dict[int, tuple[Decimal, Decimal]]:
    sums = (
        BudgetUse.objects.filter(budget__in=[budget.pk for budget in found])
        .exclude(line__request_id=request.pk)
        .order_by()
        .values("budget_id")
        .annotate(bound=Sum("committed"), paid=Sum("spent"))
    )
    return {row["budget_id"]: (row["bound"], row["paid"]) for row in sums}


def _sum_of(field: str) -> Coalesce:
    uses = (
        BudgetUse.objects.filter(budget=OuterRef("pk"))
        .order_by()
        .values("budget")
        .annotate(total=Sum(field))
        .values("total")
    )
    return Coalesce(Subquery(uses, output_field=_MONEY), _NOTHING, output_field=_MONEY)
