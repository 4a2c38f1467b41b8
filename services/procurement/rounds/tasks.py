from celery import shared_task
from django.utils import timezone

from services.procurement.rounds import telling
from services.procurement.rounds.operations import drafted, reminding


@shared_task(name=telling.DELIVER_TASK, ignore_result=True)
def deliver(*, schema: str, **_kwargs: object) -> None:
    """Send the mails about rounds of one company."""
    reminding.deliver_due(now=timezone.now())


@shared_task(name="services.procurement.rounds.remind", ignore_result=True)
def remind(*, schema: str, **_kwargs: object) -> None:
    """Tell those who open rounds what waits for them; forget files that were never sent."""
    now = timezone.now()
    reminding.remind_openers(now=now)
    drafted.forget_drafts(now=now)
