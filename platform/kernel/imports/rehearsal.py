"""Check a file against the database as it is now, and keep what was found with the batch."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from kernel import crypto
from kernel.access.actors import Actor
from kernel.errors import Conflict
from kernel.imports import bulk, tables
from kernel.imports.importer import Context, Findings, Importer, Plan
from kernel.imports.models import (
    BatchState,
    ImportBatch,
    ImportFile,
    ImportMapping,
    ImportProblem,
    Severity,
)
from kernel.imports.tables import Choice
from kernel.tabular.headers import Header
from kernel.tabular.limits import Limits
from kernel.tabular.read import Workbook, read
from kernel.text import _

# More reasons than anybody reads; the counts are always whole.
_PROBLEMS_KEPT = 50_000
_IGNORED_ROWS_NAMED = 20


class SheetGone(Conflict):
    code = "imports.sheet-gone"


def limits() -> Limits:
    """Return the bounds on files, as set for this installation."""
    return Limits(file_bytes=settings.IMPORT_MAX_BYTES)


def open_file(batch: ImportBatch) -> Workbook:
    """Read the batch's file.

    :raises FileRefused: if it cannot be read.
    :raises SheetGone: if it was kept long enough and disposed of.
    """
    if not ImportFile.objects.filter(batch=batch).exists():
        raise SheetGone(_("This sheet was kept long enough and is gone. Upload it anew."))
    return read(crypto.cipher().open(bytes(batch.file.content_encrypted)), limits())


def rehearse(
    batch: ImportBatch, workbook: Workbook, importer: Importer, *, choice: Choice, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Find the table in the file, check its rows, and save the batch with the result.

    :raises FileRefused: if the file holds no rows.
    """
    chosen = tables.choose(workbook, importer, choice)
    batch.file_kind = workbook.kind
    batch.encoding = workbook.encoding
    batch.sheets = tables.describe(workbook, tables.sheets_alike(workbook, importer, chosen))
    batch.sheet = chosen.sheet.name[:100]
    batch.columns = chosen.columns
    batch.header_rows = list(chosen.header.rows) if chosen.header else []
    batch.file.sample_encrypted = crypto.encrypt(json.dumps(tables.sample(chosen)))
    batch.file.save(update_fields=["sample_encrypted"])
    batch.mapping, batch.confidence = _mapping(importer, chosen.header, choice.mapping)
    batch.failure_code, batch.failure_params = "", {}
    batch.rehearsed_at = now
    batch.problems.all().delete()
    if chosen.header is None or importer.missing_fields(batch.mapping):
        batch.state = BatchState.NEEDS_MAPPING
        batch.counts = {}
    else:
        context = Context(actor, batch.project_id, batch.pk, batch.options, now)
        _plan, findings, counts = make_plan(batch, workbook, importer, context)
        _keep_problems(batch, findings)
        batch.state = BatchState.REHEARSED
        batch.counts = counts
    batch.save()


def make_plan(
    batch: ImportBatch, workbook: Workbook, importer: Importer, context: Context
) -> tuple[Plan, Findings, dict[str, Any]]:
    """Work out what the batch would do now. Sheet, header and mapping are the batch's own."""
    choice = Choice(sheet=batch.sheet, mapping=batch.mapping)
    chosen = tables.choose(workbook, importer, choice)
    header = Header(tuple(batch.header_rows), tuple(batch.columns), batch.mapping)
    table, ignored = tables.table_of(tables.Chosen(chosen.sheet, header), batch.mapping, importer)
    findings = Findings(table, importer.personal_fields)
    plan = importer.plan(table, findings, context)
    rejected = len(findings.rejected)
    noted = {item.row_number for item in findings.problems if item.severity == Severity.WARNING}
    counts = {
        "rows": len(table.rows),
        "accepted": len(table.rows) - rejected,
        "rejected": rejected,
        "created": plan.created,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "noted": len(noted),
        "ignored": len(ignored),
        "ignored_rows": ignored[:_IGNORED_ROWS_NAMED],
        "objects": plan.objects,
    }
    return plan, findings, counts


def _mapping(
    importer: Importer, header: Header | None, chosen: Mapping[str, int] | None
) -> tuple[dict[str, int], dict[str, float]]:
    if chosen is not None:
        return dict(chosen), dict.fromkeys(chosen, 1.0)
    if header is None:
        return {}, {}
    saved = ImportMapping.objects.filter(
        kind=importer.kind, signature=tables.signature(list(header.columns))
    ).first()
    if saved is not None:
        return dict(saved.mapping), dict.fromkeys(saved.mapping, 1.0)
    return dict(header.mapping), dict(header.confidence)


def _keep_problems(batch: ImportBatch, findings: Findings) -> None:
    # Rejections first, should there be more than are kept.
    ordered = sorted(findings.problems, key=lambda item: (item.severity, item.row_number))
    kept = sorted(ordered[:_PROBLEMS_KEPT], key=lambda item: item.row_number)
    bulk.copy_rows(
        ImportProblem,
        ("batch_id", "row_number", "field", "code", "severity", "raw", "params"),
        ((batch.pk, *item) for item in kept),
    )
