"""Large files: rehearsed and imported by a worker, with progress to look at."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from kernel import access
from kernel.access.models import User
from kernel.access.queries import actor_for
from kernel.errors import DomainError
from kernel.imports import operations, rehearsal
from kernel.imports.models import ImportBatch
from kernel.imports.operations import COMMIT_JOB, REHEARSE_JOB, ImportFileRefused
from kernel.imports.tables import Choice
from kernel.jobs.registry import handles
from kernel.jobs.runner import JobLost, Progress
from kernel.tabular.problems import FileRefused
from kernel.tabular.read import Workbook
from kernel.tenancy import company_time_zone

_STAGES = 3


@handles(REHEARSE_JOB)
def rehearse(progress: Progress) -> dict[str, Any]:
    """Read and check the file. Safe to run twice: the result replaces the one before."""
    batch_id = progress.params["batch_id"]
    with _failure_kept(batch_id):
        workbook = _read(progress, batch_id)
        progress.report(2, _STAGES, gettext("Checking the rows"))
        batch = operations.rehearse_now(
            actor=_actor(progress),
            batch_id=batch_id,
            workbook=workbook,
            choice=Choice(
                progress.params.get("sheet"),
                progress.params.get("header_row"),
                progress.params.get("mapping"),
            ),
            now=progress.clock(),
        )
    return {"batch_id": batch_id, "state": batch.state}


@handles(COMMIT_JOB)
def commit(progress: Progress) -> dict[str, Any]:
    """Import the file in one transaction. Safe to run twice: a committed batch stays as it is."""
    batch_id = progress.params["batch_id"]
    with _failure_kept(batch_id):
        workbook = _read(progress, batch_id)
        progress.report(2, _STAGES, gettext("Writing the records"))
        batch = operations.commit_now(
            actor=_actor(progress), batch_id=batch_id, workbook=workbook, now=progress.clock()
        )
    return {"batch_id": batch_id, "state": batch.state}


@contextmanager
def _failure_kept(batch_id: int) -> Iterator[None]:
    """Leave a batch whose job fails open, with the reason, instead of waiting for ever."""
    try:
        yield
    except JobLost:
        raise  # another worker has it
    except Exception as error:
        code = error.code if isinstance(error, DomainError) else "internal"
        params = error.details if isinstance(error, DomainError) else {}
        operations.mark_failed(batch_id=batch_id, code=code, params=params)
        raise


def _read(progress: Progress, batch_id: int) -> Workbook:
    progress.report(1, _STAGES, gettext("Reading the file"))
    batch = ImportBatch.objects.select_related("file").get(pk=batch_id)
    try:
        return rehearsal.open_file(batch)
    except FileRefused as refusal:
        raise ImportFileRefused(refusal) from refusal


def _actor(progress: Progress) -> access.Actor:
    """Return whoever asked for the job, with what he may do today."""
    if progress.job.created_by is None:
        return access.SYSTEM
    return actor_for(
        user=User.objects.get(pk=progress.job.created_by),
        today=timezone.localdate(progress.clock(), company_time_zone()),
        request_id=progress.job.request_id,
    )
