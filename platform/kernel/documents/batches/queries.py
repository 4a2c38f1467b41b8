"""Reads of one's own batches. Nobody sees another person's."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from kernel import access, crypto
from kernel.documents.batches.registry import kind_named
from kernel.documents.models import BatchPaper, PaperState, PrintBatch
from kernel.errors import NotFound
from kernel.jobs.models import Job


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """A batch with the work on it; that is gone once the job is."""

    batch: PrintBatch
    job: Job | None

    @property
    def is_active(self) -> bool:
        return self.batch.ready_at is None and self.job is not None and self.job.is_active

    @property
    def may_go_on(self) -> bool:
        """Whether it stands still before its end and can be gone on with."""
        return self.batch.ready_at is None and not self.is_active


def batches(*, actor: access.Actor, now: datetime) -> QuerySet[PrintBatch]:
    """Return the actor's batches that have not expired, newest first.

    ``done_count`` papers are made, ``refused_count`` could not be.
    """
    return (
        PrintBatch.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now), owner_id=actor.require_person()
        )
        .annotate(
            paper_count=Count("papers"),
            done_count=Count("papers", filter=Q(papers__state=PaperState.DONE)),
            refused_count=Count("papers", filter=Q(papers__state=PaperState.REFUSED)),
        )
        .order_by("-pk")
    )


def standings(*, actor: access.Actor, now: datetime) -> list[BatchStanding]:
    """Return the actor's latest fifty batches with the work on them, newest first.

    ``refused`` are the first twenty papers of each that could not be made.
    """
    refused = BatchPaper.objects.filter(state=PaperState.REFUSED).defer("content_encrypted")
    shown = Prefetch("papers", refused.order_by("position")[:20], to_attr="refused")
    found = list(batches(actor=actor, now=now).prefetch_related(shown)[:50])
    jobs = Job.objects.in_bulk([batch.job_id for batch in found if batch.job_id is not None])
    return [BatchStanding(batch, jobs.get(batch.job_id or 0)) for batch in found]


def get_standing(*, actor: access.Actor, batch_id: int, now: datetime) -> BatchStanding:
    """Return one batch with its papers in order and the work on it.

    :raises NotFound: if it is not the actor's, or has expired.
    """
    papers = BatchPaper.objects.order_by("position").defer("content_encrypted")
    found = batches(actor=actor, now=now).prefetch_related(Prefetch("papers", papers))
    batch = found.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    return BatchStanding(batch, Job.objects.filter(pk=batch.job_id or 0).first())


def get_file(*, actor: access.Actor, batch_id: int, now: datetime) -> tuple[PrintBatch, bytes]:
    """Return a finished batch and its PDF.

    :raises NotFound: if it is not the actor's, has expired, or is not ready.
    :raises access.ActionDenied: if he may not print such papers in the project any more.
    """
    batch = get_standing(actor=actor, batch_id=batch_id, now=now).batch
    access.require_in_sight(actor, kind_named(batch.kind).action, batch.project_id)
    if batch.ready_at is None or not batch.file_size:
        raise NotFound
    unseal = crypto.cipher().open
    parts = batch.parts.order_by("number").values_list("content_encrypted", flat=True)
    return batch, b"".join(unseal(bytes(part)) for part in parts.iterator(chunk_size=8))


def lock_batch(*, batch_id: int) -> PrintBatch:
    """Return a batch, locked, for the work on it. :raises NotFound: if it was thrown away."""
    batch = (
        PrintBatch.objects.select_for_update(of=("self",))
        .select_related("owner")
        .filter(pk=batch_id)
        .first()
    )
    if batch is None:
        raise NotFound
    return batch
