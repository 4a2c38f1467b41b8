"""Make a checked draft into bills.

``post_run_lines`` is the long work behind a job, chunk by chunk, as in ``drafting``.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from kernel import access, policies
from kernel.access import Action, Actor
from kernel.errors import Conflict
from kernel.jobs.runner import Progress
from kernel.outbox import operations as outbox
from kernel.text import _
from services.billing.runs import chunks, posting, rules
from services.billing.runs.models import (
    BillRun,
    ChunkState,
    RunState,
)
from services.billing.runs.operations import common
from services.billing.runs.operations.common import POST


class NotChecked(Conflict):
    code = "billing.run-not-checked"


class CollectionNotOpen(Conflict):
    code = "billing.collection-not-open"


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
    run = common.lock(actor, run_id, Action.BILL_RUN_POST)
    if run.state == RunState.POSTING:
        return run
    interrupted = run.state == RunState.FAILED and run.checked_by is not None
    if run.state in {RunState.COMPUTING, RunState.PREVIEW}:
        raise NotChecked(_("Bills are issued only after somebody else has checked them."))
    if run.state != RunState.CHECKED and not interrupted:
        raise common.state_wrong(run)
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
        run.due_on = common.due_on(run.project_id, run.period, today)
    run.state = RunState.POSTING
    run.posted_by, run.posted_by_label, run.error = common.require_person(actor), actor.label, ""
    run.job_id = common.start_job(actor, run, POST, now).pk
    run.save()
    common.record(actor, "billing.run.posting-started", run, now)
    return run


def post_run_lines(run_id: int, progress: Progress) -> dict[str, Any]:
    """Post what is still missing, chunk by chunk, then close the run.

    :raises chunks.RunMovedOn: if the run is not being posted any more.
    :raises posting.DraftChanged: if the draft is not what was checked.
    """
    common.work_off(
        run_id,
        ChunkState.POSTED,
        progress,
        lambda chunk_id: posting.post_chunk(run_id=run_id, chunk_id=chunk_id, now=progress.clock()),
    )
    run = _finish_posting(run_id, progress.clock())
    return {"run_id": run.pk, "lines": run.draft_lines, "amount": str(run.draft_amount)}


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
    common.record(
        access.SYSTEM,
        "billing.run.posted",
        run,
        now,
        {"lines": run.draft_lines, "amount": str(run.draft_amount)},
    )
    outbox.publish(
        event="billing.run.posted",
        subject=run,
        project_id=run.project_id,
        now=now,
        data={
            "period": f"{run.period:%Y-%m}",
            "bills": run.draft_lines,
            "amount": str(run.draft_amount),
        },
    )
    return run
