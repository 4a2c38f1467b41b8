from typing import Any

from celery import shared_task
from django.utils import timezone

from kernel.deadlines import sweeping
from kernel.jobs.registry import handles
from kernel.jobs.runner import Progress


@shared_task(name="kernel.deadlines.sweep", ignore_result=True)
def sweep(*, schema: str, **_kwargs: object) -> None:
    """Let the clocks of one company warn and be exceeded."""
    sweeping.sweep(now=timezone.now())


@handles("deadlines.recompute")
def recompute(progress: Progress) -> dict[str, Any]:
    """Set running clocks by a calendar that was changed."""
    return {"moved": sweeping.recompute(now=progress.clock())}
