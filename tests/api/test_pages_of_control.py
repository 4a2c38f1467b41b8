"""What a page of each list of the control kernel costs, however many rows there are."""

from collections.abc import Callable, Iterator

import pytest

from kernel.access.models import User
from tenants.companies.models import Company
from tests import factories
from tests.api.client import Api, sign_in
from tests.api.control_rows import Office, open_office
from tests.api.paging import asked
from tests.factories_approvals import paper_kind

POSTS = ("company_admin", "property_manager", "front_desk", "mo_manager", "general_office")
Address = Callable[[Office], str]


def _at(path: str) -> Address:
    return lambda office: path


# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "access-looks/": (_at("access-looks/"), 6),
    "access-requests/": (_at("access-requests/"), 6),
    "approval-cases/": (_at("approval-cases/"), 7),
    "approval-chains/": (_at("approval-chains/?page_size=200"), 7),
    "approval-chains/<int:chain_id>/versions/": (
        lambda office: f"approval-chains/{office.chain.pk}/versions/",
        8,
    ),
    "approval-delegations/": (_at("approval-delegations/"), 6),
    "audit-entries/": (_at("audit-entries/?event=documents.template.changed"), 6),
    "calendar/exceptions/": (_at("calendar/exceptions/"), 6),
    "deadlines/": (_at("deadlines/"), 6),
    "departments/": (_at("departments/?page_size=200"), 7),
    "departures/": (_at("departures/"), 6),
    "duties/exemptions/": (_at("duties/exemptions/"), 6),
    "files/": (
        lambda office: f"files/?subject_type=properties.household&subject_id={office.household.pk}",
        7,
    ),
    "held-items/": (_at("held-items/"), 6),
    "held-items/<int:thing_id>/events/": (
        lambda office: f"held-items/{office.item.pk}/events/",
        7,
    ),
    "holdings/": (_at("holdings/"), 6),
    "integrations/": (_at("integrations/"), 6),
    "manuals/": (_at("manuals/"), 6),
    "manuals/<int:manual_id>/copies/": (
        lambda office: f"manuals/{office.manual.pk}/copies/",
        7,
    ),
    "manuals/<int:manual_id>/releases/": (
        lambda office: f"manuals/{office.manual.pk}/releases/",
        7,
    ),
    "manuals/<int:manual_id>/revisions/": (
        lambda office: f"manuals/{office.manual.pk}/revisions/",
        7,
    ),
    "me/held-items/": (_at("me/held-items/"), 6),
    "me/sessions/": (_at("me/sessions/"), 6),
    "me/tokens/": (_at("me/tokens/"), 6),
    "notices/": (_at("notices/"), 6),
    "notices/channels/": (_at("notices/channels/"), 6),
    "notices/channels/<int:channel_id>/posts/": (
        lambda office: f"notices/channels/{office.channel.pk}/posts/",
        7,
    ),
    "people/": (_at("people/"), 6),
    "posts/": (_at("posts/?page_size=200"), 6),
    "print-batches/": (_at("print-batches/"), 6),
    "projects/<int:project_id>/staff/": (
        lambda office: f"projects/{office.project.pk}/staff/",
        7,  # one tells whether there is the project
    ),
    "retention/disposals/": (_at("retention/disposals/"), 7),
    "retention/holds/": (_at("retention/holds/"), 6),
    "security-events/": (_at("security-events/"), 6),
    "webhooks/": (_at("webhooks/"), 6),
    "webhooks/deliveries/": (_at("webhooks/deliveries/"), 6),
}


@pytest.fixture
def robot(tenant: Company) -> Api:
    """Somebody who sees everything."""
    return sign_in("robot", *((post, None) for post in POSTS))


@pytest.fixture
def office(robot: Api) -> Iterator[Office]:
    with paper_kind():
        yield open_office(User.objects.get(username="robot"))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


def test_a_page_costs_the_same_however_many_rows(office: Office, robot: Api) -> None:
    office.grow(2)
    robot("GET", "projects/")  # notes that the token is used, once in a while
    few = {name: asked(robot, address(office)) for name, (address, _cost) in LISTS.items()}
    office.grow(6)
    many = {name: asked(robot, address(office)) for name, (address, _cost) in LISTS.items()}

    costs = {name: cost for name, (_address, cost) in LISTS.items()}
    assert {name: queries for name, (_rows, queries) in few.items()} == costs
    assert {name: queries for name, (_rows, queries) in many.items()} == costs
    for name in LISTS:
        assert many[name][0] >= few[name][0] + 6, f"{name} has not grown"
