"""Making a checked draft into bills."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import access
from kernel.db import violated_constraint
from kernel.jobs.models import Job, JobState
from services.billing.ledger.models import Journal, Posting
from services.billing.runs import chunks, operations, posting
from services.billing.runs.models import (
    BillLine,
    BillRun,
    BillRunChunk,
    DraftLine,
    RunState,
)
from services.properties.models import Unit
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_billing import NOVEMBER
from tests.factories_runs import NOW, TODAY, Office
from tests.services.billing.runs.conftest import events


def test_posting_makes_bills_and_their_journal(office: Office) -> None:
    home = billing.add_unit(office.project, "1-1-0101", area="100.00")
    billing.add_unit(office.project, "B1-0001", kind="PARKING", area=None, household=home.household)
    factories.read(billing.add_meter(home), "10")
    shop = billing.add_unit(office.project, "S-01", kind="SHOP", area="50.00")
    run = factories.preview(office)
    factories.check(office, run)

    run = factories.start_posting(office, run)
    assert run.state == RunState.POSTING
    assert factories.work(run) == JobState.DONE

    assert (run.state, run.posted_by, run.posted_at) == (
        RunState.POSTED,
        office.director.user_id,
        NOW,
    )
    assert factories.bills(run) == [
        ("1-1-0101", "SF", Decimal("29.00")),
        ("1-1-0101", "WYF", Decimal("280.00")),
        ("B1-0001", "CWF", Decimal("60.00")),
        ("S-01", "WYF", Decimal("325.00")),
    ]
    journal = Journal.objects.get()
    assert (journal.kind, journal.source_type) == ("BILLS", "billrunchunk")
    assert (journal.effective_on, journal.posted_by) == (TODAY, office.director.user_id)
    assert sorted(
        journal.postings.values_list("account__code", "household_id", "amount"), key=str
    ) == [
        ("1122", home.household_id, Decimal("369.00")),
        ("1122", shop.household_id, Decimal("325.00")),
        ("2241.01", None, Decimal("-29.00")),
        ("6001.01", None, Decimal("-605.00")),
        ("6001.03", None, Decimal("-60.00")),
    ]
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert DraftLine.objects.count() == 0
    assert events(run)[-3:] == [
        "billing.run.checked",
        "billing.run.posting-started",
        "billing.run.posted",
    ]


def test_a_line_names_what_it_came_from(office: Office) -> None:
    home = billing.add_unit(office.project, "1-1-0101", state="VACANT", area="100.00")
    run = factories.posted(office)

    line = BillLine.objects.get()

    assert (line.project_id, line.household_id, line.unit_id) == (
        office.project.pk,
        home.household_id,
        home.pk,
    )
    assert (line.quantity, line.price, line.rate, line.amount) == (
        Decimal("100.00"),
        Decimal("2.8"),
        Decimal("0.7"),
        Decimal("196.00"),
    )
    assert (line.period, line.due_on, line.issued_on) == (NOVEMBER, TODAY, TODAY)
    assert (line.paid_amount, line.is_reversed, line.run_id) == (Decimal(0), False, run.pk)


def test_bills_issued_on_the_opening_day_are_due_on_the_due_day(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.preview(office)
    factories.check(office, run)

    run = factories.start_posting(office, run, today=date(2026, 11, 10))

    assert (run.issued_on, run.due_on) == (date(2026, 11, 10), date(2026, 11, 10))


def test_collection_opens_on_the_tenth(office: Office) -> None:
    """S-01 (d)."""
    factories.add_homes(office.project, 1)
    run = factories.preview(office)
    factories.check(office, run)

    with pytest.raises(operations.CollectionNotOpen) as error:
        factories.start_posting(office, run, today=date(2026, 11, 9))

    assert error.value.details == {"opens_on": "2026-11-10"}
    run.refresh_from_db()
    assert (run.state, Job.objects.filter(kind="billing.run.post").count()) == ("CHECKED", 0)


def test_bills_of_next_month_wait_for_it(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.preview(office, period=date(2026, 12, 1))
    factories.check(office, run)

    with pytest.raises(operations.CollectionNotOpen):
        factories.start_posting(office, run)


def test_an_unchecked_run_is_not_posted(office: Office) -> None:
    """S-01 (e)."""
    factories.add_homes(office.project, 1)
    run = factories.preview(office)

    with pytest.raises(operations.NotChecked):
        factories.start_posting(office, run)

    assert BillLine.objects.count() == Journal.objects.count() == 0


def test_the_database_too_refuses_to_post_what_is_not_checked(office: Office) -> None:
    run = factories.preview(office)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BillRun.objects.filter(pk=run.pk).update(state=RunState.POSTING)

    assert violated_constraint(error.value) == "billrun_posted_only_when_checked"


def test_pressing_post_twice_starts_one_job(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.preview(office)
    factories.check(office, run)
    first = factories.start_posting(office, run)

    second = factories.start_posting(office, run)

    assert second.job_id == first.job_id
    assert Job.objects.filter(kind="billing.run.post").count() == 1


def test_a_posted_run_is_not_posted_again(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.posted(office)

    with pytest.raises(operations.RunStateWrong):
        factories.start_posting(office, run)

    assert BillLine.objects.count() == 1


def test_only_the_charging_director_posts(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.preview(office)
    factories.check(office, run)

    for actor in (office.collector, office.manager):
        with pytest.raises(access.ActionDenied):
            operations.post_run(actor=actor, run_id=run.pk, now=NOW, today=TODAY)


def test_a_posted_chunk_is_not_posted_again(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.posted(office)
    BillRun.objects.update(state=RunState.POSTING)
    chunk = BillRunChunk.objects.get()

    assert posting.post_chunk(run_id=run.pk, chunk_id=chunk.pk, now=NOW) is False

    assert (BillLine.objects.count(), Journal.objects.count()) == (1, 1)


def test_a_run_that_is_not_posting_posts_nothing(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.preview(office)
    chunk = BillRunChunk.objects.get()

    with pytest.raises(chunks.RunMovedOn):
        posting.post_chunk(run_id=run.pk, chunk_id=chunk.pk, now=NOW)

    assert BillLine.objects.count() == 0


def test_a_draft_that_a_hand_was_in_is_not_posted(office: Office) -> None:
    factories.add_homes(office.project, 2)
    run = factories.preview(office)
    factories.check(office, run)
    DraftLine.objects.filter(unit__code="1-1-0001").update(amount=Decimal("279.99"))
    run = factories.start_posting(office, run)

    assert factories.work(run) == JobState.FAILED

    assert run.state == RunState.FAILED
    assert "not the one that was checked" in run.error
    assert BillLine.objects.count() == Journal.objects.count() == Posting.objects.count() == 0


@pytest.mark.parametrize("change", ["removed", "moved"])
def test_a_unit_that_is_gone_or_has_changed_hands_is_not_billed(
    office: Office, change: str
) -> None:
    home, other = factories.add_homes(office.project, 2)
    run = factories.preview(office)
    factories.check(office, run)
    if change == "removed":
        Unit.objects.filter(pk=home.pk).delete()
    else:
        Unit.objects.filter(pk=home.pk).update(household=other.household)
    run = factories.start_posting(office, run)

    assert factories.work(run) == JobState.FAILED

    assert "changed hands" in run.error
    assert BillLine.objects.count() == 0
    cancelled = operations.cancel_run(actor=office.collector, run_id=run.pk, now=NOW)
    assert cancelled.state == RunState.CANCELLED


def test_a_second_run_of_the_month_bills_only_what_is_new(office: Office) -> None:
    factories.add_homes(office.project, 2)
    factories.posted(office)
    factories.add_homes(office.project, 1, start=3)

    run = factories.posted(office)

    assert factories.bills(run) == [("1-1-0003", "WYF", Decimal("280.00"))]
    assert (run.draft_lines, run.billed_before) == (1, 2)
    assert BillLine.objects.count() == 3
