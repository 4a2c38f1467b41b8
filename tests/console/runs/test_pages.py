"""Bill runs, bills and the ledger in the console: what each person sees and can press."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from services.billing.runs.models import BillLine, BillRun, RunState
from tenants.companies.models import Company
from tests import factories as people
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.console.browser import Browser, browser_of
from tests.factories_runs import NOW, Office


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages read the clock: it is 10:00 on the 22nd in Shanghai."""
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW)


@pytest.fixture
def office(tenant: Company) -> Office:
    office = factories.open_office()
    home = billing.add_unit(office.project, "1-1-0101", area="100.00")
    factories.read(billing.add_meter(home), "20")
    billing.add_unit(office.project, "储-01", kind="STORAGE")
    return office


@pytest.fixture
def collector(office: Office) -> Browser:
    return browser_of("zhouting")


@pytest.fixture
def director(office: Office) -> Browser:
    return browser_of("zhaomin")


@pytest.fixture
def manager(office: Office) -> Browser:
    return browser_of("fangqiming")


def page(browser: Browser, run: BillRun) -> str:
    answer = browser.get(reverse("bill-runs-run", args=[run.project_id, run.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def step(browser: Browser, run: BillRun, name: str, **data: Any) -> Any:
    return browser.post(reverse(f"bill-runs-{name}", args=[run.project_id, run.pk]), data)


def test_a_month_from_the_form_to_the_bills(
    office: Office, collector: Browser, director: Browser
) -> None:
    new = reverse("bill-runs-new", args=[office.project.pk])
    form = collector.get(new).content.decode()
    assert 'value="2026-11-01" selected' in form
    assert 'value="2026-12-01"' in form

    answer = collector.post(new, {"period": "2026-11-01"})
    run = BillRun.objects.get()
    assert answer.headers["Location"] == reverse("bill-runs-run", args=[run.project_id, run.pk])
    assert "Computing the draft" in page(collector, run)
    factories.work(run)

    draft = page(director, run)
    assert "343.70" in draft
    assert "No fee standard applies" in draft
    assert "Confirm the amounts" in draft
    answer = step(
        director, run, "check", expected_lines="2", expected_amount="343.70", note="as before"
    )
    assert answer.status_code == 302
    checked = page(director, run)
    assert "Post the bills" in checked
    assert "as before" in checked
    assert step(director, run, "post").status_code == 302
    run.refresh_from_db()
    assert "Posting the bills" in page(director, run)
    factories.work(run)

    assert run.state == RunState.POSTED
    assert "All bills of the month" in page(director, run)
    assert BillLine.objects.count() == 2


def test_a_month_under_way_leads_to_its_run(office: Office, collector: Browser) -> None:
    run = factories.preview(office)

    answer = collector.post(
        reverse("bill-runs-new", args=[office.project.pk]), {"period": "2026-11-01"}
    )

    assert answer.headers["Location"] == reverse("bill-runs-run", args=[run.project_id, run.pk])


def test_a_month_that_cannot_be_prepared_is_refused_in_the_form(
    office: Office, collector: Browser
) -> None:
    answer = collector.post(
        reverse("bill-runs-new", args=[office.project.pk]), {"period": "2027-06-01"}
    )

    assert answer.status_code == 422
    assert "next month at most" in answer.content.decode()


def test_the_preparer_is_told_that_somebody_else_checks(office: Office, director: Browser) -> None:
    run = factories.preview(office, actor=office.director)

    assert "somebody else checks it" in page(director, run)
    answer = step(director, run, "check", expected_lines="2", expected_amount="343.70")

    assert answer.status_code == 403
    run.refresh_from_db()
    assert run.state == RunState.PREVIEW


def test_who_may_not_check_sees_no_button(office: Office, collector: Browser) -> None:
    run = factories.preview(office)

    assert "Confirm the amounts" not in page(collector, run)


def test_the_checker_is_told_of_readings_of_his_own(office: Office, director: Browser) -> None:
    home = billing.add_unit(office.project, "1-1-0102", area="100.00")
    factories.read(billing.add_meter(home), "5", recorded_by=office.director.user_id)
    run = factories.preview(office)

    assert "You entered 1 of the readings" in page(director, run)


def test_a_draft_that_has_changed_is_not_confirmed(office: Office, manager: Browser) -> None:
    run = factories.preview(office)

    answer = step(manager, run, "check", expected_lines="2", expected_amount="1.00")

    assert answer.status_code == 409
    assert "has changed since you looked" in answer.content.decode()


def test_bills_wait_for_the_tenth(
    office: Office, director: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = factories.preview(office)
    factories.check(office, run)
    monkeypatch.setattr("console.views.timezone.now", lambda: NOW.replace(day=8))

    assert "Collection opens on 2026-11-10" in page(director, run)
    answer = step(director, run, "post")

    assert answer.status_code == 409
    assert BillLine.objects.count() == 0


def test_the_card_of_the_work_polls_until_it_is_over(office: Office, collector: Browser) -> None:
    run = factories.prepare(office)
    work = reverse("bill-runs-work", args=[run.project_id, run.pk])

    assert "data-poll" in collector.get(work).content.decode()
    factories.work(run)

    answer = collector.get(work)
    assert answer.headers["HX-Redirect"] == reverse("bill-runs-run", args=[run.project_id, run.pk])


def test_work_is_stopped_and_begun_again(office: Office, collector: Browser) -> None:
    run = factories.prepare(office)

    assert step(collector, run, "stop").status_code == 302
    assert "Stopped." in page(collector, run)
    assert step(collector, run, "recompute").status_code == 302

    run.refresh_from_db()
    assert run.state == RunState.COMPUTING


def test_a_run_is_cancelled(office: Office, collector: Browser) -> None:
    run = factories.preview(office)

    assert step(collector, run, "cancel", reason="prices change").status_code == 302

    assert "prices change" in page(collector, run)
    assert step(collector, run, "cancel").status_code == 409


@pytest.fixture
def water(office: Office) -> BillLine:
    factories.posted(office)
    return BillLine.objects.get(item__code="SF")


def test_a_bill_tells_how_it_came_about(collector: Browser, water: BillLine) -> None:
    text = collector.get(reverse("bills-bill", args=[water.project_id, water.pk])).content.decode()

    assert "40.6000" in text  # 14 × 2.90
    assert "23.1000" in text  # 6 × 3.85
    assert "1-1-0101-W" in text
    assert "居民生活用水" in text
    assert "Reverse the bill" not in text


def test_a_bill_is_reversed(director: Browser, water: BillLine) -> None:
    address = reverse("bills-reverse", args=[water.project_id, water.pk])

    assert director.post(address, {"reason": ""}).status_code == 422
    assert director.post(address, {"reason": "wrong meter"}).status_code == 302
    text = director.get(reverse("bills-bill", args=[water.project_id, water.pk])).content.decode()
    assert "wrong meter" in text
    assert director.post(address, {"reason": "again"}).status_code == 409


LISTS: list[Callable[[BillLine], tuple[str, str]]] = [
    lambda line: (reverse("bill-runs", args=[line.project_id]), "November 2026"),
    lambda line: (reverse("bill-runs-lines", args=[line.project_id, line.run_id]), "No draft"),
    lambda line: (reverse("bill-runs-skips", args=[line.project_id, line.run_id]), "储-01"),
    lambda line: (reverse("bills", args=[line.project_id]), "63.70"),
    lambda line: (reverse("bills-account", args=[line.project_id, line.household_id]), "343.70"),
]


@pytest.mark.parametrize("address", LISTS)
def test_lists_show_what_is_there(
    director: Browser, water: BillLine, address: Callable[[BillLine], tuple[str, str]]
) -> None:
    url, expected = address(water)

    answer = director.get(url)

    assert answer.status_code == 200
    assert expected in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?month=2026-11-01", 2),
        ("?month=2026-11-01&state=OPEN", 2),
        ("?state=OVERDUE", 0),
        ("?amount_from=100", 1),
        ("?q=0101", 2),
        ("?q=nobody", 0),
    ],
)
def test_bills_are_filtered(director: Browser, water: BillLine, query: str, count: int) -> None:
    text = director.get(reverse("bills", args=[water.project_id]) + query).content.decode()

    assert text.count("/bills/") - text.count("/bills/?") >= count
    assert f"{count} bill" in text


@pytest.mark.parametrize("address", LISTS)
def test_another_projects_pages_do_not_exist(
    water: BillLine, address: Callable[[BillLine], tuple[str, str]]
) -> None:
    other = billing.add_project("HB", "湖滨")
    people.add_actor("sun", "charging_director", project_id=other.pk)

    assert browser_of("sun").get(address(water)[0]).status_code == 404


@pytest.mark.parametrize(
    "route", ["bill-runs-run", "bill-runs-work", "bill-runs-lines", "bill-runs-skips"]
)
def test_a_run_under_the_address_of_another_project_is_not_found(
    director: Browser, water: BillLine, route: str
) -> None:
    other = billing.add_project("HB", "湖滨")

    assert director.get(reverse(route, args=[other.pk, water.run_id])).status_code == 404


@pytest.mark.parametrize("route", ["bills-bill", "bills-account"])
def test_a_bill_under_the_address_of_another_project_is_not_found(
    director: Browser, water: BillLine, route: str
) -> None:
    other = billing.add_project("HB", "湖滨")
    key = water.pk if route == "bills-bill" else water.household_id

    assert director.get(reverse(route, args=[other.pk, key])).status_code == 404


def test_a_list_takes_the_same_queries_whatever_its_length(
    office: Office, director: Browser, water: BillLine
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert director.get(reverse("bills", args=[office.project.pk])).status_code == 200
        return len(captured)

    queries()  # the first request of a process also looks up content types and the like
    few = queries()
    factories.add_homes(office.project, 30, start=200)
    factories.posted(office)

    assert queries() == few <= 16  # twelve of the list, four of the frame


# ---- the ledger ---------------------------------------------------------------------------------


def test_the_books_are_checked_from_the_page(director: Browser, water: BillLine) -> None:
    address = reverse("ledger")
    assert "have not been checked yet" in director.get(address).content.decode()

    assert director.post(address).status_code == 302
    assert "data-poll" in director.get(reverse("ledger-check")).content.decode()
    job = Job.objects.get(kind="billing.ledger.check")
    assert runner.run(job.pk, lambda: NOW) == JobState.DONE

    text = director.get(address).content.decode()
    assert "The books agree" in text
    assert "data-poll" not in text
    assert "343.70" in text  # the trial balance


def test_the_trial_balance_of_days_that_are_none_is_refused(
    director: Browser, water: BillLine
) -> None:
    query = "?project=&first_day=2026-11-30&last_day=2026-11-01"

    assert director.get(reverse("ledger") + query).status_code == 422


def test_a_manager_of_one_project_sees_its_balance_only(water: BillLine) -> None:
    people.add_actor("sun", "property_manager", project_id=water.project_id)

    answer = browser_of("sun").get(reverse("ledger"))

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "343.70" in text
    assert "span all projects" in text
    assert (
        "All projects" not in text.partition('<select name="project"')[2].partition("</select>")[0]
    )


def test_a_collector_does_not_see_the_ledger(collector: Browser) -> None:
    assert collector.get(reverse("ledger")).status_code == 403
