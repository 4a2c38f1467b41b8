"""What the clock does with requests."""

from celery import shared_task
from django.utils import timezone

from services.procurement.requests import operations


@shared_task(name="services.procurement.requests.remind", ignore_result=True)
def remind(*, schema: str, **_kwargs: object) -> None:
    """Tell those who ask for purchases in one company that the month's plans are due."""
    operations.remind_of_plans(now=timezone.now())
