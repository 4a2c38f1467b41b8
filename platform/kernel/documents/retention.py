"""Files that were kept long enough, and removing their content once that is approved (SH-71)."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kernel.access import Actor
from kernel.audit import operations as audit
from kernel.documents import storage
from kernel.documents.models import Attachment
from kernel.jobs import operations as jobs
from kernel.records.retention import Kept, end_of
from kernel.tenancy import company_day
from kernel.text import _

DISCARD: Final = "documents.discard-content"


def files_of(model: str, kind: str | None = None) -> Callable[[int, date], Iterator[Kept]]:
    """Return what finds the files on records of a model that were added by a day, by their id.

    :param kind: only files of this kind. Withdrawn ones are among them: their content lies there.
    """

    def found(project_id: int, until: date) -> Iterator[Kept]:
        files = Attachment.objects.filter(
            subject_type=model, project_id=project_id, added_at__lt=end_of(until)
        )
        yield from kept_files(files if kind is None else files.filter(kind=kind))

    return found


def kept_files(files: QuerySet[Attachment]) -> Iterator[Kept]:
    """Yield files as the list of what is due names them, by their id."""
    for row in files.order_by("pk").values_list("pk", "name", "added_at"):
        yield Kept(row[0], row[1], company_day(row[2]))


@transaction.atomic
def dispose_file(attachment_id: int, actor: Actor, now: datetime) -> None:
    """Take a file back and remove its content; its row stays, with its name and digest.

    The effect of an approved disposal. The content goes with a job once that has committed.
    """
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment_id)
    if attachment.withdrawn_at is None:
        attachment.withdrawn_at, attachment.withdrawn_by_label = now, actor.label[:140]
        attachment.withdrawal_reason = str(_("Kept long enough: disposed of."))
        attachment.save(update_fields=["withdrawn_at", "withdrawn_by_label", "withdrawal_reason"])
    audit.record(
        actor=actor,
        event="documents.file.disposed",
        subject=attachment,
        project_id=attachment.project_id,
        now=now,
        data={"name": attachment.name, "of": attachment.subject_type},
    )
    jobs.start(
        actor=actor,
        kind=DISCARD,
        params={"attachment_id": attachment.pk},
        project_id=attachment.project_id,
        now=now,
    )


def discard_content(attachment_id: int) -> None:
    """Remove a disposed file's content from the store; once more does no harm."""
    attachment = Attachment.objects.get(pk=attachment_id)
    assert attachment.withdrawn_at is not None, "only what was taken back is removed"
    storage.discard(attachment.storage_key)
