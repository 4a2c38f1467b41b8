"""Background work of documents."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from kernel.documents import retention
from kernel.documents.batches import making, operations
from kernel.jobs.registry import handles
from kernel.jobs.runner import Progress


@handles(operations.KIND)
def print_batch(progress: Progress) -> dict[str, Any]:
    """Make the papers of a batch."""
    return making.make(progress)


@handles(retention.DISCARD)
def discard_content(progress: Progress) -> None:
    """Remove the content of a disposed file."""
    retention.discard_content(int(progress.params["attachment_id"]))


@shared_task(name="kernel.documents.drop_expired_batches", ignore_result=True)
def drop_expired_batches(*, schema: str, **_kwargs: object) -> None:
    """Remove one company's printed batches that are past their day."""
    operations.drop_expired(now=timezone.now())
