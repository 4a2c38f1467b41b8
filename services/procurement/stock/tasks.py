"""What the clock does with stock."""

from celery import shared_task
from django.utils import timezone

from services.procurement.stock import operations


@shared_task(name="services.procurement.stock.remind", ignore_result=True)
def remind(*, schema: str, **_kwargs: object) -> None:
    """Tell the keepers of one company of counts that are due and of goods that run out of date."""
    now = timezone.now()
    operations.remind_of_counts(now=now)
    operations.remind_of_expiry(now=now)
