"""What a page of each list of rounds costs, however many rows there are."""

from collections.abc import Callable

import pytest

from kernel import access
from kernel.access import Actor
from kernel.audit import operations as audit
from services.procurement.rounds.models import Round
from tenants.companies.models import Company
from tests.api.client import Api, sign_in
from tests.api.paging import asked
from tests.factories import NOW
from tests.factories_procurement_rounds import add_buyer, add_quoter, add_round

Address = Callable[[], str]
# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {"quote-rounds/": (lambda: "quote-rounds/", 6)}
HISTORY = "quote-rounds/<int:round_id>/history/"
LISTS[HISTORY] = (lambda: f"quote-rounds/{Round.objects.earliest('pk').pk}/history/", 8)


@pytest.fixture
def buyer(tenant: Company) -> Actor:
    return add_buyer()


@pytest.fixture
def robot(buyer: Actor) -> Api:
    return sign_in("robot", ("property_manager", None))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: NOW)


def grow(buyer: Actor, count: int, first: int) -> None:
    """Draft rounds; the first tells of each."""
    for number in range(first, first + count):
        add_round(buyer, [add_quoter(f"V{number}")])
        audit.record(
            actor=access.SYSTEM,
            event="procurement.round.changed",
            subject=Round.objects.earliest("pk"),
            now=NOW,
        )


def test_a_page_costs_the_same_however_many_rows(buyer: Actor, robot: Api) -> None:
    grow(buyer, 2, 0)
    robot("GET", "projects/")  # notes that the token is used, once in a while
    few = {name: asked(robot, address()) for name, (address, _cost) in LISTS.items()}
    grow(buyer, 6, 2)
    many = {name: asked(robot, address()) for name, (address, _cost) in LISTS.items()}

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in LISTS:
        assert many[name][0] >= few[name][0] + 6, f"{name} has not grown"
