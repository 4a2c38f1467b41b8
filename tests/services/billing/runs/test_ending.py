"""Stopping and cancelling runs, and whose reach they are in."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from kernel import access
from kernel.audit.queries import history_of
from kernel.errors import DomainError, NotFound
from kernel.jobs.models import Job, JobState
from services.billing.runs import chunks, operations, posting
from services.billing.runs.models import (
    BillLine,
    BillRun,
    BillRunChunk,
    DraftLine,
    RunSkip,
    RunState,
)
from tests import factories as people
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_runs import NOW, TODAY, Office

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
