"""The work behind a bill run's jobs."""

from collections.abc import Callable
from typing import Any

from kernel.errors import DomainError
from kernel.jobs.registry import handles
from kernel.jobs.runner import JobLost, JobStopped, Progress
from kernel.text import _
from services.billing.runs import operations


@handles(operations.COMPUTE)
def compute(progress: Progress) -> dict[str, Any]:
    """Compute a run's draft."""
    return _run(progress, operations.compute_run)


@handles(operations.POST)
def post(progress: Progress) -> dict[str, Any]:
    """Post a run's bills."""
    return _run(progress, operations.post_run_lines)


def _run(progress: Progress, work: Callable[[int, Progress], dict[str, Any]]) -> dict[str, Any]:
    run_id = int(progress.params["run_id"])
    try:
        return work(run_id, progress)
    except JobLost:
        raise  # the successor goes on with the run
    except Exception as error:  # the run must not look as if somebody were working on it
        operations.interrupt_run(
            run_id=run_id, job_id=progress.job.pk, reason=_reason(error), now=progress.clock()
        )
        raise


def _reason(error: Exception) -> str:
    if isinstance(error, JobStopped):
        return str(_("Stopped."))
    if isinstance(error, DomainError):
        return str(error)
    return str(_("Something went wrong on our side; what was done so far stands."))
