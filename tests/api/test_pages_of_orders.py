"""What a page of contracts and of orders costs, however many rows there are."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from kernel.access import Action, Actor, Grant
from services.procurement.catalogue.models import Item
from services.procurement.contracts.models import Contract
from services.procurement.orders import operations
from services.procurement.orders.models import PurchaseOrder
from services.procurement.orders.operations import Price
from services.procurement.requests.models import PurchaseRequest
from tenants.companies.models import Company
from tests import factories
from tests import factories_procurement_contracts as contracts
from tests import factories_procurement_orders as orders
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories_procurement_orders import Wanted
from tests.factories_procurement_requests import add_request

Address = Callable[[], str]
# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "contracts/": (lambda: "contracts/", 6),
    "contracts/<int:contract_id>/history/": (
        lambda: f"contracts/{Contract.objects.earliest('pk').pk}/history/",
        8,
    ),
    "contracts/<int:contract_id>/prices/": (
        lambda: f"contracts/{Contract.objects.get(kind='FRAMEWORK').pk}/prices/",
        7,
    ),
    "award-savings/": (lambda: "award-savings/", 6),
    "purchase-emergencies/": (lambda: "purchase-emergencies/", 6),
    "purchase-losses/": (lambda: "purchase-losses/", 6),
    "purchase-orders/": (lambda: "purchase-orders/", 6),
    "purchase-orders/<int:order_id>/history/": (
        lambda: f"purchase-orders/{PurchaseOrder.objects.earliest('pk').pk}/history/",
        9,
    ),
}
FINANCE = Actor(
    label="finance", user_id=900_001, grants=frozenset({Grant(Action.INVOICE_MATCH, None)})
)
GROW = {name for name in LISTS if not name.endswith("/history/")}


@pytest.fixture
def office(tenant: Company) -> contracts.Company:
    return contracts.open_company()


@pytest.fixture
def robot(office: contracts.Company) -> Api:
    return sign_in("robot", ("property_manager", None))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


def price_all(office: contracts.Company) -> None:
    """Agree on a price of every article there is."""
    operations.set_prices(
        actor=office.buyer,
        contract_id=Contract.objects.get(kind="FRAMEWORK").pk,
        prices={item.pk: Price(unit_price=Decimal(5)) for item in Item.objects.all()},
        now=factories.NOW,
    )


def grow(office: contracts.Company, count: int) -> None:
    for _again in range(count):
        number = PurchaseRequest.objects.count()
        contracts.draft(office)
        line = orders.asked(office.project, f"CG-{number}", ("灯", "1", "5")).lines.get()
        award = orders.award(
            [Wanted("灯", [line])], {office.vendor: {"灯": "5"}}, number=f"XJ-{number}"
        )
        [order] = operations.order_award(
            actor=office.buyer, award_id=award.pk, now=factories.NOW, today=factories.TODAY
        )
        orders.sent(office, order)
        operations.record_loss(
            actor=FINANCE,
            order_id=order.pk,
            amount=Decimal(5),
            cause="型号报错",
            now=factories.NOW,
        )
        add_request(
            office.project, ("水泵", "1", "2600"), number=f"CG-{number}-C", purchase_class="C"
        )
        orders.add_item(f"WL-{number}")
    price_all(office)


def test_a_page_costs_the_same_however_many_rows(office: contracts.Company, robot: Api) -> None:
    orders.agreement(office, {}, is_signed=False)
    grow(office, 2)
    robot("GET", "projects/")  # notes that the token is used, once in a while
    few = ask(robot)
    grow(office, 6)
    many = ask(robot)

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in GROW:
        assert many[name][0] == few[name][0] + 6, name


def ask(robot: Api) -> dict[str, tuple[int, int]]:
    return {name: asked(robot, address()) for name, (address, _cost) in LISTS.items()}
