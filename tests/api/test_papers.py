"""Papers as PDF, and the templates of the company and of its projects."""

from typing import Any

import pytest

from kernel.documents import tasks
from kernel.documents.models import Attachment, IssuedNumber, PrintBatch, PrintTemplate
from kernel.jobs import runner
from services.billing.cashier.models import Receipt
from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories
from tests import factories_cashier as counters
from tests import factories_properties as registry
from tests.api.client import Api, refusal, sign_in, sign_in_by_browser
from tests.factories_cashier import Bill, Counter
from tests.kernel.documents.printing.pdf import pages_of


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoints read the clock: it is 10:00 on the 9th in Shanghai."""
    monkeypatch.setattr("api.views.timezone.now", lambda: factories.NOW)


@pytest.fixture
def counter(tenant: Company) -> Counter:
    assert tasks.print_batch is not None  # registers the work
    return counters.open_counter()


@pytest.fixture
def household(counter: Counter) -> Household:
    """A household that owes 300.00 of October, overdue, and 280.00 of November, not due yet."""
    household = counters.add_household(counter.project)
    october = factories.NOW.date().replace(month=10, day=1)
    counters.post_bills(
        household,
        [
            Bill("300.00", period=october, due_on=october.replace(day=10)),
            Bill("280.00", due_on=factories.TODAY.replace(day=20)),
        ],
    )
    return household


def test_a_receipt_comes_as_pdf_and_is_counted(counter: Counter, household: Household) -> None:
    receipt = counters.pay(counter.collector, household, "300.00", payer_name="陈志远")

    answer = sign_in("zhouting")("POST", f"receipts/{receipt.pk}/pdf/")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert f"{receipt.code}.pdf" in answer.headers["Content-Disposition"]
    (page,) = pages_of(answer.content)
    assert receipt.code in page
    assert "叁佰元整" in page
    assert Receipt.objects.get().printed_count == 1


def test_a_payment_notice_comes_as_pdf_with_a_number_and_is_kept(
    counter: Counter, household: Household
) -> None:
    answer = sign_in("zhouting")("POST", f"households/{household.pk}/payment-notice/")

    number = IssuedNumber.objects.get().code
    (page,) = pages_of(answer.content)
    assert number in page
    assert "300.00" in page
    assert "280.00" not in page  # not due yet
    assert f"{number}.pdf" in answer.headers["Content-Disposition"]
    assert Attachment.objects.get().name == f"{number}.pdf"


def test_papers_are_for_whoever_may_print_them(counter: Counter, household: Household) -> None:
    receipt = counters.pay(counter.collector, household, "10.00")
    other = registry.add_project("JH", "江海苑")
    reader = sign_in("liu", ("meter_reader", counter.project.pk))
    stranger = sign_in("wu", ("collector", other.pk))
    notice = f"households/{household.pk}/payment-notice/"

    for api, status in ((reader, 403), (stranger, 404)):
        assert api("POST", f"receipts/{receipt.pk}/pdf/").status_code == status
        assert api("POST", notice).status_code == status
    assert Receipt.objects.get().printed_count == 0
    assert not IssuedNumber.objects.exists()


def test_nobody_is_written_to_who_owes_nothing_overdue(
    counter: Counter, household: Household
) -> None:
    counters.pay(counter.collector, household, "300.00")

    answer = sign_in("zhouting")("POST", f"households/{household.pk}/payment-notice/")

    assert refusal(answer) == (409, "arrears.nothing-owed")
    assert not IssuedNumber.objects.exists()


# ---- batches ------------------------------------------------------------------------------------


def test_a_batch_is_asked_for_made_and_fetched(counter: Counter, household: Household) -> None:
    receipts = [counters.pay(counter.collector, household, "10.00").pk for _time in range(2)]
    api = sign_in("zhouting")
    body = {"kind": "receipts", "project_id": counter.project.pk, "object_ids": receipts}

    asked = api("POST", "print-batches/", body)
    path = f"print-batches/{asked.json()['id']}/"
    early = api("POST", f"{path}content/")
    runner.run(asked.json()["job_id"], lambda: factories.NOW)
    shown = api("GET", path).json()
    file = api("POST", f"{path}content/")

    assert asked.status_code == 202
    assert (asked.json()["is_active"], asked.json()["paper_count"]) == (True, 2)
    assert refusal(early) == (404, "not-found")
    assert (shown["is_active"], shown["done_count"], shown["refused_count"]) == (False, 2, 0)
    assert [paper["state"] for paper in shown["papers"]] == ["DONE", "DONE"]
    assert len(pages_of(file.content)) == 2
    assert refusal(api("POST", f"{path}go-on/")) == (409, "documents.batch-not-still")
    stranger = sign_in("wu", ("collector", counter.project.pk))
    assert stranger("POST", f"{path}content/").status_code == 404
    assert api("DELETE", path).status_code == 204
    assert not PrintBatch.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"kind": "letters"}, 400),
        ({"object_ids": []}, 400),
        ({"object_ids": list(range(1, 502))}, 400),
        ({"project_id": 999_999}, 404),
    ],
)
def test_a_batch_that_is_not_asked_for_well(
    counter: Counter, change: dict[str, Any], status: int
) -> None:
    body = {"kind": "receipts", "project_id": counter.project.pk, "object_ids": [1], **change}

    assert sign_in("zhouting")("POST", "print-batches/", body).status_code == status
    assert not PrintBatch.objects.exists()


# ---- templates ----------------------------------------------------------------------------------


@pytest.fixture
def admin(tenant: Company) -> Api:
    return sign_in_by_browser("xujing", ("company_admin", None))


def test_a_project_overrides_a_template_and_gives_way_again(counter: Counter, admin: Api) -> None:
    own = f"projects/{counter.project.pk}/print-templates/receipt/zh-hans/"
    company = "print-templates/receipt/zh-hans/"

    def shown(path: str) -> tuple[str, int, str]:
        found = admin("GET", path).json()
        return found["origin"], found["version"], found["body"][:4]

    assert shown(own)[:2] == ("STANDARD", 0)
    changed = admin("PUT", own, {"body": "# 项目", "seen_version": 0})
    assert (changed.json()["origin"], changed.json()["project_id"]) == (
        "PROJECT",
        counter.project.pk,
    )
    admin("PUT", company, {"body": "# 公司", "seen_version": 0})
    assert (shown(own), shown(company)) == (("PROJECT", 1, "# 项目"), ("COMPANY", 1, "# 公司"))

    answer = admin("POST", f"{own}reset/", {"seen_version": 1})
    assert (answer.status_code, shown(own)) == (200, ("COMPANY", 2, "# 公司"))
    again = admin("POST", f"{own}reset/", {"seen_version": 2})
    assert refusal(again) == (409, "documents.nothing-to-reset")
    listed = admin("GET", f"projects/{counter.project.pk}/print-templates/").json()
    assert {row["origin"] for row in listed if row["paper"] == "receipt"} == {
        "COMPANY",
        "STANDARD",
    }


@pytest.mark.parametrize("address", ["", "receipt/en/", "receipt/en/reset/", "receipt/en/preview/"])
def test_templates_of_a_project_there_is_not(admin: Api, address: str) -> None:
    body = {"": None, "receipt/en/": None}.get(
        address, {"body": "x"} if "preview" in address else {"seen_version": 0}
    )

    answer = admin(
        "GET" if body is None else "POST", f"projects/999999/print-templates/{address}", body
    )

    assert answer.status_code == 404
    assert not PrintTemplate.objects.exists()
