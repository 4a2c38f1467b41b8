"""Uploaded sheets that were kept long enough (SH-72): they are full of personal data."""

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction

from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.imports.models import ImportBatch, ImportFile
from kernel.records.retention import Kept, end_of
from kernel.tenancy import company_day


def old_sheets(project_id: int, until: date) -> Iterator[Kept]:
    """Yield the uploads of a project by a day of which the sheet still is there, by their id."""
    found = ImportBatch.objects.filter(
        project_id=project_id, uploaded_at__lt=end_of(until), file__isnull=False
    )
    for batch in found.order_by("pk"):
        yield Kept(batch.pk, batch.file_name, company_day(batch.uploaded_at))


@transaction.atomic
def dispose_sheet(batch_id: int, actor: Actor, now: datetime) -> None:
    """Remove the sheet and what was wrong in its rows; what the import changed stays recorded.

    The effect of an approved disposal.
    """
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)
    ImportFile.objects.filter(batch=batch).delete()
    batch.problems.all().delete()
    audit.record(
        actor=actor,
        event="imports.batch.disposed",
        subject=batch,
        project_id=batch.project_id,
        now=now,
        data={"file": batch.file_name},
    )
