"""The nightly check of the books, and the work behind it."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from kernel import access
from kernel.jobs.registry import handles
from kernel.jobs.runner import Progress
from services.billing.ledger import operations


@shared_task(name="services.billing.ledger.check", ignore_result=True)
def check(*, schema: str, **_kwargs: object) -> None:
    """Queue a check of one company's books."""
    operations.start_check(actor=access.SYSTEM, now=timezone.now())


@handles(operations.CHECK)
def check_books(progress: Progress) -> dict[str, Any]:
    """Check the books."""
    return operations.check_books(progress)
