"""Quotes are sealed here, and taken back, until the deadline by the server's clock.

Nothing of their content is written anywhere else: no log, no audit entry, no error carries it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.views.decorators.debug import sensitive_variables

from kernel import sealing
from kernel.access import Actor
from kernel.db import violated_constraint
from kernel.documents import kinds, scanning, storage
from kernel.sealing import KeyPair
from kernel.text import _
from services.procurement.rounds import about, queries
from services.procurement.rounds.models import (
    Invitation,
    QuoteDraft,
    QuoteRevision,
    Round,
    RoundState,
    SealedFile,
)
from services.procurement.rounds.operations import drafted as of_draft
from services.procurement.rounds.operations.errors import (
    NoQuote,
    QuoteLate,
    RoundStateWrong,
)
from services.procurement.rounds.operations.quoting import (
    checked,
    contact_of,
    own_key_of,
    record_invitation,
    unseal_own,
)
from services.procurement.rounds.operations.uploads import (
    Upload,
    choose_anew,
    require_few,
    too_large,
)
from services.procurement.rounds.rules import sheets
from services.procurement.rounds.rules.sheets import Sheet, SheetFile
from services.procurement.vendors.models import Contact
from services.procurement.vendors.operations import require_fit
from services.procurement.vendors.rules import VendorNotFit

LATE_EVENT = "procurement.quote.came-late"
_IN_TIME: Final = "procurement_quoterevision_in_time"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file as it is stored: sealed to the round."""

    name: str
    content_type: str
    size_bytes: int
    sealed: bytes


@sensitive_variables("sheet", "uploads", "key", "pieces", "content")
def submit(
    *,
    actor: Actor,
    round_id: int,
    sheet: Sheet,
    uploads: Sequence[Upload] = (),
    keep: Sequence[int] = (),
    drafted: Sequence[int] = (),
    key: KeyPair | None = None,
    now: datetime,
    today: date,
) -> QuoteRevision:
    """Seal a quote and send it; what was sent before does not count any more.

    As often as he likes before the deadline. Files are sealed and stored before the transaction
    begins, and thrown away if it comes to nothing.

    :param keep: the positions of files of his last quote that go on with this one; their names
        are read from his own copy, with ``key``.
    :param drafted: files of his draft that go with it, unsealed with ``key``; the draft's others
        are thrown away with it.
    :raises NotFound: if his vendor is not invited.
    :raises QuoteLate: at or after the deadline: by ``now``, and by the database.
    :raises RoundStateWrong: if the round was cancelled.
    :raises VendorNotFit: if papers of his are missing or expired, or he is on hold (PR-66).
    :raises OwnKeyMissing: if he has no key of his own, or another than his last copy's.
    :raises sheets.SheetInvalid: if something in the quote is impossible.
    :raises FilesInvalid, kinds.TypeRefused, kinds.ContentMismatch, kinds.FileEmpty: of its files.
    :raises scanning.FileInfected, scanning.ScannerUnreachable: if a file was not found clean.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    contact = contact_of(actor)
    _require_in_time(actor, invitation, now)
    _require_fit(invitation, today)
    own_key_of(contact)
    checked(invitation, sheet)
    pieces = [
        *_kept(invitation, contact, keep, key),
        *(
            _sealed(invitation.round, upload)
            for upload in (
                *of_draft.uploads_of(invitation, contact, drafted, key),
                *uploads,
            )
        ),
    ]
    require_few([piece.size_bytes for piece in pieces])
    files = tuple(
        SheetFile(
            position=position,
            name=piece.name,
            content_type=piece.content_type,
            size_bytes=piece.size_bytes,
        )
        for position, piece in enumerate(pieces, 1)
    )
    content = sheets.to_bytes(replace(sheet, files=files))
    stored: list[str] = []
    try:
        for piece in pieces:
            # One by one: what lies there is thrown away when the next one fails.
            stored.append(storage.keep(piece.sealed))  # noqa: PERF401
        revision, left = _write(actor, invitation, contact, content, stored, pieces, now)
    except BaseException:
        for name in stored:
            storage.discard(name)
        raise
    for name in left:
        storage.discard(name)
    return revision


def withdraw(*, actor: Actor, round_id: int, now: datetime) -> QuoteRevision:
    """Take a quote back before the deadline; another may be sent until then.

    From outside it looks like any other revision.

    :raises NotFound: if his vendor is not invited.
    :raises NoQuote: if there is none, or it was taken back.
    :raises QuoteLate: at or after the deadline.
    :raises RoundStateWrong: if the round was cancelled.
    :raises OwnKeyMissing: if he has no key of his own.
    """
    invitation = queries.get_invitation(actor=actor, round_id=round_id)
    contact = contact_of(actor)
    _require_in_time(actor, invitation, now)
    last = queries.last_revision(invitation)
    if last is None or last.is_withdrawal:
        raise NoQuote(_("There is no quote to take back."))
    revision, left = _write(actor, invitation, contact, b"", [], [], now)
    for name in left:
        storage.discard(name)
    return revision


@sensitive_variables("content", "pieces")
def _write(
    actor: Actor,
    invitation: Invitation,
    contact: Contact,
    content: bytes,
    stored: Sequence[str],
    pieces: Sequence[_Piece],
    now: datetime,
) -> tuple[QuoteRevision, list[str]]:
    """Write a revision; the database has the last word on the deadline.

    Return with it where the files of the draft lie, which is gone now.
    """
    quote_round = invitation.round
    assert quote_round.public_key is not None
    sealed = sealing.seal(
        content, to=bytes(quote_round.public_key), about=about.quote(quote_round.pk)
    )
    revision = QuoteRevision(
        invitation=invitation,
        is_withdrawal=not content,
        sealed=sealed,
        own_copy=sealing.seal(
            content, to=own_key_of(contact), about=about.copy(invitation.pk, contact.pk)
        ),
        receipt=sealing.receipt_hash(sealed),
        contact_id=contact.pk,
        contact_label=contact.name,
        submitted_at=now,
    )
    try:
        with transaction.atomic():
            left = _put_in(actor, invitation, revision, stored, pieces, now)
    except IntegrityError as error:
        if violated_constraint(error) != _IN_TIME:
            raise
        # Refused by the database; its words name no row, and are not handed on.
        invitation.round.refresh_from_db()
        raise _late(actor, invitation, now) from None
    return revision, left


def _put_in(
    actor: Actor,
    invitation: Invitation,
    revision: QuoteRevision,
    stored: Sequence[str],
    pieces: Sequence[_Piece],
    now: datetime,
) -> list[str]:
    locked = queries.lock_invitation(invitation.pk)
    last = queries.last_revision(locked)
    revision.number = last.number + 1 if last is not None else 1
    revision.save(force_insert=True)
    SealedFile.objects.bulk_create(
        SealedFile(
            revision=revision,
            position=position,
            storage_key=name,
            receipt=sealing.receipt_hash(piece.sealed),
        )
        for position, (name, piece) in enumerate(zip(stored, pieces, strict=True), 1)
    )
    if locked.declined_at is not None:
        locked.declined_at, locked.decline_reason = None, ""
        locked.save(update_fields=["declined_at", "decline_reason"])
    QuoteDraft.objects.filter(invitation=locked, contact=revision.contact_id).delete()
    record_invitation(
        actor,
        "procurement.quote.withdrawn" if revision.is_withdrawal else "procurement.quote.sent",
        invitation,
        now,
        revision=revision.number,
        receipt=revision.receipt,
    )
    return of_draft.let_go(locked, contact_id=revision.contact_id)


def _require_in_time(actor: Actor, invitation: Invitation, now: datetime) -> None:
    quote_round = invitation.round
    closes_at = quote_round.closes_at
    if quote_round.state != RoundState.OPEN or closes_at is None or now >= closes_at:
        raise _late(actor, invitation, now)


def _late(actor: Actor, invitation: Invitation, now: datetime) -> QuoteLate | RoundStateWrong:
    """Return why a quote is refused; who came too late is written down for the minutes."""
    quote_round = invitation.round
    if quote_round.state == RoundState.CANCELLED:
        return RoundStateWrong(_("This round takes no quotes any more."))
    with transaction.atomic():
        record_invitation(actor, LATE_EVENT, invitation, now)
    closes_at = quote_round.closes_at
    return QuoteLate(
        _("The deadline has passed: the quote was not taken."),
        details={"closes_at": closes_at.isoformat() if closes_at else ""},
    )


def _require_fit(invitation: Invitation, today: date) -> None:
    require_fit(invitation.vendor_id, today=today)
    missing = queries.papers_missing(invitation.round_id, invitation.vendor_id, today=today)
    if missing:
        raise VendorNotFit(
            _("Papers that this round asks for are missing or expired: %(papers)s.")
            % {"papers": str(_("; ")).join(missing)},
            details={"papers": missing},
        )


@sensitive_variables("upload", "content")
def _sealed(quote_round: Round, upload: Upload) -> _Piece:
    if len(upload.content) > settings.ATTACHMENT_MAX_BYTES:
        raise too_large()
    name = kinds.plain_name(upload.name)
    kind = kinds.kind_of(name=name, content=upload.content)
    scanning.scan(upload.content)
    assert quote_round.public_key is not None
    return _Piece(
        name=name,
        content_type=kind.content_type,
        size_bytes=len(upload.content),
        sealed=sealing.seal(
            upload.content, to=bytes(quote_round.public_key), about=about.file(quote_round.pk)
        ),
    )


@sensitive_variables("key", "sheet", "named")
def _kept(
    invitation: Invitation, contact: Contact, keep: Sequence[int], key: KeyPair | None
) -> list[_Piece]:
    """Return files of the last revision as they lie there, with the names in the own copy."""
    last = queries.last_revision(invitation)
    if not keep:
        return []
    if last is None or key is None or last.contact_id != contact.pk or last.is_withdrawal:
        raise choose_anew()
    mark = about.copy(invitation.pk, contact.pk)
    sheet = sheets.from_bytes(unseal_own(bytes(last.own_copy), key, mark))
    named = {file.position: file for file in sheet.files}
    lying = {file.position: file for file in last.files.all()}
    if not set(keep) <= named.keys() & lying.keys():
        raise choose_anew()
    return [
        _Piece(
            name=named[position].name,
            content_type=named[position].content_type,
            size_bytes=named[position].size_bytes,
            sealed=storage.read(lying[position].storage_key),
        )
        for position in dict.fromkeys(keep)
    ]
