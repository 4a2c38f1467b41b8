"""Stop a run, give it up, or note that the work on it broke off."""

from datetime import datetime

from django.db import transaction

from kernel import access
from kernel.access import Action, Actor
from kernel.jobs import operations as jobs
from kernel.jobs.models import Job
from kernel.text import _
from services.billing.runs import chunks, queries
from services.billing.runs.models import (
    OPEN_RUN_STATES,
    BillRun,
    RunState,
)
from services.billing.runs.operations import common


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
    common.record(access.SYSTEM, "billing.run.interrupted", run, now, {"reason": reason})


@transaction.atomic
def stop_run(*, actor: Actor, run_id: int, now: datetime) -> Job:
    """Ask the work on a run to stop after the chunk at hand; what is done stays done.

    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: without ``bill-run.prepare`` or, while it posts, ``bill-run.post``.
    :raises RunStateWrong: if nothing is being done.
    """
    run = common.lock(actor, run_id, Action.BILL_VIEW)
    if run.state not in {RunState.COMPUTING, RunState.POSTING} or run.job_id is None:
        raise common.state_wrong(run)
    is_posting = run.state == RunState.POSTING
    access.require(
        actor,
        Action.BILL_RUN_POST if is_posting else Action.BILL_RUN_PREPARE,
        run.project_id,
    )
    job = jobs.request_stop(job_id=run.job_id)
    if not job.is_active:  # it had not begun: no worker will note the end
        interrupt_run(run_id=run.pk, job_id=job.pk, reason=str(_("Stopped.")), now=now)
    common.record(actor, "billing.run.stop-requested", run, now)
    return job


@transaction.atomic
def cancel_run(*, actor: Actor, run_id: int, reason: str = "", now: datetime) -> BillRun:
    """Give a run up before anything of it is posted; its draft is thrown away.

    :raises NotFound: if there is no such run within reach.
    :raises access.ActionDenied: with neither ``bill-run.prepare`` nor ``bill-run.check``.
    :raises RunStateWrong: if bills of it are posted, or it is cancelled.
    """
    run = common.lock(actor, run_id, Action.BILL_VIEW)
    if not actor.may(Action.BILL_RUN_PREPARE, run.project_id):
        access.require(actor, Action.BILL_RUN_CHECK, run.project_id)
    is_posting = run.state == RunState.POSTING
    if run.state not in OPEN_RUN_STATES or is_posting or queries.has_bills(run):
        raise common.state_wrong(run)
    if run.job_id is not None:
        jobs.request_stop(job_id=run.job_id)
    common.drop_draft(run)
    run.state = RunState.CANCELLED
    run.save(update_fields=["state"])
    common.record(actor, "billing.run.cancelled", run, now, {"reason": reason})
    return run
