"""Ask for a sheet of a long list, keep it, throw it away."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from console.downloads import queries
from console.models import Export, ExportPart
from kernel import access, crypto
from kernel.audit import operations as audit
from kernel.errors import Conflict, Invalid
from kernel.jobs import operations as jobs
from kernel.jobs.models import ACTIVE_STATES, Job
from kernel.jobs.runner import Progress
from kernel.notifications.operations import notify
from kernel.tenancy import company_day
from kernel.text import _

KIND = "console.list.export"
# A sheet of Excel has 1,048,576 rows; one is the head.
MOST_ROWS = 1_048_575
# Of one person: more would keep the workers from everybody else's work.
MOST_AT_ONCE = 3
KEPT_FOR = timedelta(days=7)
_PART_BYTES = 1024 * 1024


class ExportTooLong(Invalid):
    code = "console.export-too-long"


class TooManyExports(Conflict):
    code = "console.too-many-exports"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Which list, as it is shown to the person who asks."""

    page: str
    title: str
    project_id: int | None
    address: str  # path and query
    columns: Sequence[str]
    file_kind: str
    language: str
    row_count: int
    filters: Sequence[str]  # keys only, for the audit

    @property
    def digest(self) -> str:
        parts = [self.address, self.file_kind, self.language, *self.columns]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]


@transaction.atomic
def ask(*, actor: access.Actor, wish: Wish, now: datetime) -> Export:
    """Have the sheet of a long list made in the background.

    Asking again for the same sheet while it is being made returns the one under way.

    :raises access.ActionDenied: without ``export`` in the list's project.
    :raises ExportTooLong: if no sheet can hold so many rows.
    :raises TooManyExports: if three of the actor's are being made.
    """
    access.require(actor, access.Action.EXPORT, wish.project_id)
    owner_id = actor.require_person()
    if wish.row_count > MOST_ROWS:
        raise ExportTooLong(
            _("One sheet holds up to %(most)s rows. Narrow the filters.")
            % {"most": f"{MOST_ROWS:,}"}
        )
    key = f"{KIND}:{owner_id}:{wish.digest}"
    active = Job.objects.filter(kind=KIND, created_by=owner_id, state__in=ACTIVE_STATES)
    if active.exclude(key=key).count() >= MOST_AT_ONCE:
        raise TooManyExports(_("Three of your sheets are being made. Wait until one is ready."))
    export = Export.objects.create(
        owner_id=owner_id,
        page=wish.page,
        title=wish.title[:100],
        project_id=wish.project_id,
        file_kind=wish.file_kind,
        address=wish.address,
        columns=list(wish.columns),
        language=wish.language,
        row_count=wish.row_count,
        asked_at=now,
    )
    job = jobs.start(
        actor=actor,
        kind=KIND,
        params={"export_id": export.pk},
        project_id=wish.project_id,
        key=key,
        total=wish.row_count,
        now=now,
    )
    under_way = int(job.params["export_id"])
    if under_way != export.pk:
        export.delete()
        return Export.objects.get(pk=under_way)
    export.job_id = job.pk
    export.save(update_fields=["job_id"])
    audit.record(
        actor=actor,
        event="console.export.asked",
        subject=export,
        project_id=wish.project_id,
        now=now,
        data={"page": wish.page, "filters": list(wish.filters), "row_count": wish.row_count},
    )
    return export


@transaction.atomic
def keep(*, export_id: int, file: IO[bytes], row_count: int, progress: Progress) -> None:
    """Store the finished sheet, in place of what a killed worker may have left of it.

    :raises JobLost: if another worker has taken over; nothing is stored then.
    :raises NotFound: if the export has been thrown away.
    """
    progress.report(row_count, row_count)  # and holds the job's row until this commits
    export = queries.lock_export(export_id=export_id)
    export.parts.all().delete()
    seal = crypto.cipher().seal
    size = number = 0
    while content := file.read(_PART_BYTES):
        number += 1
        size += len(content)
        ExportPart.objects.create(export=export, number=number, content_encrypted=seal(content))
    now = progress.clock()
    export.ready_at, export.expires_at = now, now + KEPT_FOR
    export.file_size, export.row_count = size, row_count
    export.address = export.address.partition("?")[0]
    export.save()
    notify(
        kind="console.export-ready",
        to=[export.owner_id],
        url=reverse("downloads"),
        context={
            "title": export.title,
            "rows": f"{row_count:,}",
            "until": company_day(export.expires_at).isoformat(),
        },
        project_id=export.project_id,
        now=now,
    )


@transaction.atomic
def note_fetched(*, actor: access.Actor, export: Export, now: datetime) -> None:
    """Write into the record that the person took the file. The caller has it from the queries."""
    audit.record(
        actor=actor,
        event="console.export.fetched",
        subject=export,
        project_id=export.project_id,
        now=now,
        data={"page": export.page, "row_count": export.row_count},
    )


@transaction.atomic
def throw_away(*, actor: access.Actor, export_id: int, now: datetime) -> None:
    """Remove an export of the actor's; the work on it stops.

    :raises NotFound: if it is not his.
    """
    export = queries.get_export(actor=actor, export_id=export_id, now=now)
    if export.job_id is not None:
        jobs.request_stop(job_id=export.job_id)  # the job before the export, as ``keep`` locks
    queries.lock_export(export_id=export.pk).delete()


def drop_expired(*, now: datetime) -> int:
    """Remove files past their day, and wishes that never came to a file; return how many."""
    over = Export.objects.filter(
        Q(expires_at__lte=now) | Q(ready_at__isnull=True, asked_at__lte=now - KEPT_FOR)
    )
    count = over.count()
    over.delete()
    return count
