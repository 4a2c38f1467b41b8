"""Two who want the last boxes, or the rest of a budget, with real commits."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from services.procurement.catalogue.models import Category
from services.procurement.requests import operations, queries
from services.procurement.requests.models import BudgetUse, PurchaseRequest, RequestLine
from services.procurement.requests.operations import budgets
from services.procurement.requests.rules import OverBudget
from tenants.companies.models import Company
from tests import factories_properties as registry
from tests.factories import add_actor
from tests.factories_procurement_requests import (
    Office,
    add_request,
    category,
    draft,
    open_office,
    set_budget,
    submit,
)
from tests.factories_procurement_requests import line as line_of
from tests.threads import Meeting, at_once


@pytest.fixture
def line(committed_tenant: Company) -> RequestLine:
    return add_request(registry.add_project(), ("复印纸", "30", "120.00")).lines.get()


def binding(line: RequestLine, quantity: int) -> Callable[[], list[RequestLine]]:
    return lambda: operations.bind_lines({line.pk: Decimal(quantity)})


def bound(line: RequestLine) -> Decimal:
    return RequestLine.objects.get(pk=line.pk).bound_quantity


def test_together_they_get_what_there_is(committed_tenant: Company, line: RequestLine) -> None:
    results = at_once(committed_tenant, [binding(line, 20), binding(line, 20)])

    assert sorted(isinstance(one, operations.LineTaken) for one in results) == [False, True]
    assert bound(line) == 20


def test_binding_and_giving_back_both_count(committed_tenant: Company, line: RequestLine) -> None:
    operations.bind_lines({line.pk: Decimal(10)})

    at_once(
        committed_tenant,
        [binding(line, 5), lambda: operations.free_lines({line.pk: Decimal(10)})],
    )

    assert bound(line) == 5


# ---- two submissions for the rest of a budget ---------------------------------------------------


@pytest.fixture
def office(committed_tenant: Company) -> Office:
    """Return an office whose budget of 5,000.00 is enough for one request of 3,600.00."""
    office = open_office()
    set_budget(add_actor("finance", "finance_head"), "5000.00", office.project)
    return office


def submitting(office: Office, request: PurchaseRequest) -> Callable[[], PurchaseRequest]:
    return lambda: submit(office, request)


def test_the_rest_of_a_budget_is_bound_once(committed_tenant: Company, office: Office) -> None:
    first, second = draft(office), draft(office)

    results = at_once(committed_tenant, [submitting(office, first), submitting(office, second)])

    assert sorted(isinstance(one, OverBudget) for one in results) == [False, True]
    assert BudgetUse.objects.get().committed == 3600


def test_nor_twice_from_two_categories_below_it(committed_tenant: Company, office: Office) -> None:
    """They have no row in common but the one of the category above both."""
    below = [
        Category.objects.create(code=f"BG-{count}", name="下级", parent=category())
        for count in range(2)
    ]
    requests = [draft(office, line_of(category_id=one.pk)) for one in below]

    results = at_once(committed_tenant, [submitting(office, one) for one in requests])

    assert sorted(isinstance(one, OverBudget) for one in results) == [False, True]
    assert BudgetUse.objects.get().committed == 3600


def test_without_the_lock_both_would_be_bound(
    committed_tenant: Company, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The teeth of the test above: both read the budget before either has bound it."""
    first, second = draft(office), draft(office)
    meeting, counted = Meeting(), queries.budget_places

    def read_together(*args: Any, **values: Any) -> Any:
        found = counted(*args, **values)
        meeting.come()
        return found

    monkeypatch.setattr(budgets, "lock_categories", lambda _ids: None)
    monkeypatch.setattr(queries, "budget_places", read_together)

    results = at_once(committed_tenant, [submitting(office, first), submitting(office, second)])

    assert not any(isinstance(one, Exception) for one in results), results
    assert sum(use.committed for use in BudgetUse.objects.all()) == 7200
