"""Any order of prepare, compute, stop, kill, check, post, cancel and reverse leaves sound books.

A small model says what must be open, billed and possible; after every step the rules of the
ledger find nothing and the database agrees with the model.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kernel.errors import DomainError
from kernel.jobs import runner
from kernel.jobs.models import Job, JobState
from services.billing.ledger import invariants
from services.billing.runs import chunks, computing, operations, posting
from services.billing.runs.models import BillLine, BillRun, DraftLine, RunState
from tenants.companies.models import Company
from tests import factories_runs as factories
from tests.factories_billing import NOVEMBER, OCTOBER
from tests.factories_runs import NOW, TODAY

HOMES = 3
PERIODS = (OCTOBER, NOVEMBER)
AMOUNT = Decimal("280.00")


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it, and the transaction at hand is lost."""


@contextmanager
def killed_after(chunk_count: int) -> Iterator[None]:
    """Let a worker do some chunks and die in the next, before it commits."""
    done = 0
    compute_chunk, post_chunk = computing.compute_chunk, posting.post_chunk

    def dying(work: Any) -> Any:
        def call(**values: Any) -> bool:
            nonlocal done
            with transaction.atomic():
                result: bool = work(**values)
                if done == chunk_count:
                    raise Killed
            done += 1
            return result

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(computing, "compute_chunk", dying(compute_chunk))
        patch.setattr(posting, "post_chunk", dying(post_chunk))
        yield


class BillRuns(RuleBasedStateMachine):
    """One project, three homes, two months, one chunk a home."""

    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.office = factories.open_office()
        factories.add_homes(self.office.project, HOMES)
        self.states: dict[int, str] = {}
        self.periods: dict[int, date] = {}
        self.drafted: dict[int, int] = {}  # lines that a run computed
        self.billed = dict.fromkeys(PERIODS, 0)  # live lines of a month

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def refused(self, call: Any) -> bool:
        """Do the call in a savepoint; return whether it was refused as it should be able to be."""
        try:
            with transaction.atomic():
                call()
        except DomainError:
            return True
        return False

    def state(self, run_id: int) -> str:
        return self.states[run_id]

    @initialize(target=runs, period=st.sampled_from(PERIODS))
    def first_run(self, period: date) -> int:
        return self.prepare(period)

    @rule(target=runs, period=st.sampled_from(PERIODS))
    def prepare_another(self, period: date) -> int:
        return self.prepare(period)

    def prepare(self, period: date) -> int:
        open_runs = [
            run_id
            for run_id, state in self.states.items()
            if self.periods[run_id] == period and state not in {"POSTED", "CANCELLED"}
        ]
        found: list[BillRun] = []
        refused = self.refused(lambda: found.append(factories.prepare(self.office, period=period)))
        if open_runs:
            (open_id,) = open_runs
            assert refused == (self.states[open_id] != "COMPUTING")
            return open_id
        assert not refused
        (run,) = found
        self.states[run.pk], self.periods[run.pk] = "COMPUTING", period
        return run.pk

    @rule(run_id=runs)
    def recompute(self, run_id: int) -> None:
        was_checked = BillRun.objects.get(pk=run_id).checked_by is not None
        may = self.states[run_id] == "PREVIEW" or (
            self.states[run_id] == "FAILED" and not was_checked
        )
        assert may != self.refused(
            lambda: operations.recompute_run(actor=self.office.collector, run_id=run_id, now=NOW)
        )
        if may:
            self.states[run_id] = "COMPUTING"

    @rule(run_id=runs)
    def work(self, run_id: int) -> None:
        before = self.states[run_id]
        factories.work(BillRun.objects.get(pk=run_id))
        if before == "COMPUTING":
            self.states[run_id] = "PREVIEW"
            self.drafted[run_id] = HOMES - self.billed[self.periods[run_id]]
        elif before == "POSTING":
            self.states[run_id] = "POSTED"
            self.billed[self.periods[run_id]] += self.drafted[run_id]

    @rule(run_id=runs, chunk_count=st.integers(0, HOMES - 1))
    def kill(self, run_id: int, chunk_count: int) -> None:
        """Kill a worker in the middle; the job's message will come again."""
        if self.states[run_id] not in {"COMPUTING", "POSTING"}:
            return
        run = BillRun.objects.get(pk=run_id)
        assert run.job_id is not None
        with killed_after(chunk_count):
            try:
                runner.run(run.job_id, lambda: NOW)
            except Killed:
                Job.objects.filter(pk=run.job_id).update(state=JobState.QUEUED)
                return
        # All chunks but a few were done before: there was no next one to die in.
        self.states[run_id] = BillRun.objects.get(pk=run_id).state
        if self.states[run_id] == "PREVIEW":
            self.drafted[run_id] = HOMES - self.billed[self.periods[run_id]]
        else:
            self.billed[self.periods[run_id]] += self.drafted[run_id]

    @rule(run_id=runs)
    def stop(self, run_id: int) -> None:
        may = self.states[run_id] in {"COMPUTING", "POSTING"}
        assert may != self.refused(
            lambda: operations.stop_run(actor=self.office.director, run_id=run_id, now=NOW)
        )
        if may:
            self.states[run_id] = "FAILED"

    @rule(run_id=runs, by_preparer=st.booleans(), off_by_a_cent=st.booleans())
    def check(self, run_id: int, by_preparer: bool, off_by_a_cent: bool) -> None:  # noqa: FBT001
        run = BillRun.objects.get(pk=run_id)
        actor = self.office.collector if by_preparer else self.office.manager
        may = (
            self.states[run_id] == "PREVIEW"
            and not by_preparer
            and not off_by_a_cent
            and self.drafted[run_id] > 0
        )
        assert may != self.refused(
            lambda: operations.check_run(
                actor=actor,
                run_id=run_id,
                expected_lines=run.draft_lines,
                expected_amount=run.draft_amount + (Decimal("0.01") if off_by_a_cent else 0),
                now=NOW,
            )
        )
        if may:
            self.states[run_id] = "CHECKED"

    @rule(run_id=runs, too_early=st.booleans())
    def post(self, run_id: int, too_early: bool) -> None:  # noqa: FBT001
        run = BillRun.objects.get(pk=run_id)
        today = run.period.replace(day=9) if too_early else TODAY
        ready = self.states[run_id] == "CHECKED" or (
            self.states[run_id] == "FAILED" and run.checked_by is not None
        )
        may = (ready and not too_early) or self.states[run_id] == "POSTING"
        assert may != self.refused(
            lambda: operations.post_run(
                actor=self.office.director, run_id=run_id, now=NOW, today=today
            )
        )
        if may:
            self.states[run_id] = "POSTING"

    @rule(run_id=runs)
    def cancel(self, run_id: int) -> None:
        has_bills = BillLine.objects.filter(run_id=run_id).exists()
        may = self.states[run_id] in {"COMPUTING", "PREVIEW", "CHECKED", "FAILED"} and not has_bills
        assert may != self.refused(
            lambda: operations.cancel_run(actor=self.office.collector, run_id=run_id, now=NOW)
        )
        if may:
            self.states[run_id] = "CANCELLED"

    @precondition(lambda self: BillLine.objects.filter(is_reversed=False).exists())
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        lines = BillLine.objects.filter(run__state="POSTED", is_reversed=False).order_by("pk")
        ids = list(lines.values_list("pk", "period"))
        if not ids:
            return
        line_id, period = data.draw(st.sampled_from(ids))
        operations.reverse_line(
            actor=self.office.director, line_id=line_id, reason="wrong", now=NOW, today=TODAY
        )
        self.billed[period] -= 1

    @invariant()
    def the_books_are_sound(self) -> None:
        assert invariants.check() == []

    @invariant()
    def the_database_agrees_with_the_model(self) -> None:
        assert dict(BillRun.objects.values_list("pk", "state")) == self.states
        for run_id, state in self.states.items():
            drafts = DraftLine.objects.filter(run_id=run_id).count()
            if state in {"PREVIEW", "CHECKED"}:
                assert drafts == self.drafted[run_id]
            elif state in {"POSTED", "CANCELLED"}:
                assert drafts == 0
        for period in PERIODS:
            live = BillLine.objects.filter(period=period, is_reversed=False)
            posted = live.filter(run__state=RunState.POSTED)
            assert posted.count() == self.billed[period]
            assert all(amount == AMOUNT for amount in live.values_list("amount", flat=True))


def test_any_order_of_steps_leaves_sound_books(
    tenant: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "UNITS_PER_CHUNK", 1)
    run_state_machine_as_test(
        BillRuns,
        settings=settings(max_examples=12, stateful_step_count=25, deadline=None),
    )
