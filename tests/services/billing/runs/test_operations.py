from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from kernel import access
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.audit.queries import history_of
from kernel.db import violated_constraint
from kernel.errors import DomainError, NotFound
from kernel.jobs.models import Job, JobState
from services.billing.ledger import invariants
from services.billing.ledger.models import Journal, Posting
from services.billing.runs import chunks, operations, posting, rules
from services.billing.runs.models import (
    BillLine,
    BillRun,
    BillRunChunk,
    DraftLine,
    RunSkip,
    RunState,
)
from services.properties.models import Unit
from tenants.companies.models import Company
from tests import factories as people
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_billing import NOVEMBER, OCTOBER
from tests.factories_runs import NOW, TODAY, Office


@pytest.fixture
def office(tenant: Company) -> Office:
    return factories.open_office()


def events(run: BillRun) -> list[str]:
    return [entry.event for entry in reversed(history_of(run))]


# ---- prepare ------------------------------------------------------------------------------------


def test_a_run_is_prepared_and_its_work_queued(office: Office) -> None:
    run = factories.prepare(office)

    assert (run.state, run.period) == (RunState.COMPUTING, NOVEMBER)
    assert (run.prepared_by, run.prepared_at) == (office.collector.user_id, NOW)
    job = factories.job_of(run)
    assert (job.kind, job.params) == ("billing.run.compute", {"run_id": run.pk})
    assert (job.project_id, job.created_by) == (office.project.pk, office.collector.user_id)
    assert events(run) == ["billing.run.prepared"]


def test_pressing_twice_gives_the_run_that_computes(office: Office) -> None:
    first = factories.prepare(office)

    second = factories.prepare(office, actor=office.director)

    assert second.pk == first.pk
    assert (BillRun.objects.count(), Job.objects.count()) == (1, 1)


def test_a_month_whose_run_waits_is_not_prepared_again(office: Office) -> None:
    run = factories.preview(office)

    with pytest.raises(operations.RunOpen) as error:
        factories.prepare(office)

    assert error.value.details == {"run_id": run.pk}
    assert BillRun.objects.count() == 1


def test_another_month_may_be_prepared_beside_it(office: Office) -> None:
    factories.preview(office)

    assert factories.prepare(office, period=OCTOBER).period == OCTOBER


def test_a_month_too_far_ahead_is_refused(office: Office) -> None:
    with pytest.raises(rules.PeriodInvalid):
        factories.prepare(office, period=date(2027, 1, 1))

    assert BillRun.objects.count() == Job.objects.count() == 0


def test_a_collector_of_another_project_is_refused(office: Office) -> None:
    other = billing.add_project("HB", "湖滨")
    stranger = people.add_actor("sun", "collector", project_id=other.pk)

    with pytest.raises(NotFound):
        factories.prepare(office, actor=stranger)

    assert BillRun.objects.count() == 0


def test_who_may_not_prepare_is_refused(office: Office) -> None:
    with pytest.raises(access.ActionDenied):
        factories.prepare(office, actor=office.manager)


def test_a_project_that_is_not_there_is_refused(office: Office) -> None:
    with pytest.raises(NotFound):
        operations.prepare_run(
            actor=office.director, project_id=0, period=NOVEMBER, now=NOW, today=TODAY
        )


def test_a_program_without_a_person_is_refused(office: Office) -> None:
    with pytest.raises(operations.PersonNeeded):
        factories.prepare(office, actor=access.SYSTEM)


# ---- compute ------------------------------------------------------------------------------------


def test_computing_ends_in_the_preview(office: Office) -> None:
    factories.add_homes(office.project, 3)
    run = factories.prepare(office)

    ended = factories.work(run)

    assert ended == JobState.DONE
    assert (run.state, run.draft_lines, run.draft_amount) == (
        RunState.PREVIEW,
        3,
        Decimal("840.00"),
    )
    assert run.computed_at == NOW
    job = factories.job_of(run)
    assert (job.done, job.total) == (3, 3)
    assert job.result == {"run_id": run.pk, "lines": 3, "amount": "840.00"}
    assert events(run) == ["billing.run.prepared", "billing.run.computed"]


def test_computing_a_finished_draft_again_changes_nothing(office: Office) -> None:
    factories.add_homes(office.project, 3)
    run = factories.preview(office)
    chunk = BillRunChunk.objects.get()
    BillRun.objects.update(state=RunState.COMPUTING)

    assert computing_chunk(run, chunk) is False

    assert DraftLine.objects.count() == 3


def computing_chunk(run: BillRun, chunk: BillRunChunk) -> bool:
    from services.billing.runs.computing import compute_chunk  # noqa: PLC0415

    return compute_chunk(run_id=run.pk, chunk_id=chunk.pk)


def test_a_draft_is_computed_anew_from_what_is_true_now(office: Office) -> None:
    (home,) = factories.add_homes(office.project, 1)
    run = factories.preview(office)
    Unit.objects.filter(pk=home.pk).update(built_area=Decimal("110.00"))

    run = operations.recompute_run(actor=office.director, run_id=run.pk, now=NOW)
    assert (run.state, run.draft_lines, run.totals) == (RunState.COMPUTING, 0, [])
    factories.work(run)

    assert (run.state, run.draft_amount) == (RunState.PREVIEW, Decimal("308.00"))
    assert DraftLine.objects.get().amount == Decimal("308.00")
    assert run.prepared_by == office.director.user_id  # and so he cannot check it
    with pytest.raises(operations.CheckedByPreparer):
        factories.check(office, run, actor=office.director)


def test_a_checked_run_is_not_computed_anew(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.preview(office)
    factories.check(office, run)

    with pytest.raises(operations.RunStateWrong) as error:
        operations.recompute_run(actor=office.collector, run_id=run.pk, now=NOW)

    assert error.value.details == {"state": "CHECKED"}
    assert DraftLine.objects.count() == 1


def test_a_failure_is_told_and_can_be_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.add_homes(office.project, 1)
    run = factories.prepare(office)

    def fail(**_: Any) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("services.billing.runs.computing.compute_chunk", fail)
        with pytest.raises(ZeroDivisionError):
            factories.work(run)
    run.refresh_from_db()

    assert run.state == RunState.FAILED
    assert run.error == "Something went wrong on our side; what was done so far stands."
    assert factories.job_of(run).state == JobState.FAILED
    assert events(run)[-1] == "billing.run.interrupted"
    run = operations.recompute_run(actor=office.collector, run_id=run.pk, now=NOW)
    assert factories.work(run) == JobState.DONE
    assert (run.state, run.error) == (RunState.PREVIEW, "")


# ---- check --------------------------------------------------------------------------------------


def test_somebody_else_checks_what_he_has_seen(office: Office) -> None:
    factories.add_homes(office.project, 2)
    run = factories.preview(office)

    run = operations.check_run(
        actor=office.director,
        run_id=run.pk,
        expected_lines=2,
        expected_amount=Decimal("560.00"),
        note="compared with October",
        now=NOW,
    )

    assert (run.state, run.checked_by, run.check_note) == (
        RunState.CHECKED,
        office.director.user_id,
        "compared with October",
    )
    entry = AuditEntry.objects.get(event="billing.run.checked")
    assert entry.data == {
        "lines": 2,
        "amount": "560.00",
        "note": "compared with October",
        "readings_of_his_own": 0,
    }


def test_readings_that_the_checker_entered_are_noted(office: Office) -> None:
    unit = billing.add_unit(office.project, "1-1-0101")
    factories.read(billing.add_meter(unit), "10", recorded_by=office.director.user_id)
    run = factories.preview(office)

    factories.check(office, run, actor=office.director)

    assert AuditEntry.objects.get(event="billing.run.checked").data["readings_of_his_own"] == 1


def test_who_prepared_it_does_not_check_it(office: Office) -> None:
    """S-01 (b), SoD-04."""
    factories.add_homes(office.project, 1)
    run = factories.preview(office, actor=office.director)

    with pytest.raises(operations.CheckedByPreparer):
        factories.check(office, run, actor=office.director)

    run.refresh_from_db()
    assert (run.state, run.checked_by) == (RunState.PREVIEW, None)


def test_a_collector_does_not_check(office: Office) -> None:
    """S-01 (b): Wang has not the action at all."""
    factories.add_homes(office.project, 1)
    run = factories.preview(office)

    with pytest.raises(access.ActionDenied) as error:
        factories.check(office, run, actor=office.collector)

    assert error.value.details == {"action": Action.BILL_RUN_CHECK.value}


@pytest.mark.parametrize(("lines", "amount"), [(2, "840.00"), (3, "840.01"), (0, "0")])
def test_totals_that_are_not_those_of_the_draft_are_refused(
    office: Office, lines: int, amount: str
) -> None:
    factories.add_homes(office.project, 3)
    run = factories.preview(office)

    with pytest.raises(operations.TotalsChanged) as error:
        operations.check_run(
            actor=office.manager,
            run_id=run.pk,
            expected_lines=lines,
            expected_amount=Decimal(amount),
            now=NOW,
        )

    assert error.value.details == {"lines": 3, "amount": "840.00"}
    run.refresh_from_db()
    assert run.state == RunState.PREVIEW


def test_an_empty_run_is_not_checked(office: Office) -> None:
    run = factories.preview(office)

    with pytest.raises(operations.RunEmpty):
        factories.check(office, run)


def test_the_database_too_refuses_the_preparer(office: Office) -> None:
    run = factories.preview(office)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BillRun.objects.filter(pk=run.pk).update(checked_by=run.prepared_by)

    assert violated_constraint(error.value) == "billrun_checked_by_another"


# ---- post ---------------------------------------------------------------------------------------


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


# ---- stop and cancel ----------------------------------------------------------------------------


def test_a_run_that_has_not_begun_stops_at_once(office: Office) -> None:
    run = factories.prepare(office)

    operations.stop_run(actor=office.collector, run_id=run.pk, now=NOW)

    run.refresh_from_db()
    assert (run.state, run.error) == (RunState.FAILED, "Stopped.")
    assert Job.objects.get().state == JobState.STOPPED
    assert factories.work(run) is None  # its message comes too late


def test_posting_stops_after_the_chunk_and_goes_on_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "UNITS_PER_CHUNK", 1)
    factories.add_homes(office.project, 3)
    run = factories.preview(office)
    factories.check(office, run)
    run = factories.start_posting(office, run)
    post_chunk = posting.post_chunk

    def stop_after(**values: Any) -> bool:
        done = post_chunk(**values)
        operations.stop_run(actor=office.director, run_id=run.pk, now=NOW)
        return done

    with monkeypatch.context() as patched:
        patched.setattr("services.billing.runs.posting.post_chunk", stop_after)
        assert factories.work(run) == JobState.STOPPED

    assert (run.state, run.error, BillLine.objects.count()) == (RunState.FAILED, "Stopped.", 1)
    with pytest.raises(operations.RunStateWrong):
        operations.cancel_run(actor=office.collector, run_id=run.pk, now=NOW)
    run = factories.start_posting(office, run, today=TODAY + timedelta(days=1))
    assert factories.work(run) == JobState.DONE
    assert (run.state, BillLine.objects.count()) == (RunState.POSTED, 3)
    assert set(BillLine.objects.values_list("issued_on", flat=True)) == {TODAY}


def test_nothing_to_stop(office: Office) -> None:
    run = factories.preview(office)

    with pytest.raises(operations.RunStateWrong):
        operations.stop_run(actor=office.collector, run_id=run.pk, now=NOW)


def test_posting_is_stopped_by_who_may_post(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.preview(office)
    factories.check(office, run)
    factories.start_posting(office, run)

    with pytest.raises(access.ActionDenied):
        operations.stop_run(actor=office.collector, run_id=run.pk, now=NOW)


@pytest.mark.parametrize("stage", ["computing", "preview", "checked"])
def test_a_run_is_cancelled_before_it_is_posted(office: Office, stage: str) -> None:
    factories.add_homes(office.project, 1)
    billing.add_unit(office.project, "储-01", kind="STORAGE")
    run = factories.prepare(office) if stage == "computing" else factories.preview(office)
    if stage == "checked":
        factories.check(office, run)

    run = operations.cancel_run(
        actor=office.manager, run_id=run.pk, reason="prices change", now=NOW
    )

    assert run.state == RunState.CANCELLED
    assert (DraftLine.objects.count(), RunSkip.objects.count()) == (0, 0)
    assert BillRunChunk.objects.count() == 0
    assert history_of(run)[0].data == {"reason": "prices change"}
    assert factories.preview(office).pk != run.pk  # the month is free again


def test_a_cancelled_run_computes_nothing_more(office: Office) -> None:
    factories.add_homes(office.project, 1)
    run = factories.prepare(office)
    Job.objects.update(state=JobState.RUNNING, attempt=1)
    operations.cancel_run(actor=office.collector, run_id=run.pk, now=NOW)
    Job.objects.update(state=JobState.QUEUED, stop_requested=False)

    factories.work(run)

    assert run.state == RunState.CANCELLED
    assert DraftLine.objects.count() == 0


@pytest.mark.parametrize("end", ["posted", "cancelled"])
def test_a_run_that_is_over_is_not_cancelled(office: Office, end: str) -> None:
    factories.add_homes(office.project, 1)
    if end == "posted":
        run = factories.posted(office)
    else:
        run = factories.preview(office)
        operations.cancel_run(actor=office.collector, run_id=run.pk, now=NOW)

    with pytest.raises(operations.RunStateWrong):
        operations.cancel_run(actor=office.collector, run_id=run.pk, now=NOW)


# ---- reach --------------------------------------------------------------------------------------


def calls(run: BillRun) -> list[Any]:
    """Return every operation on a run, as a call of an actor."""
    by: dict[str, Any] = {"run_id": run.pk, "now": NOW}
    return [
        lambda actor: operations.recompute_run(actor=actor, **by),
        lambda actor: operations.check_run(
            actor=actor, expected_lines=0, expected_amount=Decimal(0), **by
        ),
        lambda actor: operations.post_run(actor=actor, today=TODAY, **by),
        lambda actor: operations.stop_run(actor=actor, **by),
        lambda actor: operations.cancel_run(actor=actor, **by),
    ]


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(
    ("post", "expected"),
    [
        pytest.param("charging_director", NotFound, id="another project"),
        pytest.param("meter_reader", NotFound, id="no bills at all"),
    ],
)
def test_a_run_out_of_reach_does_not_exist(
    office: Office, number: int, post: str, expected: type[DomainError]
) -> None:
    run = factories.preview(office)
    other = billing.add_project("HB", "湖滨")
    place = other.pk if post == "charging_director" else office.project.pk
    stranger = people.add_actor("sun", post, project_id=place)
    before = BillRun.objects.values().get()

    with pytest.raises(expected):
        calls(run)[number](stranger)

    assert BillRun.objects.values().get() == before


@pytest.mark.parametrize("number", [0, 1, 2, 4])
def test_who_only_reads_is_refused(office: Office, number: int) -> None:
    run = factories.preview(office)
    reader = people.add_actor("sun", "company_admin")

    with pytest.raises(access.ActionDenied):
        calls(run)[number](reader)


# ---- reverse a line -----------------------------------------------------------------------------


def reverse(office: Office, line: BillLine, **changes: Any) -> BillLine:
    values: dict[str, Any] = {
        "actor": office.director,
        "line_id": line.pk,
        "reason": "wrong area",
        "now": NOW,
        "today": TODAY,
    }
    return operations.reverse_line(**(values | changes))


@pytest.fixture
def line(office: Office) -> BillLine:
    factories.add_homes(office.project, 1)
    factories.posted(office)
    return BillLine.objects.get()


def test_a_bill_is_taken_back_and_the_ledger_keeps_both_entries(
    office: Office, line: BillLine
) -> None:
    line = reverse(office, line, reason="  wrong area ")

    assert (line.is_reversed, line.reversed_at, line.reversed_by, line.reverse_reason) == (
        True,
        NOW,
        office.director.user_id,
        "wrong area",
    )
    assert list(Journal.objects.order_by("pk").values_list("kind", "source_type")) == [
        ("BILLS", "billrunchunk"),
        ("BILL_REVERSAL", "billline"),
    ]
    assert (
        sum(Posting.objects.filter(household=line.household).values_list("amount", flat=True)) == 0
    )
    assert history_of(line)[0].data == {"amount": "280.00", "reason": "wrong area"}


def test_bills_of_nothing_post_nothing(office: Office) -> None:
    home = billing.add_unit(office.project, "1-1-0101", kind="OFFICE")
    billing.add_fee(
        office.project,
        "SF",
        "OFFICE",
        name="办公用水",
        method="TIERED_METER",
        price="5.00",
        meter_kind="COLD_WATER",
        usage_lag_months=1,
    )
    factories.read(billing.add_meter(home), "0")

    run = factories.posted(office)

    assert factories.bills(run) == [("1-1-0101", "SF", Decimal("0.00"))]
    reverse(office, BillLine.objects.get())
    assert Journal.objects.count() == 0
    assert invariants.check() == []


def test_a_reversed_unit_is_billed_again(office: Office, line: BillLine) -> None:
    reverse(office, line)

    run = factories.posted(office)

    assert factories.bills(run) == [("1-1-0001", "WYF", Decimal("280.00"))]
    assert BillLine.objects.filter(is_reversed=False).count() == 1


def test_a_bill_is_reversed_once(office: Office, line: BillLine) -> None:
    reverse(office, line)

    with pytest.raises(operations.LineReversed):
        reverse(office, line)

    assert Journal.objects.count() == 2


def test_a_bill_that_something_is_paid_on_is_not_reversed(office: Office, line: BillLine) -> None:
    BillLine.objects.update(paid_amount=Decimal("0.01"))

    with pytest.raises(operations.LinePaid):
        reverse(office, line)

    line.refresh_from_db()
    assert (line.is_reversed, Journal.objects.count()) == (False, 1)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reversal_needs_a_reason(office: Office, line: BillLine, reason: str) -> None:
    with pytest.raises(operations.ReasonMissing):
        reverse(office, line, reason=reason)


def test_a_collector_does_not_reverse(office: Office, line: BillLine) -> None:
    """SoD-08: the receivable ledger is closed to collectors."""
    with pytest.raises(access.ActionDenied):
        reverse(office, line, actor=office.collector)


def test_a_bill_out_of_reach_does_not_exist(office: Office, line: BillLine) -> None:
    other = billing.add_project("HB", "湖滨")
    stranger = people.add_actor("sun", "charging_director", project_id=other.pk)

    with pytest.raises(NotFound):
        reverse(office, line, actor=stranger)


# ---- what the database refuses ------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal(1)},
        {"due_on": date(2030, 1, 1)},
        {"quantity": Decimal(1)},
        {"household_id": 1},
    ],
)
def test_a_bill_is_not_edited(line: BillLine, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BillLine.objects.filter(pk=line.pk).update(**change)

    assert violated_constraint(error.value) == "billing_billline_not_edited"


def test_a_bill_is_not_deleted(line: BillLine) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        BillLine.objects.filter(pk=line.pk)._raw_delete("default")

    assert violated_constraint(error.value) == "billing_billline_not_edited"


@pytest.mark.parametrize(
    ("table", "column"), [("properties_unit", "unit_id"), ("properties_household", "household_id")]
)
def test_what_has_bills_is_not_deleted(line: BillLine, table: str, column: str) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table} WHERE id = %s", [getattr(line, column)])

    assert violated_constraint(error.value) == f"billing_{table}_has_bills"
