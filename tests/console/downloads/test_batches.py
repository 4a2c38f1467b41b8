"""Batches of papers from the lists, and among one's own downloads."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kernel.documents import tasks
from kernel.documents.models import BatchPaper, IssuedNumber, PrintBatch
from kernel.jobs import runner
from services.billing.cashier.models import Receipt
from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories_cashier as counters
from tests.console.browser import Browser, browser_of
from tests.factories_cashier import Bill, Counter
from tests.kernel.documents.printing.pdf import pages_of

DOWNLOADS = "downloads"


@pytest.fixture
def counter(tenant: Company) -> Counter:
    assert tasks.print_batch is not None  # registers the work
    return counters.open_counter()


@pytest.fixture
def households(counter: Counter) -> list[Household]:
    found = []
    for room in ("101", "102"):
        household = counters.add_household(counter.project, room)
        counters.post_bills(household, [Bill("300.00", due_on=date(2026, 1, 10))])
        found.append(household)
    return found


@pytest.fixture
def client(counter: Counter) -> Browser:
    return browser_of("zhouting")


def choose(client: Client, route: str, counter: Counter, do: str, rows: list[Any]) -> Any:
    return client.post(
        reverse(route, args=[counter.project.pk]),
        {"do": f"bulk:{do}", "pick": [str(row.pk) for row in rows]},
    )


def work() -> PrintBatch:
    batch = PrintBatch.objects.latest("pk")
    assert batch.job_id is not None
    runner.run(batch.job_id, timezone.now)
    return batch


def test_chosen_receipts_are_printed_in_one_file(
    client: Browser, counter: Counter, households: list[Household]
) -> None:
    receipts = [counters.pay(counter.collector, one, "10.00") for one in households]

    answer = choose(client, "receipts", counter, "print", receipts)
    waiting = client.get(reverse(DOWNLOADS)).content.decode()
    batch = work()
    ready = client.get(reverse(DOWNLOADS)).content.decode()
    file = client.post(reverse("downloads-batch", args=[batch.pk]))

    assert answer.headers["Location"] == reverse(DOWNLOADS)
    assert 'data-poll="2000"' in waiting
    assert 'data-poll="2000"' not in ready
    assert len(pages_of(file.content)) == 2
    assert [receipt.printed_count for receipt in Receipt.objects.all()] == [1, 1]


def test_chosen_households_get_notices(
    client: Browser, counter: Counter, households: list[Household]
) -> None:
    choose(client, "arrears", counter, "notices", households)
    work()

    assert IssuedNumber.objects.count() == 2


def test_a_batch_is_stopped_gone_on_with_and_thrown_away(
    client: Browser, counter: Counter, households: list[Household]
) -> None:
    choose(client, "arrears", counter, "notices", households)
    batch = PrintBatch.objects.get()

    client.post(reverse("downloads-batch-stop", args=[batch.pk]))
    still = client.get(reverse(DOWNLOADS)).content.decode()
    client.post(reverse("downloads-batch-go-on", args=[batch.pk]))
    work()
    client.post(reverse("downloads-batch-delete", args=[batch.pk]))

    assert reverse("downloads-batch-go-on", args=[batch.pk]) in still
    assert IssuedNumber.objects.count() == 2
    assert not PrintBatch.objects.exists()


def test_the_page_costs_the_same_however_many_batches(
    client: Browser, counter: Counter, django_assert_num_queries: Any
) -> None:
    def add(count: int) -> None:
        for _time in range(count):
            batch = PrintBatch.objects.create(
                owner_id=counter.collector.require_person(),
                kind="receipts",
                project_id=counter.project.pk,
                language="en",
                asked_at=timezone.now(),
            )
            BatchPaper.objects.create(
                batch=batch, position=0, object_id=1, state="REFUSED", refusal="gone"
            )

    add(1)
    client.get(reverse(DOWNLOADS))
    with django_assert_num_queries(11):
        client.get(reverse(DOWNLOADS))
    add(5)
    with django_assert_num_queries(11):
        client.get(reverse(DOWNLOADS))
