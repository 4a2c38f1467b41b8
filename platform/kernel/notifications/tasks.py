from celery import shared_task
from django.utils import timezone

from kernel.notifications import channels, operations


@shared_task(name=operations.DELIVER_TASK, ignore_result=True)
def deliver(*, schema: str, **_kwargs: object) -> None:
    """Send what one company owes its people now."""
    operations.deliver_due(now=timezone.now())
    channels.deliver_due(now=timezone.now())
