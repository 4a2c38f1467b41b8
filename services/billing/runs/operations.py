"""What other code may ask of bill runs: prepare, compute, check, post, cancel, reverse a line.

``compute_run`` and ``post_run_lines`` are the long work behind a job: many transactions, one per
chunk, each of them marked in itself, so that a killed worker's successor goes on where it stopped.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import Conflict, Denied, Invalid
from kernel.jobs import operations as jobs
from kernel.jobs.models import Job
from kernel.jobs.runner import Progress
from kernel.text import _
from services.billing.ledger import operations as ledger
from services.billing.ledger import queries as ledger_queries
from services.billing.ledger.models import AccountRole, JournalKind
from services.billing.runs import chunks, computing, posting, queries, rules
from services.billing.runs.models import (
    OPEN_RUN_STATES,
    BillLine,
    BillRun,
    BillRunChunk,
    ChunkState,
    DraftLine,
    RunSkip,
    RunState,
)
from services.billing.standards.rules import shift_month
from services.properties import queries as registry

COMPUTE = "billing.run.compute"
POST = "billing.run.post"


class RunOpen(Conflict):
    code = "billing.run-open"


class RunStateWrong(Conflict):
    code = "billing.run-state"


class CheckedByPreparer(Denied):
    code = "billing.checked-by-preparer"


class PersonNeeded(Denied):
    code = "billing.person-needed"


class TotalsChanged(Conflict):
    code = "billing.totals-changed"


class RunEmpty(Conflict):
    code = "billing.run-empty"


class NotChecked(Conflict):
    code = "billing.run-not-checked"


class CollectionNotOpen(Conflict):
    code = "billing.collection-not-open"


class LinePaid(Conflict):
    code = "billing.line-paid"


class LineReversed(Conflict):
    code = "billing.line-reversed"


class ReasonMissing(Invalid):
    code = "billing.reason-missing"


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
        due_on=_due_on(project_id, period, period),
        prepared_by=_person(actor),
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
    _record(actor, "billing.run.prepared", run, now, {"period": period.isoformat()})
    return run


@transaction.atomic
def recompute_run(*, actor: Actor, run_id: int, now: datetime) -> BillRun:
    """Throw the draft away and compute it anew, from the registry, prices and readings of now.

    Whoever asks for it has prepared the run and cannot check it.

    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: without ``bill-run.prepare``.
    :raises RunStateWrong: unless it waits to be checked, or was interrupted before that.
    """
    run = _lock(actor, run_id, Action.BILL_RUN_PREPARE)
    interrupted = run.state == RunState.FAILED and run.checked_by is None
    if run.state != RunState.PREVIEW and not interrupted:
        raise _state_wrong(run)
    _drop_draft(run)
    run.state = RunState.COMPUTING
    run.prepared_by, run.prepared_by_label, run.prepared_at = _person(actor), actor.label, now
    run.draft_lines, run.draft_amount, run.totals = 0, Decimal(0), []
    run.skip_count, run.billed_before, run.error, run.computed_at = 0, 0, "", None
    run.save()
    _start_computing(actor, run, now)
    _record(actor, "billing.run.recomputed", run, now)
    return run


def compute_run(run_id: int, progress: Progress) -> dict[str, Any]:
    """Compute what is still missing of the draft, chunk by chunk, then show it for checking.

    :raises chunks.RunMovedOn: if the run is not being computed any more.
    """
    _plan_chunks(run_id)
    _work_off(
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
    """Confirm the draft, by somebody who has not prepared it (BL-14, SoD-04).

    :param expected_lines: with ``expected_amount`` (CNY) what the checker has seen.
    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: without ``bill-run.check``.
    :raises CheckedByPreparer: if the actor prepared it.
    :raises RunStateWrong: unless it waits to be checked.
    :raises TotalsChanged: if the draft is another one by now.
    :raises RunEmpty: if there is nothing to bill.
    """
    run = _lock(actor, run_id, Action.BILL_RUN_CHECK)
    checker = _person(actor)
    if checker == run.prepared_by:
        raise CheckedByPreparer(
            _("The amounts must be confirmed by somebody other than who prepared them.")
        )
    if run.state != RunState.PREVIEW:
        raise _state_wrong(run)
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
    _record(
        actor,
        "billing.run.checked",
        run,
        now,
        {
            "lines": run.draft_lines,
            "amount": str(run.draft_amount),
            "note": note,
            "readings_of_his_own": queries.draft_readings_recorded_by(run, checker),
        },
    )
    return run


@transaction.atomic
def post_run(*, actor: Actor, run_id: int, now: datetime, today: date) -> BillRun:
    """Start making the checked draft into bills, or go on where it was interrupted.

    Asking again while it posts changes nothing. Bills of a month are issued from the day that
    collection opens (BL-14).

    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: without ``bill-run.post``.
    :raises NotChecked: if nobody has checked it.
    :raises RunStateWrong: if it is posted or cancelled.
    :raises CollectionNotOpen: before the opening day.
    """
    run = _lock(actor, run_id, Action.BILL_RUN_POST)
    if run.state == RunState.POSTING:
        return run
    interrupted = run.state == RunState.FAILED and run.checked_by is not None
    if run.state in {RunState.COMPUTING, RunState.PREVIEW}:
        raise NotChecked(_("Bills are issued only after somebody else has checked them."))
    if run.state != RunState.CHECKED and not interrupted:
        raise _state_wrong(run)
    opens_on = rules.opens_on(
        run.period, policies.get("billing.open_day", int, project_id=run.project_id)
    )
    if today < opens_on:
        raise CollectionNotOpen(
            _("Collection opens on %(day)s.") % {"day": opens_on.isoformat()},
            details={"opens_on": opens_on.isoformat()},
        )
    if run.issued_on is None:
        run.issued_on = today
        run.due_on = _due_on(run.project_id, run.period, today)
    run.state = RunState.POSTING
    run.posted_by, run.posted_by_label, run.error = _person(actor), actor.label, ""
    run.job_id = _start_job(actor, run, POST, now).pk
    run.save()
    _record(actor, "billing.run.posting-started", run, now)
    return run


def post_run_lines(run_id: int, progress: Progress) -> dict[str, Any]:
    """Post what is still missing, chunk by chunk, then close the run.

    :raises chunks.RunMovedOn: if the run is not being posted any more.
    :raises posting.DraftChanged: if the draft is not what was checked.
    """
    _work_off(
        run_id,
        ChunkState.POSTED,
        progress,
        lambda chunk_id: posting.post_chunk(run_id=run_id, chunk_id=chunk_id, now=progress.clock()),
    )
    run = _finish_posting(run_id, progress.clock())
    return {"run_id": run.pk, "lines": run.draft_lines, "amount": str(run.draft_amount)}


@transaction.atomic
def interrupt_run(*, run_id: int, job_id: int, reason: str, now: datetime) -> None:
    """Note that the work on a run ended before it was done, so that somebody decides about it.

    Does nothing if the run is not in the hands of this job any more.
    """
    run = chunks.lock_run(run_id)
    if run.job_id != job_id or run.state not in {RunState.COMPUTING, RunState.POSTING}:
        return
    run.state, run.error = RunState.FAILED, reason
    run.save(update_fields=["state", "error"])
    _record(access.SYSTEM, "billing.run.interrupted", run, now, {"reason": reason})


@transaction.atomic
def stop_run(*, actor: Actor, run_id: int, now: datetime) -> Job:
    """Ask the work on a run to stop after the chunk at hand; what is done stays done.

    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: without ``bill-run.prepare`` or, while it posts, ``bill-run.post``.
    :raises RunStateWrong: if nothing is being done.
    """
    run = _lock(actor, run_id, Action.BILL_VIEW)
    if run.state not in {RunState.COMPUTING, RunState.POSTING} or run.job_id is None:
        raise _state_wrong(run)
    is_posting = run.state == RunState.POSTING
    access.require(
        actor,
        Action.BILL_RUN_POST if is_posting else Action.BILL_RUN_PREPARE,
        run.project_id,
    )
    job = jobs.request_stop(job_id=run.job_id)
    if not job.is_active:  # it had not begun: no worker will note the end
        interrupt_run(run_id=run.pk, job_id=job.pk, reason=str(_("Stopped.")), now=now)
    _record(actor, "billing.run.stop-requested", run, now)
    return job


@transaction.atomic
def cancel_run(*, actor: Actor, run_id: int, reason: str = "", now: datetime) -> BillRun:
    """Give a run up before anything of it is posted; its draft is thrown away.

    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: with neither ``bill-run.prepare`` nor ``bill-run.check``.
    :raises RunStateWrong: if bills of it are posted, or it is cancelled.
    """
    run = _lock(actor, run_id, Action.BILL_VIEW)
    if not actor.may(Action.BILL_RUN_PREPARE, run.project_id):
        access.require(actor, Action.BILL_RUN_CHECK, run.project_id)
    is_posting = run.state == RunState.POSTING
    if run.state not in OPEN_RUN_STATES or is_posting or queries.has_bills(run):
        raise _state_wrong(run)
    if run.job_id is not None:
        jobs.request_stop(job_id=run.job_id)
    _drop_draft(run)
    run.state = RunState.CANCELLED
    run.save(update_fields=["state"])
    _record(actor, "billing.run.cancelled", run, now, {"reason": reason})
    return run


@transaction.atomic
def reverse_line(
    *, actor: Actor, line_id: int, reason: str, now: datetime, today: date
) -> BillLine:
    """Take back a bill that nothing has been paid on; the ledger keeps both entries (BL-108).

    The next run of the month may bill the unit again.

    :raises NotFound: if there is no such line within reach.
    :raises access.ActionDenied: without ``bill.reverse``.
    :raises ReasonMissing: without a reason.
    :raises LineReversed: if it is reversed already.
    :raises LinePaid: if something is paid on it: its receipt is voided first.
    """
    line = queries.get_line(actor=actor, line_id=line_id, today=today)
    access.require(actor, Action.BILL_REVERSE, line.project_id)
    if not reason.strip():
        raise ReasonMissing(_("Say why the bill is reversed."), field="reason")
    (line,) = queries.lock_lines([line_id])
    if line.is_reversed:
        raise LineReversed(_("This bill is reversed already."))
    if line.paid_amount:
        raise LinePaid(_("Something is paid on this bill: void the receipt first."))
    line.is_reversed, line.reversed_at, line.reversed_by = True, now, actor.user_id
    line.reverse_reason = reason.strip()
    line.save(update_fields=["is_reversed", "reversed_at", "reversed_by", "reverse_reason"])
    if line.amount:
        ledger.post_journal(
            project_id=line.project_id,
            kind=JournalKind.BILL_REVERSAL,
            source_type="billline",
            source_id=line.pk,
            effective_on=today,
            now=now,
            posted_by=actor.user_id,
            postings=[
                (
                    ledger_queries.account_of_role(AccountRole.RECEIVABLE).pk,
                    line.household_id,
                    -line.amount,
                ),
                (line.item.account_id, None, line.amount),
            ],
        )
    audit.record(
        actor=actor,
        event="billing.line.reversed",
        subject=line,
        project_id=line.project_id,
        now=now,
        data={"amount": str(line.amount), "reason": line.reverse_reason},
    )
    return line


def _lock(actor: Actor, run_id: int, action: Action) -> BillRun:
    run = queries.get_run(actor=actor, run_id=run_id)
    access.require(actor, action, run.project_id)
    return chunks.lock_run(run.pk)


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise PersonNeeded(_("A bill run is prepared, checked and posted by people."))
    return actor.user_id


def _state_wrong(run: BillRun) -> RunStateWrong:
    return RunStateWrong(
        _("This cannot be done now: the bill run is in the state “%(state)s”.")
        % {"state": run.get_state_display()},
        details={"state": run.state},
    )


def _due_on(project_id: int, period: date, issued_on: date) -> date:
    due_day = policies.get("fee.due_day", int, project_id=project_id)
    return rules.due_on(period, due_day, issued_on)


def _start_computing(actor: Actor, run: BillRun, now: datetime) -> None:
    run.job_id = _start_job(actor, run, COMPUTE, now).pk
    run.save(update_fields=["job_id"])


def _start_job(actor: Actor, run: BillRun, kind: str, now: datetime) -> Job:
    return jobs.start(
        actor=actor, kind=kind, params={"run_id": run.pk}, project_id=run.project_id, now=now
    )


def _drop_draft(run: BillRun) -> None:
    run.chunks.all().delete()
    DraftLine.objects.filter(run_id=run.pk).delete()
    RunSkip.objects.filter(run_id=run.pk).delete()


@transaction.atomic
def _plan_chunks(run_id: int) -> None:
    run = chunks.lock_for_work(run_id, RunState.COMPUTING)
    if not run.chunks.exists():
        chunks.plan(run)


def _work_off(
    run_id: int, done_state: ChunkState, progress: Progress, work: Callable[[int], bool]
) -> None:
    todo = BillRunChunk.objects.filter(run_id=run_id).order_by("number")
    total = sum(chunk.household_count for chunk in todo)
    done = sum(chunk.household_count for chunk in todo if chunk.state == done_state)
    for chunk in todo:
        if chunk.state != done_state:
            progress.report(done, total, done_state.value)
            work(chunk.pk)
            done += chunk.household_count
    progress.report(done, total, done_state.value)


@transaction.atomic
def _finish_computing(run_id: int, now: datetime) -> BillRun:
    run = chunks.lock_for_work(run_id, RunState.COMPUTING)
    sums = run.chunks.aggregate(
        lines=Sum("line_count"), amount=Sum("amount"), billed_before=Sum("billed_before")
    )
    run.draft_lines, run.draft_amount = sums["lines"] or 0, sums["amount"] or Decimal(0)
    run.billed_before = sums["billed_before"] or 0
    run.skip_count = RunSkip.objects.filter(run_id=run_id).count()
    run.totals = computing.item_totals(run, shift_month(run.period, -1))
    run.state, run.computed_at = RunState.PREVIEW, now
    run.save()
    _record(
        access.SYSTEM,
        "billing.run.computed",
        run,
        now,
        {"lines": run.draft_lines, "amount": str(run.draft_amount), "skips": run.skip_count},
    )
    return run


@transaction.atomic
def _finish_posting(run_id: int, now: datetime) -> BillRun:
    run = chunks.lock_for_work(run_id, RunState.POSTING)
    sums = run.chunks.filter(state=ChunkState.POSTED).aggregate(
        lines=Sum("line_count"), amount=Sum("amount")
    )
    if (sums["lines"], sums["amount"]) != (run.draft_lines, run.draft_amount):
        raise posting.DraftChanged(
            _("The draft is not the one that was checked. Cancel the run and prepare it anew.")
        )
    run.state, run.posted_at = RunState.POSTED, now
    run.save(update_fields=["state", "posted_at"])
    _record(
        access.SYSTEM,
        "billing.run.posted",
        run,
        now,
        {"lines": run.draft_lines, "amount": str(run.draft_amount)},
    )
    return run


def _record(
    actor: Actor, event: str, run: BillRun, now: datetime, data: dict[str, Any] | None = None
) -> None:
    audit.record(
        actor=actor, event=event, subject=run, project_id=run.project_id, now=now, data=data
    )
