"""Reads of budgets: how much there is, what is bound of it, what is spent."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kernel import access
from kernel.access import Action, Actor
from kernel.errors import NotFound
from services.procurement.catalogue import queries as catalogue
from services.procurement.catalogue.models import Category
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
    """What a request takes of a budget, and what others have bound and spent of it.

    A budget is for its category and all below it; where there is one further down, that counts.

    :ivar category: the budget's; of what it takes where there is none.
    :ivar line_ids: which of the request's lines take of it.
    :ivar budget: ``None``: nobody has set one for the year, and nothing is held against it.
    """

    category_id: int
    category: str
    line_ids: tuple[int, ...]
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
    nearest = nearest_budgets(
        {line.category_id for line in lines}, project_id=request.project_id, year=year
    )
    taken: dict[int, list[RequestLine]] = {}
    held: dict[int, tuple[Category, Budget | None]] = {}
    for line in lines:
        budget = nearest.get(line.category_id)
        category = budget.category if budget is not None else line.category
        taken.setdefault(category.pk, []).append(line)
        held[category.pk] = category, budget
    used = _used_by_others(request, {budget for _category, budget in held.values() if budget})
    return [
        Place(
            category_id=category.pk,
            category=category.name,
            line_ids=tuple(line.pk for line in taken[category.pk]),
            wanted=sum(
                (max(line.amount, spent_of_line.get(line.pk, _NOTHING)) for line in taken[pk]),
                _NOTHING,
            ),
            budget=budget,
            committed=committed,
            spent=spent,
        )
        for pk, (category, budget) in sorted(held.items(), key=lambda one: (one[1][0].name, one[0]))
        for committed, spent in [used.get(budget.pk if budget else 0, (_NOTHING, _NOTHING))]
    ]


def nearest_budgets(
    category_ids: Collection[int], *, project_id: int | None, year: int
) -> dict[int, Budget]:
    """Return for each category the budget that it counts against: its own, or the next above it."""
    lines = catalogue.ancestors_of()
    above = {pk: lines.get(pk, (pk,)) for pk in category_ids}
    wanted = {pk for line in above.values() for pk in line}
    found = Budget.objects.select_related("category").filter(
        Q(project=project_id), category_id__in=wanted, year=year
    )
    budgets_of = {budget.category_id: budget for budget in found}
    return {
        category_id: next(budgets_of[pk] for pk in line if pk in budgets_of)
        for category_id, line in above.items()
        if not budgets_of.keys().isdisjoint(line)
    }


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
