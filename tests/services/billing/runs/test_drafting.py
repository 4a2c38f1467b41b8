"""Preparing, computing and checking a bill run."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from kernel import access
from kernel.access import Action
from kernel.audit.models import AuditEntry
from kernel.db import violated_constraint
from kernel.duties import DutiesMeet
from kernel.errors import NotFound
from kernel.jobs.models import Job, JobState
from services.billing.runs import chunks, computing, operations, rules
from services.billing.runs.models import (
    BillRun,
    BillRunChunk,
    DraftLine,
    RunState,
)
from services.billing.standards import queries as standards
from services.properties import operations as registry
from services.properties.models import Unit
from tests import factories as people
from tests import factories_billing as billing
from tests import factories_runs as factories
from tests.factories_billing import NOVEMBER, OCTOBER
from tests.factories_runs import NOW, TODAY, Office
from tests.services.billing.runs.conftest import events

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
    with pytest.raises(DutiesMeet):
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
    }


def test_who_entered_a_reading_does_not_check_it(office: Office) -> None:
    """BL-14: the month's entries are audited by another person than the one who entered them."""
    unit = billing.add_unit(office.project, "1-1-0101")
    factories.read(billing.add_meter(unit), "10", recorded_by=office.director.user_id)
    run = factories.preview(office)

    with pytest.raises(DutiesMeet) as refusal:
        factories.check(office, run, actor=office.director)

    assert refusal.value.details == {"rule": "SoD-04", "earlier": [office.director.user_id]}
    run.refresh_from_db()
    assert (run.state, run.checked_by) == (RunState.PREVIEW, None)
    assert not AuditEntry.objects.filter(event="billing.run.checked").exists()


def test_who_prepared_it_does_not_check_it(office: Office) -> None:
    """S-01 (b), SoD-04."""
    factories.add_homes(office.project, 1)
    run = factories.preview(office, actor=office.director)

    with pytest.raises(DutiesMeet):
        factories.check(office, run, actor=office.director)

    run.refresh_from_db()
    assert (run.state, run.checked_by) == (RunState.PREVIEW, None)


def test_a_collector_does_not_check(office: Office) -> None:
    """S-01 (b): Wang has not the action at all."""
    factories.add_homes(office.project, 1)
    run = factories.preview(office)

    with pytest.raises(access.ActionDenied) as error:
        factories.check(office, run, actor=office.collector)

    assert error.value.details == {"action": Action.BILL_RUN_CHECK.value, "rule": "SoD-04"}


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


# ---- what changes while it computes -------------------------------------------------------------


@pytest.fixture
def half_computed(office: Office, monkeypatch: pytest.MonkeyPatch) -> BillRun:
    """A run of two chunks, a dwelling in each, of which the first is computed."""
    monkeypatch.setattr(chunks, "UNITS_PER_CHUNK", 1)
    factories.add_homes(office.project, 2)
    run = factories.prepare(office)
    chunks.plan(run)
    first = BillRunChunk.objects.filter(run=run).order_by("number")[0]
    computing.compute_chunk(run_id=run.pk, chunk_id=first.pk)
    return run


@pytest.mark.parametrize("goes", ["into the account that is done", "on to the next"])
def test_a_unit_that_moves_past_the_computing_is_neither_forgotten_nor_billed_twice(
    office: Office, half_computed: BillRun, goes: str
) -> None:
    first, second = Unit.objects.order_by("household_id")
    leaving, staying = (second, first) if goes.startswith("into") else (first, second)
    registry.move_unit_to_household(
        actor=access.SYSTEM, unit_id=leaving.pk, household_id=staying.household_id, now=NOW
    )

    assert factories.work(half_computed) == JobState.FAILED

    assert half_computed.state == RunState.FAILED
    assert "Compute them again" in half_computed.error
    run = operations.recompute_run(actor=office.collector, run_id=half_computed.pk, now=NOW)
    assert factories.work(run) == JobState.DONE
    assert (run.draft_lines, run.draft_amount) == (2, Decimal("560.00"))


def test_a_unit_added_to_an_account_that_is_done_is_not_forgotten(
    office: Office, half_computed: BillRun
) -> None:
    household = Unit.objects.order_by("household_id")[0].household
    billing.add_unit(office.project, "B1-001", kind="PARKING", household=household)

    assert factories.work(half_computed) == JobState.FAILED


def test_prices_wait_until_all_is_computed(office: Office, half_computed: BillRun) -> None:
    """Or one half of the project would have the old price, the other the new."""
    version = billing.draft(billing.add_standard(office.project, "DTF"), method="FIXED")

    with pytest.raises(standards.BillsBeingComputed):
        billing.confirm(version)

    version.refresh_from_db()
    assert version.state == "DRAFT"
    assert factories.work(half_computed) == JobState.DONE
    assert billing.confirm(version).state == "CONFIRMED"
