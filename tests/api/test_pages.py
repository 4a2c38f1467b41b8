"""Every list is paged at a constant price, and nobody asks without limit."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from api.throttling import ActorThrottle
from api.views import ApiView, ListView
from kernel import access
from kernel.access.catalogue import POSTS
from kernel.imports import operations as imports
from kernel.imports.models import ImportBatch
from services.billing.cashier.models import Payment
from services.billing.metering.models import Reading
from services.billing.runs import operations as runs
from services.billing.runs.models import BillRun
from services.billing.standards import operations as standards
from services.billing.standards.models import FeeStandard
from services.properties import operations as properties
from services.properties.models import Project, Unit
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_cashier as counters
from tests import factories_properties as registry
from tests import factories_runs as factories
from tests.api.client import Api, refusal, sign_in
from tests.api.paging import asked
from tests.api.test_bones import endpoints
from tests.api.test_pages_of_control import LISTS as CONTROL
from tests.api.test_pages_of_money import LISTS as MONEY
from tests.api.test_pages_of_orders import LISTS as ORDERS
from tests.api.test_pages_of_receiving import LISTS as RECEIVING
from tests.api.test_pages_of_requests import LISTS as REQUESTS
from tests.api.test_pages_of_rounds import LISTS as ROUNDS
from tests.api.test_pages_of_stock import LISTS as STOCK
from tests.api.test_pages_of_vendors import LISTS as VENDORS
from tests.factories_runs import Office

LEDGER = "房号,业主姓名,建筑面积\n1-1-101,陈志远,90.5\n1-1-102,李婉婷,-1\n"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 22nd in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@dataclass
class Town:
    """An office whose project grows; a second project has a draft that grows with it."""

    office: Office
    drafts: Office
    homes: list[Unit] = field(default_factory=list)

    def grow(self, count: int) -> None:
        """Let ``count`` families move in: everything about them there is once more."""
        for number in range(len(self.homes) + 1, len(self.homes) + count + 1):
            self._move_in(number)
        factories.posted(self.office)
        for home in self.homes[-count:]:
            counters.pay(self.office.collector, home.household, "10.00", now=factories.NOW)
        draft = BillRun.objects.filter(project=self.drafts.project).first()
        if draft is None:
            draft = factories.prepare(self.drafts)
        else:
            runs.recompute_run(actor=self.drafts.director, run_id=draft.pk, now=factories.NOW)
            draft.refresh_from_db()
        factories.work(draft)

    def _move_in(self, number: int) -> None:
        project = self.office.project
        home = registry.add_home(
            project, f"{number:02d}", owner=f"业主{number}", phone=f"1380000{number:04d}"
        )
        registry.add_vehicle(home.household, f"浙A7K3{number:02d}")
        factories.read(registry.add_meter(home), "20", recorded_by=1)
        registry.add_meter(home, f"M{number:02d}")  # nobody reads it
        registry.add_space(project, f"B1-{number:02d}")
        registry.add_building(project, f"{number + 10}栋")
        registry.add_project(f"P{number:02d}", f"Project {number}")
        registry.add_unit(self.drafts.project, f"D{number:02d}")
        registry.add_unit(self.drafts.project, f"S{number:02d}", kind="STORAGE")
        billing.draft(self.standard)
        standards.assign_unit(
            actor=access.SYSTEM,
            standard_id=self.standard.pk,
            unit_id=home.pk,
            valid_from=date(2027, 1, 1),
            now=factories.NOW,
        )
        billing.add_standard(project, "QTF", f"Other {number}")
        standards.create_item(
            actor=access.SYSTEM,
            code=f"X{number}",
            name=f"Item {number}",
            kind="OTHER",
            account_code="6051.99",
            now=factories.NOW,
        )
        imports.upload(
            actor=access.SYSTEM,
            kind="unit-ledger",
            project_id=project.pk,
            file_name="ledger.csv",
            content=(LEDGER + "1-1-103,王五,-2\n" * number).encode(),
            options={},
            now=factories.NOW,
        )
        self.homes.append(home)
        first = self.homes[0]
        for state in ("VACANT", "OWNER_OCCUPIED"):
            properties.change_unit_state(
                actor=access.SYSTEM,
                unit_id=first.pk,
                state=state,
                effective_on=date(2026, 11, 1),
                now=factories.NOW,
            )

    @property
    def standard(self) -> FeeStandard:
        return FeeStandard.objects.get(project=self.office.project, name="车位管理费")


@pytest.fixture
def town(tenant: Company) -> Town:
    office = factories.open_office()
    return Town(office, factories.open_project(office, "HB", "湖滨"))


@pytest.fixture
def robot(town: Town) -> Api:
    """Somebody who sees everything."""
    return sign_in(
        "robot", *((post, None) for post in ("company_admin", "charging_director", "collector"))
    )


Address = Callable[[Town], str]
# What each list costs in queries; five of them find the company, the token and its person.
LISTS: dict[str, tuple[Address, int]] = {
    "projects/": (lambda t: "projects/", 6),
    "buildings/": (lambda t: "buildings/", 6),
    "units/": (lambda t: "units/", 6),
    "units/<int:unit_id>/state-changes/": (
        lambda t: f"units/{t.homes[0].pk}/state-changes/",
        7,
    ),
    "parties/": (lambda t: "parties/", 6),
    "occupancies/": (lambda t: "occupancies/", 6),
    "households/": (lambda t: "households/", 6),
    "households/<int:household_id>/history/": (
        lambda t: f"households/{t.homes[0].household_id}/history/",
        13,
    ),
    "vehicles/": (lambda t: "vehicles/", 6),
    "meters/": (lambda t: "meters/", 6),
    "fee-items/": (lambda t: "fee-items/", 6),
    "fee-standards/": (lambda t: "fee-standards/", 7),
    "fee-standards/<int:standard_id>/history/": (
        lambda t: f"fee-standards/{t.standard.pk}/history/",
        11,
    ),
    "fee-standards/<int:standard_id>/versions/": (
        lambda t: f"fee-standards/{t.standard.pk}/versions/",
        8,
    ),
    "fee-standards/<int:standard_id>/assignments/": (
        lambda t: f"fee-standards/{t.standard.pk}/assignments/",
        9,
    ),
    "meter-readings/": (lambda t: "meter-readings/", 6),
    "meter-readings/missing/": (
        lambda t: (
            f"meter-readings/missing/?project_id={t.office.project.pk}&usage_month=2026-10-01"
        ),
        7,
    ),
    "meter-readings/<int:reading_id>/history/": (
        lambda t: f"meter-readings/{Reading.objects.earliest('pk').pk}/history/",
        7,
    ),
    "bill-runs/": (lambda t: "bill-runs/", 6),
    "bill-runs/<int:run_id>/draft-lines/": (
        lambda t: f"bill-runs/{_draft(t).pk}/draft-lines/",
        7,
    ),
    "bill-runs/<int:run_id>/skips/": (lambda t: f"bill-runs/{_draft(t).pk}/skips/", 7),
    "bill-runs/<int:run_id>/history/": (lambda t: f"bill-runs/{_draft(t).pk}/history/", 7),
    "bills/": (lambda t: "bills/", 6),
    "ledger/accounts/": (lambda t: "ledger/accounts/", 6),
    "ledger/households/<int:household_id>/": (
        lambda t: f"ledger/households/{t.homes[0].household_id}/",
        7,
    ),
    "payments/": (lambda t: "payments/", 6),
    "payments/<int:payment_id>/history/": (
        lambda t: f"payments/{Payment.objects.earliest('pk').pk}/history/",
        7,
    ),
    "receipts/": (lambda t: "receipts/", 6),
    "arrears/": (lambda t: "arrears/", 6),
    "imports/": (lambda t: "imports/", 6),
    "imports/<int:batch_id>/problems/": (
        lambda t: f"imports/{ImportBatch.objects.latest('pk').pk}/problems/",
        7,
    ),
}


def _draft(town: Town) -> BillRun:
    return BillRun.objects.get(project=town.drafts.project)


def test_every_list_is_here() -> None:
    lists = {
        route.removeprefix("/api/v1/") for route, view in endpoints() if issubclass(view, ListView)
    }

    known = (CONTROL, MONEY, ORDERS, RECEIVING, REQUESTS, ROUNDS, STOCK, VENDORS)
    assert lists == set(LISTS).union(*known)


def test_a_page_costs_the_same_however_many_rows(town: Town, robot: Api) -> None:
    town.grow(2)
    robot("GET", "projects/")  # notes that the token is used, once in a while
    few = {name: asked(robot, address(town)) for name, (address, _cost) in LISTS.items()}
    town.grow(6)
    many = {name: asked(robot, address(town)) for name, (address, _cost) in LISTS.items()}

    assert {name: queries for name, (_rows, queries) in many.items()} == {
        name: cost for name, (_address, cost) in LISTS.items()
    }
    for name in LISTS.keys() - STILL:
        assert many[name][0] > few[name][0], f"{name} has not grown"
        assert many[name][1] == few[name][1], name


# Lists of things that do not grow with the number of households.
STILL = {
    "ledger/accounts/",
    "ledger/households/<int:household_id>/",
    "meter-readings/<int:reading_id>/history/",
    "payments/<int:payment_id>/history/",
}


# ---- pages --------------------------------------------------------------------------------------


@pytest.fixture
def three_projects(tenant: Company) -> list[Project]:
    return [registry.add_project(f"P{number}", f"Project {number}") for number in range(3)]


def test_pages_follow_each_other(three_projects: list[Project]) -> None:
    api = sign_in("robot", ("company_admin", None))
    first = api("GET", "projects/?page_size=2").json()
    rest = api("GET", first["next"].partition("/api/v1/")[2]).json()

    codes = [[row["code"] for row in page["results"]] for page in (first, rest)]
    assert codes == [["P0", "P1"], ["P2"]]
    assert (first["previous"], rest["next"]) == (None, None)


@pytest.mark.parametrize("size", ["0", "201", "-1", "ten", "1.0", "", "1e2", "٣"])
def test_a_page_of_no_size_is_refused(three_projects: list[Project], size: str) -> None:
    api = sign_in("robot", ("company_admin", None))

    answer = api("GET", f"projects/?page_size={size}")

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == ["page_size"]


def test_a_cursor_made_up_is_not_followed(three_projects: list[Project]) -> None:
    api = sign_in("robot", ("company_admin", None))

    assert refusal(api("GET", "projects/?cursor=made-up")) == (404, "not-found")


def area_of(route: str) -> str:
    return route.removeprefix("/api/v1/").partition("/")[0]


@pytest.mark.parametrize("area", sorted({area_of(route) for route, _view in endpoints()}))
def test_a_parameter_that_is_misspelled_is_not_passed_over(tenant: Company, area: str) -> None:
    """A list that is not narrowed answers too much, and a sum of it is wrong."""
    robot = sign_in("robot", *((post, None) for post in POSTS))
    wrong = []

    for route, view in endpoints():
        if area_of(route) != area or not issubclass(view, ApiView):
            continue
        path = re.sub(r"<[^>]*>", "1", route.removeprefix("/api/v1/"))
        for method in view.actions:
            answer = robot(method, f"{path}?surprise=1", {})

            if method in getattr(view, "by_person", ()):  # a program is turned away before
                is_right = refusal(answer) == (403, "access.not-by-token")
            else:
                is_right = refusal(answer) == (400, "invalid-input")
                is_right = is_right and list(answer.json()["errors"]) == ["surprise"]
            if not is_right:
                wrong.append((method, path, answer.status_code, answer.content[:300]))

    assert wrong == []


# ---- how often ----------------------------------------------------------------------------------


@pytest.fixture
def _twice_a_minute(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(ActorThrottle, "THROTTLE_RATES", {"actor": "2/min"})
    cache.clear()
    yield
    cache.clear()


@pytest.mark.usefixtures("_twice_a_minute")
def test_whoever_asks_too_often_waits(three_projects: list[Project]) -> None:
    hasty = sign_in("hasty", ("company_admin", None))
    other = sign_in("other", ("company_admin", None))

    answers = [hasty("GET", "projects/") for _time in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert refusal(answers[-1]) == (429, "throttled")
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61
    assert other("GET", "projects/").status_code == 200  # not everybody waits for one


@pytest.mark.parametrize(("route", "view"), endpoints())
def test_every_endpoint_is_throttled(route: str, view: Any) -> None:
    assert view.throttle_classes == [ActorThrottle], route
