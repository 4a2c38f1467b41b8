"""Reads of one's own exports. Nobody sees another person's."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db.models import Q, QuerySet

from console.models import Export
from kernel import access, crypto
from kernel.errors import NotFound
from kernel.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Download:
    """An export with the work on it; that is gone once the job is."""

    export: Export
    job: Job | None

    @property
    def is_active(self) -> bool:
        return self.export.ready_at is None and self.job is not None and self.job.is_active


def exports(*, actor: access.Actor, now: datetime) -> QuerySet[Export]:
    """Return the actor's exports that have not expired, newest first."""
    return Export.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now), owner_id=actor.require_person()
    ).order_by("-pk")


def downloads(*, actor: access.Actor, now: datetime) -> list[Download]:
    """Return the actor's latest fifty exports with the work on them, newest first."""
    found = list(exports(actor=actor, now=now)[:50])
    jobs = Job.objects.in_bulk([export.job_id for export in found if export.job_id is not None])
    return [Download(export, jobs.get(export.job_id or 0)) for export in found]


def get_export(*, actor: access.Actor, export_id: int, now: datetime) -> Export:
    """Return one export. :raises NotFound: if it is not the actor's, or has expired."""
    export = exports(actor=actor, now=now).filter(pk=export_id).first()
    if export is None:
        raise NotFound
    return export


def get_file(*, actor: access.Actor, export_id: int, now: datetime) -> tuple[Export, IO[bytes]]:
    """Return a finished export and its file, which the caller closes.

    :raises NotFound: if it is not the actor's, has expired, or is not ready.
    :raises access.ActionDenied: if he may not export from the list's project any more.
    """
    export = get_export(actor=actor, export_id=export_id, now=now)
    access.require(actor, access.Action.EXPORT, export.project_id)
    if export.ready_at is None:
        raise NotFound
    file = tempfile.TemporaryFile(prefix="download-")  # noqa: SIM115 - the response closes it
    unseal = crypto.cipher().open
    parts = export.parts.order_by("number").values_list("content_encrypted", flat=True)
    for content in parts.iterator(chunk_size=8):
        file.write(unseal(bytes(content)))
    file.seek(0)
    return export, file


def find_export(*, export_id: int) -> Export:
    """Return an export for the work on it. :raises NotFound: if it has been thrown away."""
    export = Export.objects.select_related("owner").filter(pk=export_id).first()
    if export is None:
        raise NotFound
    return export


def lock_export(*, export_id: int) -> Export:
    """Return an export, locked. :raises NotFound: if it has been thrown away."""
    export = Export.objects.select_for_update(of=("self",)).filter(pk=export_id).first()
    if export is None:
        raise NotFound
    return export
