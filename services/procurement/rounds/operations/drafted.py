"""Files of a draft: sealed to the contact's own key, name and all, until they go with the quote.

Like what he has typed, nobody but himself can read them: not the staff, not the operator, not his
colleagues. Sent, they are sealed to the round; here they are thrown away then.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from kernel import sealing
from kernel.access import Actor
from kernel.documents import kinds, scanning, storage
from kernel.errors import NotFound
from kernel.sealing import KeyPair
from services.procurement.rounds import about, queries
from services.procurement.rounds.models import Invitation, QuoteDraftFile
from services.procurement.rounds.operations.errors import OwnKeyMissing
from services.procurement.rounds.operations.quoting import (
    contact_of,
    lock_invited,
    own_key_of,
    unseal_own,
)
from services.procurement.rounds.operations.uploads import (
    Upload,
    choose_anew,
    require_few,
    too_large,
)
from services.procurement.vendors.models import Contact

# So long after the deadline what was not sent is kept for whoever wants to look at it again.
KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that waits with a draft; without a name if its key is gone."""

    pk: int
    name: str
    content_type: str
    size_bytes: int

    @property
    def is_lost(self) -> bool:
        return not self.name


@sensitive_variables("uploads", "upload", "key", "content", "head")
def keep_draft_files(
    *, actor: Actor, round_id: int, uploads: Sequence[Upload], key: KeyPair, now: datetime
) -> list[DraftFile]:
    """Keep files with a draft, beside those that it has, and return all of them.

    They are sealed and stored before the transaction begins, and thrown away if it comes to
    nothing.

    :raises NotFound: if his vendor is not invited.
    :raises RoundStateWrong, DeadlinePassed: if the round takes no quotes.
    :raises OwnKeyMissing: if he has no key of his own.
    :raises FilesInvalid: if they are too many, or too large.
    :raises kinds.TypeRefused, kinds.ContentMismatch, kinds.FileEmpty: of a file.
    :raises scanning.FileInfected, scanning.ScannerUnreachable: if one was not found clean.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    contact = contact_of(actor)
    public_key = own_key_of(contact)
    mark = about.draft_file(invitation.pk, contact.pk)
    made: list[QuoteDraftFile] = []
    try:
        for upload in uploads:
            head = _head_of(upload)
            made.append(
                QuoteDraftFile(
                    invitation=invitation,
                    contact=contact,
                    head=sealing.seal(head, to=public_key, about=mark),
                    storage_key=storage.keep(
                        sealing.seal(upload.content, to=public_key, about=mark)
                    ),
                    saved_at=now,
                )
            )
        with transaction.atomic():
            lock_invited(actor, round_id, now)
            for row in made:
                row.save(force_insert=True)
            found = _files(invitation, contact, key)
            require_few([one.size_bytes for one in found])
    except BaseException:
        for row in made:
            storage.discard(row.storage_key)
        raise
    return found


@sensitive_variables("key")
def draft_files(*, actor: Actor, round_id: int, key: KeyPair) -> list[DraftFile]:
    """Return the files of the contact's draft, as they came.

    :raises NotFound: if his vendor is not invited.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    return _files(invitation, contact_of(actor), key)


def drop_draft_file(*, actor: Actor, round_id: int, file_id: int, now: datetime) -> None:
    """Throw a file of the contact's draft away.

    :raises NotFound: if his vendor is not invited, or it is no file of his draft.
    :raises RoundStateWrong, DeadlinePassed: if the round takes no quotes.
    """
    with transaction.atomic():
        invitation = lock_invited(actor, round_id, now)
        row = QuoteDraftFile.objects.filter(
            pk=file_id, invitation=invitation, contact=actor.contact_id or 0
        ).first()
        if row is None:
            raise NotFound
        row.delete()
    storage.discard(row.storage_key)


@sensitive_variables("key", "content")
def uploads_of(
    invitation: Invitation, contact: Contact, chosen: Collection[int], key: KeyPair | None
) -> list[Upload]:
    """Return chosen files of a draft in clear, to be sealed to the round.

    :raises FilesInvalid: if one is none of the draft, or cannot be read any more.
    """
    if not chosen:
        return []
    rows = {
        row.pk: row for row in _rows(invitation, contact).filter(pk__in=set(chosen)).order_by("pk")
    }
    if key is None or rows.keys() != set(chosen):
        raise choose_anew()
    mark = about.draft_file(invitation.pk, contact.pk)
    found = []
    for row in rows.values():
        name = str(json.loads(unseal_own(bytes(row.head), key, mark))["name"])
        found.append(Upload(name, unseal_own(storage.read(row.storage_key), key, mark)))
    return found


def let_go(invitation: Invitation, contact_id: int) -> list[str]:
    """Delete the rows of a draft's files and return where they lie; the caller discards that."""
    rows = QuoteDraftFile.objects.filter(invitation=invitation, contact=contact_id)
    keys = list(rows.values_list("storage_key", flat=True))
    rows.delete()
    return keys


def forget_drafts(*, now: datetime) -> int:
    """Throw away the files of drafts whose rounds closed long ago; return how many."""
    old = QuoteDraftFile.objects.filter(invitation__round__closes_at__lt=now - KEPT)
    return _throw_away(old.order_by("pk")[:1000])


def _throw_away(rows: Iterable[QuoteDraftFile]) -> int:
    found = list(rows)
    with transaction.atomic():
        QuoteDraftFile.objects.filter(pk__in=[row.pk for row in found]).delete()
    for row in found:
        storage.discard(row.storage_key)
    return len(found)


def _rows(invitation: Invitation, contact: Contact) -> QuerySet[QuoteDraftFile]:
    return QuoteDraftFile.objects.filter(invitation=invitation, contact=contact)


@sensitive_variables("key", "head")
def _files(invitation: Invitation, contact: Contact, key: KeyPair) -> list[DraftFile]:
    mark = about.draft_file(invitation.pk, contact.pk)
    found = []
    for row in _rows(invitation, contact).order_by("pk"):
        try:
            head = json.loads(unseal_own(bytes(row.head), key, mark))
        except OwnKeyMissing:
            found.append(DraftFile(row.pk, "", "", 0))
            continue
        found.append(DraftFile(row.pk, str(head["name"]), str(head["type"]), int(head["size"])))
    return found


@sensitive_variables("upload")
def _head_of(upload: Upload) -> bytes:
    """Return what is kept sealed of a file beside its content, once it was looked at."""
    if len(upload.content) > settings.ATTACHMENT_MAX_BYTES:
        raise too_large()
    name = kinds.plain_name(upload.name)
    kind = kinds.kind_of(name=name, content=upload.content)
    scanning.scan(upload.content)
    head = {"name": name, "type": kind.content_type, "size": len(upload.content)}
    return json.dumps(head, ensure_ascii=False).encode()
