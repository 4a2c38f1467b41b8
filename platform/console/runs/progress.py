"""How far the work on a run is, in words and figures for the card that polls."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from kernel.access import Actor
from kernel.errors import NotFound
from kernel.jobs import queries as jobs
from kernel.jobs.models import Job
from services.billing.runs import preview, queries
from services.billing.runs.models import BillRun, ChunkState, RunState

WORKING = frozenset({RunState.COMPUTING, RunState.POSTING})


@dataclass(frozen=True, slots=True)
class Progress:
    """Households done of all, what it comes to so far, and for how long."""

    is_posting: bool
    done: int
    total: int
    percent: int
    amount: Decimal
    elapsed: timedelta | None
    remaining: timedelta | None
    stop_requested: bool
    skips: list[preview.SkipCount]


def progress_of(run: BillRun, *, actor: Actor, now: datetime) -> Progress:
    """Return the progress of a run that is being computed or posted."""
    is_posting = run.state == RunState.POSTING
    job = _job(run, actor)
    done, total = (job.done, job.total) if job is not None else (0, 0)
    state = ChunkState.POSTED if is_posting else ChunkState.COMPUTED
    elapsed = now - job.started_at if job is not None and job.started_at else None
    return Progress(
        is_posting=is_posting,
        done=done,
        total=total,
        percent=job.percent if job is not None else 0,
        amount=queries.chunk_amount(run, state),
        elapsed=elapsed,
        remaining=_remaining(elapsed, done, total),
        stop_requested=job is not None and job.stop_requested,
        skips=[] if is_posting else preview.skip_counts(run),
    )


def _job(run: BillRun, actor: Actor) -> Job | None:
    if run.job_id is None:
        return None
    try:
        return jobs.get_job(actor=actor, job_id=run.job_id)
    except NotFound:
        return None


def _remaining(elapsed: timedelta | None, done: int, total: int) -> timedelta | None:
    """Return what is left at the speed so far; nothing until a fifth of it is known."""
    if elapsed is None or not total or done * 5 < total:
        return None
    return elapsed * (total - done) / done


def context_of(run: BillRun, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Return what the card's template needs."""
    return {"run": run, "work": progress_of(run, actor=actor, now=now)}
