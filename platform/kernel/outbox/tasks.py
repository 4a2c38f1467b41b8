from celery import shared_task
from django.utils import timezone

from kernel.outbox import operations


@shared_task(name=operations.DELIVER_TASK, ignore_result=True)
def deliver(*, schema: str, **_kwargs: object) -> None:
    """Send what one company's endpoints wait for."""
    operations.deliver_due(now=timezone.now())
