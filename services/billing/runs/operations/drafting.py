"""Compute the draft of a run, and confirm it.

``compute_run`` is the long work behind a job: many transactions, one per chunk, each of them
marked in itself, so that a killed worker's successor goes on where it stopped.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from kernel import access
from kernel.access import Action, Actor
from kernel.db import violated_constraint
from kernel.duties import operations as duties
from kernel.errors import Conflict
from kernel.jobs.runner import Progress
from kernel.text import _
from services.billing.runs import chunks, computing, queries, rules
from services.billing.runs.models import (
    OPEN_RUN_STATES,
    BillRun,
    ChunkState,
    RunSkip,
    RunState,
)
from services.billing.runs.operations import common
from services.billing.runs.operations.common import COMPUTE
from services.billing.standards.rules import shift_month
from services.properties import queries as registry


class RunOpen(Conflict):
    code = "billing.run-open"


class TotalsChanged(Conflict):
    code = "billing.totals-changed"


class UnitsMoved(Conflict):
    code = "billing.units-moved"


class RunEmpty(Conflict):
    code = "billing.run-empty"


@transaction.atomic
def prepare_run(
    *, actor: Actor, project_id: int, period: date, now: datetime, today: date
) -> BillRun:
    """Open the run of a month and start computing it; the one that is computing is returned.

    :param period: the first day of the month that is billed.
    :raises NotFound: if there is no such project within the actor's reach.
    :raises access.ActionDenied: without ``bill-run.prepare`` in the project.
    :raises rules.PeriodInvalid: if it is no month, or one too far ahead.
    :raises RunOpen: if a run of the month waits to be checked or posted; ``details["run_id"]``.
    """
    registry.get_project(actor=actor, project_id=project_id, action=Action.BILL_RUN_PREPARE)
    rules.check_period(period, today)
    run = BillRun(
        project_id=project_id,
        period=period,
        due_on=common.due_on(project_id, period, period),
        prepared_by=common.require_person(actor),
        prepared_by_label=actor.label,
        prepared_at=now,
    )
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != "billrun_one_open":
            raise
        open_run = BillRun.objects.get(
            project_id=project_id, period=period, state__in=OPEN_RUN_STATES
        )
        if open_run.state == RunState.COMPUTING:
            return open_run
        raise RunOpen(
            _("A bill run of this month is open already."), details={"run_id": open_run.pk}
        ) from error
    _start_computing(actor, run, now)
    common.record(actor, "billing.run.prepared", run, now, {"period": period.isoformat()})
    return run


@transaction.atomic
def recompute_run(*, actor: Actor, run_id: int, now: datetime) -> BillRun:
    """Throw the draft away and compute it anew, from the registry, prices and readings of now.

    Whoever asks for it has prepared the run and cannot check it.

    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: without ``bill-run.prepare``.
    :raises RunStateWrong: unless it waits to be checked, or was interrupted before that.
    """
    run = common.lock(actor, run_id, Action.BILL_RUN_PREPARE)
    interrupted = run.state == RunState.FAILED and run.checked_by is None
    if run.state != RunState.PREVIEW and not interrupted:
        raise common.state_wrong(run)
    common.drop_draft(run)
    run.state = RunState.COMPUTING
    run.prepared_by, run.prepared_by_label, run.prepared_at = (
        common.require_person(actor),
        actor.label,
        now,
    )
    run.draft_lines, run.draft_amount, run.totals = 0, Decimal(0), []
    run.skip_count, run.billed_before, run.error, run.computed_at = 0, 0, "", None
    run.save()
    _start_computing(actor, run, now)
    common.record(actor, "billing.run.recomputed", run, now)
    return run


def compute_run(run_id: int, progress: Progress) -> dict[str, Any]:
    """Compute what is still missing of the draft, chunk by chunk, then show it for checking.

    :raises chunks.RunMovedOn: if the run is not being computed any more.
    :raises UnitsMoved: if a unit was looked at in no account, or in two.
    """
    _plan_chunks(run_id)
    common.work_off(
        run_id,
        ChunkState.COMPUTED,
        progress,
        lambda chunk_id: computing.compute_chunk(run_id=run_id, chunk_id=chunk_id),
    )
    run = _finish_computing(run_id, progress.clock())
    return {"run_id": run.pk, "lines": run.draft_lines, "amount": str(run.draft_amount)}


@transaction.atomic
def check_run(
    *,
    actor: Actor,
    run_id: int,
    expected_lines: int,
    expected_amount: Decimal,
    note: str = "",
    now: datetime,
) -> BillRun:
    """Confirm the draft, by somebody who has neither prepared it nor entered readings of it.

    BL-14 wants another person than the one who entered the month's figures, and leaves no setting.

    :param expected_lines: with ``expected_amount`` (CNY) what the checker has seen.
    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: without ``bill-run.check``.
    :raises duties.DutiesMeet: if the actor prepared it or recorded one of its readings (SoD-04).
    :raises RunStateWrong: unless it waits to be checked.
    :raises TotalsChanged: if the draft is another one by now.
    :raises RunEmpty: if there is nothing to bill.
    """
    run = common.lock(actor, run_id, Action.BILL_RUN_CHECK)
    checker = common.require_person(actor)
    _require_entered_by_others(actor, run, now)
    if run.state != RunState.PREVIEW:
        raise common.state_wrong(run)
    if (expected_lines, expected_amount) != (run.draft_lines, run.draft_amount):
        raise TotalsChanged(
            _("The draft has changed since you looked at it: look at it again."),
            details={"lines": run.draft_lines, "amount": str(run.draft_amount)},
        )
    if not run.draft_lines:
        raise RunEmpty(_("There is nothing to bill in this run."))
    run.state = RunState.CHECKED
    run.checked_by, run.checked_by_label, run.checked_at = checker, actor.label, now
    run.check_note = note
    run.save(update_fields=["state", "checked_by", "checked_by_label", "checked_at", "check_note"])
    common.record(
        actor,
        "billing.run.checked",
        run,
        now,
        {"lines": run.draft_lines, "amount": str(run.draft_amount), "note": note},
    )
    return run


def _require_entered_by_others(actor: Actor, run: BillRun, now: datetime) -> None:
    checker = common.require_person(actor)
    own_readings = queries.draft_readings_recorded_by(run, checker)
    entered = [
        (run.prepared_by, _("You prepared this draft yourself.")),
        (checker if own_readings else None, _("You recorded readings of this draft yourself.")),
    ]
    for person, because in entered:
        duties.require_apart(
            "SoD-04",
            actor=actor,
            earlier=[person],
            subject=run,
            project_id=run.project_id,
            now=now,
            because=because,
            is_fixed=True,
        )


def _start_computing(actor: Actor, run: BillRun, now: datetime) -> None:
    run.job_id = common.start_job(actor, run, COMPUTE, now).pk
    run.save(update_fields=["job_id"])


@transaction.atomic
def _plan_chunks(run_id: int) -> None:
    run = chunks.lock_for_work(run_id, RunState.COMPUTING)
    if not run.chunks.exists():
        chunks.plan(run)


@transaction.atomic
def _finish_computing(run_id: int, now: datetime) -> BillRun:
    run = chunks.lock_for_work(run_id, RunState.COMPUTING)
    if computing.units_out_of_place(run):
        raise UnitsMoved(
            _(
                "Units were added or changed accounts while the bills were computed. Compute them "
                "again."
            )
        )
    sums = run.chunks.aggregate(
        lines=Sum("line_count"), amount=Sum("amount"), billed_before=Sum("billed_before")
    )
    run.draft_lines, run.draft_amount = sums["lines"] or 0, sums["amount"] or Decimal(0)
    run.billed_before = sums["billed_before"] or 0
    run.skip_count = RunSkip.objects.filter(run_id=run_id).count()
    run.totals = computing.item_totals(run, shift_month(run.period, -1))
    run.state, run.computed_at = RunState.PREVIEW, now
    run.save()
    common.record(
        access.SYSTEM,
        "billing.run.computed",
        run,
        now,
        {"lines": run.draft_lines, "amount": str(run.draft_amount), "skips": run.skip_count},
    )
    return run
