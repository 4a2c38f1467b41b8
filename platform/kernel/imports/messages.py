"""The sentences behind the codes, in the language in force when they are asked for."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import override

from kernel.imports.importer import importer_of
from kernel.imports.models import ImportBatch, ImportProblem
from kernel.text import _

LANGUAGES = ("zh-hans", "en")

_CELLS: dict[str, Any] = {
    "missing": _("%(field)s is missing"),
    "not-a-number": _("%(field)s is not a number: %(raw)s"),
    "approximate": _("%(field)s is not an exact number: %(raw)s"),
    "negative": _("%(field)s is negative: %(raw)s"),
    "zero": _("%(field)s is zero"),
    "too-large": _("%(field)s is too large: %(raw)s"),
    "too-many-decimals": _("%(field)s has too many decimal places: %(raw)s"),
    "not-whole": _("%(field)s is not a whole number: %(raw)s"),
    "too-long": _("%(field)s is too long: %(raw)s"),
    "not-a-date": _("%(field)s is not a date: %(raw)s"),
    "impossible-date": _("%(field)s is a day that does not exist: %(raw)s"),
    "phone-invalid": _("%(field)s is not a phone number: %(raw)s"),
    "id-number-length": _("%(field)s must have 18 or 15 digits: %(raw)s"),
    "id-number-invalid": _("%(field)s is not an identity number: %(raw)s"),
    "id-number-lost-digits": _(
        "%(field)s was typed as a number and has lost its last digits: %(raw)s. "
        "Format the column as text and type it again."
    ),
    "id-number-check-digit": _("%(field)s has a wrong check digit, please compare: %(raw)s"),
    "plate-invalid": _("%(field)s is not a plate number: %(raw)s"),
    "unknown-word": _("%(field)s is a word that is not known: %(raw)s"),
    "duplicate-row": _("Repeats row %(row)d"),
    "duplicate-contradicts": _("Repeats row %(row)d with other values (%(fields)s)"),
}

_FILES: dict[str, Any] = {
    "file.empty": _("The file is empty."),
    "file.too-large": _("The file is larger than %(limit_mb)d MB."),
    "file.not-a-table": _(
        "This is no table but a file of another kind (%(format)s). Save it as xlsx, xls or csv."
    ),
    "file.broken": _("The file is damaged or incomplete. Save it again and upload the new copy."),
    "file.encrypted": _("The file is protected by a password. Save a copy without one."),
    "file.macros": _("The file contains macros. Save it as an ordinary xlsx workbook."),
    "file.zip-bomb": _("The file unpacks to far more than it should. It was not opened."),
    "file.unsafe-xml": _("The file contains instructions that tables never have. It was not read."),
    "file.too-many-rows": _("The sheet reaches beyond row %(limit)d. Delete what lies below."),
    "file.too-many-columns": _(
        "The sheet has too many columns. Delete the columns to the right of the table."
    ),
    "file.too-many-cells": _("The sheet is too large. Divide it into several files."),
    "file.too-complex": _(
        "The file could not be read within the time and memory set for it. Copy the table into a "
        "new workbook."
    ),
    "file.binary": _("This is no text file. Save the table as xlsx, xls or csv."),
    "file.unknown-encoding": _(
        "The text is in an unknown encoding. Save the file as UTF-8 or as xlsx."
    ),
    "file.cell-too-long": _(
        "A cell is longer than a cell can be. Usually a quotation mark is missing before it."
    ),
    "file.quote-open": _(
        "A quotation mark in row %(row)d is not closed, so that the rows below are inside one "
        "cell. Close or remove it."
    ),
    "file.no-rows": _("The file has no rows."),
}


_FAILURES: dict[str, Any] = {
    "imports.outcome-changed": _(
        "The records have changed since this file was checked, so the result would be another "
        "one. Check the file again."
    ),
    "imports.nothing-to-import": _("No row of this file can be imported."),
    "access.action-denied": _("Whoever started this may not import any more."),
    "internal": _("Something went wrong on our side. Nothing was written; check the file again."),
}


def reason(kind: str, problem: ImportProblem) -> str:
    """Return why a row is rejected or noted, in one sentence."""
    importer = importer_of(kind)
    sentences: Mapping[str, Any] = {**_CELLS, **(importer.messages if importer else {})}
    label = importer.label_of(problem.field) if importer else problem.field
    params = importer.words(problem.params) if importer else problem.params
    sentence = str(sentences.get(problem.code, problem.code))
    return sentence % {"field": label, "raw": problem.raw, **params}


def reasons(kind: str, problem: ImportProblem) -> dict[str, str]:
    """Return the same sentence in every language of the product, by language code."""
    sentences = {}
    for language in LANGUAGES:
        with override(language):
            sentences[language] = reason(kind, problem)
    return sentences


def file_reason(code: str, params: Mapping[str, Any]) -> str:
    """Return why a file is refused as a whole."""
    sentence = str(_FILES.get(code, code))
    return sentence % {"limit": 0, "limit_mb": 0, "format": "", "row": 0, **params}


def failure(batch: ImportBatch) -> str:
    """Return why a job could not check or import a batch."""
    reason = batch.failure_params.get("reason")
    if reason:
        return file_reason(reason, batch.failure_params)
    return str(_FAILURES.get(batch.failure_code, _FAILURES["internal"]))
