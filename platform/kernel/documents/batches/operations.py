"""Ask for a batch of papers, go on with one that stands still, take it, throw it away."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from kernel import access
from kernel.access.queries import lock_user
from kernel.audit import operations as audit
from kernel.documents.batches import queries
from kernel.documents.batches.registry import kind_named
from kernel.documents.models import BatchPaper, PrintBatch
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import operations as jobs
from kernel.jobs.models import ACTIVE_STATES, Job
from kernel.text import _

KIND: Final = "documents.print-batch"
MOST_PAPERS: Final = 500
# Of one person: more would keep the workers from everybody else's work.
MOST_AT_ONCE: Final = 3
KEPT_FOR: Final = timedelta(days=7)


class NothingToPrint(Invalid):
    code = "documents.nothing-to-print"


class TooManyPapers(Invalid):
    code = "documents.too-many-papers"


class TooManyBatches(Conflict):
    code = "documents.too-many-batches"


class BatchNotStill(Conflict):
    """It is being made, or it is ready."""

    code = "documents.batch-not-still"


@transaction.atomic
def start_batch(
    *,
    actor: access.Actor,
    kind: str,
    project_id: int,
    object_ids: Sequence[int],
    language: str,
    now: datetime,
) -> PrintBatch:
    """Have many papers of a project made in the background, in this order.

    Asking again for the same ones while they are being made returns the batch under way.

    :raises NotFound: if there is no such kind or language, or the project is out of sight.
    :raises access.ActionDenied: without the kind's action there, or if the actor is no person.
    :raises NothingToPrint: without a record. :raises TooManyPapers: with more than 500.
    :raises TooManyBatches: if three of the actor's are being made.
    """
    known = kind_named(kind)
    if language not in dict(settings.LANGUAGES):
        raise NotFound
    access.require_in_project(actor, known.action, project_id)
    owner_id = actor.require_person()
    ids = list(dict.fromkeys(object_ids))
    if not ids:
        raise NothingToPrint(_("Choose what is to be printed."))
    if len(ids) > MOST_PAPERS:
        raise TooManyPapers(
            _("One batch holds up to %(most)d papers. Print the rest in another.")
            % {"most": MOST_PAPERS}
        )
    key = _key_of(owner_id, kind, project_id, language, ids)
    _require_room(owner_id, key)
    batch = PrintBatch.objects.create(
        owner_id=owner_id, kind=kind, project_id=project_id, language=language, asked_at=now
    )
    job = _start_job(actor, batch, key, len(ids), now)
    under_way = int(job.params["batch_id"])
    if under_way != batch.pk:
        batch.delete()
        return PrintBatch.objects.get(pk=under_way)
    labels = known.labels(project_id, ids)
    BatchPaper.objects.bulk_create(
        BatchPaper(
            batch=batch,
            position=position,
            object_id=object_id,
            label=labels.get(object_id, "")[:140],
        )
        for position, object_id in enumerate(ids)
    )
    audit.record(
        actor=actor,
        event="documents.print-batch.asked",
        subject=batch,
        project_id=project_id,
        now=now,
        data={"kind": kind, "papers": len(ids)},
    )
    return batch


@transaction.atomic
def go_on(*, actor: access.Actor, batch_id: int, now: datetime) -> PrintBatch:
    """Make the papers that are missing in a batch that was stopped or failed; none is made twice.

    :raises NotFound: if it is not the actor's.
    :raises access.ActionDenied: if he may not print such papers in the project any more.
    :raises BatchNotStill: if it is ready, or being made.
    :raises TooManyBatches: if three others of the actor's are being made.
    """
    queries.get_standing(actor=actor, batch_id=batch_id, now=now)
    batch = queries.lock_batch(batch_id=batch_id)
    access.require_in_sight(actor, kind_named(batch.kind).action, batch.project_id)
    if not queries.get_standing(actor=actor, batch_id=batch_id, now=now).may_go_on:
        raise BatchNotStill(_("This batch is ready, or being made."))
    ids = list(batch.papers.order_by("position").values_list("object_id", flat=True))
    key = _key_of(batch.owner_id, batch.kind, batch.project_id, batch.language, ids)
    _require_room(batch.owner_id, key)
    _start_job(actor, batch, key, len(ids), now)
    audit.record(
        actor=actor,
        event="documents.print-batch.gone-on",
        subject=batch,
        project_id=batch.project_id,
        now=now,
        data={"kind": batch.kind},
    )
    return batch


@transaction.atomic
def fetch(*, actor: access.Actor, batch_id: int, now: datetime) -> tuple[PrintBatch, bytes]:
    """Return a finished batch and its PDF; that the person took it is written down.

    :raises NotFound: if it is not his, has expired, or is not ready.
    :raises access.ActionDenied: if he may not print such papers in the project any more.
    """
    batch, content = queries.get_file(actor=actor, batch_id=batch_id, now=now)
    audit.record(
        actor=actor,
        event="documents.print-batch.fetched",
        subject=batch,
        project_id=batch.project_id,
        now=now,
        data={"kind": batch.kind},
    )
    return batch, content


@transaction.atomic
def throw_away(*, actor: access.Actor, batch_id: int, now: datetime) -> None:
    """Remove a batch of the actor's; the work on it stops. What was issued stays issued.

    :raises NotFound: if it is not his.
    """
    batch = queries.get_standing(actor=actor, batch_id=batch_id, now=now).batch
    if batch.job_id is not None and Job.objects.filter(pk=batch.job_id).exists():
        jobs.request_stop(job_id=batch.job_id)  # the job before the batch, as the work locks them
    queries.lock_batch(batch_id=batch.pk).delete()


@transaction.atomic
def stop(*, actor: access.Actor, batch_id: int, now: datetime) -> None:
    """Stop the work on a batch after the paper under way; it can be gone on with.

    :raises NotFound: if it is not the actor's.
    """
    batch = queries.get_standing(actor=actor, batch_id=batch_id, now=now).batch
    if batch.job_id is not None and Job.objects.filter(pk=batch.job_id).exists():
        jobs.request_stop(job_id=batch.job_id)


def drop_expired(*, now: datetime) -> int:
    """Remove batches past their day, and those that never came to a file; return how many."""
    over = PrintBatch.objects.filter(
        Q(expires_at__lte=now) | Q(ready_at__isnull=True, asked_at__lte=now - KEPT_FOR)
    )
    count = over.count()
    over.delete()
    return count


def _require_room(owner_id: int, key: str) -> None:
    """Return if fewer than three of the person's batches are being made, that of the key aside.

    The person stays locked until the transaction ends: what he asks for in another window is
    counted after this one. A batch is locked before its owner, as when it is finished.
    """
    lock_user(owner_id)
    active = Job.objects.filter(kind=KIND, created_by=owner_id, state__in=ACTIVE_STATES)
    if active.exclude(key=key).count() >= MOST_AT_ONCE:
        raise TooManyBatches(_("Three of your batches are being made. Wait until one is ready."))


def _start_job(actor: access.Actor, batch: PrintBatch, key: str, total: int, now: datetime) -> Job:
    job = jobs.start(
        actor=actor,
        kind=KIND,
        params={"batch_id": batch.pk},
        project_id=batch.project_id,
        key=key,
        total=total,
        now=now,
    )
    PrintBatch.objects.filter(pk=batch.pk).update(job_id=job.pk)
    return job


def _key_of(owner_id: int, kind: str, project_id: int, language: str, ids: Sequence[int]) -> str:
    facts = "\n".join([kind, str(project_id), language, *map(str, ids)])
    return f"{KIND}:{owner_id}:{hashlib.sha256(facts.encode()).hexdigest()[:40]}"
