"""What the clock does with contracts."""

from celery import shared_task
from django.utils import timezone

from kernel.tenancy import company_day
from services.procurement.contracts import operations


@shared_task(name="services.procurement.contracts.remind", ignore_result=True)
def remind(*, schema: str, **_kwargs: object) -> None:
    """Remind the people of one company of what ends and what is due."""
    now = timezone.now()
    operations.remind(now=now, today=company_day(now))
