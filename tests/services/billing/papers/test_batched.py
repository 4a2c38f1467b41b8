"""Receipts and payment notices in batches: made one by one, each once, handed out as one file."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kernel import access
from kernel.access import Actor
from kernel.access.models import PostHolding
from kernel.audit.models import AuditEntry
from kernel.documents import tasks
from kernel.documents.batches import operations, queries
from kernel.documents.models import (
    Attachment,
    BatchPaper,
    BatchPart,
    IssuedNumber,
    PaperState,
    PrintBatch,
)
from kernel.errors import NotFound
from kernel.jobs import operations as jobs
from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from kernel.notifications.models import Notification
from kernel.policies import operations as policies
from services.billing.cashier.models import Receipt
from services.billing.papers import operations as papers
from services.properties.models import Household
from tenants.companies.models import Company
from tests import factories_cashier as counters
from tests.factories import NOW, TODAY, add_actor
from tests.factories_cashier import Bill, Counter
from tests.kernel.documents.printing.pdf import pages_of

ROOMS = ("101", "102", "103", "104")


@pytest.fixture
def counter(tenant: Company) -> Counter:
    assert tasks.print_batch is not None  # registers the work
    return counters.open_counter()


@pytest.fixture
def households(counter: Counter) -> list[Household]:
    """Four households; the third owes nothing that is overdue."""
    found = [counters.add_household(counter.project, room, f"业主{room}") for room in ROOMS]
    for household in found:
        due_on = TODAY + timedelta(days=9) if household.code == "103" else date(2026, 10, 10)
        counters.post_bills(household, [Bill("300.00", due_on=due_on)])
    return found


@pytest.fixture
def receipts(counter: Counter, households: list[Household]) -> list[Receipt]:
    return [counters.pay(counter.collector, household, "10.00") for household in households]


def start(counter: Counter, kind: str, ids: list[int], **values: Any) -> PrintBatch:
    return operations.start_batch(
        **{
            "actor": counter.collector,
            "kind": kind,
            "project_id": counter.project.pk,
            "object_ids": ids,
            "language": "zh-hans",
            "now": NOW,
            **values,
        }
    )


def notices(counter: Counter, households: list[Household], **values: Any) -> PrintBatch:
    return start(counter, "payment-notices", [one.pk for one in households], **values)


def work(batch: PrintBatch, now: datetime = NOW) -> JobState | None:
    """Do the work, as a worker would."""
    batch.refresh_from_db()
    assert batch.job_id is not None
    ended = runner.run(batch.job_id, lambda: now)
    batch.refresh_from_db()
    return ended


def standing(counter: Counter, batch: PrintBatch) -> queries.BatchStanding:
    return queries.get_standing(actor=counter.collector, batch_id=batch.pk, now=NOW)


def pages(counter: Counter, batch: PrintBatch) -> list[str]:
    return pages_of(operations.fetch(actor=counter.collector, batch_id=batch.pk, now=NOW)[1])


def test_receipts_come_in_order_as_one_file(counter: Counter, receipts: list[Receipt]) -> None:
    batch = start(counter, "receipts", [receipt.pk for receipt in reversed(receipts)])

    assert work(batch) == JobState.DONE

    found = pages(counter, batch)
    assert len(found) == len(receipts)
    for page, receipt in zip(found, reversed(receipts), strict=True):
        assert receipt.code in page
        assert "第1次打印" in page
    assert [receipt.printed_count for receipt in Receipt.objects.all()] == [1] * len(receipts)
    assert not BatchPaper.objects.exclude(content_encrypted=None).exists()
    (notice,) = Notification.objects.filter(kind="documents.print-ready")
    assert (notice.user_id, notice.url) == (counter.collector.user_id, "/c/downloads/")


def test_notices_are_numbered_kept_and_what_is_not_possible_is_told(
    counter: Counter, households: list[Household]
) -> None:
    batch = notices(counter, households)

    work(batch)

    assert len(pages(counter, batch)) == 3
    states = list(batch.papers.order_by("position").values_list("state", "refusal"))
    assert [state for state, _refusal in states] == ["DONE", "DONE", "REFUSED", "DONE"]
    assert states[2][1]
    assert batch.papers.get(state="REFUSED").label == "103室"
    assert list(IssuedNumber.objects.order_by("pk").values_list("count", flat=True)) == [1, 2, 3]
    assert Attachment.objects.filter(kind="payment-notice").count() == 3
    found = standing(counter, batch).batch
    assert (found.paper_count, found.done_count, found.refused_count) == (4, 3, 1)  # type: ignore[attr-defined]


def test_nothing_possible_at_all_makes_no_file(
    counter: Counter, households: list[Household]
) -> None:
    batch = notices(counter, [households[2]])

    assert work(batch) == JobState.DONE
    assert (batch.file_size, batch.ready_at) == (0, NOW)
    with pytest.raises(NotFound):
        operations.fetch(actor=counter.collector, batch_id=batch.pk, now=NOW)


class Killed(BaseException):
    """What a worker that is killed leaves behind: nothing of what it had not committed."""


def test_a_killed_worker_is_followed_by_another_and_no_paper_is_made_twice(
    counter: Counter, households: list[Household], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = notices(counter, households)
    made = papers.issue_notice
    calls = []

    def dies_at_the_second(**values: Any) -> Any:
        calls.append(values["household_id"])
        issued = made(**values)
        if len(calls) == 2:
            raise Killed
        return issued

    with monkeypatch.context() as patched:
        patched.setattr(papers, "issue_notice", dies_at_the_second)
        with pytest.raises(Killed):
            work(batch)
    assert Job.objects.get().state == JobState.RUNNING  # nobody could say otherwise
    assert list(batch.papers.order_by("position").values_list("state", flat=True)) == [
        "DONE", "WAITING", "WAITING", "WAITING",
    ]  # fmt: skip
    assert IssuedNumber.objects.count() == 1

    late = NOW + jobs.SILENT_TOO_LONG + timedelta(seconds=1)
    assert work(batch, late) == JobState.DONE

    assert len(pages(counter, batch)) == 3
    assert list(IssuedNumber.objects.order_by("pk").values_list("count", flat=True)) == [1, 2, 3]
    assert Attachment.objects.filter(kind="payment-notice").count() == 3


def test_a_stopped_batch_is_gone_on_with(counter: Counter, households: list[Household]) -> None:
    batch = notices(counter, households)
    operations.stop(actor=counter.collector, batch_id=batch.pk, now=NOW)
    assert work(batch) is None
    assert standing(counter, batch).may_go_on
    assert not IssuedNumber.objects.exists()

    operations.go_on(actor=counter.collector, batch_id=batch.pk, now=NOW)
    with pytest.raises(operations.BatchNotStill):
        operations.go_on(actor=counter.collector, batch_id=batch.pk, now=NOW)

    assert work(batch) == JobState.DONE
    assert len(pages(counter, batch)) == 3
    with pytest.raises(operations.BatchNotStill):
        operations.go_on(actor=counter.collector, batch_id=batch.pk, now=NOW)


def test_asking_twice_makes_one_batch(counter: Counter, households: list[Household]) -> None:
    first = notices(counter, households)

    assert notices(counter, households) == first
    assert notices(counter, households[:1]) != first
    assert (PrintBatch.objects.count(), Job.objects.count()) == (2, 2)
    assert AuditEntry.objects.filter(event="documents.print-batch.asked").count() == 2


def test_how_much_is_asked_for_is_bounded(counter: Counter, households: list[Household]) -> None:
    with pytest.raises(operations.NothingToPrint):
        start(counter, "receipts", [])
    with pytest.raises(operations.TooManyPapers):
        start(counter, "receipts", list(range(1, operations.MOST_PAPERS + 2)))
    for household in households[:3]:
        notices(counter, [household])
    with pytest.raises(operations.TooManyBatches):
        notices(counter, households[3:])
    assert PrintBatch.objects.count() == 3


def test_a_batch_takes_the_action_in_its_project(
    counter: Counter, households: list[Household]
) -> None:
    reader = add_actor("liu", "meter_reader", project_id=counter.project.pk)
    other = counters.open_counter("HB", "湖滨", "wu")

    with pytest.raises(access.ActionDenied):
        notices(counter, households, actor=reader)
    with pytest.raises(NotFound):
        notices(counter, households, actor=other.collector)
    with pytest.raises(NotFound):
        start(counter, "nothing", [households[0].pk])
    assert not PrintBatch.objects.exists()

    batch = notices(counter, households, actor=other.collector, project_id=other.project.pk)
    work(batch)
    assert set(batch.papers.values_list("state", flat=True)) == {PaperState.REFUSED}
    assert not IssuedNumber.objects.exists()


def test_a_project_there_is_not_is_not_printed_in_by_who_may_everywhere(
    counter: Counter, households: list[Household]
) -> None:
    everywhere = add_actor("chen", "collector")

    with pytest.raises(NotFound):
        notices(counter, households, actor=everywhere, project_id=999_999)
    assert not PrintBatch.objects.exists()


def test_whoever_lost_his_post_prints_and_fetches_nothing(
    counter: Counter, receipts: list[Receipt]
) -> None:
    ready = start(counter, "receipts", [receipts[0].pk])
    work(ready)
    waiting = start(counter, "receipts", [receipts[1].pk])
    PostHolding.objects.filter(user_id=counter.collector.require_person()).update(valid_to=TODAY)
    without = Actor(label="zhouting", user_id=counter.collector.user_id)

    assert work(waiting) == JobState.FAILED
    assert Receipt.objects.get(pk=receipts[1].pk).printed_count == 0
    with pytest.raises(NotFound):
        operations.fetch(actor=without, batch_id=ready.pk, now=NOW)


def test_nobody_sees_anothers_batch(counter: Counter, receipts: list[Receipt]) -> None:
    batch = start(counter, "receipts", [receipts[0].pk])
    work(batch)
    colleague = add_actor("chen", "collector", project_id=counter.project.pk)

    for attempt in (operations.fetch, operations.go_on, operations.stop, operations.throw_away):
        with pytest.raises(NotFound):
            attempt(actor=colleague, batch_id=batch.pk, now=NOW)
    assert PrintBatch.objects.filter(pk=batch.pk).exists()


def test_what_is_over_goes_and_what_was_issued_stays(
    counter: Counter, households: list[Household]
) -> None:
    batch = notices(counter, households)
    work(batch)

    assert operations.drop_expired(now=NOW + timedelta(days=6)) == 0
    assert operations.drop_expired(now=NOW + timedelta(days=7)) == 1
    assert not BatchPart.objects.exists()
    assert IssuedNumber.objects.count() == 3
    assert Attachment.objects.filter(kind="payment-notice").count() == 3


def test_nothing_lies_in_the_clear(counter: Counter, receipts: list[Receipt]) -> None:
    batch = start(counter, "receipts", [receipts[0].pk])
    work(batch)

    content = operations.fetch(actor=counter.collector, batch_id=batch.pk, now=NOW)[1]

    assert content.startswith(b"%PDF")
    parts = b"".join(bytes(part.content_encrypted) for part in BatchPart.objects.all())
    assert content[:64] not in parts  # of fewer bytes chance makes some


@pytest.mark.parametrize(
    ("language", "party", "payee"),
    [
        ("zh-hans", "company", "Alpha"),
        ("zh-hans", "committee", "云麓花园业主委员会"),
        ("en", "committee", "Owners'committeeof云麓花园"),
    ],
)
def test_notice_says_to_whom_the_owners_of_the_project_pay(
    counter: Counter, households: list[Household], language: str, party: str, payee: str
) -> None:
    policies.set_value(
        actor=access.SYSTEM,
        key="project.collection_party",
        text=party,
        project_id=counter.project.pk,
        now=NOW,
        today=TODAY,
    )

    _number, pdf = papers.issue_notice(
        actor=counter.collector,
        household_id=households[0].pk,
        language=language,
        now=NOW,
        today=TODAY,
    )

    assert payee in "".join(pages_of(pdf))
