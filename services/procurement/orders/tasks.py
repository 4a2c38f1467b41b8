from celery import shared_task
from django.utils import timezone

from services.procurement.orders import telling
from services.procurement.orders.operations import deliver_due


@shared_task(name=telling.DELIVER_TASK, ignore_result=True)
def deliver(*, schema: str, **_kwargs: object) -> None:
    """Send the mails about orders of one company."""
    deliver_due(now=timezone.now())
