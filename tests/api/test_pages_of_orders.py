"""What a page of contracts and of orders costs, however many rows there are."""

import pytest

from services.procurement.orders.operations import order_award
from services.procurement.requests.models import PurchaseRequest
from tenants.companies.models import Company
from tests import factories
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as orders
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories_procurement_orders import Wanted

# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, int] = {"contracts/": 6, "purchase-orders/": 6}


@pytest.fixture
def office(tenant: Company) -> contracts.Company:
    return contracts.open_company()


@pytest.fixture
def robot(office: contracts.Company) -> Api:
    return sign_in("robot", ("property_manager", None))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


def grow(office: contracts.Company, count: int) -> None:
    for _again in range(count):
        number = PurchaseRequest.objects.count()
        contracts.draft(office)
        line = orders.asked(office.project, f"CG-{number}", ("灯", "1", "5")).lines.get()
        award = orders.award(
            [Wanted("灯", [line])], {office.vendor: {"灯": "5"}}, number=f"XJ-{number}"
        )
        order_award(actor=office.buyer, award_id=award.pk, now=factories.NOW, today=factories.TODAY)


def test_a_page_costs_the_same_however_many_rows(office: contracts.Company, robot: Api) -> None:
    grow(office, 2)
    robot("GET", "projects/")  # notes that the token is used, once in a while
    few = {name: asked(robot, name) for name in LISTS}
    grow(office, 6)
    many = {name: asked(robot, name) for name in LISTS}

    assert {name: queries for name, (_rows, queries) in few.items()} == LISTS
    assert {name: queries for name, (_rows, queries) in many.items()} == LISTS
    for name in LISTS:
        assert many[name][0] == few[name][0] + 6
