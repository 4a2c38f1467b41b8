"""What the operations of bill runs share: the lock, the person, the job, the audit row."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from kernel import policies
from kernel.access import Action, Actor
from kernel.audit import operations as audit
from kernel.duties import operations as duties
from kernel.errors import Conflict, Denied
from kernel.jobs import operations as jobs
from kernel.jobs.models import Job
from kernel.jobs.runner import Progress
from kernel.text import _
from services.billing.runs import chunks, queries, rules
from services.billing.runs.models import (
    BillRun,
    BillRunChunk,
    ChunkState,
    DraftLine,
    RunSkip,
)

COMPUTE = "billing.run.compute"
POST = "billing.run.post"


class RunStateWrong(Conflict):
    code = "billing.run-state"


class PersonNeeded(Denied):
    code = "billing.person-needed"


def lock(actor: Actor, run_id: int, action: Action) -> BillRun:
    run = queries.get_run(actor=actor, run_id=run_id)
    duties.require_action(actor, action, run.project_id)
    return chunks.lock_run(run.pk)


def require_person(actor: Actor) -> int:
    if actor.user_id is None:
        raise PersonNeeded(_("A bill run is prepared, checked and posted by people."))
    return actor.user_id


def state_wrong(run: BillRun) -> RunStateWrong:
    return RunStateWrong(
        _("This cannot be done now: the bill run is in the state “%(state)s”.")
        % {"state": run.get_state_display()},
        details={"state": run.state},
    )


def due_on(project_id: int, period: date, issued_on: date) -> date:
    due_day = policies.get("fee.due_day", int, project_id=project_id, on=issued_on)
    return rules.due_on(period, due_day, issued_on)


def start_job(actor: Actor, run: BillRun, kind: str, now: datetime) -> Job:
    return jobs.start(
        actor=actor, kind=kind, params={"run_id": run.pk}, project_id=run.project_id, now=now
    )


def drop_draft(run: BillRun) -> None:
    run.chunks.all().delete()
    DraftLine.objects.filter(run_id=run.pk).delete()
    RunSkip.objects.filter(run_id=run.pk).delete()


def work_off(
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


def record(
    actor: Actor, event: str, run: BillRun, now: datetime, data: dict[str, Any] | None = None
) -> None:
    audit.record(
        actor=actor, event=event, subject=run, project_id=run.project_id, now=now, data=data
    )
