"""Reads of imports. Whoever may import a kind in a project sees its batches there."""

import json

from django.db.models import Case, IntegerField, QuerySet, Value, When

from kernel import access, crypto
from kernel.errors import NotFound
from kernel.imports import rehearsal, undoing
from kernel.imports.importer import importer_of, importers
from kernel.imports.models import ImportBatch, ImportFile, ImportProblem, Severity
from kernel.jobs.models import Job
from kernel.tabular.read import Workbook


def batches(*, actor: access.Actor) -> QuerySet[ImportBatch]:
    """Return the imports the actor may see, newest first."""
    visible = ImportBatch.objects.none()
    for importer in importers():
        of_kind = ImportBatch.objects.filter(kind=importer.kind)
        visible = visible | access.scoped(of_kind, actor, importer.action)
    return visible.order_by("-pk")


def get_batch(*, actor: access.Actor, batch_id: int) -> ImportBatch:
    """Return one import.

    :raises NotFound: if there is none, or the actor may not see it.
    """
    batch = batches(actor=actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    return batch


def lock_batch(*, actor: access.Actor, batch_id: int) -> ImportBatch:
    """Return one import, locked until the transaction ends.

    :raises NotFound: if there is none, or the actor may not import its kind in its project.
    """
    batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
    importer = importer_of(batch.kind) if batch else None
    if batch is None or importer is None or not actor.may(importer.action, batch.project_id):
        raise NotFound
    return batch


def problems(*, batch: ImportBatch, severity: str | None = None) -> QuerySet[ImportProblem]:
    """Return a batch's problems in the order of its rows. The caller has checked access to it."""
    found = ImportProblem.objects.filter(batch=batch).order_by("row_number", "pk")
    return found.filter(severity=severity) if severity else found


def problems_worst_first(*, batch: ImportBatch) -> QuerySet[ImportProblem]:
    """Return the rejections and then the notes, each in the order of the rows."""
    weight = Case(
        When(severity=Severity.ERROR, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return ImportProblem.objects.filter(batch=batch).order_by(weight, "row_number", "pk")


def job_of(*, batch: ImportBatch) -> Job | None:
    """Return the batch's latest job. The caller has checked access to it."""
    return Job.objects.filter(pk=batch.job_id).first() if batch.job_id else None


def sample_of(*, batch: ImportBatch) -> list[list[str]]:
    """Return the first data rows as short texts. The caller has checked access to the batch."""
    found = ImportFile.objects.filter(batch=batch).values_list("sample_encrypted", flat=True)
    rows: list[list[str]] = json.loads(crypto.decrypt(found.first() or "") or "[]")
    return rows


def workbook_of(*, batch: ImportBatch) -> Workbook:
    """Return a batch's file, read anew. The caller has checked access to it.

    :raises FileRefused: if it cannot be read.
    """
    return rehearsal.open_file(batch)


def dependents(*, batch: ImportBatch) -> dict[str, int]:
    """Return what stands in the way of an undo, by name. The caller has checked access to it."""
    importer = importer_of(batch.kind)
    return undoing.dependents(batch, importer) if importer else {}
