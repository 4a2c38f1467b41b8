"""Set budgets, and bind them for what is submitted.

A budget is for its category and all below it; where there is one further down, that one counts.
Whoever binds or sets holds the rows of the category and of all above it: two who submit for the
same budget come one after the other, and the second sees what the first has bound. The rows also
keep the tree as it is meanwhile. A category that moves leaves what was bound where it was.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.calendar.queries import calendar
from kernel.errors import NotFound
from kernel.money import MAX_AMOUNT, round_money
from kernel.text import _
from services.procurement import scope
from services.procurement.catalogue import queries as catalogue
from services.procurement.catalogue.models import Category
from services.procurement.requests import queries, rules
from services.procurement.requests.models import (
    Budget,
    BudgetUse,
    ClassChoice,
    PurchaseRequest,
    RequestLine,
)
from services.procurement.requests.operations.errors import BudgetChanged, BudgetInvalid

FIRST_YEAR, LAST_YEAR = 2000, 2100


@transaction.atomic
def set_budget(
    *,
    actor: Actor,
    project_id: int | None,
    category_id: int,
    year: int,
    amount: Decimal,
    seen: Decimal | None = None,
    now: datetime,
) -> Budget:
    """Let a project, or the company itself, spend so much on a category, and below it, in a year.

    What was submitted there before anybody set a budget counts against it from now on; so does
    what was held against one further up.

    :param seen: the amount that the actor changes; ``None``: he saw that there was none.
    :raises access.ActionDenied: without ``budget.set`` there.
    :raises NotFound: if there is no such category or project.
    :raises BudgetInvalid: if amount or year is none.
    :raises BudgetChanged: if somebody else has set it meanwhile.
    """
    scope.require_for(actor, Action.BUDGET_SET, project_id)
    if not amount.is_finite() or not 0 <= amount <= MAX_AMOUNT or round_money(amount) != amount:
        raise BudgetInvalid(_("Enter an amount of money, zero or more."), field="amount")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BudgetInvalid(_("Enter a year."), field="year")
    lock_categories([category_id])
    place = {"project_id": project_id, "category_id": category_id, "year": year}
    budget = Budget.objects.filter(**place).first()
    before = budget.amount if budget is not None else None
    if before != seen:
        raise BudgetChanged(
            _("Somebody else has set this budget meanwhile. Look at it again."), field="amount"
        )
    is_new = budget is None
    budget = budget or Budget(**place)
    budget.amount, budget.set_at, budget.set_by_label = amount, now, actor.label[:140]
    budget.save()
    if is_new:
        _take_over(budget)
    audit.record(
        actor=actor,
        event="procurement.budget.set",
        subject=budget,
        project_id=project_id,
        now=now,
        data={"category": budget.category.code, "year": year},
        before={"amount": None if before is None else f"{before:.2f}"},
        after={"amount": f"{amount:.2f}"},
    )
    return budget


def bind(request: PurchaseRequest, lines: Sequence[RequestLine], *, reason: str, year: int) -> None:
    """Bind a locked request's budgets; write down whether it goes beyond one, and why.

    :raises rules.OverBudget: if it does, and there is no reason; then nothing is bound.
    """
    lock_categories({line.category_id for line in lines})
    places = queries.budget_places(request, lines, year=year)
    request.is_over_budget = False
    for place in places:
        if place.counted is not None and rules.require_budget(
            place.counted, wanted=place.wanted, exception_reason=reason
        ):
            request.is_over_budget = True
    request.budget_reason = reason.strip()[:300] if request.is_over_budget else ""
    budgets = {line_id: place.budget for place in places for line_id in place.line_ids}
    uses = {use.line_id: use for use in BudgetUse.objects.filter(line__in=lines)}
    for line in lines:
        use = uses.get(line.pk) or BudgetUse(line=line)
        use.budget = budgets[line.pk]
        use.committed = max(line.amount - use.spent, Decimal(0))
        use.save()


def release(lines: Collection[RequestLine]) -> None:
    """Give back what unsubmitted lines bind of their budgets."""
    BudgetUse.objects.filter(line__in=lines).delete()


def lock_categories(category_ids: Collection[int]) -> None:
    """Lock categories and all above them, by their ids. :raises NotFound: if one is missing."""
    wanted, locked = set(category_ids), set[int]()
    while not wanted <= locked:  # once more only if one was moved while we waited
        above = catalogue.ancestors_of()
        wanted |= {pk for each in wanted for pk in above.get(each, ())}
        rows = Category.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
        locked = set(rows.values_list("pk", flat=True))
        if not wanted <= locked:
            raise NotFound
        above = catalogue.ancestors_of()
        wanted |= {pk for each in wanted for pk in above.get(each, ())}


def _take_over(budget: Budget) -> None:
    """Let what was bound in the budget's year while there was none, or one further up, count.

    What a budget further down holds stays with that one.
    """
    company = calendar()
    submitted = Q(
        line__request__submitted_at__gte=company.start_of(date(budget.year, 1, 1)),
        line__request__submitted_at__lt=company.start_of(date(budget.year + 1, 1, 1)),
    )
    # An emergency counts in the year of the consent.
    is_emergency = Q(line__request__purchase_class=ClassChoice.C)
    consented = Q(line__request__purchase_month__year=budget.year)
    of_the_year = (is_emergency & consented) | (~is_emergency & submitted)
    above = catalogue.ancestors_of()[budget.category_id][1:]
    BudgetUse.objects.filter(
        Q(budget=None) & of_the_year
        | Q(budget__category_id__in=above, budget__year=budget.year)
        & Q(budget__project=budget.project_id),
        Q(line__request__project=budget.project_id),
        line__category_id__in=catalogue.below(budget.category_id),
    ).update(budget=budget)
