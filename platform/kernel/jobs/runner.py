"""Claim a job, run its handler, keep its progress."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from kernel.access.actors import Actor
from kernel.errors import DomainError
from kernel.jobs.models import Job, JobState
from kernel.jobs.operations import SILENT_TOO_LONG
from kernel.jobs.registry import handler_of
from kernel.security.operations import note_refusal

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class JobLost(Exception):
    """Another worker has taken the job over; this one must write nothing more."""


class JobStopped(Exception):
    """Somebody asked for it."""


class Progress:
    """What a handler sees of its job."""

    def __init__(self, job: Job, clock: Clock) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.clock = clock

    def report(self, done: int, total: int, stage: str = "") -> None:
        """Keep the figures and prove that the worker lives. Call at least every 30 s.

        :raises JobLost: if another worker has taken over.
        :raises JobStopped: if a stop was asked for.
        """
        updated = Job.objects.filter(
            pk=self.job.pk, attempt=self.job.attempt, state=JobState.RUNNING
        ).update(done=done, total=total, stage=stage[:120], heartbeat_at=self.clock())
        if updated != 1:
            raise JobLost
        if Job.objects.filter(pk=self.job.pk, stop_requested=True).exists():
            raise JobStopped

    def forget_params(self) -> None:
        """Remove the parameters from the row once they have served, where they name a person."""
        Job.objects.filter(pk=self.job.pk).update(params={})


def run(job_id: int, clock: Clock) -> JobState | None:
    """Run the job unless somebody else does; return its final state, ``None`` if not ours.

    Anticipated failures end in ``FAILED`` with their message; others too, with the message
    hidden, and rise so that they are reported.
    """
    job = _claim(job_id, clock())
    if job is None:
        return None
    progress = Progress(job, clock)
    try:
        result = handler_of(job.kind)(progress)
    except JobLost:
        logger.warning("job taken over by another worker", extra={"job_id": job_id})
        return None
    except JobStopped:
        return _finish(job, clock(), state=JobState.STOPPED)
    except DomainError as error:
        # Written after the handler's own transactions: what was refused is rolled back by now.
        note_refusal(error, _starter(job), f"job {job.kind}", clock(), project_id=job.project_id)
        return _finish(job, clock(), state=JobState.FAILED, error_code=error.code, error=str(error))
    except Exception as error:
        _finish(
            job, clock(), state=JobState.FAILED, error_code="internal", error=type(error).__name__
        )
        raise
    return _finish(job, clock(), state=JobState.DONE, result=result or {})


def _starter(job: Job) -> Actor:
    return Actor(label=job.created_by_label, user_id=job.created_by, request_id=job.request_id)


def _claim(job_id: int, now: datetime) -> Job | None:
    claimed = Job.objects.filter(
        Q(state=JobState.QUEUED)
        | Q(state=JobState.RUNNING, heartbeat_at__lt=now - SILENT_TOO_LONG),
        pk=job_id,
    ).update(
        state=JobState.RUNNING,
        attempt=F("attempt") + 1,
        started_at=now,
        heartbeat_at=now,
    )
    return Job.objects.get(pk=job_id) if claimed == 1 else None


def _finish(job: Job, now: datetime, *, state: JobState, **values: Any) -> JobState | None:
    updated = Job.objects.filter(pk=job.pk, attempt=job.attempt, state=JobState.RUNNING).update(
        state=state, finished_at=now, heartbeat_at=now, **values
    )
    return state if updated == 1 else None
