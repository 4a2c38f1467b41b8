"""What a page of each list of purchase requests costs, however many rows there are."""

from collections.abc import Callable

import pytest

from kernel import access
from kernel.audit import operations as audit
from services.procurement.requests.models import Budget, PurchaseRequest
from tenants.companies.models import Company
from tests import factories
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories_procurement_requests import (
    Office,
    category,
    open_office,
    set_budget,
    submitted,
)

Address = Callable[[], str]
# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "purchase-budgets/": (lambda: "purchase-budgets/", 6),
    "purchase-budgets/<int:budget_id>/history/": (
        lambda: f"purchase-budgets/{Budget.objects.earliest('pk').pk}/history/",
        7,
    ),
    "purchase-requests/": (lambda: "purchase-requests/", 6),
}
HISTORY = "purchase-requests/<int:request_id>/history/"
LISTS[HISTORY] = (
    lambda: f"purchase-requests/{PurchaseRequest.objects.earliest('pk').pk}/history/",
    8,
)


@pytest.fixture
def office(tenant: Company) -> Office:
    return open_office()


@pytest.fixture
def robot(office: Office) -> Api:
    """Somebody who sees everything."""
    return sign_in("robot", ("property_manager", None), ("finance_head", None))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


def grow(office: Office, count: int) -> None:
    """Submit requests, each for goods with a budget of their own; the first tells of each."""
    for _again in range(count):
        request = submitted(office)
        number = request.pk
        set_budget(
            access.SYSTEM,
            "5000.00",
            office.project,
            category_id=category(f"K{number}", f"类别{number}").pk,
        )
        told = {
            "procurement.request.changed": PurchaseRequest.objects.earliest("pk"),
            "procurement.budget.set": Budget.objects.earliest("pk"),
        }
        for event, subject in told.items():
            audit.record(
                actor=access.SYSTEM,
                event=event,
                subject=subject,
                project_id=office.project.pk,
                now=factories.NOW,
            )


def test_a_page_costs_the_same_however_many_rows(office: Office, robot: Api) -> None:
    grow(office, 2)
    robot("GET", "projects/")  # notes that the token is used, once in a while
    few = {name: asked(robot, address()) for name, (address, _cost) in LISTS.items()}
    grow(office, 6)
    many = {name: asked(robot, address()) for name, (address, _cost) in LISTS.items()}

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in LISTS:
        assert many[name][0] >= few[name][0] + 6, f"{name} has not grown"
