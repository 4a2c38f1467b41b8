"""The console's background work."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from console.downloads import making, operations
from kernel.jobs.registry import handles
from kernel.jobs.runner import Progress


@handles(operations.KIND)
def export_list(progress: Progress) -> dict[str, Any]:
    """Make the sheet of a long list."""
    return making.make(progress)


@shared_task(name="console.drop_expired_exports", ignore_result=True)
def drop_expired_exports(*, schema: str, **_kwargs: object) -> None:
    """Remove one company's downloads that are past their day."""
    operations.drop_expired(now=timezone.now())
