"""What runs by itself: invitations and letters that are mailed, papers that run out, visits."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from kernel.jobs.registry import handles
from kernel.jobs.runner import Progress
from services.procurement.vendors import letters, mails
from services.procurement.vendors.operations import (
    INVITATION_JOB,
    remind_of_papers,
    remind_of_visits,
)


@handles(INVITATION_JOB)
def invite(progress: Progress) -> dict[str, Any]:
    """Mail a contact the link by which he joins."""
    is_sent = mails.send_invitation(contact_id=progress.params["contact_id"], now=progress.clock())
    return {"sent": int(is_sent)}


@shared_task(name=letters.DELIVER_TASK, ignore_result=True)
def deliver(*, schema: str, **_kwargs: object) -> None:
    """Send one company's mails to vendors about their own affairs."""
    letters.deliver_due(now=timezone.now())


@shared_task(name="services.procurement.vendors.remind", ignore_result=True)
def remind(*, schema: str, **_kwargs: object) -> None:
    """Tell of one company's vendors' papers that run out, and of visits that are due."""
    now = timezone.now()
    remind_of_papers(now=now)
    remind_of_visits(now=now)
