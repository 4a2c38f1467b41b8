"""Start, stop and re-send jobs."""

from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import Q

from kernel.access.actors import Actor
from kernel.db import violated_constraint
from kernel.errors import NotFound
from kernel.jobs.models import ACTIVE_STATES, Job, JobState
from kernel.tenancy import current_schema

RUN_TASK = "kernel.jobs.run"

# A message is taken for lost after half a minute in the queue, a worker for dead after two
# minutes without a heartbeat: four times the longest chunk of 30 s that handlers may take.
QUEUED_TOO_LONG = timedelta(seconds=30)
SILENT_TOO_LONG = timedelta(minutes=2)


def start(
    *,
    actor: Actor,
    kind: str,
    params: dict[str, Any],
    now: datetime,
    project_id: int | None = None,
    key: str = "",
    total: int = 0,
) -> Job:
    """Queue a job in the caller's transaction and send it once that commits.

    With a ``key`` there is at most one active job of that key: the one already active is
    returned instead of a second.
    """
    job = Job(
        kind=kind,
        key=key,
        params=params,
        project_id=project_id,
        created_by=actor.user_id,
        created_by_label=actor.label[:140],
        request_id=actor.request_id,
        created_at=now,
        total=total,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != "job_active_key_once":
            raise
        return Job.objects.get(key=key, state__in=ACTIVE_STATES)
    enqueue_after_commit(RUN_TASK, job_id=job.pk)
    return job


@transaction.atomic
def request_stop(*, job_id: int) -> Job:
    """Ask a running job to stop at its next chunk; a waiting one stops at once.

    The caller has checked that the actor may. :raises NotFound: if there is no such job.
    """
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise NotFound
    if job.is_active:
        job.stop_requested = True
        if job.state == JobState.QUEUED:
            job.state = JobState.STOPPED
        job.save(update_fields=["stop_requested", "state"])
    return job


def resend_lost(*, now: datetime) -> int:
    """Send again what waits too long or whose worker is silent; return how many.

    Runs outside a transaction: the claim in the runner decides who works, so that sending once
    too often does no harm.
    """
    lost = Job.objects.filter(
        Q(state=JobState.QUEUED, created_at__lt=now - QUEUED_TOO_LONG)
        & (Q(sent_at__isnull=True) | Q(sent_at__lt=now - QUEUED_TOO_LONG))
        | Q(state=JobState.RUNNING, heartbeat_at__lt=now - SILENT_TOO_LONG)
    ).order_by("pk")[:500]
    ids = list(lost.values_list("pk", flat=True))
    for job_id in ids:
        send(current_schema(), job_id)
    Job.objects.filter(pk__in=ids, state=JobState.QUEUED).update(sent_at=now)
    return len(ids)


def send(schema: str, job_id: int) -> None:
    """Put one message on the queue."""
    current_app.send_task(RUN_TASK, kwargs={"schema": schema, "job_id": job_id})


def enqueue_after_commit(task: str, **kwargs: str | int) -> None:
    """Put a message for ``task`` (its registered name) on the queue once the transaction commits.

    The schema is read now: the hook may run after the company has changed back. A broker that does
    not answer is logged and does not undo the commit: what is sent must also be found by a sweep.
    """
    message = {**kwargs, "schema": current_schema()}
    transaction.on_commit(  # noqa: TID251 - the one place
        lambda: current_app.send_task(task, kwargs=message), robust=True
    )
