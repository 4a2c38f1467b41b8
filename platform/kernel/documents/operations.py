"""Hang a file on a record, withdraw it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from kernel import access
from kernel.audit import operations as audit
from kernel.documents import kinds, queries, scanning, storage
from kernel.documents.carriers import carrier_of
from kernel.documents.models import Attachment
from kernel.errors import Conflict, Invalid
from kernel.text import _

_LONGEST_REASON = 200


class FileTooLarge(Invalid):
    code = "documents.file-too-large"


class ReasonNeeded(Invalid):
    code = "documents.reason-needed"


class AlreadyWithdrawn(Conflict):
    code = "documents.already-withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file that is checked and stored, and hangs on no record yet."""

    name: str
    kind: kinds.FileKind
    size_bytes: int
    sha256: str
    storage_key: str
    is_scanned: bool


def attach(
    *,
    actor: access.Actor,
    subject: Model,
    project_id: int | None,
    upload: IO[bytes],
    name: str,
    kind: str = "",
    is_secret: bool = False,
    now: datetime,
) -> Attachment:
    """Keep a file and hang it on ``subject``.

    Scanner and store are asked before the transaction begins; a file that no row came to name is
    removed again.

    :param upload: read from where it stands, at most ``ATTACHMENT_MAX_BYTES``.
    :param kind: what the file is to the record, in the record's own words: ``"sample"``.
    :param is_secret: only ``personal-data.reveal`` opens it, and every look is written down.
    :raises NotFound: if the actor may not know of the subject.
    :raises access.ActionDenied: if he may not add files to it.
    :raises FileTooLarge: if it is over the limit.
    :raises kinds.TypeRefused: if files of its type are not taken.
    :raises kinds.ContentMismatch: if its content is not what its name says.
    :raises kinds.FileEmpty: if there is nothing in it.
    :raises scanning.FileInfected: if the virus scanner found something.
    :raises scanning.ScannerUnreachable: if the scanner must be asked and gives no answer.
    """
    _require_add(actor, subject, project_id, now)
    kept = keep(content=upload.read(settings.ATTACHMENT_MAX_BYTES + 1), name=name)
    try:
        return attach_kept(
            actor=actor,
            subject=subject,
            project_id=project_id,
            kept=kept,
            kind=kind,
            is_secret=is_secret,
            now=now,
        )
    except BaseException:
        storage.discard(kept.storage_key)
        raise


@transaction.atomic
def attach_kept(
    *,
    actor: access.Actor,
    subject: Model,
    project_id: int | None,
    kept: Kept,
    kind: str = "",
    is_secret: bool = False,
    now: datetime,
) -> Attachment:
    """Hang what was kept on a record and write it down, for an operation that has asked.

    Whoever comes to no row discards what he kept.
    """
    attachment = hang(
        subject=subject,
        project_id=project_id,
        kept=kept,
        kind=kind,
        is_secret=is_secret,
        added_by=actor.user_id,
        added_by_label=actor.label,
        now=now,
    )
    audit.record(
        actor=actor,
        event="documents.file.attached",
        subject=subject,
        project_id=project_id,
        now=now,
        data={
            "file": attachment.pk,
            "name": attachment.name,
            "kind": kind,
            "sha256": attachment.sha256,
        },
    )
    return attachment


def keep(*, content: bytes, name: str) -> Kept:
    """Check a file and store it, before any row names it.

    Whoever comes to no row discards what he kept.

    :raises FileTooLarge: if it is over ``ATTACHMENT_MAX_BYTES``.
    :raises kinds.TypeRefused, kinds.ContentMismatch, kinds.FileEmpty: as :func:`attach`.
    :raises scanning.FileInfected, scanning.ScannerUnreachable: as :func:`attach`.
    """
    if len(content) > settings.ATTACHMENT_MAX_BYTES:
        raise FileTooLarge(
            _("The file is larger than %(limit_mb)d MB.")
            % {"limit_mb": settings.ATTACHMENT_MAX_BYTES >> 20},
            field="file",
        )
    file_name = kinds.plain_name(name)
    file_kind = kinds.kind_of(name=file_name, content=content)
    verdict = scanning.scan(content)
    return Kept(
        name=file_name,
        kind=file_kind,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=storage.keep(content),
        is_scanned=verdict == scanning.Verdict.CLEAN,
    )


def hang(
    *,
    subject: Model,
    project_id: int | None,
    kept: Kept,
    kind: str = "",
    is_secret: bool = False,
    added_by: int | None = None,
    added_by_label: str,
    now: datetime,
) -> Attachment:
    """Hang what was kept on a record, for an operation that has asked and records it."""
    return Attachment.objects.create(
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        project_id=project_id,
        kind=kind,
        name=kept.name,
        content_type=kept.kind.content_type,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        storage_key=kept.storage_key,
        is_image=kept.kind.is_image,
        is_shown=kept.kind.is_shown,
        is_secret=is_secret,
        is_scanned=kept.is_scanned,
        added_by=added_by,
        added_by_label=added_by_label[:140],
        added_at=now,
    )


@transaction.atomic
def withdraw(*, actor: access.Actor, attachment_id: int, reason: str, now: datetime) -> Attachment:
    """Take a file back: nobody opens it any more, its row and the reason stay.

    :raises NotFound: if there is none within the actor's reach.
    :raises access.ActionDenied: if he may not add files to the record either.
    :raises ReasonNeeded: without a reason of at most 200 characters.
    :raises AlreadyWithdrawn: if it was withdrawn before.
    """
    attachment = queries.get_attachment(actor=actor, attachment_id=attachment_id, now=now)
    subject = queries.subject_of(
        actor=actor,
        subject_type=attachment.subject_type,
        subject_id=attachment.subject_id,
        now=now,
    )
    _require_add(actor, subject, attachment.project_id, now)
    words = " ".join(reason.split())
    if not 0 < len(words) <= _LONGEST_REASON:
        raise ReasonNeeded(
            _("Give the reason in at most %(most)d characters.") % {"most": _LONGEST_REASON},
            field="reason",
        )
    attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment_id)
    if attachment.withdrawn_at is not None:
        raise AlreadyWithdrawn(_("This file has been withdrawn already."))
    keep = carrier_of(subject).keep
    if keep is not None:
        keep(actor, subject, attachment)
    attachment.withdrawn_at = now
    attachment.withdrawn_by_label = actor.label[:140]
    attachment.withdrawal_reason = words
    attachment.save(update_fields=["withdrawn_at", "withdrawn_by_label", "withdrawal_reason"])
    audit.record(
        actor=actor,
        event="documents.file.withdrawn",
        subject=subject,
        project_id=attachment.project_id,
        now=now,
        data={"file": attachment.pk, "name": attachment.name, "reason": words},
    )
    return attachment


def _require_add(
    actor: access.Actor, subject: Model, project_id: int | None, now: datetime
) -> None:
    carrier = carrier_of(subject)
    found = carrier.find_to_add(actor, subject.pk, now)
    if carrier.project_id(found) != project_id:
        raise ValueError(f"{subject._meta.label} {subject.pk} is not of project {project_id}")
