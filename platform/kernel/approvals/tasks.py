from celery import shared_task
from django.utils import timezone

from kernel.approvals import operations


@shared_task(name="kernel.approvals.sweep", ignore_result=True)
def sweep(*, schema: str, **_kwargs: object) -> None:
    """Remind, escalate, and let cases go on for which there is somebody again."""
    operations.sweep(now=timezone.now())
