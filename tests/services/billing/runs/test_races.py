"""Two people, two workers, at the same moment. Each lock is shown to be needed, then to hold."""

from collections.abc import Callable
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError

from kernel.jobs.models import Job
from services.billing.ledger import invariants
from services.billing.ledger.models import Journal
from services.billing.runs import chunks, computing, operations, posting
from services.billing.runs.models import (
    BillLine,
    BillRun,
    BillRunChunk,
    DraftLine,
    RunState,
)
from services.properties import operations as registry
from services.properties.models import Unit
from services.properties.operations.accounts import AccountHasOpenBills
from tenants.companies.models import Company
from tests import factories_runs as factories
from tests.factories_billing import NOVEMBER
from tests.factories_runs import NOW, TODAY, Office
from tests.threads import PATIENCE, at_once


@pytest.fixture
def office(committed_tenant: Company) -> Office:
    office = factories.open_office()
    factories.add_homes(office.project, 40)
    return office


def test_two_people_prepare_the_same_month(committed_tenant: Company, office: Office) -> None:
    def prepare(actor: Any) -> BillRun:
        return operations.prepare_run(
            actor=actor, project_id=office.project.pk, period=NOVEMBER, now=NOW, today=TODAY
        )

    runs = at_once(
        committed_tenant, [lambda: prepare(office.collector), lambda: prepare(office.director)]
    )

    assert {getattr(run, "pk", run) for run in runs} == {BillRun.objects.get().pk}
    assert Job.objects.count() == 1


WORKERS = 4


def without_the_lock(monkeypatch: pytest.MonkeyPatch, module: Any, write: str) -> None:
    """Let all workers have found the chunk to be done before any of them writes."""
    found, honest = Barrier(WORKERS), getattr(module, write)

    def unlocked(run_id: int) -> BillRun:
        return BillRun.objects.get(pk=run_id)

    def writing(*args: Any) -> Any:
        found.wait(timeout=PATIENCE)
        return honest(*args)

    monkeypatch.setattr(chunks, "lock_run", unlocked)
    monkeypatch.setattr(module, write, writing)


def compute_at_once(company: Company, run: BillRun) -> list[bool | Exception]:
    chunk_id = BillRunChunk.objects.get(run=run).pk
    return at_once(
        company, [lambda: computing.compute_chunk(run_id=run.pk, chunk_id=chunk_id)] * WORKERS
    )


@pytest.fixture
def planned(office: Office) -> BillRun:
    run = factories.prepare(office)
    chunks.plan(run)
    return run


def test_four_workers_compute_one_chunk_once(committed_tenant: Company, planned: BillRun) -> None:
    done = compute_at_once(committed_tenant, planned)

    assert sorted(map(str, done)) == ["False", "False", "False", "True"]
    assert DraftLine.objects.count() == 40


def test_without_the_lock_they_would_all_compute_it(
    committed_tenant: Company, planned: BillRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The teeth of the test above."""
    without_the_lock(monkeypatch, computing, "_write_draft")

    done = compute_at_once(committed_tenant, planned)

    assert done == [True] * WORKERS
    assert DraftLine.objects.count() == WORKERS * 40


def post_at_once(company: Company, run: BillRun) -> list[bool | Exception]:
    chunk_id = BillRunChunk.objects.get(run=run).pk
    return at_once(
        company, [lambda: posting.post_chunk(run_id=run.pk, chunk_id=chunk_id, now=NOW)] * WORKERS
    )


@pytest.fixture
def posting_run(office: Office) -> BillRun:
    run = factories.preview(office)
    factories.check(office, run)
    return factories.start_posting(office, run)


def test_four_workers_post_one_chunk_once(committed_tenant: Company, posting_run: BillRun) -> None:
    done = post_at_once(committed_tenant, posting_run)

    assert sorted(map(str, done)) == ["False", "False", "False", "True"]
    assert (BillLine.objects.count(), Journal.objects.count()) == (40, 1)


def test_without_the_lock_the_database_still_lets_one_through(
    committed_tenant: Company, posting_run: BillRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock saves the others a failure; ``billline_once`` and the journal's source decide."""
    without_the_lock(monkeypatch, posting, "_write_lines")

    done = post_at_once(committed_tenant, posting_run)

    assert done.count(True) == 1
    assert sum(isinstance(outcome, IntegrityError) for outcome in done) == WORKERS - 1, done
    assert (BillLine.objects.count(), Journal.objects.count()) == (40, 1)


def test_two_press_post(committed_tenant: Company, office: Office) -> None:
    run = factories.preview(office)
    factories.check(office, run)

    started = at_once(committed_tenant, [lambda: factories.start_posting(office, run)] * 4)

    assert {getattr(found, "state", found) for found in started} == {RunState.POSTING}
    assert Job.objects.filter(kind="billing.run.post").count() == 1


def test_check_and_cancel(committed_tenant: Company, office: Office) -> None:
    run = factories.preview(office)
    calls: list[Callable[[], BillRun]] = [
        lambda: factories.check(office, BillRun.objects.get(pk=run.pk)),
        lambda: operations.cancel_run(actor=office.collector, run_id=run.pk, now=NOW),
    ]

    first, second = at_once(committed_tenant, calls)

    run.refresh_from_db()
    assert run.state == RunState.CANCELLED  # it may be checked first, and is cancelled after
    assert isinstance(second, BillRun)
    assert isinstance(first, BillRun | operations.RunStateWrong)


def test_two_reverse_the_same_bill(committed_tenant: Company, office: Office) -> None:
    factories.posted(office)
    line = BillLine.objects.order_by("pk")[0]

    def reverse() -> BillLine:
        return operations.reverse_line(
            actor=office.director, line_id=line.pk, reason="wrong", now=NOW, today=TODAY
        )

    done = at_once(committed_tenant, [reverse] * 4)

    assert sum(isinstance(outcome, BillLine) for outcome in done) == 1
    assert sum(isinstance(outcome, operations.LineReversed) for outcome in done) == 3
    assert Journal.objects.filter(kind="BILL_REVERSAL").count() == 1


def post_only_chunk(run: BillRun) -> str:
    chunk_id = BillRunChunk.objects.get(run=run).pk
    posting.post_chunk(run_id=run.pk, chunk_id=chunk_id, now=NOW)
    return "posted"


def test_a_unit_is_removed_or_billed_never_both(
    committed_tenant: Company, posting_run: BillRun
) -> None:
    """What the foreign keys would do is done by the chunk's lock and the unit's trigger."""
    unit_id = DraftLine.objects.order_by("pk")[0].unit_id

    def remove() -> str:
        Unit.objects.filter(pk=unit_id)._raw_delete("default")
        return "removed"

    outcomes = at_once(committed_tenant, [remove, lambda: post_only_chunk(posting_run)])

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1, outcomes
    assert BillLine.objects.count() == (40 if outcomes[1] == "posted" else 0)
    assert "nothing-is-orphaned" not in {found.code for found in invariants.check()}


def test_a_unit_changes_hands_or_is_billed_to_its_old_account_never_both(
    committed_tenant: Company, office: Office, posting_run: BillRun
) -> None:
    draft, other = DraftLine.objects.order_by("pk")[:2]

    def move() -> str:
        registry.move_unit_to_household(
            actor=office.director, unit_id=draft.unit_id, household_id=other.household_id, now=NOW
        )
        return "moved"

    outcomes = at_once(committed_tenant, [move, lambda: post_only_chunk(posting_run)])

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1, outcomes
    refused = next(outcome for outcome in outcomes if not isinstance(outcome, str))
    assert isinstance(refused, posting.DraftChanged | AccountHasOpenBills)
