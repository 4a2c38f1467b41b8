from celery import shared_task
from django.utils import timezone

from kernel.jobs import operations, runner


@shared_task(name=operations.RUN_TASK, acks_late=True, ignore_result=True)
def run(*, schema: str, job_id: int, **_kwargs: object) -> None:
    """Run one job. Safe to send twice: the claim lets one worker through."""
    runner.run(job_id, timezone.now)


@shared_task(name="kernel.jobs.resend_lost", ignore_result=True)
def resend_lost(*, schema: str, **_kwargs: object) -> None:
    """Send what was lost in one company."""
    operations.resend_lost(now=timezone.now())
