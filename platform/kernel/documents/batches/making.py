"""Make the papers of a batch, each in a transaction of its own, and join them."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from kernel import access, crypto
from kernel.access.queries import actor_for
from kernel.documents.batches import queries
from kernel.documents.batches.operations import KEPT_FOR
from kernel.documents.batches.registry import BatchKind, Printing, kind_named
from kernel.documents.models import BatchPaper, BatchPart, PaperState, PrintBatch
from kernel.documents.printing.joining import join
from kernel.errors import DomainError
from kernel.jobs.runner import Progress
from kernel.notifications.operations import notify
from kernel.tenancy import company_day, company_time_zone

_PART_BYTES = 1024 * 1024
URL = "/c/downloads/"


def make(progress: Progress) -> dict[str, Any]:
    """Make what is missing of a batch, then its file. Safe to run twice and to be killed.

    A paper and the note that it is made are one transaction: whoever goes on makes none again.
    What the owner may do is asked anew: posts may have changed since he asked for it.

    :raises NotFound: if the batch is gone, or the project out of the owner's sight.
    :raises access.ActionDenied: if he may not print such papers any more.
    """
    batch_id = int(progress.params["batch_id"])
    with transaction.atomic():
        batch = queries.lock_batch(batch_id=batch_id)
    if batch.ready_at is not None:
        return {"batch_id": batch_id}
    kind = kind_named(batch.kind)
    with translation.override(batch.language), timezone.override(company_time_zone()):
        actor = actor_for(user=batch.owner, today=company_day(progress.clock()))
        access.require_in_sight(actor, kind.action, batch.project_id)
        papers = list(batch.papers.order_by("position").values_list("pk", "state"))
        for done, (paper_id, state) in enumerate(papers):
            if state == PaperState.WAITING:
                _make_one(progress, batch, kind, actor, paper_id, done, len(papers))
        _finish(progress, batch, len(papers))
    return {"batch_id": batch_id}


def _make_one(
    progress: Progress,
    batch: PrintBatch,
    kind: BatchKind,
    actor: access.Actor,
    paper_id: int,
    done: int,
    total: int,
) -> None:
    now = progress.clock()
    printing = Printing(actor, batch.project_id, batch.language, now, company_day(now))
    try:
        with transaction.atomic():
            progress.report(done, total)  # and holds the job's row until this commits
            paper = BatchPaper.objects.select_for_update().get(pk=paper_id)
            paper.label, pdf = kind.make(printing, paper.object_id)
            paper.content_encrypted = crypto.cipher().seal(pdf)
            paper.state = PaperState.DONE
            paper.save()
    except DomainError as refusal:
        with transaction.atomic():
            progress.report(done, total)
            BatchPaper.objects.filter(pk=paper_id).update(
                state=PaperState.REFUSED, refusal=str(refusal)[:300]
            )


@transaction.atomic
def _finish(progress: Progress, batch: PrintBatch, total: int) -> None:
    """Store the joined file, in place of the single papers, and tell the owner."""
    progress.report(total, total)
    batch = queries.lock_batch(batch_id=batch.pk)
    unseal, seal = crypto.cipher().open, crypto.cipher().seal
    made = batch.papers.filter(state=PaperState.DONE, content_encrypted__isnull=False)
    sealed = made.order_by("position").values_list("content_encrypted", flat=True)
    pages = [unseal(bytes(content)) for content in sealed if content is not None]
    content = join(pages) if pages else b""
    batch.parts.all().delete()
    for number, start in enumerate(range(0, len(content), _PART_BYTES)):
        part = seal(content[start : start + _PART_BYTES])
        BatchPart.objects.create(batch=batch, number=number, content_encrypted=part)
    made.update(content_encrypted=None)
    _tell(batch, len(pages), total - len(pages), len(content), progress.clock())


def _tell(batch: PrintBatch, made: int, refused: int, size: int, now: datetime) -> None:
    batch.ready_at, batch.expires_at, batch.file_size = now, now + KEPT_FOR, size
    batch.save(update_fields=["ready_at", "expires_at", "file_size"])
    notify(
        kind="documents.print-ready",
        to=[batch.owner_id],
        url=URL,
        context={
            "papers": str(kind_named(batch.kind).name),
            "made": str(made),
            "refused": str(refused),
            "until": company_day(batch.expires_at).isoformat(),
        },
        project_id=batch.project_id,
        now=now,
    )
