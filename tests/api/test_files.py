"""What stands beside the records: histories, the fees of a household, the books, import kinds."""

import pytest

from kernel.jobs import runner
from services.billing.cashier.models import Payment
from services.billing.runs.models import BillLine, BillRun
from services.billing.standards.models import FeeStandard
from services.properties.models import Project
from tenants.companies.models import Company
from tests import factories_billing as billing
from tests import factories_cashier as counters
from tests import factories_runs as factories
from tests.api.client import Api, refusal, sign_in
from tests.factories_runs import Office


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 22nd in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@pytest.fixture
def office(tenant: Company) -> Office:
    office = factories.open_office()
    home = billing.add_unit(office.project, "1-1-0101", area="100.00")
    factories.read(billing.add_meter(home), "20")
    billing.add_unit(office.project, "储-01", kind="STORAGE", household=home.household)
    return office


@pytest.fixture
def project(office: Office) -> Project:
    return office.project


@pytest.fixture
def director(office: Office) -> Api:
    return sign_in("zhaomin")


def events(api: Api, path: str) -> list[str]:
    return [entry["event"] for entry in api("GET", path).json()["results"]]


def test_histories_are_newest_first(office: Office, director: Api) -> None:
    run = factories.posted(office)
    line = BillLine.objects.get(item__code="WYF")
    receipt = counters.pay(office.collector, line.household, payer_name="陈志远", now=factories.NOW)
    payment = Payment.objects.get()

    assert events(director, f"bill-runs/{run.pk}/history/")[0] == "billing.run.posted"
    assert events(director, f"payments/{payment.pk}/history/") == ["cashier.payment.taken"]
    standard = FeeStandard.objects.get(item=line.item, versions=line.version_id)
    assert events(director, f"fee-standards/{standard.pk}/history/")[-1] == (
        "billing.fee-standard.created"
    )
    (entry,) = director("GET", f"payments/{payment.pk}/history/").json()["results"]
    assert entry["data"]["receipt"] == receipt.code
    assert entry["actor"].startswith("zhouting")


def test_a_bill_names_its_payments(office: Office, director: Api) -> None:
    factories.posted(office)
    line = BillLine.objects.get(item__code="WYF")
    receipt = counters.pay(
        office.collector, line.household, "100.00", payer_name="陈志远", now=factories.NOW
    )

    (paid,) = director("GET", f"bills/{line.pk}/").json()["payments"]

    assert (paid["receipt_code"], paid["amount"], paid["state"]) == (
        receipt.code,
        "100.00",
        "RECEIVED",
    )


def test_a_household_knows_what_it_is_charged(office: Office, director: Api) -> None:
    household = office.project.households.get()

    fees = director("GET", f"households/{household.pk}/fees/").json()
    before = director("GET", f"households/{household.pk}/fees/?month=2025-12-01").json()

    assert [(fee["item"]["code"], fee["standard"], fee["problem"]) for fee in fees] == [
        ("WYF", "住宅物业服务费", None),
        ("SF", "居民生活用水", None),
    ]
    assert fees[0]["version"]["price"] == "2.8000"
    assert before == []
    wrong = director("GET", f"households/{household.pk}/fees/?month=2026-11-02")
    assert refusal(wrong) == (422, "standards.month-invalid")


def test_the_books_are_checked_by_a_job(office: Office) -> None:
    manager = sign_in("fangqiming")
    factories.posted(office)

    before = manager("GET", "ledger/check/").json()
    started = manager("POST", "ledger/check/")
    again = manager("POST", "ledger/check/")
    running = manager("GET", "ledger/check/").json()["is_running"]
    runner.run(started.json()["id"], lambda: factories.NOW)
    after = manager("GET", "ledger/check/").json()

    assert (before["checked_at"], before["agrees"], before["is_running"]) == (None, None, False)
    assert (started.status_code, again.json()["id"]) == (202, started.json()["id"])
    assert running is True
    assert (after["agrees"], after["is_running"]) == (True, False)
    assert {rule["count"] for rule in after["invariants"]} == {0}


def test_the_chart_of_accounts_is_listed_by_code(director: Api) -> None:
    accounts = director("GET", "ledger/accounts/?page_size=200").json()["results"]

    codes = [account["code"] for account in accounts]
    assert codes == sorted(codes)
    assert {"1122", "6001.01", "2241.01"} <= set(codes)
    assert next(each for each in accounts if each["code"] == "1122")["role"] == "RECEIVABLE"


def test_what_can_be_imported_names_its_columns(director: Api) -> None:
    kinds = {kind["kind"]: kind for kind in director("GET", "imports/kinds/").json()}

    assert set(kinds) == {"meter-readings", "unit-ledger"}
    assert {field["key"] for field in kinds["unit-ledger"]["fields"] if field["is_required"]}


@pytest.mark.parametrize("path", ["bill-runs/{run}/history/", "households/{household}/fees/"])
def test_another_projects_files_do_not_exist(office: Office, path: str) -> None:
    run = BillRun.objects.get(pk=factories.prepare(office).pk)
    other = billing.add_project("HB", "湖滨")
    stranger = sign_in("sun", ("charging_director", other.pk))
    household = office.project.households.get()

    answer = stranger("GET", path.format(run=run.pk, household=household.pk))

    assert refusal(answer) == (404, "not-found")
