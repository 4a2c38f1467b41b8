"""What runs by itself: invitations that are mailed, papers that run out."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from kernel.jobs.registry import handles
from kernel.jobs.runner import Progress
from services.procurement.vendors import mails
from services.procurement.vendors.operations import INVITATION_JOB, remind_of_papers


@handles(INVITATION_JOB)
def invite(progress: Progress) -> dict[str, Any]:
    """Mail a contact the link by which he joins."""
    is_sent = mails.send_invitation(contact_id=progress.params["contact_id"], now=progress.clock())
    return {"sent": int(is_sent)}


@shared_task(name="services.procurement.vendors.remind", ignore_result=True)
def remind(*, schema: str, **_kwargs: object) -> None:
    """Tell of one company's vendors' papers that run out."""
    remind_of_papers(now=timezone.now())
