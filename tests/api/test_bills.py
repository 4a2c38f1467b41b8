"""The endpoints of bill runs, bills and the ledger: the whole month by API, and who may what."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.billing.runs.models import BillLine, BillRun
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.api.client import Api, refusal, sign_in
from tests.factories_runs import Office

pytestmark = pytest.mark.usefixtures("_today")


@pytest.fixture
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 22nd in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@pytest.fixture
def office(tenant: Company) -> Office:
    office = factories.open_office()
    home = billing.add_unit(office.project, "1-1-0101", area="100.00")
    factories.read(billing.add_meter(home), "20")
    billing.add_unit(office.project, "储-01", kind="STORAGE")
    return office


@pytest.fixture
def project(office: Office) -> Project:
    return office.project


@pytest.fixture
def collector(project: Project) -> Api:
    return sign_in("zhouting")


@pytest.fixture
def director(project: Project) -> Api:
    return sign_in("zhaomin")


def work(answer: Any) -> None:
    """Do the job that an answer names, as a worker would."""
    factories.work(BillRun.objects.get(pk=answer["id"]))


def test_a_month_is_billed_by_api(collector: Api, director: Api, project: Project) -> None:
    made = collector("POST", "bill-runs/", {"project_id": project.pk, "period": "2026-11-01"})
    assert made.status_code == 201
    run = made.json()
    assert (run["state"], run["due_on"]) == ("COMPUTING", "2026-11-10")
    job = collector("GET", f"jobs/{run['job_id']}/").json()
    assert (job["kind"], job["state"]) == ("billing.run.compute", "QUEUED")
    work(run)
    assert collector("GET", f"jobs/{run['job_id']}/").json()["percent"] == 100

    preview = director("GET", f"bill-runs/{run['id']}/preview/").json()
    assert [(row["item"]["code"], row["lines"], row["amount"]) for row in preview["items"]] == [
        ("WYF", 1, "280.00"),
        ("SF", 1, "63.70"),
    ]
    assert preview["skips"] == [{"reason": "NO_STANDARD", "item": None, "count": 1}]
    assert preview["changes"][0]["change"] == "343.70"
    (water, fee) = sorted(
        director("GET", f"bill-runs/{run['id']}/draft-lines/").json()["results"],
        key=lambda row: row["amount"],
        reverse=True,
    )
    assert (water["quantity"], water["price"], water["usage_month"]) == (
        "20.00",
        None,
        "2026-10-01",
    )
    assert (fee["unit"]["code"], fee["amount"]) == ("1-1-0101", "280.00")
    (skip,) = director("GET", f"bill-runs/{run['id']}/skips/").json()["results"]
    assert (skip["unit"]["code"], skip["reason"]) == ("储-01", "NO_STANDARD")

    seen = {"expected_lines": 2, "expected_amount": "343.70", "note": "as in October"}
    checked = director("POST", f"bill-runs/{run['id']}/check/", seen)
    assert (checked.status_code, checked.json()["state"]) == (200, "CHECKED")
    posting = director("POST", f"bill-runs/{run['id']}/post/")
    assert (posting.status_code, posting.json()["state"]) == (200, "POSTING")
    work(posting.json())

    bills = collector("GET", f"bills/?project_id={project.pk}&period=2026-11-01").json()["results"]
    assert [(row["item"]["code"], row["open_amount"], row["state"]) for row in bills] == [
        ("WYF", "280.00", "OPEN"),
        ("SF", "63.70", "OPEN"),
    ]
    books = director("GET", "ledger/invariants/").json()
    assert books["agrees"] is True
    assert {row["count"] for row in books["invariants"]} == {0}
    balance = director(
        "GET", "ledger/trial-balance/?first_day=2026-11-01&last_day=2026-11-30"
    ).json()
    assert [(row["account"]["code"], row["closing"]) for row in balance["rows"]] == [
        ("1122", "343.70"),
        ("2241.01", "-63.70"),
        ("6001.01", "-280.00"),
    ]
    assert balance["is_balanced"] is True


@pytest.fixture
def water(office: Office) -> BillLine:
    factories.posted(office)
    return BillLine.objects.get(item__code="SF")


def test_a_bill_explains_itself(collector: Api, water: BillLine) -> None:
    bill = collector("GET", f"bills/{water.pk}/").json()

    explanation = bill["explanation"]
    assert (explanation["method"], explanation["standard"], explanation["version"]) == (
        "TIERED_METER",
        "居民生活用水",
        1,
    )
    assert [(slab["quantity"], slab["price"]) for slab in explanation["slabs"]] == [
        ("14.00", "2.9000"),
        ("6.00", "3.8500"),
    ]
    assert (explanation["full_amount"], explanation["rate"]) == ("63.70", "1.0000")
    (reading,) = explanation["readings"]
    assert (reading["meter_code"], reading["consumption"]) == ("1-1-0101-W", "20.00")
    assert [journal["kind"] for journal in bill["journals"]] == ["BILLS"]


def test_a_bill_is_reversed(director: Api, water: BillLine) -> None:
    answer = director("POST", f"bills/{water.pk}/reverse/", {"reason": "meter was replaced"})

    assert answer.status_code == 200
    bill = answer.json()
    assert (bill["state"], bill["open_amount"], bill["reverse_reason"]) == (
        "REVERSED",
        "0.00",
        "meter was replaced",
    )
    assert [journal["kind"] for journal in bill["journals"]] == ["BILLS", "BILL_REVERSAL"]
    assert director("POST", f"bills/{water.pk}/reverse/", {"reason": "again"}).status_code == 409


def test_the_statement_of_a_household(collector: Api, water: BillLine) -> None:
    (row,) = collector("GET", f"ledger/households/{water.household_id}/").json()["results"]

    assert (row["amount"], row["balance"], row["journal"]["kind"]) == ("343.70", "343.70", "BILLS")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("item=WYF", ["WYF"]),
        ("state=OPEN", ["WYF", "SF"]),
        ("state=PAID", []),
        ("period=2026-10-01", []),
        ("is_reversed=true", []),
    ],
)
def test_bills_are_filtered(collector: Api, water: BillLine, query: str, codes: list[str]) -> None:
    rows = collector("GET", f"bills/?{query}").json()["results"]

    assert [row["item"]["code"] for row in rows] == codes


# ---- refusals -----------------------------------------------------------------------------------


def test_the_preparer_does_not_check(director: Api, project: Project) -> None:
    run = director("POST", "bill-runs/", {"project_id": project.pk, "period": "2026-11-01"}).json()
    work(run)

    answer = director(
        "POST",
        f"bill-runs/{run['id']}/check/",
        {"expected_lines": 2, "expected_amount": "343.70"},
    )

    assert refusal(answer) == (403, "duties.meet")


def test_a_second_run_of_the_month_is_a_conflict(office: Office, collector: Api) -> None:
    run = factories.preview(office)

    answer = collector(
        "POST", "bill-runs/", {"project_id": office.project.pk, "period": "2026-11-01"}
    )

    assert refusal(answer) == (409, "billing.run-open")
    assert answer.json()["details"] == {"run_id": run.pk}


def test_an_unchecked_run_is_not_posted(office: Office, director: Api) -> None:
    run = factories.preview(office)

    answer = director("POST", f"bill-runs/{run.pk}/post/")

    assert refusal(answer) == (409, "billing.run-not-checked")
    assert BillLine.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"project_id": 0, "period": "2026-11-01"}, "project_id"),
        ({"project_id": 1}, "period"),
        ({"project_id": 1, "period": "November"}, "period"),
    ],
)
def test_a_body_that_is_wrong_is_refused(collector: Api, body: dict[str, Any], field: str) -> None:
    answer = collector("POST", "bill-runs/", body)

    assert refusal(answer) == (400, "invalid-input")
    assert list(answer.json()["errors"]) == [field]


def test_a_month_that_is_none_is_refused(collector: Api, project: Project) -> None:
    answer = collector("POST", "bill-runs/", {"project_id": project.pk, "period": "2026-11-02"})

    assert refusal(answer) == (422, "billing.period-invalid")


ADDRESSES: list[Callable[[BillRun, BillLine], tuple[str, str]]] = [
    lambda run, _line: ("GET", f"bill-runs/{run.pk}/"),
    lambda run, _line: ("GET", f"bill-runs/{run.pk}/preview/"),
    lambda run, _line: ("GET", f"bill-runs/{run.pk}/draft-lines/"),
    lambda run, _line: ("GET", f"bill-runs/{run.pk}/skips/"),
    lambda run, _line: ("POST", f"bill-runs/{run.pk}/recompute/"),
    lambda run, _line: ("POST", f"bill-runs/{run.pk}/post/"),
    lambda run, _line: ("POST", f"bill-runs/{run.pk}/stop/"),
    lambda run, _line: ("POST", f"bill-runs/{run.pk}/cancel/"),
    lambda _run, line: ("GET", f"bills/{line.pk}/"),
    lambda _run, line: ("GET", f"ledger/households/{line.household_id}/"),
    lambda run, _line: ("GET", f"jobs/{run.job_id}/"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_another_projects_records_do_not_exist(
    water: BillLine, address: Callable[[BillRun, BillLine], tuple[str, str]]
) -> None:
    other = billing.add_project("HB", "湖滨")
    stranger = sign_in("sun", ("charging_director", other.pk))
    method, path = address(BillRun.objects.get(), water)

    answer = stranger(method, path, {} if method == "POST" else None)

    assert refusal(answer) == (404, "not-found")


def test_lists_show_nothing_of_another_project(water: BillLine) -> None:
    other = billing.add_project("HB", "湖滨")
    stranger = sign_in("sun", ("charging_director", other.pk))

    assert stranger("GET", "bills/").json()["results"] == []
    assert stranger("GET", "bill-runs/").json()["results"] == []


def test_the_books_of_a_project_are_for_who_may_see_them(water: BillLine, collector: Api) -> None:
    manager = sign_in("sun", ("property_manager", water.project_id))

    assert manager("GET", f"ledger/invariants/?project_id={water.project_id}").json()["agrees"]
    assert refusal(manager("GET", "ledger/invariants/")) == (403, "access.action-denied")
    assert refusal(collector("GET", "ledger/invariants/")) == (403, "access.action-denied")


def test_a_beginner_may_look_at_his_own_job_only(office: Office, collector: Api) -> None:
    run = factories.prepare(office)
    stranger = sign_in("sun", ("meter_reader", billing.add_project("HB", "湖滨").pk))

    assert collector("GET", f"jobs/{run.job_id}/").status_code == 200
    assert stranger("GET", f"jobs/{run.job_id}/").status_code == 404
    assert date(2026, 11, 1) == run.period
