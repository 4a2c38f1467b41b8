"""Reads of files."""

from datetime import datetime

from django.db.models import Model, QuerySet

from kernel import access
from kernel.access import Action
from kernel.audit import operations as audit
from kernel.documents import storage
from kernel.documents.carriers import carrier_named
from kernel.documents.models import Attachment
from kernel.errors import Denied, NotFound
from kernel.text import _


class RequestNeeded(Denied):
    code = "documents.request-needed"


def attachments_of(subject: Model) -> QuerySet[Attachment]:
    """Return the files on ``subject`` in the order they came, withdrawn ones left out.

    The caller has checked access to it.
    """
    return all_attachments_of(subject).filter(withdrawn_at__isnull=True)


def all_attachments_of(subject: Model) -> QuerySet[Attachment]:
    """Return the files on ``subject`` in the order they came, with those that were withdrawn.

    The caller has checked access to it.
    """
    return Attachment.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=subject.pk
    ).order_by("pk")


def subject_of(*, actor: access.Actor, subject_type: str, subject_id: int, now: datetime) -> Model:
    """Return the record that files hang on, if ``actor`` may see it.

    :raises NotFound: if he may not, or there is none, or its kind carries no files.
    :raises access.ActionDenied: if he may see the record and lacks what its files take.
    """
    carrier = carrier_named(subject_type)
    subject = carrier.find(actor, subject_id, now)
    if actor.vendor_id is None:  # a vendor's contact holds no action: the record itself decides
        access.require(actor, Action.FILE_VIEW, carrier.place(subject))
    return subject


def get_attachment(*, actor: access.Actor, attachment_id: int, now: datetime) -> Attachment:
    """Return a file's row, without its content; withdrawn ones too.

    :raises NotFound: if there is none, or the actor may not see the record it hangs on.
    :raises access.ActionDenied: if he may see the record and lacks what its files take.
    """
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    subject_of(
        actor=actor,
        subject_type=attachment.subject_type,
        subject_id=attachment.subject_id,
        now=now,
    )
    if not carrier_named(attachment.subject_type).shows(actor, attachment):
        raise NotFound
    return attachment


def content_of(attachment: Attachment) -> bytes:
    """Return a file's content. The caller has checked access and writes the look down."""
    return storage.read(attachment.storage_key)


def open_attachment(
    *, actor: access.Actor, attachment_id: int, now: datetime
) -> tuple[Attachment, bytes]:
    """Return a file with its content. Every look at a secret one is written down.

    :raises NotFound: if it is withdrawn, there is none, or the actor may not see its record.
    :raises access.ActionDenied: if he lacks what the record's files take, or, for a secret file,
        ``personal-data.reveal`` in its project.
    :raises RequestNeeded: for a secret file of a record whose files are protected.
    """
    attachment = get_attachment(actor=actor, attachment_id=attachment_id, now=now)
    if attachment.withdrawn_at is not None:
        raise NotFound
    if attachment.is_secret and carrier_named(attachment.subject_type).is_protected:
        raise RequestNeeded(
            _("This belongs to a protected file. Ask for access to the file; then it is opened.")
        )
    if attachment.is_secret:
        access.require(actor, Action.PERSONAL_DATA_REVEAL, attachment.project_id)
    content = content_of(attachment)
    if attachment.is_secret:
        audit.record(
            actor=actor,
            event="documents.secret-file.opened",
            subject=attachment,
            project_id=attachment.project_id,
            now=now,
            data={"name": attachment.name, "of": attachment.subject_type},
        )
    return attachment, content
