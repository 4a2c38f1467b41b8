"""What may be done with an import. Each call is one transaction."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from kernel import access, crypto
from kernel.audit import operations as audit
from kernel.db import violated_constraint
from kernel.errors import Conflict, Invalid, NotFound
from kernel.imports import rehearsal, tables, undoing
from kernel.imports.importer import Context, Importer, importer_of
from kernel.imports.messages import file_reason
from kernel.imports.models import (
    OPEN_STATES,
    BatchState,
    ImportBatch,
    ImportFile,
    ImportMapping,
)
from kernel.imports.queries import lock_batch
from kernel.imports.tables import Choice
from kernel.jobs import operations as jobs
from kernel.jobs.models import ACTIVE_STATES, Job
from kernel.tabular.problems import FileRefused
from kernel.tabular.read import Workbook
from kernel.tabular.sniff import sniff
from kernel.tabular.text import tidy
from kernel.text import _

REHEARSE_JOB = "imports.rehearse"
COMMIT_JOB = "imports.commit"

# Up to here (some 5,000 rows) reading, checking and writing take about a second: no job needed.
DIRECT_BYTES = 512 * 1024


class KindUnknown(NotFound):
    code = "imports.kind-unknown"


class ImportFileRefused(Invalid):
    """The file as a whole cannot be used; ``details["reason"]`` says why, e.g. file.too-large."""

    code = "imports.file-refused"

    def __init__(self, refusal: FileRefused) -> None:
        details = {"reason": refusal.code, **refusal.params}
        super().__init__(file_reason(refusal.code, refusal.params), field="file", details=details)


class MappingInvalid(Invalid):
    code = "imports.mapping-invalid"


class NotOpen(Conflict):
    code = "imports.not-open"


class NotRehearsed(Conflict):
    code = "imports.not-rehearsed"


class NothingToImport(Conflict):
    code = "imports.nothing-to-import"


class OutcomeChanged(Conflict):
    code = "imports.outcome-changed"


class NotCommitted(Conflict):
    code = "imports.not-committed"


class InUse(Conflict):
    """Something depends on the import; ``details["dependents"]`` counts it by name."""

    code = "imports.in-use"


@transaction.atomic
def upload(
    *,
    actor: access.Actor,
    kind: str,
    project_id: int,
    file_name: str,
    content: bytes,
    options: Mapping[str, Any],
    now: datetime,
    is_patient: bool = False,
) -> ImportBatch:
    """Take a file in and rehearse it: at once if it is small, else by a job.

    Nothing is written but the batch. The caller has bounded the file's size before reading it.

    :param is_patient: the caller waits however large the file is: no job.

    :raises access.ActionDenied: without the importer's action in the project.
    :raises KindUnknown: if there is no such importer.
    :raises ImportFileRefused: if the file is no table that can be read safely.
    :raises Invalid: if an option is missing or wrong.
    :raises NotFound: if there is no such project.
    """
    importer = _importer(kind)
    access.require(actor, importer.action, project_id)
    importer.check_project(project_id)
    checked = importer.check_options(options)
    try:
        sniff(content, rehearsal.limits())
    except FileRefused as refusal:
        raise ImportFileRefused(refusal) from refusal
    batch = ImportBatch.objects.create(
        kind=kind,
        project_id=project_id,
        file_name=safe_name(file_name),
        file_size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        options=checked,
        uploaded_by=actor.user_id,
        uploaded_by_label=actor.label[:140],
        uploaded_at=now,
    )
    ImportFile.objects.create(batch=batch, content_encrypted=crypto.cipher().seal(content))
    _check(batch, importer, actor=actor, choice=Choice(), now=now, is_patient=is_patient)
    _record(actor, "imports.batch.uploaded", batch, now, file=batch.file_name, sha256=batch.sha256)
    return batch


@transaction.atomic
def rehearse(
    *,
    actor: access.Actor,
    batch_id: int,
    sheet: str | None = None,
    header_row: int | None = None,
    mapping: Mapping[str, int] | None = None,
    options: Mapping[str, Any] | None = None,
    now: datetime,
) -> ImportBatch:
    """Check an open batch again, with what a person chose; what is left out is found anew.

    :param header_row: 1-based.
    :param mapping: from field key to 0-based column of the header.
    :raises NotFound: if the actor may not import there, or there is no such batch.
    :raises NotOpen: if the batch is imported, undone or at work.
    :raises MappingInvalid: if the mapping names a field or a column that there is not, or one
        column twice.
    :raises ImportFileRefused: if the file holds no rows.
    """
    batch, importer = _locked(actor, batch_id)
    if not batch.is_open and not _is_stalled(batch):
        raise NotOpen(_("This import is not open any more."))
    if mapping is not None:
        _check_mapping(mapping, importer)
    if options is not None:
        batch.options = importer.check_options(options)
    choice = Choice(sheet=sheet, header_row=header_row, mapping=mapping)
    _check(batch, importer, actor=actor, choice=choice, now=now)
    return batch


@transaction.atomic
def save_mapping(*, actor: access.Actor, batch_id: int, now: datetime) -> ImportMapping:
    """Keep the batch's mapping for every later file of the same form.

    :raises NotFound: if the actor may not import there, or there is no such batch.
    :raises NotOpen: if no header is chosen yet.
    """
    batch = lock_batch(actor=actor, batch_id=batch_id)
    if not batch.columns:
        raise NotOpen(_("Choose the header row first."))
    saved, _created = ImportMapping.objects.update_or_create(
        kind=batch.kind,
        signature=tables.signature(batch.columns),
        defaults={
            "columns": batch.columns,
            "mapping": batch.mapping,
            "saved_by": actor.user_id,
            "saved_by_label": actor.label[:140],
            "saved_at": now,
        },
    )
    _record(actor, "imports.mapping.saved", batch, now, mapping=batch.mapping)
    return saved


@transaction.atomic
def commit(
    *, actor: access.Actor, batch_id: int, now: datetime, is_patient: bool = False
) -> ImportBatch:
    """Import what the rehearsal showed: at once if the file is small, else by a job.

    A batch that is imported already is returned as it is, so that a second click does nothing.

    :param is_patient: the caller waits however large the file is: no job.

    :raises NotFound: if the actor may not import there, or there is no such batch.
    :raises NotRehearsed: if it has not been checked, or is undone.
    :raises NothingToImport: if no row is accepted.
    :raises OutcomeChanged: if the result would not be the one that was shown.
    """
    batch, importer = _locked(actor, batch_id)
    if batch.state == BatchState.COMMITTED:
        return batch
    _require_committable(batch)
    if batch.file_size > DIRECT_BYTES and not is_patient:
        batch.state = BatchState.COMMITTING
        _start_job(COMMIT_JOB, batch, actor, now)
        batch.save(update_fields=["state", "job_id"])
        return batch
    workbook = _open(batch)
    return _write(batch, workbook, importer, actor=actor, now=now)


@transaction.atomic
def commit_now(
    *, actor: access.Actor, batch_id: int, workbook: Workbook, now: datetime
) -> ImportBatch:
    """Do what :func:`commit` does, in the calling job and with its file read already."""
    batch, importer = _locked(actor, batch_id)
    if batch.state == BatchState.COMMITTED:
        return batch
    _require_committable(batch)
    return _write(batch, workbook, importer, actor=actor, now=now)


@transaction.atomic
def rehearse_now(
    *,
    actor: access.Actor,
    batch_id: int,
    workbook: Workbook,
    choice: Choice,
    now: datetime,
) -> ImportBatch:
    """Rehearse in the calling job, with the file read already."""
    batch, importer = _locked(actor, batch_id)
    if batch.state not in {BatchState.UPLOADED, *OPEN_STATES}:
        return batch
    rehearsal.rehearse(batch, workbook, importer, choice=choice, actor=actor, now=now)
    return batch


@transaction.atomic
def mark_failed(*, batch_id: int, code: str, params: Mapping[str, Any]) -> None:
    """Keep why a job could not rehearse or import the batch. Nothing of it was written."""
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state in {BatchState.UPLOADED, BatchState.COMMITTING}:
        batch.state = BatchState.FAILED
        batch.failure_code, batch.failure_params = code, dict(params)
        batch.save(update_fields=["state", "failure_code", "failure_params"])


@transaction.atomic
def undo(*, actor: access.Actor, batch_id: int, now: datetime) -> ImportBatch:
    """Take a whole import back: delete what it made, restore what it changed.

    A batch that is undone already is returned as it is.

    :raises NotFound: if the actor may not import there, or there is no such batch.
    :raises NotCommitted: if it was never imported.
    :raises InUse: if something depends on it; says what, and changes nothing.
    """
    batch, importer = _locked(actor, batch_id)
    if batch.state == BatchState.UNDONE:
        return batch
    if batch.state != BatchState.COMMITTED:
        raise NotCommitted(_("This file was never imported: there is nothing to undo."))
    importer.hold(batch.project_id)
    found = undoing.dependents(batch, importer)
    if found:
        raise _in_use(found)
    context = Context(actor, batch.project_id, batch.pk, batch.options, now, is_commit=True)
    try:
        with transaction.atomic():
            undoing.take_back(batch, importer)
            importer.after_undo(batch, context)
    except IntegrityError as error:
        # Something came to depend on it between the look above and the deletion.
        found = undoing.dependents(batch, importer) or {violated_constraint(error): 1}
        raise _in_use(found) from error
    batch.state = BatchState.UNDONE
    batch.undone_at = now
    batch.undone_by, batch.undone_by_label = actor.user_id, actor.label[:140]
    batch.save(update_fields=["state", "undone_at", "undone_by", "undone_by_label"])
    _record(actor, "imports.batch.undone", batch, now, objects=batch.counts.get("objects", {}))
    return batch


def safe_name(name: str) -> str:
    """Return a file name fit to show: no path, no invisible signs, at most 200 characters."""
    base = re.split(r"[/\\]", tidy(name))[-1]
    stem, dot, ending = base.rpartition(".")
    if len(base) > 200 and dot and len(ending) <= 10:
        return f"{stem[: 199 - len(ending)]}.{ending}"
    return base[:200] or "file"


def _importer(kind: str) -> Importer:
    importer = importer_of(kind)
    if importer is None:
        raise KindUnknown(_("There is no import of this kind."))
    return importer


def _locked(actor: access.Actor, batch_id: int) -> tuple[ImportBatch, Importer]:
    batch = lock_batch(actor=actor, batch_id=batch_id)
    return batch, _importer(batch.kind)


def _check(
    batch: ImportBatch,
    importer: Importer,
    *,
    actor: access.Actor,
    choice: Choice,
    now: datetime,
    is_patient: bool = False,
) -> None:
    if batch.file_size > DIRECT_BYTES and not is_patient:
        batch.state = BatchState.UPLOADED
        _start_job(
            REHEARSE_JOB,
            batch,
            actor,
            now,
            sheet=choice.sheet,
            header_row=choice.header_row,
            mapping=dict(choice.mapping) if choice.mapping is not None else None,
        )
        batch.save()
        return
    workbook = _open(batch)
    try:
        rehearsal.rehearse(batch, workbook, importer, choice=choice, actor=actor, now=now)
    except FileRefused as refusal:
        raise ImportFileRefused(refusal) from refusal


def _open(batch: ImportBatch) -> Workbook:
    try:
        return rehearsal.open_file(batch)
    except FileRefused as refusal:
        raise ImportFileRefused(refusal) from refusal


def _start_job(
    kind: str, batch: ImportBatch, actor: access.Actor, now: datetime, **params: Any
) -> None:
    job = jobs.start(
        actor=actor,
        kind=kind,
        params={"batch_id": batch.pk, **params},
        project_id=batch.project_id,
        key=f"import-{batch.pk}",
        now=now,
    )
    batch.job_id = job.pk


def _is_stalled(batch: ImportBatch) -> bool:
    """Whether the batch waits for a job that is stopped, failed or gone."""
    if batch.state not in {BatchState.UPLOADED, BatchState.COMMITTING}:
        return False
    return not Job.objects.filter(pk=batch.job_id or 0, state__in=ACTIVE_STATES).exists()


def _check_mapping(mapping: Mapping[str, int], importer: Importer) -> None:
    known = {item.key for item in importer.fields}
    columns = list(mapping.values())
    if not set(mapping) <= known or any(column < 0 for column in columns):
        raise MappingInvalid(_("The mapping names a column that does not exist."), field="mapping")
    if len(set(columns)) != len(columns):
        raise MappingInvalid(_("One column cannot be two things."), field="mapping")


def _require_committable(batch: ImportBatch) -> None:
    if batch.state not in {BatchState.REHEARSED, BatchState.COMMITTING}:
        raise NotRehearsed(_("Check the file first, then import it."))
    if not batch.counts.get("accepted"):
        raise NothingToImport(_("No row of this file can be imported."))


def _write(
    batch: ImportBatch,
    workbook: Workbook,
    importer: Importer,
    *,
    actor: access.Actor,
    now: datetime,
) -> ImportBatch:
    context = Context(actor, batch.project_id, batch.pk, batch.options, now, is_commit=True)
    importer.hold(batch.project_id)
    plan, _findings, counts = rehearsal.make_plan(batch, workbook, importer, context)
    if counts != batch.counts:
        raise _outcome_changed()
    try:
        with transaction.atomic():
            importer.apply(plan, context)
    except IntegrityError as error:
        if violated_constraint(error) not in importer.races:
            raise
        raise _outcome_changed() from error
    batch.state = BatchState.COMMITTED
    batch.committed_at = now
    batch.committed_by, batch.committed_by_label = actor.user_id, actor.label[:140]
    batch.save(update_fields=["state", "committed_at", "committed_by", "committed_by_label"])
    _record(
        actor,
        "imports.batch.committed",
        batch,
        now,
        **{key: counts[key] for key in ("created", "changed", "rejected", "objects")},
    )
    return batch


def _outcome_changed() -> OutcomeChanged:
    return OutcomeChanged(
        _(
            "The records have changed since this file was checked, so the result would be another "
            "one. Check the file again."
        )
    )


def _in_use(found: Mapping[str, int]) -> InUse:
    listed = ", ".join(f"{name} ({count})" for name, count in found.items())
    return InUse(
        _("This import cannot be undone, because something depends on it: %(what)s")
        % {"what": listed},
        details={"dependents": dict(found)},
    )


def _record(
    actor: access.Actor, event: str, batch: ImportBatch, now: datetime, **data: Any
) -> None:
    audit.record(
        actor=actor,
        event=event,
        subject=batch,
        now=now,
        project_id=batch.project_id,
        data={"kind": batch.kind, **data},
    )
